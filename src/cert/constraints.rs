//! Name constraints: for which names a CA may issue (RFC 5280 4.2.1.10 and 6.1.4).

use super::certificate::Certificate;
use super::extensions::NameConstraints;
use super::finding::{Code, Finding};
use super::general_name::GeneralName;
use super::hostname::{looks_like_host, Host};
use super::read::presentable;

/// Most comparisons of a name with a constraint in one chain. A CA with a
/// hundred constraints above a certificate with a thousand names needs
/// 100 000; beyond it somebody wants us to be slow (CVE-2018-16875, CVE-2024-0553).
pub(crate) const MAX_COMPARISONS: usize = 250_000;

/// Holds the names of a chain to the constraints of its CAs. `chain` runs from
/// the certificate under test to the end that is trusted.
pub(crate) fn check(chain: &[&Certificate], out: &mut Vec<Finding>) {
    let mut left = MAX_COMPARISONS;
    for (place, ca) in chain.iter().enumerate().skip(1) {
        let Some(constraints) = ca.extensions.name_constraints.as_ref().map(|marked| &marked.value)
        else {
            continue;
        };
        if let Some(reason) = unreadable_base(constraints) {
            out.push(Code::NameConstraint.about(&ca.subject_text, reason));
            continue;
        }
        for (below, certificate) in chain[..place].iter().enumerate().rev() {
            // A CA that renews its own key is not held to its own constraints (6.1.4 b).
            if below > 0 && certificate.is_self_issued() {
                continue;
            }
            match violation(&names_of(certificate, below == 0), constraints, &mut left) {
                Ok(None) => {}
                Ok(Some(reason)) => {
                    out.push(Code::NameConstraint.about(
                        &certificate.subject_text,
                        format!("{reason} of {}.", ca.subject_text),
                    ))
                }
                Err(()) => {
                    out.push(Code::NameConstraint.about(
                        &ca.subject_text,
                        format!("Its name constraints were not checked to the end: they need more than {MAX_COMPARISONS} comparisons."),
                    ));
                    return;
                }
            }
        }
    }
}

/// Every name that constraints apply to.
fn names_of(certificate: &Certificate, leaf: bool) -> Vec<GeneralName> {
    let mut names = certificate.alternate_names().to_vec();
    if !certificate.subject.is_empty() {
        names.push(GeneralName::Directory(certificate.subject.clone()));
    }
    if !names.iter().any(|name| matches!(name, GeneralName::Email(_))) {
        let emails = certificate.subject.email_addresses();
        names.extend(emails.map(|email| GeneralName::Email(email.to_owned())));
    }
    // Where a common name serves as host name, it is a host name.
    let no_hosts =
        !names.iter().any(|name| matches!(name, GeneralName::Dns(_) | GeneralName::Ip(_)));
    if leaf && no_hosts {
        let hosts = certificate.subject.common_names().filter(|name| looks_like_host(name));
        names.extend(hosts.filter_map(|name| match Host::parse(name).ok()? {
            Host::Dns(host) => Some(GeneralName::Dns(host)),
            Host::Ip(address) => Some(GeneralName::Ip(address)),
        }));
    }
    names
}

/// Why a list cannot be applied.
fn unreadable_base(constraints: &NameConstraints) -> Option<String> {
    constraints.permitted.iter().chain(&constraints.excluded).find_map(|base| {
        let wrong = match base {
            GeneralName::Dns(text) | GeneralName::Uri(text) => {
                text.contains('*') || !text.is_ascii()
            }
            GeneralName::Email(text) => !text.is_ascii(),
            GeneralName::Ip(bytes) => !matches!(bytes.len(), 8 | 32) || !is_prefix_mask(bytes),
            GeneralName::Directory(_) | GeneralName::Other(_) => false,
        };
        wrong.then(|| {
            let shown = base.to_text().unwrap_or_default();
            format!(
                "Its name constraint {:?} is not of a form that can be applied.",
                presentable(&shown)
            )
        })
    })
}

