//! What is wrong with the certificate that this side presents: the one that the
//! log names, looked for among the certificates of the server.

mod case;
mod missing_key;
mod not_enabled;
mod not_found;
mod rejected;

use super::answer::{Problem, View, Words};
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
