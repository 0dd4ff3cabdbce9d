//! What is wrong with the certificate that this side presents: the one that the
//! log names, looked for among the certificates of the server.

mod case;
mod missing_key;
mod not_enabled;
mod not_found;
mod rejected;

use super::answer::{Problem, View, Words};
use crate::cert::finding::Code;
use crate::failure::advice;
use crate::failure::cause::Cause;
use case::Case;

/// Says what is wrong with the own certificate.
pub(super) fn judge(view: &View<'_>, problem: &Problem<'_>) -> Words {
    let case = Case::new(view, problem);
    let mut words = match problem.cause {
        Cause::OwnCertificateNoKey => case.no_key(),
        Cause::OwnCertificateNotEnabled => case.not_enabled(),
        Cause::OwnCertificateNotFound => case.not_found(),
        _ => case.rejected(),
    };
    words.reference = advice::reference(problem.cause);
    words
}

/// Faults that a peer sees and that can be why it refuses; about the chain only
/// where it is known which issuers the server has.
pub(super) fn is_seen_by_peers(code: Code, knows_issuers: bool) -> bool {
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
