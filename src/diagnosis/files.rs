//! What was collected on servers, from folders: exported objects, certificates
//! and logs, each told by its name and contents.

use std::fs;
use std::path::{Path, PathBuf};

use super::Evidence;
use crate::cert::read::{is_named_like_one, read};
use crate::cert::Request;
use crate::error::{Error, ErrorKind};
use crate::file::load;
use crate::log::files::display;
use crate::object;

/// How deep folders are followed: as far as for logs, whose tree is the deepest.
const MAX_DEPTH: usize = 32;

/// Most files taken of the folders that are named. Logs of a month are some
/// thousands; a whole disk named by mistake shall be told and not be read.
const MAX_FILES: usize = 100_000;

/// How exported objects end.
const OBJECTS: [&str; 3] = ["xml", "clixml", "json"];

/// What of the paths is left to be done.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Logs, to be scanned.
    pub logs: Vec<PathBuf>,
    /// What could not be read.
    pub problems: Vec<Error>,
}

impl Evidence {
    /// Adds the objects and certificates that files and folders hold, folders
    /// below folders too, and gives the logs among them.
    pub fn add_paths(&mut self, paths: &[PathBuf]) -> Gathered {
        let mut walk = Walk::default();
        for path in paths {
            walk.named(path);
        }
        let mut certificates = Request::at(self.at);
        for path in &walk.objects {
            if let Err(errors) = self.add_file(path) {
                walk.gathered.problems.extend(errors);
            }
        }
        for path in &walk.certificates {
            match load(path) {
                Ok(bytes) => certificates.add_file(read(&bytes, &display(path))),
                Err(error) => walk.gathered.problems.push(error),
            }
        }
        walk.gathered.problems.extend(self.add_certificates(&certificates));
        walk.gathered
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Vec<Error>> {
        let bytes = load(path).map_err(|error| vec![error])?;
        let objects = object::read(&bytes, &display(path)).unwrap_or_else(|| {
            let text = "this holds no objects; expected a file of Export-Clixml or ConvertTo-Json";
            Err(Error::new(ErrorKind::Unreadable, text).at_path(display(path)))
        });
        let objects = objects.map_err(|error| vec![error])?;
        let refused: Vec<Error> =
            objects.iter().filter_map(|object| self.add_object(object).err()).collect();
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused)
        }
    }
}

#[derive(Default)]
struct Walk {
    objects: Vec<PathBuf>,
    certificates: Vec<PathBuf>,
    gathered: Gathered,
    files: usize,
}

impl Walk {
    fn named(&mut self, path: &Path) {
        if path.is_dir() {
            return self.folder(path, 0);
        }
        if !path.exists() {
            return self.problem(ErrorKind::NotFound, path, "no such file or folder");
        }
        if !self.sort(path) {
            self.problem(
                ErrorKind::Unreadable,
                path,
                "expected a log (.log), exported objects (.xml, .json) or a certificate file",
            );
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.problem(ErrorKind::Unreadable, path, "folders lie too deep here");
        }
        let listed = match fs::read_dir(path) {
            Ok(listed) => listed,
            Err(error) => return self.problem(ErrorKind::Unreadable, path, &error.to_string()),
        };
        let mut entries = Vec::new();
        for entry in listed {
            match entry {
                Ok(entry) => entries.push(entry.path()),
                Err(error) => {
                    let text = format!("cannot be listed further: {error}");
                    self.problem(ErrorKind::Unreadable, path, &text);
                    break;
                }
            }
        }
        entries.sort();
        for entry in entries {
            // Links are not followed: what they lead to was not collected, and may lead back.
            let Ok(kind) = fs::symlink_metadata(&entry).map(|facts| facts.file_type()) else {
                continue;
            };
            if kind.is_dir() {
                self.folder(&entry, depth + 1);
            } else if kind.is_file() {
                if self.files >= MAX_FILES {
                    let text = format!("there are more than {MAX_FILES} files; name the folders of logs and exports only");
                    return self.problem(ErrorKind::Unreadable, path, &text);
                }
                self.sort(&entry);
            }
        }
    }

    /// Puts a file to its kind; false where it is of none.
    fn sort(&mut self, path: &Path) -> bool {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let ending = ending.unwrap_or_default();
        let kind = if ending == "log" {
            &mut self.gathered.logs
        } else if OBJECTS.contains(&ending.as_str()) {
            &mut self.objects
        } else if is_named_like_one(path) {
            &mut self.certificates
        } else {
            return false;
        };
        kind.push(path.to_path_buf());
        self.files += 1;
        true
    }

    fn problem(&mut self, kind: ErrorKind, path: &Path, text: &str) {
        self.gathered.problems.push(Error::new(kind, text).at_path(display(path)));
    }
}
