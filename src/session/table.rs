//! The sessions that are open: finds the one a record belongs to.
//!
//! Sessions interleave line by line, and their ids are unique within one
//! process only: two servers, or an anonymised log, give the same id to
//! several sessions at once. A record goes to the session with its id whose
//! endpoints and sequence number it fits best.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::seen::Seen;
use super::{Keep, Place, Session};
use crate::log::header::Column;
use crate::log::record::{Event, Record};
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// Most sessions open at once. A receive connector takes 5,000 connections at
/// most by default (MaxInboundConnection) and a server opens 1,000
/// (MaxOutboundConnections); what is beyond twice that never ends.
const MAX_OPEN: usize = 16_384;

/// Most memory of open sessions, in bytes, and where their records are kept too.
const MAX_WEIGHT: usize = 16 << 20;
const MAX_WEIGHT_WITH_RECORDS: usize = 256 << 20;

/// Most sessions of one id at once. Only anonymised logs come near it; a bound
/// keeps a log of a single id from making every record a search.
const MAX_NAMESAKES: usize = 64;

/// How long after a failed connect another try may follow in the same session:
/// Windows gives up a TCP connect after 21 seconds, and the addresses of a host
/// are tried one after the other.
const CONNECT_PATIENCE_MS: i64 = 10 * 60 * 1000;

/// The open sessions of a scan.
pub struct Table {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    /// The newest session of each key; the others hang behind it.
    heads: HashMap<u64, usize, RandomState>,
    hasher: RandomState,
    keep: Keep,
    weight: usize,
    clock: u64,
    /// Sessions that failed to connect, by when they did and when their slot was
    /// filled: nothing else ends them.
    waiting: BTreeMap<(Timestamp, u64), usize>,
    seen: Seen,
    #[allow(clippy::vec_box)] // they come out of boxes and go into boxes
    finished: Vec<Box<Session>>,
}

struct Slot {
    /// In a box: half a kilobyte would be moved at every turn.
    session: Box<Session>,
    key: u64,
    next: Option<usize>,
    /// When the slot was last used, and when it was filled, in records read.
    touched: u64,
    born: u64,
    waits: bool,
}

impl Table {
    /// An empty table.
    pub fn new(keep: Keep) -> Self {
        Table::with_hasher(keep, RandomState::default())
    }

    /// An empty table whose keys are made by this hasher.
    pub fn with_hasher(keep: Keep, hasher: RandomState) -> Self {
        Table {
            slots: Vec::new(),
            free: Vec::new(),
            heads: HashMap::default(),
            hasher,
            keep,
            weight: 0,
            clock: 0,
            waiting: BTreeMap::new(),
            seen: Seen::default(),
            finished: Vec::new(),
        }
    }

    /// Takes in a record; `line` is its text as it stands in the file.
    pub fn take(
        &mut self,
        log_type: LogType,
        folder: usize,
        record: &Record<'_>,
        line: &[u8],
        place: Place,
    ) {
        self.clock += 1;
        self.put(log_type, folder, record, line, place);
        if let Some(now) = place.time {
            self.pass(now);
        }
    }

    fn put(
        &mut self,
        log_type: LogType,
        folder: usize,
        record: &Record<'_>,
        line: &[u8],
        place: Place,
    ) {
        let key = self.key(log_type, folder, record);
        let sequence = record.sequence();
        let at = match self.find(key, record, sequence) {
            Some(at) => at,
            None => self.open(key, Box::new(Session::new(log_type, folder, record, place))),
        };
        let Some(slot) = self.slots[at].as_mut() else { return };
        let before = slot.session.weight;
        slot.session.last_sequence = sequence.or(slot.session.last_sequence);
        slot.session.take(record, line, place, self.keep, &mut self.seen);
        slot.touched = self.clock;
        self.weight += slot.session.weight - before;
        if record.event() == Event::Disconnect {
            self.close(at);
        } else if let (true, false, Some(now)) =
            (slot.session.is_failed_connect(), slot.waits, place.time)
        {
            slot.waits = true;
            self.waiting.insert((now, slot.born), at);
        }
    }

