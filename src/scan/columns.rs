//! The columns of a line as every server writes them, found without looking at
//! every byte for commas. What is unusual in any way is left to the splitter.

use super::clock::TIME;
use super::words::is_graphic;
use crate::log::record::Event;

/// Bytes of a session id.
pub const ID: usize = 16;

/// Longest endpoint taken for a usual one; `[IPv6%scope]:port` has under a hundred.
const MAX_ENDPOINT: usize = 256;

/// Longest connector name taken for a usual one.
pub const MAX_CONNECTOR: usize = 1024;

/// The columns before the endpoints.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub connector: Connector<'a>,
    pub id: &'a [u8; ID],
    pub sequence: u64,
    /// With the comma behind it.
    pub sequence_length: usize,
    /// What follows the sequence number.
    pub rest: &'a [u8],
}

/// A connector, as a number where its name is one of those that occur most.
#[derive(Debug, Clone, Copy)]
pub enum Connector<'a> {
    Known(usize),
    Name(&'a [u8]),
}

/// Cuts a line up to its endpoints; `None` where it is unusual. The line need
/// not end where `text` does: what is cut off holds no line end.
#[inline]
pub fn head<'a>(text: &'a [u8], connectors: &[Box<[u8]>]) -> Option<Head<'a>> {
    let rest = text.get(TIME + 1..)?;
    if text[TIME] != b',' {
        return None;
    }
    // Nearly always one of a few; a comparison is cheaper than a search.
    let is = |name: &[u8]| rest.get(name.len()) == Some(&b',') && rest.starts_with(name);
    let (connector, length) = match connectors.iter().take(8).position(|name| is(name)) {
        Some(number) => (Connector::Known(number), connectors[number].len()),
        None => {
            let near = &rest[..rest.len().min(MAX_CONNECTOR)];
            let length = memchr::memchr3(b',', b'"', b'\n', near).filter(|at| near[*at] == b',')?;
            (Connector::Name(&near[..length]), length)
        }
    };
    let (id, rest) = rest[length + 1..].split_first_chunk::<ID>()?;
    if rest.first() != Some(&b',') {
        return None;
    }
    let (sequence, sequence_length) = sequence(&rest[1..])?;
    let rest = &rest[1 + sequence_length..];
    Some(Head { connector, id, sequence, sequence_length, rest })
}

/// A sequence number, and its length with the comma behind it.
pub fn sequence(text: &[u8]) -> Option<(u64, usize)> {
    let mut sequence = 0;
    // Nine digits: far more records than a session has, far less than overflows.
    for (length, byte) in text.iter().enumerate().take(10) {
        match byte {
            b'0'..=b'9' if length < 9 => sequence = sequence * 10 + u64::from(byte - b'0'),
            b',' if length > 0 => return Some((sequence, length + 1)),
            _ => return None,
        }
    }
    None
}

/// Cuts `LOCAL,REMOTE,` off; gives both and their length with the commas.
pub fn endpoints(rest: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let near = |text: &[u8]| memchr::memchr(b',', &text[..text.len().min(MAX_ENDPOINT)]);
    let local = near(rest)?;
    let remote = near(&rest[local + 1..])?;
    let (local, remote) = (&rest[..local], &rest[local + 1..local + 1 + remote]);
    (is_graphic(local) && is_graphic(remote)).then_some((
        local,
        remote,
        local.len() + remote.len() + 2,
    ))
}

/// The event and the comma behind it.
#[inline]
pub fn event(rest: &[u8]) -> Option<(Event, &[u8])> {
    let (first, rest) = rest.split_first_chunk::<2>()?;
    let event = match first {
        b"<," => Event::Received,
        b">," => Event::Sent,
        b"*," => Event::Information,
        b"+," => Event::Connect,
        b"-," => Event::Disconnect,
        _ => return None,
    };
    Some((event, rest))
}

