//! A disk that gives no answer: what stands there is given up with an error,
//! the rest is read, and whoever asked can stop at any time. A hook that waits
//! stands in for the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use exchange_tls::cert_files;
use exchange_tls::diagnosis::files::{gather, Piece};
use exchange_tls::errand::{self, Errand};
use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::log::patience::{Hook, Patience, Timeout};
use exchange_tls::scan::background::{Background, Next};
use exchange_tls::scan::{Item, Options, Scan};

const LOG: &str = "tests/data/seeds/nocredentials-duplicate";
const CERTIFICATE: &str = "tests/data/zoo/good/tested.pem";
const OBJECTS: &str = "tests/data/queues/queues.json";

/// Longer than any test may take.
const FOR_EVER: Duration = Duration::from_secs(30);

struct Folder(PathBuf);

impl Folder {
    /// Three folders, each with the same log, certificate and queues.
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("stall-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let log = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(LOG)).unwrap();
        let mut logs = log.map(|entry| entry.unwrap().path());
        let log = logs.find(|path| path.extension().is_some_and(|word| word == "LOG")).unwrap();
        for folder in ["a", "b", "c"] {
            fs::create_dir_all(root.join(folder)).unwrap();
            fs::copy(&log, root.join(folder).join("SEND20171007-1.LOG")).unwrap();
            for (from, name) in [(CERTIFICATE, "own.pem"), (OBJECTS, "queues.json")] {
                let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
                fs::copy(from, root.join(folder).join(name)).unwrap();
            }
        }
        Folder(root)
    }

    fn paths(&self) -> Vec<PathBuf> {
        ["a", "b", "c"].map(|folder| self.0.join(folder)).to_vec()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits wherever `part` stands in a path.
fn stalling(part: &'static str) -> Hook {
    Hook::new(move |path| {
        if path.to_string_lossy().contains(part) {
            thread::sleep(FOR_EVER);
        }
    })
}

fn options(part: &'static str, timeout: Timeout) -> Options {
    Options { hook: stalling(part), timeout, recurse: true, ..Options::default() }
}

#[test]
fn a_folder_that_stalls_is_given_up_and_the_rest_is_read() {
    let folder = Folder::new("listing");
    let part = "listing";
    assert!(folder.0.to_string_lossy().contains(part));
    let stalled = |named: &[PathBuf], part| {
        let soon = Timeout::After(Duration::from_millis(300));
        let mut scan = Scan::open(named, options(part, soon)).unwrap();
        let begun = Instant::now();
        while scan.step() {}
        assert!(begun.elapsed() < FOR_EVER / 3);
        let (mut failures, mut problems) = (Vec::new(), Vec::new());
        while let Some(item) = scan.pop() {
            match item {
                Item::Failure(failure) => failures.push(failure.path),
                Item::Problem(problem) => problems.push(problem),
                Item::Session(_) | Item::Line(_) | Item::Packed(_) => {}
            }
        }
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].kind(), ErrorKind::TimedOut);
        assert!(problems[0].text().contains("0.3 seconds"), "{}", problems[0]);
        let path = problems[0].path().unwrap().to_owned();
        (failures, path)
    };
    // Among paths that were named, and below one.
    for named in [folder.paths(), vec![folder.0.clone()]] {
        let b = if cfg!(windows) { "\\b" } else { "/b" };
        let (failures, path) = stalled(&named, b);
        assert!(path.contains(b), "{path}");
        for other in ["a", "c"] {
            let part = folder.0.join(other);
            assert!(failures.iter().any(|path| Path::new(path).starts_with(&part)), "{failures:?}");
        }
        assert!(!failures.iter().any(|path| Path::new(path).starts_with(folder.0.join("b"))));
    }
}

#[test]
fn whoever_asks_is_never_kept_waiting() {
    let folder = Folder::new("waiting");
    let mut scan = Background::open(&folder.paths(), options("waiting", Timeout::Never)).unwrap();
    for _ in 0..3 {
        let begun = Instant::now();
        assert!(matches!(scan.next(Duration::from_millis(50)), Next::Waiting));
        assert!(begun.elapsed() < FOR_EVER / 3);
    }
    let begun = Instant::now();
    drop(scan);
    assert!(begun.elapsed() < FOR_EVER / 3, "{:?}", begun.elapsed());
}