    /// Takes in a record that stands before others which were taken in already; `age` was
    /// kept for it by [`Table::age`]. Its time has passed.
    pub fn take_aged(
        &mut self,
        age: u64,
        log_type: LogType,
        folder: usize,
        record: &Record<'_>,
        line: &[u8],
        place: Place,
    ) {
        let now = std::mem::replace(&mut self.clock, age);
        self.put(log_type, folder, record, line, place);
        self.clock = now;
    }

    /// Keeps the age of a record that may be taken in later.
    pub fn age(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// The key of the session of a record.
    pub fn key(&self, log_type: LogType, folder: usize, record: &Record<'_>) -> u64 {
        let (connector, id) = (record.get(Column::Connector), record.get(Column::Session));
        key(&self.hasher, log_type, folder, connector, id)
    }

    /// A record of this time stands in the logs: ends the sessions that failed
    /// to connect so long before that no other try can follow.
    pub fn pass(&mut self, now: Timestamp) {
        while self.next_end().is_some_and(|end| end <= now) {
            let Some(((_, born), at)) = self.waiting.pop_first() else { return };
            let Some(slot) = self.slots[at].as_mut().filter(|slot| slot.born == born) else {
                continue;
            };
            slot.waits = false;
            if slot.session.is_failed_connect() {
                self.close(at);
            }
        }
    }

    /// The time of a record that would end a session for nothing else than its time.
    pub fn next_end(&self) -> Option<Timestamp> {
        let ((since, _), _) = self.waiting.first_key_value()?;
        Some(Timestamp::from_unix_millis(since.unix_millis().saturating_add(CONNECT_PATIENCE_MS)))
    }

    /// Whether a session with one of these keys is open.
    pub fn has_any(&self, keys: &[u64]) -> bool {
        !self.heads.is_empty() && keys.iter().any(|key| self.heads.contains_key(key))
    }

    /// Whether so many more sessions, of so many bytes, do not fill the table.
    pub fn has_room(&self, sessions: usize, bytes: usize) -> bool {
        self.slots.len() - self.free.len() + sessions < MAX_OPEN
            && self.weight.saturating_add(bytes) <= self.max_weight()
    }

    /// The sessions that ended since the last call, and what helps to read them.
    pub fn finished(&mut self) -> (&mut Vec<Box<Session>>, &mut Seen) {
        (&mut self.finished, &mut self.seen)
    }

    /// Ends the table: what is still open is finished as it stands.
    pub fn finish(&mut self) {
        let mut open: Vec<usize> =
            (0..self.slots.len()).filter(|at| self.slots[*at].is_some()).collect();
        open.sort_by_key(|at| self.slots[*at].as_ref().map(|slot| slot.born));
        for at in open {
            self.close(at);
        }
    }

    fn find(&mut self, key: u64, record: &Record<'_>, sequence: Option<u64>) -> Option<usize> {
        let mut best: Option<(u8, usize)> = None;
        let mut replaced = None;
        let mut next = self.heads.get(&key).copied();
        while let Some(at) = next {
            let slot = self.slots[at].as_ref()?;
            next = slot.next;
            match fit(&slot.session, record, sequence) {
                Fit::Replaces => replaced = Some(at),
                Fit::Rank(rank) if best.is_none_or(|(known, _)| rank > known) => {
                    best = Some((rank, at))
                }
                Fit::Rank(_) | Fit::No => {}
            }
        }
        if let (None, Some(at)) = (best, replaced) {
            self.close(at);
        }
        best.map(|(_, at)| at)
    }

    fn open(&mut self, key: u64, session: Box<Session>) -> usize {
        if self.slots.len() - self.free.len() >= MAX_OPEN || self.weight > self.max_weight() {
            self.give_up_oldest();
        }
        self.limit_namesakes(key);
        self.weight += session.weight;
        let slot = Slot {
            session,
            key,
            next: self.heads.get(&key).copied(),
            touched: self.clock,
            born: self.clock,
            waits: false,
        };
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at] = Some(slot);
                at
            }
            None => {
                self.slots.push(Some(slot));
                self.slots.len() - 1
            }
        };
        self.heads.insert(key, at);
        at
    }

    fn max_weight(&self) -> usize {
        if self.keep.records {
            MAX_WEIGHT_WITH_RECORDS
        } else {
            MAX_WEIGHT
        }
    }

    /// Finishes the half of the open sessions that were silent longest: one
    /// sweep for many, so that a table that stays full costs little a record.
    fn give_up_oldest(&mut self) {
        let mut ages: Vec<(u64, usize)> = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(at, slot)| slot.as_ref().map(|slot| (slot.touched, at)))
            .collect();
        ages.sort_unstable();
        for (_, at) in &ages[..ages.len().div_ceil(2)] {
            self.close(*at);
        }
    }

    fn limit_namesakes(&mut self, key: u64) {
        let mut chain = Vec::new();
        let mut next = self.heads.get(&key).copied();
        while let Some(slot) = next.and_then(|at| self.slots[at].as_ref().map(|slot| (at, slot))) {
            chain.push((slot.1.touched, slot.0));
            next = slot.1.next;
        }
        if chain.len() >= MAX_NAMESAKES {
            if let Some((_, oldest)) = chain.iter().min() {
                self.close(*oldest);
            }
        }
    }

    fn close(&mut self, at: usize) {
        let Some(slot) = self.slots[at].take() else { return };
        self.free.push(at);
        self.weight -= slot.session.weight;
        if self.heads.get(&slot.key) == Some(&at) {
            match slot.next {
                Some(next) => self.heads.insert(slot.key, next),
                None => self.heads.remove(&slot.key),
            };
        } else {
            let mut previous = self.heads.get(&slot.key).copied();
            while let Some(before) = previous.and_then(|previous| self.slots[previous].as_mut()) {
                if before.next == Some(at) {
                    before.next = slot.next;
                    break;
                }
                previous = before.next;
            }
        }
        self.finished.push(slot.session);
    }
}

