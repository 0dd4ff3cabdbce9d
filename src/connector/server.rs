//! An Exchange server, as far as connectors and logs need to know it.

use std::net::IpAddr;

use super::range::address;
use crate::object::Object;

/// What `Get-ExchangeServer`, `Get-TransportService` and
/// `Get-FrontendTransportService` tell of a server. What they do not is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// Its NetBIOS name.
    pub name: String,
    /// Its full name.
    pub fqdn: Option<String>,
    /// Its roles, as given.
    pub roles: Vec<String>,
    /// Whether it is an Edge server.
    pub is_edge: Option<bool>,
    /// The Active Directory site.
    pub site: Option<String>,
    /// The certificate of X-ANONYMOUSTLS.
    pub internal_transport_certificate_thumbprint: Option<String>,
    /// Its addresses, where the object has them.
    pub addresses: Vec<IpAddr>,
    /// The folder of its send protocol logs.
    pub send_protocol_log_path: Option<String>,
    /// The folder of its receive protocol logs.
    pub receive_protocol_log_path: Option<String>,
    /// Whether mail between Exchange servers is logged: `None` or `Verbose`.
    pub intra_org_protocol_logging_level: Option<String>,
}

impl Server {
    /// Reads what the shell gives.
    pub fn from_object(object: &Object) -> Server {
        // `EX01\Frontend` is how Get-FrontendTransportService names itself.
        let plain = |text: &str| text.split('\\').next().unwrap_or(text).to_owned();
        let identity = object.text("Name").or_else(|| object.text("Identity"));
        let name = identity.or(object.display.as_deref()).map(plain).unwrap_or_default();
        let roles = object.flags("ServerRole");
        let by_number = roles.iter().find_map(|role| role.parse::<u64>().ok());
        // 64 is the Edge role in Exchange's enumeration of server roles.
        let by_role = (!roles.is_empty()).then(|| match by_number {
            Some(number) => number & 64 != 0,
            None => roles.iter().any(|role| role.to_ascii_lowercase().starts_with("edge")),
        });
        let is_edge = object.answer("IsEdgeServer").or(by_role);
        let addresses = ["IPAddress", "IPAddresses", "Addresses", "NetworkAddress"];
        Server {
            name,
            fqdn: object.string("Fqdn"),
            is_edge,
            // `contoso.com/Configuration/Sites/Branch`
            site: object
                .text("Site")
                .map(|site| site.rsplit('/').next().unwrap_or(site).to_owned()),
            internal_transport_certificate_thumbprint: object
                .string("InternalTransportCertificateThumbprint"),
            addresses: addresses
                .iter()
                .flat_map(|name| object.texts(name))
                .filter_map(|text| address(&text))
                .collect(),
            send_protocol_log_path: object.string("SendProtocolLogPath"),
            receive_protocol_log_path: object.string("ReceiveProtocolLogPath"),
            intra_org_protocol_logging_level: object
                .string("IntraOrgConnectorProtocolLoggingLevel"),
            roles,
        }
    }

    /// Whether this is how the server is called, by its short or its full name.
    pub fn is_called(&self, name: &str) -> bool {
        let fqdn = self.fqdn.as_deref().unwrap_or_default();
        let full = name.contains('.') && !fqdn.is_empty();
        if full {
            fqdn.eq_ignore_ascii_case(name)
        } else {
            self.name.eq_ignore_ascii_case(name.split('.').next().unwrap_or(name))
        }
    }
}
