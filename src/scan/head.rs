//! What stands before the event of a line, as far as all lines of a session have
//! it in common: `,CONNECTOR,ID,SEQUENCE,LOCAL,REMOTE,` behind the time.
//!
//! Only the digits of the sequence number differ from line to line. So a line is
//! compared with its session as a whole, at fixed places and without a branch.

use super::same::{Pattern, SHORT};

/// Bytes behind the time that are compared: a connector of 40 bytes and endpoints of
/// IPv4, or of 20 and of IPv6. What is longer is read the other way.
pub const HEAD: usize = 128;

/// Bytes behind the time that can be looked at: so many that no place kept in a byte,
/// with a few bytes behind it, has to be asked whether it is one.
pub const REACH: usize = 0xFF + 64;

/// Most digits of a sequence number that is compared.
const DIGITS: u32 = 7;

const ONES: u64 = 0x0101_0101_0101_0101;

/// The head of the lines of a session.
#[derive(Clone)]
pub struct Head {
    /// Of its bytes those count that all lines have in common.
    pattern: Pattern<{ HEAD / 16 }>,
    /// Which bytes of a word are digits, and where this word begins.
    digits: u64,
    digits_at: u8,
    /// Where it ends; 0 where it ends with the id and no more is known.
    length: u8,
    /// No more bytes count than [`Pattern::fits`] looks at first: mostly.
    is_short: bool,
}

impl Head {
    /// No line has it.
    pub const NONE: Head =
        Head { pattern: Pattern::ZEROS, digits: 0, digits_at: 0, length: 0, is_short: false };

    /// The first `length` bytes of a text, its digits from `digits_at` to `behind`.
    pub fn of(text: &[u8], digits_at: usize, behind: usize, length: usize) -> Head {
        let count = u32::try_from(behind.wrapping_sub(digits_at)).unwrap_or(0);
        if !matches!(count, 1..=DIGITS) || behind > length {
            return Head::NONE;
        }
        let digits = u64::MAX >> (u64::BITS - 8 * count);
        let pattern = Pattern::without(text, length, digits_at, digits);
        let Some(pattern) = pattern else { return Head::NONE };
        // Both are less than a byte holds.
        let [digits_at, length] = [digits_at, length].map(|at| u8::try_from(at).unwrap_or(0));
        Head { pattern, digits, digits_at, length, is_short: usize::from(length) <= SHORT }
    }

    /// `,CONNECTOR,ID,` alone: the first bytes of a text.
    pub fn of_session(text: &[u8], prefix: usize) -> Head {
        let pattern = Pattern::of(text, prefix).filter(|_| prefix > 0);
        Head { pattern: pattern.unwrap_or(Pattern::ZEROS), ..Head::NONE }
    }

    /// Leaves only `,CONNECTOR,ID,`.
    pub fn keep_session(&mut self, prefix: usize) {
        if self.length > 0 {
            self.pattern.cut(prefix);
            *self = Head { pattern: self.pattern, ..Head::NONE };
        }
    }

    /// Whether a line has this head, with whatever instead of the digits.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; REACH]) -> bool {
        text.first_chunk().is_some_and(|text| self.pattern.fits(text, self.is_short))
    }

    /// Where the event stands in a line that has this head; `None` where that is
    /// not known, or where its sequence number is no number, or zero.
    #[inline(always)]
    pub fn event(&self, text: &[u8; REACH]) -> Option<u8> {
        is_number(text, self.digits_at, self.digits).then_some(self.length)
    }

    /// Becomes the head of lines whose sequence number has one digit more, where this
    /// line is one of them. The tenth line of a session is, and the hundredth.
    #[inline(never)]
    pub fn widen(&mut self, text: &[u8; REACH]) -> bool {
        let count = self.digits.count_ones() / 8;
        let behind = usize::from(self.digits_at) + usize::try_from(count).unwrap_or(0);
        let length = usize::from(self.length);
        if length == 0 || length >= HEAD || count >= DIGITS {
            return false;
        }
        let Some(near) = text.first_chunk() else { return false };
        let digits = self.digits << 8 | 0xFF;
        if !self.pattern.fits_without(near, behind) || !is_number(text, self.digits_at, digits) {
            return false;
        }
        let wider = Head::of(near, usize::from(self.digits_at), behind + 1, length + 1);
        let fits = wider.length > 0;
        if fits {
            *self = wider;
        }
        fits
    }
}

