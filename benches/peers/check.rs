//! Holds what a program said to what is true of the logs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::measure::Run;
use crate::generator::Truth;

/// Whether the program named every failure by its cause; else what differs.
pub fn answer(run: &Run, truth: &Truth) -> Result<(), String> {
    let problems = match causes(&run.output) {
        Ok((found, 0)) => differences(&found, &truth.failures),
        Ok((_, without)) => vec![format!("{without} lines of output have no Cause")],
        Err(text) => vec![text],
    };
    ended(run, truth, problems)
}

/// Whether the program gave every session, those that failed with their causes.
pub fn sessions(run: &Run, truth: &Truth) -> Result<(), String> {
    let problems = match causes(&run.output) {
        Ok((found, without)) => {
            let count = found.values().sum::<u64>() + without;
            let count = (count != truth.sessions)
                .then(|| format!("{count} sessions; expected {}", truth.sessions));
            differences(&found, &truth.failures).into_iter().chain(count).collect()
        }
        Err(text) => vec![text],
    };
    ended(run, truth, problems)
}

/// The exit status where failures were found.
pub fn status(truth: &Truth) -> Option<i32> {
    Some(if truth.failures.is_empty() { 0 } else { 1 })
}

fn ended(run: &Run, truth: &Truth, mut problems: Vec<String>) -> Result<(), String> {
    let expected = status(truth);
    if run.status != expected {
        problems.push(format!("exit status {:?}; expected {expected:?}", run.status));
    }
    // Generated logs are sound: a warning means that a record was not understood.
    let mut errors = run.errors.lines();
    problems.extend(errors.by_ref().take(5).map(|line| format!("standard error: {line}")));
    problems.extend(errors.next().map(|_| "standard error: ...".to_owned()));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

/// How many lines `rg -c` counted, in all files.
pub fn matches(run: &Run) -> Result<u64, String> {
    // 1: no line matched.
    if !matches!(run.status, Some(0 | 1)) {
        return Err(format!("rg ended with {:?}: {}", run.status, run.errors));
    }
    let text = String::from_utf8_lossy(&run.output);
    let counts = text.lines().filter_map(|line| line.rsplit(':').next()?.parse::<u64>().ok());
    Ok(counts.sum())
}

/// How many lines name each cause, and how many none.
fn causes(output: &[u8]) -> Result<(BTreeMap<String, u64>, u64), String> {
    let (mut found, mut without) = (BTreeMap::new(), 0);
    for line in output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let item: Value = serde_json::from_slice(line)
            .map_err(|error| format!("a line of output is no JSON: {error}"))?;
        match item.get("Cause").and_then(Value::as_str) {
            Some(cause) => *found.entry(cause.to_owned()).or_default() += 1,
            None => without += 1,
        }
    }
    Ok((found, without))
}

fn differences(found: &BTreeMap<String, u64>, truth: &BTreeMap<String, u64>) -> Vec<String> {
    let causes: BTreeSet<&String> = found.keys().chain(truth.keys()).collect();
    let count = |counts: &BTreeMap<String, u64>, cause: &str| counts.get(cause).map_or(0, |n| *n);
    let pairs = causes.into_iter().map(|cause| (cause, count(found, cause), count(truth, cause)));
    pairs
        .filter(|(_, found, expected)| found != expected)
        .map(|(cause, found, expected)| format!("{cause}: {found} found; expected {expected}"))
        .collect()
}
