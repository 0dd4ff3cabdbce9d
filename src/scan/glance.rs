//! A line read at a glance: nine in ten of a usual log.
//!
//! Nothing is searched for. The line follows others of its session, so its
//! connector, id and endpoints stand where they have to ([`super::head`]), or it is
//! none of those lines; its end is mostly one that was seen before ([`super::tails`]).
//! What is unlike in anything goes the way of [`super::sorting`], which takes
//! every line, and gives the same.

use super::clock::TIME;
use super::columns::ID;
use super::head::HEAD;
use super::rows::{index, number, LeftRow, Row, NONE};
use super::slots::Slots;
use super::sorting::Sorter;
use super::tails::NEAR;
use crate::log::lines::MAX_LINE;

/// Bytes behind the beginning of a line that may be looked at without asking how long it is.
const WINDOW: usize = TIME + HEAD + NEAR;

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
            let text = window[TIME..].first_chunk::<HEAD>()?;
            // Three lines in four are of the same session as the line before.
            let at = match slots.get(*last) {
                Some(slot) if slot.head.fits(text) => *last,
                _ => find(slots, text)?,
            };
            *last = at;
            let slot = slots.get_mut(at)?;
            let Some(length) = slot.head.event(text) else {
                return slot.is_left.then_some((start, Some(Stop::Left(at))));
            };
            let event_at = TIME + length;
            let tail = tails.read(buffer.get(start + event_at..)?)?;
            if tail.length > MAX_USUAL {
                return None;
            }
            let row = number(rows.len());
            clock.pass(row, second);
            slot.signs.take(tail.effect);
            slot.weight += tail.length;
            *weight += tail.length;
            let before = std::mem::replace(&mut slot.last_row, row);
            // Less than a byte holds.
            let event = u8::try_from(event_at).unwrap_or(0);
            rows.push(Row { start: number(start), before, event });
            let next = start + event_at + tail.length;
            Some((next, tail.disconnects.then_some(Stop::Ended(at))))
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
        let sequence_at = start + TIME + index(self.slots.get(at)?.prefix);
        let length = memchr::memchr(b'\n', buffer.get(sequence_at..)?)?;
        if length > MAX_USUAL {
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
fn find(slots: &mut Slots, text: &[u8; HEAD]) -> Option<usize> {
    let comma = 1 + memchr::memchr(b',', &text[1..])?;
    let id = text.get(comma + 1..)?.first_chunk::<ID>()?;
    // Not inline: in a loop the compiler takes it apart into many small steps.
    if let Some(at) = slots.find(id, |slot| slot.head.is_of(text)) {
        return Some(at);
    }
    // The tenth and the hundredth line of a session.
    let mut wider = None;
    let at = slots.find(id, |slot| {
        let head = slot.head.widened();
        wider = head.filter(|head| head.fits(text) && head.event(text).is_some());
        wider.is_some()
    })?;
    slots.get_mut(at)?.head = wider?;
    Some(at)
}
