//! One file being read: lines in, records into the table of sessions, and a
//! complaint for every line that cannot be used.
//!
//! [`Reading`] reads line after line; [`State`] is what it knows, for whoever
//! reads a file in units.

use std::io::{Read as _, Seek, SeekFrom, Take};

use super::clock::{Minute, TIME};
use super::halves::{Halves, Origin};
use super::sifted::Sifted;
use crate::error::{Error, ErrorKind};
use crate::log::files::LogFile;
use crate::log::header::{self, Column, Columns, HeaderLine};
use crate::log::lines::{Line, Lines, MAX_LINE};
use crate::log::record::{excerpt, Record, Splitter};
use crate::log::source::Source;
use crate::log::{pasted, LogType};
use crate::session::table::Table;
use crate::session::Place;
use crate::timestamp::Timestamp;

/// Lines read in one step: a few milliseconds, so that whoever steps can stop at once.
const LINES_A_STEP: usize = 4096;

/// Most records of one file that are complained about one by one; a file that
/// is damaged throughout gets a count for the rest.
const MAX_COMPLAINTS: u64 = 100;

/// How reading a little of a file ended.
pub enum Read {
    /// There is more.
    More,
    /// The whole file was read.
    End,
    /// The file is of no use, or can be read no further.
    Refused(Error),
}

/// A file, or a part of one, being read.
pub struct Reading {
    lines: Lines<Take<Source>>,
    state: State,
    /// Where a part of a file is read: how many bytes it had when it was cut out.
    expected: Option<u64>,
}

/// What is known of a file, apart from its bytes.
pub struct State {
    path: String,
    number: usize,
    folder: usize,
    /// Lines read so far.
    lines: u64,
    /// From `#Log-type`, else guessed from the first lines.
    log_type: Option<LogType>,
    columns: Columns,
    has_header: bool,
    records: u64,
    complaints: u64,
    /// The first line of a file without header that is no record.
    unread: Option<u64>,
    /// The minute of the record before.
    minute: Minute,
}

/// What lines are read with and into.
pub struct Work {
    pub wanted: Option<LogType>,
    pub splitter: Splitter,
    pub table: Table,
    /// Sessions that are to go into the table before any other record of them does.
    pub halves: Halves,
}

impl Work {
    /// Whether what a unit left does not fill the table, with what waits for its other half.
    pub fn has_room(&self, sifted: &Sifted) -> bool {
        let (sessions, weight) = self.halves.bounds();
        let weight = weight.saturating_add(sifted.weight);
        self.table.has_room(sessions + sifted.sessions, weight)
    }

    /// Puts all into the table that waits for its other half.
    pub fn bring_all_back(&mut self) {
        self.halves.bring_all_back(&mut self.table);
    }
}

impl Reading {
    /// Opens a file; `number` is its place among the files of the scan.
    pub fn open(file: &LogFile, number: usize) -> Result<Self, Error> {
        let opened = file.open().and_then(|source| {
            let mut lines = Lines::new(source.take(u64::MAX));
            let first = lines.peek()?;
            let log_type = if first.first() == Some(&b'#') {
                None
            } else {
                Some(pasted::guess_log_type(first))
            };
            Ok((lines, log_type))
        });
        let (lines, log_type) = opened.map_err(|error| unreadable("read", &error, file))?;
        let state = State { log_type, ..State::new(file, number) };
        Ok(Reading { lines, state, expected: None })
    }

    /// Goes on with a part of a file, from the start of a line to the end of one.
    pub fn resume(file: &LogFile, state: State, from: u64, to: u64) -> Result<Self, Error> {
        let source = file.open().and_then(|mut source| {
            source.seek(SeekFrom::Start(from))?;
            Ok(source.take(to - from))
        });
        let source = source.map_err(|error| unreadable("read further", &error, file))?;
        let lines = Lines::resume(source, state.lines);
        Ok(Reading { lines, state, expected: Some(to - from) })
    }

    /// Bytes read so far.
    pub fn consumed(&self) -> u64 {
        self.lines.consumed()
    }

