//! What stands behind the endpoints of a line: event, data, context and line end.
//!
//! Two lines in three end as others before them did: `>,250-PIPELINING,`,
//! `<,250 2.1.5 Recipient OK,`, `-,,Local`. Those are recognised whole: neither
//! their columns nor their end has to be searched for, and what they mean for
//! their session is remembered.

use super::columns;
use super::same::Pattern;
use crate::log::record::Event;
use crate::log::LogType;
use crate::session::bearing::{Effect, Memory};

/// Bytes of a line behind its endpoints that are compared at once.
pub const NEAR: usize = 64;

/// How many are remembered of each direction. Sessions hold some fifty that recur;
/// so many of them fit into the processor's nearest cache.
const MAX_KNOWN: usize = 512;

/// Longer ones are information records, TLS and certificates: so many, this long.
const MAX_FAR: usize = 256;
const MAX_FAR_BYTES: usize = 1024;

/// The end of a line.
#[derive(Clone, Copy)]
pub struct Tail {
    /// With its LF.
    pub length: usize,
    pub effect: Effect,
    /// The event is `-`.
    pub disconnects: bool,
}

impl Tail {
    fn plain(length: usize, effect: Effect) -> Self {
        Tail { length, effect, disconnects: false }
    }
}

/// Reads the ends of lines of one direction and remembers those that recur.
pub struct Tails {
    log_type: LogType,
    near: Vec<Near>,
    far: Vec<Far>,
    pub memory: Memory,
}

#[derive(Clone)]
struct Near {
    text: Pattern<4>,
    /// 0 where nothing is remembered yet.
    length: u8,
    disconnects: bool,
    effect: Effect,
}

#[derive(Clone)]
struct Far {
    text: Vec<u8>,
    effect: Effect,
}

impl Tails {
    pub fn new(log_type: LogType) -> Self {
        let near =
            Near { text: Pattern::ZEROS, length: 0, disconnects: false, effect: Effect::NONE };
        let far = Far { text: Vec::new(), effect: Effect::NONE };
        let (near, far) = (vec![near; MAX_KNOWN], vec![far; MAX_FAR]);
        Tails { log_type, near, far, memory: Memory::default() }
    }

    /// Reads what follows the endpoints; `None` where it is unusual, or not
    /// enough of the buffer follows. The line need not end where `text` does.
    #[inline(always)]
    pub fn read(&mut self, text: &[u8]) -> Option<Tail> {
        let near = text.first_chunk::<NEAR>()?;
        let word = |at: usize| near[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
        let (first, second) = (word(0), word(8));
        // MAIL, RCPT and BDAT hold an address or a number, and mean nothing here.
        let by_client = if self.log_type == LogType::Send { b'>' } else { b'<' };
        let [event, comma, letter, ..] = *near;
        if event == by_client && comma == b',' && matches!(letter, b'M' | b'R' | b'B') {
            let end = columns::end_behind_data(&text[2..])?;
            return Some(Tail::plain(end + 3, Effect::NONE));
        }
        let known = self.near.get(place(first, second))?;
        let length = usize::from(known.length);
        if known.text.fits(near) && length > 0 {
            let Near { effect, disconnects, .. } = *known;
            return Some(Tail { length, effect, disconnects });
        }
        self.look(text)
    }

    #[inline(never)]
    fn look(&mut self, text: &[u8]) -> Option<Tail> {
        let near = text.first_chunk::<NEAR>()?;
        let word = |at: usize| near[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
        let place = place(word(0), word(8));
        let (event, rest) = columns::event(text)?;
        if event == Event::Information {
            let known = self.far.get(place % MAX_FAR);
            if let Some(Far { text: known, effect }) = known {
                if !known.is_empty() && text.starts_with(known) {
                    return Some(Tail::plain(known.len(), *effect));
                }
            }
        }
        let (data, context, end) = columns::only_data(rest).or_else(|| columns::tail(rest))?;
        let effect = Effect::of(self.log_type, event, data, context, &mut self.memory);
        let tail = Tail { length: end + 3, effect, disconnects: event == Event::Disconnect };
        if tail.length <= NEAR {
            if let Some(known) = self.near.get_mut(place) {
                known.text = Pattern::of(near, tail.length, 0..0).unwrap_or(Pattern::ZEROS);
                known.length = u8::try_from(tail.length).unwrap_or(0);
                (known.effect, known.disconnects) = (effect, tail.disconnects);
            }
        } else if event == Event::Information && tail.length <= MAX_FAR_BYTES {
            if let Some(known) = self.far.get_mut(place % MAX_FAR) {
                known.text.clear();
                known.text.extend_from_slice(&text[..tail.length]);
                known.effect = effect;
            }
        }
        Some(tail)
    }
}

/// Where a text is remembered that begins with these words.
#[inline(always)]
fn place(first: u64, second: u64) -> usize {
    let mixed = first.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ second;
    let mixed = mixed.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    usize::try_from(mixed >> (u64::BITS - MAX_KNOWN.trailing_zeros())).unwrap_or(0)
}
