//! Failed sessions, put together by what they have in common.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::servers::Servers;
use crate::failure::cause::{Cause, Stage};
use crate::failure::remedy::is_implicit;
use crate::failure::ConnectorFailure;
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// Most groups kept. An organisation has tens of connectors, and each fails in
/// a few ways; more are strangers at an open port, one group of which says as
/// much as ten thousand.
const MAX_GROUPS: usize = 1000;

/// Most hosts and addresses kept of a group: Exchange Online answers for one
/// tenant from some hundred addresses.
const MAX_PEERS: usize = 256;

/// Sessions that failed in the same way.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The first of them in time.
    pub first: ConnectorFailure,
    /// The last of them in time: its file and line.
    pub last: (String, u64),
    pub count: u64,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// The server whose log it is, where that can be told.
    pub server: Option<String>,
    /// Names the peers gave, in lower case.
    pub hosts: BTreeSet<String>,
    pub addresses: BTreeSet<IpAddr>,
}

impl Group {
    /// The thumbprint of the certificate this side sent.
    pub fn thumbprint(&self) -> Option<&str> {
        self.first.certificate.as_ref()?.thumbprint.as_deref()
    }

    /// Whether this side began the sessions.
    pub fn is_sent(&self) -> bool {
        self.first.log_type == LogType::Send
    }
}

/// What decides about the group of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    cause: Cause,
    stage: Stage,
    is_sent: bool,
    connector: String,
    error: String,
    thumbprint: String,
    peer: String,
    server: String,
}

/// All groups of a set of logs.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    places: HashMap<Key, usize>,
    groups: Vec<Group>,
    /// Failures for which there was no room.
    pub left_out: u64,
}

impl Groups {
    /// Adds a failure; `servers` tells whose log it stands in.
    pub fn add(&mut self, failure: ConnectorFailure, servers: &Servers) {
        let server = server_of(&failure, servers);
        let key = Key {
            cause: failure.cause,
            stage: failure.stage,
            is_sent: failure.log_type == LogType::Send,
            connector: failure.connector.clone().unwrap_or_default().to_ascii_lowercase(),
            error: failure.error.clone().unwrap_or_default(),
            thumbprint: own_thumbprint(&failure),
            peer: peer(&failure),
            server: server.clone().unwrap_or_default(),
        };
        if let Some(&place) = self.places.get(&key) {
            return self.groups[place].join(failure);
        }
        if self.groups.len() >= MAX_GROUPS {
            self.left_out += 1;
            return;
        }
        self.places.insert(key, self.groups.len());
        let mut group = Group {
            last: (failure.path.clone(), failure.line),
            count: 1,
            first_seen: failure.time,
            last_seen: failure.time,
            server,
            hosts: BTreeSet::new(),
            addresses: BTreeSet::new(),
            first: failure,
        };
        let first = group.first.clone();
        group.meet(&first);
        self.groups.push(group);
    }

    /// Addresses of Exchange servers, and whose: those from which the logs say
    /// that mail was sent to other servers of the organisation.
    pub fn own_addresses(&self) -> BTreeSet<(IpAddr, Option<String>)> {
        let internal = |group: &&Group| {
            group.is_sent() && group.first.connector.as_deref().is_some_and(is_implicit)
        };
        let local = |group: &Group| {
            let endpoint = group.first.local_endpoint.as_deref()?;
            Some((address(endpoint)?, group.server.clone()))
        };
        self.groups.iter().filter(internal).filter_map(local).collect()
    }

    /// The groups, in the order in which they were met.
    pub fn all(&self) -> &[Group] {
        &self.groups
    }
}

impl Group {
    fn join(&mut self, failure: ConnectorFailure) {
        self.count += 1;
        self.meet(&failure);
        // A record without a time says nothing about the order.
        let Some(time) = failure.time else { return };
        if self.last_seen.is_none_or(|last| time >= last) {
            self.last_seen = Some(time);
            self.last = (failure.path.clone(), failure.line);
        }
        if self.first_seen.is_none_or(|first| time < first) {
            self.first_seen = Some(time);
            self.first = failure;
        }
    }

