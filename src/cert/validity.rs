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
        // The same number as DaysLeft, without its sign.
        let ago = match days_left(certificate, at).saturating_neg() {
            1 if at.saturating_sub(certificate.not_after) < DAY => "less than a day".to_owned(),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        return Some(
            Code::Expired
                .about(element, format!("It expired on {}, {ago} ago.", certificate.ends())),
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
        let left = match days {
            0 => "less than a day".to_owned(),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        Code::ExpiresSoon
            .about(element, format!("It expires on {}, in {left}.", certificate.ends()))
    })
}
