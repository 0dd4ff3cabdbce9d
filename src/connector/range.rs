//! Bindings and RemoteIPRanges: where a connector listens, and to whom.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// `0.0.0.0:25`, `[::]:25`: an address and a port that a connector listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The address; unspecified for all of them.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}

impl Binding {
    /// Reads one; `None` where it is none. An IPv6 address may stand without brackets.
    pub fn parse(text: &str) -> Option<Binding> {
        let (host, port) = text.trim().rsplit_once(':')?;
        let port = port.trim().parse().ok()?;
        let address = address(host)?;
        Some(Binding { address, port })
    }

    /// Whether a call to this address can meet both.
    pub fn overlaps(&self, other: &Binding) -> bool {
        let same_family = self.address.is_ipv4() == other.address.is_ipv4();
        self.port == other.port
            && same_family
            && (self.address == other.address
                || self.address.is_unspecified()
                || other.address.is_unspecified())
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::net::SocketAddr::new(self.address, self.port).fmt(f)
    }
}

/// A range of addresses, first and last.
///
/// IPv4 is kept as `::ffff:a.b.c.d`, as sockets do, so that the two families
/// can be compared and a range written in mapped form means the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    first: u128,
    last: u128,
}

/// The first address of IPv4 in mapped form.
const MAPPED: u128 = 0xFFFF_0000_0000;
const MAPPED_LAST: u128 = 0xFFFF_FFFF_FFFF;

impl Range {
    /// Reads `a-b`, `a/24`, `a/255.255.255.0`, `a(255.255.255.0)`, or one address.
    pub fn parse(text: &str) -> Option<Range> {
        let text = text.trim();
        if let Some((first, last)) = text.split_once('-') {
            let (first, last) = (number(address(first)?), number(address(last)?));
            return (first <= last).then_some(Range { first, last });
        }
        if let Some((base, mask)) = text.split_once(['/', '(']) {
            // The bits of `::ffff:10.0.0.0/120` are counted as written.
            let width: u32 = if base.contains(':') { 128 } else { 32 };
            let base = address(base)?;
            let mask = mask.trim_end_matches(')').trim();
            let bits = match mask.parse::<u32>() {
                Ok(bits) => bits,
                Err(_) => match address(mask)? {
                    IpAddr::V4(mask) => {
                        let mask = u32::from(mask);
                        // A mask with holes is no range.
                        (mask.leading_ones() == mask.count_ones()).then_some(mask.leading_ones())?
                    }
                    IpAddr::V6(_) => return None,
                },
            };
            let host_bits = width.checked_sub(bits)?;
            let hosts = u128::MAX.checked_shr(128 - host_bits).unwrap_or(0);
            let base = number(base);
            return Some(Range { first: base & !hosts, last: base | hosts });
        }
        let only = number(address(text)?);
        Some(Range { first: only, last: only })
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        (self.first..=self.last).contains(&number(address))
    }

    /// How many addresses it holds, less one: the smaller, the more specific.
    pub fn span(&self) -> u128 {
        self.last - self.first
    }

    /// Whether it holds every address of IPv4, or of IPv6.
    pub fn is_everything(&self) -> bool {
        self.holds(MAPPED, MAPPED_LAST) || self.holds(0, u128::MAX)
    }

    /// Whether it holds more than one site usually has: more than a /16 of
    /// IPv4, or than a /48 of IPv6 (RFC 6177, an end site).
    pub fn is_wide(&self) -> bool {
        let is_v4 = MAPPED <= self.first && self.last <= MAPPED_LAST;
        self.span() >= if is_v4 { 1 << 16 } else { 1 << 80 }
    }