/// Where a line ends that holds nothing but data without comma or quote, or data
/// in quotes, and an empty context; `None` is said of some lines that do.
#[inline]
pub fn end_behind_data(rest: &[u8]) -> Option<usize> {
    let end = match rest.first()? {
        b'"' => quoted(rest)?.1,
        _ => mark(rest)?,
    };
    rest.get(end..)?.starts_with(b",\r\n").then_some(end + 2)
}

/// Data and an empty context, and where the line ends; as [`end_behind_data`].
#[inline]
pub fn only_data(rest: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let end = end_behind_data(rest)?;
    let data = rest.get(..end - 2)?;
    let data = match data {
        [b'"', inner @ .., b'"'] => inner,
        _ => data,
    };
    Some((data, b"", end))
}

/// Data and context, each plain or in quotes with none inside, and where the
/// line ends; `None` where there are more columns, fewer, or other quotes.
#[inline]
pub fn tail(rest: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let at = mark(rest)?;
    let (data, context) = match rest[at] {
        b',' => (&rest[..at], at + 1),
        b'"' if at == 0 => {
            let (data, behind) = quoted(rest)?;
            (data, (rest.get(behind) == Some(&b',')).then_some(behind + 1)?)
        }
        _ => return None,
    };
    let rest = &rest[context..];
    if rest.starts_with(b"\r\n") {
        return Some((data, b"", context + 1));
    }
    let at = mark(rest)?;
    match rest[at] {
        b'\n' => {
            let text = rest[..at].strip_suffix(b"\r").unwrap_or(&rest[..at]);
            // A line ends before the NULs and all the CRs at its end.
            (!matches!(text.last(), Some(b'\r' | 0))).then_some((data, text, context + at))
        }
        b'"' if at == 0 => {
            let (text, behind) = quoted(rest)?;
            let end = match rest.get(behind..)? {
                [b'\n', ..] => behind,
                [b'\r', b'\n', ..] => behind + 1,
                _ => return None,
            };
            Some((data, text, context + end))
        }
        _ => None,
    }
}

/// Where the first comma, quote or line end stands.
#[inline]
fn mark(text: &[u8]) -> Option<usize> {
    memchr::memchr3(b',', b'"', b'\n', text)
}

/// What stands in the quotes that a text begins with, and the place behind them.
fn quoted(text: &[u8]) -> Option<(&[u8], usize)> {
    let close = memchr::memchr2(b'"', b'\n', &text[1..])? + 1;
    (text[close] == b'"').then_some((&text[1..close], close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_ends_are_left_to_the_splitter() {
        assert_eq!(end_behind_data(b"a b,\r\nx"), Some(5));
        assert_eq!(end_behind_data(b"\"a, b\",\r\nx"), Some(8));
        for line in [
            "\"a\n,\r\n",
            "a\n",
            "a,b\r\n",
            "a,\n",
            "a\",\r\n",
            "\"a\n\",\r\n",
            "\"a\"\"b\",\r\n",
            "\"a\"",
        ] {
            assert_eq!(end_behind_data(line.as_bytes()), None, "{line}");
        }
        let data = |text| tail(text).map(|(data, context, end)| (data, context, &text[end..]));
        assert_eq!(data(b"EHLO a,\r\nx"), Some((&b"EHLO a"[..], &b""[..], &b"\nx"[..])));
        assert_eq!(data(b"a,\n"), Some((&b"a"[..], &b""[..], &b"\n"[..])));
        assert_eq!(data(b"\"a, b\",c\r\n"), Some((&b"a, b"[..], &b"c"[..], &b"\n"[..])));
        assert_eq!(data(b"a,\"b, c\"\r\n"), Some((&b"a"[..], &b"b, c"[..], &b"\n"[..])));
        for line in [
            "a",
            "a,b,c",
            "\"a\"\"b\",c",
            "\"a,b",
            "a\"b,c",
            "\"a\"b,c",
            "a,\"b\"c",
            "a,b\"",
            "a,b\0",
            "a,b\r",
            "a,\0",
        ] {
            assert_eq!(tail(format!("{line}\r\n,").as_bytes()), None, "{line}");
        }
    }
}
