//! Threads that read units ahead of whoever merges them.
//!
//! Units are taken and given back in order; nobody reads further ahead than a
//! few units, so memory stays bounded however slowly the items are taken.

use std::collections::VecDeque;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::query::Query;
use super::sift::Sieve;
use super::sifted::Sifted;
use super::units::{Job, Unit, Units};

/// How long the merging side waits before it says that nothing has come yet.
const PATIENCE: Duration = Duration::from_millis(20);

/// Units read ahead of the merging side, beyond one for each thread.
const AHEAD: usize = 2;

/// Files up to this size are left to the merging side: to hand one over takes
/// longer than to read it. So many may wait, open, to be read.
const SMALL: u64 = 32 * 1024;
const MAX_SMALL: usize = 64;

/// What comes next.
pub enum Next {
    /// A file to read line after line.
    File(usize),
    /// A unit that was read.
    Unit(Box<(Unit, Sifted)>),
    /// Nothing yet.
    Wait,
    /// Nothing more.
    End,
}

/// Reads units, on threads or on the thread that asks.
pub enum Crew {
    /// On the thread that asks.
    Alone(Box<Alone>),
    /// On others.
    Threads(Box<Threads>),
}

impl Crew {
    /// A crew of so many threads, 1 being the thread that asks, for units of so many bytes.
    pub fn new(query: &Arc<Query>, bytes: u64, threads: usize) -> Self {
        let units = || Units::new(Arc::clone(query), bytes);
        if threads > 1 {
            let threads = Threads::start(query, units(), threads);
            if !threads.running.is_empty() {
                return Crew::Threads(Box::new(threads));
            }
        }
        Crew::Alone(Box::new(Alone { sieve: Sieve::new(Arc::clone(query)), units: units() }))
    }

    /// The next unit, in order.
    pub fn next(&mut self) -> Next {
        match self {
            Crew::Alone(alone) => alone.next(),
            Crew::Threads(threads) => threads.next(),
        }
    }

    /// Reads no more of a file.
    pub fn skip(&mut self, file: usize) {
        match self {
            Crew::Alone(alone) => alone.units.skip(file),
            Crew::Threads(threads) => threads.shared.desk().units.skip(file),
        }
    }
}

/// Reads units on the thread that asks.
pub struct Alone {
    sieve: Sieve,
    units: Units,
}

impl Alone {
    fn next(&mut self) -> Next {
        match self.units.next() {
            None => Next::End,
            Some(Job::File(number)) => Next::File(number),
            Some(Job::Unit(unit)) => {
                let sifted = self.sieve.sift(&unit, &AtomicBool::new(false));
                Next::Unit(Box::new((unit, sifted)))
            }
        }
    }
}

/// Threads that read units.
pub struct Threads {
    shared: Arc<Shared>,
    running: Vec<JoinHandle<()>>,
    /// For small files.
    sieve: Sieve,
}

struct Shared {
    desk: Mutex<Desk>,
    /// A unit may be taken.
    free: Condvar,
    /// The unit that is merged next has come.
    ready: Condvar,
    stop: AtomicBool,
    ahead: usize,
}

struct Desk {
    units: Units,
    /// What was taken and not yet merged, oldest first.
    taken: VecDeque<Done>,
    /// The number of the oldest.
    oldest: u64,
    /// Nothing but small files.
    only_small: bool,
    ended: bool,
}

/// What became of a job.
enum Done {
    NotYet,
    File(usize),
    Small(Unit),
    Unit(Box<(Unit, Sifted)>),
    Panicked(Box<dyn std::any::Any + Send>),
}

impl Threads {
    fn start(query: &Arc<Query>, units: Units, threads: usize) -> Self {
        let desk =
            Desk { units, taken: VecDeque::new(), oldest: 0, only_small: true, ended: false };
        let shared = Arc::new(Shared {
            desk: Mutex::new(desk),
            free: Condvar::new(),
            ready: Condvar::new(),
            stop: AtomicBool::new(false),
            ahead: threads + AHEAD,
        });
        let running = (0..threads)
            .filter_map(|_| {
                let (query, shared) = (Arc::clone(query), Arc::clone(&shared));
                let name = "exchange-tls reader".to_owned();
                thread::Builder::new().name(name).spawn(move || shared.work(query)).ok()
            })
            .collect();
        Threads { shared, running, sieve: Sieve::new(Arc::clone(query)) }
    }

