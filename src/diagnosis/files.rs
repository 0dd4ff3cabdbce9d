//! What was collected on servers, from folders: exported objects, certificates
//! and logs, each told by its name and contents.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::Evidence;
use crate::cert::read::{is_named_like_one, read, Contents};
use crate::cert::Request;
use crate::error::{Error, ErrorKind};
use crate::file::{gave_no_answer, load};
use crate::log::files::{display, entries};
use crate::log::patience::{Patience, Pulse, Stalled};
use crate::object::{self, Object};

/// How deep folders are followed: as far as for logs, whose tree is the deepest.
const MAX_DEPTH: usize = 32;

/// Most files taken of the folders that are named. Logs of a month are some
/// thousands; a whole disk named by mistake shall be told and not be read.
const MAX_FILES: usize = 100_000;

/// How exported objects end.
const OBJECTS: [&str; 3] = ["xml", "clixml", "json"];

/// What was found on the way.
#[derive(Debug)]
pub enum Piece {
    /// The objects of a file.
    Objects(Vec<Object>),
    /// The certificates of a file.
    Certificates(Contents),
    /// A log, to be scanned.
    Log(PathBuf),
    /// What could not be read.
    Problem(Error),
}

/// What of the paths is left to be done.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Logs, to be scanned.
    pub logs: Vec<PathBuf>,
    /// What could not be read.
    pub problems: Vec<Error>,
}

/// Finds what files and folders hold, folders below folders too, and gives it:
/// objects before certificates, since they tell which servers there are.
pub fn gather(paths: &[PathBuf], patience: &Patience, give: &mut dyn FnMut(Piece)) {
    let mut walk = Walk { patience, give, objects: vec![], certificates: vec![], files: 0 };
    for path in paths {
        walk.named(path);
    }
    let Walk { give, objects, certificates, .. } = walk;
    let mut bring = |file: Result<Piece, Error>| give(file.unwrap_or_else(Piece::Problem));
    for path in objects.iter().take_while(|_| !patience.is_cancelled()) {
        bring(objects_of(path, patience).map(Piece::Objects));
    }
    for path in certificates.iter().take_while(|_| !patience.is_cancelled()) {
        let bytes = load(path, patience);
        bring(bytes.map(|bytes| Piece::Certificates(read(&bytes, &display(path)))));
    }
}

fn objects_of(path: &Path, patience: &Patience) -> Result<Vec<Object>, Error> {
    let bytes = load(path, patience)?;
    object::read(&bytes, &display(path)).unwrap_or_else(|| {
        let text = "this holds no objects; expected a file of Export-Clixml or ConvertTo-Json";
        Err(Error::new(ErrorKind::Unreadable, text).at_path(display(path)))
    })
}

impl Evidence {
    /// Adds the objects and certificates that files and folders hold, and gives
    /// the logs among them.
    pub fn add_paths(&mut self, paths: &[PathBuf], patience: &Patience) -> Gathered {
        let mut sorting = Sorting::begin(self);
        gather(paths, patience, &mut |piece| sorting.take(self, piece));
        sorting.end(self)
    }
}

/// Puts pieces where they belong: certificates come to the evidence behind all
/// objects, which tell which servers there are.
#[derive(Debug)]
pub struct Sorting {
    certificates: Request,
    gathered: Gathered,
}

impl Sorting {
    /// Begins to take pieces for this evidence.
    pub fn begin(evidence: &Evidence) -> Self {
        Sorting { certificates: Request::at(evidence.at), gathered: Gathered::default() }
    }

    /// Takes a piece.
    pub fn take(&mut self, evidence: &mut Evidence, piece: Piece) {
        let problems = &mut self.gathered.problems;
        match piece {
            Piece::Objects(objects) => {
                let refused = objects.iter().filter_map(|one| evidence.add_object(one).err());
                problems.extend(refused);
            }
            Piece::Certificates(contents) => self.certificates.add_file(contents),
            Piece::Log(path) => self.gathered.logs.push(path),
            Piece::Problem(problem) => problems.push(problem),
        }
    }

    /// Ends it; what is left to be done.
    pub fn end(mut self, evidence: &mut Evidence) -> Gathered {
        self.gathered.problems.extend(evidence.add_certificates(&self.certificates));
        self.gathered
    }
}