/// Ones, then zeros (RFC 4632 3.1).
fn is_prefix_mask(bytes: &[u8]) -> bool {
    let mask = &bytes[bytes.len() / 2..];
    let ones: u32 = mask.iter().map(|byte| byte.leading_ones()).sum();
    let set: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
    let prefix: u32 = {
        let full = mask.iter().take_while(|byte| **byte == 0xFF).count();
        mask.get(full).map_or(0, |byte| byte.leading_ones()) + 8 * u32::try_from(full).unwrap_or(0)
    };
    ones == set && prefix == set
}

/// The first name that breaks the constraints, in words; an error where the
/// budget is used up.
fn violation(
    names: &[GeneralName],
    constraints: &NameConstraints,
    left: &mut usize,
) -> Result<Option<String>, ()> {
    for name in names {
        let shown =
            || presentable(&name.to_text().unwrap_or_else(|| "of a kind nobody reads".to_owned()));
        let mut of_kind = false;
        let mut permitted = false;
        for base in constraints.permitted.iter().filter(|base| base.kind() == name.kind()) {
            *left = left.checked_sub(1).ok_or(())?;
            of_kind = true;
            permitted = permitted || lies_within(name, base);
        }
        if of_kind && !permitted {
            return Ok(Some(format!("Its name {} is not within the permitted names", shown())));
        }
        for base in constraints.excluded.iter().filter(|base| base.kind() == name.kind()) {
            *left = left.checked_sub(1).ok_or(())?;
            if touches(name, base) {
                return Ok(Some(format!("Its name {} is among the excluded names", shown())));
            }
        }
    }
    Ok(None)
}

/// Whether everything the name stands for lies within the base.
fn lies_within(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            // A base holds no `*`, so that a wildcard lies within one only with all
            // it stands for.
            is_dns_name(name) && dns_within(name, base)
        }
        (GeneralName::Email(name), GeneralName::Email(base)) => email_within(name, base),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => name.is_within(base),
        (GeneralName::Ip(address), GeneralName::Ip(base)) => ip_within(address, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            uri_host(name).is_some_and(|host| host_within(host, base))
        }
        // Kinds that nobody here understands cannot be shown to lie anywhere.
        _ => false,
    }
}

/// Whether anything the name stands for lies within the base; what cannot be
/// told counts as such.
fn touches(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            if !is_dns_name(name) {
                return true;
            }
            let Some(parent) = name.strip_prefix("*.") else { return dns_within(name, base) };
            // A wildcard reaches into `host.example.com` if that is one label below it.
            let one_below = base.split_once('.').map(|(_, rest)| rest);
            dns_within(name, base)
                || dns_within(parent, base)
                || one_below.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
        }
        (GeneralName::Email(name), GeneralName::Email(base)) => {
            !name.contains('@') || email_within(name, base)
        }
        (GeneralName::Directory(name), GeneralName::Directory(base)) => name.is_within(base),
        (GeneralName::Ip(address), GeneralName::Ip(base)) => {
            !matches!(address.len(), 4 | 16) || ip_within(address, base)
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            uri_host(name).is_none_or(|host| host_within(host, base))
        }
        _ => true,
    }
}

/// Labels of letters, digits, `-` and `_`; the first may be `*`.
fn is_dns_name(name: &str) -> bool {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let rest = rest.strip_suffix('.').unwrap_or(rest);
    !rest.is_empty()
        && rest.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// The base itself, or below it; with a leading period only below it.
fn dns_within(name: &str, base: &str) -> bool {
    let (name, base) =
        (name.strip_suffix('.').unwrap_or(name), base.strip_suffix('.').unwrap_or(base));
    if base.is_empty() {
        return true;
    }
    if let Some(parent) = base.strip_prefix('.') {
        return is_below(name, parent);
    }
    name.eq_ignore_ascii_case(base) || is_below(name, base)
}

fn is_below(name: &str, parent: &str) -> bool {
    let Some(start) = name.len().checked_sub(parent.len()) else { return false };
    start > 0
        && name.is_char_boundary(start)
        && name[start..].eq_ignore_ascii_case(parent)
        && name[..start].ends_with('.')
}

/// A host, or with a leading period everything below one (URI and e-mail constraints).
fn host_within(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(parent) => is_below(host, parent),
        None => host.eq_ignore_ascii_case(base),
    }
}

