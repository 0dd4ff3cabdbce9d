//! What stands behind the endpoints of a line: event, data, context and line end.
//!
//! Two lines in three end as others before them did: `>,250-PIPELINING,`,
//! `<,250 2.1.5 Recipient OK,`, `-,,Local`. Those are recognised whole: neither
//! their columns nor their end has to be searched for, and what they mean for
//! their session is remembered.

use super::columns;
use super::rows::{index, number};
use super::same::Pattern;
use super::words;
use crate::log::lines::MAX_LINE;
use crate::log::record::Event;
use crate::log::LogType;
use crate::session::bearing::{is_unique, Effect, Memory};

/// Bytes of a line behind its endpoints that are compared at once.
pub const NEAR: usize = 64;

/// How many are remembered of each direction. Sessions hold some fifty that recur;
/// so many of them fit into the processor's nearest cache.
const MAX_KNOWN: usize = 512;

/// Longer ones are information records, TLS and certificates: so many, this long.
const MAX_FAR: usize = 256;
const MAX_FAR_BYTES: usize = 1024;

/// A line with a longer end goes the other way, which knows how long one may be.
pub const MAX_TAIL: usize = MAX_LINE - 512;

/// The end of a line.
#[derive(Clone, Copy)]
pub struct Tail {
    /// With its LF. All three together fit into a register.
    pub length: u32,
    pub effect: Effect,
    /// The event is `-`.
    pub disconnects: bool,
}

impl Tail {
    /// `None` where it is too long.
    fn of(length: usize, effect: Effect, disconnects: bool) -> Option<Self> {
        let length = u32::try_from(length).ok().filter(|_| length <= MAX_TAIL)?;
        Some(Tail { length, effect, disconnects })
    }
}

/// Reads the ends of lines of one direction and remembers those that recur.
pub struct Tails {
    log_type: LogType,
    /// How a line begins here that the client sent.
    by_client: [u8; 2],
    near: Box<[Near; MAX_KNOWN]>,
    far: Vec<Far>,
    pub memory: Memory,
}

#[derive(Clone, Copy)]
struct Near {
    text: Pattern<{ NEAR / 16 }>,
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
        let (near, far) = (Box::new([near; MAX_KNOWN]), vec![far; MAX_FAR]);
        let by_client = if log_type == LogType::Send { *b">," } else { *b"<," };
        Tails { log_type, by_client, near, far, memory: Memory::default() }
    }

    /// Reads what follows the endpoints, its first bytes and `far` all of it; `None` where
    /// it is unusual, or not enough of the buffer follows. The line need not end there.
    #[inline(always)]
    pub fn read<'a>(
        &mut self,
        near: &[u8; NEAR],
        far: impl FnOnce() -> Option<&'a [u8]>,
    ) -> Option<Tail> {
        // MAIL, RCPT and BDAT hold an address or a number, and mean nothing here.
        if near[..2] == self.by_client && matches!(near[2], b'M' | b'R' | b'B') {
            return match end_of_command(near) {
                Some(length) => Some(Tail { length, effect: Effect::NONE, disconnects: false }),
                None => end_of_long_command(far()?),
            };
        }
        let known = &self.near[place(near)];
        let length = u32::from(known.length);
        if known.text.fits(near) && length > 0 {
            let Near { effect, disconnects, .. } = *known;
            return Some(Tail { length, effect, disconnects });
        }
        self.look(far()?)
    }

    #[inline(never)]
    fn look(&mut self, text: &[u8]) -> Option<Tail> {
        let (event, rest) = columns::event(text)?;
        if event == Event::Information {
            return self.information(text, rest);
        }
        let (data, context, end) = columns::only_data(rest).or_else(|| columns::tail(rest))?;
        let effect = Effect::of(self.log_type, event, data, context, &mut self.memory);
        let tail = Tail::of(end + 3, effect, event == Event::Disconnect)?;
        self.keep_near(text, tail);
        Some(tail)
    }

    /// An information record; `rest` is what follows the event.
    fn information(&mut self, text: &[u8], rest: &[u8]) -> Option<Tail> {
        let known = self.far.get_mut(place(text.first_chunk()?) % MAX_FAR)?;
        // Most that are not the same differ in their first bytes.
        let begins = |known: &[u8]| known.first_chunk::<8>() == text.first_chunk();
        if begins(&known.text) && text.starts_with(&known.text) {
            return Tail::of(known.text.len(), known.effect, false);
        }
        let (data, context, end) = columns::tail(rest)?;
        if is_unique(context) {
            return Tail::of(end + 3, Effect::NONE, false);
        }
        let effect = Effect::of_information(data, context, &mut self.memory);
        let tail = Tail::of(end + 3, effect, false)?;
        if (NEAR + 1..=MAX_FAR_BYTES).contains(&index(tail.length)) {
            known.text.clear();
            known.text.extend_from_slice(&text[..index(tail.length)]);
            known.effect = effect;
        }
        self.keep_near(text, tail);
        Some(tail)
    }

    #[inline(always)]
    fn keep_near(&mut self, text: &[u8], tail: Tail) {
        let Tail { length, effect, disconnects } = tail;
        let near = text.first_chunk();
        let text = near.and_then(|near| Pattern::of_near(near, index(length)));
        if let Some((near, text)) = near.zip(text) {
            // No more than a pattern takes.
            let length = u8::try_from(length & 0xFF).unwrap_or(0);
            self.near[place(near)] = Near { text, length, disconnects, effect };
        }
    }
}

/// The length of an end with an event, a command and nothing else; `None` is said of some
/// that are such. Not inline: its many numbers take registers that others need more.
#[inline(never)]
fn end_of_command(near: &[u8; NEAR]) -> Option<u32> {
    // So many words that what has to follow the comma is near too.
    let at = 2 + words::plain_comma(&near[2..NEAR - 6])?;
    (near.get(at + 1..at + 3)? == b"\r\n").then_some(number(at + 3))
}

#[inline(never)]
fn end_of_long_command(text: &[u8]) -> Option<Tail> {
    let end = columns::end_behind_data(text.get(2..)?)?;
    Tail::of(end + 3, Effect::NONE, false)
}

/// Where a text is remembered.
#[inline(always)]
fn place(near: &[u8; NEAR]) -> usize {
    let word = |at: usize| near[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
    let mixed = word(0).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ word(8);
    let mixed = mixed.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    usize::try_from(mixed >> (u64::BITS - MAX_KNOWN.trailing_zeros())).unwrap_or(0)
}
