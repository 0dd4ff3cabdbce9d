//! Quotes in a LastError: which opens, which closes, who is quoted.

use super::reader::{Opened, Reader};
use super::split::tail;
use crate::failure::reply::Speaker;

impl Reader<'_> {
    /// A run of quote characters at `at`: its length, or 0 where it is plain text.
    pub(super) fn quotes(&mut self, at: usize) -> usize {
        let is_quote =
            |c: char| matches!(c, '"' | '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{FF02}');
        let rest = &self.text[at..];
        // `\\\"` of quotes inside JSON inside JSON; a longer run is no escape.
        let slashes = rest.bytes().take(8).take_while(|byte| *byte == b'\\').count();
        let run = &rest[slashes..];
        let after = run.trim_start_matches(is_quote);
        let width = run[..run.len() - after.len()].chars().count();
        let length = rest.len() - after.len();
        if width == 0 {
            return 0; // a backslash without a quote
        }
        let before = &self.text[..at];
        let next_is_blank = after.chars().next().is_none_or(char::is_whitespace);
        let introduced = before.trim_end().ends_with([':', '=', '{']);
        let opens = introduced && !(width == 2 && next_is_blank)
            || !next_is_blank
                && before.chars().next_back().is_none_or(|c| c.is_whitespace() || "([".contains(c));
        if opens {
            if self.is_full() {
                self.top().skipped += 1;
                self.top().text.push_str(&rest[..length]);
                return length;
            }
            let speaker = self.speaker_of_next();
            self.open(Opened::Quote(width), speaker);
            return length;
        }
        if self.top().skipped > 0 {
            self.top().skipped -= 1;
            self.top().text.push_str(&rest[..length]);
            return length;
        }
        let mut left = width;
        while left > 0 && self.closes(|opened| matches!(opened, Opened::Quote(_))) {
            if let Opened::Quote(width) = self.top().opened {
                left = left.saturating_sub(width);
            }
            self.close();
        }
        if left < width {
            return length;
        }
        // The beginning was cut off: what stands here was said inside a quote.
        let is_cut = self.levels.len() == 1 && after.trim_start().starts_with("Attempted");
        if is_cut {
            self.reading.truncated = true;
            let text = std::mem::take(&mut self.top().text);
            let (depth, group) = (self.top().depth, self.top().group);
            self.emit(text, Speaker::Peer, depth + 1, group);
            return length;
        }
        self.top().text.push_str(&rest[..length]);
        length
    }

    /// `returned '550 5.1.1 ...'`: only before a reply, since `'` stands in words.
    pub(super) fn apostrophe(&mut self, at: usize, c: char) -> usize {
        let after = &self.text[at + c.len_utf8()..];
        let before = self.text[..at].trim_end().trim_end_matches(':');
        let next = after.chars().next();
        let introduced =
            ["returned", "with", "said", "was"].iter().any(|word| before.ends_with(word));
        if introduced && next.is_some_and(|c| c.is_ascii_digit()) && !self.is_full() {
            self.open(Opened::Apostrophe, Speaker::Peer);
            return c.len_utf8();
        }
        let ends = next.is_none_or(|c| !c.is_alphanumeric());
        if ends && self.top().opened == Opened::Apostrophe {
            self.close();
            return c.len_utf8();
        }
        0
    }

    /// Who says what is about to be quoted: the other side, unless the words
    /// before say that Exchange tells what happened to itself.
    fn speaker_of_next(&mut self) -> Speaker {
        let top = self.top();
        let words = tail(&top.text, 64).to_ascii_lowercase();
        let own = ["communicating with", "error was", "last error"];
        if top.speaker == Speaker::Own && own.iter().any(|part| words.contains(part)) {
            Speaker::Own
        } else {
            Speaker::Peer
        }
    }
}