#[test]
fn in_the_background_the_same_is_found() {
    let folder = Folder::new("background");
    let mut plain = Scan::open(&folder.paths(), Options::default()).unwrap();
    while plain.step() {}
    let mut wanted = Vec::new();
    while let Some(item) = plain.pop() {
        wanted.push(format!("{item:?}"));
    }
    let mut scan = Background::open(&folder.paths(), Options::default()).unwrap();
    let mut found = Vec::new();
    loop {
        match scan.next(Duration::from_secs(10)) {
            Next::Item(item) => found.push(format!("{item:?}")),
            Next::Waiting => panic!("it stalls"),
            Next::End => break,
        }
    }
    assert!(!found.is_empty());
    assert_eq!(found, wanted);
    assert_eq!(scan.progress(), plain.progress());
}

/// Reads paths as the test of certificates does, or a diagnosis: how much there was, and the errors.
type Reader = fn(&[PathBuf], &Patience) -> (usize, Vec<Error>);

fn certificates(paths: &[PathBuf], patience: &Patience) -> (usize, Vec<Error>) {
    let (mut files, mut problems) = (0, Vec::new());
    cert_files::contents(paths, patience, &mut |read| match read {
        Ok(contents) => files += contents.certificates.len(),
        Err(problem) => problems.push(problem),
    });
    (files, problems)
}

fn evidence(paths: &[PathBuf], patience: &Patience) -> (usize, Vec<Error>) {
    let (mut files, mut problems) = (0, Vec::new());
    gather(paths, patience, &mut |piece| match piece {
        Piece::Problem(problem) => problems.push(problem),
        Piece::Objects(_) | Piece::Certificates(_) | Piece::Log(_) => files += 1,
    });
    (files, problems)
}

/// What is read, of what, what stalls; how much is read all the same, how many
/// errors there are, and how many of these about what stood beside.
type Case<'a> = (Reader, &'a [PathBuf], &'static str, [usize; 3]);

#[test]
fn certificates_and_exports_that_stall_are_given_up_and_the_rest_is_read() {
    let folder = Folder::new("collected");
    let root = vec![folder.0.clone()];
    let own = ["a", "b", "c"].map(|part| folder.0.join(part).join("own.pem")).to_vec();
    let twice = vec![own[1].clone(), folder.0.join("b").join("queues.json"), own[2].clone()];
    let cases: [Case<'_>; 8] = [
        (certificates, &folder.paths(), "/b", [2, 1, 0]),
        (certificates, &folder.paths(), "b/own.pem", [2, 1, 0]),
        (certificates, &own, "b/own.pem", [2, 1, 0]),
        (certificates, &twice, "b/own.pem", [1, 2, 1]),
        (evidence, &folder.paths(), "/b", [6, 1, 0]),
        (evidence, &root, "/b", [6, 1, 0]),
        // The log is in the list, and read later; the certificate stands beside the queues.
        (evidence, &root, "b/queues.json", [7, 2, 1]),
        (evidence, &twice, "b/own.pem", [1, 2, 1]),
    ];
    for (reader, paths, part, [wanted, errors, beside]) in cases {
        let part: &'static str = if cfg!(windows) { part.replace('/', "\\").leak() } else { part };
        let patience = Patience::new(Timeout::After(Duration::from_millis(300)), stalling(part));
        let begun = Instant::now();
        let (read, problems) = reader(paths, &patience);
        assert!(begun.elapsed() < FOR_EVER / 3);
        assert_eq!((read, problems.len()), (wanted, errors), "{part} of {paths:?}: {problems:?}");
        assert!(problems.iter().all(|problem| problem.kind() == ErrorKind::TimedOut));
        let waited = problems.iter().filter(|problem| problem.text().contains("0.3 seconds"));
        let waited: Vec<_> = waited.map(|problem| problem.path().unwrap()).collect();
        assert_eq!(waited.len(), errors - beside, "{part} of {paths:?}: {problems:?}");
        assert!(waited.iter().all(|path| path.contains(part)), "{waited:?}");
    }
}

#[test]
fn whoever_waits_for_an_errand_can_leave() {
    let folder = Folder::new("errand");
    let patience = Arc::new(Patience::new(Timeout::Never, stalling("errand")));
    let paths = folder.paths();
    let mut errand =
        Errand::begin(&patience, move |patience, give| gather(&paths, patience, give)).unwrap();
    for _ in 0..3 {
        assert!(matches!(errand.next(Duration::from_millis(50)), errand::Next::Waiting));
    }
    let begun = Instant::now();
    drop(errand);
    assert!(begun.elapsed() < FOR_EVER / 3, "{:?}", begun.elapsed());
}
