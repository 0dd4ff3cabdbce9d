//! Whether two texts are the same, for lengths that are known roughly: without a
//! call, and without a branch for each length. 16 bytes are one of the processor's
//! registers; pieces of 16 that overlap cover any length.

/// Whether the first `length` bytes of both are the same: 16 to 48.
#[inline(always)]
fn same_48(one: &[u8; 48], other: &[u8; 48], length: usize) -> bool {
    let last = length.wrapping_sub(16);
    if last > 32 {
        return false;
    }
    let word = |text: &[u8; 48], at: usize| {
        text.get(at..at + 16).and_then(|text| text.try_into().ok()).map_or(0, u128::from_le_bytes)
    };
    let differ = |at| word(one, at) ^ word(other, at);
    differ(0) | differ(last / 2) | differ(last) == 0
}

/// Whether the first `length` bytes of both are the same: 16 to 96. There have to
/// be 48 of both, and as many as are compared.
#[inline(always)]
pub fn same_96(one: &[u8], other: &[u8], length: usize) -> bool {
    let (Some(first), Some(second)) = (one.first_chunk(), other.first_chunk()) else {
        return false;
    };
    if length <= 48 {
        return same_48(first, second, length);
    }
    let rest = |text: &[u8]| text.get(length - 48..length)?.try_into().ok();
    let rests: (Option<[u8; 48]>, Option<[u8; 48]>) = (rest(one), rest(other));
    length <= 96
        && same_48(first, second, 48)
        && matches!(rests, (Some(one), Some(other)) if same_48(&one, &other, 48))
}

/// Ones, then zeros: a piece of it that begins so far before the zeros as a text
/// is long marks the bytes of the text.
static MARKS: [u8; 128] = {
    let mut marks = [0; 128];
    let mut at = 0;
    while at < 64 {
        marks[at] = 0xFF;
        at += 1;
    }
    marks
};

/// Whether the first `length` bytes of both are the same: 0 to 64. What follows
/// them does not count.
#[inline(always)]
pub fn same_64(one: &[u8; 64], other: &[u8; 64], length: usize) -> bool {
    let marks = MARKS.get(64_usize.wrapping_sub(length)..).and_then(<[u8]>::first_chunk);
    let Some(marks) = marks else { return false };
    // One after the other, and not in a loop that the compiler might leave one.
    let differ = |at| differ(one, other, marks, at);
    differ(0) | differ(16) | differ(32) | differ(48) == 0
}

/// What differs in 16 marked bytes, as a word for which the processor has registers.
#[inline(always)]
fn differ(one: &[u8; 64], other: &[u8; 64], marks: &[u8; 64], at: usize) -> u128 {
    let word = |text: &[u8; 64]| text[at..at + 16].try_into().map_or(0, u128::from_le_bytes);
    (word(one) ^ word(other)) & word(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_just_so_many_bytes() {
        let one: [u8; 96] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        for differs in 0..96 {
            let mut other = one;
            other[differs] ^= 0x40;
            for length in 0..=97 {
                let same = length <= differs;
                let known = (16..=96).contains(&length);
                assert_eq!(same_96(&one, &other, length), known && same, "{differs} {length}");
                let (one, other) = (one.first_chunk().unwrap(), other.first_chunk().unwrap());
                let same = length <= 64 && (same || differs >= 64);
                assert_eq!(same_64(one, other, length), same, "{differs} {length}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_not_the_same() {
        assert!(same_96(&[7; 96], &[7; 96], 96) && same_96(&[7; 48], &[7; 48], 48));
        assert!(!same_96(&[7; 47], &[7; 47], 47));
        assert!(!same_96(&[7; 96], &[7; 95], 96));
    }
}
