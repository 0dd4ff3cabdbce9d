//! A scan on a thread of its own, for a caller who must never be kept waiting:
//! a shell that is to stop at Ctrl+C even where a disk does not answer.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Item, Options, Progress, Scan};
use crate::error::{Error, ErrorKind};
use crate::log::patience::{Patience, FAREWELL};

/// Items that may wait for the caller before the thread pauses: enough for a
/// page of a shell, few enough that memory stays bounded.
const MAX_WAITING: usize = 256;

/// What comes next.
pub enum Next {
    /// Something was found.
    Item(Item),
    /// Nothing within the time given.
    Waiting,
    /// Nothing more.
    End,
}

/// A scan that goes on by itself.
pub struct Background {
    shared: Arc<Shared>,
    patience: Arc<Patience>,
    thread: Option<JoinHandle<()>>,
    /// Taken over from the thread, not yet given.
    taken: VecDeque<Item>,
}

struct Shared {
    desk: Mutex<Desk>,
    /// Something was found, or the thread has ended.
    news: Condvar,
    /// There is room for more.
    room: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct Desk {
    items: VecDeque<Item>,
    progress: Progress,
    ended: bool,
    panic: Option<Box<dyn Any + Send>>,
}

impl Background {
    /// Checks what is asked for, and begins.
    pub fn open(paths: &[PathBuf], options: Options) -> Result<Self, Error> {
        let scan = Scan::open(paths, options)?;
        let patience = scan.patience();
        let shared = Arc::new(Shared {
            desk: Mutex::default(),
            news: Condvar::new(),
            room: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("exchange-tls scan".to_owned())
            .spawn(move || theirs.work(scan))
            .map_err(|error| {
                Error::new(ErrorKind::Unreadable, format!("no thread can be started: {error}"))
            })?;
        Ok(Background { shared, patience, thread: Some(thread), taken: VecDeque::new() })
    }

    /// What is found within this time. A panic of the scan comes out here.
    pub fn next(&mut self, wait: Duration) -> Next {
        if let Some(item) = self.taken.pop_front() {
            return Next::Item(item);
        }
        let until = Instant::now().checked_add(wait);
        let mut desk = self.shared.desk();
        loop {
            if !desk.items.is_empty() {
                std::mem::swap(&mut desk.items, &mut self.taken);
                drop(desk);
                self.shared.room.notify_one();
                return self.taken.pop_front().map_or(Next::Waiting, Next::Item);
            }
            if let Some(panic) = desk.panic.take() {
                drop(desk);
                resume_unwind(panic);
            }
            if desk.ended {
                return Next::End;
            }
            let left = until.map_or(wait, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Next::Waiting;
            }
            let waited = self.shared.news.wait_timeout(desk, left);
            desk = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How far the scan has come.
    pub fn progress(&self) -> Progress {
        self.shared.desk().progress
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.patience.cancel();
        self.shared.stop.store(true, Ordering::Relaxed);
        let mut desk = self.shared.desk();
        self.shared.room.notify_one();
        let until = Instant::now() + FAREWELL;
        while !desk.ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return; // it waits for a disk, and ends when that answers
            }
            let waited = self.shared.news.wait_timeout(desk, left);
            desk = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(desk);
        if let Some(thread) = self.thread.take() {
            // Its panic, if there was one, was kept for the caller.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// A panic happens in no state of the desk that could not go on.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does.
    fn work(&self, scan: Scan) {
        // The scan is dropped, and its files closed, before the end is told.
        let panic = catch_unwind(AssertUnwindSafe(|| self.read(scan))).err();
        let mut desk = self.desk();
        desk.panic = panic;
        desk.ended = true;
        self.news.notify_all();
    }

    fn read(&self, mut scan: Scan) {
        while !self.stop.load(Ordering::Relaxed) {
            let more = scan.step();
            let mut desk = self.desk();
            while let Some(item) = scan.pop() {
                desk.items.push_back(item);
            }
            desk.progress = scan.progress();
            if !desk.items.is_empty() {
                self.news.notify_one();
            }
            while desk.items.len() >= MAX_WAITING && !self.stop.load(Ordering::Relaxed) {
                desk = self.room.wait(desk).unwrap_or_else(PoisonError::into_inner);
            }
            if !more {
                return;
            }
        }
    }
}
