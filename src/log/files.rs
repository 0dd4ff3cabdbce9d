//! From what the user names (files, folders, wildcards) to log files in the
//! order they were written.
//!
//! Order matters because a session may start in one file and end in the next.
//! Files of different folders never share sessions: each folder is one
//! service of one server, and session ids are unique within one process only.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use time::{Date, Month, PrimitiveDateTime, Time};

use super::lines::Lines;
use crate::error::{Error, ErrorKind};
use crate::text::clean_str;
use crate::timestamp::Timestamp;

/// How deep `recurse` goes. Exchange's own tree below `TransportRoles` is six
/// deep; the bound ends what symbolic links could make endless.
const MAX_DEPTH: usize = 32;

/// A log file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// Files with the same number stand in the same folder.
    pub folder: usize,
    /// When it begins: from its name, else from its first record.
    begins: Option<Timestamp>,
    /// The number after the date in its name.
    instance: u64,
}

impl LogFile {
    /// The path as it is shown to people.
    pub fn display(&self) -> String {
        display(&self.path)
    }

    /// When it begins, as its name tells.
    pub fn begins_by_name(&self) -> Option<Timestamp> {
        let name = self.path.file_name()?.to_string_lossy();
        date_in_name(&name).map(|(begins, _)| begins)
    }
}

/// A path as it is shown to people.
pub fn display(path: &Path) -> String {
    clean_str(&path.to_string_lossy()).into_owned()
}

/// How paths are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search {
    /// Also the folders below a folder.
    pub recurse: bool,
    /// No character of a path is a wildcard.
    pub literal: bool,
}

/// Finds the log files that `paths` name. What cannot be used is an error
/// beside the files that can.
pub fn find(paths: &[PathBuf], search: Search) -> (Vec<LogFile>, Vec<Error>) {
    let mut finder = Finder {
        search,
        files: Vec::new(),
        folders: Vec::new(),
        seen: HashSet::new(),
        errors: Vec::new(),
    };
    for path in paths {
        finder.named(path);
    }
    finder.files.sort_by(|a, b| {
        (a.folder, a.begins, a.instance)
            .cmp(&(b.folder, b.begins, b.instance))
            .then_with(|| a.path.cmp(&b.path))
    });
    (finder.files, finder.errors)
}

struct Finder {
    search: Search,
    files: Vec<LogFile>,
    folders: Vec<PathBuf>,
    /// Files and folders met so far, so that nothing is read twice.
    seen: HashSet<PathBuf>,
    errors: Vec<Error>,
}

