//! Rules that bind issuers and that common TLS peers let pass.
//!
//! They say that a CA was careless, not that a connection fails. Those that
//! some peers do act on are Warnings.

use super::certificate::Certificate;
use super::extensions::KeyUsage;
use super::finding::{Code, Finding, Severity};
use super::general_name::GeneralName;
use super::hostname::dns_matches;
use super::key::KeyKind;
use super::oid;
use super::read::presentable;
use super::signature::Scheme;
use super::standpoint::Role;

/// Names below which anyone can have a host, and that therefore no wildcard
/// should cover: a few of the many of the public suffix list, which is too
/// large and too short-lived to carry along.
const SHARED: &[&str] = &[
    "s3.amazonaws.com",
    "azurewebsites.net",
    "cloudapp.net",
    "cloudapp.azure.com",
    "herokuapp.com",
    "github.io",
    "appspot.com",
    "onmicrosoft.com",
];

/// Second-level names that registries below a country use.
const SECOND_LEVEL: &[&str] = &["ac", "co", "com", "edu", "gov", "net", "or", "org"];

/// The rules that a certificate's issuer broke.
pub(crate) fn check(certificate: &Certificate, role: Role, out: &mut Vec<Finding>) {
    let mut rules = Rules { element: &certificate.subject_text, out };
    rules.for_all(certificate, role);
    if role == Role::Leaf {
        rules.for_leaf(certificate);
    } else {
        rules.for_ca(certificate, role);
    }
}

struct Rules<'a> {
    element: &'a str,
    out: &'a mut Vec<Finding>,
}