    fn next(&mut self) -> Next {
        let mut desk = self.shared.desk();
        if matches!(desk.taken.front(), None | Some(Done::NotYet)) && !desk.is_done() {
            let waited = self.shared.ready.wait_timeout(desk, PATIENCE);
            desk = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let next = match desk.taken.front() {
            None if desk.is_done() => return Next::End,
            None | Some(Done::NotYet) => return Next::Wait,
            Some(_) => desk.taken.pop_front(),
        };
        desk.oldest += 1;
        let room = desk.taken.len() < self.shared.ahead;
        drop(desk);
        if room {
            self.shared.free.notify_one();
        }
        match next {
            Some(Done::Small(unit)) => {
                let sifted = self.sieve.sift(&unit, &self.shared.stop);
                Next::Unit(Box::new((unit, sifted)))
            }
            Some(Done::File(number)) => Next::File(number),
            Some(Done::Unit(done)) => Next::Unit(done),
            Some(Done::Panicked(panic)) => resume_unwind(panic),
            Some(Done::NotYet) | None => Next::Wait,
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Under the lock, or a thread that is about to wait would miss it.
        drop(self.shared.desk());
        self.shared.free.notify_all();
        for thread in self.running.drain(..) {
            // Its panic, if there was one, was given back as the result of a unit.
            let _ = thread.join();
        }
    }
}

impl Desk {
    /// Everything was read and merged.
    fn is_done(&self) -> bool {
        self.ended && self.taken.is_empty()
    }
}

impl Shared {
    /// A panic happens in no state of the desk that could not go on.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does.
    fn work(&self, query: Arc<Query>) {
        let mut sieve = Sieve::new(query);
        while let Some((number, unit)) = self.take() {
            let sift = AssertUnwindSafe(|| sieve.sift(&unit, &self.stop));
            let done = match catch_unwind(sift) {
                Ok(sifted) => Done::Unit(Box::new((unit, sifted))),
                Err(panic) => Done::Panicked(panic),
            };
            self.give(number, done);
        }
    }

    /// Takes the next unit once there is room; `None` where there is nothing more to do.
    fn take(&self) -> Option<(u64, Unit)> {
        let mut desk = self.desk();
        loop {
            if self.stop.load(Ordering::Relaxed) || desk.ended {
                return None;
            }
            if desk.taken.len() >= if desk.only_small { MAX_SMALL } else { self.ahead } {
                desk = self.free.wait(desk).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            match desk.units.next() {
                Some(Job::Unit(unit)) if unit.to - unit.from <= SMALL => {
                    desk.only_small |= desk.taken.is_empty();
                    desk.taken.push_back(Done::Small(unit));
                    if desk.taken.len() == 1 {
                        self.ready.notify_one();
                    }
                }
                Some(Job::Unit(unit)) => {
                    desk.only_small = false;
                    let number = desk.oldest + u64::try_from(desk.taken.len()).unwrap_or(0);
                    desk.taken.push_back(Done::NotYet);
                    return Some((number, unit));
                }
                Some(Job::File(file)) => {
                    desk.taken.push_back(Done::File(file));
                    self.ready.notify_one();
                }
                None => {
                    desk.ended = true;
                    self.ready.notify_one();
                    self.free.notify_all();
                }
            }
        }
    }

    fn give(&self, number: u64, done: Done) {
        let mut desk = self.desk();
        let at = usize::try_from(number - desk.oldest).unwrap_or(usize::MAX);
        if let Some(place) = desk.taken.get_mut(at) {
            *place = done;
        }
        if at == 0 {
            self.ready.notify_one();
        }
    }
}