/// A mailbox, a host, or with a leading period everything below one. The local
/// part is compared as it is: only its host knows whether case matters.
fn email_within(name: &str, base: &str) -> bool {
    let Some((local, host)) = name.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            local == base_local && host.eq_ignore_ascii_case(base_host)
        }
        None => base.is_empty() || host_within(host, base),
    }
}

fn ip_within(address: &[u8], base: &[u8]) -> bool {
    let (network, mask) = base.split_at(base.len() / 2);
    address.len() == network.len()
        && address
            .iter()
            .zip(network)
            .zip(mask)
            .all(|((address, network), mask)| address & mask == network & mask)
}

/// The host of a URI, `None` where it has none that constraints could be about.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty() && !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err())
        .then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(text: &str) -> GeneralName {
        GeneralName::Dns(text.to_owned())
    }

    #[test]
    fn a_wildcard_must_lie_within_whole_and_touches_in_part() {
        for (name, base, within, touched) in [
            ("example.com", "example.com", true, true),
            ("a.b.example.com", "example.com", true, true),
            ("badexample.com", "example.com", false, false),
            ("EXAMPLE.com", "example.COM", true, true),
            ("*.example.com", "example.com", true, true),
            ("*.example.com", "foo.example.com", false, true),
            ("*.example.com", "a.foo.example.com", false, false),
            ("*.foo.example.com", "example.com", true, true),
            ("example.com", ".example.com", false, false),
            ("a.example.com", ".example.com", true, true),
            ("*.example.com", ".example.com", true, true),
            ("example.com", "", true, true),
            ("exa mple", "example.com", false, true),
        ] {
            assert_eq!(lies_within(&dns(name), &dns(base)), within, "{name} within {base}");
            assert_eq!(touches(&dns(name), &dns(base)), touched, "{name} touches {base}");
        }
    }

    #[test]
    fn other_kinds_have_rules_of_their_own() {
        let email = |text: &str| GeneralName::Email(text.to_owned());
        for (name, base, wanted) in [
            ("a@example.com", "a@example.com", true),
            ("A@example.com", "a@example.com", false),
            ("a@EXAMPLE.com", "example.com", true),
            ("a@b.example.com", "example.com", false),
            ("a@b.example.com", ".example.com", true),
            ("a@example.com", ".example.com", false),
        ] {
            assert_eq!(lies_within(&email(name), &email(base)), wanted, "{name} {base}");
        }
        let uri = |text: &str| GeneralName::Uri(text.to_owned());
        assert!(lies_within(&uri("https://u@a.example.com:1/x"), &uri(".example.com")));
        assert!(!lies_within(&uri("https://192.0.2.1/"), &uri("example.com")));
        assert!(touches(&uri("urn:x"), &uri("example.com")));
        let ip = |bytes: &[u8]| GeneralName::Ip(bytes.to_vec());
        assert!(lies_within(&ip(&[10, 1, 2, 3]), &ip(&[10, 0, 0, 0, 255, 0, 0, 0])));
        assert!(!lies_within(&ip(&[11, 1, 2, 3]), &ip(&[10, 0, 0, 0, 255, 0, 0, 0])));
        assert!(is_prefix_mask(&[0, 0, 255, 0]));
        assert!(!is_prefix_mask(&[0, 0, 255, 1]));
        assert!(!is_prefix_mask(&[0, 0, 0, 255]));
    }
}
