//! The way through a LastError: one pass, with a stack of what is open.
//!
//! Quotes inside quotes look like their ends, so a quote is told by its
//! neighbours; what is never closed was cut off and ends with the text.

use super::facts::Facts;
use super::nesting::{Reading, Remark};
use super::split::{name_before, split_reply, tail};
use crate::failure::reply::{Reply, Speaker};

/// How deep quotes, tags and keys are followed. Each Exchange server on the
/// way adds one or two levels, and an organisation's mail crosses three or four
/// of them; what lies deeper is read as text of the last level.
const MAX_DEPTH: usize = 16;

/// Most parts of one text: a dozen each for twenty hosts of a next hop, the
/// most addresses that Exchange tries for one.
const MAX_REMARKS: usize = 256;

/// The keys of `{LED=...}`: last error details, message, host, address, time of the last retry.
const KEYS: [&str; 5] = ["LED", "MSG", "FQDN", "IP", "LRT"];

/// What opened a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opened {
    /// The text itself.
    Start,
    /// By so many quote characters (doubled inside CSV and other quotes).
    Quote(usize),
    /// By `'`.
    Apostrophe,
    /// `[Message=`
    Tag(String),
    /// `{LED=`
    Key(String),
}

pub(super) struct Level {
    pub(super) opened: Opened,
    pub(super) text: String,
    pub(super) speaker: Speaker,
    pub(super) depth: usize,
    pub(super) group: usize,
    /// Open `[` that are no tags.
    pub(super) brackets: usize,
    /// Quotes that were not followed any more.
    pub(super) skipped: usize,
    /// The keys of the `[{...}]` that is being read on this level.
    pub(super) keys: Vec<String>,
    pub(super) key_group: usize,
}

/// Takes a text apart.
pub struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) levels: Vec<Level>,
    pub(super) reading: Reading,
}

impl<'a> Reader<'a> {
    /// Reads a text of one line.
    pub fn read(text: &'a str) -> Reading {
        let mut reader = Reader { text, levels: Vec::new(), reading: Reading::default() };
        reader.reading.facts.push(Facts::default());
        reader.open(Opened::Start, Speaker::Own);
        reader.run();
        reader.reading
    }

    /// The level that is being read: the first one is never closed before the end.
    pub(super) fn top(&mut self) -> &mut Level {
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    pub(super) fn open(&mut self, opened: Opened, speaker: Speaker) {
        let (depth, group) = self.levels.last().map_or((0, 0), |top| (top.depth + 1, top.group));
        self.levels.push(Level {
            opened,
            text: String::new(),
            speaker,
            depth,
            group,
            brackets: 0,
            skipped: 0,
            keys: Vec::new(),
            key_group: 0,
        });
    }

    pub(super) fn is_full(&self) -> bool {
        self.levels.len() >= MAX_DEPTH
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let step = match c {
                '"' | '\\' | '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{FF02}' => {
                    self.quotes(at)
                }
                '\'' | '\u{2018}' | '\u{2019}' => self.apostrophe(at, c),
                '[' => self.tag(at),
                ']' => self.close_tag(),
                '{' => self.key(at),
                '}' => self.close_key(at),
                '-' if self.text[at..].starts_with("->") => self.chain(2),
                '\u{2192}' => self.chain(c.len_utf8()),
                _ => 0,
            };
            if step == 0 {
                self.top().text.push(c);
                at += c.len_utf8();
            } else {
                at += step;
            }
        }
        self.reading.truncated = self.levels.len() > 1;
        while self.levels.len() > 1 {
            self.close();
        }
        if let Some(level) = self.levels.pop() {
            self.emit(level.text, level.speaker, level.depth, level.group);
        }
    }

    /// `[Message=`; its length, or 0 where the bracket is plain text.
    fn tag(&mut self, at: usize) -> usize {
        // `[{LED=`: the bracket only holds the keys together.
        if self.text[at + 1..].trim_start().starts_with('{') {
            return 1;
        }
        let name = name_before(&self.text[at + 1..], '=');
        let known = name.is_some_and(|name| {
            name.to_ascii_lowercase().ends_with("message") || Facts::default().take(name, "")
        });
        match name.filter(|_| known) {
            Some(name) if !self.is_full() => {
                self.open(Opened::Tag(name.to_owned()), Speaker::Peer);
                name.len() + 2
            }
            _ => {
                self.top().brackets += 1;
                0
            }
        }
    }

    fn close_tag(&mut self) -> usize {
        if self.top().brackets > 0 {
            self.top().brackets -= 1;
            return 0;
        }
        if self.closes(|opened| matches!(opened, Opened::Tag(_))) {
            self.close();
            return 1;
        }
        0
    }