    fn holds(&self, first: u128, last: u128) -> bool {
        self.first <= first && last <= self.last
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// An address, with or without brackets and zone.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let plain = bare.split('%').next()?;
    match plain.parse::<IpAddr>().ok()? {
        IpAddr::V6(v6) => Some(unmapped(v6)),
        v4 => Some(v4),
    }
}

fn unmapped(v6: Ipv6Addr) -> IpAddr {
    v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-f:./()\\[\\]% -]{0,40}|.{0,40}") {
            let _ = Binding::parse(&text);
            if let Some(range) = Range::parse(&text) {
                prop_assert!(range.first <= range.last);
            }
        }

        #[test]
        fn a_network_holds_its_own_addresses(base in any::<u32>(), other in any::<u32>(), bits in 0_u32..=32) {
            let address = |number: u32| IpAddr::from(std::net::Ipv4Addr::from(number));
            let range = Range::parse(&format!("{}/{bits}", address(base))).unwrap();
            let same = bits == 0 || base >> (32 - bits) == other >> (32 - bits);
            prop_assert!(range.contains(address(base)));
            prop_assert_eq!(range.contains(address(other)), same);
        }
    }

    #[test]
    fn reads_every_spelling_of_a_range() {
        let inside: IpAddr = "10.1.2.3".parse().unwrap();
        for (text, holds) in [
            ("0.0.0.0-255.255.255.255", true),
            ("::ffff:0.0.0.0-::ffff:255.255.255.255", true),
            ("10.1.2.0/24", true),
            ("10.1.2.77/24", true),
            ("10.1.2.0/255.255.255.0", true),
            ("10.1.2.0(255.255.255.0)", true),
            ("::ffff:10.1.2.0/120", true),
            ("::ffff:10.1.3.0/120", false),
            ("10.1.2.3", true),
            ("10.1.2.3/32", true),
            ("0.0.0.0/0", true),
            ("10.1.2.4", false),
            ("2001:db8::/32", false),
        ] {
            let range = Range::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(range.contains(inside), holds, "{text}");
        }
        for text in ["", "x", "10.0.0.9-10.0.0.1", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "::/129"]
        {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }

    #[test]
    fn knows_what_is_everything_and_what_is_narrower() {
        for (text, everything) in [
            ("0.0.0.0-255.255.255.255", true),
            ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true),
            ("::/0", true),
            ("0.0.0.0/0", true),
            ("0.0.0.0-255.255.255.254", false),
            ("10.0.0.0/8", false),
        ] {
            assert_eq!(Range::parse(text).unwrap().is_everything(), everything, "{text}");
        }
        let span = |text: &str| Range::parse(text).unwrap().span();
        assert!(span("10.0.0.1") < span("10.0.0.0/24") && span("10.0.0.0/24") < span("0.0.0.0/0"));
        assert!(span("0.0.0.0/0") < span("::/0"));
        for (text, wide) in [
            ("10.0.0.0/8", true),
            ("10.1.0.0-10.2.0.0", true),
            ("10.1.0.0/16", false),
            ("2001:db8::/32", true),
            ("2001:db8:1::/48", false),
        ] {
            assert_eq!(Range::parse(text).unwrap().is_wide(), wide, "{text}");
        }
    }

    #[test]
    fn reads_bindings_of_both_families() {
        for (text, wanted) in [
            ("0.0.0.0:25", "0.0.0.0:25"),
            ("[::]:2525", "[::]:2525"),
            (":::25", "[::]:25"),
            ("[2001:db8::1]:587", "[2001:db8::1]:587"),
        ] {
            assert_eq!(Binding::parse(text).unwrap().to_string(), wanted);
        }
        assert_eq!(Binding::parse("25"), None);
        assert_eq!(Binding::parse("0.0.0.0:99999"), None);
        let binding = |text| Binding::parse(text).unwrap();
        assert!(binding("0.0.0.0:25").overlaps(&binding("10.0.0.1:25")));
        assert!(!binding("0.0.0.0:25").overlaps(&binding("[::]:25")));
        assert!(!binding("10.0.0.2:25").overlaps(&binding("10.0.0.1:25")));
    }
}