    /// What is known of the file by now.
    pub fn into_state(self) -> State {
        self.state
    }

    /// Reads some lines; `heed` sees the complaints and after each line what the table has.
    pub fn read(&mut self, work: &mut Work, heed: &mut Heed<'_>) -> Read {
        let Reading { lines, state, expected } = self;
        for _ in 0..LINES_A_STEP {
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => {
                    if expected.is_none_or(|expected| lines.consumed() >= expected) {
                        return Read::End;
                    }
                    let text = "cannot be read further: the file became shorter while it was read";
                    let error = Error::new(ErrorKind::Unreadable, text);
                    return Read::Refused(error.at_path(&state.path));
                }
                Err(error) => {
                    let text = format!("cannot be read further: {error}");
                    let error = Error::new(kind(&error), text);
                    return Read::Refused(error.at_path(&state.path));
                }
            };
            if let Err(error) = state.read(line, work, heed) {
                return Read::Refused(error);
            }
        }
        Read::More
    }
}

/// Sees the sessions that ended, and then the complaint, if there is one.
pub type Heed<'a> = dyn FnMut(&mut Table, Option<Error>) + 'a;

fn unreadable(what: &str, error: &std::io::Error, file: &LogFile) -> Error {
    Error::new(kind(error), format!("cannot be {what}: {error}")).at_path(file.display())
}

fn kind(error: &std::io::Error) -> ErrorKind {
    match error.kind() {
        std::io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        _ => ErrorKind::Unreadable,
    }
}

impl State {
    /// A file of which nothing is read yet.
    pub fn new(file: &LogFile, number: usize) -> Self {
        State {
            path: file.display(),
            number,
            folder: file.folder,
            lines: 0,
            log_type: None,
            columns: Columns::standard(),
            has_header: false,
            records: 0,
            complaints: 0,
            unread: None,
            minute: Minute::default(),
        }
    }

    /// The number of the file.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Where its records stand, which are those of such a log.
    pub fn origin(&self, log_type: LogType) -> Origin {
        Origin { log_type, folder: self.folder, file: self.number }
    }

    /// The time that a line begins with.
    pub fn time(&mut self, line: &[u8]) -> Option<Timestamp> {
        self.minute.read(line)
    }

    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines were read of which nothing has to be known here.
    pub fn pass(&mut self, lines: u64) {
        self.lines += lines;
    }

    /// Whether the lines to come are read as the records of a header like this.
    pub fn is_ordinary(&self, log_type: LogType) -> bool {
        self.has_header && self.log_type == Some(log_type) && self.columns.is_standard()
    }

    /// The end of the file.
    pub fn end(&self, heed: &mut dyn FnMut(Error)) -> Result<(), Error> {
        if let (false, 0, Some(line)) = (self.has_header, self.records, self.unread) {
            let text =
                "no #Log-type line and nothing that looks like a record of an SMTP protocol log";
            return Err(Error::new(ErrorKind::NotAProtocolLog, text)
                .at_path(&self.path)
                .at_line(line));
        }
        if self.complaints > MAX_COMPLAINTS {
            let text =
                format!("{} more records could not be read", self.complaints - MAX_COMPLAINTS);
            heed(Error::new(ErrorKind::BadRecord, text).at_path(&self.path));
        }
        Ok(())
    }

    /// Reads one line. An error costs the file.
    pub fn read(
        &mut self,
        line: Line<'_>,
        work: &mut Work,
        heed: &mut Heed<'_>,
    ) -> Result<(), Error> {
        self.lines = line.number;
        let taken = self.take(line, work);
        let complaint = match taken.map_err(|error| error.at_path(&self.path).at_line(line.number))
        {
            Ok(()) => None,
            Err(error) if error.kind() == ErrorKind::BadRecord => {
                self.complaints += 1;
                (self.complaints <= MAX_COMPLAINTS).then_some(error)
            }
            Err(error) => return Err(error),
        };
        heed(&mut work.table, complaint);
        Ok(())
    }

