//! What goes wrong with files: each fault is an error with words, the rest is
//! read, and nothing waits for ever.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::time::{Duration, Instant};

use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::scan::{Item, Options, Scan, Wanted};

const HEADER: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n#Date: 2024-01-05T00:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("faults-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        Folder(root)
    }

    fn log(&self, name: &str, sessions: usize) -> PathBuf {
        let path = self.0.join(name);
        let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
        file.write_all(HEADER.as_bytes()).unwrap();
        for number in 0..sessions {
            file.write_all(session(number).as_bytes()).unwrap();
        }
        file.flush().unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A connection that was refused: two records, one failure.
fn session(number: usize) -> String {
    format!(
        "2024-01-05T10:00:00.000Z,Outbound,{number:016X},0,,192.0.2.1:25,*,,attempting to connect\r\n\
         2024-01-05T10:00:01.000Z,Outbound,{number:016X},1,,192.0.2.1:25,*,,\"Failed to connect. Winsock error code: 10061, Win32 error code: 10061, Destination domain: contoso.com\"\r\n"
    )
}

#[cfg(unix)]
fn scan(paths: &[PathBuf], recurse: bool) -> (usize, Vec<Error>) {
    let options = Options { recurse, ..Options::default() };
    drain(&mut Scan::open(paths, options).unwrap())
}

fn drain(scan: &mut Scan) -> (usize, Vec<Error>) {
    let begun = Instant::now();
    let (mut failures, mut problems) = (0, Vec::new());
    loop {
        let more = scan.step();
        while let Some(item) = scan.pop() {
            match item {
                Item::Problem(problem) => problems.push(problem),
                _ => failures += 1,
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it hangs");
        if !more {
            return (failures, problems);
        }
    }
}

#[cfg(unix)]
fn told(problems: &[Error], path: &Path, kind: ErrorKind, words: &str) {
    let path = path.to_string_lossy();
    assert!(
        problems.iter().any(|problem| problem.path() == Some(&path)
            && problem.kind() == kind
            && problem.text().contains(words)),
        "{path}: expected {kind:?} '{words}' among {problems:?}"
    );
}

/// What no log can be stands between two logs; named by itself it is refused as well.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_and_the_rest_is_read() {
    let folder = Folder::new("irregular");
    folder.log("SEND20240105-1.LOG", 1);
    folder.log("SEND20240105-9.LOG", 1);
    let at = |name: &str| folder.0.join(name);
    let fifo = at("SEND20240105-2.LOG");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = at("SEND20240105-3.LOG");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let lost = at("SEND20240105-4.LOG");
    std::os::unix::fs::symlink("nowhere", &lost).unwrap();
    let round = at("SEND20240105-5.LOG");
    std::os::unix::fs::symlink(&round, &round).unwrap();
    let device = at("SEND20240105-6.LOG");
    std::os::unix::fs::symlink("/dev/zero", &device).unwrap();
    fs::create_dir(at("SEND20240105-7.LOG")).unwrap();
    std::os::unix::fs::symlink(&folder.0, at("again")).unwrap();

    for (paths, recurse) in [(vec![folder.0.clone()], false), (vec![folder.0.clone()], true)] {
        let (failures, problems) = scan(&paths, recurse);
        assert_eq!(failures, 2);
        told(&problems, &fifo, ErrorKind::Unreadable, "this is a FIFO");
        told(&problems, &socket, ErrorKind::Unreadable, "this is a socket");
        told(&problems, &lost, ErrorKind::Unreadable, "leads nowhere");
        told(&problems, &round, ErrorKind::Unreadable, "symbolic links");
        told(&problems, &device, ErrorKind::Unreadable, "this is a device");
        assert_eq!(problems.len(), 5, "{problems:?}");
    }
    let named: Vec<PathBuf> = [&fifo, &socket, &device, &round].map(Clone::clone).to_vec();
    let (failures, problems) = scan(&named, false);
    assert_eq!((failures, problems.len()), (0, 4), "{problems:?}");
    let (_, problems) = scan(&[at("SEND20240105-7.LOG")], false);
    told(&problems, &at("SEND20240105-7.LOG"), ErrorKind::NotFound, "holds no *.log file");
}

/// A file may become a FIFO between two looks at it.
#[cfg(unix)]
#[test]
fn a_log_that_became_a_fifo_does_not_hang() {
    let folder = Folder::new("became");
    let first = folder.log("SEND20240105-1.LOG", 1);
    folder.log("SEND20240105-2.LOG", 1);
    let mut scan = Scan::open(std::slice::from_ref(&folder.0), Options::default()).unwrap();
    assert!(scan.step(), "the files are found");
    fs::remove_file(&first).unwrap();
    assert!(Command::new("mkfifo").arg(&first).status().unwrap().success());
    let (failures, problems) = drain(&mut scan);
    assert_eq!(failures, 1);
    told(&problems, &first, ErrorKind::Unreadable, "this is a FIFO");
}

/// Deleted, replaced, cut, moved away, grown: before a file is opened and in the middle of it.
#[test]
fn files_that_change_while_they_are_read_cost_no_more_than_themselves() {
    const SESSIONS: usize = 10_000;
    type Change = fn(&Path);
    let delete: Change = |path| fs::remove_file(path).unwrap();
    let cut: Change =
        |path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1000).unwrap();
    let empty: Change =
        |path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(0).unwrap();
    let replace: Change = |path| {
        let other = path.with_extension("tmp");
        fs::write(&other, format!("{HEADER}{}", session(4711))).unwrap();
        fs::rename(other, path).unwrap();
    };
    let rotate: Change = |path| {
        fs::rename(path, path.with_extension("old")).unwrap();
        fs::write(path, HEADER).unwrap();
    };
    let grow: Change = |path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(session(SESSIONS + 1).as_bytes()).unwrap();
        file.write_all(b"2024-01-05T10:00:0").unwrap();
    };
    let changes = [
        ("delete", delete),
        ("cut", cut),
        ("empty", empty),
        ("replace", replace),
        ("rotate", rotate),
        ("grow", grow),
    ];
    for (name, change) in changes {
        if cfg!(windows) && name != "grow" {
            continue; // an open file cannot be touched there
        }
        for (steps, threads) in [(1, 1), (2, 1), (3, 2), (6, 1)] {
            let folder = Folder::new(&format!("change-{name}"));
            let first = folder.log("SEND20240105-1.LOG", SESSIONS);
            folder.log("SEND20240105-2.LOG", 1);
            let options = Options {
                threads,
                unit_bytes: 100_000,
                wanted: Wanted::Sessions,
                ..Options::default()
            };
            let mut scan = Scan::open(std::slice::from_ref(&folder.0), options).unwrap();
            let mut found = 0;
            for _ in 0..steps {
                assert!(scan.step());
                while scan.pop().is_some() {
                    found += 1;
                }
            }
            change(&first);
            let (rest, problems) = drain(&mut scan);
            let found = found + rest;
            let case = format!(
                "{name} after {steps} steps on {threads} threads: {found} found, {problems:?}"
            );
            assert!(found >= 1, "the second file is lost: {case}");
            assert!(problems.len() <= 2, "{case}");
            for problem in &problems {
                assert_eq!(problem.path(), Some(&*first.to_string_lossy()), "{case}");
                assert!(problem.text().len() > 15, "{case}");
            }
            let lost = problems.iter().filter(|one| one.kind() != ErrorKind::BadRecord).count();
            let progress = scan.progress();
            assert_eq!((progress.files_done, progress.files), (2, 2), "{case}");
            assert_eq!((progress.files_lost, progress.files_read()), (lost, 2 - lost), "{case}");
            // Nothing lies: whoever misses sessions is told so.
            let whole = match name {
                "grow" => SESSIONS + 1,
                _ if steps == 1 => 1, // before it was opened: it is another file
                _ => SESSIONS + 1,
            };
            assert!(found >= whole || !problems.is_empty(), "lost without a word: {case}");
        }
    }
}

