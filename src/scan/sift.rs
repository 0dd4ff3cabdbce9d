//! A unit read by itself: sessions that begin and end in it are dealt with here,
//! the lines of all others are left to whoever has read what comes before.
//!
//! A session is dealt with here only where it is as usual in everything: its
//! records follow each other from sequence number 0 to `-`, under one id, with
//! endpoints that fit. Then [`crate::session::table::Table`] would put the same
//! records together, whatever stands around them. Its lines are only noted while
//! they pass; when it ends, it is followed record by record, unless its
//! [`Signs`] show that no failure can come of it. Most are never followed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use super::columns::{self, Clock, Connector, ID, MAX_CONNECTOR};
use super::query::Query;
use super::rows::{Row, Slot, Slots, Span, State, NONE};
use super::units::{read_at, Unit};
use super::{Item, Wanted};
use crate::error::{Error, ErrorKind};
use crate::log::header::{self, Column, Columns, HeaderLine};
use crate::log::lines::{trim, MAX_LINE};
use crate::log::record::{Event, Record, Splitter};
use crate::session::bearing::{Memory, Signs};
use crate::session::table::key;
use crate::session::{Mark, Place, Session};
use crate::timestamp::Timestamp;

/// Bytes read at a time, and behind the end of a unit for its last line.
const PIECE: usize = 128 * 1024;
const SMALL_PIECE: usize = 8 * 1024;

/// Where more is left of a unit, or found in it, than this, it is given up: what
/// waits to be merged has to be bounded, and whoever merges is as fast alone.
const MAX_LEFT: usize = 32 * 1024;
const MAX_SLOTS: usize = 16 * 1024;
const MAX_FOUND: usize = 8 * 1024;
const MAX_TEXT: usize = 4 << 20;

/// What reading a unit gave.
#[derive(Default)]
pub struct Sifted {
    /// How many lines it has.
    pub rows: u32,
    /// Where its first line begins in the file, and where what was read of the last one ends.
    pub from: u64,
    pub to: u64,
    /// The lines that are left, in order.
    pub left: Vec<Left>,
    /// Their text.
    pub text: Vec<u8>,
    /// What was found, and the row at which it was.
    pub found: Vec<(u32, Item)>,
    /// The sessions that were dealt with, as the table names them.
    pub keys: Vec<u64>,
    /// The time of each row that is not left.
    pub times: Vec<Timestamp>,
    /// Bounds of what a table had held of the sessions dealt with, and may hold of the lines left.
    pub sessions: usize,
    pub weight: usize,
    /// Too much is left: it is of no use that the unit was read.
    pub given_up: bool,
    /// Why the unit could not be read to its end.
    pub error: Option<Error>,
}

/// A line that is left.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    pub row: u32,
    /// Where it ends in the text.
    pub end: usize,
    /// How many bytes it had in the file, without its line end.
    pub length: usize,
    pub terminated: bool,
}

/// Reads units; keeps its buffers from one to the next.
pub struct Sieve {
    buffer: Vec<u8>,
    lines: Lines,
}

impl Sieve {
    pub fn new(query: Arc<Query>) -> Self {
        Sieve { buffer: Vec::new(), lines: Lines::new(query) }
    }

