//! A text in lower case in which many words are looked for.
//!
//! A reply that refuses something is searched for some thirty words that name a cause,
//! and nearly always holds none of them. So the pairs of its letters are noted once: a
//! word of which a pair is missing cannot stand in it, which a few steps tell.

/// A text in lower case.
pub struct Lower {
    text: String,
    pairs: u64,
}

impl Lower {
    /// Of a text in any case; ASCII letters alone are changed, so places stay the same.
    pub fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let pairs = pairs(&text);
        Lower { text, pairs }
    }

    /// Whether a word, in lower case, stands in it.
    pub fn has(&self, word: &str) -> bool {
        self.find(word).is_some()
    }

    /// Where a word, in lower case, first stands in it.
    pub fn find(&self, word: &str) -> Option<usize> {
        let word_pairs = pairs(word);
        if self.pairs & word_pairs != word_pairs {
            return None;
        }
        memchr::memmem::find(self.text.as_bytes(), word.as_bytes())
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A bit for each pair of neighbours; several pairs share one.
#[inline(always)]
fn pairs(text: &str) -> u64 {
    text.as_bytes().windows(2).fold(0, |pairs, pair| {
        let (one, other) = (u32::from(pair[0]), u32::from(pair[1]));
        pairs | 1_u64.rotate_left(one.wrapping_mul(7) ^ other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_just_what_a_search_finds() {
        let text = "450 4.7.320 Certificate validation failure, Reason:UntrustedRoot \u{fc}";
        let (lower, all) = (Lower::of(text), text.to_ascii_lowercase());
        for from in 0..all.len() {
            for to in from..=all.len() {
                let Some(word) = all.get(from..to) else { continue };
                assert_eq!(lower.find(word), all.find(word), "{word}");
                let other: String = word.chars().rev().collect();
                assert_eq!(lower.has(&other), all.contains(&other), "{other}");
            }
        }
        assert!(!Lower::of("").has("a") && Lower::of("").has(""));
    }
}
