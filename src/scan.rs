//! A scan: log files in, failures or sessions out, one at a time.
//!
//! The files are read one after the other in the order they were written;
//! what is kept between two calls is the open sessions and a buffer, so memory
//! does not grow with the size of the logs. A caller that wants to show
//! progress or to stop calls [`Scan::step`] as long as it likes.

use std::collections::VecDeque;
use std::fs::File;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::failure::cause::Cause;
use crate::failure::judge::judge;
use crate::failure::ConnectorFailure;
use crate::log::files::{self, LogFile, Search};
use crate::log::header::{self, Column, Columns, HeaderLine};
use crate::log::lines::{Line, Lines, MAX_LINE};
use crate::log::record::{excerpt, Record, Splitter};
use crate::log::{pasted, LogType};
use crate::session::summary::SmtpSession;
use crate::session::table::Table;
use crate::session::{Keep, Place, Session};
use crate::text::clean;
use crate::timestamp::Timestamp;

/// Lines read in one step: a few milliseconds, so that whoever steps can stop at once.
const LINES_A_STEP: usize = 4096;

/// Most records of one file that are complained about one by one; a file that
/// is damaged throughout gets a count for the rest.
const MAX_COMPLAINTS: u64 = 100;

/// What a scan gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Failed sessions.
    #[default]
    Failures,
    /// All sessions.
    Sessions,
}

/// What to read and what to give.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Failures or sessions.
    pub wanted: Wanted,
    /// Only logs of this direction.
    pub log_type: Option<LogType>,
    /// Read folders below folders.
    pub recurse: bool,
    /// No character of a path is a wildcard.
    pub literal: bool,
    /// Nothing before this instant.
    pub since: Option<Timestamp>,
    /// Nothing after this instant.
    pub until: Option<Timestamp>,
    /// Only connectors that match one of these (`*`, `?`, `[a-z]`).
    pub connectors: Vec<String>,
    /// Only these causes.
    pub causes: Vec<Cause>,
    /// Also sessions in which only messages or recipients were refused.
    pub include_rejection: bool,
    /// Give the records of each session.
    pub include_records: bool,
}

/// One thing a scan found.
#[derive(Debug, Clone)]
pub enum Item {
    /// A failed session.
    Failure(Box<ConnectorFailure>),
    /// A session.
    Session(Box<SmtpSession>),
    /// Something that could not be read.
    Problem(Error),
}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files to read.
    pub files: usize,
    /// Files read to their end.
    pub files_done: usize,
    /// Bytes of the files to read, as they were when the scan began.
    pub bytes: u64,
    /// Bytes read.
    pub bytes_done: u64,
}

/// Reads logs step by step.
pub struct Scan {
    options: Options,
    connectors: Vec<glob::Pattern>,
    files: Vec<LogFile>,
    next_file: usize,
    current: Option<(Lines<File>, FileState)>,
    table: Table,
    splitter: Splitter,
    items: VecDeque<Item>,
    progress: Progress,
    bytes_before: u64,
    /// Files passed over because they are logs of the other direction, and the first of them.
    other_direction: Option<(usize, Error)>,
    read_any: bool,
    finished: bool,
}

/// What is known of the file being read.
struct FileState {
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

impl Scan {
    /// Finds the files; reads none of them yet.
    pub fn open(paths: &[PathBuf], options: Options) -> Result<Scan, Error> {
        let invalid = |text: String| Error::new(ErrorKind::InvalidArgument, text);
        if paths.is_empty() {
            return Err(invalid(
                "no path was given; expected log files, folders or wildcards".to_owned(),
            ));
        }
        let pattern = |text: &String| {
            glob::Pattern::new(text).map_err(|error| {
                invalid(format!("'{}' is not a usable wildcard: {error}", clean(text.as_bytes())))
            })
        };
        let connectors = options.connectors.iter().map(pattern).collect::<Result<_, _>>()?;
        if let (Some(since), Some(until)) = (options.since, options.until) {
            if since > until {
                return Err(invalid(format!("Since ({since}) is later than Until ({until})")));
            }
        }
        let (files, problems) =
            files::find(paths, Search { recurse: options.recurse, literal: options.literal });
        let bytes =
            files.iter().filter_map(|file| file.path.metadata().ok()).map(|data| data.len()).sum();
        let keep =
            Keep { envelope: options.wanted == Wanted::Sessions, records: options.include_records };
        Ok(Scan {
            connectors,
            progress: Progress { files: files.len(), bytes, ..Progress::default() },
            files,
            next_file: 0,
            current: None,
            table: Table::new(keep),
            splitter: Splitter::default(),
            items: problems.into_iter().map(Item::Problem).collect(),
            bytes_before: 0,
            other_direction: None,
            read_any: false,
            finished: false,
            options,
        })
    }

    /// How far the scan has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Whether any file was a log that could be read.
    pub fn has_read_any(&self) -> bool {
        self.read_any
    }

