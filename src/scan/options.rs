//! What is asked of a scan, and what it gives.

use crate::error::Error;
use crate::failure::cause::Cause;
use crate::failure::ConnectorFailure;
use crate::log::patience::{Hook, Timeout};
use crate::log::LogType;
use crate::session::line::SessionLine;
use crate::session::packed::PackedSession;
use crate::session::summary::SmtpSession;
use crate::timestamp::Timestamp;

/// What a scan gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Failed sessions.
    #[default]
    Failures,
    /// All sessions.
    Sessions,
}

/// How a scan gives sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// With everything.
    #[default]
    Whole,
    /// As lines of JSON.
    Line,
    /// With all texts in one.
    Packed,
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
    /// How sessions are given: what the threads that read them can do takes less time there.
    pub form: Form,
    /// How long a path may give no answer before it is given up.
    pub timeout: Timeout,
    /// Called before a path is touched: a slow disk for tests.
    #[doc(hidden)]
    pub hook: Hook,
    /// How many threads read; 0 as the machine has. What is found does not depend on it.
    pub threads: usize,
    /// How many bytes a thread reads at a time; 0 as is best. What is found does not depend on it.
    #[doc(hidden)]
    pub unit_bytes: u64,
}

/// One thing a scan found.
#[derive(Debug, Clone)]
pub enum Item {
    /// A failed session.
    Failure(Box<ConnectorFailure>),
    /// A session.
    Session(Box<SmtpSession>),
    /// A session, where [`Form::Line`] was asked for.
    Line(SessionLine),
    /// A session, where [`Form::Packed`] was asked for.
    Packed(Box<PackedSession>),
    /// Something that could not be read.
    Problem(Error),
}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files to read; without those that lie before the time asked for.
    pub files: usize,
    /// Files that are done with: read to their end, or lost.
    pub files_done: usize,
    /// Those of them that could not be read, or not to their end.
    pub files_lost: usize,
    /// Bytes of the files to read, as they were when the scan began.
    pub bytes: u64,
    /// Bytes read.
    pub bytes_done: u64,
}

impl Progress {
    /// Files read to their end.
    pub fn files_read(&self) -> usize {
        self.files_done - self.files_lost
    }
}
