//! Text from strangers: how bytes of a log become strings that can be shown.
//!
//! What stands in a log was chosen by whoever connected. [`clean`] is the only
//! way from log bytes to a `String` in this crate, so nothing that steers a
//! terminal, hides or reorders characters gets further than here; and
//! [`quote`] is the only way from such a string into a command.

use std::borrow::Cow;

/// Decodes bytes as UTF-8 (what is not UTF-8 becomes U+FFFD) and writes every
/// character that a terminal would act on, or that is invisible, as `\u001B`.
pub fn clean(bytes: &[u8]) -> String {
    // The usual case, 99 % of all fields: nothing to decode, nothing to escape.
    if is_plain(bytes) {
        // ASCII is Latin-1 too; this looks at it in larger steps than a check for UTF-8.
        return encoding_rs::mem::decode_latin1(bytes).into_owned();
    }
    clean_str(&String::from_utf8_lossy(bytes)).into_owned()
}

/// [`clean`] for text that is decoded already.
pub fn clean_str(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            out.push_str(&format!("\\u{:04X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a text is printable ASCII.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    all(bytes, |byte| (0x20..0x7F).contains(&byte))
}

/// Whether a text is printable ASCII in which JSON escapes nothing.
pub(crate) fn is_plain_in_json(bytes: &[u8]) -> bool {
    all(bytes, |byte| (0x20..0x7F).contains(&byte) & (byte != b'"') & (byte != b'\\'))
}

/// Whether all bytes are such.
#[inline(always)]
fn all(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    // Without an early end the comparison runs on many bytes at once.
    let are = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & is(*byte));
    // Most texts have a few dozen bytes: all of them in pieces, the last two overlapping.
    match bytes.last_chunk::<16>() {
        Some(last) => are(last) && bytes.chunks_exact(16).all(are),
        None => are(bytes),
    }
}

/// Characters that steer a terminal (C0, DEL, C1), reorder text (bidirectional
/// controls, Unicode Annex 9) or cannot be seen (zero width, tags, fillers).
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A single-quoted PowerShell literal. PowerShell ends such a literal at any of
/// five quote characters, not only at `'`; doubled, each stands for itself.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in clean_str(text).chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// The start of `text`, at most `max` bytes, cut between characters and marked.
pub fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}...", &text[..end]))
}

/// Where `part` (lower case) first stands in `text`, in any case.
pub fn find_ignore_case(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some((first, rest)) = part.split_first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), &text[..=last])
        .find(|at| text[at + 1..at + part.len()].eq_ignore_ascii_case(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        assert_eq!(clean(b"plain, with comma"), "plain, with comma");
        assert_eq!(clean(b"\x1B[31mred\x07"), "\\u001B[31mred\\u0007");
        assert_eq!(clean("a\u{202E}b\u{200B}c\u{9B}".as_bytes()), "a\\u202Eb\\u200Bc\\u009B");
        assert_eq!(clean("B\u{fc}ro".as_bytes()), "B\u{fc}ro");
        assert_eq!(clean(b"caf\xE9"), "caf\u{FFFD}");
    }

    #[test]
    fn quotes_all_five_quote_characters() {
        assert_eq!(
            quote("a'b\u{2018}c\u{2019}d\u{201A}e\u{201B}f"),
            "'a''b\u{2018}\u{2018}c\u{2019}\u{2019}d\u{201A}\u{201A}e\u{201B}\u{201B}f'"
        );
        assert_eq!(quote("$(calc)`n\r"), "'$(calc)`n\\u000D'");
    }

    #[test]
    fn finds_parts_in_any_case() {
        assert_eq!(find_ignore_case(b"xxSTARTTLS", b"starttls"), Some(2));
        assert_eq!(find_ignore_case(b"ststarttl", b"starttls"), None);
        assert_eq!(find_ignore_case(b"STSTARTTLS", b"starttls"), Some(2));
        assert_eq!(find_ignore_case(b"", b"a"), None);
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("\u{fc}\u{fc}", 3), "\u{fc}...");
    }
}
