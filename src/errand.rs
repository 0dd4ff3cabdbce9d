//! Files that are found and read on a thread of their own, for a caller who must
//! never be kept waiting: a shell that is to stop at Ctrl+C even where a disk
//! does not answer. Scans of logs have a thread of their own (`scan/background.rs`),
//! which pauses and tells how far it is.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};
use crate::log::patience::{Patience, FAREWELL};

/// Pieces that may wait for the caller: each holds a file, so few.
const MAX_WAITING: usize = 4;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    /// Something was brought.
    Piece(T),
    /// Nothing within the time given.
    Waiting,
    /// Nothing more.
    End,
}

/// Work that brings piece after piece.
pub struct Errand<T> {
    patience: Arc<Patience>,
    pieces: Receiver<T>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Errand<T> {
    /// Begins work that waits with this patience and hands over what it finds.
    pub fn begin(
        patience: &Arc<Patience>,
        work: impl FnOnce(&Patience, &mut dyn FnMut(T)) + Send + 'static,
    ) -> Result<Self, Error> {
        let (give, pieces) = mpsc::sync_channel(MAX_WAITING);
        let theirs = Arc::clone(patience);
        let thread = thread::Builder::new()
            .name("exchange-tls errand".to_owned())
            // Nobody may be there any more to take a piece.
            .spawn(move || work(&theirs, &mut |piece| drop(give.send(piece))))
            .map_err(|error| {
                Error::new(ErrorKind::Unreadable, format!("no thread can be started: {error}"))
            })?;
        Ok(Errand { patience: Arc::clone(patience), pieces, thread: Some(thread) })
    }

    /// What is brought within this time. A panic of the work comes out here.
    pub fn next(&mut self, wait: Duration) -> Next<T> {
        match self.pieces.recv_timeout(wait) {
            Ok(piece) => Next::Piece(piece),
            Err(RecvTimeoutError::Timeout) => Next::Waiting,
            Err(RecvTimeoutError::Disconnected) => {
                if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
                    resume_unwind(panic);
                }
                Next::End
            }
        }
    }
}

impl<T> Drop for Errand<T> {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.patience.cancel();
        let until = Instant::now() + FAREWELL;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok(_) if !left.is_zero() => {}
                Err(RecvTimeoutError::Disconnected) => {
                    // Whoever would have been told of its panic is gone.
                    let _ = thread.join();
                    return;
                }
                // It waits for a disk, and ends when that answers.
                Ok(_) | Err(RecvTimeoutError::Timeout) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{catch_unwind, AssertUnwindSafe};

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn pieces_come_in_order_and_then_the_end() {
        let count = |_: &Patience, give: &mut dyn FnMut(usize)| (0..100).for_each(give);
        let mut errand = Errand::begin(&Arc::default(), count).unwrap();
        for wanted in 0..100 {
            assert_eq!(errand.next(LONG), Next::Piece(wanted));
        }
        assert_eq!(errand.next(LONG), Next::End);
        assert_eq!(errand.next(LONG), Next::End);
    }

    #[test]
    fn what_is_dropped_in_the_middle_is_cancelled_and_ends() {
        let (alive, ended) = mpsc::channel::<()>();
        let patience = Arc::default();
        let endless = move |patience: &Patience, give: &mut dyn FnMut(())| {
            let _alive = alive;
            while !patience.is_cancelled() {
                give(());
            }
        };
        let mut errand = Errand::begin(&patience, endless).unwrap();
        assert_eq!(errand.next(LONG), Next::Piece(()));
        drop(errand);
        assert!(patience.is_cancelled());
        assert_eq!(ended.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected), "it was joined");
    }

    #[test]
    fn a_panic_comes_out_where_its_pieces_are_taken() {
        let panics = |_: &Patience, give: &mut dyn FnMut(())| {
            give(());
            panic!("an errand gone wrong");
        };
        let mut errand = Errand::begin(&Arc::default(), panics).unwrap();
        assert_eq!(errand.next(LONG), Next::Piece(()));
        assert!(catch_unwind(AssertUnwindSafe(|| errand.next(LONG))).is_err());
    }
}
