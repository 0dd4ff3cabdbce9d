//! `extls_scan_*`: reads logs and gives what they hold, item by item.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::arguments::{numbers, texts};
use super::guard::guard;
use super::memory;
use super::types::*;
use super::views::Views;
use crate::failure::cause::{Cause, CAUSES};
use crate::log::LogType;
use crate::scan::background::{Background, Next};
use crate::scan::{Item, Options, Timeout, Wanted};
use crate::timestamp::Timestamp;

/// A scan of log files. Made by extls_scan_open, ended by extls_scan_free; may
/// be used by any thread, by one at a time.
pub struct extls_scan {
    scan: Background,
    /// What the pointers of the last item lead to.
    item: Option<Item>,
    views: Views,
    /// A call with this scan panicked: its state cannot be trusted.
    broken: bool,
}

/// Begins a scan of the files that the options name, on a thread of its own.
/// Files that cannot be used are problems of the scan, not errors of this call.
///
/// # Safety
/// `options` must be NULL or point to options whose texts can be read; `scan`
/// must be NULL or point to a place for a pointer.
#[no_mangle]
pub unsafe extern "C" fn extls_scan_open(
    options: *const extls_scan_options,
    scan: *mut *mut extls_scan,
) -> i32 {
    guard(|| {
        if scan.is_null() {
            return Err("scan is NULL".to_owned());
        }
        // SAFETY: the caller promises NULL or options that can be read.
        let Some(options) = (unsafe { options.as_ref() }) else {
            return Err("options is NULL".to_owned());
        };
        // SAFETY: the caller promises that the options' texts can be read.
        let (paths, options) = unsafe { read(options) }?;
        let opened = Background::open(&paths, options).map_err(|error| error.to_string())?;
        let handle = Box::new(extls_scan {
            scan: opened,
            item: None,
            views: Views::default(),
            broken: false,
        });
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { scan.write(Box::into_raw(handle)) };
        Ok(EXTLS_OK)
    })
}

/// Gives the next item. EXTLS_WAITING where none was found within `wait_ms`
/// milliseconds (0 only looks), EXTLS_END behind the last one. It never waits
/// longer, whatever the disk does.
///
/// # Safety
/// `scan` must be NULL or come from extls_scan_open and not be freed; `item`
/// must be NULL or point to an extls_item.
#[no_mangle]
pub unsafe extern "C" fn extls_scan_next(
    scan: *mut extls_scan,
    wait_ms: u32,
    item: *mut extls_item,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live scan that nobody else uses now.
        let Some(handle) = (unsafe { scan.as_mut() }) else {
            return Err("scan is NULL".to_owned());
        };
        if item.is_null() {
            return Err("item is NULL".to_owned());
        }
        if handle.broken {
            return Err("this scan failed with an internal error before".to_owned());
        }
        handle.broken = true;
        let found = handle.next(Duration::from_millis(u64::from(wait_ms)));
        handle.broken = false;
        match found {
            Found::Item(view) => {
                // SAFETY: not NULL, and the caller promises that it can be written.
                unsafe { item.write(view) };
                Ok(EXTLS_OK)
            }
            Found::Waiting => Ok(EXTLS_WAITING),
            Found::End => Ok(EXTLS_END),
        }
    })
}

/// Tells how far a scan has come; all is 0 until the files are found.
///
/// # Safety
/// `scan` must be NULL or come from extls_scan_open and not be freed;
/// `progress` must be NULL or point to an extls_progress.
#[no_mangle]
pub unsafe extern "C" fn extls_scan_progress(
    scan: *const extls_scan,
    progress: *mut extls_progress,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live scan that nobody else uses now.
        let Some(handle) = (unsafe { scan.as_ref() }) else {
            return Err("scan is NULL".to_owned());
        };
        if progress.is_null() {
            return Err("progress is NULL".to_owned());
        }
        let now = handle.scan.progress();
        let count = |files: usize| u64::try_from(files).unwrap_or(u64::MAX);
        let view = extls_progress {
            files: count(now.files),
            files_done: count(now.files_done),
            bytes: now.bytes,
            bytes_done: now.bytes_done,
        };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { progress.write(view) };
        Ok(EXTLS_OK)
    })
}

