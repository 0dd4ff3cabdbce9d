//! The lines of a unit, sorted into sessions.
//!
//! This way takes every line. A line that is as usual goes to its session; any
//! other is left, and with it all lines of its session, those that have passed
//! and those to come.

use std::collections::HashMap;
use std::sync::Arc;

use super::clock::{Clock, Passes, TIME};
use super::columns::{self, Connector, ID, MAX_CONNECTOR};
use super::head::Head;
use super::query::Query;
use super::rows::{index, number, LeftRow, Row, NONE};
use super::sifted::Sifted;
use super::slots::{Slot, Slots};
use super::tails::{Tail, Tails};
use super::units::Unit;
use super::Wanted;
use crate::log::header::{self, Column, Columns, HeaderLine};
use crate::log::lines::{trim, MAX_LINE};
use crate::log::record::{Event, Splitter};
use crate::log::LogType;
use crate::session::bearing::{Effect, Signs};
use crate::session::seen::Seen;

/// Where more is left of a unit, or found in it, than this, it is given up: what
/// waits to be merged has to be bounded, and whoever merges is as fast alone.
const MAX_LEFT: usize = 32 * 1024;
const MAX_SLOTS: usize = 4 * 1024;
const MAX_FOUND: usize = 8 * 1024;

/// The lines of a unit being read.
pub struct Sorter {
    pub(super) query: Arc<Query>,
    pub(super) unit: UnitFacts,
    pub(super) columns: Columns,
    pub(super) splitter: Splitter,
    pub(super) clock: Clock,
    pub(super) tails: [Tails; 2],
    /// Which of them.
    pub(super) direction: usize,
    pub(super) connectors: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32, foldhash::fast::RandomState>,
    pub(super) rows: Vec<Row>,
    /// In no order.
    pub(super) left: Vec<LeftRow>,
    pub(super) slots: Slots,
    /// The slot of the line before.
    pub(super) last: usize,
    /// Rows of the session being followed.
    pub(super) chain: Vec<u32>,
    /// From here on everything is left.
    pub(super) all_left: bool,
    /// Sessions that went well give nothing, so halves of them may.
    pub(super) cuts: bool,
    /// Lines that were not read at a glance.
    pub(super) slowly: usize,
    pub(super) terminated: bool,
    /// Sessions that are open here, and bytes of their records.
    pub(super) open: usize,
    pub(super) weight: usize,
    pub(super) sifted: Sifted,
    pub(super) seen: Seen,
}

#[derive(Clone, Copy)]
pub struct UnitFacts {
    pub file: usize,
    pub folder: usize,
    pub log_type: LogType,
}

impl Sorter {
    pub fn new(query: Arc<Query>) -> Self {
        Sorter {
            query,
            unit: UnitFacts { file: 0, folder: 0, log_type: LogType::Send },
            columns: Columns::standard(),
            splitter: Splitter::default(),
            clock: Clock::default(),
            tails: [LogType::Send, LogType::Receive].map(Tails::new),
            direction: 0,
            connectors: Vec::new(),
            numbers: HashMap::default(),
            rows: Vec::new(),
            left: Vec::new(),
            slots: Slots::default(),
            last: usize::MAX,
            chain: Vec::new(),
            all_left: false,
            cuts: false,
            slowly: 0,
            terminated: true,
            open: 0,
            weight: 0,
            sifted: Sifted::default(),
            seen: Seen::default(),
        }
    }

    pub fn begin(&mut self, unit: &Unit) {
        let folder = self.query.files.get(unit.file).map_or(0, |file| file.folder);
        self.unit = UnitFacts { file: unit.file, folder, log_type: unit.log_type };
        self.direction = usize::from(unit.log_type == LogType::Receive);
        // Another server has others, and only the first few are found at once.
        self.connectors.clear();
        self.numbers.clear();
        self.rows.clear();
        self.left.clear();
        self.slots.clear();
        self.clock.clear();
        self.last = usize::MAX;
        self.all_left = false;
        self.cuts = self.query.options.wanted == Wanted::Failures;
        self.slowly = 0;
        self.terminated = true;
        (self.open, self.weight) = (0, 0);
        self.sifted = Sifted::default();
    }

