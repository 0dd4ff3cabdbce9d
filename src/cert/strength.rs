//! Keys and signatures that no longer protect.

use super::certificate::Certificate;
use super::finding::{Code, Finding};
use super::key::{Curve, KeyKind};
use super::signature::Digest;
use super::standpoint::Role;

/// The shortest RSA key that the CA/Browser Forum (6.1.5) and NIST SP 800-131A allow.
const RSA_BITS: usize = 2048;

/// Weak keys; for the certificate under test also keys that nothing here can judge.
pub(crate) fn check_key(certificate: &Certificate, role: Role, out: &mut Vec<Finding>) {
    let element = &certificate.subject_text;
    match &certificate.key.kind {
        KeyKind::Rsa { bits, .. } if *bits < RSA_BITS => out.push(Code::WeakKey.about(
            element,
            format!("Its RSA key has {bits} bits; {RSA_BITS} are the least that TLS peers accept."),
        )),
        KeyKind::Rsa { sound_exponent: false, .. } => out.push(Code::WeakKey.about(
            element,
            "The public exponent of its RSA key is even or 1, so that the key protects nothing.",
        )),
        KeyKind::Ec(Curve::P192) => out.push(
            Code::WeakKey
                .about(element, "Its key is on the curve P-192, which TLS peers no longer accept."),
        ),
        // Of an issuer, the check of the signature it made says the same.
        KeyKind::Ec(Curve::P224) | KeyKind::Other(_) if role == Role::Leaf => {
            out.push(Code::SignatureNotChecked.about(
                element,
                format!("Its key cannot be judged here ({}).", certificate.key.describe()),
            ));
        }
        _ => {}
    }
}

/// Broken digests. Nobody relies on the signature of a root or of what signed
/// itself, so SHA-1 may stand there; MD5 may nowhere, where nothing here can
/// tell whether the certificate did sign itself.
pub(crate) fn check_signature(
    certificate: &Certificate,
    relied_upon: bool,
    out: &mut Vec<Finding>,
) {
    let digest = certificate.scheme.digest();
    if let Some(digest) = digest.filter(|&d| d == Digest::Md || relied_upon && d.is_broken()) {
        out.push(Code::WeakSignature.about(
            &certificate.subject_text,
            format!(
                "It was signed with {} and {}; forgeries of such signatures can be made.",
                certificate.scheme.family(),
                digest.name()
            ),
        ));
    }
}
