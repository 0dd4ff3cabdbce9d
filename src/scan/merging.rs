//! Units that were read by themselves, put together again in order.
//!
//! The lines that were left go into the table as if all had been read; what was
//! found comes in between where its last line stands. Where a unit might have
//! been read otherwise in its place, it is read again, line after line: that is
//! rare, and exact.

use std::collections::VecDeque;

use super::halves::Fate;
use super::reading::{Reading, State};
use super::rows::index;
use super::sifted::{Half, Sifted};
use super::units::Unit;
use super::{collect, heed, Item, Scan};
use crate::log::lines::{Line, MAX_LINE};
use crate::session::table::Table;
use crate::timestamp::Timestamp;

/// What is in the middle of being read.
pub enum Current {
    Nothing,
    /// A file, or a part of one, line after line.
    Reading(Box<Reading>, Option<Part>),
    /// A file of which some units are merged.
    Units(State),
    /// This file is of no use: what was read ahead of it is thrown away.
    Refused(usize),
}

/// A part of a file that is read again.
pub struct Part {
    /// Nothing of the file follows it.
    pub last: bool,
}

impl Scan {
    /// Puts in what a unit gave.
    pub fn merge(&mut self, unit: &Unit, sifted: Sifted) {
        let state = match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Units(state) if state.number() == unit.file => state,
            Current::Refused(number) if number == unit.file => {
                self.current = Current::Refused(number);
                return;
            }
            _ => State::new(&self.query.files[unit.file], unit.file),
        };
        let work = &mut self.work;
        if !work.has_room(&sifted) {
            // What waits is counted as if it took the most that it may take.
            work.bring_all_back();
        }
        let as_read = !sifted.given_up
            && (unit.from == 0 || state.is_ordinary(unit.log_type))
            && work.has_room(&sifted)
            && !work.table.has_any(&sifted.keys)
            && !work.halves.has_any(&sifted.keys);
        let error = sifted.error.clone();
        if as_read {
            self.put(unit, state, sifted);
        } else {
            self.work.bring_all_back();
            let file = &self.query.files[unit.file];
            match Reading::resume(file, state, sifted.from, sifted.to) {
                Ok(reading) => {
                    let last = unit.last && error.is_none();
                    self.current = Current::Reading(Box::new(reading), Some(Part { last }));
                }
                Err(problem) => self.refuse(problem, unit.file),
            }
        }
        if let Some(error) = error {
            // Read to the end what could be read, and then no more of this file.
            while let Current::Reading(..) = self.current {
                self.step();
            }
            if let Current::Units(_) = self.current {
                self.refuse(error, unit.file);
            }
        }
    }

    fn put(&mut self, unit: &Unit, mut state: State, sifted: Sifted) {
        let Sifted { rows, left, text, halves, found, late, error, glanced, .. } = sifted;
        let Scan { query, work, items, .. } = self;
        let origin = state.origin(unit.log_type);
        let decide = |half: Half| (half.key, work.halves.decide(half, &origin, &work.table));
        let fates: Vec<(u64, Fate)> = halves.into_iter().map(decide).collect();
        // Two, and three times all, as where units are weighed.
        let copies = if query.keep.records { 6 } else { 1 };
        let before = state.lines();
        let pass = |late: Option<Timestamp>, table: &mut Table, items: &mut VecDeque<Item>| {
            if let Some(now) = late.filter(|_| table.next_end().is_some()) {
                table.pass(now);
                collect(query, table, items);
            }
        };
        let mut found = found.into_iter().peekable();
        let mut begin = 0;
        for line in left {
            while let Some(found) = found.next_if(|found| found.row < line.row) {
                pass(found.late, &mut work.table, items);
                items.push_back(shifted(found.item, before));
            }
            pass(line.late, &mut work.table, items);
            let too_long = line.length > MAX_LINE;
            let text = &text[begin..line.end];
            begin = line.end;
            if text.is_empty() && !too_long && !line.terminated {
                continue; // a file does not end with an empty line
            }
            let number = before + u64::from(line.row) + 1;
            if let Some((key, fate @ (Fate::Waits | Fate::Well))) = fates.get(index(line.half)) {
                if let Fate::Waits = fate {
                    work.halves.add(*key, text, number, work.table.age(), copies);
                }
                let now = work.table.next_end().and_then(|_| state.time(text));
                pass(now, &mut work.table, items);
                continue;
            }
            let line = Line { text, number, terminated: line.terminated, too_long };
            let read = state.read(line, work, &mut heed(query, items));
            if let Err(problem) = read {
                return self.refuse(problem, unit.file);
            }
        }
        for found in found {
            pass(found.late, &mut work.table, items);
            items.push_back(shifted(found.item, before));
        }
        pass(late, &mut work.table, items);
        self.glanced += glanced;
        state.pass(before + u64::from(rows) - state.lines());
        self.progress.bytes_done += unit.to - unit.from;
        self.bytes_before = self.progress.bytes_done;
        if unit.last && error.is_none() {
            self.end_file(&state);
        } else {
            self.current = Current::Units(state);
        }
    }
}

/// The lines of a unit are counted from its first one.
fn shifted(mut item: Item, lines: u64) -> Item {
    match &mut item {
        Item::Failure(failure) => failure.line += lines,
        Item::Session(session) => session.line += lines,
        Item::Line(session) => session.line += lines,
        Item::Packed(session) => session.line += lines,
        Item::Problem(_) => {}
    }
    item
}
