//! Whether a certificate carries the name that was asked for.

use super::certificate::Certificate;
use super::finding::{Code, Finding};
use super::general_name::GeneralName;
use super::hostname::{looks_like_host, Host};
use super::oid;
use super::read::presentable;

/// Most names shown in a message.
const SHOWN: usize = 8;

/// Whether a certificate is for a host, by its alternate names, or by its
/// common name where it has no alternate names.
pub(crate) fn carries(certificate: &Certificate, host: &Host) -> bool {
    host.is_among(certificate.alternate_names()) || carries_in_common_name(certificate, host)
}

fn carries_in_common_name(certificate: &Certificate, host: &Host) -> bool {
    !has_host_names(certificate)
        && certificate.subject.common_names().any(|name| host.is_common_name(name))
}

fn has_unreadable_names(certificate: &Certificate) -> bool {
    certificate.extensions.unreadable.iter().any(|one| one.id == oid::SUBJECT_ALT_NAME)
}

/// Whether there are alternate names that a host is compared with, readable or not.
fn has_host_names(certificate: &Certificate) -> bool {
    has_unreadable_names(certificate)
        || certificate
            .alternate_names()
            .iter()
            .any(|name| matches!(name, GeneralName::Dns(_) | GeneralName::Ip(_)))
}

/// The finding about the names, at most one. `fqdn` is the name asked for, as
/// typed and as read.
pub(crate) fn check(
    certificate: &Certificate,
    fqdn: Option<(&str, &Result<Host, String>)>,
) -> Option<Finding> {
    let element = &certificate.subject_text;
    let Some((typed, host)) = fqdn else {
        // Nothing was asked for; but whoever asks for its name will find it only there.
        let only = certificate.subject.common_names().find(|name| looks_like_host(name));
        return only.filter(|_| !has_host_names(certificate)).map(|name| {
            Code::CommonNameOnly.about(
                element,
                format!("Its name {} stands in the common name alone; TLS peers look for alternate names and may refuse it.", presentable(name)),
            )
        });
    };
    let typed = presentable(typed);
    let host = match host {
        Ok(host) => host,
        Err(why) => {
            return Some(
                Code::NameMismatch.about(element, format!("{typed} is no host name: {why}.")),
            )
        }
    };
    if host.is_among(certificate.alternate_names()) {
        return None;
    }
    if carries_in_common_name(certificate, host) {
        return Some(Code::CommonNameOnly.about(
            element,
            format!("{typed} stands in its common name alone; TLS peers look for alternate names and may refuse it."),
        ));
    }
    let message = if has_unreadable_names(certificate) {
        format!("Nothing shows that it is for {typed}: its alternate names cannot be read, and beside them the common name does not count.")
    } else if is_address_among_names(certificate, host) {
        format!(
            "It is not for {typed}: the address stands among its DNS names, where no peer looks for one. {}",
            listed(certificate)
        )
    } else {
        format!("It is not for {typed}. {}", listed(certificate))
    };
    Some(Code::NameMismatch.about(element, message))
}

/// Whether an address is written as if it were a DNS name.
fn is_address_among_names(certificate: &Certificate, host: &Host) -> bool {
    matches!(host, Host::Ip(_))
        && certificate.alternate_names().iter().any(
            |name| matches!(name, GeneralName::Dns(text) if Host::parse(text).as_ref() == Ok(host)),
        )
}

fn listed(certificate: &Certificate) -> String {
    let mut names: Vec<String> = certificate
        .alternate_names()
        .iter()
        .filter_map(|name| match name {
            // An address is for nobody where it stands as a DNS name.
            GeneralName::Dns(text) if matches!(Host::parse(text), Ok(Host::Ip(_))) => None,
            GeneralName::Dns(_) | GeneralName::Ip(_) => name.to_text(),
            _ => None,
        })
        .collect();
    if names.is_empty() && !has_host_names(certificate) {
        names = certificate.subject.common_names().map(presentable).collect();
    }
    match names.len() {
        0 => "It carries no host name.".to_owned(),
        count if count > SHOWN => {
            format!("It is for {} and {} more.", names[..SHOWN].join(", "), count - SHOWN)
        }
        _ => format!("It is for {}.", names.join(", ")),
    }
}
