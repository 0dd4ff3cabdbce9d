//! Whether two texts are the same, without a call and without a branch for each length.

/// Longest text that is compared.
pub const MAX: usize = 96;

/// Ones, then zeros: a piece of it that begins so far before the zeros as a text
/// is long marks the bytes of the text.
static MARKS: [u8; 2 * MAX] = {
    let mut marks = [0; 2 * MAX];
    let mut at = 0;
    while at < MAX {
        marks[at] = 0xFF;
        at += 1;
    }
    marks
};

/// Whether the first `length` bytes of both are the same. What follows them up to
/// `N` has to be there and does not count.
#[inline(always)]
pub fn same<const N: usize>(one: &[u8; N], other: &[u8; N], length: usize) -> bool {
    let marks = MARKS.get(MAX.wrapping_sub(length)..).and_then(|marks| marks.first_chunk::<N>());
    let Some(marks) = marks else { return false };
    // One after the other, and not in a loop that the compiler might leave one.
    let differ = |at| differ(one, other, marks, at);
    differ(0) | differ(16) | differ(32) | differ(48) | differ(64) | differ(80) == 0
}

/// What differs in 16 marked bytes, as a word for which the processor has registers.
#[inline(always)]
fn differ<const N: usize>(one: &[u8; N], other: &[u8; N], marks: &[u8; N], at: usize) -> u128 {
    if at + 16 > N {
        return 0;
    }
    let word = |text: &[u8; N]| text[at..at + 16].try_into().map_or(0, u128::from_le_bytes);
    (word(one) ^ word(other)) & word(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_just_so_many_bytes() {
        let one: [u8; 48] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        for differs in 0..48 {
            let mut other = one;
            other[differs] ^= 0x40;
            for length in 0..=48 {
                assert_eq!(same(&one, &other, length), length <= differs, "{differs} {length}");
            }
        }
        assert!(!same(&one, &one, MAX + 1));
    }
}