    /// Takes in one line. An error of kind [`ErrorKind::BadRecord`] costs the line, any other the file.
    fn take(&mut self, line: Line<'_>, work: &mut Work) -> Result<(), Error> {
        if line.too_long {
            return Err(bad(format!(
                "the line is longer than {MAX_LINE} bytes; expected a record"
            )));
        }
        match line.text.first() {
            None => return Ok(()),
            Some(b'#') => return self.take_header(line.text, work.wanted),
            Some(_) if !self.has_header => return self.take_pasted(line, work),
            Some(_) => {}
        }
        let Some(log_type) = self.log_type else {
            let text = "the header has no #Log-type line; expected 'SMTP Send Protocol Log' or 'SMTP Receive Protocol Log'";
            return Err(Error::new(ErrorKind::NotAProtocolLog, text));
        };
        match work.splitter.split(line.text, &self.columns) {
            Ok((record, complaint)) => {
                self.take_record(log_type, record, line, (&mut work.table, &mut work.halves))?;
                complaint.map_or(Ok(()), |text| Err(bad(text)))
            }
            // Exchange is in the middle of writing this line.
            Err(_) if !line.terminated => Ok(()),
            Err(text) => Err(bad(text)),
        }
    }

    fn take_header(&mut self, line: &[u8], wanted: Option<LogType>) -> Result<(), Error> {
        match header::parse(line) {
            Ok(HeaderLine::LogType(log_type)) => {
                self.has_header = true;
                self.log_type = Some(log_type);
                match wanted {
                    Some(wanted) if wanted != log_type => Err(Error::new(
                        ErrorKind::OtherDirection,
                        format!("this is an SMTP {log_type} protocol log; expected an SMTP {wanted} protocol log"),
                    )),
                    _ => Ok(()),
                }
            }
            Ok(HeaderLine::Fields(columns)) => {
                self.has_header = true;
                self.columns = columns;
                Ok(())
            }
            Ok(HeaderLine::Software) => {
                self.has_header = true;
                Ok(())
            }
            Ok(HeaderLine::Other) => Ok(()),
            // Without its columns no record of the file can be read.
            Err(error) => Err(Error::new(ErrorKind::NotAProtocolLog, error.text())),
        }
    }

    fn take_record(
        &mut self,
        log_type: LogType,
        record: Record<'_>,
        line: Line<'_>,
        (table, halves): (&mut Table, &mut Halves),
    ) -> Result<(), Error> {
        let written = record.get(Column::Time);
        let time = match written.len() {
            TIME => self.minute.read(written),
            _ => Timestamp::parse(written),
        };
        if time.is_none() && self.has_header && self.columns.has(Column::Time) {
            let found = excerpt(written);
            return Err(bad(format!(
                "the column date-time holds {found}; expected a time like 2017-10-07T04:42:56.804Z"
            )));
        }
        self.records += 1;
        let place = Place { file: self.number, line: line.number, time };
        if !halves.is_empty() {
            halves.bring_back(table.key(log_type, self.folder, &record), table);
        }
        table.take(log_type, self.folder, &record, line.text, place);
        Ok(())
    }

    /// A line of a file without a header: complete, or what a ticket has left of it.
    fn take_pasted(&mut self, line: Line<'_>, work: &mut Work) -> Result<(), Error> {
        let log_type = self.log_type.unwrap_or(LogType::Send);
        if work.wanted.is_some_and(|wanted| wanted != log_type) {
            return Ok(());
        }
        let records = pasted::parse(line.text);
        if records.is_empty() {
            if line.text.trim_ascii().is_empty() || !line.terminated && self.records > 0 {
                return Ok(());
            }
            self.unread.get_or_insert(line.number);
            // Before the first record it is prose around the lines, or no log at all: `end` tells.
            return if self.records == 0 {
                Ok(())
            } else {
                Err(bad("no column holds an event; expected one of + - > < *".to_owned()))
            };
        }
        for fields in &records {
            let record = pasted::record(fields).map_err(bad)?;
            self.take_record(log_type, record, line, (&mut work.table, &mut work.halves))?;
        }
        Ok(())
    }
}

fn bad(text: String) -> Error {
    Error::new(ErrorKind::BadRecord, text)
}