/// As another user, since root may read everything: what may not be read is named,
/// the rest is read.
#[cfg(unix)]
#[test]
fn permission_denied_in_the_middle_of_a_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("denied");
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&folder.0, 0o755);
    folder.log("SEND20240105-1.LOG", 1);
    let secret = folder.log("SEND20240105-2.LOG", 1);
    folder.log("SEND20240105-3.LOG", 1);
    let closed = folder.0.join("closed");
    let listed = folder.0.join("listed");
    for path in [&closed, &listed] {
        fs::create_dir(path).unwrap();
        fs::copy(&secret, path.join("SEND20240105-1.LOG")).unwrap();
    }
    let program = folder.0.join("exchange-tls");
    // A link: a copy cannot be run while another test has just forked and still has it open.
    fs::hard_link(env!("CARGO_BIN_EXE_exchange-tls"), &program).unwrap();
    mode(&program, 0o755);
    mode(&secret, 0o000);
    mode(&closed, 0o000);
    mode(&listed, 0o744); // names can be read, what they name cannot

    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n");
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.arg(&program).args(["failures", "--recurse", "--json"]).arg(&folder.0);
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("!!!! SKIPPED: permission denied: no other user to be ({error}) !!!!");
            return;
        }
    };
    mode(&closed, 0o755);
    mode(&listed, 0o755);
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.lines().count(), 2, "{out}{err}");
    for path in [&secret, &closed, &listed.join("SEND20240105-1.LOG")] {
        let line = err.lines().find(|line| line.contains(&*path.to_string_lossy()));
        assert!(
            line.is_some_and(|line| line.contains("ermission denied")),
            "{}: {err}",
            path.display()
        );
    }
    assert_eq!(err.lines().count(), 3, "{err}");
    assert_eq!(output.status.code(), Some(1), "{err}");
}
