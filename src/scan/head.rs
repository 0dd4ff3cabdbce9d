//! What stands before the event of a line, as far as all lines of a session have
//! it in common: `,CONNECTOR,ID,SEQUENCE,LOCAL,REMOTE,` behind the time.
//!
//! Only the digits of the sequence number differ from line to line. So a line is
//! compared with its session as a whole, at fixed places and without a branch.

use super::same::Pattern;

/// Bytes behind the time that are compared: a connector of 40 bytes and endpoints of
/// IPv4, or of 20 and of IPv6. What is longer is read the other way.
pub const HEAD: usize = 128;

/// Most digits of a sequence number that is compared.
const DIGITS: usize = 7;

const ONES: u64 = 0x0101_0101_0101_0101;

/// The head of the lines of a session.
#[derive(Clone)]
pub struct Head {
    /// Of its bytes those count that all lines have in common.
    pattern: Pattern<8>,
    /// Where the digits begin, and which bytes of a word there are digits.
    digits_at: u8,
    digits: u64,
    /// Where it ends; 0 where it ends with the id and no more is known.
    length: u8,
}

impl Head {
    /// No line has it.
    pub const NONE: Head = Head { pattern: Pattern::ZEROS, digits_at: 0, digits: 0, length: 0 };

    /// The first `length` bytes of a text, its digits from `digits_at` to `behind`.
    pub fn of(text: &[u8], digits_at: usize, behind: usize, length: usize) -> Head {
        let count = behind.wrapping_sub(digits_at);
        let pattern = Pattern::of(text, length, digits_at..behind);
        let (Some(pattern), 1..=DIGITS) = (pattern, count) else { return Head::NONE };
        Head {
            pattern,
            digits_at: u8::try_from(digits_at).unwrap_or(0),
            digits: u64::MAX >> (64 - 8 * count),
            length: u8::try_from(length).unwrap_or(0),
        }
    }

    /// `,CONNECTOR,ID,` alone: the first bytes of a text.
    pub fn of_session(text: &[u8], prefix: usize) -> Head {
        let pattern = Pattern::of(text, prefix, 0..0).filter(|_| prefix > 0);
        Head { pattern: pattern.unwrap_or(Pattern::ZEROS), ..Head::NONE }
    }

    /// Leaves only `,CONNECTOR,ID,`.
    pub fn keep_session(&mut self, prefix: usize) {
        if self.length > 0 {
            *self = Head::of_session(&self.pattern.text(), prefix);
        }
    }

    /// Whether a line has this head, with whatever instead of the digits.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; HEAD]) -> bool {
        self.pattern.fits(text)
    }

    /// [`Head::fits`], as a function of its own.
    #[inline(never)]
    pub fn is_of(&self, text: &[u8; HEAD]) -> bool {
        self.fits(text)
    }

    /// Where the event stands in a line that has this head; `None` where that is
    /// not known, or where its sequence number is no number, or zero.
    #[inline(always)]
    pub fn event(&self, text: &[u8; HEAD]) -> Option<usize> {
        let word = text.get(usize::from(self.digits_at)..)?.first_chunk()?;
        // Digits become 0 to 9, all else more.
        let digits = (u64::from_le_bytes(*word) ^ (ONES * 0x30)) & self.digits;
        let others = (((digits & (ONES * 0x7F)) + ONES * 0x76) | digits) & (ONES * 0x80);
        (others == 0 && digits != 0).then_some(usize::from(self.length))
    }

    /// The head of lines whose sequence number has one digit more.
    #[cold]
    pub fn widened(&self) -> Option<Head> {
        if self.length == 0 {
            return None;
        }
        let (at, length) = (usize::from(self.digits_at), usize::from(self.length));
        let count = usize::try_from(self.digits.count_ones() / 8).ok()?;
        let mut text = self.pattern.text();
        // Room for a digit; what it is does not count.
        text.copy_within((at + count).min(length)..length.min(HEAD - 1), at + count + 1);
        Some(Head::of(&text, at, at + count + 1, length + 1)).filter(|head| head.length > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] = b",Connector,08DC0D9A11B2C8D5,9,10.0.0.1:3285,192.0.2.1:25,<,250 2.1.0 OK,";

    fn window(line: &[u8]) -> [u8; HEAD] {
        let mut text = [b'x'; HEAD];
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
        for digits in 1..=DIGITS {
            let number = format!("{:0digits$}", 5);
            let line = String::from_utf8_lossy(LINE).replace(",9,", &format!(",{number},"));
            let text = window(line.as_bytes());
            assert!(head.fits(&text), "{digits}");
            assert_eq!(head.event(&text), Some(56 + digits));
            let zero = window(
                line.replace(&format!(",{number},"), &format!(",{},", "0".repeat(digits)))
                    .as_bytes(),
            );
            assert!(head.fits(&zero) && head.event(&zero).is_none());
            match head.widened() {
                Some(wider) => {
                    assert!(!wider.fits(&text));
                    head = wider;
                }
                None => assert_eq!(digits, DIGITS),
            }
        }
    }

    #[test]
    fn what_is_not_known_fits_nothing() {
        for text in [[0; HEAD], [0xFF; HEAD], window(LINE)] {
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
        assert!(Head::NONE.widened().is_none() && session.widened().is_none());
    }
}
