//! What stands behind the endpoints of a line: event, data, context and line end.
//!
//! Two lines in three end as others before them did: `>,250-PIPELINING,`,
//! `<,250 2.1.5 Recipient OK,`, `-,,Local`. Those are recognised whole: neither
//! their columns nor their end has to be searched for, and what they mean for
//! their session is remembered.

use super::columns;
use super::same::same;
use crate::log::record::Event;
use crate::log::LogType;
use crate::session::bearing::{Effect, Memory};

/// Bytes of a line behind its endpoints that are compared.
pub const NEAR: usize = 64;

/// How many are remembered of each direction. All of them fit into the
/// processor's nearest cache; sessions hold some fifty that recur.
const MAX_KNOWN: usize = 256;

/// The end of a line.
#[derive(Clone, Copy)]
pub struct Tail {
    /// With its LF.
    pub length: usize,
    pub effect: Effect,
    /// The event is `-`.
    pub disconnects: bool,
}

/// Reads the ends of lines and remembers those that recur.
pub struct Tails {
    send: Vec<Known>,
    receive: Vec<Known>,
    pub memory: Memory,
}

#[derive(Clone)]
struct Known {
    text: [u8; NEAR],
    /// 0 where nothing is remembered yet.
    length: u8,
    disconnects: bool,
    effect: Effect,
}

impl Default for Tails {
    fn default() -> Self {
        let nothing =
            Known { text: [0; NEAR], length: 0, disconnects: false, effect: Effect::NONE };
        let nothing = vec![nothing; MAX_KNOWN];
        Tails { send: nothing.clone(), receive: nothing, memory: Memory::default() }
    }
}

impl Tails {
    /// Reads what follows the endpoints; `None` where it is unusual, or not
    /// enough of the buffer follows. The line need not end where `text` does.
    #[inline(always)]
    pub fn read(&mut self, log_type: LogType, text: &[u8]) -> Option<Tail> {
        let near = text.first_chunk::<NEAR>()?;
        let word = |at: usize| near[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
        let first = word(0);
        // MAIL, RCPT and BDAT hold an address or a number, and mean nothing here.
        let by_client = if log_type == LogType::Send { b'>' } else { b'<' };
        let [event, comma, letter, ..] = *near;
        if event == by_client && comma == b',' && matches!(letter, b'M' | b'R' | b'B') {
            let (_, _, end) = columns::tail(&text[2..])?;
            return Some(Tail { length: end + 3, effect: Effect::NONE, disconnects: false });
        }
        let known = match log_type {
            LogType::Send => &mut self.send,
            LogType::Receive => &mut self.receive,
        };
        let known = known.get_mut(place(first, word(8)))?;
        let length = usize::from(known.length);
        if length > 0 && same(near, &known.text, length) {
            let Known { effect, disconnects, .. } = *known;
            return Some(Tail { length, effect, disconnects });
        }
        let (tail, near_end) = look(log_type, text, &mut self.memory)?;
        if near_end {
            known.text = *near;
            known.length = u8::try_from(tail.length).unwrap_or(0);
            (known.effect, known.disconnects) = (tail.effect, tail.disconnects);
        }
        Some(tail)
    }
}

/// Cuts the columns; tells also whether the end of the line is near enough to be remembered.
#[inline(never)]
fn look(log_type: LogType, text: &[u8], memory: &mut Memory) -> Option<(Tail, bool)> {
    let (event, rest) = columns::event(text)?;
    let (data, context, end) = columns::tail(rest)?;
    let effect = Effect::of(log_type, event, data, context, memory);
    let length = end + 3;
    let tail = Tail { length, effect, disconnects: event == Event::Disconnect };
    Some((tail, length <= NEAR))
}

/// Where a text is remembered that begins with these words.
#[inline(always)]
fn place(first: u64, second: u64) -> usize {
    let mixed = first.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ second;
    let mixed = mixed.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    usize::try_from(mixed >> 56).unwrap_or(0)
}