    /// What was found and not yet taken.
    pub fn pop(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    /// Whether something was found and not yet taken.
    pub fn has_more(&self) -> bool {
        !self.items.is_empty()
    }

    /// Reads a little; false once everything is read. What is found waits for [`Scan::pop`].
    pub fn step(&mut self) -> bool {
        if self.finished {
            return false;
        }
        let Some((mut lines, mut file)) = self.current.take().or_else(|| self.open_next()) else {
            self.finish();
            return false;
        };
        let goes_on = self.read_lines(&mut lines, &mut file);
        self.progress.bytes_done = self.bytes_before + lines.consumed();
        if goes_on {
            self.current = Some((lines, file));
        } else {
            self.bytes_before = self.progress.bytes_done;
            self.close_file(&file);
        }
        self.collect();
        true
    }

    fn finish(&mut self) {
        self.table.finish();
        self.collect();
        self.finished = true;
        if let (false, Some((count, first))) = (self.read_any, self.other_direction.take()) {
            let more =
                if count > 1 { format!(" ({} more such files)", count - 1) } else { String::new() };
            let text = format!("{}{more}", first.text());
            let first = first.path().map(str::to_owned).unwrap_or_default();
            self.items.push_back(Item::Problem(
                Error::new(ErrorKind::OtherDirection, text).at_path(first),
            ));
        }
    }

    fn open_next(&mut self) -> Option<(Lines<File>, FileState)> {
        while let Some(file) = self.files.get(self.next_file) {
            let number = self.next_file;
            let folder = file.folder;
            self.next_file += 1;
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
            match opened {
                Ok((lines, log_type)) => {
                    return Some((lines, FileState::new(number, folder, log_type)))
                }
                Err(error) => {
                    self.problem(
                        number,
                        Error::new(ErrorKind::Unreadable, format!("cannot be read: {error}")),
                    );
                    self.progress.files_done += 1;
                }
            }
        }
        None
    }

    fn close_file(&mut self, file: &FileState) {
        self.progress.files_done += 1;
        if let (false, 0, Some(line)) = (file.has_header, file.records, file.unread) {
            let text =
                "no #Log-type line and nothing that looks like a record of an SMTP protocol log";
            return self
                .problem(file.number, Error::new(ErrorKind::NotAProtocolLog, text).at_line(line));
        }
        if file.complaints > MAX_COMPLAINTS {
            let text =
                format!("{} more records could not be read", file.complaints - MAX_COMPLAINTS);
            self.problem(file.number, Error::new(ErrorKind::BadRecord, text));
        }
    }

    /// Reads some lines; false at the end of the file, or where it is no use to go on.
    fn read_lines(&mut self, lines: &mut Lines<File>, file: &mut FileState) -> bool {
        for _ in 0..LINES_A_STEP {
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => {
                    self.read_any |= file.has_header || file.records > 0 || file.unread.is_none();
                    return false;
                }
                Err(error) => {
                    self.problem(
                        file.number,
                        Error::new(
                            ErrorKind::Unreadable,
                            format!("cannot be read further: {error}"),
                        ),
                    );
                    return false;
                }
            };
            match self.take_line(line, file) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::BadRecord => {
                    file.complaints += 1;
                    if file.complaints <= MAX_COMPLAINTS {
                        self.problem(file.number, error.at_line(line.number));
                    }
                }
                Err(error) => {
                    // A refused file has said all it will say.
                    file.unread = None;
                    self.refuse(file, error.at_line(line.number));
                    return false;
                }
            }
        }
        true
    }

    fn refuse(&mut self, file: &FileState, error: Error) {
        if error.kind() == ErrorKind::OtherDirection {
            let path = self.files.get(file.number).map(LogFile::display).unwrap_or_default();
            self.other_direction.get_or_insert((0, error.at_path(path))).0 += 1;
        } else {
            self.problem(file.number, error);
        }
    }

    /// Takes in one line. An error of kind [`ErrorKind::BadRecord`] costs the line, any other the file.
    fn take_line(&mut self, line: Line<'_>, file: &mut FileState) -> Result<(), Error> {
        let bad = |text: String| Error::new(ErrorKind::BadRecord, text);
        if line.too_long {
            return Err(bad(format!(
                "the line is longer than {MAX_LINE} bytes; expected a record"
            )));
        }
        match line.text.first() {
            None => return Ok(()),
            Some(b'#') => return self.take_header(line.text, file),
            Some(_) => {}
        }
        if !file.has_header {
            return self.take_pasted(line, file);
        }
        let Some(log_type) = file.log_type else {
            return Err(Error::new(ErrorKind::NotAProtocolLog, "the header has no #Log-type line; expected 'SMTP Send Protocol Log' or 'SMTP Receive Protocol Log'"));
        };
        let mut splitter = std::mem::take(&mut self.splitter);
        let taken = match splitter.split(line.text, &file.columns) {
            Ok((record, complaint)) => self
                .take_record(log_type, record, line, file)
                .and(complaint.map_or(Ok(()), |text| Err(bad(text)))),
            // Exchange is in the middle of writing this line.
            Err(_) if !line.terminated => Ok(()),
            Err(text) => Err(bad(text)),
        };
        self.splitter = splitter;
        taken
    }

