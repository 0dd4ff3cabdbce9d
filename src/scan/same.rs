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
    // Words, which the compiler puts into its widest registers.
    let word =
        |text: &[u8; N], at: usize| text[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
    let mut differ = 0;
    for at in (0..N).step_by(8) {
        differ |= (word(one, at) ^ word(other, at)) & word(marks, at);
    }
    differ == 0
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
