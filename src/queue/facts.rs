//! What a LastError tells beside replies: the host, its address, the time.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::timestamp::Timestamp;

/// Hosts, addresses and times of one `[{LED=...};...]`, or of the bare text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `FQDN=`, `LastAttemptedServerName=`
    pub host: Option<String>,
    /// `IP=`, `LastAttemptedIP=`
    pub endpoint: Option<String>,
    /// `LRT=`
    pub retried: Option<String>,
}

impl Facts {
    /// Takes what a tag or key says; false where it is none of these.
    pub fn take(&mut self, name: &str, value: &str) -> bool {
        let value = value.trim().trim_matches('"').trim();
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "fqdn" | "lastattemptedservername" => {
                if !value.is_empty() {
                    self.host.get_or_insert_with(|| value.trim_end_matches('.').to_owned());
                }
            }
            "ip" | "lastattemptedip" => {
                // The one with the port says more, whichever comes first.
                let found = endpoint(value);
                let more = self.endpoint.is_none()
                    || found.as_deref().is_some_and(has_port)
                        && !self.endpoint.as_deref().is_some_and(has_port);
                if found.is_some() && more {
                    self.endpoint = found;
                }
            }
            "lrt" => {
                if !value.is_empty() {
                    self.retried.get_or_insert_with(|| time(value));
                }
            }
            "smtpsecurity" => {}
            _ => return false,
        }
        true
    }

    /// Fills what is empty here from there, the port of the same address too.
    pub fn or(self, other: Facts) -> Facts {
        let parts = |endpoint: &Option<String>| endpoint.as_deref().and_then(address_and_port);
        let same = parts(&self.endpoint).zip(parts(&other.endpoint));
        let more = same.is_some_and(|((own, _), (others, _))| own == others)
            && other.endpoint.as_deref().is_some_and(has_port);
        Facts {
            host: self.host.or(other.host),
            endpoint: if more { other.endpoint } else { self.endpoint.or(other.endpoint) },
            retried: self.retried.or(other.retried),
        }
    }
}

/// An address, with or without brackets and port, in its usual spelling; `None`
/// where it is no address.
pub fn endpoint(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ',', ';']);
    // `fe80::1%4`: the zone is this server's own numbering, of no use elsewhere.
    let zone = text.find('%').map_or("", |at| {
        let rest = &text[at..];
        &rest[..rest.find(']').unwrap_or(rest.len())]
    });
    let plain = text.replacen(zone, "", usize::from(!zone.is_empty()));
    if let Ok(endpoint) = plain.parse::<SocketAddr>() {
        return Some(endpoint.to_string());
    }
    let bare = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&plain);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    // `[192.0.2.1]:25`: not of RFC 3986, but written.
    let (host, port) = plain.rsplit_once(':')?;
    let host = host.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok()?;
    Some(SocketAddr::new(host, port.parse().ok()?).to_string())
}

fn has_port(endpoint: &str) -> bool {
    endpoint.parse::<SocketAddr>().is_ok()
}

/// The address and the port of an [`endpoint`]; 25 where it has none.
pub fn address_and_port(endpoint: &str) -> Option<(IpAddr, u16)> {
    match endpoint.parse::<SocketAddr>() {
        Ok(endpoint) => Some((endpoint.ip(), endpoint.port())),
        Err(_) => endpoint.parse().ok().map(|address: IpAddr| (unmapped(address), 25)),
    }
}

/// `::ffff:192.0.2.1` is the IPv4 address to everyone but the socket.
pub fn unmapped(address: IpAddr) -> IpAddr {
    let mapped = |v6: Ipv6Addr| v6.to_ipv4_mapped().map(IpAddr::V4);
    match address {
        IpAddr::V6(v6) => mapped(v6).unwrap_or(address),
        IpAddr::V4(_) => address,
    }
}

/// A time in ISO 8601 and UTC where the text says which instant it is, else
/// the text: `1/2/2024` is the first of February to half of the world, and a
/// time without offset is one of a server that is not known.
pub fn time(text: &str) -> String {
    let text = text.trim();
    let dated = text.as_bytes().get(4) == Some(&b'-');
    let zoned =
        text.ends_with(['Z', 'z']) || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    let certain = if dated && zoned {
        let joined = text.replacen(' ', "T", 1).replace(' ', "");
        Timestamp::parse(joined.as_bytes())
    } else {
        // As Windows PowerShell writes times into JSON: milliseconds of UTC.
        let millis = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/"));
        // Up to the year 9999, the last one that ISO 8601 writes with four digits.
        let range = 0..253_402_300_800_000;
        millis
            .and_then(|millis| millis.parse().ok())
            .filter(|millis| range.contains(millis))
            .map(Timestamp::from_unix_millis)
    };
    certain.map_or_else(|| text.to_owned(), |time| time.to_string())
}

/// Whether a NextHopConnector names a connector: all zeros are none.
pub fn is_connector(id: &str) -> bool {
    id.contains(|c: char| c.is_ascii_alphanumeric() && c != '0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_any_spelling() {
        for (text, wanted) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:25.", Some("192.0.2.1:25")),
            ("[192.0.2.1]", Some("192.0.2.1")),
            ("[192.0.2.1]:25", Some("192.0.2.1:25")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:DB8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:2525", Some("[2001:db8::1]:2525")),
            ("fe80::1%4", Some("fe80::1")),
            ("[fe80::1%4]:25", Some("[fe80::1]:25")),
            ("mail.contoso.com:25", None),
            ("192.0.2.1:99999", None),
            ("", None),
        ] {
            assert_eq!(endpoint(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn only_certain_times_are_turned_into_utc() {
        for (text, wanted) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000Z"),
            ("2024-01-02T03:04:05.1234567+01:00", "2024-01-02T02:04:05.123Z"),
            ("2024-01-02 03:04:05Z", "2024-01-02T03:04:05.000Z"),
            ("2024-01-02 03:04:05 +01:00", "2024-01-02T02:04:05.000Z"),
            ("/Date(1704164645000)/", "2024-01-02T03:04:05.000Z"),
            ("2024-01-02T03:04:05", "2024-01-02T03:04:05"),
            ("1/2/2024 3:04:05 PM", "1/2/2024 3:04:05 PM"),
            ("02.01.2024 15:04:05", "02.01.2024 15:04:05"),
            ("2024-13-02T03:04:05Z", "2024-13-02T03:04:05Z"),
        ] {
            assert_eq!(time(text), wanted);
        }
    }
}
