//! What a record can have to do with a failure, told without following its session.
//!
//! Nearly all sessions are well, and show it: QUIT was sent, no reply refused
//! anything, TLS was negotiated where it was asked for. [`Signs`] collects
//! this from the records of a session; only where they leave a doubt has the
//! session to be followed. What is said here must never be surer than
//! [`crate::failure::judge`]: a sign may be seen where there is none, not the
//! other way round.

use super::commands::Command;
use super::information::{is_tls_success, may_fail};
use crate::log::record::Event;
use crate::log::{certificate, LogType};

/// What the records of a session have shown so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs(u8);

/// QUIT was sent.
const QUIT: u8 = 1;
/// TLS was asked for; one bit below [`UNDER_WAY`], to which a go-ahead moves it.
const ASKED_FOR_TLS: u8 = 2;
/// TLS was begun, and no record tells yet how it ended.
const UNDER_WAY: u8 = 4;
/// The session has to be followed.
const DOUBTFUL: u8 = 8;

impl Signs {
    /// A session without failure, rejection or unfinished work.
    #[inline]
    pub fn are_good(self) -> bool {
        self.0 & (QUIT | UNDER_WAY | DOUBTFUL) == QUIT
    }

    /// Of the rest of a session whose beginning is not known. A go-ahead is one for TLS.
    pub fn midway() -> Self {
        Signs(ASKED_FOR_TLS)
    }

    /// What may show a failure is among them already.
    pub fn are_doubtful(self) -> bool {
        self.0 & DOUBTFUL != 0
    }

    /// Whether a session that began like this and went on [`Signs::midway`] like that is
    /// [`good`](Signs::are_good) as a whole.
    pub fn are_good_with(self, rest: Signs) -> bool {
        (self.0 | rest.0) & (QUIT | UNDER_WAY | DOUBTFUL) == QUIT
    }

    /// Takes in what a record does.
    #[inline(always)]
    pub fn take(&mut self, Effect(effect): Effect) {
        // Moved up by one bit, a sign meets one that is shown anyway, or what begins.
        let begun = (self.0 << 1) & effect;
        self.0 = (self.0 | (effect & SHOWN) | begun) & (effect >> KEEPS);
    }
}

/// What a record does to the signs of its session: the signs it shows, whether TLS
/// begins if it was asked for, and above them the signs it lets be. It does not depend on
/// what came before, so records that recur need to be looked through only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect(u8);

const SHOWN: u8 = QUIT | ASKED_FOR_TLS | DOUBTFUL;
const KEEPS: u8 = 4;

impl Effect {
    /// Of nearly all records.
    pub const NONE: Effect = Effect::shows(0);
    const DOUBT: Effect = Effect::shows(DOUBTFUL);
    const TLS_RESULT: Effect = Effect(!UNDER_WAY << KEEPS);
    const GO_AHEAD: Effect = Effect::shows(UNDER_WAY);

    const fn shows(signs: u8) -> Effect {
        Effect(0xF << KEEPS | signs)
    }

    /// Of a record.
    #[inline]
    pub fn of(
        log_type: LogType,
        event: Event,
        data: &[u8],
        context: &[u8],
        memory: &mut Memory,
    ) -> Effect {
        match event {
            Event::Connect | Event::Disconnect => Effect::NONE,
            Event::Sent | Event::Received => {
                if (event == Event::Sent) == (log_type == LogType::Send) {
                    Effect::of_command(data)
                } else {
                    Effect::of_reply(data)
                }
            }
            Event::Information => Effect::of_information(data, context, memory),
        }
    }

    /// Of an information record.
    pub fn of_information(data: &[u8], context: &[u8], memory: &mut Memory) -> Effect {
        match memory.bearing(data, context) {
            Bearing::None => Effect::NONE,
            Bearing::TlsResult => Effect::TLS_RESULT,
            Bearing::Doubtful => Effect::DOUBT,
        }
    }

