//! `extls_scan_*`: reads logs and gives what they hold, item by item.

use std::time::{Duration, Instant};

use super::guard::guard;
use super::memory;
use super::options;
use super::pages::Pages;
use super::pages_types::*;
use super::types::*;
use super::views::Views;
use crate::scan::background::{Background, Next};
use crate::scan::Item;

/// A scan of log files. Made by extls_scan_open, ended by extls_scan_free; may
/// be used by any thread, by one at a time.
pub struct extls_scan {
    scan: Background,
    /// What the pointers of the last item lead to.
    item: Option<Item>,
    views: Views,
    pages: Pages,
    /// Found, but for the next page.
    held: Option<Item>,
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
        let (paths, options) = unsafe { options::read(options) }?;
        let opened = Background::open(&paths, options).map_err(|error| error.to_string())?;
        let handle = Box::new(extls_scan {
            scan: opened,
            item: None,
            views: Views::default(),
            pages: Pages::default(),
            held: None,
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
        // SAFETY: promised by the caller.
        unsafe { give(scan, wait_ms, item, "item", extls_scan::next) }
    })
}

/// Gives what was found by now: sessions, at most `max_sessions` and some
/// hundreds, or one other thing. Status and waiting are those of extls_scan_next,
/// which may be called in between.
///
/// # Safety
/// `scan` must be NULL or come from extls_scan_open and not be freed; `page`
/// must be NULL or point to an extls_page.
#[no_mangle]
pub unsafe extern "C" fn extls_scan_page(
    scan: *mut extls_scan,
    wait_ms: u32,
    max_sessions: u32,
    page: *mut extls_page,
) -> i32 {
    guard(|| {
        let found = |handle: &mut extls_scan, wait| handle.page(wait, max_sessions);
        // SAFETY: promised by the caller.
        unsafe { give(scan, wait_ms, page, "page", found) }
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

enum Found<T> {
    Here(T),
    Waiting,
    End,
}

/// Writes what a scan gives to where the caller wants it.
///
/// # Safety
/// As for extls_scan_next.
unsafe fn give<T>(
    scan: *mut extls_scan,
    wait_ms: u32,
    to: *mut T,
    name: &str,
    find: impl FnOnce(&mut extls_scan, Duration) -> Found<T>,
) -> Result<i32, String> {
    // SAFETY: the caller promises NULL or a live scan that nobody else uses now.
    let Some(handle) = (unsafe { scan.as_mut() }) else {
        return Err("scan is NULL".to_owned());
    };
    if to.is_null() {
        return Err(format!("{name} is NULL"));
    }
    if handle.broken {
        return Err("this scan failed with an internal error before".to_owned());
    }
    handle.broken = true;
    let found = find(handle, Duration::from_millis(u64::from(wait_ms)));
    handle.broken = false;
    match found {
        Found::Here(view) => {
            // SAFETY: not NULL, and the caller promises that it can be written.
            unsafe { to.write(view) };
            Ok(EXTLS_OK)
        }
        Found::Waiting => Ok(EXTLS_WAITING),
        Found::End => Ok(EXTLS_END),
    }
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
            match self.take(wait.saturating_sub(begun.elapsed())) {
                Next::Item(item) => take(item),
                Next::Waiting => break true,
                Next::End => break false,
            }
            if begun.elapsed() >= wait {
                break true;
            }
        };
        self.broken = false;
        Ok((!more).then(|| self.scan.progress().files_read()))
    }

    fn next(&mut self, wait: Duration) -> Found<extls_item> {
        match self.page(wait, 1) {
            Found::Here(page) if page.session_count == 0 => Found::Here(page.item),
            Found::Here(page) => Found::Here(extls_item { session: page.sessions, ..NO_ITEM }),
            Found::Waiting => Found::Waiting,
            Found::End => Found::End,
        }
    }

    fn page(&mut self, wait: Duration, max_sessions: u32) -> Found<extls_page> {
        let max_sessions = usize::try_from(max_sessions).unwrap_or(usize::MAX).max(1);
        self.pages.begin();
        while self.pages.len() < max_sessions {
            let is_empty = self.pages.len() == 0;
            match self.take(if is_empty { wait } else { Duration::ZERO }) {
                Next::Item(Item::Packed(session)) if self.pages.add(&session) => {}
                Next::Item(item) if is_empty => {
                    let item = match self.item.insert(item) {
                        Item::Failure(failure) => self.views.failure(failure),
                        Item::Problem(problem) => self.views.problem(problem),
                        // The first one finds room, and no other form is asked for.
                        Item::Session(_) | Item::Line(_) | Item::Packed(_) => NO_ITEM,
                    };
                    return Found::Here(extls_page { item, ..self.pages.show() });
                }
                Next::Item(item) => {
                    self.held = Some(item);
                    break;
                }
                Next::Waiting if is_empty => return Found::Waiting,
                Next::End if is_empty => return Found::End,
                Next::Waiting | Next::End => break,
            }
        }
        Found::Here(self.pages.show())
    }

    fn take(&mut self, wait: Duration) -> Next {
        self.held.take().map_or_else(|| self.scan.next(wait), Next::Item)
    }
}
