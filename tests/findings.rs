//! The list of findings is written in `src/cert/finding.rs`; the pages of
//! `docs/findings/` and the program's `cert` are held to it here.

#[path = "support/pages.rs"]
mod pages;

use std::path::Path;
use std::process::{Command, Output};

use exchange_tls::cert::finding::{CodeInfo, CODES};
use pages::{hold, Page};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_finding_has_a_page_and_every_page_a_finding() {
    let page = |info: &'static CodeInfo| Page {
        name: info.name,
        title: info.title,
        kind: format!("Severity: `{}`", info.severity.name()),
    };
    hold("docs/findings", &CODES.iter().map(page).collect::<Vec<_>>());
}

/// `exchange-tls cert` on a case of the zoo, by its own roots.
fn cert(case: &str, more: &[&str]) -> Output {
    let zoo = root().join("tests/data/zoo").join(case);
    Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .args(["cert", "--at", "2026-01-01T00:00:00Z", "--root"])
        .arg(zoo.join("roots.pem"))
        .arg("--intermediate")
        .arg(zoo.join("intermediates.pem"))
        .arg(zoo.join("tested.pem"))
        .args(more)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_program_tells_good_from_bad() {
    let good = cert("good", &["--fqdn", "mail.contoso.com"]);
    assert_eq!(good.status.code(), Some(0), "{}{}", text(&good.stdout), text(&good.stderr));
    assert!(
        text(&good.stdout).ends_with("1 tested: 0 Fail, 0 Warning, 1 Pass\n"),
        "{}",
        text(&good.stdout)
    );
    let other_name = cert("good", &["--fqdn", "mail.fabrikam.com", "--json"]);
    assert_eq!(other_name.status.code(), Some(1));
    let object: serde_json::Value = serde_json::from_slice(&other_name.stdout).expect("one object");
    assert_eq!(object["Result"], "Fail");
    assert!(object["Findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|finding| finding["Code"] == "NameMismatch"));
    let missing = cert("missing-second-intermediate", &[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stdout).contains("Error       MissingIntermediate: "));
}

#[test]
fn what_cannot_be_tested_is_status_2_and_said() {
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
            .arg("cert")
            .args(arguments)
            .output()
            .expect("the program starts")
    };
    let seed = root().join("tests/data/seeds");
    for (arguments, words) in [
        (vec![], "no path was given"),
        (vec!["/no/such.cer"], "/no/such.cer: no such file or folder"),
        (vec![seed.to_str().unwrap()], "this folder holds no certificate file"),
        (vec!["--at", "today", "."], "expected a time in UTC"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
    // What is no certificate is tested and fails: it may be the one that Exchange picks.
    let readme = root().join("README.md");
    let output = run(&["--root", readme.to_str().unwrap(), "--json", readme.to_str().unwrap()]);
    assert!(text(&output.stdout).contains("\"Malformed\""), "{}", text(&output.stdout));
}