/// Ends a scan, at any time, and frees what its items point to. NULL is nothing to free.
/// Its files are closed then, unless a disk gives no answer: a thread that waits
/// for one is left behind, so the library must not be unloaded after that.
///
/// # Safety
/// `scan` must be NULL or come from extls_scan_open and not be freed before.
#[no_mangle]
pub unsafe extern "C" fn extls_scan_free(scan: *mut extls_scan) {
    guard(|| {
        if !scan.is_null() {
            // SAFETY: not NULL, made by Box::into_raw, and the caller gives it up.
            let scan = unsafe { Box::from_raw(scan) };
            let bytes = scan.scan.progress().bytes_done;
            drop(scan);
            memory::give_back(bytes);
        }
        Ok(EXTLS_OK)
    });
}

enum Found {
    Item(extls_item),
    Waiting,
    End,
}

impl extls_scan {
    /// Takes items for about this time; how many files were read, once everything is.
    pub fn drain(
        &mut self,
        mut take: impl FnMut(Item),
        wait: Duration,
    ) -> Result<Option<usize>, String> {
        if self.broken {
            return Err("this scan failed with an internal error before".to_owned());
        }
        self.broken = true;
        let begun = Instant::now();
        let more = loop {
            match self.scan.next(wait.saturating_sub(begun.elapsed())) {
                Next::Item(item) => take(item),
                Next::Waiting => break true,
                Next::End => break false,
            }
            if begun.elapsed() >= wait {
                break true;
            }
        };
        self.broken = false;
        Ok((!more).then(|| self.scan.progress().files_done))
    }

    fn next(&mut self, wait: Duration) -> Found {
        let item = match self.scan.next(wait) {
            Next::Item(item) => self.item.insert(item),
            Next::Waiting => return Found::Waiting,
            Next::End => return Found::End,
        };
        Found::Item(match item {
            Item::Failure(failure) => self.views.failure(failure),
            Item::Session(session) => self.views.session(session),
            Item::Problem(problem) => self.views.problem(problem),
        })
    }
}

/// Checks and copies the options.
///
/// # Safety
/// The texts and numbers of the options must be readable.
unsafe fn read(given: &extls_scan_options) -> Result<(Vec<PathBuf>, Options), String> {
    // SAFETY: promised by the caller.
    let paths = unsafe { texts("options.paths", given.paths) }?;
    // SAFETY: promised by the caller.
    let connectors = unsafe { texts("options.connectors", given.connectors) }?;
    // SAFETY: promised by the caller.
    let causes = unsafe { numbers("options.causes", given.causes, given.cause_count) }?;
    let cause = |number: &u32| -> Result<Cause, String> {
        let known = CAUSES.iter().find(|info| info.cause.number() == *number);
        known
            .map(|info| info.cause)
            .ok_or_else(|| format!("options.causes holds {number}, which is no cause"))
    };
    let time = |millis: i64| {
        Some(millis).filter(|millis| *millis != EXTLS_NO_TIME).map(Timestamp::from_unix_millis)
    };
    let known_flags =
        EXTLS_RECURSE | EXTLS_LITERAL | EXTLS_INCLUDE_REJECTION | EXTLS_INCLUDE_RECORDS;
    if given.flags & !known_flags != 0 {
        return Err("options.flags holds bits that have no meaning".to_owned());
    }
    let options = Options {
        wanted: match given.wanted {
            EXTLS_WANTED_FAILURES => Wanted::Failures,
            EXTLS_WANTED_SESSIONS => Wanted::Sessions,
            other => return Err(format!("options.wanted is {other}; expected 0 or 1")),
        },
        log_type: match given.log_type {
            EXTLS_LOG_ANY => None,
            EXTLS_LOG_SEND => Some(LogType::Send),
            EXTLS_LOG_RECEIVE => Some(LogType::Receive),
            other => return Err(format!("options.log_type is {other}; expected 0, 1 or 2")),
        },
        recurse: given.flags & EXTLS_RECURSE != 0,
        literal: given.flags & EXTLS_LITERAL != 0,
        include_rejection: given.flags & EXTLS_INCLUDE_REJECTION != 0,
        include_records: given.flags & EXTLS_INCLUDE_RECORDS != 0,
        since: time(given.since),
        until: time(given.until),
        connectors,
        timeout: match given.timeout_seconds {
            0 => Timeout::Usual,
            EXTLS_NO_TIMEOUT => Timeout::Never,
            seconds => Timeout::After(Duration::from_secs(u64::from(seconds))),
        },
        causes: causes.iter().map(cause).collect::<Result<_, _>>()?,
        ..Options::default()
    };
    Ok((paths.into_iter().map(PathBuf::from).collect(), options))
}