impl Finder {
    fn named(&mut self, path: &Path) {
        if path.exists() {
            return self.existing(path);
        }
        let text = path.to_string_lossy();
        let text = plain(&text);
        if self.search.literal || !text.contains(['*', '?', '[']) {
            return self.problem(ErrorKind::NotFound, path, "no such file or folder");
        }
        let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::default() };
        match glob::glob_with(&text, options) {
            Err(error) => self.problem(
                ErrorKind::InvalidArgument,
                path,
                &format!("not a usable wildcard: {error}"),
            ),
            Ok(matches) => {
                let mut any = false;
                for found in matches {
                    any = true;
                    match found {
                        Ok(found) => self.existing(&found),
                        Err(error) => {
                            let (path, text) =
                                (error.path().to_path_buf(), error.error().to_string());
                            self.problem(ErrorKind::Unreadable, &path, &text);
                        }
                    }
                }
                if !any {
                    self.problem(
                        ErrorKind::NotFound,
                        path,
                        "no file or folder matches this wildcard",
                    );
                }
            }
        }
    }

    fn existing(&mut self, path: &Path) {
        if path.is_dir() {
            let before = self.files.len();
            let errors = self.errors.len();
            self.folder(path, 0);
            if self.files.len() == before && self.errors.len() == errors && !self.seen_below(path) {
                let hint = if self.search.recurse {
                    ""
                } else {
                    "; folders below it are read with -Recurse (--recurse)"
                };
                self.problem(
                    ErrorKind::NotFound,
                    path,
                    &format!("this folder holds no *.log file{hint}"),
                );
            }
        } else {
            self.file(path);
        }
    }

    /// Whether files of this folder were found already, through another path.
    fn seen_below(&self, path: &Path) -> bool {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        self.files
            .iter()
            .any(|file| fs::canonicalize(&file.path).is_ok_and(|file| file.starts_with(&path)))
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        let canonical = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if depth > MAX_DEPTH || !self.seen.insert(canonical) {
            return;
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.problem(ErrorKind::Unreadable, path, &error.to_string()),
        };
        let mut below: Vec<PathBuf> =
            entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        below.sort();
        for path in below {
            if path.is_dir() {
                if self.search.recurse {
                    self.folder(&path, depth + 1);
                }
            } else if path.is_file()
                && path.extension().is_some_and(|word| word.eq_ignore_ascii_case("log"))
            {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let canonical = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = canonical.parent().map(Path::to_path_buf).unwrap_or_default();
        if !self.seen.insert(canonical) {
            return;
        }
        let folder = self.folders.iter().rposition(|known| *known == folder).unwrap_or_else(|| {
            self.folders.push(folder);
            self.folders.len() - 1
        });
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (begins, instance) = match date_in_name(&name) {
            Some((begins, instance)) => (Some(begins), instance),
            None => (first_time(path), 0),
        };
        self.files.push(LogFile { path: path.to_path_buf(), folder, begins, instance });
    }

    fn problem(&mut self, kind: ErrorKind, path: &Path, text: &str) {
        self.errors.push(Error::new(kind, clean_str(text)).at_path(display(path)));
    }
}

/// On Windows `\\?\C:\Logs` is `C:\Logs` with any length allowed: its question mark
/// is no wildcard, and a wildcard cannot be looked for behind it. Without it the
/// standard library allows any length, too.
fn plain(text: &str) -> Cow<'_, str> {
    match text.strip_prefix(r"\\?\") {
        Some(rest) if cfg!(windows) => match rest.strip_prefix(r"UNC\") {
            Some(share) => format!(r"\\{share}").into(),
            None => rest.into(),
        },
        _ => text.into(),
    }
}

/// `SEND20171007-1.LOG` and `RECV2023011116-12.LOG`: the day, in newer versions
/// the hour, and the number of the file within it.
fn date_in_name(name: &str) -> Option<(Timestamp, u64)> {
    let digits_at = name.find(|c: char| c.is_ascii_digit())?;
    let (date, rest) = name[digits_at..].split_once('-')?;
    if !matches!(date.len(), 8 | 10) || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let month = Month::try_from(date[4..6].parse::<u8>().ok()?).ok()?;
    let day =
        Date::from_calendar_date(date[0..4].parse().ok()?, month, date[6..8].parse().ok()?).ok()?;
    let hour = date.get(8..10).map_or(Some(0), |hour| hour.parse().ok())?;
    let instant = PrimitiveDateTime::new(day, Time::from_hms(hour, 0, 0).ok()?).assume_utc();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((
        Timestamp::from_unix_millis(instant.unix_timestamp() * 1000),
        rest[..digits].parse().ok()?,
    ))
}

/// The time of the first record, for files that were renamed. Regular files
/// only: a pipe would lose what is read here.
fn first_time(path: &Path) -> Option<Timestamp> {
    /// A header has five lines, some 400 bytes; the first record stands among these.
    const LINES: usize = 12;
    if !path.is_file() {
        return None;
    }
    let mut lines = Lines::new(fs::File::open(path).ok()?);
    for _ in 0..LINES {
        let line = lines.next_line().ok()??.text;
        let end = memchr::memchr(b',', line).unwrap_or(line.len());
        if let Some(time) = Timestamp::parse(&line[..end]) {
            return Some(time);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_versions_give_the_order() {
        let at = |name| date_in_name(name).map(|(begins, instance)| (begins.to_string(), instance));
        assert_eq!(at("SEND20171007-1.LOG"), Some(("2017-10-07T00:00:00.000Z".to_owned(), 1)));
        assert_eq!(at("RECV2023011116-12.log"), Some(("2023-01-11T16:00:00.000Z".to_owned(), 12)));
        for other in ["send.log", "SEND20171307-1.LOG", "SEND2017-1.LOG", "RECV2023011199-1.LOG"] {
            assert_eq!(at(other), None, "{other}");
        }
    }
}
