//! The program as a user meets it: exit status, standard error, paths, pipes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/seeds")
}

/// A new empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

#[test]
fn help_teaches_and_version_tells() {
    let help = run(&["failures", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    for word in ["Examples:", "--include-rejection", "--connector", "Exit status"] {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
    assert_eq!(
        text(&run(&["--version"]).stdout),
        format!("exchange-tls {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn the_options_are_the_parameters_of_the_contract() {
    let help = text(&run(&["failures", "--help"]).stdout);
    for option in [
        "path",
        "literal-path",
        "recurse",
        "since",
        "until",
        "connector",
        "cause",
        "include-rejection",
        "include-records",
        "json",
    ] {
        assert!(help.contains(&format!("--{option}")), "{option}");
    }
    // Whatever reads paths can be told how long it waits for them.
    for verb in ["failures", "sessions", "cert", "diagnose", "queue"] {
        assert!(text(&run(&[verb, "--help"]).stdout).contains("--timeout-seconds"), "{verb}");
    }
}

#[test]
fn the_table_explains_each_kind_of_failure_once() {
    let output = run(&["failures", "--recurse", seeds().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let table = text(&output.stdout);
    assert!(table.starts_with("Time "), "{table}");
    assert_eq!(table.matches("\nOwnCertificateNotEnabled: ").count(), 1);
    assert!(table.contains("CE3A3D779940A6855B53E2F69EF2DA4BC374D3EE"));
    let last = table.lines().last().unwrap();
    assert!(last.contains("failed sessions: ") && last.contains("files read"), "{last}");
}

#[test]
fn what_cannot_be_done_is_status_2_and_said() {
    for (arguments, words) in [
        (vec!["failures", "/no/such/folder"], "no such file or folder"),
        (vec!["failures", "/no/such/*.log"], "matches this wildcard"),
        (vec!["failures", "--since", "yesterday", "."], "expected a time in UTC"),
        (vec!["failures"], "no path was given"),
        (
            vec![
                "failures",
                "--since",
                "2026-01-02T00:00:00Z",
                "--until",
                "2026-01-01T00:00:00Z",
                ".",
            ],
            "later than Until",
        ),
        (vec!["failures", "--path", ".", "--literal-path", "."], "cannot be used with"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn one_bad_path_does_not_stop_the_others() {
    let output =
        run(&["failures", "--recurse", "--json", "/no/such/folder", seeds().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).lines().count() >= 4);
    assert!(text(&output.stderr).contains("/no/such/folder: no such file or folder"));
}

#[test]
fn nothing_found_is_not_said_of_what_was_not_read() {
    let folder = folder("unread");
    fs::write(
        folder.join("SEND20240101-1.LOG"),
        "#Software: Microsoft Exchange Server\r\n#Log-type: SMTP Send Protocol Log\r\n",
    )
    .unwrap();
    assert_eq!(run(&["failures", folder.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(
        run(&["failures", folder.to_str().unwrap(), "/no/such/file.log"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_log_of_the_other_direction_is_named() {
    let send = seeds().join("kb4051498");
    let output = run(&["failures", "--log-type", "receive", send.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("this is an SMTP Send protocol log; expected an SMTP Receive protocol log"),
        "{said}"
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = program()
        .args(["sessions", "--recurse", "--json"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/logs"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        !text(&output.stderr).contains("panicked")
            && !text(&output.stderr).contains("cannot be written")
    );
}

#[test]
fn wildcards_and_the_same_file_twice() {
    let folder = folder("wild");
    let log = fs::read(seeds().join("kb4051498/SEND20171007-1.LOG")).unwrap();
    fs::write(folder.join("SEND20171007-1.LOG"), &log).unwrap();
    fs::write(folder.join("notes.txt"), "not a log").unwrap();
    let wild = folder.join("send*.log");
    let count = |arguments: &[&str]| text(&run(arguments).stdout).lines().count();
    assert_eq!(count(&["failures", "--json", wild.to_str().unwrap()]), 1);
    assert_eq!(count(&["failures", "--json", wild.to_str().unwrap(), folder.to_str().unwrap()]), 1);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends() {
    let folder = folder("loop");
    std::os::unix::fs::symlink(&folder, folder.join("again")).unwrap();
    fs::copy(seeds().join("kb4051498/SEND20171007-1.LOG"), folder.join("SEND20171007-1.LOG"))
        .unwrap();
    let output = run(&["failures", "--recurse", "--json", folder.to_str().unwrap()]);
    assert_eq!(text(&output.stdout).lines().count(), 1);
}

#[test]
fn nothing_a_terminal_would_obey_is_ever_printed() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/logs");
    for verb in ["failures", "sessions"] {
        for json in [true, false] {
            let mut command = program();
            command
                .args([verb, "--recurse", "--include-rejection", "--include-records"])
                .arg(&cases);
            if json {
                command.arg("--json");
            }
            let output = command.output().unwrap();
            for bytes in [&output.stdout, &output.stderr] {
                let unsafe_byte =
                    bytes.iter().find(|byte| **byte < 0x20 && **byte != b'\n' || **byte == 0x7F);
                assert_eq!(unsafe_byte, None, "{verb}");
                assert!(!text(bytes).chars().any(|c| matches!(c, '\u{80}'..='\u{9F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')));
            }
        }
    }
}