    /// Reads a unit; what it gives is of no use once `stop` is set.
    pub fn sift(&mut self, unit: &Unit, stop: &AtomicBool) -> Sifted {
        let Sieve { buffer, lines } = self;
        lines.begin(unit);
        // The byte before tells whether a line begins right here.
        let base = unit.from.saturating_sub(1);
        let length = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let end = length(unit.to - base);
        // Where the line begins that is being read, once that is known.
        let mut start = (unit.from == 0).then_some(0);
        let (mut filled, mut seen, mut ended) = (0, 0, false);
        let mut first = None;
        loop {
            // The first line of the unit begins behind a line end.
            if start.is_none() {
                start = memchr::memchr(b'\n', &buffer[seen..filled]).map(|at| seen + at + 1);
            }
            while let Some(begin) = start.filter(|begin| *begin < end) {
                let Some(close) = lines.take(&buffer[..filled], begin, seen) else { break };
                first.get_or_insert(begin);
                seen = close + 1;
                start = Some(seen);
            }
            if start.is_some_and(|start| start >= end) {
                break;
            }
            seen = filled;
            let unfinished = start.map_or(0, |start| filled - start);
            let too_long = filled >= end && (start.is_none() || unfinished > MAX_LINE);
            if ended || too_long {
                if let Some(start) = start.as_mut().filter(|_| unfinished > 0) {
                    first.get_or_insert(*start);
                    lines.leave_line(&buffer[..filled], *start, false);
                    *start = filled;
                }
                break;
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let piece = if filled < end { PIECE.min(end - filled) } else { SMALL_PIECE };
            if buffer.is_empty() {
                // Zeros from the system cost nothing.
                *buffer = vec![0; end + SMALL_PIECE];
            } else if buffer.len() < filled + piece {
                buffer.resize((filled + piece).max(end + SMALL_PIECE), 0);
            }
            let place = base + u64::try_from(filled).unwrap_or(0);
            match read_at(&unit.source, &mut buffer[filled..filled + piece], place) {
                // The unit was cut out of a file that had all these bytes.
                Ok(0) if filled < end => {
                    let text = "cannot be read further: the file became shorter while it was read";
                    let error = Error::new(ErrorKind::Unreadable, text);
                    lines.sifted.error = Some(lines.query.at_file(error, unit.file));
                    break;
                }
                Ok(count) => {
                    filled += count;
                    ended = count == 0;
                }
                Err(error) => {
                    let text = format!("cannot be read further: {error}");
                    let error = Error::new(ErrorKind::Unreadable, text);
                    lines.sifted.error = Some(lines.query.at_file(error, unit.file));
                    break;
                }
            }
        }
        let last = start.unwrap_or(0);
        let first = first.unwrap_or(last);
        let mut sifted = lines.end(buffer, last);
        let place = |at: usize| base + u64::try_from(at).unwrap_or(0);
        (sifted.from, sifted.to) = (place(first), place(last));
        sifted
    }
}

/// The lines of a unit being read.
struct Lines {
    query: Arc<Query>,
    unit: UnitFacts,
    columns: Columns,
    splitter: Splitter,
    clock: Clock,
    memory: Memory,
    connectors: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32, foldhash::fast::RandomState>,
    rows: Vec<Row>,
    left: Vec<u32>,
    slots: Slots,
    /// Rows of the session being followed.
    chain: Vec<u32>,
    /// From here on everything is left.
    all_left: bool,
    terminated: bool,
    open: usize,
    weight: usize,
    sifted: Sifted,
}

#[derive(Clone, Copy)]
struct UnitFacts {
    file: usize,
    folder: usize,
    log_type: crate::log::LogType,
}

impl Lines {
    fn new(query: Arc<Query>) -> Self {
        Lines {
            query,
            unit: UnitFacts { file: 0, folder: 0, log_type: crate::log::LogType::Send },
            columns: Columns::standard(),
            splitter: Splitter::default(),
            clock: Clock::default(),
            memory: Memory::default(),
            connectors: Vec::new(),
            numbers: HashMap::default(),
            rows: Vec::new(),
            left: Vec::new(),
            slots: Slots::default(),
            chain: Vec::new(),
            all_left: false,
            terminated: true,
            open: 0,
            weight: 0,
            sifted: Sifted::default(),
        }
    }

    fn begin(&mut self, unit: &Unit) {
        let folder = self.query.files.get(unit.file).map_or(0, |file| file.folder);
        self.unit = UnitFacts { file: unit.file, folder, log_type: unit.log_type };
        // Another server has others, and only the first few are found at once.
        self.connectors.clear();
        self.numbers.clear();
        self.rows.clear();
        self.left.clear();
        self.slots.clear();
        self.all_left = false;
        self.terminated = true;
        (self.open, self.weight) = (0, 0);
        self.sifted = Sifted::default();
    }

