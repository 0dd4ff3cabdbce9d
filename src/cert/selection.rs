//! Which certificate Exchange presents, and which others answer to the same name.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::certificate::Certificate;
use super::connector::{CertificateName, SendConnector};
use super::hostname::Host;
use super::identifier::Identifier;
use super::names;
use super::validity::is_valid_at;
use super::Input;

/// Something that makes Exchange look for a certificate.
pub(crate) struct Ask {
    /// The connector that asks; `None` for a parameter.
    pub connector: Option<String>,
    pub wanted: Wanted,
    /// The certificates that answer, by their place among those tested, in order.
    pub matches: Vec<usize>,
    /// The one that is presented.
    pub selected: Option<usize>,
}

/// What is looked for.
pub(crate) enum Wanted {
    /// TlsCertificateName, or why the text is none.
    Identifier { text: String, read: Result<Identifier, String> },
    /// The name that the server or connector goes by.
    Host(Host),
}

impl Ask {
    fn new(connector: Option<&str>, wanted: Wanted) -> Ask {
        Ask { connector: connector.map(str::to_owned), wanted, matches: vec![], selected: None }
    }

    fn by_identifier(connector: Option<&str>, text: &str) -> Ask {
        let read = Identifier::parse(text);
        Ask::new(connector, Wanted::Identifier { text: text.trim().to_owned(), read })
    }

    /// Whether the certificate at this place answers to it.
    pub fn is_answered_by(&self, place: usize) -> bool {
        self.matches.binary_search(&place).is_ok()
    }

    /// Whether it asks by TlsCertificateName.
    pub fn is_by_identifier(&self) -> bool {
        matches!(self.wanted, Wanted::Identifier { .. })
    }
}

/// Everything that is asked for.
pub(crate) fn asks(
    tls_certificate_name: Option<&str>,
    host: Option<&Host>,
    connectors: &[SendConnector],
) -> Vec<Ask> {
    let mut asks = Vec::new();
    match (tls_certificate_name, host) {
        (Some(text), _) => asks.push(Ask::by_identifier(None, text)),
        (None, Some(host)) => asks.push(Ask::new(None, Wanted::Host(host.clone()))),
        (None, None) => {}
    }
    for connector in connectors {
        let name = Some(connector.name.as_str());
        match &connector.tls_certificate_name {
            CertificateName::Named(text) => asks.push(Ask::by_identifier(name, text)),
            CertificateName::Empty => {
                let host = connector.fqdn.as_deref().and_then(|fqdn| Host::parse(fqdn).ok());
                asks.extend(host.map(|host| Ask::new(name, Wanted::Host(host))));
            }
            CertificateName::Unknown => {}
        }
    }
    asks
}

/// Finds what answers to each, and which of those is presented.
///
/// By TlsCertificateName the one that expires last, as the article on hybrid
/// certificates says; whether it has a key or was revoked is not asked. By
/// host name, of those that are not known to lack their key or SMTP, a valid
/// one before others, then one from a CA before a self-signed one, then the newest.
pub(crate) fn select(
    asks: &mut [Ask],
    certificates: &[(usize, &Certificate)],
    inputs: &[Input],
    at: i64,
) {
    for ask in asks {
        let matching: Vec<(usize, &Certificate)> = certificates
            .iter()
            .copied()
            .filter(|(place, certificate)| match &ask.wanted {
                Wanted::Identifier { read: Ok(identifier), .. } => {
                    identifier.matches(&certificate.issuer, &certificate.subject)
                }
                Wanted::Identifier { .. } => false,
                Wanted::Host(host) => {
                    let unfit = inputs.get(*place).is_some_and(Input::is_unfit);
                    !unfit && names::carries(certificate, host)
                }
            })
            .collect();
        let by_identifier = ask.is_by_identifier();
        ask.selected = matching
            .iter()
            .max_by_key(|(place, certificate)| {
                let rank = if by_identifier {
                    (certificate.not_after, false, certificate.not_before)
                } else {
                    (
                        i64::from(is_valid_at(certificate, at)),
                        !certificate.is_self_issued(),
                        certificate.not_before,
                    )
                };
                (rank, Reverse(*place))
            })
            .map(|(place, _)| *place);
        ask.matches = matching.into_iter().map(|(place, _)| place).collect();
    }
}

/// For each certificate the others of the same issuer and subject.
pub(crate) fn twins(certificates: &[(usize, &Certificate)]) -> HashMap<usize, Vec<usize>> {
    let mut groups: HashMap<_, Vec<(usize, &Certificate)>> = HashMap::new();
    for &(place, certificate) in certificates {
        let names = (certificate.issuer.key(), certificate.subject.key());
        groups.entry(names).or_default().push((place, certificate));
    }
    let mut twins = HashMap::new();
    for mut group in groups.into_values().filter(|group| group.len() > 1) {
        group.sort_by_key(|(place, certificate)| (Reverse(certificate.not_after), *place));
        // The same certificate from two sources is no twin of itself; and of a
        // thousand twins a reader needs to see a few.
        let mut distinct: Vec<(usize, &Certificate)> = Vec::new();
        for &(place, certificate) in &group {
            if distinct.len() <= MAX_TWINS
                && !distinct.iter().any(|(_, other)| other.thumbprint == certificate.thumbprint)
            {
                distinct.push((place, certificate));
            }
        }
        if distinct.len() < 2 {
            continue;
        }
        for (place, certificate) in group {
            let others = distinct
                .iter()
                .filter(|(_, other)| other.thumbprint != certificate.thumbprint)
                .map(|(other, _)| *other);
            twins.insert(place, others.take(MAX_TWINS).collect());
        }
    }
    twins
}

/// Most twins told of one certificate.
const MAX_TWINS: usize = 10;
