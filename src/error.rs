//! The one error type of the crate: what kind, where, and a sentence that says
//! what was found and what was expected.
//!
//! The same type serves as the error of a call and as the warning about one
//! record: both need a kind to act on, a place to look at and words to read.

use std::fmt;

/// What went wrong; decides how a front end reports it (ErrorRecord id, exit status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument of the caller cannot be used.
    InvalidArgument,
    /// A path names nothing.
    NotFound,
    /// A file or folder cannot be read.
    Unreadable,
    /// The file is not an SMTP protocol log.
    NotAProtocolLog,
    /// The file is an SMTP protocol log of the other direction.
    OtherDirection,
    /// One record cannot be read; the rest of the file is.
    BadRecord,
    /// A path gave no answer in time.
    TimedOut,
}

impl ErrorKind {
    /// Every kind, in the order of their numbers in the C ABI.
    pub const ALL: [ErrorKind; 7] = [
        ErrorKind::InvalidArgument,
        ErrorKind::NotFound,
        ErrorKind::Unreadable,
        ErrorKind::NotAProtocolLog,
        ErrorKind::OtherDirection,
        ErrorKind::BadRecord,
        ErrorKind::TimedOut,
    ];

    /// The name, used as the ErrorRecord id in PowerShell.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::InvalidArgument => "InvalidArgument",
            ErrorKind::NotFound => "NotFound",
            ErrorKind::Unreadable => "Unreadable",
            ErrorKind::NotAProtocolLog => "NotAProtocolLog",
            ErrorKind::OtherDirection => "OtherDirection",
            ErrorKind::BadRecord => "BadRecord",
            ErrorKind::TimedOut => "TimedOut",
        }
    }

    /// Whether a whole file or path is lost, not just a record of it.
    pub fn is_fatal_for_file(self) -> bool {
        !matches!(self, ErrorKind::BadRecord)
    }
}

/// An error or a warning, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    path: Option<String>,
    line: Option<u64>,
    text: String,
}

impl Error {
    /// An error without a place.
    pub fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Error { kind, path: None, line: None, text: text.into() }
    }

    /// The same error, in a file.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same error, at a line (counted from 1).
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file it is about.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The line it is about, counted from 1.
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The sentence, without the place.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

/// The result of the crate's calls.
pub type Result<T> = std::result::Result<T, Error>;
