//! A disk that is full to the last byte: what is printed to it cannot be printed,
//! and whoever asked is told, by words and by the exit status.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A shell script where `$disk` is a disk of 64 KB that nobody else sees.
fn small_disk(name: &str, script: &str, arguments: &[&str]) -> std::io::Result<Output> {
    let disk = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("full-disk-{name}"));
    fs::create_dir_all(&disk)?;
    let script = format!("mount -t tmpfs -o size=64k tmpfs \"$disk\" || exit; {script}");
    // A user and a mount namespace: root is not needed, and the disk is gone with the last process.
    Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"])
        .args(arguments)
        .env("disk", &disk)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
}

/// Whether the system lets us have one.
fn is_permitted() -> bool {
    let tried = small_disk("probe", "exit 0", &[]);
    let is_permitted = tried.as_ref().is_ok_and(|output| output.status.success());
    if !is_permitted {
        eprintln!("!!!! SKIPPED: a full disk: nobody may mount one in a namespace of his own here ({tried:?}) !!!!");
    }
    is_permitted
}

#[test]
fn every_verb_says_that_its_output_is_lost() {
    if !is_permitted() {
        return;
    }
    let seeds = "tests/data/seeds";
    let cases: &[&[&str]] = &[
        &["failures", "--recurse", seeds],
        &["failures", "--recurse", "--json", seeds],
        &["sessions", "--recurse", seeds],
        &["sessions", "--recurse", "--json", seeds],
        &["cert", "tests/data/zoo/good/tested.pem", "--root", "tests/data/zoo/good/roots.pem"],
        &["cert", "tests/data/zoo/good/tested.pem", "--json"],
        &["queue", "tests/data/queues/queues.json"],
        &["queue", "tests/data/queues/queues.json", "--json"],
        &["diagnose", "tests/data/scenarios/kb-4495258/collected"],
        &["diagnose", "tests/data/scenarios/kb-4495258/collected", "--json"],
    ];
    let script = "head -c 1M /dev/zero >\"$disk/rest\" 2>/dev/null; exec \"$@\" >\"$disk/out\"";
    for case in cases {
        let arguments: Vec<&str> = std::iter::once(env!("CARGO_BIN_EXE_exchange-tls"))
            .chain(case.iter().copied())
            .collect();
        let output = small_disk("verbs", script, &arguments).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{case:?}: {said}");
        assert!(
            said.contains("the output cannot be written: No space left on device"),
            "{case:?}: {said}"
        );
        assert!(!said.contains("panicked"), "{case:?}: {said}");
    }
}

/// The same commands where there is room: it is the disk that fails, not the case.
#[test]
fn a_disk_with_room_is_written_to() {
    if !is_permitted() {
        return;
    }
    let script = "\"$@\" >\"$disk/out\"; test -s \"$disk/out\"";
    let arguments =
        [env!("CARGO_BIN_EXE_exchange-tls"), "queue", "tests/data/queues/queues.json", "--json"];
    let output = small_disk("room", script, &arguments).unwrap();
    assert!(output.status.success(), "{output:?}");
}