    /// Takes in the line that begins at `start`; gives where it ends, if it ends
    /// in the buffer. No line end stands between there and `seen`.
    #[inline]
    fn take(&mut self, buffer: &[u8], start: usize, seen: usize) -> Option<usize> {
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
    #[inline]
    fn usual(&mut self, buffer: &[u8], start: usize) -> Option<usize> {
        let text = &buffer[start..];
        let time = self.clock.read(text)?;
        let head = columns::head(text, &self.connectors)?;
        let connector = match head.connector {
            Connector::Known(number) => u32::try_from(number).ok()?,
            Connector::Name(name) => self.connector(name)?,
        };
        let found = self.slots.find(connector, head.id);
        // The endpoints are those of the record before, or have to be looked at.
        let known = found.ok().and_then(|at| {
            let slot = self.slots.at(at);
            let both = slot.both.of(buffer);
            (slot.state == State::Open && !both.is_empty() && head.rest.starts_with(both))
                .then_some(both.len())
        });
        let (given, length) = match known {
            Some(length) => (None, length),
            None => {
                let (local, remote, length) = columns::endpoints(head.rest)?;
                (Some((local, remote)), length)
            }
        };
        let (event, rest) = columns::event(&head.rest[length..])?;
        let rest_at = buffer.len() - rest.len();
        let (data, context, close) = match columns::tail(rest) {
            Some((data, context, end)) => (data, context, rest_at + end),
            None => {
                // Quotes in quotes are read by the splitter; then the first columns
                // are right all the same.
                let close = start + memchr::memchr(b'\n', text)?;
                let line = trim(&buffer[start..close]);
                match self.splitter.split(line, &self.columns) {
                    Ok((record, None)) => (record.data(), record.context(), close),
                    _ => return None,
                }
            }
        };
        if close - start > MAX_LINE {
            return None;
        }
        let at = match found {
            Ok(at) => at,
            Err(_) if !head.id.iter().all(u8::is_ascii_alphanumeric) => return None,
            Err(place) => self.slots.put(place, Slot::new(*head.id, connector)),
        };
        let row = u32::try_from(self.rows.len()).unwrap_or(NONE);
        let mut line = Row { start: u32::try_from(start).unwrap_or(NONE), before: NONE };
        self.sifted.times.push(time);
        let slot = self.slots.at(at);
        let joins = match slot.state {
            State::Left => false,
            State::Closed => head.sequence == 0,
            State::Open => {
                let fits = |(local, remote)| slot.fits(buffer, local, remote, head.sequence);
                head.sequence > 0 && given.is_none_or(fits)
            }
        };
        if !joins {
            self.leave(at);
            self.rows.push(line);
            self.left.push(row);
            self.limit();
            return Some(close);
        }
        if slot.state == State::Closed {
            slot.open();
            self.open += 1;
            self.sifted.sessions = self.sifted.sessions.max(self.open);
        }
        if let Some((local, remote)) = given {
            let offset = buffer.len() - head.rest.len();
            slot.set_endpoints(buffer, offset, local.len(), remote.len());
        }
        slot.sequence = head.sequence;
        line.before = std::mem::replace(&mut slot.last_row, row);
        self.rows.push(line);
        if self.query.options.wanted == Wanted::Sessions {
            slot.signs.doubt();
        } else {
            slot.signs.take(self.unit.log_type, event, data, context, &mut self.memory);
        }
        // Escaped characters take six bytes each; a mark weighs less than the rest.
        let weight = 6 * (data.len() + context.len());
        slot.weight += weight;
        self.weight += weight;
        self.sifted.weight = self.sifted.weight.max(self.weight);
        if event == Event::Disconnect {
            self.close(&buffer[..close], at, row);
        }
        Some(close)
    }

    /// Leaves the line from `start` to the end of the buffer.
    #[cold]
    fn leave_line(&mut self, buffer: &[u8], start: usize, terminated: bool) {
        if self.sifted.given_up {
            return;
        }
        let row = u32::try_from(self.rows.len()).unwrap_or(NONE);
        self.rows.push(Row { start: u32::try_from(start).unwrap_or(NONE), before: NONE });
        let line = &buffer[start..];
        self.unusual(if line.len() > MAX_LINE { b"" } else { trim(line) }, row, terminated);
    }

    /// The number of a connector's name.
    #[inline]
    fn connector(&mut self, name: &[u8]) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        if name.len() > MAX_CONNECTOR {
            return None;
        }
        let number = u32::try_from(self.connectors.len()).ok()?;
        self.connectors.push(name.into());
        self.numbers.insert(name.into(), number);
        Some(number)
    }

