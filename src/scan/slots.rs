//! The sessions of a unit that are open, found by connector and id.
//!
//! A few dozen at a time: a session that has ended gives its slot back, so that
//! all of them stay in the processor's nearest cache.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::columns::ID;
use super::head::Head;
use super::rows::{Span, NONE};
use crate::session::bearing::Signs;

/// A session id of a connector, and its session.
pub struct Slot {
    pub id: [u8; ID],
    pub connector: u32,
    /// To be followed by the table of the scan, to the end of the unit; otherwise
    /// a session is open that began in this unit and is as usual in everything.
    pub is_left: bool,
    /// It began before this unit; all else is as usual.
    pub continues: bool,
    pub signs: Signs,
    /// Length of `,CONNECTOR,ID,`.
    pub prefix: u32,
    /// What its lines have in common, as far as they can be read at a glance.
    pub head: Head,
    pub last_row: u32,
    /// The endpoints as the session has them.
    pub local: Span,
    pub remote: Span,
    /// Bytes of its records, from the event on.
    pub weight: usize,
}

/// The slots of a unit.
pub struct Slots {
    all: Vec<Slot>,
    free: Vec<u32>,
    places: Vec<u32>,
    /// Chosen by chance.
    seeds: [u64; 2],
    /// Where the comma stood behind a connector, by how that begins.
    commas: [u8; COMMAS],
}

/// Connectors that are told from each other: more than a server has.
const COMMAS: usize = 64;

impl Default for Slots {
    fn default() -> Self {
        let hasher = RandomState::default();
        let seeds = [hasher.hash_one(0), hasher.hash_one(1)];
        Slots { all: Vec::new(), free: Vec::new(), places: Vec::new(), seeds, commas: [0; COMMAS] }
    }
}

impl Slots {
    pub fn clear(&mut self) {
        self.all.clear();
        self.free.clear();
        self.places.clear();
        self.places.resize(1024, NONE);
    }

    #[inline(always)]
    pub fn get(&self, at: usize) -> Option<&Slot> {
        self.all.get(at)
    }

    #[inline(always)]
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Slot> {
        self.all.get_mut(at)
    }

    pub fn at(&mut self, at: usize) -> &mut Slot {
        &mut self.all[at]
    }

    pub fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// Where the comma behind a connector stood in the last text that began alike;
    /// 0 before the first.
    #[inline(always)]
    pub fn comma(&mut self, text: &[u8; 17]) -> &mut u8 {
        let text = text[1..].try_into().map_or(0, u128::from_le_bytes);
        let folded = u64::try_from((text ^ (text >> 59)) & u128::from(u64::MAX)).unwrap_or(0);
        let mixed =
            folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - COMMAS.trailing_zeros());
        &mut self.commas[usize::try_from(mixed).unwrap_or(0) % COMMAS]
    }

    /// The first slot of an id.
    #[inline(always)]
    pub fn first(&self, id: &[u8; ID]) -> Option<usize> {
        self.find(id, |_| true)
    }

    /// The slot of an id of which `is` holds.
    #[inline(always)]
    pub fn find(&self, id: &[u8; ID], mut is: impl FnMut(&Slot) -> bool) -> Option<usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = self.hash(id) & mask;
        loop {
            // Empty places are beyond the end of all slots.
            let at = usize::try_from(*self.places.get(place)?).ok()?;
            let slot = self.all.get(at)?;
            if slot.id == *id && is(slot) {
                return Some(at);
            }
            place = (place + 1) & mask;
        }
    }

    /// Adds a slot.
    pub fn add(&mut self, slot: Slot) -> usize {
        if (self.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        let mask = self.places.len() - 1;
        let mut place = self.hash(&slot.id) & mask;
        while self.places[place] != NONE {
            place = (place + 1) & mask;
        }
        let free = self.free.pop().and_then(|at| usize::try_from(at).ok());
        let at = free.unwrap_or(self.all.len());
        self.places[place] = u32::try_from(at).unwrap_or(NONE);
        match self.all.get_mut(at) {
            Some(unused) => *unused = slot,
            None => self.all.push(slot),
        }
        at
    }

    /// Gives a slot back.
    pub fn remove(&mut self, at: usize) {
        let number = u32::try_from(at).unwrap_or(NONE);
        let mask = self.places.len() - 1;
        let mut gap = self.hash(&self.all[at].id) & mask;
        while self.places[gap] != number {
            gap = (gap + 1) & mask;
        }
        // Those that stand behind it for want of this place move up.
        let mut place = gap;
        loop {
            place = (place + 1) & mask;
            let moved = usize::try_from(self.places[place]).ok();
            let Some(slot) = moved.and_then(|moved| self.all.get(moved)) else { break };
            let wanted = self.hash(&slot.id) & mask;
            if place.wrapping_sub(wanted) & mask >= place.wrapping_sub(gap) & mask {
                self.places[gap] = self.places[place];
                gap = place;
            }
        }
        self.places[gap] = NONE;
        self.free.push(number);
        // Nothing is found here any more.
        self.all[at].head = Head::NONE;
    }

    /// The slots in use.
    pub fn used(&self) -> Vec<usize> {
        let used = self.places.iter().filter_map(|at| usize::try_from(*at).ok());
        used.filter(|at| *at < self.all.len()).collect()
    }

    fn grow(&mut self) {
        let used = self.used();
        let size = self.places.len().max(256) * 4;
        self.places.clear();
        self.places.resize(size, NONE);
        for at in used {
            let mut place = self.hash(&self.all[at].id) & (size - 1);
            while self.places[place] != NONE {
                place = (place + 1) & (size - 1);
            }
            self.places[place] = u32::try_from(at).unwrap_or(NONE);
        }
    }

    #[inline(always)]
    fn hash(&self, id: &[u8; ID]) -> usize {
        let (low, high) = id.split_at(ID / 2);
        let word = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
        // Folded like this the ids of a log cannot be chosen so that they meet.
        let [one, other] = self.seeds;
        let product = u128::from(word(low) ^ one) * u128::from(word(high) ^ other);
        usize::try_from((product ^ (product >> 64)) & 0xFFFF_FFFF).unwrap_or(0)
    }
}

