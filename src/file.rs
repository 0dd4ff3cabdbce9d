//! Whole files and streams, read under a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::log::files::display;
use crate::log::patience::{Patience, Pulse, Stalled};
use crate::log::source;

/// Largest file that is read whole: a bundle of every public CA is under 1 MiB,
/// revocation lists of large CAs reach tens, and four thousand exported
/// connectors are 256.
pub const MAX_FILE: u64 = 256 << 20;

/// The bytes of a file, waited for with patience. What is no regular file is
/// refused: reading a pipe would wait for its writer.
pub fn load(path: &Path, patience: &Patience) -> Result<Vec<u8>, Error> {
    let theirs = path.to_path_buf();
    let read = patience.run_file(path, move |pulse| read_file(&theirs, pulse));
    read.unwrap_or_else(|stalled| Err(gave_no_answer(&stalled, path, patience)))
}

/// The error about a path that was given up.
pub fn gave_no_answer(stalled: &Stalled, path: &Path, patience: &Patience) -> Error {
    let at = if let Stalled::NoAnswer(at) = stalled { at } else { path };
    Error::new(ErrorKind::TimedOut, patience.words(stalled)).at_path(display(at))
}

fn read_file(path: &Path, pulse: &Pulse) -> Result<Vec<u8>, Error> {
    let at_path = |kind, text: String| Error::new(kind, text).at_path(display(path));
    let file = source::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            at_path(ErrorKind::NotFound, "no such file or folder".to_owned())
        }
        _ => at_path(ErrorKind::Unreadable, error.to_string()),
    })?;
    read_all(Alive { file, pulse }, &display(path))
}

/// A file of which each read that comes back is a sign of life.
struct Alive<'a> {
    file: File,
    pulse: &'a Pulse,
}

impl Read for Alive<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        /// What the slowest line still brings in a few seconds.
        const PIECE: usize = 256 << 10;
        self.pulse.beat();
        let wanted = into.len().min(PIECE);
        self.file.read(&mut into[..wanted])
    }
}

/// Reads to the end, but not without end.
pub fn read_all(from: impl Read, source: &str) -> Result<Vec<u8>, Error> {
    let unreadable = |text: String| Error::new(ErrorKind::Unreadable, text).at_path(source);
    let mut bytes = Vec::new();
    from.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > MAX_FILE) {
        return Err(unreadable(format!("it has more bytes than the {MAX_FILE} that are read")));
    }
    Ok(bytes)
}
