//! The files cut into units: what one thread reads at a time.
//!
//! A unit is a range of bytes of a file; the lines that begin in it belong to
//! it. Only files whose first lines are an ordinary header are cut: anything
//! else (UTF-16, other columns, pasted lines, no log at all) is read whole,
//! line after line, by [`super::reading`].

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::query::Query;
use super::rows::MAX_UNIT;
use crate::log::header::{self, HeaderLine};
use crate::log::lines::trim;
use crate::log::source;
use crate::log::LogType;

/// A header has five lines, some 400 bytes.
pub const HEADER: usize = 4096;

/// A range of a file.
pub struct Unit {
    /// Number of the file in the scan.
    pub file: usize,
    /// The file, opened once for all its units.
    pub source: Arc<File>,
    /// Where it begins and ends, in bytes.
    pub from: u64,
    /// Lines that begin before this belong to it.
    pub to: u64,
    /// The last one of its file.
    pub last: bool,
    /// What the header at the top of the file says.
    pub log_type: LogType,
}

/// What is to be read next.
pub enum Job {
    /// A whole file, line after line.
    File(usize),
    /// A unit of a file.
    Unit(Unit),
}

/// Cuts the files of a scan into units, one after the other.
pub struct Units {
    query: Arc<Query>,
    bytes: u64,
    next_file: usize,
    open: Option<OpenFile>,
}

struct OpenFile {
    number: usize,
    source: Arc<File>,
    length: u64,
    from: u64,
    log_type: LogType,
}

impl Units {
    /// Units of about this many bytes.
    pub fn new(query: Arc<Query>, bytes: u64) -> Self {
        Units { query, bytes: bytes.clamp(1, MAX_UNIT), next_file: 0, open: None }
    }

    /// The next one, in the order of the files.
    pub fn next(&mut self) -> Option<Job> {
        if self.open.is_none() {
            let number = self.next_file;
            let file = self.query.files.get(number)?;
            self.next_file += 1;
            // What may stall is read where somebody waits for it with patience.
            self.open = if file.may_stall() { None } else { self.look(&file.path, number) };
        }
        let Some(open) = &mut self.open else {
            return Some(Job::File(self.next_file - 1));
        };
        let from = open.from;
        // Not a small rest by itself: it would be all sessions cut in two.
        let rest = open.length - from;
        let to = if rest <= self.bytes + self.bytes / 2 { open.length } else { from + self.bytes };
        open.from = to;
        let last = to == open.length;
        let unit = Unit {
            file: open.number,
            source: Arc::clone(&open.source),
            from,
            to,
            last,
            log_type: open.log_type,
        };
        if last {
            self.open = None;
        }
        Some(Job::Unit(unit))
    }

    /// Gives up the rest of a file.
    pub fn skip(&mut self, file: usize) {
        if self.open.as_ref().is_some_and(|open| open.number == file) {
            self.open = None;
        }
    }

    /// Opens a file; `None` where it has to be read line after line.
    fn look(&self, path: &std::path::Path, number: usize) -> Option<OpenFile> {
        let source = source::open(path).ok()?;
        let data = source.metadata().ok()?;
        if !data.is_file() || data.len() == 0 {
            return None;
        }
        let mut head = [0; HEADER];
        let count = read_at(&source, &mut head, 0).ok()?;
        let log_type = ordinary_header(&head[..count])?;
        let wanted = self.query.options.log_type;
        wanted.is_none_or(|wanted| wanted == log_type).then(|| OpenFile {
            number,
            source: Arc::new(source),
            length: data.len(),
            from: 0,
            log_type,
        })
    }
}

/// What kind of log this is, where a whole header with the standard columns
/// stands before the first record.
pub fn ordinary_header(head: &[u8]) -> Option<LogType> {
    if head.first() != Some(&b'#') || head.get(1) == Some(&0) {
        return None;
    }
    let mut log_type = None;
    let mut rest = head;
    while rest.first() == Some(&b'#') {
        let end = memchr::memchr(b'\n', rest)?;
        match header::parse(trim(&rest[..end])).ok()? {
            HeaderLine::LogType(found) => log_type = Some(found),
            HeaderLine::Fields(columns) if !columns.is_standard() => return None,
            _ => {}
        }
        rest = &rest[end + 1..];
    }
    log_type
}

/// Reads from a place of a file that others read too.
pub fn read_at(source: &File, into: &mut [u8], place: u64) -> io::Result<usize> {
    loop {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(source, into, place);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(source, into, place);
        match read {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
