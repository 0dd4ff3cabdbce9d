//! Every folder of `tests/data/logs` is a case: input files and what the
//! program must say of them. `tests/data/README.md` tells how to add one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value};

/// Fewer cases than this means that the data were not found.
const AT_LEAST: usize = 200;

struct Case {
    name: String,
    input: PathBuf,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/logs");
    let mut cases: Vec<Case> = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let text = fs::read_to_string(path.join("expected.json"))
                .unwrap_or_else(|error| panic!("{}: expected.json: {error}", path.display()));
            let expected: Value = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: expected.json: {error}", path.display()));
            let input = expected["input"].as_str().unwrap_or("input").to_owned();
            Case {
                name: path.file_name().unwrap().to_string_lossy().into_owned(),
                input: path.join(input),
                expected,
            }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(cases.len() >= AT_LEAST, "only {} cases in {}", cases.len(), root.display());
    cases
}

/// What the program gives for a case.
struct Given {
    objects: Vec<Value>,
    complaints: Vec<String>,
    status: Option<i32>,
}

/// Hundreds of programs are started here, and Wine cannot start one now and then
/// (ERROR_INTERNAL_ERROR); that is no answer of the program.
fn output(command: &mut Command) -> Output {
    for _ in 0..3 {
        match command.output() {
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(1359) => {
                eprintln!("started once more: {error}");
            }
            output => return output.expect("the program starts"),
        }
    }
    panic!("the program does not start");
}

fn run(verb: &str, case: &Case) -> Given {
    let arguments = case.expected["args"].as_array().cloned().unwrap_or_default();
    let output = output(
        Command::new(env!("CARGO_BIN_EXE_exchange-tls"))
            .args([verb, "--json"])
            .args(arguments.iter().map(|argument| argument.as_str().expect("args are texts")))
            .arg(&case.input),
    );
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
    };
    let parse = |line: &String| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", case.name))
    };
    Given {
        objects: lines(&output.stdout).iter().map(parse).collect(),
        complaints: lines(&output.stderr),
        status: output.status.code(),
    }
}

/// Whether an object has the properties that are expected of it.
fn fits(expected: &Map<String, Value>, given: &Value) -> Result<(), String> {
    for (name, wanted) in expected {
        let found = match name.as_str() {
            "RemedyContains" => &given["Remedy"],
            "ReferenceContains" => &given["Reference"],
            other => &given[other],
        };
        let fits = match (name.as_str(), wanted) {
            ("Path", Value::String(wanted)) => found
                .as_str()
                .is_some_and(|path| path.replace('\\', "/").ends_with(wanted.as_str())),
            ("RemedyContains" | "ReferenceContains", Value::Array(parts)) => {
                let text = found.to_string();
                parts.iter().all(|part| text.contains(part.as_str().unwrap_or("\u{0}")))
            }
            (_, Value::Object(wanted)) => {
                fits(wanted, found).map(|()| true).map_err(|why| format!("{name}.{why}"))?
            }
            (_, Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
            _ => wanted == found,
        };
        if !fits {
            return Err(format!("{name} is {found}, expected {wanted}"));
        }
    }
    Ok(())
}

/// Pairs every expected object with one that was given, each used once.
fn compare(what: &str, expected: &[Value], mut given: Vec<Value>, problems: &mut Vec<String>) {
    for wanted in expected {
        let wanted = wanted.as_object().expect("expected objects");
        match given.iter().position(|object| fits(wanted, object).is_ok()) {
            Some(at) => drop(given.remove(at)),
            None => {
                let reasons: Vec<String> = given
                    .iter()
                    .filter(|object| {
                        wanted.get("SessionId").is_none_or(|id| *id == object["SessionId"])
                    })
                    .filter_map(|object| fits(wanted, object).err())
                    .collect();
                let whose =
                    wanted.get("SessionId").map_or_else(|| format!("{wanted:?}"), Value::to_string);
                problems.push(format!("{what} of {whose} missing: {}", reasons.join(" | ")));
            }
        }
    }
    problems.extend(given.iter().map(|object| {
        format!(
            "{what} unexpected: {} at line {} of {}",
            object["Cause"], object["Line"], object["Path"]
        )
    }));
}

fn compare_warnings(expected: &[Value], given: Vec<String>, problems: &mut Vec<String>) {
    let mut given: Vec<String> = given.into_iter().map(|line| line.replace('\\', "/")).collect();
    for wanted in expected {
        let file = wanted["file"].as_str().unwrap_or("");
        let place =
            wanted["line"].as_u64().map_or(file.to_owned(), |line| format!("{file}:{line}:"));
        let part = wanted["contains"].as_str().unwrap_or("");
        match given.iter().position(|line| line.contains(&place) && line.contains(part)) {
            Some(at) => drop(given.remove(at)),
            None => problems.push(format!("warning missing: {wanted}")),
        }
    }
    problems.extend(given.iter().map(|line| format!("warning unexpected: {line}")));
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

#[test]
fn every_case_gives_what_is_expected() {
    let mut failed = Vec::new();
    for case in cases() {
        let mut problems = Vec::new();
        let given = run("failures", &case);
        compare("failure", &array(&case.expected["failures"]), given.objects, &mut problems);
        compare_warnings(&array(&case.expected["warnings"]), given.complaints, &mut problems);
        if given.status.map(i64::from) != case.expected["status"].as_i64() {
            problems
                .push(format!("status {:?}, expected {}", given.status, case.expected["status"]));
        }
        if let Some(sessions) = case.expected["sessions"].as_array() {
            compare("session", sessions, run("sessions", &case).objects, &mut problems);
        }
        if !problems.is_empty() {
            failed.push(format!("{}:\n    {}", case.name, problems.join("\n    ")));
        }
    }
    assert!(failed.is_empty(), "{} cases failed\n  {}", failed.len(), failed.join("\n  "));
}