/// The key of a session. Two sessions of one key are told apart by `fit`.
pub fn key(
    hasher: &RandomState,
    log_type: LogType,
    folder: usize,
    connector: &[u8],
    id: &[u8],
) -> u64 {
    hasher.hash_one((folder, log_type, connector, id))
}

enum Fit {
    No,
    /// The record starts anew what this session was: it will see no more records.
    Replaces,
    /// The higher the better.
    Rank(u8),
}

fn fit(session: &Session, record: &Record<'_>, sequence: Option<u64>) -> Fit {
    if session.connector.as_bytes() != record.get(Column::Connector)
        && !is_cleaned(&session.connector)
        || session.id.as_bytes() != record.get(Column::Session) && !is_cleaned(&session.id)
    {
        return Fit::No; // another key with the same hash
    }
    let (local, remote) = (record.get(Column::Local), record.get(Column::Remote));
    let same_local = session.local.as_bytes() == local;
    let same_remote = session.remote.as_bytes() == remote;
    let last = session.last_sequence;
    let restarts = match sequence {
        Some(0) => {
            last.is_some_and(|last| last > 0)
                || record.event() == Event::Connect && session.connected
        }
        Some(_) => false,
        None => record.event() == Event::Connect && session.connected,
    };
    if restarts {
        return if same_local && same_remote && !local.is_empty() {
            Fit::Replaces
        } else {
            Fit::No
        };
    }
    let next = matches!((sequence, last), (Some(now), Some(last)) if now == last.saturating_add(1));
    let later = match (sequence, last) {
        (Some(now), Some(last)) => now > last,
        _ => true,
    };
    if same_local && same_remote {
        return Fit::Rank(if later { 6 } else { 5 });
    }
    let may_be_local = same_local || session.local.is_empty() || local.is_empty();
    let may_be_remote = same_remote || session.remote.is_empty() || remote.is_empty();
    match (may_be_local && may_be_remote, next, later) {
        (true, true, _) => Fit::Rank(4),
        (true, false, true) => Fit::Rank(3),
        // The next address of the same host, after a connect that failed.
        (false, true, _) if session.is_failed_connect() => Fit::Rank(2),
        _ => Fit::No,
    }
}

