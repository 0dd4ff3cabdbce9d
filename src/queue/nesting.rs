//! Takes a LastError apart: who said what, and inside which text of whom.
//!
//! The layouts, all of them in use and in one another:
//!
//! ```text
//! 451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover ...
//! [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{MSG=};{FQDN=a};{IP=b};{LRT=c}]
//! 451 4.4.397 Error communicating with target host. -> 421 4.2.1 Unable to connect -> SocketTimedout: ...
//! 400 4.4.7 The server responded with: 550 5.1.1 User unknown
//! ```
//!
//! This file holds what comes of it; how it is taken apart stands in `reader`.

use super::facts::{endpoint, Facts};
use super::reader::Reader;
use crate::failure::reply::{Reply, Speaker};

/// One voice in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it says, without what it quotes.
    pub text: String,
    /// Who says it.
    pub speaker: Speaker,
    /// How many others it stands in.
    pub depth: usize,
    /// Which `[{LED=...};...]` it belongs to; 0 is the bare text.
    pub group: usize,
}

impl Remark {
    /// The numbers at its start.
    pub fn reply(&self) -> Option<Reply> {
        Reply::parse(self.text.as_bytes())
    }
}

/// A LastError, taken apart.
#[derive(Debug, Default)]
pub struct Reading {
    /// In the order in which they end.
    pub remarks: Vec<Remark>,
    /// Something was never closed, or ends in dots: the text is not whole.
    pub truncated: bool,
    /// Of the bare text, then of each group.
    pub(super) facts: Vec<Facts>,
}

impl Reading {
    /// Reads a text of one line.
    pub fn of(text: &str) -> Reading {
        let text = text.replace("&quot;", "\"").replace("&gt;", ">");
        let mut reading = Reader::read(&text);
        reading.truncated |= text.ends_with("...") || text.ends_with('\u{2026}');
        if let Some(found) = last_endpoint(&text) {
            reading.facts[0].take("IP", &found);
        }
        reading
    }

    /// The outermost reply of a group, and the innermost where that is another.
    pub fn replies(&self, group: usize) -> (Option<&Remark>, Option<&Remark>) {
        let refusals = || self.remarks.iter().filter(|remark| remark.reply().is_some());
        let of = |group| refusals().filter(move |remark| remark.group == group);
        // A group may hold no reply at all and stand in a text that is one.
        let least = of(group).chain(of(0)).map(|remark| remark.depth).min();
        let outer = of(0).chain(of(group)).find(|remark| Some(remark.depth) == least);
        let inner = of(group)
            .rev()
            .filter(|remark| Some(remark.depth) > least)
            .max_by_key(|remark| remark.depth);
        (outer, inner)
    }

    /// Host, address and time of a group; what it lacks from the text around it.
    pub fn facts(&self, group: usize) -> Facts {
        let own = self.facts.get(group).cloned().unwrap_or_default();
        let around = self.facts.first().cloned().unwrap_or_default();
        // With one group only, the failure is that one's even if decided outside.
        let only = self.facts.get(1).filter(|_| self.facts.len() == 2).cloned();
        own.or(around).or(only.unwrap_or_default())
    }

    /// Whether there are replies and none refuses anything.
    pub fn is_success(&self) -> bool {
        let mut replies = self.remarks.iter().filter_map(Remark::reply).peekable();
        replies.peek().is_some() && replies.all(|reply| !reply.is_refusal())
    }
}

/// `The last endpoint attempted was 192.0.2.1:25`
fn last_endpoint(text: &str) -> Option<String> {
    const WORDS: &str = "last endpoint attempted was ";
    let rest = &text[text.to_ascii_lowercase().find(WORDS)? + WORDS.len()..];
    rest.split([' ', '"', '}', ';']).next().and_then(endpoint)
}
