//! The rule of KB 979175 and what goes with it, connector by connector.

use std::net::IpAddr;

use super::finding::{Code, Finding};
use super::reach::{certificate_problem, reach, server_bindings, Reach};
use super::{ReceiveConnector, Request, Server};
use crate::cert::connector::CertificateName;
use crate::cert::finding::Severity;

/// Most addresses that a message names; the rest is counted.
const MAX_NAMED: usize = 5;

/// Every finding about the connector at this place.
pub fn findings(request: &Request, place: usize) -> Vec<Finding> {
    let connector = &request.connectors[place];
    let own = connector.identity.as_str();
    if connector.enabled == Some(false) {
        return vec![Code::NotApplicable.about(own, "The connector is disabled.")];
    }
    let mut found = Vec::new();
    if let Some(problem) = certificate_problem(request, connector) {
        let CertificateName::Named(name) = &connector.tls_certificate_name else { return found };
        found.push(Code::TlsCertificateNameNotFound.about(name, problem));
    }
    let reached = rule(request, place, &mut found);
    if connector.allows("ExchangeServer") == Some(true) {
        found.extend(permission(connector, reached));
        found.extend(name(request, connector));
        if connector.allows("ExternalAuthoritative") == Some(true) {
            found.push(Code::ExternalAuthoritativeMixed.about(
                own,
                "AuthMechanism holds both ExternalAuthoritative and ExchangeServer. Exchange takes ExternalAuthoritative only alone or with Tls: a caller is trusted by its address, or has to authenticate.",
            ));
        }
    }
    found.extend(tls(connector, reached));
    found
}

/// Who may call, and whether they can authenticate; true where other Exchange
/// servers are among them, or may be.
fn rule(request: &Request, place: usize, found: &mut Vec<Finding>) -> bool {
    let connector = &request.connectors[place];
    let own = connector.identity.as_str();
    if connector.bindings.is_empty() {
        found.push(Code::NotKnown.about(own, "The object does not tell its Bindings, so it is not known whether Exchange servers reach it."));
        return false;
    }
    if server_bindings(connector).next().is_none() {
        return other_port(connector, found);
    }
    let allowed = connector.allows("ExchangeServer");
    let reach = reach(request, place);
    let reached = matches!(reach, Reach::Servers(_) | Reach::Everyone { .. });
    if allowed == Some(true) {
        return reached;
    }
    if let (None, true) = (allowed, reached || reach == Reach::Unknown) {
        found.push(Code::NotKnown.about(own, "The object does not tell its AuthMechanism, so it is not known whether Exchange servers can authenticate here. Export it from a shell in which Exchange's types are loaded."));
        return reached;
    }
    match reach {
        _ if is_edge(request, connector) => return edge(request, connector, &reach, found),
        Reach::Servers(addresses) => {
            let narrow = !connector.remote_ip_ranges.iter().flatten().any(|range| range.is_everything());
            let listed = list(&addresses);
            found.push(if narrow {
                Code::ExchangeServerInRelay.about(own, format!("Its RemoteIPRanges hold {listed}, where Exchange servers are. They are answered by this connector, which does not allow ExchangeServer authentication: mail from them stays queued with 451 5.7.3."))
            } else {
                Code::ExchangeServerAuthMissing.about(own, format!("It answers the Exchange servers at {listed} and does not allow ExchangeServer authentication: mail from them stays queued with 451 5.7.3."))
            });
        }
        Reach::Everyone { but: None } => found.push(Code::ExchangeServerAuthMissing.about(own, "It answers every address, so other Exchange servers too, and does not allow ExchangeServer authentication: mail from them stays queued with 451 5.7.3.")),
        Reach::Everyone { but: Some(other) } => found.push(Code::ExchangeServerAuthMissing.weighing(
            Severity::Warning,
            own,
            format!("It answers every address for which no other connector is more specific, and does not allow ExchangeServer authentication. {other} does, for fewer addresses: those of all other Exchange servers must be among them. Tested with their addresses this becomes certain."),
        )),
        Reach::NotTheKnown => found.push(Code::NotApplicable.about(own, "None of the known addresses of Exchange servers is answered by this connector.")),
        Reach::Some { wide: false } => found.push(Code::NotApplicable.about(own, "It is for a part of all addresses only. Should one of them be an Exchange server's, it would be this connector that stops its mail; no addresses of Exchange servers were given.")),
        Reach::Some { wide: true } if allowed == Some(false) => found.push(Code::NotKnown.about(own, "It is for whole networks, and no addresses of Exchange servers were given. If one of them is in these networks its mail stays queued: this connector does not allow ExchangeServer authentication.")),
        Reach::Some { wide: true } => found.push(Code::NotKnown.about(own, "It is for whole networks, and neither its AuthMechanism nor the addresses of Exchange servers are known.")),
        Reach::Unknown => found.push(Code::NotKnown.about(own, "The object does not tell its RemoteIPRanges, or not in a form that can be read, so it is not known whether Exchange servers reach it; it does not allow ExchangeServer authentication.")),
    }
    reached
}

