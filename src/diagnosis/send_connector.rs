//! Send connectors, as far as they help to tell why mail hangs.

use crate::cert::connector::{CertificateName, SendConnector as Presenter};
use crate::object::Object;
use crate::wildcard::Wildcard;

/// A send connector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendConnector {
    /// What decides about certificates, its name among it.
    pub presenter: Presenter,
    /// Its GUID, by which queues name their connector.
    pub guid: Option<String>,
    /// `None` or `Verbose`; nothing where it is not known.
    pub logging: Option<String>,
    /// The servers that send by it; none where they are not known.
    pub source_servers: Vec<String>,
    /// The domains it sends to, without type and cost.
    pub domains: Vec<String>,
    /// Whether it is enabled; nothing where it is not known.
    pub enabled: Option<bool>,
}

impl SendConnector {
    /// From what `Get-SendConnector` gave.
    pub fn from_object(object: &Object) -> SendConnector {
        let name = object.string("Name").or_else(|| object.string("Identity"));
        let mut smart_hosts = object.texts("SmartHosts");
        if !object.has("SmartHosts") {
            let joined = object.text("SmartHostsString").unwrap_or_default();
            smart_hosts = joined.split([',', ';', ' ']).map(str::to_owned).collect();
        }
        smart_hosts.retain(|host| !host.is_empty());
        let certificate_name = match object.text("TlsCertificateName") {
            Some(text) => CertificateName::Named(text.to_owned()),
            None if object.has("TlsCertificateName") => CertificateName::Empty,
            None => CertificateName::Unknown,
        };
        SendConnector {
            presenter: Presenter {
                name: name.or_else(|| object.display.clone()).unwrap_or_default(),
                fqdn: object.string("Fqdn"),
                require_tls: object.answer("RequireTLS"),
                tls_auth_level: object.string("TlsAuthLevel"),
                tls_domain: object.string("TlsDomain"),
                smart_hosts,
                dns_routing: object.answer("DNSRoutingEnabled"),
                tls_certificate_name: certificate_name,
            },
            guid: object.string("Guid"),
            logging: object.string("ProtocolLoggingLevel").map(|level| match level.as_str() {
                // As JSON gives the enumeration.
                "0" => "None".to_owned(),
                "1" => "Verbose".to_owned(),
                _ => level,
            }),
            source_servers: object.texts("SourceTransportServers"),
            domains: object.texts("AddressSpaces").iter().map(|space| domain(space)).collect(),
            enabled: object.answer("Enabled"),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.presenter.name
    }

    /// Whether it is known to log nothing.
    pub fn logs_nothing(&self) -> bool {
        self.logging.as_deref().is_some_and(|level| level.eq_ignore_ascii_case("None"))
    }

    /// Whether it is known to log.
    pub fn logs(&self) -> bool {
        self.logging.as_deref().is_some_and(|level| level.eq_ignore_ascii_case("Verbose"))
    }

    /// Whether mail to this next hop, a domain or a smart host, goes by it.
    pub fn leads_to(&self, hop: &str) -> bool {
        let hop = host(hop);
        let hosts = &self.presenter.smart_hosts;
        hosts.iter().any(|smart| host(smart).eq_ignore_ascii_case(hop))
            // A queue to several smart hosts names them all.
            || hosts.len() > 1 && hop.split([',', ';']).all(|part| hosts.iter().any(|smart| host(smart).eq_ignore_ascii_case(host(part))))
            || hosts.is_empty() && self.domains.iter().any(|domain| domain != "*" && covers(domain, hop))
    }

    /// Whether it is the connector for every domain that no other has.
    pub fn is_general(&self) -> bool {
        self.presenter.smart_hosts.is_empty() && self.domains.iter().any(|domain| domain == "*")
    }

    /// Whether this server sends by it; also where that is not known.
    pub fn may_send_from(&self, server: &str) -> bool {
        self.source_servers.is_empty()
            || self.source_servers.iter().any(|source| super::servers::is_same(source, server))
    }
}

/// `SMTP:*.contoso.com;1` is `*.contoso.com`.
fn domain(space: &str) -> String {
    let space = space.split_once(':').map_or(space, |(_, rest)| rest);
    space.split(';').next().unwrap_or(space).trim().to_ascii_lowercase()
}

/// A host without the brackets around an address, and without a final dot.
pub(super) fn host(text: &str) -> &str {
    text.trim().trim_matches(['[', ']']).trim_end_matches('.')
}

fn covers(pattern: &str, domain: &str) -> bool {
    // `*.contoso.com` holds contoso.com too.
    pattern.strip_prefix("*.").is_some_and(|base| base.eq_ignore_ascii_case(domain))
        || Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_connector_of_a_next_hop() {
        let mut object = Object::default();
        object.set("Name", "To partners");
        object.set("AddressSpaces", "SMTP:*.contoso.com;1");
        let connector = SendConnector::from_object(&object);
        assert!(connector.leads_to("contoso.com") && connector.leads_to("Mail.Contoso.com"));
        assert!(!connector.leads_to("notcontoso.com"));
        object.set("SmartHosts", "[192.0.2.7]");
        let connector = SendConnector::from_object(&object);
        assert!(connector.leads_to("[192.0.2.7]") && connector.leads_to("192.0.2.7"));
        assert!(
            !connector.leads_to("contoso.com"),
            "mail for that domain waits for the smart host"
        );
        object.set("AddressSpaces", "SMTP:*;1");
        assert!(!SendConnector::from_object(&object).is_general());
    }

    #[test]
    fn an_absent_property_is_not_known() {
        let connector = SendConnector::from_object(&Object::default());
        assert_eq!(connector.presenter.tls_certificate_name, CertificateName::Unknown);
        assert!(!connector.logs() && !connector.logs_nothing());
        assert!(connector.may_send_from("EX01"));
    }
}