    /// Takes in the line that begins at `start`; gives where it ends, if it ends
    /// in the buffer. No line end stands between there and `seen`.
    pub fn take(&mut self, buffer: &[u8], start: usize, seen: usize) -> Option<usize> {
        if !self.all_left && !self.sifted.given_up {
            if let Some(close) = self.usual(buffer, start) {
                return Some(close);
            }
        }
        let from = seen.max(start);
        let close = from + memchr::memchr(b'\n', &buffer[from..])?;
        self.leave_line(&buffer[..close], start, true);
        Some(close)
    }

    /// Takes in a line that is as usual, or leaves it where its session is left;
    /// `None` where it is not as usual or does not end in the buffer.
    fn usual(&mut self, buffer: &[u8], start: usize) -> Option<usize> {
        let text = &buffer[start..];
        let passes = self.clock.passes(text)?;
        let head = columns::head(text, &self.connectors)?;
        let connector = match head.connector {
            Connector::Known(at) => number(at),
            Connector::Name(name) => self.connector(name)?,
        };
        let found = self.slots.find(head.id, |slot| slot.connector == connector);
        let (local, remote, length) = columns::endpoints(head.rest)?;
        let tail = self.tail(buffer, start, &head.rest[length..])?;
        let close = buffer.len() - head.rest.len() + length + index(tail.length) - 1;
        if close - start > MAX_LINE {
            return None;
        }
        if found.is_none() && !head.id.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        self.slowly += 1;
        let row = number(self.rows.len());
        let mut line = Row { start: number(start), before: NONE, event: 0 };
        match passes {
            Passes::Second(second) => self.clock.pass(row, second),
            Passes::Time(time) => self.clock.pass_any(row, text, time),
        }
        let offset = buffer.len() - head.rest.len();
        // As far as all lines of the session are the same.
        let behind = &text[TIME..];
        let ends_at = offset - start - TIME;
        let prefix = ends_at - head.sequence_length;
        let joins = match found.map(|at| self.slots.at(at)) {
            Some(slot) if slot.is_left => false,
            Some(slot) => {
                let last = self.rows.get(index(slot.last_row)).map_or(0, |row| index(row.start));
                let at = last + TIME + index(slot.prefix);
                let before = columns::sequence(buffer.get(at..).unwrap_or_default());
                let later = before.is_some_and(|(before, _)| head.sequence > before);
                head.sequence > 0 && slot.fits(buffer, local, remote, later)
            }
            None => head.sequence == 0 || self.cuts,
        };
        let at = found.unwrap_or_else(|| {
            // It is open from here on, and nothing of it is noted before the line joins it.
            self.open += 1;
            let continues = head.sequence > 0;
            let signs = if continues { Signs::midway() } else { Signs::default() };
            let slot = Slot::new(*head.id, connector);
            self.slots.add(Slot { prefix: number(prefix), continues, signs, ..slot })
        });
        let slot = self.slots.at(at);
        self.last = at;
        if !joins {
            slot.head = Head::of_session(behind, prefix);
            self.leave(at);
            self.rows.push(line);
            self.left.push(LeftRow::new(row, NONE));
            self.limit();
            return Some(close);
        }
        slot.head = match slot.set_endpoints(buffer, offset, local.len(), remote.len()) {
            true => Head::of(behind, prefix, ends_at - 1, ends_at + length),
            false => Head::NONE,
        };
        slot.signs.take(tail.effect);
        slot.weight += index(tail.length);
        self.weight += index(tail.length);
        line.before = std::mem::replace(&mut slot.last_row, row);
        self.rows.push(line);
        self.limit();
        if tail.disconnects {
            self.close(&buffer[..close], at, row);
        }
        Some(close)
    }

