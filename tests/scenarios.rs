//! Every folder in `tests/data/scenarios` holds what an admin collected; the
//! program must give the answers of its `expected.json`, and no other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios")
}

fn json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The answers of the program, and its exit status.
fn diagnose(scenario: &Path, at: &str) -> (Vec<Value>, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
        .args(["diagnose", "--json", "--at", at])
        .arg(scenario.join("collected"))
        .output()
        .expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", scenario.display());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (answers, output.status.code().expect("an exit status"))
}

/// All texts of an answer's property, one a line; a place in a file as `path:line`.
fn text(answer: &Value, property: &str) -> String {
    match &answer[property] {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let one = |item: &Value| match item {
                Value::Object(item) => {
                    let part = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
                    let line = item["Line"].as_u64().map(|line| format!(":{line}"));
                    format!(
                        "{} {} {} {}{}",
                        part("Name"),
                        part("Thumbprint"),
                        part("Text"),
                        part("Path").replace('\\', "/"),
                        line.unwrap_or_default()
                    )
                }
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            items.iter().map(one).collect::<Vec<_>>().join("\n")
        }
        other => panic!("{property} is {other}"),
    }
}

/// The pieces that an answer's property must hold, with the certificates' thumbprints.
fn pieces(expected: &Value, property: &str, names: &BTreeMap<String, String>) -> Vec<String> {
    let pieces = expected[property].as_array().cloned().unwrap_or_default();
    let fill = |piece: &Value| {
        let piece = piece.as_str().expect("a text").to_owned();
        names.iter().fold(piece, |piece, (name, hex)| piece.replace(&format!("{{{name}}}"), hex))
    };
    pieces.iter().map(fill).collect()
}

fn check(name: &str, answer: &Value, expected: &Value, names: &BTreeMap<String, String>) {
    for (property, value) in expected.as_object().expect("an object") {
        match property.as_str() {
            "Summary" | "Evidence" | "Reference" => {
                let text = text(answer, property);
                for piece in pieces(expected, property, names) {
                    assert!(text.contains(&piece), "{name}: {property} lacks '{piece}':\n{text}");
                }
            }
            "Remedy" => {
                let text = text(answer, property);
                let mut from = 0;
                for piece in pieces(expected, property, names) {
                    let at = text[from..].find(&piece);
                    let at = at.unwrap_or_else(|| {
                        panic!("{name}: Remedy lacks '{piece}' in its place:\n{text}")
                    });
                    from += at + piece.len();
                }
            }
            "Never" => {
                let text = text(answer, "Remedy");
                for piece in pieces(expected, property, names) {
                    assert!(!text.contains(&piece), "{name}: Remedy holds '{piece}':\n{text}");
                }
            }
            _ => assert_eq!(&answer[property], value, "{name}: {property}"),
        }
    }
}

#[test]
fn every_scenario_has_its_answers_and_no_other() {
    let mut seen = 0;
    for entry in fs::read_dir(folder()).expect("the scenarios") {
        let scenario = entry.expect("an entry").path();
        if !scenario.is_dir() {
            continue;
        }
        let name = scenario.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected = json(&scenario.join("expected.json"));
        let names: BTreeMap<String, String> =
            serde_json::from_value(json(&scenario.join("certificates.json"))).expect("names");
        let (answers, status) = diagnose(&scenario, expected["At"].as_str().expect("a time"));
        let wanted = expected["Found"].as_array().expect("what is found");
        let causes: Vec<&Value> = answers.iter().map(|answer| &answer["Cause"]).collect();
        assert_eq!(answers.len(), wanted.len(), "{name}: {causes:?}");
        assert_eq!(status, i32::from(!wanted.is_empty()), "{name}");
        for (place, (answer, expected)) in answers.iter().zip(wanted).enumerate() {
            assert_eq!(answer["Rank"].as_u64(), u64::try_from(place + 1).ok(), "{name}");
            check(&name, answer, expected, &names);
        }
        seen += 1;
    }
    assert!(seen >= 23, "only {seen} scenarios");
}
