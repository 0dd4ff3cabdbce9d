//! The list of causes is written in `src/failure/cause.rs`; what repeats it is
//! held to it here: the header, the pages of `docs/causes/`, the options of the program.

#[path = "support/pages.rs"]
mod pages;

use std::fs;
use std::path::Path;
use std::process::Command;

use exchange_tls::failure::cause::{Stage, CAUSES};
use pages::{hold, Page};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `OwnCertificateNoKey` as `OWN_CERTIFICATE_NO_KEY`.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

#[test]
fn the_header_has_every_cause_and_stage_with_its_number() {
    let header = read("include/exchange_tls.h");
    for info in &CAUSES {
        let line = format!("EXTLS_CAUSE_{} = {},", screaming(info.name), info.cause.number());
        assert!(header.contains(&line), "{line}");
    }
    for stage in Stage::ALL {
        let line = format!("EXTLS_STAGE_{} = {},", screaming(stage.name()), stage.number());
        assert!(header.contains(&line), "{line}");
    }
}

#[test]
fn every_cause_has_a_page_and_every_page_a_cause() {
    let pages = CAUSES.map(|info| Page {
        name: info.name,
        title: info.title,
        kind: format!("Stage: `{}`", info.stage.name()),
    });
    hold("docs/causes", &pages);
}

#[test]
fn the_program_takes_every_cause_and_names_them_all_when_one_is_wrong() {
    let run = |cause: &str| {
        Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
            .args(["failures", "--cause", cause])
            .arg(root().join("tests/data/seeds"))
            .arg("--recurse")
            .output()
            .expect("the program starts")
    };
    for info in &CAUSES {
        assert!(matches!(run(info.name).status.code(), Some(0 | 1)), "{}", info.name);
    }
    let wrong = run("NoSuchCause");
    assert_eq!(wrong.status.code(), Some(2));
    let text = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(CAUSES.iter().all(|info| text.contains(info.name)), "{text}");
}
