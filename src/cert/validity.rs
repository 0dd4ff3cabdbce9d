//! Expired, not yet valid, soon to expire.

use super::certificate::Certificate;
use super::finding::{Code, Finding};
use super::standpoint::{Standpoint, DAY};

/// Whole days until the end, negative after it.
pub(crate) fn days_left(certificate: &Certificate, at: i64) -> i64 {
    certificate.not_after.saturating_sub(at).div_euclid(DAY)
}

/// Whether the instant lies within the validity, both ends included (RFC 5280 4.1.2.5).
pub(crate) fn is_valid_at(certificate: &Certificate, at: i64) -> bool {
    certificate.not_before <= at && at <= certificate.not_after
}

/// The finding about the validity, at most one.
pub(crate) fn check(certificate: &Certificate, standpoint: &Standpoint) -> Option<Finding> {
    let element = &certificate.subject_text;
    let at = standpoint.at;
    if certificate.not_after < certificate.not_before {
        return Some(Code::Expired.about(
            element,
            format!(
                "It is never valid: it ends on {} and begins on {}.",
                certificate.ends(),
                certificate.starts()
            ),
        ));
    }
    if at > certificate.not_after {
        let days = at.saturating_sub(certificate.not_after).div_euclid(DAY);
        return Some(
            Code::Expired
                .about(element, format!("It expired on {}, {days} days ago.", certificate.ends())),
        );
    }
    if at < certificate.not_before {
        return Some(
            Code::NotYetValid
                .about(element, format!("It is valid only from {} on.", certificate.starts())),
        );
    }
    let days = days_left(certificate, at);
    (days < standpoint.warning_days).then(|| {
        Code::ExpiresSoon
            .about(element, format!("It expires on {}, in {days} days.", certificate.ends()))
    })
}
