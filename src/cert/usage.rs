//! What a certificate may be used for: CA or not, key usage, purposes.

use super::certificate::Certificate;
use super::extensions::KeyUsage;
use super::finding::{Code, Finding, Severity};
use super::key::KeyKind;
use super::standpoint::{Role, Standpoint};

/// Whether a certificate that issues another one may do so.
pub(crate) fn check_issuer(certificate: &Certificate, role: Role, out: &mut Vec<Finding>) {
    let element = &certificate.subject_text;
    match &certificate.extensions.basic_constraints {
        Some(constraints) if constraints.value.ca => {}
        Some(_) => out.push(Code::NotACa.about(
            element,
            "It issued the certificate below it, but its basic constraints say that it is no CA.",
        )),
        // Roots from before version 3 cannot say it; common verifiers take them as they are.
        None if role == Role::Anchor && certificate.version < 3 => {}
        None => out.push(Code::NotACa.about(
            element,
            "It issued the certificate below it, but has no basic constraints that make it a CA.",
        )),
    }
    if !certificate.may_sign_certificates() {
        out.push(Code::KeyUsage.about(
            element,
            "It issued the certificate below it, but its key usage does not allow it to sign certificates.",
        ));
    }
}

/// Whether the purposes of a certificate allow TLS. A CA that lists purposes
/// can issue for no others: common verifiers check it, RFC 5280 does not ask it.
pub(crate) fn check_purposes(
    certificate: &Certificate,
    role: Role,
    standpoint: &Standpoint,
    out: &mut Vec<Finding>,
) {
    let Some(usage) = certificate.extensions.extended_key_usage.as_ref().map(|usage| usage.value)
    else {
        return;
    };
    let element = &certificate.subject_text;
    let whose = match role {
        Role::Leaf => "The certificate is",
        Role::Intermediate | Role::Anchor => "This CA is, and so is every certificate it issues,",
    };
    if !usage.any && !usage.server {
        out.push(Code::ServerAuthMissing.weighing(
            standpoint.server_severity(),
            element,
            format!("{whose} not for TLS servers: its extended key usage lacks server authentication (1.3.6.1.5.5.7.3.1)."),
        ));
    }
    // RFC 5280 4.2.1.12 lets peers refuse it: Windows does not, OpenSSL and webpki do.
    if usage.any && !usage.server && role != Role::Anchor {
        out.push(Code::ServerAuthMissing.weighing(
            Severity::Warning,
            element,
            "Its extended key usage allows any purpose, but does not name server authentication (1.3.6.1.5.5.7.3.1); some peers refuse it.",
        ));
    }
    // Of a CA it matters only where a client certificate is what is wanted.
    if !usage.any && !usage.client && (role == Role::Leaf || standpoint.outbound) {
        out.push(Code::ClientAuthMissing.weighing(
            standpoint.client_severity(),
            element,
            format!("{whose} not for TLS clients: its extended key usage lacks client authentication (1.3.6.1.5.5.7.3.2). A send connector presents its certificate as a client."),
        ));
    }
}

/// Whether the key of the certificate under test may do what TLS does with it.
///
/// Signing is what TLS 1.3, the ECDHE suites and every client need. Key
/// encipherment is the old RSA key exchange, which only an RSA key can do; key
/// agreement is that of fixed Diffie-Hellman keys, which peers have given up.
pub(crate) fn check_key_usage(
    certificate: &Certificate,
    standpoint: &Standpoint,
    out: &mut Vec<Finding>,
) {
    if certificate.allows(KeyUsage::DIGITAL_SIGNATURE) {
        return;
    }
    let enciphers = match certificate.key.kind {
        KeyKind::Rsa { .. } => certificate.allows(KeyUsage::KEY_ENCIPHERMENT),
        KeyKind::Ec(_) | KeyKind::Ed25519 => false,
        // Its key cannot be judged, which is an Error of its own.
        KeyKind::Other(_) => {
            certificate.allows(KeyUsage::KEY_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT)
        }
    };
    let (severity, message) = if !enciphers {
        // Nobody may have meant it for TLS, such as that of a CA on the same server.
        let used = standpoint.server || standpoint.outbound;
        (
            if used { Severity::Error } else { Severity::Warning },
            match certificate.key.kind {
                KeyKind::Ec(_) | KeyKind::Ed25519 => "Its key usage does not allow digital signatures, and TLS can do nothing else with a key of its kind.",
                _ => "Its key usage allows neither digital signature nor key encipherment, one of which TLS needs.",
            },
        )
    } else if standpoint.outbound {
        (
            Severity::Error,
            "Its key usage does not allow digital signatures, with which a TLS client proves its key. A send connector presents its certificate as a client.",
        )
    } else {
        (
            Severity::Warning,
            "Its key usage does not allow digital signatures, which TLS 1.3 and the ECDHE cipher suites of TLS 1.2 need.",
        )
    };
    out.push(Code::KeyUsage.weighing(severity, &certificate.subject_text, message));
}