impl Rules<'_> {
    fn info(&mut self, broken: bool, message: &str) {
        if broken {
            self.out.push(Code::IssuerRule.about(self.element, message));
        }
    }

    fn warning(&mut self, broken: bool, message: &str) {
        if broken {
            let severity = Severity::Warning;
            self.out.push(Code::IssuerRule.weighing(severity, self.element, message));
        }
    }

    fn for_all(&mut self, certificate: &Certificate, role: Role) {
        let extensions = &certificate.extensions;
        self.serial(&certificate.serial);
        self.warning(
            certificate.version < 3,
            "It is of an X.509 version before 3, which cannot say what the certificate is for.",
        );
        self.info(
            certificate.version < 3 && extensions.present,
            "It has extensions, which only version 3 of X.509 allows.",
        );
        self.warning(certificate.issuer.is_empty(), "The name of its issuer is empty.");
        for unreadable in extensions.unreadable.iter().filter(|unreadable| !unreadable.needed) {
            let message = format!(
                "Its extension {} cannot be read: {}.",
                unreadable.extension,
                presentable(&unreadable.reason)
            );
            self.info(true, &message);
        }
        let critical_key_id = extensions.subject_key_id.as_ref().is_some_and(|id| id.critical)
            || extensions.authority_key_id.as_ref().is_some_and(|id| id.critical);
        self.info(critical_key_id, "A key identifier is marked critical, which it must not be.");
        let authority = extensions.authority_key_id.as_ref().map(|marked| &marked.value);
        if role == Role::Intermediate && certificate.is_self_issued() {
            // A new key, vouched for by the old one: the identifiers are those of two keys.
        } else if certificate.is_self_issued() {
            self.info(
                authority.is_some_and(|id| id.key_id.is_none()),
                "Its authority key identifier does not identify a key.",
            );
            self.info(
                authority.is_some_and(|id| id.names_issuer),
                "Its authority key identifier also names issuer and serial number.",
            );
            let own = extensions.subject_key_id.as_ref().map(|id| &id.value);
            let differs = authority
                .and_then(|id| id.key_id.as_ref())
                .zip(own)
                .is_some_and(|(authority, own)| authority != own);
            self.info(differs, "Its two key identifiers differ, though it names itself as issuer.");
        } else {
            self.info(
                authority.is_none_or(|id| id.key_id.is_none()),
                "It does not identify the key of its issuer.",
            );
        }
        // CA/Browser Forum 6.1.5 and 7.1.3.1 leave public CAs RSA and three EC curves.
        let key = certificate.key.kind == KeyKind::Ed25519;
        self.warning(
            key || certificate.scheme == Scheme::Ed25519,
            if key {
                "Its key is of the kind Ed25519, which no public CA may use; TLS of Windows is not known to take it."
            } else {
                "It was signed with Ed25519, which no public CA may use; TLS of Windows is not known to take it."
            },
        );
        let odd_length = matches!(certificate.key.kind, KeyKind::Rsa { bits, .. } if bits % 8 != 0);
        self.info(odd_length, "The length of its RSA key is not a multiple of 8 bits.");
    }

    /// RFC 5280 4.1.2.2
    fn serial(&mut self, serial: &[u8]) {
        self.info(serial.iter().all(|byte| *byte == 0), "Its serial number is zero.");
        self.info(
            serial.first().is_some_and(|byte| byte & 0x80 != 0),
            "Its serial number is negative.",
        );
        self.info(serial.len() > 20, "Its serial number is longer than 20 bytes.");
    }

    fn for_ca(&mut self, certificate: &Certificate, role: Role) {
        let extensions = &certificate.extensions;
        self.warning(certificate.subject.is_empty(), "It is a CA whose name is empty.");
        let lax =
            extensions.basic_constraints.as_ref().is_some_and(|bc| bc.value.ca && !bc.critical);
        self.info(
            lax,
            "Its basic constraints are not marked critical, which those of a CA must be.",
        );
        self.info(
            certificate.version == 3 && extensions.subject_key_id.is_none(),
            "It is a CA without a subject key identifier.",
        );
        self.info(
            certificate.version == 3 && extensions.key_usage.is_none(),
            "It is a CA without a key usage.",
        );
        let lax = extensions.name_constraints.as_ref().is_some_and(|marked| !marked.critical);
        self.info(lax, "Its name constraints are not marked critical.");
        let lax = extensions.policy_constraints.as_ref().is_some_and(|marked| !marked.critical);
        self.info(lax, "Its policy constraints are not marked critical.");
        self.info(
            role == Role::Anchor && extensions.extended_key_usage.is_some(),
            "It is a root with an extended key usage.",
        );
        let constraints = extensions.name_constraints.as_ref().map(|marked| &marked.value);
        let dotted = constraints.is_some_and(|constraints| {
            constraints.permitted.iter().chain(&constraints.excluded).any(
                |name| matches!(name, GeneralName::Dns(base) if base.len() > 1 && base.starts_with('.')),
            )
        });
        self.warning(
            dotted,
            "A DNS name in its name constraints begins with a period; peers differ in what they make of it.",
        );
    }

    fn for_leaf(&mut self, certificate: &Certificate) {
        let extensions = &certificate.extensions;
        self.names(certificate);
        self.warning(
            extensions.name_constraints.is_some() && !certificate.is_ca(),
            "It has name constraints, which only a CA may have.",
        );
        self.warning(
            certificate.is_ca() && !certificate.is_self_issued(),
            "It is the certificate of a CA and not of a server.",
        );
        if certificate.is_self_issued() {
            // What follows are rules among CAs and their customers.
            return;
        }
        let constraints = extensions.basic_constraints.as_ref().map(|marked| marked.value);
        self.info(
            constraints
                .is_some_and(|constraints| !constraints.ca && constraints.path_length.is_some()),
            "It is no CA, but has a path length.",
        );
        let usage = extensions.key_usage.as_ref().map(|marked| marked.value);
        self.info(
            !certificate.is_ca()
                && usage.is_some_and(|usage| usage.allows(KeyUsage::CERTIFICATE_SIGN)),
            "Its key usage allows it to sign certificates, but it is no CA.",
        );
        match &extensions.extended_key_usage {
            None => self.info(true, "It has no extended key usage and so is for any purpose."),
            Some(usage) => {
                self.info(usage.value.any, "Its extended key usage allows any purpose.");
                self.info(usage.critical, "Its extended key usage is marked critical.");
            }
        }
    }

    fn names(&mut self, certificate: &Certificate) {
        let names = certificate.alternate_names();
        if let Some(marked) = &certificate.extensions.alternate_names {
            self.info(
                certificate.subject.is_empty() && !marked.critical,
                "Its subject is empty and its alternate names are not marked critical.",
            );
            self.info(
                !certificate.subject.is_empty() && marked.critical,
                "Its alternate names are marked critical, though the subject is not empty.",
            );
            let listed = |common_name: &str| {
                names.iter().any(|name| match name {
                    GeneralName::Dns(text) | GeneralName::Email(text) => text == common_name,
                    GeneralName::Ip(_) => name.to_text().as_deref() == Some(common_name),
                    _ => false,
                })
            };
            let missing = certificate
                .subject
                .common_names()
                .find(|name| !name.is_empty() && !name.contains(' ') && !listed(name))
                .map(presentable);
            if let Some(name) = missing {
                self.info(
                    true,
                    &format!("Its common name {name} is not among its alternate names."),
                );
            }
        } else if !certificate.is_self_issued()
            && !certificate.extensions.unreadable.iter().any(|one| one.id == oid::SUBJECT_ALT_NAME)
        {
            self.info(true, "It has no alternate names, where the names of a server belong.");
        }
        for name in names {
            let GeneralName::Dns(text) = name else { continue };
            let shown = presentable(text);
            if text.contains('_') {
                self.info(
                    true,
                    &format!("The name {shown} holds an underscore, which no host name has."),
                );
            }
            if !text.is_ascii() {
                self.warning(
                    true,
                    &format!("The name {shown} is not written in ASCII; it matches nothing."),
                );
            }
            if text.strip_prefix("*.").is_some_and(is_shared) {
                self.warning(
                    true,
                    &format!(
                        "The wildcard {shown} covers names of many holders; some peers refuse it."
                    ),
                );
            }
        }
    }
}

fn is_shared(base: &str) -> bool {
    let lower = base.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    match labels.as_slice() {
        [_] => true,
        [second, top] if top.len() == 2 => SECOND_LEVEL.contains(second),
        _ => SHARED.iter().any(|shared| dns_matches(shared, &lower)),
    }
}