/// Whether these bytes of a word are digits, and not all of them zero.
#[inline(always)]
fn is_number(text: &[u8; REACH], at: u8, digits: u64) -> bool {
    let at = usize::from(at);
    let word = text.get(at..at + 8).and_then(|word| word.try_into().ok());
    // Digits become 0 to 9, all else more. What is carried over comes from a byte that
    // is none.
    let digits = (word.map_or(0, u64::from_le_bytes) ^ (ONES * 0x30)) & digits;
    (digits.wrapping_add(ONES * 0x76) | digits) & (ONES * 0x80) == 0 && digits != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] = b",Connector,08DC0D9A11B2C8D5,9,10.0.0.1:3285,192.0.2.1:25,<,250 2.1.0 OK,";

    fn window(line: &[u8]) -> [u8; REACH] {
        let mut text = [b'x'; REACH];
        text[..line.len()].copy_from_slice(line);
        text
    }

    fn head() -> Head {
        Head::of(LINE, 28, 29, 57)
    }

    #[test]
    fn a_line_with_another_number_fits_and_any_other_does_not() {
        for at in 0..LINE.len() {
            for byte in [b'0', b'7', b',', b'\n', 0, 0xB0, b':'] {
                let mut text = window(LINE);
                text[at] = byte;
                let same = at >= 57 || at == 28 || byte == LINE[at];
                assert_eq!(head().fits(&text), same, "{at} {byte}");
                let counts = at != 28 || byte == b'7';
                assert_eq!(head().event(&text), counts.then_some(57), "{at} {byte}");
            }
        }
    }

    #[test]
    fn numbers_grow() {
        let mut head = head();
        for digits in 1..=usize::try_from(DIGITS).unwrap() {
            let number = format!("{:0digits$}", 5);
            let line = |number: &str| {
                String::from_utf8_lossy(LINE).replace(",9,", &format!(",{number},")).into_bytes()
            };
            let text = window(&line(&number));
            assert!(head.fits(&text), "{digits}");
            assert_eq!(head.event(&text).map(usize::from), Some(56 + digits));
            let zero = window(&line(&"0".repeat(digits)));
            assert!(head.fits(&zero) && head.event(&zero).is_none());
            // Only by a line of its session whose number is one, and a digit longer.
            let wider = line(&format!("1{number}"));
            for at in 0..wider.len() {
                for byte in [b'0', b'7', b',', b'\n', 0, 0xB0, b':'] {
                    let mut other = wider.clone();
                    other[at] = byte;
                    let mut widened = head.clone();
                    let is_digit = (28..29 + digits).contains(&at) && byte.is_ascii_digit();
                    let same = at >= 57 + digits || byte == wider[at] || is_digit;
                    let same = same && digits < 7;
                    assert_eq!(widened.widen(&window(&other)), same, "{digits} {at} {byte}");
                    assert_eq!(widened.fits(&text), !same, "{digits} {at} {byte}");
                }
            }
            assert!(!head.widen(&text) && !head.widen(&zero));
            assert!(!head.widen(&window(&line(&"0".repeat(digits + 1)))));
            assert_eq!(head.widen(&window(&wider)), digits < 7);
        }
    }

    #[test]
    fn long_heads_are_compared_to_their_end() {
        for length in [95, 96, 97, 111, 112, 113, 127, 128] {
            let head = Head::of(&window(LINE), 28, 29, length);
            assert_eq!(usize::from(head.event(&window(LINE)).unwrap()), length);
            for at in 90..HEAD {
                let mut text = window(LINE);
                text[at] = b'y';
                assert_eq!(head.fits(&text), at >= length, "{length} {at}");
            }
            let mut wider = window(&LINE[..28]);
            wider[28..30].copy_from_slice(b"10");
            wider[30..30 + LINE.len() - 29].copy_from_slice(&LINE[29..]);
            assert_eq!(head.clone().widen(&wider), length < HEAD, "{length}");
        }
        // Digits that do not stand in a word of what is compared.
        assert!(Head::of(&[b'1'; 200], 120, 121, 125).event(&[b'1'; REACH]).is_some());
        assert!(Head::of(&[b'1'; 200], 121, 122, 125).event(&[b'1'; REACH]).is_none());
    }

    #[test]
    fn a_number_is_digits_and_not_zero() {
        for at in 0..3 {
            for byte in 0..=u8::MAX {
                let mut text = [b'0'; REACH];
                text[10 + at] = byte;
                let expected = matches!(byte, b'1'..=b'9');
                assert_eq!(is_number(&text, 10, 0xFF_FFFF), expected, "{at} {byte}");
                text[10..13].fill(0xFF);
                text[10 + at] = byte;
                assert!(!is_number(&text, 10, 0xFF_FFFF), "{at} {byte}");
            }
        }
    }

    #[test]
    fn what_is_not_known_fits_nothing() {
        for text in [[0; REACH], [0xFF; REACH], window(LINE)] {
            assert_eq!(Head::NONE.event(&text), None);
        }
        let session = Head::of_session(LINE, 28);
        assert!(session.fits(&window(LINE)) && session.event(&window(LINE)).is_none());
        assert!(!session.fits(&window(b",Connector,08DC0D9A11B2C8D6,9")));
        for head in [
            Head::of(LINE, 28, 36, 57),
            Head::of(LINE, 28, 28, 57),
            Head::of(&[1; 200], 28, 29, 129),
        ] {
            assert_eq!(head.event(&window(LINE)), None);
        }
        let text =
            window(b",Connector,08DC0D9A11B2C8D5,10,10.0.0.1:3285,192.0.2.1:25,<,250 2.1.0 OK,");
        assert!(!Head::NONE.clone().widen(&text) && !session.clone().widen(&text));
        // A session that is left, though it once was not.
        let mut left = head();
        left.keep_session(28);
        assert!(left.fits(&text) && left.event(&text).is_none() && !left.widen(&text));
        assert!(!left.fits(&window(b",Connector,08DC0D9A11B2C8D6,9")));
    }
}
