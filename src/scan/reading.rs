//! One file being read: lines in, records into the table of sessions, and a
//! complaint for every line that cannot be used.

use std::fs::File;

use crate::error::{Error, ErrorKind};
use crate::log::files::LogFile;
use crate::log::header::{self, Column, Columns, HeaderLine};
use crate::log::lines::{Line, Lines, MAX_LINE};
use crate::log::record::{excerpt, Record, Splitter};
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

/// A file being read.
pub struct Reading {
    lines: Lines<File>,
    state: State,
}

/// What is known of the file, apart from its bytes.
struct State {
    path: String,
    number: usize,
    folder: usize,
    /// From `#Log-type`, else guessed from the first lines.
    log_type: Option<LogType>,
    columns: Columns,
    has_header: bool,
    records: u64,
    complaints: u64,
    /// The first line of a file without header that is no record.
    unread: Option<u64>,
}

/// What a line is read with and into.
struct Work<'a> {
    wanted: Option<LogType>,
    splitter: &'a mut Splitter,
    table: &'a mut Table,
}

impl Reading {
    /// Opens a file; `number` is its place among the files of the scan.
    pub fn open(file: &LogFile, number: usize) -> Result<Self, Error> {
        let opened = File::open(&file.path).and_then(|source| {
            let mut lines = Lines::new(source);
            let first = lines.peek()?;
            let log_type = if first.first() == Some(&b'#') {
                None
            } else {
                Some(pasted::guess_log_type(first))
            };
            Ok((lines, log_type))
        });
        let (lines, log_type) = opened.map_err(|error| {
            Error::new(ErrorKind::Unreadable, format!("cannot be read: {error}"))
                .at_path(file.display())
        })?;
        let state = State {
            path: file.display(),
            number,
            folder: file.folder,
            log_type,
            columns: Columns::standard(),
            has_header: false,
            records: 0,
            complaints: 0,
            unread: None,
        };
        Ok(Reading { lines, state })
    }

    /// Bytes read so far.
    pub fn consumed(&self) -> u64 {
        self.lines.consumed()
    }

    /// Reads some lines.
    pub fn read(
        &mut self,
        wanted: Option<LogType>,
        splitter: &mut Splitter,
        table: &mut Table,
        complain: &mut dyn FnMut(Error),
    ) -> Read {
        let Reading { lines, state } = self;
        let mut work = Work { wanted, splitter, table };
        for _ in 0..LINES_A_STEP {
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return state.end(complain),
                Err(error) => {
                    let error = Error::new(
                        ErrorKind::Unreadable,
                        format!("cannot be read further: {error}"),
                    );
                    return Read::Refused(error.at_path(&state.path));
                }
            };
            if let Err(error) = state.take(line, &mut work) {
                let error = error.at_path(&state.path).at_line(line.number);
                if error.kind() != ErrorKind::BadRecord {
                    return Read::Refused(error);
                }
                state.complaints += 1;
                if state.complaints <= MAX_COMPLAINTS {
                    complain(error);
                }
            }
        }
        Read::More
    }
}

impl State {
    fn end(&self, complain: &mut dyn FnMut(Error)) -> Read {
        if let (false, 0, Some(line)) = (self.has_header, self.records, self.unread) {
            let text =
                "no #Log-type line and nothing that looks like a record of an SMTP protocol log";
            return Read::Refused(
                Error::new(ErrorKind::NotAProtocolLog, text).at_path(&self.path).at_line(line),
            );
        }
        if self.complaints > MAX_COMPLAINTS {
            let text =
                format!("{} more records could not be read", self.complaints - MAX_COMPLAINTS);
            complain(Error::new(ErrorKind::BadRecord, text).at_path(&self.path));
        }
        Read::End
    }

    /// Takes in one line. An error of kind [`ErrorKind::BadRecord`] costs the line, any other the file.
    fn take(&mut self, line: Line<'_>, work: &mut Work<'_>) -> Result<(), Error> {
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
                self.take_record(log_type, record, line, work.table)?;
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
        table: &mut Table,
    ) -> Result<(), Error> {
        let written = record.get(Column::Time);
        let time = Timestamp::parse(written);
        if time.is_none() && self.has_header && self.columns.has(Column::Time) {
            let found = excerpt(written);
            return Err(bad(format!(
                "the column date-time holds {found}; expected a time like 2017-10-07T04:42:56.804Z"
            )));
        }
        self.records += 1;
        let place = Place { file: self.number, line: line.number, time };
        table.take(log_type, self.folder, &record, line.text, place);
        Ok(())
    }

    /// A line of a file without a header: complete, or what a ticket has left of it.
    fn take_pasted(&mut self, line: Line<'_>, work: &mut Work<'_>) -> Result<(), Error> {
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
            self.take_record(log_type, record, line, work.table)?;
        }
        Ok(())
    }
}

fn bad(text: String) -> Error {
    Error::new(ErrorKind::BadRecord, text)
}
