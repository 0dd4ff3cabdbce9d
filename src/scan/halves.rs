//! Sessions that the end of a unit cuts in two.
//!
//! To put their lines into the table costs as much as twenty lines that are read at a
//! glance, and nearly all these sessions went well. So the first half of one waits here
//! until the next unit shows the other half. Where both are as usual, fit and show that no
//! failure can come of the session, neither is ever put into the table. In all other cases
//! the lines go into the table after all, with the ages they would have had there; they
//! are brought back before anything can ask for them: a record of the same session, a file
//! that is read line after line, the end of the scan.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::clock::Minute;
use super::columns::MAX_CONNECTOR;
use super::sifted::Half;
use crate::log::header::Columns;
use crate::log::record::Splitter;
use crate::log::LogType;
use crate::session::bearing::Signs;
use crate::session::table::Table;
use crate::session::{Mark, Place, Session};

/// What a session takes, apart from what stands in its lines.
const SESSION: usize = size_of::<Session>() + size_of::<Mark>() + 6 * MAX_CONNECTOR;

/// The halves that wait, by the keys of their sessions.
#[derive(Default)]
pub struct Halves {
    waiting: HashMap<u64, Waiting, RandomState>,
    splitter: Splitter,
    sessions: usize,
    weight: usize,
    put_together: usize,
}

/// What a session has to fit that goes on.
struct Waiting {
    signs: Signs,
    endpoints: Vec<u8>,
    log_type: LogType,
    folder: usize,
    file: usize,
    lines: Vec<WaitingLine>,
    text: Vec<u8>,
    weight: usize,
}

/// A line that is not yet in the table.
struct WaitingLine {
    number: u64,
    /// Where it ends in the text.
    end: usize,
    /// The age it has in the table.
    age: u64,
}

/// What becomes of a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its lines go into the table.
    Table,
    /// Its lines wait.
    Waits,
    /// The session went well as a whole.
    Well,
}

/// Where the lines of halves stand.
pub struct Origin {
    pub log_type: LogType,
    pub folder: usize,
    pub file: usize,
}

impl Halves {
    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many sessions went well of which both halves were seen.
    pub fn put_together(&self) -> usize {
        self.put_together
    }

    /// Bounds of what the table will hold once all are brought back.
    pub fn bounds(&self) -> (usize, usize) {
        (self.sessions, self.weight)
    }

    /// Whether a session with one of these keys waits.
    pub fn has_any(&self, keys: &[u64]) -> bool {
        !self.is_empty() && keys.iter().any(|key| self.waiting.contains_key(key))
    }

    /// Decides what becomes of a half; its lines are told to [`Halves::add`] if they are to wait.
    pub fn decide(&mut self, half: Half, origin: &Origin, table: &Table) -> Fate {
        let Half { key, begins, signs, endpoints } = half;
        if begins {
            if table.has_any(&[key]) || self.waiting.contains_key(&key) {
                return Fate::Table;
            }
            let &Origin { log_type, folder, file } = origin;
            // Half of a usual session.
            let (lines, text) = (Vec::with_capacity(32), Vec::with_capacity(4096));
            let weight = SESSION;
            let waiting = Waiting { signs, endpoints, log_type, folder, file, lines, text, weight };
            self.waiting.insert(key, waiting);
            self.sessions += 1;
            self.weight += SESSION;
            return Fate::Waits;
        }
        let is_other =
            |first: &Waiting| first.endpoints == endpoints && first.signs.are_good_with(signs);
        if !self.waiting.get(&key).is_some_and(is_other) {
            return Fate::Table;
        }
        self.remove(key);
        self.put_together += 1;
        Fate::Well
    }

    /// A line of a half that waits, of which a session keeps so many copies.
    pub fn add(&mut self, key: u64, line: &[u8], number: u64, age: u64, copies: usize) {
        let Some(half) = self.waiting.get_mut(&key) else { return };
        // Escaped characters take six bytes each.
        let weight = 6 * copies * line.len();
        half.text.extend_from_slice(line);
        half.lines.push(WaitingLine { number, end: half.text.len(), age });
        half.weight += weight;
        self.weight += weight;
    }

    /// Puts the session of a key into the table, if it waits.
    pub fn bring_back(&mut self, key: u64, table: &mut Table) {
        let Some(half) = self.remove(key) else { return };
        let (mut begin, mut minute) = (0, Minute::default());
        let columns = Columns::standard();
        for WaitingLine { number, end, age } in half.lines {
            let line = &half.text[begin..end];
            begin = end;
            // It was a record like this when it was taken in.
            let Ok((record, _)) = self.splitter.split(line, &columns) else { continue };
            let place = Place { file: half.file, line: number, time: minute.read(line) };
            table.take_aged(age, half.log_type, half.folder, &record, line, place);
        }
    }

    /// Puts all into the table.
    pub fn bring_all_back(&mut self, table: &mut Table) {
        let keys: Vec<u64> = self.waiting.keys().copied().collect();
        for key in keys {
            self.bring_back(key, table);
        }
    }

    fn remove(&mut self, key: u64) -> Option<Waiting> {
        let half = self.waiting.remove(&key)?;
        self.sessions -= 1;
        self.weight -= half.weight;
        Some(half)
    }
}
