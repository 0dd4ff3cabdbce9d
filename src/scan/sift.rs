//! A unit read by itself: sessions that begin and end in it are dealt with here,
//! the lines of all others are left to whoever has read what comes before.
//!
//! A session is dealt with here only where it is as usual in everything: its
//! records follow each other from sequence number 0 to `-`, under one id, with
//! endpoints that fit. Then [`crate::session::table::Table`] would put the same
//! records together, whatever stands around them. Its lines are only noted while
//! they pass; when it ends, it is followed record by record, unless its
//! [`crate::session::bearing::Signs`] show that no failure can come of it. Most
//! are never followed.
//!
//! This file reads the bytes; [`super::glance`] takes in the lines that are like
//! those before them, [`super::sorting`] all others, [`super::ending`] deals
//! with sessions that have ended and with the end of the unit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use super::query::Query;
use super::sifted::Sifted;
use super::sorting::Sorter;
use super::units::{read_at, Unit};
use crate::error::{Error, ErrorKind};
use crate::log::lines::MAX_LINE;

/// Bytes read at a time, and behind the end of a unit for its last line. Few
/// enough to be still in the processor's cache when their lines are taken in.
const PIECE: usize = 128 * 1024;
const SMALL_PIECE: usize = 8 * 1024;

/// What the buffer takes of addresses, though of memory only what is read into it. glibc gives
/// blocks of this size back to the system when they are freed; smaller ones it keeps for the
/// thread that had them, and in a shell every scan has other threads.
const MIN_BUFFER: usize =
    if cfg!(all(target_os = "linux", target_env = "gnu")) { 33 << 20 } else { 0 };

/// Reads units; keeps its buffers from one to the next.
pub struct Sieve {
    buffer: Vec<u8>,
    sorter: Sorter,
}

impl Sieve {
    pub fn new(query: Arc<Query>) -> Self {
        Sieve { buffer: Vec::new(), sorter: Sorter::new(query) }
    }

    /// Reads a unit; what it gives is of no use once `stop` is set.
    pub fn sift(&mut self, unit: &Unit, stop: &AtomicBool) -> Sifted {
        let Sieve { buffer, sorter } = self;
        sorter.begin(unit);
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
                let next = match sorter.all_left {
                    true => begin,
                    false => sorter.glance(&buffer[..filled], begin, end),
                };
                if next == begin {
                    let Some(close) = sorter.take(&buffer[..filled], begin, seen) else { break };
                    seen = close + 1;
                } else {
                    seen = next;
                }
                first.get_or_insert(begin);
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
                    sorter.leave_line(&buffer[..filled], *start, false);
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
                *buffer = vec![0; (end + SMALL_PIECE).max(MIN_BUFFER)];
            } else if buffer.len() < filled + piece {
                buffer.resize((filled + piece).max(end + SMALL_PIECE), 0);
            }
            let place = base + u64::try_from(filled).unwrap_or(0);
            match read_at(&unit.source, &mut buffer[filled..filled + piece], place) {
                // The unit was cut out of a file that had all these bytes.
                Ok(0) if filled < end => {
                    let text = "cannot be read further: the file became shorter while it was read";
                    let error = Error::new(ErrorKind::Unreadable, text);
                    sorter.sifted.error = Some(sorter.query.at_file(error, unit.file));
                    break;
                }
                Ok(count) => {
                    filled += count;
                    ended = count == 0;
                }
                Err(error) => {
                    let text = format!("cannot be read further: {error}");
                    let error = Error::new(ErrorKind::Unreadable, text);
                    sorter.sifted.error = Some(sorter.query.at_file(error, unit.file));
                    break;
                }
            }
        }
        let last = start.unwrap_or(0);
        let first = first.unwrap_or(last);
        let mut sifted = sorter.end(buffer, last);
        let place = |at: usize| base + u64::try_from(at).unwrap_or(0);
        (sifted.from, sifted.to) = (place(first), place(last));
        sifted
    }
}