    fn meet(&mut self, failure: &ConnectorFailure) {
        if let Some(host) = failure.remote_host.as_ref().filter(|host| !host.is_empty()) {
            if self.hosts.len() < MAX_PEERS {
                self.hosts.insert(host.trim_end_matches('.').to_ascii_lowercase());
            }
        }
        if let Some(address) = failure.remote_endpoint.as_deref().and_then(address) {
            if self.addresses.len() < MAX_PEERS {
                self.addresses.insert(address);
            }
        }
    }
}

/// `192.0.2.1:25`, `[2001:db8::1]:25`, or an address alone.
pub(super) fn address(endpoint: &str) -> Option<IpAddr> {
    let endpoint = endpoint.trim();
    let with_port = endpoint.parse::<SocketAddr>().map(|endpoint| endpoint.ip());
    with_port.or_else(|_| endpoint.trim_matches(['[', ']']).parse()).ok()
}

fn own_thumbprint(failure: &ConnectorFailure) -> String {
    let own = failure.certificate.as_ref().and_then(|own| own.thumbprint.clone());
    own.unwrap_or_default().to_ascii_uppercase()
}

/// In receive logs `SERVER\connector`, else by the path.
fn server_of(failure: &ConnectorFailure, servers: &Servers) -> Option<String> {
    let named = failure.connector.as_deref().and_then(|name| name.split_once('\\'));
    if let (LogType::Receive, Some((server, _))) = (failure.log_type, named) {
        return Some(servers.name(server).unwrap_or(server).to_owned());
    }
    servers.of_path(&failure.path).map(str::to_owned)
}

/// What tells one peer from another. What is wrong with this side's certificate
/// is wrong for all peers; callers from outside are one multitude. Else peers
/// are told apart by the domain of their name, or by address.
fn peer(failure: &ConnectorFailure) -> String {
    let is_own = matches!(
        failure.cause,
        Cause::OwnCertificateNotEnabled
            | Cause::OwnCertificateNoKey
            | Cause::OwnCertificateNotFound
            | Cause::TenantNotAttributed
    );
    if is_own || failure.log_type == LogType::Receive {
        return String::new();
    }
    match failure.remote_host.as_deref().filter(|host| host.contains('.')) {
        // An Exchange server of one's own is a peer by itself.
        Some(host) if failure.cause == Cause::ExchangeAuthUnavailable => host.to_ascii_lowercase(),
        Some(host) => domain(host).to_ascii_lowercase(),
        None => failure.remote_endpoint.as_deref().unwrap_or_default().to_owned(),
    }
}

/// The last two labels of a name, three where the last but one is short (`co.uk`).
fn domain(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (last, second, third) = (dots.next(), dots.next(), dots.next());
    let is_short = matches!((last, second), (Some(last), Some(second)) if last - second <= 4);
    match if is_short { third } else { second } {
        Some(at) => &host[at + 1..],
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_told_apart_by_domain() {
        assert_eq!(domain("bl3feo12ec057.mail.protection.outlook.com"), "outlook.com");
        assert_eq!(domain("mx1.example.co.uk"), "example.co.uk");
        assert_eq!(domain("mx1.a.de"), "mx1.a.de");
        assert_eq!(domain("localhost"), "localhost");
    }

    #[test]
    fn reads_endpoints() {
        for text in ["[2001:db8::1]:25", "2001:db8::1", "[2001:db8::1]"] {
            assert_eq!(address(text).map(|ip| ip.to_string()).as_deref(), Some("2001:db8::1"));
        }
        assert_eq!(address("192.0.2.1:25"), address("192.0.2.1"));
        assert_eq!(address("mail.contoso.com"), None);
    }
}
