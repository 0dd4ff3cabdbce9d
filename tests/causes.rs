//! The list of causes is written in `src/failure/cause.rs`; what repeats it is
//! held to it here: the header, the pages of `docs/causes/`, the options of the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use exchange_tls::failure::cause::{Stage, CAUSES};

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
    let pages: BTreeSet<String> = fs::read_dir(root().join("docs/causes"))
        .expect("docs/causes")
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let mut wanted: BTreeSet<String> =
        CAUSES.iter().map(|info| format!("{}.md", info.name)).collect();
    wanted.insert("README.md".to_owned());
    assert_eq!(pages, wanted);

    let index = read("docs/causes/README.md");
    let mut place = 0;
    for info in &CAUSES {
        let page = read(&format!("docs/causes/{}.md", info.name));
        let lines: Vec<&str> = page.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[0], format!("# {}", info.name));
        assert_eq!(lines[1], info.title, "{}", info.name);
        assert!(
            lines[2].starts_with(&format!("Stage: `{}`", info.stage.name())),
            "{}: {}",
            info.name,
            lines[2]
        );
        for part in [
            "## What it means",
            "## How it shows",
            "## How to confirm",
            "## How to fix",
            "## References",
        ] {
            assert!(lines.contains(&part), "{}: no part '{part}'", info.name);
        }
        assert!(page.is_ascii(), "{} is not ASCII", info.name);
        let row = index
            .find(&format!("[{0}]({0}.md)", info.name))
            .unwrap_or_else(|| panic!("index: {}", info.name));
        assert!(row >= place, "index: {} is out of order", info.name);
        assert!(
            index[row..].lines().next().unwrap().contains(info.title),
            "index: title of {}",
            info.name
        );
        place = row;
    }
}

#[test]
fn the_links_between_pages_lead_somewhere() {
    let mut links = 0;
    for entry in fs::read_dir(root().join("docs/causes")).expect("docs/causes") {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            assert!(path.parent().unwrap().join(target).exists(), "{}: {link}", path.display());
            links += 1;
        }
    }
    assert!(links > CAUSES.len());
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
