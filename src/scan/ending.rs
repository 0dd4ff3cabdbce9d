//! Sessions that have ended within a unit, and the end of the unit.

use super::clock::Minute;
use super::columns::{self, MAX_CONNECTOR};
use super::rows::{index, number, Row, NONE};
use super::sifted::{Found, Half, Left, Sifted};
use super::sorting::{Sorter, UnitFacts};
use super::Wanted;
use crate::log::lines::{trim, MAX_LINE};
use crate::log::record::{cut_like, Record};
use crate::session::table::key;
use crate::session::{Mark, Place, Session};
use crate::text::is_plain;

/// Most text of lines that are left; see [`super::sorting`].
const MAX_TEXT: usize = 4 << 20;

impl Sorter {
    /// A session has ended in this row, the last one so far.
    pub(super) fn close(&mut self, buffer: &[u8], at: usize, row: u32) {
        if self.slots.at(at).continues {
            return self.leave_half(buffer, at);
        }
        if self.query.options.wanted == Wanted::Sessions || !self.slots.at(at).signs.are_good() {
            let Some(session) = self.follow(buffer, at) else { return self.leave(at) };
            let found = self.query.item(session, &mut self.seen).map(|item| Found {
                row,
                late: None,
                item,
            });
            self.sifted.found.extend(found);
            self.limit();
        }
        // Only here and where sessions are left does it become less.
        self.sifted.weight = self.sifted.weight.max(self.weight);
        self.sifted.sessions = self.sifted.sessions.max(self.open);
        self.weight -= self.slots.at(at).weight;
        self.open -= 1;
        let key = self.key(at);
        self.sifted.keys.push(key);
        self.slots.remove(at);
    }

    /// The key of the session of a slot, as the table makes it.
    fn key(&mut self, at: usize) -> u64 {
        let slot = self.slots.at(at);
        let name = self.connectors.get(index(slot.connector));
        let (unit, name) = (self.unit, name.map_or(&b""[..], |name| name));
        key(&self.query.hasher, unit.log_type, unit.folder, name, &slot.id)
    }

    /// Leaves a session that is cut in two by the beginning or the end of the unit, and
    /// says what is known of this half of it: mostly the other shows that it went well.
    fn leave_half(&mut self, buffer: &[u8], at: usize) {
        let slot = self.slots.at(at);
        if slot.signs.are_doubtful() || slot.is_left {
            return self.leave(at);
        }
        let (begins, signs) = (!slot.continues, slot.signs);
        let endpoints = if begins {
            [slot.local.of(buffer), slot.remote.of(buffer)].join(&b',')
        } else {
            let Some(endpoints) = self.first_endpoints(buffer, at) else { return self.leave(at) };
            endpoints
        };
        let key = self.key(at);
        let half = number(self.sifted.halves.len());
        self.sifted.halves.push(Half { key, begins, signs, endpoints });
        self.leave_as(at, half);
    }

    /// The endpoints of the first row of a session.
    fn first_endpoints(&mut self, buffer: &[u8], at: usize) -> Option<Vec<u8>> {
        let mut first = self.slots.at(at).last_row;
        while let Some(row) = self.rows.get(index(first)).filter(|row| row.before != NONE) {
            first = row.before;
        }
        let text = buffer.get(index(self.rows.get(index(first))?.start)..)?;
        let (local, remote, _) = columns::endpoints(columns::head(text, &[])?.rest)?;
        Some([local, remote].join(&b','))
    }

    /// Follows the session of a slot record by record; `None` where the table
    /// might end it for its time.
    fn follow(&mut self, buffer: &[u8], at: usize) -> Option<Box<Session>> {
        self.chain.clear();
        let mut row = self.slots.at(at).last_row;
        while let Some(&Row { before, .. }) = self.rows.get(index(row)) {
            self.chain.push(row);
            row = before;
        }
        let connector = self.connectors.get(index(self.slots.at(at).connector))?.len();
        let mut session: Option<Box<Session>> = None;
        let mut record: Option<Record<'_>> = None;
        let mut minute = Minute::default();
        for row in self.chain.iter().rev() {
            let Row { start, event, .. } = self.rows[index(*row)];
            let start = index(start);
            let end = match self.rows.get(index(*row) + 1) {
                Some(next) => index(next.start) - 1,
                None => buffer.len(),
            };
            let line = trim(&buffer[start..end]);
            let before = record.as_mut().filter(|_| event > 0);
            if !before.is_some_and(|before| before.goes_on(line, usize::from(event))) {
                record = cut_like(line, connector, record.as_ref());
            }
            let split;
            let record = match &record {
                Some(record) => record,
                None => {
                    split = self.splitter.split(line, &self.columns).ok()?.0;
                    &split
                }
            };
            let time = minute.read(line);
            let place = Place { file: self.unit.file, line: u64::from(*row) + 1, time };
            let unit = self.unit;
            let session = session.get_or_insert_with(|| new_session(unit, record, place));
            session.take(record, line, place, self.query.keep, &mut self.seen);
            if session.is_failed_connect() {
                return None;
            }
        }
        session
    }