/// Whether a kept text may differ from its bytes because characters were escaped or replaced.
fn is_cleaned(text: &str) -> bool {
    text.contains(['\\', '\u{FFFD}'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::header::Columns;
    use crate::log::record::Splitter;

    #[allow(clippy::vec_box)]
    fn run(lines: &[String]) -> Vec<Box<Session>> {
        let mut table = Table::new(Keep::default());
        let mut splitter = Splitter::default();
        for (number, line) in lines.iter().enumerate() {
            let (record, _) = splitter.split(line.as_bytes(), &Columns::standard()).unwrap();
            let time = Timestamp::parse(record.get(Column::Time));
            table.take(
                LogType::Send,
                0,
                &record,
                line.as_bytes(),
                Place { file: 0, line: number as u64 + 1, time },
            );
        }
        table.finish();
        std::mem::take(table.finished().0)
    }

    #[test]
    fn sessions_that_never_end_do_not_take_the_memory() {
        let lines: Vec<String> = (0..100_000)
            .map(|id| {
                format!(
                    "2024-01-01T00:00:00.000Z,c,{id:016X},0,10.0.0.1:{},10.0.0.2:25,+,,",
                    id % 65536
                )
            })
            .collect();
        let mut table = Table::new(Keep::default());
        let mut splitter = Splitter::default();
        let mut finished = 0;
        for line in &lines {
            let (record, _) = splitter.split(line.as_bytes(), &Columns::standard()).unwrap();
            table.take(LogType::Send, 0, &record, line.as_bytes(), Place::default());
            finished += table.finished().0.drain(..).count();
            assert!(table.weight <= MAX_WEIGHT + 8192 && table.slots.len() <= MAX_OPEN);
        }
        table.finish();
        assert_eq!(finished + table.finished().0.len(), lines.len());
        assert_eq!(table.weight, 0);
        assert!(table.heads.is_empty());
    }

    #[test]
    fn ids_of_zeros_are_told_apart_by_endpoints() {
        let line = |sequence: u32, port: u32, rest: &str| {
            format!("2024-01-01T00:00:00.000Z,c,0000000000000000,{sequence},10.0.0.1:{port},10.0.0.2:25,{rest}")
        };
        let lines: Vec<String> = ["+,,", ">,EHLO a,", "-,,Local"]
            .iter()
            .enumerate()
            .flat_map(|(sequence, rest)| (1..=3).map(move |port| (sequence as u32, port, *rest)))
            .map(|(sequence, port, rest)| line(sequence, port, rest))
            .collect();
        let sessions = run(&lines);
        assert_eq!(sessions.len(), 3);
        assert!(sessions.iter().all(|session| session.record_count == 3 && session.is_complete()));
    }

    #[test]
    fn a_failed_connect_ends_when_no_other_try_can_follow() {
        let first = "2024-01-01T00:00:00.000Z,c,A,0,,10.0.0.2:25,*,,\"Failed to connect. Winsock error code: 10061\"";
        let later = "2024-01-01T00:11:00.000Z,c,B,0,,10.0.0.3:25,*,,attempting to connect";
        let sessions = run(&[first.to_owned(), later.to_owned()]);
        assert_eq!(sessions[0].id, "A");
        assert!(sessions[0].is_complete());
    }
}
