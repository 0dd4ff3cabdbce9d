//! The lines of a unit, and which of them belong to which session.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::columns::ID;
use crate::session::bearing::Signs;

/// No row, no slot.
pub const NONE: u32 = u32::MAX;

/// A line of a unit.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Where it begins in the buffer.
    pub start: u32,
    /// The row before it of the same session.
    pub before: u32,
}

/// A piece of the buffer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn of<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        &buffer[self.start..self.end]
    }
}

/// What is known of a session id in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A session is open that began in this unit and is as usual in everything.
    Open,
    /// The last session ended; another may begin.
    Closed,
    /// To be followed by the table of the scan, to the end of the unit.
    Left,
}

/// A session id of a connector, and its session.
pub struct Slot {
    pub id: [u8; ID],
    pub connector: u32,
    pub state: State,
    pub signs: Signs,
    pub sequence: u64,
    pub last_row: u32,
    /// The endpoints as the session has them; `both` is where a line of the unit
    /// holds the two, commas included.
    pub both: Span,
    pub local: Span,
    pub remote: Span,
    /// Bytes a table would count for it at most.
    pub weight: usize,
}

/// The slots of a unit, found by connector and id.
#[derive(Default)]
pub struct Slots {
    all: Vec<Slot>,
    places: Vec<u32>,
    hasher: RandomState,
}

impl Slots {
    pub fn clear(&mut self) {
        self.all.clear();
        self.places.clear();
        self.places.resize(1024, NONE);
    }

    pub fn at(&mut self, slot: usize) -> &mut Slot {
        &mut self.all[slot]
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The slot of a session, else the place where it can be put.
    #[inline]
    pub fn find(&self, connector: u32, id: &[u8; ID]) -> Result<usize, usize> {
        let mask = self.places.len() - 1;
        let mut place = self.hash(connector, id) & mask;
        loop {
            match usize::try_from(self.places[place]) {
                Ok(at) if at < self.all.len() => {
                    let slot = &self.all[at];
                    if slot.id == *id && slot.connector == connector {
                        return Ok(at);
                    }
                }
                _ => return Err(place),
            }
            place = (place + 1) & mask;
        }
    }

    /// Puts a slot where [`Self::find`] found a place.
    pub fn put(&mut self, place: usize, slot: Slot) -> usize {
        let at = self.all.len();
        self.places[place] = u32::try_from(at).unwrap_or(NONE);
        self.all.push(slot);
        if self.all.len() * 2 > self.places.len() {
            self.grow();
        }
        at
    }

    fn grow(&mut self) {
        let size = self.places.len() * 4;
        self.places.clear();
        self.places.resize(size, NONE);
        for at in 0..self.all.len() {
            let slot = &self.all[at];
            let mut place = self.hash(slot.connector, &slot.id) & (size - 1);
            while self.places[place] != NONE {
                place = (place + 1) & (size - 1);
            }
            self.places[place] = u32::try_from(at).unwrap_or(NONE);
        }
    }

    #[inline]
    fn hash(&self, connector: u32, id: &[u8; ID]) -> usize {
        let (low, high) = id.split_at(ID / 2);
        let word = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
        let hash = self.hasher.hash_one((word(low), word(high) ^ u64::from(connector)));
        usize::try_from(hash & 0xFFFF_FFFF).unwrap_or(0)
    }
}