    /// Gives the unit up where too much of it is left or found.
    fn limit(&mut self) {
        self.sifted.given_up |= self.left.len() > MAX_LEFT
            || self.slots.len() > MAX_SLOTS
            || self.sifted.found.len() > MAX_FOUND;
    }

    /// A line that has to be read by the splitter to know what it is.
    fn unusual(&mut self, line: &[u8], row: u32, terminated: bool) {
        self.left.push(row);
        self.limit();
        self.sifted.times.push(Timestamp::from_unix_millis(i64::MIN));
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
            let at = match self.slots.find(connector, &id) {
                Ok(at) => at,
                Err(place) => self.slots.put(place, Slot::new(id, connector)),
            };
            self.leave(at);
        }
    }

    /// Leaves a session: its rows so far, and all to come.
    fn leave(&mut self, at: usize) {
        let slot = self.slots.at(at);
        if slot.state == State::Open {
            let mut row = slot.last_row;
            while let Some(&Row { before, .. }) =
                usize::try_from(row).ok().and_then(|row| self.rows.get(row))
            {
                self.left.push(row);
                row = before;
            }
            self.open -= 1;
            self.weight -= slot.weight;
        }
        slot.state = State::Left;
    }

    fn leave_all(&mut self) {
        for at in 0..self.slots.len() {
            self.leave(at);
        }
    }

    /// A session has ended here.
    fn close(&mut self, buffer: &[u8], at: usize, row: u32) {
        if !self.slots.at(at).signs.are_good() {
            let Some(session) = self.follow(buffer, at) else { return self.leave(at) };
            let item = self.query.item(session);
            self.sifted.found.extend(item.map(|item| (row, item)));
            self.limit();
        }
        let slot = self.slots.at(at);
        self.weight -= slot.weight;
        self.open -= 1;
        slot.state = State::Closed;
        let name = usize::try_from(slot.connector).ok().and_then(|at| self.connectors.get(at));
        let (unit, name) = (self.unit, name.map_or(&b""[..], |name| name));
        let key = key(&self.query.hasher, unit.log_type, unit.folder, name, &slot.id);
        self.sifted.keys.push(key);
    }

    /// Follows the session of a slot record by record; `None` where the table
    /// might end it for its time.
    fn follow(&mut self, buffer: &[u8], at: usize) -> Option<Box<Session>> {
        self.chain.clear();
        let mut row = self.slots.at(at).last_row;
        while let Some(&Row { before, .. }) =
            usize::try_from(row).ok().and_then(|row| self.rows.get(row))
        {
            self.chain.push(row);
            row = before;
        }
        let mut session: Option<Box<Session>> = None;
        for row in self.chain.iter().rev() {
            let index = usize::try_from(*row).ok()?;
            let start = usize::try_from(self.rows[index].start).ok()?;
            let end = match self.rows.get(index + 1) {
                Some(next) => usize::try_from(next.start).ok()? - 1,
                None => buffer.len(),
            };
            let line = trim(&buffer[start..end]);
            let (record, _) = self.splitter.split(line, &self.columns).ok()?;
            let time = self.sifted.times.get(index).copied();
            let place = Place { file: self.unit.file, line: u64::from(*row) + 1, time };
            let unit = self.unit;
            let session = session.get_or_insert_with(|| new_session(unit, &record, place));
            session.take(&record, line, place, self.query.keep);
            if session.is_failed_connect() {
                return None;
            }
        }
        session
    }