impl Slot {
    pub fn new(id: [u8; ID], connector: u32) -> Self {
        Slot {
            id,
            connector,
            is_left: false,
            continues: false,
            signs: Signs::default(),
            prefix: 0,
            head: Head::NONE,
            last_row: NONE,
            local: Span::default(),
            remote: Span::default(),
            weight: 0,
        }
    }

    /// Whether a record surely belongs to this session; as in the table's `fit`.
    /// It comes later in the session, if `later`.
    pub fn fits(&self, buffer: &[u8], local: &[u8], remote: &[u8], later: bool) -> bool {
        let (own_local, own_remote) = (self.local.of(buffer), self.remote.of(buffer));
        if own_local == local && own_remote == remote {
            return true;
        }
        let may_be = |own: &[u8], other: &[u8]| own == other || own.is_empty() || other.is_empty();
        later && may_be(own_local, local) && may_be(own_remote, remote)
    }

    /// Takes over the endpoints of a record that fits; they stand at `offset`. Tells
    /// whether it has all that the session has.
    pub fn set_endpoints(
        &mut self,
        buffer: &[u8],
        offset: usize,
        local: usize,
        remote: usize,
    ) -> bool {
        let local = Span { start: offset, end: offset + local };
        let remote = Span { start: local.end + 1, end: local.end + 1 + remote };
        if local.start < local.end {
            self.local = local;
        }
        if remote.start < remote.end {
            self.remote = remote;
        }
        self.local.of(buffer) == local.of(buffer) && self.remote.of(buffer) == remote.of(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn finds_what_was_added_and_not_what_was_removed() {
        let mut slots = Slots::default();
        slots.clear();
        let mut known: HashMap<(u32, u32), usize> = HashMap::new();
        // Any sequence that adds and removes in no order.
        let mut number = 1_u32;
        for step in 0..30_000 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let name = (number >> 16 & 0x3FF, number >> 28 & 1);
            let mut id = [b'0'; ID];
            id[..4].copy_from_slice(&name.0.to_le_bytes());
            let found = slots.find(&id, |slot| slot.connector == name.1);
            assert_eq!(found, known.get(&name).copied(), "{step}");
            match found {
                Some(at) if number & 0x100 == 0 => {
                    slots.remove(at);
                    known.remove(&name);
                }
                Some(_) => {}
                None => {
                    known.insert(name, slots.add(Slot::new(id, name.1)));
                }
            }
            assert_eq!(slots.len(), known.len());
        }
        let mut used = slots.used();
        used.sort_unstable();
        let mut expected: Vec<usize> = known.into_values().collect();
        expected.sort_unstable();
        assert_eq!(used, expected);
    }
}
