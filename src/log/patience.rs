//! What may wait for ever: a path on a network that no longer answers.
//!
//! No operating system lets go of a thread that waits inside such a call. So
//! whatever touches a path that may stall is done on a thread of its own, and
//! whoever asked for it waits until it is done, shows no sign of life for too
//! long, or is no longer wanted. A thread that was given up is left behind;
//! what it finds after all is dropped.

use std::collections::HashSet;
use std::fmt;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a path may show no sign of life, where nothing else was said:
/// longer than Windows takes to find a server again, shorter than a coffee.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// How long the end of work waits for its thread, so that files are closed
/// afterwards. Longer than any step takes; a disk that does not answer takes longer.
pub const FAREWELL: Duration = Duration::from_secs(1);

/// How long a path may give no answer. Nothing on a disk of this machine is
/// waited for like this once it was found; what stands on a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timeout {
    /// As long as is usual.
    #[default]
    Usual,
    /// So long.
    After(Duration),
    /// For ever.
    Never,
}

impl Timeout {
    /// How long that is; for ever where there is no limit.
    pub fn limit(self) -> Option<Duration> {
        match self {
            Timeout::Usual => Some(DEFAULT_TIMEOUT),
            Timeout::After(limit) => Some(limit),
            Timeout::Never => None,
        }
    }
}

/// How often it is looked whether the work is still wanted.
const GLANCE: Duration = Duration::from_millis(20);

/// Paths that one thread looks at, one after the other: to start a thread takes
/// longer than to look at a file.
const BATCH: usize = 1024;

/// Called with a path before it is touched: stands in for a slow disk in tests.
#[derive(Clone, Default)]
pub struct Hook(Option<Arc<Touch>>);

type Touch = dyn Fn(&Path) + Send + Sync;

impl Hook {
    /// A hook that calls this.
    pub fn new(touch: impl Fn(&Path) + Send + Sync + 'static) -> Self {
        Hook(Some(Arc::new(touch)))
    }

    fn touch(&self, path: &Path) {
        if let Some(touch) = &self.0 {
            touch(path);
        }
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Hook" } else { "no hook" })
    }
}

/// Why work on a path came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stalled {
    /// The last path that was touched gave no answer for too long.
    NoAnswer(PathBuf),
    /// The path stands below one that was given up before.
    Before,
    /// Nobody wants the work any more.
    Cancelled,
}

/// How long to wait, and what was given up.
#[derive(Debug, Default)]
pub struct Patience {
    limit: Option<Duration>,
    hook: Hook,
    cancelled: AtomicBool,
    given_up: Mutex<HashSet<PathBuf>>,
}

/// The sign of life of work on a path.
pub struct Pulse {
    beats: AtomicU64,
    at: Mutex<PathBuf>,
    hook: Hook,
}

impl Pulse {
    /// The work is about to touch this path.
    pub fn touch(&self, path: &Path) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = path.to_path_buf();
        self.beat();
        self.hook.touch(path);
    }

    /// The work goes on.
    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

impl Patience {
    /// Waits so long.
    pub fn new(timeout: Timeout, hook: Hook) -> Self {
        Patience { limit: timeout.limit(), hook, ..Patience::default() }
    }

    /// Waits for nothing any more.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody wants the work any more.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Does work that touches `path`.
    pub fn run<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Stalled> {
        if self.was_given_up(path) {
            return Err(Stalled::Before);
        }
        let done = self.attend(path, work);
        if let Err(Stalled::NoAnswer(at)) = &done {
            self.give_up(path);
            self.give_up(at);
        }
        done
    }

