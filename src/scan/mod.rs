//! A scan: log files in, failures or sessions out, one at a time.
//!
//! The files are read one after the other in the order they were written;
//! what is kept between two calls is the open sessions and a buffer, so memory
//! does not grow with the size of the logs. A caller that wants to show
//! progress or to stop calls [`Scan::step`] as long as it likes.

mod reading;

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::failure::cause::Cause;
use crate::failure::judge::judge;
use crate::failure::ConnectorFailure;
use crate::log::files::{self, LogFile, Search};
use crate::log::record::Splitter;
use crate::log::LogType;
use crate::session::summary::SmtpSession;
use crate::session::table::Table;
use crate::session::{Keep, Place, Session};
use crate::text::clean;
use crate::timestamp::Timestamp;

use reading::{Read, Reading};

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
    current: Option<Reading>,
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
        let Some(mut reading) = self.current.take().or_else(|| self.open_next()) else {
            self.finish();
            return false;
        };
        let wanted = self.options.log_type;
        let read = reading.read(wanted, &mut self.splitter, &mut self.table, &mut |problem| {
            self.items.push_back(Item::Problem(problem));
        });
        self.progress.bytes_done = self.bytes_before + reading.consumed();
        match read {
            Read::More => self.current = Some(reading),
            Read::End => self.read_any = true,
            Read::Refused(problem) if problem.kind() == ErrorKind::OtherDirection => {
                self.other_direction.get_or_insert((0, problem)).0 += 1;
            }
            Read::Refused(problem) => self.items.push_back(Item::Problem(problem)),
        }
        if self.current.is_none() {
            self.bytes_before = self.progress.bytes_done;
            self.progress.files_done += 1;
        }
        self.collect();
        true
    }

    fn open_next(&mut self) -> Option<Reading> {
        while let Some(file) = self.files.get(self.next_file) {
            match Reading::open(file, self.next_file) {
                Ok(reading) => {
                    self.next_file += 1;
                    return Some(reading);
                }
                Err(problem) => self.items.push_back(Item::Problem(problem)),
            }
            self.next_file += 1;
            self.progress.files_done += 1;
        }
        None
    }

    fn finish(&mut self) {
        self.table.finish();
        self.collect();
        self.finished = true;
        if let (false, Some((count, first))) = (self.read_any, self.other_direction.take()) {
            let more =
                if count > 1 { format!(" ({} more such files)", count - 1) } else { String::new() };
            let text = format!("{}{more}", first.text());
            let path = first.path().map(str::to_owned).unwrap_or_default();
            self.items.push_back(Item::Problem(
                Error::new(ErrorKind::OtherDirection, text).at_path(path),
            ));
        }
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

    fn item(&self, session: Box<Session>) -> Option<Item> {
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
            return Some(Item::Session(Box::new(SmtpSession::new(*session, cause, path))));
        }
        let mark = mark?;
        let path = path(mark.place);
        Some(Item::Failure(Box::new(ConnectorFailure::new(*session, mark, path))))
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