    fn of_command(line: &[u8]) -> Effect {
        match line.first() {
            Some(b'Q') if line == b"QUIT" => Effect::shows(QUIT),
            Some(b'S' | b's' | b'X' | b'x') if Command::parse(line) == Command::StartTls => {
                Effect::shows(ASKED_FOR_TLS)
            }
            _ => Effect::NONE,
        }
    }

    fn of_reply(line: &[u8]) -> Effect {
        match line {
            // The banner, or the go-ahead for TLS.
            [b'2', b'2', b'0', ..] => Effect::GO_AHEAD,
            [b'2' | b'3', ..] => Effect::NONE,
            _ => Effect::DOUBT,
        }
    }
}

/// What an information record can do to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bearing {
    None,
    /// TLS was negotiated.
    TlsResult,
    /// It may show a failure.
    Doubtful,
}

/// Remembers the information records that were looked through for sentences of
/// a failure: a handful of them recur in every session.
pub struct Memory {
    known: Vec<Known>,
}

#[derive(Clone)]
struct Known {
    data: Vec<u8>,
    context: Vec<u8>,
    bearing: Bearing,
}

/// Longest record that is remembered, and how many.
const MAX_TEXT: usize = 512;
const MAX_KNOWN: usize = 256;

impl Default for Memory {
    fn default() -> Self {
        // Two empty columns say nothing: that is true of what is remembered at first.
        let nothing = Known { data: Vec::new(), context: Vec::new(), bearing: Bearing::None };
        Memory { known: vec![nothing; MAX_KNOWN] }
    }
}

impl Memory {
    fn bearing(&mut self, data: &[u8], context: &[u8]) -> Bearing {
        if is_unique(context) {
            return Bearing::None;
        }
        if certificate::recognise(context).is_some() {
            return Bearing::None;
        }
        let place = place(data).wrapping_mul(31).wrapping_add(place(context)) % MAX_KNOWN;
        let known = &mut self.known[place];
        if known.data == data && known.context == context {
            return known.bearing;
        }
        let bearing = bearing(data, context);
        if data.len() + context.len() <= MAX_TEXT {
            known.data.clear();
            known.data.extend_from_slice(data);
            known.context.clear();
            known.context.extend_from_slice(context);
            known.bearing = bearing;
        }
        bearing
    }
}

/// Whether each of these information records holds an id of its own, so that there is
/// nothing to remember.
pub fn is_unique(context: &[u8]) -> bool {
    context.starts_with(b"sending message") || context.starts_with(b"receiving message")
}

/// A number that texts of a handful rarely share.
fn place(text: &[u8]) -> usize {
    let byte = |at: usize| text.get(at).copied().map_or(0, usize::from);
    let half = text.len() / 2;
    text.len() * 7 + byte(half) * 3 + byte(half / 2) * 5 + byte(text.len().wrapping_sub(1))
}

fn bearing(data: &[u8], context: &[u8]) -> Bearing {
    // As in `Session::information`: the context, and where that says nothing, the data.
    for text in [context, data] {
        match may_fail(text, data) {
            Some(true) => return Bearing::Doubtful,
            Some(false) if is_tls_success(text) => return Bearing::TlsResult,
            Some(false) => return Bearing::None,
            None => {}
        }
    }
    Bearing::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_take_in_what_records_do() {
        let effects = [
            Effect::NONE,
            Effect::DOUBT,
            Effect::TLS_RESULT,
            Effect::GO_AHEAD,
            Effect::shows(QUIT),
            Effect::shows(ASKED_FOR_TLS),
        ];
        for signs in 0..16 {
            for effect in effects {
                let asked = signs & ASKED_FOR_TLS > 0;
                let expected = match effect {
                    Effect::DOUBT => signs | DOUBTFUL,
                    Effect::TLS_RESULT => signs & !UNDER_WAY,
                    Effect::GO_AHEAD if asked => signs | UNDER_WAY,
                    Effect::NONE | Effect::GO_AHEAD => signs,
                    Effect(shown) => signs | (shown & SHOWN),
                };
                let mut taken = Signs(signs);
                taken.take(effect);
                assert_eq!(taken.0, expected, "{signs} {effect:?}");
            }
        }
    }
}
