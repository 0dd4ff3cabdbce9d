//! A line read at a glance: nine in ten of a usual log.
//!
//! Nothing is searched for. The line follows others of its session, so its
//! connector, id and endpoints stand where they have to, or it is none of
//! those lines; its end is mostly one that was seen before ([`super::tails`]).
//! What is unlike in anything goes the way of [`super::sorting`], which takes
//! every line, and gives the same.

use super::clock::TIME;
use super::columns::ID;
use super::rows::{index, number, Row, NONE};
use super::same::same_96;
use super::slots::{Slot, Slots};
use super::sorting::Sorter;
use super::tails::NEAR;
use crate::log::lines::MAX_LINE;

/// Longest `,CONNECTOR,ID,` that is compared: a name of 61 bytes.
pub const PREFIX: usize = 80;

/// Longest `LOCAL,REMOTE,`: those of IPv4 take at most 44 bytes.
pub const ENDS: usize = 96;

/// Bytes of a sequence number that are looked at, its comma included.
const SEQUENCE: usize = 8;

/// Bytes behind the beginning of a line that may be looked at without asking how long it is.
const WINDOW: usize = TIME + PREFIX + SEQUENCE + ENDS + NEAR;

/// A longer line goes the other way, which knows how long one may be.
const MAX_USUAL: usize = MAX_LINE - WINDOW;

/// Why reading at a glance came to a stop.
enum Stop {
    /// A session has ended in the last row, in this slot.
    Ended(usize),
    /// The line belongs to a session that is left.
    Left(usize),
    /// The line is none that can be read so, or does not begin before the end.
    Other,
}

impl Sorter {
    /// Takes lines in from `start` on, as long as they begin before `end` and
    /// can be read at a glance; gives the beginning of the next line.
    pub fn glance(&mut self, buffer: &[u8], mut start: usize, end: usize) -> usize {
        // Where the buffer ends, less than a window is left.
        let end = end.min((buffer.len() + 1).saturating_sub(WINDOW));
        while !self.sifted.given_up {
            let (next, stop) = self.glances(buffer, start, end);
            start = next;
            match stop {
                Stop::Ended(at) => {
                    self.close(&buffer[..start - 1], at, number(self.rows.len() - 1));
                }
                Stop::Left(at) => match self.leave_at_a_glance(buffer, start, at) {
                    Some(next) => start = next,
                    None => break,
                },
                Stop::Other => break,
            }
        }
        start
    }

    // Alone, so that what it needs has registers.
    #[inline(never)]
    fn glances(&mut self, buffer: &[u8], start: usize, end: usize) -> (usize, Stop) {
        let Sorter { slots, clock, rows, weight, last, .. } = self;
        let Some(tails) = self.tails.get_mut(self.direction) else { return (start, Stop::Other) };
        let mut start = start;
        let mut glance = |start: usize| {
            let window: &[u8; WINDOW] = buffer.get(start..)?.first_chunk()?;
            let second = clock.glance(window.first_chunk()?)?;
            let text = window[TIME..].first_chunk::<PREFIX>()?;
            // Three lines in four are of the same session as the line before.
            let at = match slots.get(*last) {
                Some(slot) if has_prefix(slot, buffer, text) => *last,
                _ => find(slots, buffer, text)?,
            };
            *last = at;
            let slot = slots.get_mut(at)?;
            if slot.is_left {
                return Some((start, Some(Stop::Left(at))));
            }
            let sequence_at = TIME + usize::from(slot.prefix);
            let ends_at = sequence_at + sequence_length(window.get(sequence_at..)?.first_chunk()?)?;
            let ends = usize::from(slot.ends);
            if !same_96(window.get(ends_at..)?, buffer.get(index(slot.ends_at)..)?, ends) {
                return None;
            }
            let tail_at = start + ends_at + ends;
            let tail = tails.read(buffer.get(tail_at..)?)?;
            if tail.length > MAX_USUAL {
                return None;
            }
            let row = number(rows.len());
            clock.pass(row, second);
            slot.sequence_at = number(start + sequence_at);
            slot.ends_at = number(start + ends_at);
            slot.signs.take(tail.effect);
            slot.weight += tail.length;
            *weight += tail.length;
            let before = std::mem::replace(&mut slot.last_row, row);
            // Less than a byte holds: see the lengths that are compared.
            let event = u8::try_from(ends_at + ends).unwrap_or(0);
            rows.push(Row { start: number(start), before, event });
            Some((tail_at + tail.length, tail.disconnects.then_some(Stop::Ended(at))))
        };
        while start < end {
            match glance(start) {
                Some((next, None)) => start = next,
                Some((next, Some(stop))) => return (next, stop),
                None => break,
            }
        }
        (start, Stop::Other)
    }

    /// Leaves a line of a session that is left.
    fn leave_at_a_glance(&mut self, buffer: &[u8], start: usize, at: usize) -> Option<usize> {
        let sequence_at = start + TIME + usize::from(self.slots.get(at)?.prefix);
        let length = memchr::memchr(b'\n', buffer.get(sequence_at..)?)?;
        if length > MAX_USUAL {
            return None;
        }
        self.left.push(number(self.rows.len()));
        self.rows.push(Row { start: number(start), before: NONE, event: 0 });
        self.limit();
        Some(sequence_at + length + 1)
    }
}

/// Whether a text begins with the connector and the id of a session.
#[inline(always)]
fn has_prefix(slot: &Slot, buffer: &[u8], text: &[u8; PREFIX]) -> bool {
    let prefix = usize::from(slot.prefix);
    let before = buffer.get(index(slot.sequence_at).wrapping_sub(prefix)..);
    before.is_some_and(|before| same_96(text, before, prefix))
}

/// The session of a line, by what follows its time.
#[inline(never)]
fn find(slots: &Slots, buffer: &[u8], text: &[u8; PREFIX]) -> Option<usize> {
    let comma = 1 + memchr::memchr(b',', &text[1..])?;
    let id = text.get(comma + 1..)?.first_chunk::<ID>()?;
    slots.find(id, |slot| has_prefix(slot, buffer, text))
}

/// The length of a sequence number with its comma: digits, not all of them zero.
#[inline(always)]
fn sequence_length(text: &[u8; SEQUENCE]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Digits become 0 to 9, all else more.
    let word = u64::from_le_bytes(*text) ^ (ONES * 0x30);
    let others = (((word & (ONES * 0x7F)) + ONES * 0x76) | word) & (ONES * 0x80);
    let bits = others.trailing_zeros() & !7;
    // What remains of the digits; nothing where there is none, or no end of them.
    let digits = word & (1_u64.checked_shl(bits)?.wrapping_sub(1));
    let comma = word.checked_shr(bits)? & 0xFF == u64::from(b',' ^ 0x30);
    (comma & (digits != 0)).then_some(usize::try_from(bits / 8).ok()? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_end_with_a_comma() {
        for (text, length) in [
            (b"1,10.0.0", Some(2)),
            (b"10,10.0.", Some(3)),
            (b"010,10.0", Some(4)),
            (b"1234567,", Some(8)),
            (b"0,10.0.0", None),
            (b"000,10.0", None),
            (b"12345678", None),
            (b",1,0.0.0", None),
            (b"1;10.0.0", None),
            (b"1\xAC10.0.0", None),
            (b"1x,0.0.0", None),
        ] {
            assert_eq!(sequence_length(text), length, "{text:?}");
        }
    }
}