    /// Does the same with each of many paths; one thread does it as long as all answer.
    pub fn each<T: Send + 'static>(
        &self,
        paths: &[PathBuf],
        work: fn(&Path) -> T,
    ) -> Vec<Result<T, Stalled>> {
        let mut done = Vec::with_capacity(paths.len());
        while let Some(first) = paths.get(done.len()) {
            if self.was_given_up(first) {
                done.push(Err(Stalled::Before));
                continue;
            }
            let rest: Vec<PathBuf> = paths[done.len()..]
                .iter()
                .take(BATCH)
                .take_while(|path| !self.was_given_up(path))
                .cloned()
                .collect();
            // What is done is kept, also where the next one stalls.
            let found = Arc::new(Mutex::new(Vec::new()));
            let theirs = Arc::clone(&found);
            let stalled = self.attend(first, move |pulse| {
                for path in rest {
                    pulse.touch(&path);
                    let one = work(&path);
                    theirs.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                }
            });
            let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
            done.extend(found.into_iter().map(Ok));
            if let Err(stalled) = stalled {
                if let (Stalled::NoAnswer(at), Some(folder)) =
                    (&stalled, paths.get(done.len()).and_then(|path| path.parent()))
                {
                    self.give_up(at);
                    // The files beside a log stand on the same server.
                    if at.extension().is_some_and(|word| word.eq_ignore_ascii_case("log")) {
                        self.give_up(folder);
                    }
                }
                done.push(Err(stalled));
            }
        }
        done
    }

    /// Does work on a thread, as long as it shows signs of life.
    fn attend<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Stalled> {
        if self.is_cancelled() {
            return Err(Stalled::Cancelled);
        }
        let pulse = Arc::new(Pulse {
            beats: AtomicU64::new(0),
            at: Mutex::new(path.to_path_buf()),
            hook: self.hook.clone(),
        });
        let (give, take) = mpsc::sync_channel(1);
        let theirs = Arc::clone(&pulse);
        let first = path.to_path_buf();
        let spawned =
            thread::Builder::new().name("exchange-tls path".to_owned()).spawn(move || {
                theirs.touch(&first);
                // Nobody may be there any more to take it.
                let _ = give.send(work(&theirs));
            });
        // Without threads nothing can be waited for.
        let Ok(thread) = spawned else { return Err(Stalled::NoAnswer(path.to_path_buf())) };
        let (mut beats, mut since) = (0, Instant::now());
        loop {
            match take.recv_timeout(GLANCE) {
                Ok(done) => {
                    // It is about to end; nothing of it is to outlive the scan.
                    let _ = thread.join();
                    return Ok(done);
                }
                // It panicked; whoever waits shall know.
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Err(panic) => resume_unwind(panic),
                    Ok(()) => return Err(Stalled::NoAnswer(path.to_path_buf())),
                },
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.is_cancelled() {
                return Err(Stalled::Cancelled);
            }
            let now = pulse.beats.load(Ordering::Relaxed);
            if now != beats {
                (beats, since) = (now, Instant::now());
            } else if self.limit.is_some_and(|limit| since.elapsed() >= limit) {
                let at = pulse.at.lock().unwrap_or_else(PoisonError::into_inner).clone();
                return Err(Stalled::NoAnswer(at));
            }
        }
    }

    /// Does work with a file, of which those beside it stand on the same server:
    /// where it gives no answer they are given up, too.
    pub fn run_file<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Stalled> {
        let done = self.run(path, work);
        if let (Err(Stalled::NoAnswer(_)), Some(folder)) = (&done, path.parent()) {
            self.give_up(folder);
        }
        done
    }

    /// The sentence about a path that was given up.
    pub fn words(&self, stalled: &Stalled) -> String {
        match stalled {
            Stalled::NoAnswer(_) => {
                let seconds = self.limit.unwrap_or_default().as_secs_f64();
                format!("there was no answer for {seconds} seconds, so this path was given up")
            }
            Stalled::Before => "not read: the path was given up when it gave no answer".to_owned(),
            Stalled::Cancelled => "not read: the work was ended".to_owned(),
        }
    }

    /// Nothing below this path is tried any more.
    fn give_up(&self, path: &Path) {
        self.set().insert(path.to_path_buf());
    }

    fn was_given_up(&self, path: &Path) -> bool {
        let set = self.set();
        !set.is_empty() && path.ancestors().any(|folder| set.contains(folder))
    }

    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_up_what_shows_no_sign_of_life_and_only_that() {
        let slow = Hook::new(|path| {
            if path.ends_with("stalled") {
                thread::sleep(Duration::from_secs(5));
            }
        });
        let patience = Patience::new(Timeout::After(Duration::from_millis(150)), slow);
        let begun = Instant::now();
        let done = patience.run(Path::new("/a"), |pulse| {
            for name in ["one", "two", "three"] {
                thread::sleep(Duration::from_millis(100));
                pulse.touch(&Path::new("/a").join(name));
            }
            7
        });
        assert_eq!(done, Ok(7), "slow, but alive");
        let at = Path::new("/b/stalled");
        let stalled = patience.run(Path::new("/b"), |pulse| pulse.touch(Path::new("/b/stalled")));
        assert_eq!(stalled, Err(Stalled::NoAnswer(at.to_path_buf())));
        assert_eq!(patience.run(Path::new("/b/other"), |_| ()), Err(Stalled::Before));
        assert_eq!(patience.run(Path::new("/c"), |_| ()), Ok(()));
        patience.cancel();
        assert_eq!(patience.run(Path::new("/c"), |_| ()), Err(Stalled::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(4));
    }
}
