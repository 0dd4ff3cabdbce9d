//! Parts that cannot be read, and critical extensions that nobody here understands.

use super::certificate::Certificate;
use super::finding::{Code, Finding};
use super::read::presentable;

/// What of a certificate cannot be read or understood.
pub(crate) fn check(certificate: &Certificate, out: &mut Vec<Finding>) {
    let element = &certificate.subject_text;
    let extensions = &certificate.extensions;
    for unreadable in extensions.unreadable.iter().filter(|unreadable| unreadable.needed) {
        out.push(Code::Malformed.about(
            element,
            format!(
                "Its extension {} cannot be read: {}.",
                unreadable.extension,
                presentable(&unreadable.reason)
            ),
        ));
    }
    for extension in &extensions.repeated {
        out.push(Code::Malformed.about(
            element,
            format!("Its extension {extension} occurs twice, which is not allowed."),
        ));
    }
    for extension in &extensions.unknown_critical {
        out.push(Code::UnknownCriticalExtension.about(
            element,
            format!("Its extension {extension} is marked critical and not understood; a TLS peer that does not understand it either must refuse."),
        ));
    }
    if certificate.scheme_differs {
        out.push(
            Code::BadSignature
                .about(element, "The two places that name the algorithm of its signature differ."),
        );
    }
}
