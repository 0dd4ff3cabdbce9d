//! Whole files and streams, read under a bound.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::log::files::display;

/// Largest file that is read whole: a bundle of every public CA is under 1 MiB,
/// revocation lists of large CAs reach tens, and four thousand exported
/// connectors are 256.
pub const MAX_FILE: u64 = 256 << 20;

/// The bytes of a file. What is no regular file is refused before it is opened:
/// reading a pipe would wait for its writer.
pub fn load(path: &Path) -> Result<Vec<u8>, Error> {
    let at_path = |kind, text: String| Error::new(kind, text).at_path(display(path));
    if !path.exists() {
        return Err(at_path(ErrorKind::NotFound, "no such file or folder".to_owned()));
    }
    let unreadable = |text: String| at_path(ErrorKind::Unreadable, text);
    let facts = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !facts.is_file() {
        return Err(unreadable("this is no regular file".to_owned()));
    }
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
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