struct Walk<'a> {
    patience: &'a Patience,
    give: &'a mut dyn FnMut(Piece),
    objects: Vec<PathBuf>,
    certificates: Vec<PathBuf>,
    files: usize,
}

/// What stands at a path.
enum Found {
    Folder,
    File,
    Nothing,
}

/// What a file is, as its name tells.
enum Kind {
    Log,
    Objects,
    Certificates,
}

fn kind(path: &Path) -> Option<Kind> {
    let ending = path.extension()?.to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "log" => Some(Kind::Log),
        ending if OBJECTS.contains(&ending) => Some(Kind::Objects),
        _ => is_named_like_one(path).then_some(Kind::Certificates),
    }
}

/// An entry of a folder; links and what is no file are none.
struct Entry {
    path: PathBuf,
    is_folder: bool,
}

impl Walk<'_> {
    fn named(&mut self, path: &Path) {
        let theirs = path.to_path_buf();
        let look = move |_: &Pulse| match fs::metadata(&theirs) {
            Ok(facts) if facts.is_dir() => Found::Folder,
            Ok(_) => Found::File,
            Err(_) => Found::Nothing,
        };
        let found = match kind(path) {
            Some(_) => self.patience.run_file(path, look),
            None => self.patience.run(path, look),
        };
        match found {
            Err(stalled) => self.stalled(&stalled, path),
            Ok(Found::Folder) => self.folder(path, 0),
            Ok(Found::Nothing) => self.problem(ErrorKind::NotFound, path, "no such file or folder"),
            Ok(Found::File) if self.sort(path) => {}
            Ok(Found::File) => self.problem(
                ErrorKind::Unreadable,
                path,
                "expected a log (.log), exported objects (.xml, .json) or a certificate file",
            ),
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.problem(ErrorKind::Unreadable, path, "folders lie too deep here");
        }
        let theirs = path.to_path_buf();
        let (entries, broken) = match self.patience.run(path, move |pulse| list(&theirs, pulse)) {
            Ok(Ok(listed)) => listed,
            Ok(Err(error)) => return self.problem(ErrorKind::Unreadable, path, &error.to_string()),
            Err(stalled) => return self.stalled(&stalled, path),
        };
        if let Some(text) = broken {
            self.problem(ErrorKind::Unreadable, path, &text);
        }
        for entry in entries {
            if entry.is_folder {
                self.folder(&entry.path, depth + 1);
            } else {
                if self.files >= MAX_FILES {
                    let text = format!("there are more than {MAX_FILES} files; name the folders of logs and exports only");
                    return self.problem(ErrorKind::Unreadable, path, &text);
                }
                self.sort(&entry.path);
            }
        }
    }

    /// Puts a file to its kind; false where it is of none.
    fn sort(&mut self, path: &Path) -> bool {
        let path = path.to_path_buf();
        match kind(&path) {
            None => return false,
            Some(Kind::Log) => (self.give)(Piece::Log(path)),
            Some(Kind::Objects) => self.objects.push(path),
            Some(Kind::Certificates) => self.certificates.push(path),
        }
        self.files += 1;
        true
    }

    fn stalled(&mut self, stalled: &Stalled, path: &Path) {
        if *stalled != Stalled::Cancelled {
            (self.give)(Piece::Problem(gave_no_answer(stalled, path, self.patience)));
        }
    }

    fn problem(&mut self, kind: ErrorKind, path: &Path, text: &str) {
        (self.give)(Piece::Problem(Error::new(kind, text).at_path(display(path))));
    }
}

/// The folders and files in a folder, by name, and what ended the list too early.
fn list(folder: &Path, pulse: &Pulse) -> io::Result<(Vec<Entry>, Option<String>)> {
    let mut found = Vec::new();
    let mut broken = None;
    for entry in entries(folder, pulse, &mut broken)? {
        // Links are not followed: what they lead to was not collected, and may lead back.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() || kind.is_file() {
            found.push(Entry { path: entry.path(), is_folder: kind.is_dir() });
        }
    }
    found.sort_by(|a: &Entry, b| a.path.cmp(&b.path));
    Ok((found, broken))
}
