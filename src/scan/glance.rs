//! A line read at a glance: nine in ten of a usual log.
//!
//! Nothing is searched for. The line follows others of its session, so its
//! connector, id and endpoints stand where they have to ([`super::head`]), or it is
//! none of those lines; its end is mostly one that was seen before ([`super::tails`]).
//! What is unlike in anything goes the way of [`super::sorting`], which takes
//! every line, and gives the same.

use super::clock::TIME;
use super::columns::ID;
use super::head::REACH;
use super::rows::{index, number, LeftRow, Row, NONE};
use super::slots::Slots;
use super::sorting::Sorter;
use super::tails::MAX_TAIL;
use super::words;

/// Bytes behind the beginning of a line that may be looked at without asking how long it is.
const WINDOW: usize = TIME + REACH;

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
        // Three lines in four are of the same session as the line before.
        let mut at = *last;
        let Some(mut slot) = slots.get_mut(at) else { return (start, Stop::Other) };
        // So that whatever begins before the end has a window.
        let lines = buffer.get(..end + (WINDOW - 1)).unwrap_or_default();
        let mut start = start;
        let mut stop = Stop::Other;
        // Of the records taken in here.
        let mut taken = 0;
        while let Some(window) = lines.get(start..start + WINDOW) {
            let Some(window): Option<&[u8; WINDOW]> = window.first_chunk() else { break };
            let Some((time, text)) = window.split_first_chunk::<TIME>() else { break };
            let Some(text) = text.first_chunk::<REACH>() else { break };
            let Some(second) = clock.glance(time) else { break };
            if !slot.head.fits(text) {
                let Some(found) = find(slots, text) else { break };
                at = found;
                let Some(other) = slots.get_mut(at) else { break };
                slot = other;
            }
            let Some(length) = slot.head.event(text) else {
                if slot.is_left {
                    stop = Stop::Left(at);
                }
                break;
            };
            let event_at = TIME + usize::from(length);
            let near = window.get(event_at..).and_then(|near| near.first_chunk());
            let far = || buffer.get(start + event_at..);
            let Some(tail) = near.and_then(|near| tails.read(near, far)) else { break };
            let row = number(rows.len());
            clock.pass(row, second);
            slot.signs.take(tail.effect);
            let tail_length = index(tail.length);
            slot.weight += tail_length;
            taken += tail_length;
            let before = std::mem::replace(&mut slot.last_row, row);
            // Less than a byte holds.
            let event = u8::try_from(event_at & 0xFF).unwrap_or(0);
            rows.push(Row { start: number(start), before, event });
            start += event_at + tail_length;
            if tail.disconnects {
                stop = Stop::Ended(at);
                break;
            }
        }
        *last = at;
        *weight += taken;
        (start, stop)
    }

    /// Leaves a line of a session that is left.
    fn leave_at_a_glance(&mut self, buffer: &[u8], start: usize, at: usize) -> Option<usize> {
        let sequence_at = start + TIME + index(self.slots.get(at)?.prefix);
        let length = memchr::memchr(b'\n', buffer.get(sequence_at..)?)?;
        if length > MAX_TAIL {
            return None;
        }
        self.left.push(LeftRow::new(number(self.rows.len()), NONE));
        self.rows.push(Row { start: number(start), before: NONE, event: 0 });
        self.limit();
        Some(sequence_at + length + 1)
    }
}

/// The session of a line, by what follows its time.
#[inline(never)]
fn find(slots: &mut Slots, text: &[u8; REACH]) -> Option<usize> {
    let id = |comma: usize| match text.get(comma..comma + ID + 2)? {
        [b',', id @ .., b','] => id.first_chunk::<ID>(),
        _ => None,
    };
    // To search for the comma behind the connector takes another number of steps each
    // time, and the processor hates to guess. Connectors that begin alike are as long.
    let comma = slots.comma(text.first_chunk()?);
    let known = usize::from(*comma);
    let at = match id(known).and_then(|id| slots.first(id)) {
        Some(at) => at,
        None => {
            let found = 1 + words::comma(text[1..].first_chunk()?)?;
            if found == known {
                return None;
            }
            *slots.comma(text.first_chunk()?) = u8::try_from(found).unwrap_or(0);
            slots.first(id(found)?)?
        }
    };
    let slot = slots.get_mut(at)?;
    // What fits has the same connector too, wherever its commas stand. Another session
    // of this id is found the other way.
    (slot.head.fits(text) || slot.head.widen(text)).then_some(at)
}