/// Ports of clients, and those of one service of Exchange to another.
fn other_port(connector: &ReceiveConnector, found: &mut Vec<Finding>) -> bool {
    let own = connector.identity.as_str();
    let has = |port: u16| connector.bindings.iter().any(|binding| binding.port == port);
    let between = if has(465) && connector.is_of("HubTransport") == Some(true) {
        Some("the front ends hand over the sessions of clients here (port 465)")
    } else if has(717) && connector.is_of("FrontendTransport") == Some(true) {
        Some("transport services send outward through this front end (port 717)")
    } else {
        None
    };
    if let (Some(who), Some(false)) = (between, connector.allows("ExchangeServer")) {
        found.push(Code::ExchangeServerAuthMissing.weighing(
            Severity::Warning,
            own,
            format!("It does not allow ExchangeServer authentication, and {who}."),
        ));
        return true;
    }
    let ports: Vec<String> =
        connector.bindings.iter().map(|binding| binding.port.to_string()).collect();
    let mut ports = ports;
    ports.dedup();
    ports.truncate(MAX_NAMED);
    found.push(Code::NotApplicable.about(
        own,
        format!(
            "It listens on port {}; Exchange servers hand mail to each other on 25 and 2525.",
            ports.join(", ")
        ),
    ));
    false
}

/// An Edge server: the internet needs no ExchangeServer authentication, the
/// Mailbox servers of a subscription do.
fn edge(
    request: &Request,
    connector: &ReceiveConnector,
    reach: &Reach,
    found: &mut Vec<Finding>,
) -> bool {
    let own = connector.identity.as_str();
    if let Reach::Servers(addresses) = reach {
        found.push(Code::ExchangeServerAuthMissing.about(own, format!("It answers the Exchange servers at {} and does not allow ExchangeServer authentication, which an Edge subscription needs (direct trust).", list(addresses))));
        return true;
    }
    let beside = request.connectors.iter().any(|other| {
        other.server == connector.server
            && other.enabled != Some(false)
            && other.allows("ExchangeServer") == Some(true)
            && server_bindings(other).next().is_some()
    });
    if beside || matches!(reach, Reach::NotTheKnown | Reach::Some { .. }) {
        found.push(Code::NotApplicable.about(own, "It is on an Edge server: mail from the internet needs no ExchangeServer authentication, and the Mailbox servers have another connector or were not found among its addresses."));
        return false;
    }
    found.push(Code::ExchangeServerAuthMissing.weighing(
        Severity::Warning,
        own,
        "It is on an Edge server, where mail from the internet needs no ExchangeServer authentication. If there is an Edge subscription its Mailbox servers need it (direct trust), and no connector of this server allows it.",
    ));
    true
}