    /// What follows the endpoints of the line that begins at `start`.
    fn tail(&mut self, buffer: &[u8], start: usize, text: &[u8]) -> Option<Tail> {
        let tails = &mut self.tails[self.direction];
        if let Some(tail) = text.first_chunk().and_then(|near| tails.read(near, || Some(text))) {
            return Some(tail);
        }
        let (event, rest) = columns::event(text)?;
        let (data, context, end) = match columns::tail(rest) {
            Some(cut) => cut,
            None => {
                // Quotes in quotes are read by the splitter; then the first columns
                // are right all the same.
                let end = memchr::memchr(b'\n', rest)?;
                let line = buffer.get(start..buffer.len() - rest.len() + end)?;
                match self.splitter.split(trim(line), &self.columns) {
                    Ok((record, None)) => (record.data(), record.context(), end),
                    _ => return None,
                }
            }
        };
        let effect = Effect::of(self.unit.log_type, event, data, context, &mut tails.memory);
        Some(Tail { length: number(end + 3), effect, disconnects: event == Event::Disconnect })
    }

    /// Leaves the line from `start` to the end of the buffer.
    #[cold]
    pub fn leave_line(&mut self, buffer: &[u8], start: usize, terminated: bool) {
        if self.sifted.given_up {
            return;
        }
        self.slowly += 1;
        let row = number(self.rows.len());
        self.rows.push(Row { start: number(start), before: NONE, event: 0 });
        let line = &buffer[start..];
        self.unusual(if line.len() > MAX_LINE { b"" } else { trim(line) }, row, terminated);
    }

    /// The number of a connector's name; `None` where it is none that a line has without quotes.
    fn connector(&mut self, name: &[u8]) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        if name.len() > MAX_CONNECTOR || memchr::memchr3(b',', b'"', b'\n', name).is_some() {
            return None;
        }
        let number = u32::try_from(self.connectors.len()).ok()?;
        self.connectors.push(name.into());
        self.numbers.insert(name.into(), number);
        Some(number)
    }

    /// Gives the unit up where too much of it is left or found.
    pub(super) fn limit(&mut self) {
        self.sifted.given_up |= self.left.len() > MAX_LEFT
            || self.slots.len() > MAX_SLOTS
            || self.sifted.found.len() > MAX_FOUND;
    }

    /// A line that has to be read by the splitter to know what it is.
    fn unusual(&mut self, line: &[u8], row: u32, terminated: bool) {
        self.left.push(LeftRow::new(row, NONE));
        self.limit();
        self.terminated = terminated;
        if line.first() == Some(&b'#') {
            let same = match header::parse(line) {
                Ok(HeaderLine::LogType(log_type)) => log_type == self.unit.log_type,
                Ok(HeaderLine::Fields(columns)) => columns.is_standard(),
                Ok(_) => true,
                Err(_) => false,
            };
            if !same {
                self.all_left = true;
                self.leave_all();
            }
        } else if !self.all_left {
            let (connector, id) = match self.splitter.split(line, &self.columns) {
                Ok((record, _)) => {
                    (record.get(Column::Connector).to_vec(), record.get(Column::Session).to_vec())
                }
                Err(_) => return,
            };
            // Other ids are never dealt with here.
            let Ok(id) = <[u8; ID]>::try_from(id.as_slice()) else { return };
            let Some(connector) = self.connector(&connector) else { return };
            let found = self.slots.find(&id, |slot| slot.connector == connector);
            let at = found.unwrap_or_else(|| {
                self.open += 1;
                self.slots.add(Slot::new(id, connector))
            });
            self.leave(at);
        }
    }

    /// Leaves a session: its rows so far, and all to come.
    pub(super) fn leave(&mut self, at: usize) {
        self.leave_as(at, NONE);
    }

    /// Leaves a session of which its rows so far are this half.
    pub(super) fn leave_as(&mut self, at: usize, half: u32) {
        let slot = self.slots.at(at);
        if !slot.is_left {
            slot.is_left = true;
            slot.head.keep_session(index(slot.prefix));
            self.sifted.weight = self.sifted.weight.max(self.weight);
            self.sifted.sessions = self.sifted.sessions.max(self.open);
            let mut row = slot.last_row;
            while let Some(&Row { before, .. }) = self.rows.get(index(row)) {
                self.left.push(LeftRow::new(row, half));
                row = before;
            }
            self.open -= 1;
            self.weight -= slot.weight;
        }
    }

    pub(super) fn leave_all(&mut self) {
        for at in self.slots.used() {
            self.leave(at);
        }
    }
}
