//! Which connector answers another Exchange server.
//!
//! Exchange takes the connector with the most specific RemoteIPRanges that hold
//! the caller's address, among those of the server that listen where the call
//! came in.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::range::Binding;
use super::{ReceiveConnector, Request};
use crate::cert::connector::CertificateName;

/// Whom a connector answers, as far as that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// These addresses of Exchange servers.
    Servers(Vec<IpAddr>),
    /// Everyone, and no addresses of Exchange servers are known: so them too,
    /// unless the connector named here, for fewer addresses, is theirs.
    Everyone {
        /// A connector for fewer addresses that allows ExchangeServer authentication.
        but: Option<String>,
    },
    /// None of the known addresses of Exchange servers.
    NotTheKnown,
    /// A part of all addresses, and no addresses of Exchange servers are known.
    Some {
        /// A large part: whole networks, where other servers may well be.
        wide: bool,
    },
    /// The object does not tell its ranges.
    Unknown,
}

/// Ports on which Exchange servers take mail from each other: 25, and 2525 for
/// the transport service where the front end has 25 (2013 and later).
pub const SERVER_PORTS: [u16; 2] = [25, 2525];

/// Whom the connector at this place answers on the ports of server-to-server mail.
pub fn reach(request: &Request, place: usize) -> Reach {
    let connector = &request.connectors[place];
    let Some(ranges) = &connector.remote_ip_ranges else { return Reach::Unknown };
    let all = request.connectors.iter().enumerate();
    let others: Vec<&ReceiveConnector> = all
        .filter(|(other, _)| *other != place)
        .map(|(_, other)| other)
        .filter(|other| is_beside(connector, other))
        .collect();
    let known = addresses(request, connector);
    if !known.is_empty() {
        let answered: Vec<IpAddr> =
            known.into_iter().filter(|address| answers(connector, &others, *address)).collect();
        return if answered.is_empty() { Reach::NotTheKnown } else { Reach::Servers(answered) };
    }
    if !ranges.iter().any(|range| range.is_everything()) {
        return Reach::Some { wide: ranges.iter().any(|range| range.is_wide()) };
    }
    let narrower = others
        .iter()
        .filter(|other| other.allows("ExchangeServer") == Some(true))
        .filter(|other| server_bindings(connector).all(|binding| takes_over(other, binding)))
        .find(|other| {
            let ranges = other.remote_ip_ranges.as_deref().unwrap_or_default();
            !ranges.is_empty() && !ranges.iter().any(|range| range.is_everything())
        });
    Reach::Everyone { but: narrower.map(|other| other.identity.clone()) }
}

/// The bindings that Exchange servers call.
pub fn server_bindings(connector: &ReceiveConnector) -> impl Iterator<Item = &Binding> {
    connector.bindings.iter().filter(|binding| SERVER_PORTS.contains(&binding.port))
}

/// Whether both are on one server and can be chosen.
fn is_beside(connector: &ReceiveConnector, other: &ReceiveConnector) -> bool {
    let same = match (&connector.server, &other.server) {
        (Some(own), Some(others)) => short(own).eq_ignore_ascii_case(short(others)),
        _ => false,
    };
    same && other.enabled != Some(false)
}

fn short(server: &str) -> &str {
    server.split('.').next().unwrap_or(server)
}

/// Whether a connector listens wherever this binding does.
fn takes_over(other: &ReceiveConnector, binding: &Binding) -> bool {
    other.bindings.iter().any(|own| {
        own.overlaps(binding) && (own.address == binding.address || own.address.is_unspecified())
    })
}

/// The size of the smallest range with the address; the smaller, the more specific.
fn specific(connector: &ReceiveConnector, address: IpAddr) -> Option<u128> {
    let ranges = connector.remote_ip_ranges.as_ref()?;
    ranges.iter().filter(|range| range.contains(address)).map(|range| range.span()).min()
}

fn answers(connector: &ReceiveConnector, others: &[&ReceiveConnector], address: IpAddr) -> bool {
    let Some(own) = specific(connector, address) else { return false };
    // A caller comes over its own family.
    let family =
        |binding: &&Binding| binding.address.is_ipv4() == address.is_ipv4() || is_dual(binding);
    server_bindings(connector).filter(family).any(|binding| {
        !others.iter().any(|other| {
            takes_over(other, binding) && specific(other, address).is_some_and(|span| span < own)
        })
    })
}

/// `[::]` takes calls of both families where nobody else has the other one.
fn is_dual(binding: &Binding) -> bool {
    binding.address.is_ipv6() && binding.address.is_unspecified()
}

/// The addresses of the other Exchange servers, as far as known.
fn addresses(request: &Request, connector: &ReceiveConnector) -> BTreeSet<IpAddr> {
    let is_own = |server: &Option<String>| match (server, &connector.server) {
        (Some(one), Some(own)) => short(one).eq_ignore_ascii_case(short(own)),
        _ => false,
    };
    // What a connector of another server listens on is an address of that server.
    let bound = |own: bool| {
        let of = request.connectors.iter().filter(move |other| {
            other.server.is_some() && connector.server.is_some() && is_own(&other.server) == own
        });
        of.flat_map(|other| &other.bindings)
            .map(|binding| binding.address)
            .filter(|address| !address.is_unspecified() && !address.is_loopback())
    };
    let of_servers = |own: bool| {
        let wanted = move |name: &str| is_own(&Some(name.to_owned())) == own;
        request.servers.iter().filter(move |server| wanted(&server.name)).flat_map(|s| &s.addresses)
    };
    let own: BTreeSet<IpAddr> = bound(true).chain(of_servers(true).copied()).collect();
    let given = request.exchange_addresses.iter().copied();
    let all = given.chain(bound(false)).chain(of_servers(false).copied());
    // A server reaches itself by other ways; what runs on it beside Exchange may relay.
    all.filter(|address| !own.contains(address) && !address.is_loopback()).collect()
}

/// Whether a certificate answers to the connector's TlsCertificateName; the
/// words where none does, `None` where one does or that is not known.
pub fn certificate_problem(request: &Request, connector: &ReceiveConnector) -> Option<String> {
    let CertificateName::Named(name) = &connector.tls_certificate_name else { return None };
    let identifier = match crate::cert::identifier::Identifier::parse(name) {
        Ok(identifier) => identifier,
        Err(reason) => return Some(format!("TlsCertificateName cannot be read: {reason}.")),
    };
    let certificates = request.certificates.as_ref()?;
    let found = certificates.iter().any(|(issuer, subject)| identifier.matches(issuer, subject));
    (!found).then(|| {
        "No certificate has the issuer and subject that TlsCertificateName asks for: the connector offers no STARTTLS.".to_owned()
    })
}