fn is_edge(request: &Request, connector: &ReceiveConnector) -> bool {
    let by_server = || server_of(request, connector).and_then(|server| server.is_edge);
    connector.is_of("Edge") == Some(true) || by_server() == Some(true)
}

fn server_of<'a>(request: &'a Request, connector: &ReceiveConnector) -> Option<&'a Server> {
    let name = connector.server.as_deref()?;
    // The object with the full name tells more than one without.
    let mut called = request.servers.iter().filter(|server| server.is_called(name));
    let first = called.next()?;
    if first.fqdn.is_some() {
        return Some(first);
    }
    Some(called.find(|server| server.fqdn.is_some()).unwrap_or(first))
}

/// Whoever authenticated as an Exchange server must be allowed in.
fn permission(connector: &ReceiveConnector, reached: bool) -> Option<Finding> {
    if !reached || connector.permits("ExchangeServers") != Some(false) {
        return None;
    }
    let own = connector.identity.as_str();
    let (severity, words) = if connector.permits("Custom") == Some(true) {
        (Severity::Warning, "PermissionGroups lacks ExchangeServers. Custom permissions may stand in for it: see whether the group Exchange Servers has them.")
    } else {
        (Severity::Error, "PermissionGroups lacks ExchangeServers: another Exchange server can authenticate and then has no right to hand over mail.")
    };
    Some(Code::ExchangeServersNotPermitted.weighing(severity, own, words))
}

/// ExchangeServer authentication is Kerberos or direct trust in the server's own name.
fn name(request: &Request, connector: &ReceiveConnector) -> Option<Finding> {
    let fqdn = connector.fqdn.as_deref().filter(|fqdn| !fqdn.is_empty())?;
    let server = connector.server.as_deref()?;
    (!is_own_name(request, connector, fqdn)).then(|| {
        Code::FqdnNotOfServer.about(
            &connector.identity,
            format!("Its Fqdn is {fqdn}. With ExchangeServer authentication Exchange takes only the full or the NetBIOS name of {server}, or none."),
        )
    })
}

/// Whether this is the server's full name or its short one.
pub fn is_own_name(request: &Request, connector: &ReceiveConnector, fqdn: &str) -> bool {
    let server = connector.server.as_deref().unwrap_or_default();
    let short = |name: &str| name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let full = server_of(request, connector).and_then(|server| server.fqdn.as_deref());
    let full = full.or(Some(server).filter(|server| server.contains('.')));
    match full {
        Some(full) if fqdn.contains('.') => full.eq_ignore_ascii_case(fqdn),
        // Without the full name only the first label can be compared.
        _ => short(fqdn) == short(server),
    }
}

fn tls(connector: &ReceiveConnector, reached: bool) -> Vec<Finding> {
    let own = connector.identity.as_str();
    let mut found = Vec::new();
    let wanted =
        connector.require_tls == Some(true) || connector.domain_secure == Some(true) && reached;
    if connector.allows("Tls") == Some(false) && (reached || wanted) {
        found.push(if connector.require_tls == Some(true) {
            Code::TlsMissing.weighing(
                Severity::Error,
                own,
                "RequireTLS is set and AuthMechanism lacks Tls: nobody can hand over mail here.",
            )
        } else {
            Code::TlsMissing.about(own, "AuthMechanism lacks Tls: the connector offers no STARTTLS, and no TLS at all where X-ANONYMOUSTLS is missing from its greeting too.")
        });
    }
    if reached && connector.suppress_x_anonymous_tls == Some(true) {
        found.push(Code::XAnonymousTlsSuppressed.about(own, "SuppressXAnonymousTls is set: mail between Exchange servers comes without encryption here. That is meant for WAN optimisers, and needs its counterpart on the sending servers."));
    }
    found
}

fn list(addresses: &[IpAddr]) -> String {
    let named: Vec<String> = addresses.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    let more = addresses.len() - named.len();
    if more > 0 {
        format!("{} and {more} more", named.join(", "))
    } else {
        named.join(", ")
    }
}
