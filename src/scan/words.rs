//! Bytes found in a text that is mostly shorter than a call is worth, 8 at a time.

/// A byte, 8 times.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bits of the bytes that are zero, and maybe of some behind the first of them.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(all(1)) & !word & all(0x80)
}

/// Which byte the lowest of these bits stands in.
#[inline(always)]
fn first(bits: u64) -> usize {
    usize::try_from(bits.trailing_zeros() / 8).unwrap_or(0)
}

/// The first comma.
#[inline(always)]
pub fn comma(text: &[u8; 64]) -> Option<usize> {
    let mut at = 0;
    for word in text.chunks_exact(8) {
        let found = zeros(word.try_into().map_or(0, u64::from_le_bytes) ^ all(b','));
        if found != 0 {
            return Some(at + first(found));
        }
        at += 8;
    }
    None
}

/// The first comma, unless a quote or a line end stands before it; `None` is said of
/// some other texts too, and of one in the last 7 bytes maybe.
#[inline(always)]
pub fn plain_comma(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for word in text.chunks_exact(8) {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        // These bits set, a quote and a line end are `*`; so is `*`, which is rare.
        let found = zeros(word ^ all(b',')) | zeros((word | all(0x28)) ^ all(b'*'));
        if found != 0 {
            at += first(found);
            return (text.get(at) == Some(&b',')).then_some(at);
        }
        at += 8;
    }
    None
}

/// Whether all bytes are printable ASCII, and none a blank or a quote.
pub fn is_graphic(text: &[u8]) -> bool {
    let is = |word: u64| {
        // So much is added that the first that is printable becomes 0x80, and one behind
        // the last. What has the highest bit may be carried over, and is none itself.
        let printable = word.wrapping_add(all(0x5F)) & !word.wrapping_add(all(0x01)) & !word;
        printable & all(0x80) == all(0x80) && zeros(word ^ all(b'"')) == 0
    };
    // The last word begins within the one before.
    let Some(last) = text.last_chunk() else {
        return text.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'"');
    };
    let mut words = text.chunks_exact(8);
    words.all(|word| is(word.try_into().map_or(0, u64::from_le_bytes)))
        && is(u64::from_le_bytes(*last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_comma() {
        for at in 0..64 {
            let mut text = [b'-'; 64];
            assert_eq!((comma(&text), plain_comma(&text)), (None, None));
            text[at] = b',';
            assert_eq!((comma(&text), plain_comma(&text)), (Some(at), Some(at)));
            for other in 0..64 {
                for byte in 0..=u8::MAX {
                    let mut text = text;
                    text[other] = byte;
                    let first = text.iter().position(|byte| *byte == b',');
                    assert_eq!(comma(&text), first, "{at} {other} {byte}");
                    let is_mark = matches!(byte, b'"' | b'\n' | b'*' | 0x02);
                    let plain = first.filter(|first| !is_mark || other > *first);
                    assert_eq!(plain_comma(&text), plain, "{at} {other} {byte}");
                }
            }
        }
        assert_eq!(plain_comma(b"0123456,"), Some(7));
        assert_eq!(plain_comma(b"01234567,"), None);
    }

    #[test]
    fn tells_printable_bytes() {
        for length in 0..20 {
            assert!(is_graphic(&b"abcdefghijklmnopqrst"[..length]));
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = b"!~!~!~!~!~!~!~!~!~!~"[..length].to_vec();
                    text[at] = byte;
                    let expected = byte.is_ascii_graphic() && byte != b'"';
                    assert_eq!(is_graphic(&text), expected, "{length} {at} {byte}");
                    text.fill(0xFF);
                    text[at] = byte;
                    assert_eq!(is_graphic(&text), expected && length == 1, "{length} {at} {byte}");
                }
            }
        }
    }
}
