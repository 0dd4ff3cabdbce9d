//! Small cuts through a text.

use crate::failure::reply::Reply;

/// A reply with an enhanced code behind a colon.
pub fn split_reply(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(colon) = text[from..].find(": ") {
        let at = from + colon + 1;
        let inner = text[at..].trim_start();
        if Reply::parse(inner.as_bytes()).is_some_and(|reply| reply.enhanced.is_some()) {
            return Some((text[..at].trim_end(), inner));
        }
        from = at;
    }
    None
}

/// The name before `mark`, where nothing but a name stands there.
pub fn name_before(text: &str, mark: char) -> Option<&str> {
    // `LastAttemptedServerName` has 23 letters; no name is twice as long.
    let end = text.bytes().take(48).position(|byte| !byte.is_ascii_alphanumeric())?;
    (end > 0 && text[end..].starts_with(mark)).then(|| &text[..end])
}

/// The last `most` bytes of a text, or a little fewer.
pub fn tail(text: &str, most: usize) -> &str {
    let mut at = text.len().saturating_sub(most);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}
