//! Receive connectors: whether the one that other Exchange servers reach lets
//! them authenticate (KB 979175), and what goes with it.
//!
//! A server has several receive connectors on one port; which of them answers
//! is decided by the caller's address: the one with the most specific
//! RemoteIPRanges. So a connector is judged among its neighbours, and an
//! anonymous relay whose ranges hold another Exchange server's address is found
//! as the one that stops the mail of that server.
//!
//! ```
//! use exchange_tls::connector::{test, ReceiveConnector, Request};
//! use exchange_tls::object::Object;
//!
//! let mut object = Object::default();
//! object.set("Identity", "EX01\\Default EX01");
//! object.set("Bindings", "0.0.0.0:25");
//! object.set("RemoteIPRanges", "0.0.0.0-255.255.255.255");
//! object.set("AuthMechanism", "Tls, Integrated");
//! let request =
//!     Request { connectors: vec![ReceiveConnector::from_object(&object)], ..Request::default() };
//! let tests = test(&request);
//! assert_eq!(tests[0].findings[0].code.name(), "ExchangeServerAuthMissing");
//! assert!(tests[0].remedy.iter().any(|line| line.contains(
//!     "-AuthMechanism Tls, Integrated, ExchangeServer"
//! )));
//! ```

pub mod finding;
pub mod flags;
mod judge;
pub mod range;
mod reach;
mod receive;
mod remedy;
mod server;

use std::net::IpAddr;

use serde::Serialize;

use crate::cert::connector::CertificateName;
use crate::cert::finding::Verdict;
use crate::cert::name::Name;
use finding::Finding;

pub use receive::ReceiveConnector;
pub use server::Server;

/// What is tested, and what is known of the organisation around it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The connectors: each is tested, beside the others of its server.
    pub connectors: Vec<ReceiveConnector>,
    /// The Exchange servers, as far as known.
    pub servers: Vec<Server>,
    /// Issuer and subject of the certificates of the servers; `None` where they
    /// are not known.
    pub certificates: Option<Vec<(Name, Name)>>,
    /// Addresses of Exchange servers, beside those of `servers`.
    pub exchange_addresses: Vec<IpAddr>,
}

/// What was found about one connector: the properties of `ExchangeTls.ConnectorTest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorTest {
    /// `SERVER\name`
    pub identity: String,
    /// The server it is on.
    pub server: Option<String>,
    /// The addresses and ports it listens on, as given.
    pub bindings: Vec<String>,
    /// How a caller may authenticate; `None` where that is not known.
    pub auth_mechanism: Option<Vec<String>>,
    /// Who may use it; `None` where that is not known.
    pub permission_groups: Option<Vec<String>>,
    /// The certificate it names; `None` where it names none, or where that is not known.
    pub tls_certificate_name: Option<String>,
    /// What the findings come to.
    pub result: Verdict,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// Ready commands, in order; lines that begin with `#` explain the next one.
    pub remedy: Vec<String>,
}

/// Tests every connector of the request, in its order.
pub fn test(request: &Request) -> Vec<ConnectorTest> {
    let one = |place: usize| {
        let connector = &request.connectors[place];
        let mut findings = judge::findings(request, place);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        ConnectorTest {
            identity: connector.identity.clone(),
            server: connector.server.clone(),
            bindings: connector.bindings.iter().map(ToString::to_string).collect(),
            auth_mechanism: connector.auth_mechanism.clone(),
            permission_groups: connector.permission_groups.clone(),
            tls_certificate_name: match &connector.tls_certificate_name {
                CertificateName::Named(name) => Some(name.clone()),
                CertificateName::Empty | CertificateName::Unknown => None,
            },
            result: Verdict::of_severities(findings.iter().map(|finding| finding.severity)),
            remedy: remedy::remedy(request, connector, &findings),
            findings,
        }
    };
    (0..request.connectors.len()).map(one).collect()
}
