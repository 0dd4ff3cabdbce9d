//! From what the user names (files, folders, wildcards) to log files in the
//! order they were written.
//!
//! Order matters because a session may start in one file and end in the next.
//! Files of different folders never share sessions: each folder is one
//! service of one server, and session ids are unique within one process only.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::{Date, Month, PrimitiveDateTime, Time};

use super::lines::Lines;
use super::patience::{Patience, Pulse, Stalled};
use super::source::{self, Source};
use crate::error::{Error, ErrorKind};
use crate::text::clean_str;
use crate::timestamp::Timestamp;

/// How deep `recurse` goes. Exchange's own tree below `TransportRoles` is six
/// deep; the bound ends what symbolic links could make endless.
const MAX_DEPTH: usize = 32;

/// A log file to read.
#[derive(Debug, Clone)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// Files with the same number stand in the same folder.
    pub folder: usize,
    /// How many bytes it had when it was found.
    pub bytes: u64,
    /// When it begins: from its name, else from its first record.
    begins: Option<Timestamp>,
    /// The number after the date in its name.
    instance: u64,
    /// Where reading may stall: who waits for it.
    patience: Option<Arc<Patience>>,
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

    /// Whether the file stands where reading may stall.
    pub fn may_stall(&self) -> bool {
        self.patience.is_some()
    }

    /// Opens it.
    pub fn open(&self) -> io::Result<Source> {
        Source::open(&self.path, self.patience.clone())
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
    find_with(paths, search, &Arc::default())
}

/// [`find`], for paths that may stall.
pub fn find_with(
    paths: &[PathBuf],
    search: Search,
    patience: &Arc<Patience>,
) -> (Vec<LogFile>, Vec<Error>) {
    let mut finder = Finder {
        search,
        patience,
        files: Vec::new(),
        folders: Vec::new(),
        seen: HashSet::new(),
        errors: Vec::new(),
    };
    for (path, found) in paths.iter().zip(patience.each(paths, look)) {
        finder.named(path, found);
    }
    finder.files.sort_by(|a, b| {
        (a.folder, a.begins, a.instance)
            .cmp(&(b.folder, b.begins, b.instance))
            .then_with(|| a.path.cmp(&b.path))
    });
    (finder.files, finder.errors)
}

struct Finder<'a> {
    search: Search,
    patience: &'a Arc<Patience>,
    files: Vec<LogFile>,
    folders: Vec<PathBuf>,
    /// Files and folders met so far, so that nothing is read twice.
    seen: HashSet<PathBuf>,
    errors: Vec<Error>,
}

/// What a path turned out to be. Made where it may stall, so nothing of it is asked again.
enum Found {
    Folder {
        path: PathBuf,
        canonical: PathBuf,
    },
    Log(Log),
    /// Neither, or not to be looked at.
    Refused {
        path: PathBuf,
        why: String,
    },
    Missing,
}

/// A regular file.
struct Log {
    path: PathBuf,
    canonical: PathBuf,
    bytes: u64,
    remote: bool,
    begins: Option<Timestamp>,
    instance: u64,
}

