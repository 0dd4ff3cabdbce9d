//! Whole files and streams, read under a bound.

use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::log::files::display;
use crate::log::source;

/// Largest file that is read whole: a bundle of every public CA is under 1 MiB,
/// revocation lists of large CAs reach tens, and four thousand exported
/// connectors are 256.
pub const MAX_FILE: u64 = 256 << 20;

/// The bytes of a file. What is no regular file is refused: reading a pipe would
/// wait for its writer.
pub fn load(path: &Path) -> Result<Vec<u8>, Error> {
    let at_path = |kind, text: String| Error::new(kind, text).at_path(display(path));
    let file = source::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            at_path(ErrorKind::NotFound, "no such file or folder".to_owned())
        }
        _ => at_path(ErrorKind::Unreadable, error.to_string()),
    })?;
    read_all(file, &display(path))
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
