//! Whether a certificate is for a host (RFC 9525, and RFC 6125 before it).

use std::net::IpAddr;

use super::general_name::GeneralName;

/// What a peer was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A DNS name in the form that goes over the wire: lower case, A-labels.
    Dns(String),
    /// An address, 4 or 16 bytes.
    Ip(Vec<u8>),
}

impl Host {
    /// Reads what a user typed; the error says why it is no host.
    pub fn parse(text: &str) -> Result<Host, String> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        match bare.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => return Ok(Host::Ip(address.octets().to_vec())),
            Ok(IpAddr::V6(address)) => return Ok(Host::Ip(address.octets().to_vec())),
            Err(_) => {}
        }
        let relative = text.strip_suffix('.').unwrap_or(text);
        let mut labels = Vec::new();
        // The three other full stops are those that IDNA takes for one (RFC 3490 3.1).
        for label in relative.split(['.', '\u{3002}', '\u{FF0E}', '\u{FF61}']) {
            labels.push(label_to_ascii(label)?);
        }
        let name = labels.join(".");
        if name.len() > 253 {
            return Err("a DNS name has at most 253 characters".to_owned());
        }
        Ok(Host::Dns(name))
    }

    /// Whether one of these names is for this host.
    pub fn is_among(&self, names: &[GeneralName]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Whether this name is for this host.
    pub fn is(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Host::Dns(host), GeneralName::Dns(pattern)) => dns_matches(pattern, host),
            (Host::Ip(address), GeneralName::Ip(other)) => address == other,
            // A name is no address, and an address in a DNS name is none either.
            _ => false,
        }
    }

    /// Whether a common name is for this host.
    pub fn is_common_name(&self, common_name: &str) -> bool {
        match self {
            Host::Dns(host) => dns_matches(common_name.trim(), host),
            Host::Ip(address) => {
                matches!(Host::parse(common_name), Ok(Host::Ip(other)) if other == *address)
            }
        }
    }
}

fn label_to_ascii(label: &str) -> Result<String, String> {
    if label == "*" {
        return Ok(label.to_owned());
    }
    let lower = label.to_lowercase();
    let ascii = if lower.is_ascii() {
        lower
    } else {
        format!("xn--{}", punycode(&lower).unwrap_or_default())
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if ascii.is_empty() {
        Err("a label of the name is empty".to_owned())
    } else if ascii.len() > 63 {
        Err("a label of the name is longer than 63 characters".to_owned())
    } else if ascii.bytes().all(plain) {
        Ok(ascii)
    } else {
        Err("the name holds characters that no DNS name has".to_owned())
    }
}

/// Whether a presented name is for a host, which is in lower case. `*` stands
/// for one whole label, the leftmost, and for no part of one (RFC 9525 6.3).
/// Directly below a top-level domain it stands for nothing: no RFC says so, but
/// neither OpenSSL nor webpki nor browsers take it.
pub(crate) fn dns_matches(pattern: &str, host: &str) -> bool {
    if !pattern.is_ascii() {
        return false;
    }
    let pattern = pattern.strip_suffix('.').unwrap_or(pattern);
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(base), Some((label, rest))) = (pattern.strip_prefix("*."), host.split_once('.'))
    else {
        return false;
    };
    !label.is_empty()
        && label != "*"
        && !base.contains('*')
        && base.contains('.')
        && base.eq_ignore_ascii_case(rest)
}

/// Whether a text has the form of a host name with at least one dot, or of an address.
pub(crate) fn looks_like_host(text: &str) -> bool {
    match Host::parse(text) {
        Ok(Host::Dns(name)) => {
            let top = name.rsplit('.').next().unwrap_or_default();
            name.contains('.') && !top.bytes().all(|byte| byte.is_ascii_digit())
        }
        Ok(Host::Ip(_)) => true,
        Err(_) => false,
    }
}

/// RFC 3492; `None` where the label is too long for its arithmetic.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    let (mut n, mut delta, mut bias) = (128u32, 0u32, 72u32);
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let mut handled = basic;
    if basic > 0 {
        out.push('-');
    }
    let total = u32::try_from(label.chars().count()).ok()?;
    while handled < total {
        let next = label.chars().map(u32::from).filter(|&c| c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c != n {
                continue;
            }
            let mut q = delta;
            let mut k = BASE;
            loop {
                let threshold = if k <= bias { 1 } else { (k - bias).min(26) };
                if q < threshold {
                    break;
                }
                out.push(digit(threshold + (q - threshold) % (BASE - threshold)));
                q = (q - threshold) / (BASE - threshold);
                k += BASE;
            }
            out.push(digit(q));
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        n = n.checked_add(1)?;
    }
    Some(out)
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

fn digit(number: u32) -> char {
    char::from_digit(if number < 26 { number + 10 } else { number - 26 }, 36).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.to_owned())
    }

    #[test]
    fn a_wildcard_stands_for_the_leftmost_label_alone() {
        let host = |text| Host::parse(text).unwrap();
        for (pattern, name, wanted) in [
            ("mail.contoso.com", "mail.contoso.com", true),
            ("MAIL.contoso.COM", "mail.Contoso.com.", true),
            ("*.contoso.com", "mail.contoso.com", true),
            ("*.contoso.com", "contoso.com", false),
            ("*.contoso.com", "a.mail.contoso.com", false),
            ("m*.contoso.com", "mail.contoso.com", false),
            ("*l.contoso.com", "mail.contoso.com", false),
            ("mail.*.com", "mail.contoso.com", false),
            ("*.*.com", "mail.contoso.com", false),
            ("*", "localhost", false),
            ("*.com", "contoso.com", false),
            ("*.", "localhost", false),
            ("contoso.com", "mail.contoso.com", false),
            ("*.contoso.com", "*.contoso.com", true),
            ("xn--bcher-kva.example", "B\u{fc}cher.example", true),
            ("b\u{fc}cher.example", "b\u{fc}cher.example", false),
            ("192.0.2.1", "192.0.2.1", false),
        ] {
            assert_eq!(host(name).is(&dns(pattern)), wanted, "{pattern} {name}");
        }
        assert!(host("192.0.2.1").is(&GeneralName::Ip(vec![192, 0, 2, 1])));
        assert!(host("[::1]").is(&GeneralName::Ip(std::net::Ipv6Addr::LOCALHOST.octets().to_vec())));
        assert!(!host("192.0.2.2").is(&GeneralName::Ip(vec![192, 0, 2, 1])));
        assert!(host("192.0.2.1").is_common_name("192.0.2.1"));
        assert!(!host("192.0.2.1").is_common_name("192.000.2.1"));
    }

    #[test]
    fn writes_labels_as_dns_has_them() {
        // The last is from RFC 3492 7.1 (L), in lower case.
        for (text, wanted) in [
            ("M\u{fc}nchen.example", "xn--mnchen-3ya.example"),
            ("\u{1f600}.example", "xn--e28h.example"),
            ("3\u{5e74}b\u{7d44}\u{91d1}\u{516b}\u{5148}\u{751f}", "xn--3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(Host::parse(text), Ok(Host::Dns(wanted.to_owned())));
        }
        for wrong in ["", ".", "a..b", "a b", "a/b", "-\u{0}", &"a".repeat(64)] {
            assert!(Host::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,300}") {
            if let Ok(host) = Host::parse(&text) {
                host.is(&dns(&text));
                host.is_common_name(&text);
            }
        }
    }
}
