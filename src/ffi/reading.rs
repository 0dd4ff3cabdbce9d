//! Paths that are read for a handle while its caller does something else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arguments::timeout;
use crate::errand::{Errand, Next};
use crate::log::patience::{Hook, Patience};

/// What is read for a handle, if anything is.
pub struct Reading<T> {
    /// One for all that is read: what was given up stays so.
    patience: Arc<Patience>,
    errand: Option<Errand<T>>,
    /// Reading panicked: nobody knows what is missing.
    broken: bool,
}

impl<T: Send + 'static> Reading<T> {
    /// Nothing is read yet; a path may give no answer for so many seconds.
    pub fn within(timeout_seconds: u32) -> Self {
        let patience = Patience::new(timeout(timeout_seconds), Hook::default());
        Reading { patience: Arc::new(patience), errand: None, broken: false }
    }

    /// Begins to read; nothing else may be read meanwhile.
    pub fn begin(
        &mut self,
        work: impl FnOnce(&Patience, &mut dyn FnMut(T)) + Send + 'static,
    ) -> Result<(), String> {
        let errand = Errand::begin(&self.patience, work).map_err(|error| error.to_string())?;
        self.errand = Some(errand);
        Ok(())
    }

    /// An error with the name of the function that waits, where something is still read.
    pub fn must_be_over(&self, waits: &str) -> Result<(), String> {
        if self.broken {
            return Err("this handle failed with an internal error before".to_owned());
        }
        match self.errand {
            None => Ok(()),
            Some(_) => {
                Err(format!("the paths are still being read: call {waits} until it gives EXTLS_OK"))
            }
        }
    }

    /// Takes what was read for about this time; whether that was all.
    pub fn wait(&mut self, wait: Duration, mut take: impl FnMut(T)) -> Result<bool, String> {
        if self.broken {
            return Err("this handle failed with an internal error before".to_owned());
        }
        let Some(errand) = &mut self.errand else { return Ok(true) };
        self.broken = true;
        let begun = Instant::now();
        let is_over = loop {
            match errand.next(wait.saturating_sub(begun.elapsed())) {
                Next::Piece(piece) => take(piece),
                Next::Waiting => break false,
                Next::End => break true,
            }
            if begun.elapsed() >= wait {
                break false;
            }
        };
        self.broken = false;
        if is_over {
            self.errand = None;
        }
        Ok(is_over)
    }
}
