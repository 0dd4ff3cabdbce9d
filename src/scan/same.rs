//! Whether two texts are the same in some of their bytes: without a call, and without
//! a branch for each length. 16 bytes are one of the processor's registers.

use std::ops::Range;

/// Bytes of the longest pattern.
const LONGEST: usize = 128;

/// A text of which only some bytes count, in `W` words of 16 bytes. As words they
/// need not be fetched before they are compared.
#[derive(Clone, Copy)]
pub struct Pattern<const W: usize> {
    text: [u128; W],
    /// 0xFF where a byte counts, else 0.
    marks: [u128; W],
}

impl<const W: usize> Pattern<W> {
    /// Zeros, all of which count.
    pub const ZEROS: Self = Pattern { text: [0; W], marks: [u128::MAX; W] };

    /// The first `length` bytes of a text, without those between; `None` where there
    /// are not so many, or more than can be compared.
    pub fn of(text: &[u8], length: usize, without: Range<usize>) -> Option<Self> {
        let (mut bytes, mut marks) = ([0; LONGEST], [0; LONGEST]);
        let text = text.get(..length).filter(|_| length <= 16 * W)?;
        bytes.get_mut(..length)?.copy_from_slice(text);
        marks[..length].fill(0xFF);
        if let Some(marks) = marks.get_mut(without) {
            marks.fill(0);
        }
        let words = |bytes: &[u8; LONGEST]| -> [u128; W] {
            std::array::from_fn(|word| {
                let bytes = bytes.get(16 * word..16 * word + 16);
                bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u128::from_le_bytes)
            })
        };
        Some(Pattern { text: words(&bytes), marks: words(&marks) })
    }

    /// Its text, followed by zeros.
    pub fn text(&self) -> [u8; LONGEST] {
        let mut text = [0; LONGEST];
        for (place, word) in text.chunks_exact_mut(16).zip(self.text) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        text
    }

    /// What differs in 16 bytes that count.
    #[inline(always)]
    fn differ<const N: usize>(&self, text: &[u8; N], word: usize) -> u128 {
        let at = 16 * word;
        let theirs = text[at..at + 16].try_into().map_or(0, u128::from_le_bytes);
        (theirs ^ self.text[word]) & self.marks[word]
    }
}

impl Pattern<4> {
    /// Whether a text is the same in the bytes that count.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; 64]) -> bool {
        // One after the other, and not in a loop that the compiler might leave one.
        let differ = |word| self.differ(text, word);
        differ(0) | differ(1) | differ(2) | differ(3) == 0
    }
}

impl Pattern<8> {
    /// Whether a text is the same in the bytes that count.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; 128]) -> bool {
        let differ = |word| self.differ(text, word);
        let near = differ(0) | differ(1) | differ(2) | differ(3);
        near | differ(4) | differ(5) | differ(6) | differ(7) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_just_the_bytes_that_count() {
        let one: [u8; 128] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        for differs in 0..128 {
            let mut other = one;
            other[differs] ^= 0x40;
            for length in 0..=128 {
                let same = length <= differs;
                let long = Pattern::<8>::of(&one, length, 0..0).unwrap();
                assert_eq!(long.fits(&other), same, "{differs} {length}");
                let Some(short) = Pattern::<4>::of(&one, length, 0..0) else {
                    assert!(length > 64);
                    continue;
                };
                let same = same || differs >= 64;
                assert_eq!(short.fits(other.first_chunk().unwrap()), same, "{differs} {length}");
            }
        }
        assert!(Pattern::<4>::of(&one[..10], 11, 0..0).is_none());
    }
}
