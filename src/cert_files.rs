//! Certificate files: from what the user names to what stands in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cert::read::{is_named_like_one, read, Contents, ENDINGS};
use crate::error::{Error, ErrorKind};
use crate::file::{gave_no_answer, load};
use crate::log::files::display;
use crate::log::patience::{Patience, Pulse};

/// What became of a file.
pub type Read = Result<Contents, Error>;

/// Reads files, and of folders the files that look like certificates, and gives
/// each; what cannot be read is an error beside the others.
pub fn contents(paths: &[PathBuf], patience: &Patience, give: &mut dyn FnMut(Read)) {
    for path in paths {
        let theirs = path.clone();
        let look = move |pulse: &Pulse| list(&theirs, pulse);
        let found = match is_named_like_one(path) {
            true => patience.run_file(path, look),
            false => patience.run(path, look),
        };
        let found = found.unwrap_or_else(|stalled| Err(gave_no_answer(&stalled, path, patience)));
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                give(Err(error));
                continue;
            }
        };
        for file in found {
            if patience.is_cancelled() {
                return;
            }
            give(load(&file, patience).map(|bytes| read(&bytes, &display(&file))));
        }
    }
}

/// The files that a path stands for.
fn list(path: &Path, pulse: &Pulse) -> Result<Vec<PathBuf>, Error> {
    let problem = |kind, text: String| Err(Error::new(kind, text).at_path(display(path)));
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return problem(ErrorKind::Unreadable, error.to_string()),
    };
    let mut found = Vec::new();
    for entry in entries {
        pulse.beat();
        let Some(file) = entry.ok().map(|entry| entry.path()) else { continue };
        if is_named_like_one(&file) {
            pulse.touch(&file);
            if file.is_file() {
                found.push(file);
            }
        }
    }
    found.sort();
    if found.is_empty() {
        let text = format!("this folder holds no certificate file (*.{})", ENDINGS.join(", *."));
        return problem(ErrorKind::NotFound, text);
    }
    Ok(found)
}