    /// `{LED=`; its length, or 0 where the brace is plain text.
    fn key(&mut self, at: usize) -> usize {
        let name = name_before(&self.text[at + 1..], '=')
            .filter(|name| KEYS.iter().any(|key| key.eq_ignore_ascii_case(name)));
        let Some(name) = name.filter(|_| !self.is_full()) else { return 0 };
        let key = name.to_ascii_uppercase();
        let next = self.reading.facts.len();
        let top = self.top();
        if top.keys.is_empty() || top.keys.contains(&key) {
            // A key that was there already begins the next host's.
            top.keys.clear();
            top.key_group = next;
        }
        top.keys.push(key.clone());
        let (group, speaker) = (top.key_group, top.speaker);
        if group == next {
            self.reading.facts.push(Facts::default());
        }
        // MSG is what `[Message=...]` in LED is: said inside it, wherever it stands.
        let is_message = key == "MSG";
        let speaker = if is_message { Speaker::Peer } else { speaker };
        self.open(Opened::Key(key), speaker);
        self.top().group = group;
        self.top().depth += usize::from(is_message);
        name.len() + 2
    }

    fn close_key(&mut self, at: usize) -> usize {
        let after = self.text[at + 1..].trim_start();
        let ends = after.is_empty() || after.starts_with([';', ',', ']']);
        if ends && self.closes(|opened| matches!(opened, Opened::Key(_))) {
            self.close();
            // The mark between two keys, or the bracket behind the last, says nothing.
            let rest = &self.text[at + 1..];
            let marks = rest.len() - rest.trim_start_matches([' ', ';', ',']).len();
            let bracket = usize::from(rest[marks..].starts_with(']'));
            if bracket == 1 {
                self.top().keys.clear();
            }
            return 1 + marks + bracket;
        }
        0
    }

    /// `->`: what follows was said by the next one.
    fn chain(&mut self, length: usize) -> usize {
        let top = self.top();
        let text = std::mem::take(&mut top.text);
        let (speaker, depth, group) = (top.speaker, top.depth, top.group);
        top.speaker = Speaker::Peer;
        top.depth += 1;
        self.emit(text, speaker, depth, group);
        length
    }

    /// Whether a level of this kind is open; those above it are closed as cut off.
    pub(super) fn closes(&mut self, wanted: impl Fn(&Opened) -> bool) -> bool {
        let Some(place) = self.levels.iter().rposition(|level| wanted(&level.opened)) else {
            return false;
        };
        // A quote does not reach out of the key or tag it stands in.
        let fence = self.levels[place + 1..].iter().any(|level| {
            matches!(level.opened, Opened::Key(_) | Opened::Tag(_))
                && matches!(self.levels[place].opened, Opened::Quote(_))
        });
        if fence {
            return false;
        }
        while self.levels.len() > place + 1 {
            self.close();
        }
        true
    }

    /// Ends the last level: a remark of its own, a fact, or text of the level around it.
    pub(super) fn close(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        match &level.opened {
            Opened::Tag(name) | Opened::Key(name) => {
                let says = name.to_ascii_lowercase();
                if says.ends_with("message") || says == "msg" || says == "led" {
                    self.emit(level.text, level.speaker, level.depth, level.group);
                } else {
                    let group = level.group;
                    self.reading.facts[group].take(name, &level.text);
                }
            }
            Opened::Start => {}
            Opened::Quote(_) | Opened::Apostrophe => {
                let is_reply = Reply::parse(level.text.trim().as_bytes()).is_some();
                let around = self.top();
                let introduced = around.text.trim_end().ends_with(':');
                if is_reply || introduced {
                    // A blank where it stood.
                    around.text.push(' ');
                    self.emit(level.text, level.speaker, level.depth, level.group);
                } else {
                    around.text.push('"');
                    around.text.push_str(&level.text);
                    around.text.push('"');
                }
            }
        }
    }

    /// Adds a remark; `... responded with: 550 5.1.1 ...` without quotes is two.
    pub(super) fn emit(&mut self, text: String, speaker: Speaker, depth: usize, group: usize) {
        let mut rest = text.trim();
        let mut depth = depth;
        let mut speaker = speaker;
        while let Some((outer, inner)) = split_reply(rest) {
            if depth >= 2 * MAX_DEPTH {
                break;
            }
            self.push(outer, speaker, depth, group);
            let words = tail(outer, 64).to_ascii_lowercase();
            if ["respon", "return", "said", "remote"].iter().any(|part| words.contains(part)) {
                speaker = Speaker::Peer;
            }
            depth += 1;
            rest = inner;
        }
        self.push(rest, speaker, depth, group);
    }

    fn push(&mut self, text: &str, speaker: Speaker, depth: usize, group: usize) {
        let is_empty = !text.contains(|c: char| c.is_alphanumeric());
        if !is_empty && self.reading.remarks.len() < MAX_REMARKS {
            let text = text.trim().to_owned();
            self.reading.remarks.push(Remark { text, speaker, depth, group });
        }
    }
}