impl Finder<'_> {
    fn named(&mut self, path: &Path, found: Result<Found, Stalled>) {
        match found {
            Err(stalled) => self.stalled(&stalled, path),
            Ok(Found::Missing) => self.missing(path),
            Ok(Found::Refused { .. }) if self.is_wildcard(path) => self.missing(path),
            Ok(found) => self.existing(found),
        }
    }

    fn is_wildcard(&self, path: &Path) -> bool {
        !self.search.literal && plain(&path.to_string_lossy()).contains(['*', '?', '['])
    }

    /// A path that names nothing as it stands.
    fn missing(&mut self, path: &Path) {
        if !self.is_wildcard(path) {
            return self.problem(ErrorKind::NotFound, path, "no such file or folder");
        }
        let text = plain(&path.to_string_lossy()).into_owned();
        match self.patience.run(path, move |pulse| matches(&text, pulse)) {
            Err(stalled) => self.stalled(&stalled, path),
            Ok(Err(text)) => self.problem(
                ErrorKind::InvalidArgument,
                path,
                &format!("not a usable wildcard: {text}"),
            ),
            Ok(Ok(found)) if found.is_empty() => {
                self.problem(ErrorKind::NotFound, path, "no file or folder matches this wildcard");
            }
            Ok(Ok(found)) => found.into_iter().for_each(|found| self.existing(found)),
        }
    }

    fn existing(&mut self, found: Found) {
        match found {
            Found::Folder { path, canonical } => {
                let before = (self.files.len(), self.errors.len());
                self.folder(&path, canonical.clone(), 0);
                if (self.files.len(), self.errors.len()) == before && !self.seen_below(&canonical) {
                    let hint = if self.search.recurse {
                        ""
                    } else {
                        "; folders below it are read with -Recurse (--recurse)"
                    };
                    self.problem(
                        ErrorKind::NotFound,
                        &path,
                        &format!("this folder holds no *.log file{hint}"),
                    );
                }
            }
            Found::Log(log) => self.file(log),
            Found::Refused { path, why } => self.problem(ErrorKind::Unreadable, &path, &why),
            Found::Missing => {}
        }
    }

    /// Whether files of this folder were found already, through another path.
    fn seen_below(&self, canonical: &Path) -> bool {
        self.seen.iter().any(|seen| seen != canonical && seen.starts_with(canonical))
    }

    fn folder(&mut self, path: &Path, canonical: PathBuf, depth: usize) {
        if depth > MAX_DEPTH || !self.seen.insert(canonical.clone()) {
            return;
        }
        let theirs = path.to_path_buf();
        match self.patience.run(path, move |pulse| list(&theirs, &canonical, pulse)) {
            Err(stalled) => self.stalled(&stalled, path),
            Ok(Err(error)) => self.problem(ErrorKind::Unreadable, path, &error.to_string()),
            Ok(Ok(entries)) => {
                for entry in entries {
                    match entry {
                        Found::Folder { path, canonical } if self.search.recurse => {
                            self.folder(&path, canonical, depth + 1);
                        }
                        Found::Folder { .. } => {}
                        other => self.existing(other),
                    }
                }
            }
        }
    }

    fn file(&mut self, log: Log) {
        let Log { path, canonical, bytes, remote, begins, instance } = log;
        let folder = canonical.parent().map(Path::to_path_buf).unwrap_or_default();
        if !self.seen.insert(canonical) {
            return;
        }
        let folder = self.folders.iter().rposition(|known| *known == folder).unwrap_or_else(|| {
            self.folders.push(folder);
            self.folders.len() - 1
        });
        let patience = remote.then(|| Arc::clone(self.patience));
        self.files.push(LogFile { path, folder, bytes, begins, instance, patience });
    }

    fn stalled(&mut self, stalled: &Stalled, path: &Path) {
        let path = match stalled {
            Stalled::NoAnswer(at) => at,
            Stalled::Before => path,
            Stalled::Cancelled => return,
        };
        self.problem(ErrorKind::TimedOut, path, &self.patience.words(stalled));
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

/// What stands at a path that the user named.
fn look(path: &Path) -> Found {
    let path = path.to_path_buf();
    let data = match fs::metadata(&path) {
        Ok(data) => data,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Missing,
        Err(error) => return Found::Refused { path, why: error.to_string() },
    };
    let canonical = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    if data.is_dir() {
        return Found::Folder { path, canonical };
    }
    match source::irregular(&data) {
        Some(what) => Found::Refused { path, why: source::not_regular(what) },
        None => {
            let remote = source::is_remote(&canonical);
            Found::Log(log(path, canonical, data.len(), remote))
        }
    }
}

fn log(path: PathBuf, canonical: PathBuf, bytes: u64, remote: bool) -> Log {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (begins, instance) = match date_in_name(&name) {
        Some((begins, instance)) => (Some(begins), instance),
        None => (first_time(&path), 0),
    };
    Log { path, canonical, bytes, remote, begins, instance }
}

/// What a wildcard matches; the error says what is wrong with the wildcard.
fn matches(text: &str, pulse: &Pulse) -> Result<Vec<Found>, String> {
    let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::default() };
    let found = glob::glob_with(text, options).map_err(|error| error.to_string())?;
    let found = found.map(|found| match found {
        Ok(path) => {
            pulse.touch(&path);
            look(&path)
        }
        Err(error) => {
            pulse.beat();
            Found::Refused { path: error.path().to_path_buf(), why: error.error().to_string() }
        }
    });
    Ok(found.filter(|found| !matches!(found, Found::Missing)).collect())
}

/// The entries of a folder, each with a sign of life. The rest of it may be lost,
/// and what was found before is not; `broken` tells of it then.
pub(crate) fn entries<'a>(
    folder: &Path,
    pulse: &'a Pulse,
    broken: &'a mut Option<String>,
) -> io::Result<impl Iterator<Item = fs::DirEntry> + 'a> {
    Ok(fs::read_dir(folder)?.map_while(move |entry| {
        pulse.beat();
        let lost = |error| *broken = Some(format!("cannot be listed further: {error}"));
        entry.map_err(lost).ok()
    }))
}

/// The folders and logs in a folder, and what could not be looked at, by name.
fn list(folder: &Path, canonical: &Path, pulse: &Pulse) -> io::Result<Vec<Found>> {
    let remote = source::is_remote(canonical);
    let mut found = Vec::new();
    let mut broken = None;
    for entry in entries(folder, pulse, &mut broken)? {
        let path = entry.path();
        let is_log = path.extension().is_some_and(|word| word.eq_ignore_ascii_case("log"));
        // Without a further look at each entry: that is a call over the network.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            let canonical = canonical.join(entry.file_name());
            found.push((path.clone(), Found::Folder { path, canonical }));
            continue;
        }
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        if plain && !is_log {
            continue;
        }
        pulse.touch(&path);
        let what = match (plain, entry.metadata()) {
            (true, Ok(data)) => {
                let canonical = canonical.join(entry.file_name());
                Found::Log(log(path.clone(), canonical, data.len(), remote))
            }
            (true, Err(error)) => Found::Refused { path: path.clone(), why: error.to_string() },
            // A symbolic link, or no file at all.
            (false, _) => match look(&path) {
                Found::Missing => {
                    Found::Refused { path: path.clone(), why: "this link leads nowhere".to_owned() }
                }
                other => other,
            },
        };
        if is_log || matches!(what, Found::Folder { .. }) {
            found.push((path, what));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut found: Vec<Found> = found.into_iter().map(|(_, found)| found).collect();
    found.extend(broken.map(|why| Found::Refused { path: folder.to_path_buf(), why }));
    Ok(found)
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

/// The time of the first record, for files that were renamed.
fn first_time(path: &Path) -> Option<Timestamp> {
    /// A header has five lines, some 400 bytes; the first record stands among these.
    const LINES: usize = 12;
    let mut lines = Lines::new(source::open(path).ok()?);
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
