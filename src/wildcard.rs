//! Wildcards for names, as PowerShell has them: `*` any characters, `?` one,
//! `[a-c]` one of a set, a back-tick before a character that means itself.
//! Case does not count, in any script.
//!
//! The `glob` crate, which reads paths, differs in each of these points.

use std::iter;

/// What one place of a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Is(char),
    OneOf(Vec<(char, char)>),
}

/// A wildcard pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    parts: Vec<Part>,
}

impl Wildcard {
    /// Reads a pattern; an error says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut characters = pattern.chars();
        while let Some(c) = characters.next() {
            match c {
                // Several in a row say no more than one.
                '*' if parts.last() == Some(&Part::Any) => {}
                '*' => parts.push(Part::Any),
                '?' => parts.push(Part::One),
                '[' => parts.push(set(&mut characters)?),
                '`' => parts.extend(lower(characters.next().unwrap_or('`')).map(Part::Is)),
                _ => parts.extend(lower(c).map(Part::Is)),
            }
        }
        Ok(Wildcard { parts })
    }

    /// Whether the whole text matches.
    ///
    /// Takes at most as many steps as the lengths of pattern and text multiplied:
    /// only the last `*` is ever tried again, since an earlier one can gain nothing.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().flat_map(lower).collect();
        let (mut at, mut part) = (0, 0);
        // The last `*`, and how far it has been made to reach.
        let mut last_any: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.parts.get(part) {
                Some(Part::Any) => {
                    last_any = Some((part, at));
                    part += 1;
                }
                Some(one) if one.is(text[at]) => {
                    at += 1;
                    part += 1;
                }
                _ => match &mut last_any {
                    Some((any, reach)) => {
                        *reach += 1;
                        (part, at) = (*any + 1, *reach);
                    }
                    None => return false,
                },
            }
        }
        self.parts[part..].iter().all(|rest| *rest == Part::Any)
    }
}

impl Part {
    fn is(&self, c: char) -> bool {
        match self {
            Part::Any => false,
            Part::One => true,
            Part::Is(wanted) => *wanted == c,
            Part::OneOf(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
        }
    }
}

/// The rest of a set, whose opening bracket was read.
fn set(characters: &mut impl Iterator<Item = char>) -> Result<Part, String> {
    let mut members = Vec::new();
    let mut closed = false;
    while let Some(c) = characters.next() {
        match c {
            ']' if !members.is_empty() => {
                closed = true;
                break;
            }
            '`' => members.extend(characters.next().map(|c| (c, true))),
            _ => members.push((c, false)),
        }
    }
    if !closed {
        return Err("a set begins with [ and does not end with ]".to_owned());
    }
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < members.len() {
        let from = members[at].0;
        let to = match (members.get(at + 1), members.get(at + 2)) {
            (Some(('-', false)), Some((to, _))) => {
                at += 2;
                *to
            }
            _ => from,
        };
        if from > to {
            return Err(format!("the range {from}-{to} of a set holds nothing"));
        }
        ranges.push((from, to));
        // The lower-case half of a range, since text is compared in lower case.
        ranges.extend(lower(from).zip(lower(to)));
        at += 1;
    }
    Ok(Part::OneOf(ranges))
}

fn lower(c: char) -> impl Iterator<Item = char> {
    // Nothing in use becomes more than three characters.
    let mut lower = c.to_lowercase();
    iter::from_fn(move || lower.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_powershell_does() {
        for (pattern, text, wanted) in [
            ("Outbound*", "outbound to Office 365", true),
            ("*office*", "Outbound to Office 365", true),
            ("*3?5", "Outbound to Office 365", true),
            ("Outbound", "Outbound to Office 365", false),
            ("B\u{dc}RO*", "B\u{fc}ro Z\u{fc}rich", true),
            ("EX0[1-3]\\*", "EX02\\Default EX02", true),
            ("EX0[1-3]\\*", "EX04\\Default EX04", false),
            ("[A-C]x", "bX", true),
            ("[!a]x", "bx", false),
            ("[!a]x", "!x", true),
            ("Partner `[A`] `*", "partner [a] *", true),
            ("Partner `[A`] `*", "partner [a] b", false),
            ("a**b", "a--b", true),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("", "", true),
            ("*", "", true),
            ("?", "", false),
            ("[]]", "]", true),
        ] {
            assert_eq!(Wildcard::new(pattern).unwrap().matches(text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_pattern() {
        assert!(Wildcard::new("[a").unwrap_err().contains("does not end with ]"));
        assert!(Wildcard::new("[z-a]").unwrap_err().contains("holds nothing"));
    }
}
