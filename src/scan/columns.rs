//! The columns of a line as every server writes them, found without looking at
//! every byte for commas. What is unusual in any way is left to the splitter.

use crate::log::record::Event;
use crate::timestamp::Timestamp;

/// Bytes of a time (`2017-10-07T04:42:56.804Z`) and of a session id.
pub const TIME: usize = 24;
pub const ID: usize = 16;

/// Longest endpoint taken for a usual one; `[IPv6%scope]:port` has under a hundred.
const MAX_ENDPOINT: usize = 256;

/// The columns before the data.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub connector: &'a [u8],
    pub id: &'a [u8; ID],
    pub sequence: u64,
    /// What follows the sequence number.
    pub rest: &'a [u8],
}

/// Cuts a line up to its endpoints; `None` where it is unusual.
#[inline]
pub fn head<'a>(line: &'a [u8], connectors: &[Box<[u8]>]) -> Option<Head<'a>> {
    let rest = line.get(TIME + 1..)?;
    if line[TIME] != b',' {
        return None;
    }
    // Nearly always one of a few; a comparison is cheaper than a search.
    let is = |name: &[u8]| rest.get(name.len()) == Some(&b',') && rest.starts_with(name);
    let length = match connectors.iter().take(4).find(|name| is(name)) {
        Some(name) => name.len(),
        None => memchr::memchr2(b',', b'"', rest).filter(|at| rest[*at] == b',')?,
    };
    let (connector, rest) = rest.split_at(length);
    let (id, rest) = rest[1..].split_first_chunk::<ID>()?;
    let (b',', rest) = rest.split_first().map(|(byte, rest)| (*byte, rest))? else { return None };
    let mut sequence = 0;
    let mut length = 0;
    loop {
        let byte = *rest.get(length)?;
        length += 1;
        if byte == b',' {
            break;
        }
        // Nine digits: far more records than a session has, far less than overflows.
        if !byte.is_ascii_digit() || length > 9 {
            return None;
        }
        sequence = sequence * 10 + u64::from(byte - b'0');
    }
    (length > 1).then_some(Head { connector, id, sequence, rest: &rest[length..] })
}

/// Cuts `LOCAL,REMOTE,` off; gives both and their length with the commas.
pub fn endpoints(rest: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let local = memchr::memchr(b',', rest)?;
    let remote = memchr::memchr(b',', &rest[local + 1..])?;
    let (local, remote) = (&rest[..local], &rest[local + 1..local + 1 + remote]);
    let plain = |text: &[u8]| {
        text.len() <= MAX_ENDPOINT
            && text.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'"')
    };
    (plain(local) && plain(remote)).then_some((local, remote, local.len() + remote.len() + 2))
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

/// Data and context, each plain or in quotes with none inside; `None` where
/// there are more columns, fewer, or other quotes.
#[inline]
pub fn tail(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr2(b',', b'"', rest)?;
    let (data, context) = if rest[at] == b',' {
        (&rest[..at], &rest[at + 1..])
    } else if at == 0 {
        let close = memchr::memchr(b'"', &rest[1..])?;
        let (b',', context) = rest[1 + close + 1..].split_first().map(|(b, rest)| (*b, rest))?
        else {
            return None;
        };
        (&rest[1..1 + close], context)
    } else {
        return None;
    };
    if context.is_empty() || memchr::memchr2(b',', b'"', context).is_none() {
        return Some((data, context));
    }
    let inner = context.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    memchr::memchr(b'"', inner).is_none().then_some((data, inner))
}

/// Reads the times of lines that follow each other: mostly of the same minute.
#[derive(Default)]
pub struct Clock {
    /// `2017-10-07T04:42:` of the last line, and its instant.
    minute: [u8; 17],
    millis: Option<i64>,
}

impl Clock {
    /// The time a line begins with, the same as [`Timestamp::parse`] gives.
    #[inline]
    pub fn read(&mut self, line: &[u8]) -> Option<Timestamp> {
        let text = line.first_chunk::<TIME>()?;
        let digit = |at: usize| i64::from(text[at].wrapping_sub(b'0'));
        let digits = [digit(17), digit(18), digit(20), digit(21), digit(22)];
        let [ten, one, a, b, c] = digits;
        let usual = text[19] == b'.' && text[23] == b'Z' && ten < 6;
        if !usual || one > 9 || a > 9 || b > 9 || c > 9 {
            return Timestamp::parse(text);
        }
        let millis = (ten * 10 + one) * 1000 + a * 100 + b * 10 + c;
        match self.millis {
            Some(minute) if text[..17] == self.minute => {
                Some(Timestamp::from_unix_millis(minute + millis))
            }
            _ => {
                let time = Timestamp::parse(text)?;
                if text[16] == b':' {
                    self.minute.copy_from_slice(&text[..17]);
                    self.millis = Some(time.unix_millis() - millis);
                }
                Some(time)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_agrees_with_the_parser() {
        let mut clock = Clock::default();
        for text in [
            "2017-10-07T04:42:56.804Z",
            "2017-10-07T04:42:59.999Z",
            "2017-10-07T04:42:60.000Z",
            "2017-10-07T04:42:5x.000Z",
            "2017-10-07T04:43:00.000Z",
            "2017-10-07T04:43:00.000z",
            "2017-10-07T04:43:00.0001",
            "2017-10-07T04:43:0/.000Z",
            "2017-02-30T04:43:00.000Z",
            "2017-02-30T04:43:01.000Z",
            "2017-10-07T04:43:07.100Z",
        ] {
            assert_eq!(clock.read(text.as_bytes()), Timestamp::parse(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn unusual_ends_are_left_to_the_splitter() {
        assert_eq!(tail(b"EHLO a,"), Some((&b"EHLO a"[..], &b""[..])));
        assert_eq!(tail(b"\"a, b\",c"), Some((&b"a, b"[..], &b"c"[..])));
        assert_eq!(tail(b"a,\"b, c\""), Some((&b"a"[..], &b"b, c"[..])));
        for line in
            ["a", "a,b,c", "\"a\"\"b\",c", "\"a,b", "a\"b,c", "\"a\"b,c", "a,\"b\"c", "a,b\""]
        {
            assert_eq!(tail(line.as_bytes()), None, "{line}");
        }
    }
}