    /// The end of the unit; `last` is where its last line ends.
    fn end(&mut self, buffer: &[u8], last: usize) -> Sifted {
        self.leave_all();
        self.limit();
        self.left.sort_unstable();
        let mut sifted = std::mem::take(&mut self.sifted);
        if sifted.given_up {
            return Sifted { given_up: true, error: sifted.error, ..Sifted::default() };
        }
        sifted.rows = u32::try_from(self.rows.len()).unwrap_or(NONE);
        sifted.left.reserve(self.left.len());
        let mut weight = 0;
        for &row in &self.left {
            let index = usize::try_from(row).unwrap_or(usize::MAX);
            let start = usize::try_from(self.rows[index].start).unwrap_or(0);
            let (end, terminated) = match self.rows.get(index + 1) {
                Some(next) => (usize::try_from(next.start).unwrap_or(0) - 1, true),
                None if self.terminated => (last - 1, true),
                None => (last, false),
            };
            let line = &buffer[start..end];
            let length = line.len();
            let line = if length > MAX_LINE { b"" } else { trim(line) };
            sifted.text.extend_from_slice(line);
            sifted.left.push(Left { row, end: sifted.text.len(), length, terminated });
            let plain = line.iter().fold(true, |plain, byte| plain & (0x20..0x7F).contains(byte));
            let copies = if self.query.keep.records { 2 } else { 1 };
            weight += line.len() * copies * if plain { 1 } else { 6 }
                + std::mem::size_of::<Session>()
                + std::mem::size_of::<Mark>();
        }
        if sifted.text.len() > MAX_TEXT {
            return Sifted { given_up: true, error: sifted.error, ..Sifted::default() };
        }
        let each = std::mem::size_of::<Session>() + 4 * std::mem::size_of::<Mark>();
        sifted.weight += sifted.sessions * (each + 6 * MAX_CONNECTOR) + weight;
        if self.query.keep.records {
            sifted.weight = sifted.weight.saturating_mul(3);
        }
        sifted.sessions += self.left.len();
        sifted
    }
}

fn new_session(unit: UnitFacts, record: &Record<'_>, place: Place) -> Box<Session> {
    Box::new(Session::new(unit.log_type, unit.folder, record, place))
}

impl Slot {
    fn new(id: [u8; ID], connector: u32) -> Self {
        Slot {
            id,
            connector,
            state: State::Closed,
            signs: Signs::default(),
            sequence: 0,
            last_row: NONE,
            both: Span::default(),
            local: Span::default(),
            remote: Span::default(),
            weight: 0,
        }
    }

    fn open(&mut self) {
        *self = Slot { state: State::Open, ..Slot::new(self.id, self.connector) };
    }

    /// Whether a record surely belongs to this session; as in the table's `fit`.
    fn fits(&self, buffer: &[u8], local: &[u8], remote: &[u8], sequence: u64) -> bool {
        let (own_local, own_remote) = (self.local.of(buffer), self.remote.of(buffer));
        if own_local == local && own_remote == remote {
            return true;
        }
        let may_be = |own: &[u8], other: &[u8]| own == other || own.is_empty() || other.is_empty();
        sequence > self.sequence && may_be(own_local, local) && may_be(own_remote, remote)
    }

    /// Takes over the endpoints of a record that fits; they stand at `offset`.
    fn set_endpoints(&mut self, buffer: &[u8], offset: usize, local: usize, remote: usize) {
        let both = Span { start: offset, end: offset + local + remote + 2 };
        let local = Span { start: offset, end: offset + local };
        let remote = Span { start: local.end + 1, end: local.end + 1 + remote };
        if local.start < local.end {
            self.local = local;
        }
        if remote.start < remote.end {
            self.remote = remote;
        }
        let same = self.local.of(buffer) == local.of(buffer)
            && self.remote.of(buffer) == remote.of(buffer);
        self.both = if same { both } else { Span::default() };
    }
}