    fn take_header(&mut self, line: &[u8], file: &mut FileState) -> Result<(), Error> {
        match header::parse(line) {
            Ok(HeaderLine::LogType(log_type)) => {
                file.has_header = true;
                file.log_type = Some(log_type);
                match self.options.log_type {
                    Some(wanted) if wanted != log_type => Err(Error::new(
                        ErrorKind::OtherDirection,
                        format!("this is an SMTP {log_type} protocol log; expected an SMTP {wanted} protocol log"),
                    )),
                    _ => Ok(()),
                }
            }
            Ok(HeaderLine::Fields(columns)) => {
                file.has_header = true;
                file.columns = columns;
                Ok(())
            }
            Ok(HeaderLine::Software) => {
                file.has_header = true;
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
        file: &mut FileState,
    ) -> Result<(), Error> {
        let written = record.get(Column::Time);
        let time = Timestamp::parse(written);
        if time.is_none() && file.has_header && file.columns.has(Column::Time) {
            let text = format!(
                "the column date-time holds {}; expected a time like 2017-10-07T04:42:56.804Z",
                excerpt(written)
            );
            return Err(Error::new(ErrorKind::BadRecord, text));
        }
        file.records += 1;
        let place = Place { file: file.number, line: line.number, time };
        self.table.take(log_type, file.folder, &record, line.text, place);
        Ok(())
    }

    /// A line of a file without a header: complete, or what a ticket has left of it.
    fn take_pasted(&mut self, line: Line<'_>, file: &mut FileState) -> Result<(), Error> {
        let log_type = file.log_type.unwrap_or(LogType::Send);
        if self.options.log_type.is_some_and(|wanted| wanted != log_type) {
            return Ok(());
        }
        let records = pasted::parse(line.text);
        if records.is_empty() {
            if line.text.trim_ascii().is_empty() || !line.terminated && file.records > 0 {
                return Ok(());
            }
            let first = file.unread.is_none();
            file.unread.get_or_insert(line.number);
            // Before the first record it is prose around the lines, or no log at all: close_file tells.
            if file.records == 0 || !first && file.complaints > MAX_COMPLAINTS {
                return Ok(());
            }
            return Err(Error::new(
                ErrorKind::BadRecord,
                "no column holds an event; expected one of + - > < *",
            ));
        }
        for fields in &records {
            let record =
                pasted::record(fields).map_err(|text| Error::new(ErrorKind::BadRecord, text))?;
            self.take_record(log_type, record, line, file)?;
        }
        Ok(())
    }

    fn problem(&mut self, file: usize, error: Error) {
        let path = self.files.get(file).map(LogFile::display).unwrap_or_default();
        self.items.push_back(Item::Problem(error.at_path(path)));
    }

    /// Turns the sessions that ended into items.
    fn collect(&mut self) {
        let ended = std::mem::take(self.table.finished());
        for session in ended {
            if let Some(item) = self.item(session) {
                self.items.push_back(item);
            }
        }
    }

    fn item(&self, session: Session) -> Option<Item> {
        if !self.connectors.is_empty() && !self.matches_connector(&session.connector) {
            return None;
        }
        let path =
            |place: Place| self.files.get(place.file).map(LogFile::display).unwrap_or_default();
        let sessions = self.options.wanted == Wanted::Sessions;
        let mark = judge(&session, self.options.include_rejection);
        let time = if sessions {
            session.origin.time
        } else {
            mark.as_ref().and_then(|mark| mark.place.time)
        };
        if !self.within(time) {
            return None;
        }
        let cause = mark.as_ref().map(|mark| mark.cause);
        if !self.options.causes.is_empty()
            && !cause.is_some_and(|cause| self.options.causes.contains(&cause))
        {
            return None;
        }
        if sessions {
            let path = path(session.origin);
            return Some(Item::Session(Box::new(SmtpSession::new(session, cause, path))));
        }
        let mark = mark?;
        let path = path(mark.place);
        Some(Item::Failure(Box::new(ConnectorFailure::new(session, mark, path))))
    }

    fn matches_connector(&self, connector: &str) -> bool {
        let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::default() };
        self.connectors.iter().any(|pattern| pattern.matches_with(connector, options))
    }

    /// Text without a time is never left out for its time.
    fn within(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| {
            self.options.since.is_none_or(|since| time >= since)
                && self.options.until.is_none_or(|until| time <= until)
        })
    }
}

impl FileState {
    fn new(number: usize, folder: usize, log_type: Option<LogType>) -> Self {
        FileState {
            number,
            folder,
            log_type,
            columns: Columns::standard(),
            has_header: false,
            records: 0,
            complaints: 0,
            unread: None,
        }
    }
}
