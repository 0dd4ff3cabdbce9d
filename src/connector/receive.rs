//! A receive connector, as far as it decides who may authenticate how.

use super::flags::{names, AUTH_MECHANISMS, PERMISSION_GROUPS, TRANSPORT_ROLES};
use super::range::{Binding, Range};
use crate::cert::connector::CertificateName;
use crate::object::Object;

/// Most bindings and ranges that are read of one connector: Exchange's own
/// shell becomes unusable with some thousands of ranges.
const MAX_RANGES: usize = 16_384;

/// A receive connector. What its object does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiveConnector {
    /// `SERVER\name`
    pub identity: String,
    /// The server it is on.
    pub server: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is in use.
    pub enabled: Option<bool>,
    /// The addresses and ports it listens on.
    pub bindings: Vec<Binding>,
    /// What it says in its banner and in answer to EHLO; an empty text where it is empty.
    pub fqdn: Option<String>,
    /// How a caller may authenticate.
    pub auth_mechanism: Option<Vec<String>>,
    /// Who may use it.
    pub permission_groups: Option<Vec<String>>,
    /// The addresses of those it answers; `None` where the object does not tell,
    /// or where one of them cannot be read.
    pub remote_ip_ranges: Option<Vec<Range>>,
    /// The certificate it names.
    pub tls_certificate_name: CertificateName,
    /// Whether it takes mail only with TLS.
    pub require_tls: Option<bool>,
    /// `HubTransport`, `FrontendTransport`, `Edge`.
    pub transport_role: Option<Vec<String>>,
    /// `None` or `Verbose`.
    pub protocol_logging_level: Option<String>,
    /// Whether X-ANONYMOUSTLS is kept from the greeting.
    pub suppress_x_anonymous_tls: Option<bool>,
    /// Whether it takes part in domain security (mutual TLS).
    pub domain_secure: Option<bool>,
}

impl ReceiveConnector {
    /// Reads what `Get-ReceiveConnector` gives.
    pub fn from_object(object: &Object) -> ReceiveConnector {
        let name = object.string("Name").or_else(|| {
            let (_, name) = object.text("Identity")?.split_once('\\')?;
            Some(name.to_owned())
        });
        let identity = object
            .string("Identity")
            .or_else(|| object.display.clone())
            .or_else(|| name.clone())
            .unwrap_or_default();
        let bindings = object.texts("Bindings");
        ReceiveConnector {
            server: object.server().or_else(|| {
                // As the object writes itself where Identity was lost.
                identity.split_once('\\').map(|(server, _)| server.to_owned())
            }),
            name,
            enabled: object.answer("Enabled"),
            bindings: bindings
                .iter()
                .take(MAX_RANGES)
                .filter_map(|text| Binding::parse(text))
                .collect(),
            fqdn: object.has("Fqdn").then(|| object.string("Fqdn").unwrap_or_default()),
            auth_mechanism: names(object, "AuthMechanism", AUTH_MECHANISMS),
            permission_groups: names(object, "PermissionGroups", PERMISSION_GROUPS),
            remote_ip_ranges: ranges(&object.texts("RemoteIPRanges")),
            tls_certificate_name: match object.text("TlsCertificateName") {
                Some(name) => CertificateName::Named(name.to_owned()),
                None if object.has("TlsCertificateName") => CertificateName::Empty,
                None => CertificateName::Unknown,
            },
            require_tls: object.answer("RequireTLS"),
            transport_role: names(object, "TransportRole", TRANSPORT_ROLES),
            protocol_logging_level: object.string("ProtocolLoggingLevel"),
            suppress_x_anonymous_tls: object.answer("SuppressXAnonymousTls"),
            domain_secure: object.answer("DomainSecureEnabled"),
            identity,
        }
    }

    /// Whether it allows this way to authenticate; `None` where that is not known.
    pub fn allows(&self, mechanism: &str) -> Option<bool> {
        self.auth_mechanism.as_ref().map(|flags| super::flags::has(flags, mechanism))
    }

    /// Whether this group may use it; `None` where that is not known.
    pub fn permits(&self, group: &str) -> Option<bool> {
        self.permission_groups.as_ref().map(|flags| super::flags::has(flags, group))
    }

    /// Whether it belongs to this transport service; `None` where that is not known.
    pub fn is_of(&self, role: &str) -> Option<bool> {
        self.transport_role.as_ref().map(|flags| super::flags::has(flags, role))
    }
}

fn ranges(texts: &[String]) -> Option<Vec<Range>> {
    if texts.is_empty() || texts.len() > MAX_RANGES {
        return None;
    }
    // One range that cannot be read could be the one that decides.
    texts.iter().map(|text| Range::parse(text)).collect()
}