    /// The end of the unit; `last` is where its last line ends.
    pub fn end(&mut self, buffer: &[u8], last: usize) -> Sifted {
        self.seen.lines.end();
        for at in self.slots.used() {
            match self.cuts && !self.all_left && !self.slots.at(at).continues {
                true => self.leave_half(buffer, at),
                false => self.leave(at),
            }
        }
        self.limit();
        self.left.sort_unstable();
        let mut sifted = std::mem::take(&mut self.sifted);
        if sifted.given_up {
            return Sifted { given_up: true, error: sifted.error, ..Sifted::default() };
        }
        sifted.rows = number(self.rows.len());
        sifted.glanced = self.rows.len() - self.slowly;
        sifted.left.reserve(self.left.len());
        for left in &self.left {
            let (row, half) = left.parts();
            let start = index(self.rows[index(row)].start);
            let (end, terminated) = match self.rows.get(index(row) + 1) {
                Some(next) => (index(next.start) - 1, true),
                None if self.terminated => (last - 1, true),
                None => (last, false),
            };
            let line = &buffer[start..end];
            let length = line.len();
            let line = if length > MAX_LINE { b"" } else { trim(line) };
            sifted.text.extend_from_slice(line);
            let end = sifted.text.len();
            sifted.left.push(Left { row, late: None, end, length, terminated, half });
        }
        if sifted.text.len() > MAX_TEXT {
            return Sifted { given_up: true, error: sifted.error, ..Sifted::default() };
        }
        self.tell_the_time(&mut sifted, buffer);
        // Escaped characters take six bytes each; a mark weighs less than the rest.
        let copies = if self.query.keep.records { 2 } else { 1 };
        let weight = sifted.text.len() * copies * if is_plain(&sifted.text) { 1 } else { 6 }
            + sifted.left.len() * (std::mem::size_of::<Session>() + std::mem::size_of::<Mark>());
        let each = std::mem::size_of::<Session>() + 4 * std::mem::size_of::<Mark>();
        sifted.weight = 6 * sifted.weight + sifted.sessions * (each + 6 * MAX_CONNECTOR) + weight;
        if self.query.keep.records {
            sifted.weight = sifted.weight.saturating_mul(3);
        }
        sifted.sessions += self.left.len();
        sifted
    }

    /// How late it became before each line that is left and each item, since the one
    /// before; and at the end. A line that is left tells its own time.
    fn tell_the_time(&self, sifted: &mut Sifted, buffer: &[u8]) {
        let line = |row: u32| {
            let start = self.rows.get(index(row)).map_or(buffer.len(), |row| index(row.start));
            &buffer[start..]
        };
        let (mut minute, mut next) = (Minute::default(), 0);
        let mut late = |before: u32, after: u32| {
            let first = std::mem::replace(&mut next, after);
            (first < before).then(|| self.clock.late(first, before - 1, line, &mut minute))
        };
        let mut found = sifted.found.iter_mut().peekable();
        for left in &mut sifted.left {
            while let Some(found) = found.next_if(|found| found.row < left.row) {
                found.late = late(found.row, found.row);
            }
            left.late = late(left.row, left.row + 1);
        }
        for found in found {
            found.late = late(found.row, found.row);
        }
        sifted.late = late(sifted.rows, sifted.rows);
    }
}

fn new_session(unit: UnitFacts, record: &Record<'_>, place: Place) -> Box<Session> {
    Box::new(Session::new(unit.log_type, unit.folder, record, place))
}
