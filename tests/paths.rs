//! Paths as administrators have them: names in any script, paths of any length,
//! shares, files that are being written, files that go away meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use exchange_tls::error::ErrorKind;
use exchange_tls::scan::{Item, Options, Scan};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A log with one failed session.
fn log() -> PathBuf {
    root().join("tests/data/seeds/kb4051498/SEND20171007-1.LOG")
}

/// A new empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("paths").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Copies the log into a folder.
fn place(folder: &Path, name: &str) -> PathBuf {
    fs::create_dir_all(folder).expect("a folder");
    let path = folder.join(name);
    fs::copy(log(), &path).expect("a log");
    path
}

fn run(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .args(["failures", "--json"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the program starts")
}

/// How many failures it finds, where nothing goes wrong.
fn failures(arguments: &[&Path]) -> usize {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).lines().count()
}

/// What a scan finds: failures, and the kinds of what went wrong.
fn read(mut scan: Scan) -> (usize, Vec<ErrorKind>) {
    let (mut failures, mut problems) = (0, Vec::new());
    loop {
        let more = scan.step();
        while let Some(item) = scan.pop() {
            match item {
                Item::Failure(_) => failures += 1,
                Item::Problem(problem) => problems.push(problem.kind()),
                Item::Session(_) | Item::Line(_) | Item::Packed(_) => {}
            }
        }
        if !more {
            return (failures, problems);
        }
    }
}

#[test]
fn names_in_any_script() {
    let folder = folder("any script").join("Büro Öst 電子 почта");
    let file = place(&folder, "SEND20171007-1 é.LOG");
    assert_eq!(failures(&[&folder]), 1);
    assert_eq!(failures(&[&folder.parent().unwrap().join("B?ro*").join("*é.log")]), 1);
    let output = run(&[&file]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("Büro Öst 電子 почта"));
}

#[test]
fn paths_beyond_260_characters() {
    let mut deep = folder("long");
    for number in 0..6 {
        deep.push(format!("{number}-{}", "x".repeat(60)));
    }
    let file = place(&deep, "SEND20171007-1.LOG");
    assert!(file.as_os_str().len() > 400);
    assert_eq!(failures(&[&file]), 1);
    assert_eq!(failures(&[&deep]), 1);
    assert_eq!(failures(&[&deep.join("send*.log")]), 1);
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("paths").join("long");
    assert_eq!(failures(&[Path::new("--recurse"), &top]), 1);
}

#[test]
fn a_file_that_goes_away_costs_itself() {
    for threads in [1, 3] {
        let folder = folder(&format!("away {threads}"));
        place(&folder, "SEND20171007-1.LOG");
        let gone = place(&folder, "SEND20171007-2.LOG");
        let last = place(&folder, "SEND20171007-3.LOG");
        let options = Options { threads, ..Options::default() };
        let mut scan = Scan::open(&[folder], options).expect("a scan");
        assert!(scan.step(), "the first step finds the files");
        fs::remove_file(gone).unwrap();
        assert_eq!(read(scan), (2, vec![ErrorKind::Unreadable]), "{threads}");
        assert!(last.exists());
    }
}

#[cfg(windows)]
mod windows {
    use super::*;
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::os::windows::fs::OpenOptionsExt;

    const SHARE_READ: u32 = 1;

    /// `path` with the prefix that switches off all interpretation.
    fn verbatim(path: &Path) -> PathBuf {
        // Of a path without a drive, which tests have under Wine, too.
        let full = fs::canonicalize(path).expect("a path");
        assert!(full.to_string_lossy().starts_with(r"\\?\"));
        full
    }

    #[test]
    fn the_prefix_for_long_paths_is_no_wildcard() {
        let folder = folder("verbatim");
        place(&folder, "SEND20171007-1.LOG");
        let folder = verbatim(&folder);
        assert_eq!(failures(&[&folder]), 1);
        assert_eq!(failures(&[&folder.join("SEND20171007-1.LOG")]), 1);
        assert_eq!(failures(&[&folder.join("send*.log")]), 1);
        let output = run(&[&folder.join("none.log")]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("no such file or folder"), "{said}");
    }

    #[test]
    fn shares() {
        // ./dev windows has one; elsewhere name one that holds tests/data/seeds.
        let Some(share) = std::env::var_os("EXCHANGE_TLS_UNC").map(PathBuf::from) else {
            eprintln!("EXCHANGE_TLS_UNC names no share: not tested");
            return;
        };
        let seed = share.join("kb4051498");
        assert_eq!(failures(&[&seed]), 1);
        assert_eq!(failures(&[&seed.join("SEND20171007-1.LOG")]), 1);
        assert_eq!(failures(&[&seed.join("*.log")]), 1);
        assert_eq!(failures(&[&share.join("kb40*").join("send*")]), 1);
        let name = share.to_string_lossy().trim_start_matches('\\').to_owned();
        let long = PathBuf::from(format!(r"\\?\UNC\{name}\kb4051498"));
        assert_eq!(failures(&[&long]), 1);
        assert_eq!(failures(&[&long.join("s*.log")]), 1);
        // The same file by two names is read once.
        assert_eq!(failures(&[&seed, &long]), 1);
        assert!(failures(&[Path::new("--recurse"), &share]) > 4);
    }

    #[test]
    fn relative_to_a_drive() {
        let here = root().canonicalize().unwrap().to_string_lossy().into_owned();
        let drive = &here.trim_start_matches(r"\\?\")[..2];
        assert!(drive.ends_with(':'), "{here}");
        assert_eq!(failures(&[Path::new(&format!("{drive}tests\\data\\seeds\\kb4051498"))]), 1);
        assert_eq!(failures(&[Path::new(&format!("{drive}tests/data/seeds/kb40*"))]), 1);
        let rooted = here.trim_start_matches(r"\\?\")[2..].to_owned();
        assert_eq!(failures(&[&Path::new(&rooted).join("tests\\data\\seeds\\kb4051498")]), 1);
    }

    #[test]
    fn a_file_that_is_being_written() {
        let folder = folder("written");
        let path = place(&folder, "SEND20171007-1.LOG");
        // As a logging process opens its file: others may read, and no more.
        let mut writer =
            OpenOptions::new().append(true).share_mode(SHARE_READ).open(&path).unwrap();
        writer.write_all(b"2017-10-07T04:43:00.000Z,half a reco").unwrap();
        assert_eq!(failures(&[&folder]), 1);
        assert_eq!(failures(&[&path]), 1);
        drop(writer);
    }

    #[test]
    fn reading_hinders_neither_writing_nor_removal() {
        let folder = folder("unhindered");
        let path = place(&folder, "SEND20171007-1.LOG");
        let text = fs::read(&path).unwrap().repeat(40);
        fs::write(&path, &text).unwrap();
        let mut scan = Scan::open(&[folder], Options::default()).expect("a scan");
        assert!(scan.step(), "finds it");
        assert!(scan.step(), "opens it");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"#\r\n").unwrap();
        fs::rename(&path, path.with_extension("old")).unwrap();
        fs::remove_file(path.with_extension("old")).unwrap();
        let (_, problems) = read(scan);
        assert_eq!(problems, []);
    }

    #[test]
    fn a_file_that_nobody_else_may_open_costs_itself() {
        let folder = folder("locked");
        let path = place(&folder, "SEND20171007-1.LOG");
        place(&folder, "SEND20171007-2.LOG");
        let held = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        let output = run(&[&folder]);
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("SEND20171007-1.LOG") && said.contains("cannot be read"), "{said}");
        drop(held);
    }
}
