//! Send connectors, as far as they decide about certificates.

use std::net::IpAddr;

/// What a connector says in TlsCertificateName.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CertificateName {
    /// The object does not tell: it came without its type data.
    #[default]
    Unknown,
    /// It is empty.
    Empty,
    /// `<I>issuer<S>subject`
    Named(String),
}

/// A send connector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendConnector {
    /// Its name or identity.
    pub name: String,
    /// What it says in EHLO.
    pub fqdn: Option<String>,
    /// Whether it sends only with TLS.
    pub require_tls: Option<bool>,
    /// EncryptionOnly, CertificateValidation or DomainValidation.
    pub tls_auth_level: Option<String>,
    /// The name that the peer's certificate must carry.
    pub tls_domain: Option<String>,
    /// Hosts that it hands mail to, names or addresses.
    pub smart_hosts: Vec<String>,
    /// Whether it finds its peers by MX records.
    pub dns_routing: Option<bool>,
    /// The certificate it names.
    pub tls_certificate_name: CertificateName,
}

impl SendConnector {
    /// Whether a host outside the organisation will look at the certificate
    /// and must find it good.
    pub fn is_validated_outside(&self) -> bool {
        self.require_tls == Some(true)
            && (self.dns_routing == Some(true)
                || self.smart_hosts.iter().any(|host| self.is_outside(host)))
    }

    fn is_outside(&self, host: &str) -> bool {
        let host = host.trim().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return false;
        }
        if let Ok(address) = host.parse::<IpAddr>() {
            return match address {
                IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local()),
                // fc00::/7 and fe80::/10
                IpAddr::V6(v6) => {
                    let first = v6.segments()[0];
                    !(v6.is_loopback() || first & 0xFE00 == 0xFC00 || first & 0xFFC0 == 0xFE80)
                }
            };
        }
        if !is_public_host(&host) {
            return false;
        }
        // A host of the domain that this server has itself.
        let own = self.fqdn.as_deref().unwrap_or_default().to_ascii_lowercase();
        let own_domain = own.split_once('.').map_or("", |(_, domain)| domain);
        own_domain.is_empty() || !(host == own_domain || host.ends_with(&format!(".{own_domain}")))
    }
}

/// Whether a name, in lower case, can be one of the public DNS.
pub(crate) fn is_public_host(host: &str) -> bool {
    // Names that the public DNS does not have (RFC 6762, ICANN's `internal`, and custom).
    const INSIDE: [&str; 6] = ["local", "lan", "internal", "corp", "home", "intranet"];
    host.rsplit_once('.').is_some_and(|(_, top)| !INSIDE.contains(&top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_inside_from_outside() {
        let connector = |host: &str| SendConnector {
            fqdn: Some("mail.contoso.com".to_owned()),
            require_tls: Some(true),
            smart_hosts: vec![host.to_owned()],
            ..SendConnector::default()
        };
        for (host, outside) in [
            ("contoso-com.mail.protection.outlook.com", true),
            ("smtp.fabrikam.com.", true),
            ("[203.0.113.7]", true),
            ("[10.1.2.3]", false),
            ("fd00::1", false),
            ("2001:db8::1", true),
            ("edge01", false),
            ("edge01.contoso.local", false),
            ("edge.contoso.com", false),
            ("edge.notcontoso.com", true),
            ("", false),
        ] {
            assert_eq!(connector(host).is_validated_outside(), outside, "{host}");
        }
        let by_dns = SendConnector {
            require_tls: Some(true),
            dns_routing: Some(true),
            ..SendConnector::default()
        };
        assert!(by_dns.is_validated_outside());
        assert!(!SendConnector { require_tls: None, ..by_dns }.is_validated_outside());
    }
}
