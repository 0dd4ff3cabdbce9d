//! The certificates of the servers with what the tests say of them, and how one is found.

use super::inventory::{is_of, Holding};
use crate::cert::finding::{Code, Severity};
use crate::cert::identifier::Identifier;
use crate::cert::CertificateTest;

/// A certificate of a server, and what the test says of it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub holding: Holding,
    pub test: CertificateTest,
}

/// All certificates, tested.
#[derive(Debug, Clone, Default)]
pub(super) struct Tested {
    held: Vec<Held>,
}

impl Tested {
    /// Certificates with their tests.
    pub fn new(held: Vec<(Holding, CertificateTest)>) -> Tested {
        Tested { held: held.into_iter().map(|(holding, test)| Held { holding, test }).collect() }
    }

    /// The certificates of a server; of all, where the server is not known.
    pub fn of<'a>(&'a self, server: Option<&'a str>) -> impl Iterator<Item = &'a Held> {
        self.held.iter().filter(move |held| is_of(&held.holding.server, server))
    }

    /// The certificate with this thumbprint.
    pub fn find<'a>(&'a self, thumbprint: &str, server: Option<&'a str>) -> Option<&'a Held> {
        self.of(server).find(|held| held.holding.thumbprint.eq_ignore_ascii_case(thumbprint))
    }

    /// The certificate of a CA that is bound to SMTP, where there is but one.
    pub fn only_public<'a>(&'a self, server: Option<&'a str>) -> Option<&'a Held> {
        let mut bound = self
            .of(server)
            .filter(|held| held.has_smtp() == Some(true) && held.test.self_signed == Some(false));
        let first = bound.next()?;
        bound.all(|held| held.holding.thumbprint == first.holding.thumbprint).then_some(first)
    }

    /// The best other certificate of these names on the server: one that can be
    /// used as it is, or once SMTP is given to it; the last to expire.
    pub fn namesake<'a>(
        &'a self,
        subject: &str,
        issuer: &str,
        but: &str,
        server: Option<&'a str>,
    ) -> Option<&'a Held> {
        let wanted = Identifier::parse(&format!("<I>{issuer}<S>{subject}")).ok()?;
        self.of(server)
            .filter(|held| {
                !held.holding.thumbprint.eq_ignore_ascii_case(but)
                    && held.answers(&wanted)
                    && held.is_usable()
            })
            .max_by_key(|held| held.test.not_after)
    }
}

impl Held {
    /// Whether a TlsCertificateName means it.
    pub fn answers(&self, wanted: &Identifier) -> bool {
        wanted.matches(&self.holding.names.0, &self.holding.names.1)
    }

    /// Whether its subject is the one that a TlsCertificateName asks for.
    pub fn has_subject(&self, wanted: &Identifier) -> bool {
        wanted.has_subject(&self.holding.names.1)
    }

    /// What a peer can see and refuse it for, in sentences.
    pub fn faults(&self, knows_issuers: bool) -> Vec<&str> {
        let errors = self.test.findings.iter().filter(|one| one.severity == Severity::Error);
        errors
            .filter(|one| is_seen_by_peers(one.code, knows_issuers))
            .map(|one| one.message.as_str())
            .collect()
    }

    /// Whether nothing about it keeps it from being used but that SMTP is not
    /// among its services. What was not gathered is not held against it.
    pub fn is_usable(&self) -> bool {
        self.holding.input.has_private_key != Some(false)
            && !self.test.findings.iter().any(|finding| {
                finding.severity == Severity::Error
                    && matches!(
                        finding.code,
                        Code::Expired | Code::NotYetValid | Code::Revoked | Code::WeakKey
                    )
            })
    }

    /// Whether SMTP is among its services; nothing where they are not known.
    pub fn has_smtp(&self) -> Option<bool> {
        self.holding.input.is_enabled_for_smtp()
    }

    /// The value of TlsCertificateName that means it.
    pub fn identifier(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("<I>{}<S>{}", text(&self.test.issuer), text(&self.test.subject))
    }

    /// An error of this code about the certificate itself.
    pub fn has_error(&self, code: Code) -> bool {
        self.test
            .findings
            .iter()
            .any(|finding| finding.code == code && finding.severity == Severity::Error)
    }
}

/// Faults that a peer sees and that can be why it refuses; about the chain only
/// where it is known which issuers the server has.
fn is_seen_by_peers(code: Code, knows_issuers: bool) -> bool {
    match code {
        Code::UntrustedRoot | Code::MissingIntermediate | Code::SelfSigned => knows_issuers,
        Code::NoPrivateKey
        | Code::NotEnabledForSmtp
        | Code::AmbiguousTlsCertificateName
        | Code::TlsCertificateNameNotFound
        | Code::TlsCertificateNameTooLong
        | Code::SignatureNotChecked
        | Code::RevocationUnknown => false,
        _ => true,
    }
}
