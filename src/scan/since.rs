//! Which files need not be read because nothing is wanted of their time.
//!
//! A failure after the time asked for can belong to a session that began before
//! it, even in a file before; without its beginning it might be judged otherwise.
//! So there is a margin, and it is longer than a session can be.

use std::fs::File;

use super::units::{ordinary_header, read_at, HEADER};
use crate::log::files::LogFile;
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// A receive connector ends every session after at most a day (ConnectionTimeout),
/// and a send connector waits no longer for a peer (ConnectionInactivityTimeOut).
const MARGIN_MS: i64 = 24 * 60 * 60 * 1000;

/// Bytes at the end of a file in which its last records are looked for.
const END: usize = 16 * 1024;

/// Whether all of a file surely lies so long before `since` that nothing in it
/// matters. Its name says so, and so do its first records and its last ones: a
/// name alone may be wrong, and so may the time at which a file was changed,
/// which some copies have and some do not.
pub fn lies_before(file: &LogFile, since: Timestamp, wanted: Option<LogType>) -> bool {
    let limit = Timestamp::from_unix_millis(since.unix_millis().saturating_sub(MARGIN_MS));
    file.begins_by_name().is_some_and(|begins| begins < limit)
        && content_lies_before(file, limit, wanted) == Some(true)
}

fn content_lies_before(file: &LogFile, limit: Timestamp, wanted: Option<LogType>) -> Option<bool> {
    if !file.path.is_file() {
        return None;
    }
    let source = File::open(&file.path).ok()?;
    let length = source.metadata().ok()?.len();
    let mut head = [0; HEADER];
    let count = read_at(&source, &mut head, 0).ok()?;
    let head = &head[..count];
    // What is no ordinary log is read, so that it is said what it is.
    let log_type = ordinary_header(head)?;
    if wanted.is_some_and(|wanted| wanted != log_type) {
        return None;
    }
    let mut end = vec![0; END];
    let place = length.saturating_sub(u64::try_from(END).ok()?);
    let count = read_at(&source, &mut end, place).ok()?;
    let end = &end[..count];
    let mut times = times(head).chain(times(end)).peekable();
    // Without a record there is nothing to tell by.
    times.peek()?;
    Some(times.all(|time| time < limit))
}

/// The times of the records in a text.
fn times(text: &[u8]) -> impl Iterator<Item = Timestamp> + '_ {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let comma = memchr::memchr(b',', line)?;
        Timestamp::parse(&line[..comma])
    })
}
