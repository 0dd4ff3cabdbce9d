//! Whole files, read under a bound.

use std::fs;
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
    let size = facts.len();
    if size > MAX_FILE {
        return Err(unreadable(format!("the file has {size} bytes; expected at most {MAX_FILE}")));
    }
    fs::read(path).map_err(|error| unreadable(error.to_string()))
}
