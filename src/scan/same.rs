//! Whether two texts are the same in some of their bytes: without a call, and without
//! a branch for each length. 16 bytes are one of the processor's registers.

/// Bytes of the longest pattern.
const LONGEST: usize = 128;

/// A pattern that is not longer is compared with less.
pub const SHORT: usize = 96;

/// As many marks as a pattern may have, and as many zeros: marks of every length.
const MARKS: [u8; 2 * LONGEST] = {
    let mut marks = [0; 2 * LONGEST];
    let mut at = 0;
    while at < LONGEST {
        marks[at] = 0xFF;
        at += 1;
    }
    marks
};

/// A text of which only some bytes count, in `W` words of 16 bytes. As words they stand
/// where the processor need not fetch them before it compares.
#[derive(Clone, Copy)]
pub struct Pattern<const W: usize> {
    text: [u128; W],
    /// 0xFF where a byte counts, else 0.
    marks: [u128; W],
}

impl<const W: usize> Pattern<W> {
    /// Zeros, all of which count.
    pub const ZEROS: Self = Pattern { text: [0; W], marks: [u128::MAX; W] };

    /// The first `length` bytes of a text; `None` where there are not so many, or more
    /// than can be compared.
    pub fn of(text: &[u8], length: usize) -> Option<Self> {
        Pattern::without(text, length, 0, 0)
    }

    /// The same, but of the 8 bytes from `at` those do not count that are set in `word`;
    /// `None` also where 8 bytes from there are more than can be compared.
    pub fn without(text: &[u8], length: usize, at: usize, word: u64) -> Option<Self> {
        let mut marks = marks(length).filter(|_| length <= 16 * W)?;
        let (_, left_out) = marks[..16 * W].split_at_mut_checked(at)?;
        let left_out = left_out.first_chunk_mut()?;
        *left_out = (u64::from_le_bytes(*left_out) & !word).to_le_bytes();
        let text = match text.first_chunk::<LONGEST>() {
            // What does not count may be anything; a copy of a fixed length is no call.
            Some(text) => words(text),
            None => {
                let mut bytes = [0; LONGEST];
                bytes.get_mut(..length)?.copy_from_slice(text.get(..length)?);
                words(&bytes)
            }
        };
        Some(Pattern { text, marks: words(&marks) })
    }

    /// Leaves only so many bytes.
    pub fn cut(&mut self, length: usize) {
        if let Some(marks) = marks(length) {
            let marks: [u128; W] = words(&marks);
            self.marks = std::array::from_fn(|word| self.marks[word] & marks[word]);
        }
    }

    /// What differs in 16 bytes that count.
    #[inline(always)]
    fn differ<const N: usize>(&self, text: &[u8; N], word: usize) -> u128 {
        (bytes(text, 16 * word) ^ self.text[word]) & self.marks[word]
    }
}

impl Pattern<4> {
    /// The first `length` bytes of a text.
    #[inline(always)]
    pub fn of_near(text: &[u8; 64], length: usize) -> Option<Self> {
        let marks = MARKS.get(LONGEST.checked_sub(length)?..)?.first_chunk::<64>()?;
        (length <= 64).then_some(Pattern { text: words(text), marks: words(marks) })
    }

    /// Whether a text is the same in the bytes that count.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; 64]) -> bool {
        // One after the other, and not in a loop that the compiler might leave one.
        let differ = |word| self.differ(text, word);
        differ(0) | differ(1) | differ(2) | differ(3) == 0
    }
}

impl Pattern<8> {
    /// Whether a text is the same in the bytes that count; of those behind [`SHORT`]
    /// none does where it `is_short`.
    #[inline(always)]
    pub fn fits(&self, text: &[u8; 128], is_short: bool) -> bool {
        let differ = |word| self.differ(text, word);
        let near = differ(0) | differ(1) | differ(2) | differ(3) | differ(4) | differ(5);
        near == 0 && (is_short || differ(6) | differ(7) == 0)
    }

    /// [`Pattern::fits`] for a text from which the byte at `without` is taken out.
    pub fn fits_without(&self, text: &[u8; 128], without: usize) -> bool {
        let Some(before) = marks(without) else { return false };
        // The last byte has none behind it.
        let mut behind = [0; 128];
        behind[..127].copy_from_slice(&text[1..]);
        let differ = |word: usize| {
            let before = bytes(&before, 16 * word);
            let theirs = (bytes(text, 16 * word) & before) | (bytes(&behind, 16 * word) & !before);
            (theirs ^ self.text[word]) & self.marks[word]
        };
        let near = differ(0) | differ(1) | differ(2) | differ(3);
        near | differ(4) | differ(5) | differ(6) | differ(7) == 0
    }
}

/// Marks for so many bytes.
#[inline(always)]
fn marks(length: usize) -> Option<[u8; LONGEST]> {
    MARKS.get(LONGEST.checked_sub(length)?..)?.first_chunk().copied()
}

/// 16 bytes of a text.
#[inline(always)]
fn bytes<const N: usize>(text: &[u8; N], at: usize) -> u128 {
    text[at..at + 16].try_into().map_or(0, u128::from_le_bytes)
}

/// The first of them.
#[inline(always)]
fn words<const N: usize, const W: usize>(text: &[u8; N]) -> [u128; W] {
    std::array::from_fn(|word| bytes(text, 16 * word))
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
                for text in [&one[..], &one[..length]] {
                    let long = Pattern::<8>::of(text, length).unwrap();
                    let fits = long.fits(&other, length <= SHORT);
                    assert_eq!(fits, same, "{differs} {length}");
                }
                let Some(mut short) = Pattern::<4>::of(&one, length) else {
                    assert!(length > 64);
                    continue;
                };
                let same = same || differs >= 64;
                let other = other.first_chunk().unwrap();
                assert_eq!(short.fits(other), same, "{differs} {length}");
                let near = Pattern::of_near(one.first_chunk().unwrap(), length).unwrap();
                assert_eq!(near.fits(other), same, "{differs} {length}");
                short.cut(length / 2);
                assert_eq!(short.fits(other), differs >= length / 2, "{differs} {length}");
            }
        }
        assert!(Pattern::<4>::of(&one[..10], 11).is_none());
        assert!(Pattern::of_near(&[0; 64], 65).is_none());
        assert!(Pattern::<8>::of(&[0; 200], 129).is_none());
    }

    #[test]
    fn some_bytes_do_not_count() {
        let one = [7; 64];
        for at in 0..70 {
            let pattern = Pattern::<4>::without(&one, 64, at, 0xFFFF);
            assert_eq!(pattern.is_some(), at <= 56, "{at}");
            for differs in 0..64 {
                let mut other = one;
                other[differs] = 0;
                let counts = !(at..at + 2).contains(&differs);
                assert!(pattern.is_none_or(|pattern| pattern.fits(&other) != counts), "{at}");
            }
        }
    }

    #[test]
    fn a_byte_more_is_taken_out() {
        let one: [u8; 128] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        for length in 0..=127 {
            let pattern = Pattern::<8>::of(&one, length).unwrap();
            for at in 0..128 {
                let mut longer = one.to_vec();
                longer.insert(at, 0xAA);
                let longer: &[u8; 128] = longer.first_chunk().unwrap();
                assert!(pattern.fits_without(longer, at), "{length} {at}");
                for differs in 0..128 {
                    let mut other = *longer;
                    other[differs] ^= 0x80;
                    let behind = usize::from(differs > at);
                    let same = differs == at || differs - behind >= length;
                    assert_eq!(pattern.fits_without(&other, at), same, "{length} {at} {differs}");
                }
            }
        }
    }
}
