//! Every server case of the public suite x509-limbo (C2SP, Apache License 2.0),
//! where its file lies beside the repository.
//!
//! A verifier answers yes or no; this crate gives findings. A certificate is
//! accepted here if its result is not `Fail`. Where a case comes with
//! revocation lists, it wants them to answer, so that `RevocationUnknown`
//! refuses too. A difference must stand in `data/limbo-differences.json` with
//! its reason; one that stands there and no longer exists fails as well. What
//! is accepted against the suite must carry the finding that the file names.

use std::collections::BTreeMap;
use std::path::Path;

use exchange_tls::cert::finding::{Code, Severity, Verdict};
use exchange_tls::cert::read::{base64, Given};
use exchange_tls::cert::{test, CertificateTest, Input, Request};
use exchange_tls::timestamp::Timestamp;
use serde_json::Value;

/// The same answer is right at any time between 1989 and 2968, where a case gives none.
const ANY_TIME: &str = "2026-07-01T00:00:00Z";

fn der(pem: &Value) -> Vec<u8> {
    let body: String =
        pem.as_str().unwrap().lines().filter(|line| !line.starts_with("-----")).collect();
    base64(body.as_bytes()).unwrap()
}

fn given(list: &Value, what: &str) -> Vec<Given> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|pem| Given { der: der(pem), source: what.to_owned() })
        .collect()
}

fn run(case: &Value) -> CertificateTest {
    let time = case["validation_time"].as_str().unwrap_or(ANY_TIME);
    let mut request = Request::at(Timestamp::parse(time.as_bytes()).unwrap());
    request
        .certificates
        .push(Input::new(Given { der: der(&case["peer_certificate"]), source: "peer".to_owned() }));
    request.roots = given(&case["trusted_certs"], "root");
    request.intermediates = given(&case["untrusted_intermediates"], "intermediate");
    request.lists = given(&case["crls"], "crl");
    request.fqdn = case["expected_peer_name"]["value"].as_str().map(str::to_owned);
    if let Some(depth) = case["max_chain_depth"].as_u64() {
        request.limits.intermediates = usize::try_from(depth).unwrap();
    }
    test(&request).tests.remove(0)
}

fn is_accepted(case: &Value, answer: &CertificateTest) -> bool {
    let unanswered = !case["crls"].as_array().unwrap().is_empty()
        && answer.findings.iter().any(|finding| {
            finding.code == Code::RevocationUnknown && finding.severity == Severity::Warning
        });
    answer.result != Verdict::Fail && !unanswered
}

#[test]
fn answers_as_x509_limbo_does_or_says_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(text) = ["../shared/data/x509-limbo/limbo.json", "tests/data/limbo.json"]
        .iter()
        .find_map(|path| std::fs::read_to_string(root.join(path)).ok())
    else {
        eprintln!("SKIPPED: x509-limbo is not there (../shared/data/x509-limbo/limbo.json); its cases were not run");
        return;
    };
    let suite: Value = serde_json::from_str(&text).unwrap();
    let differences = std::fs::read_to_string(root.join("tests/data/limbo-differences.json"));
    let mut differences: BTreeMap<String, Value> =
        serde_json::from_str(&differences.unwrap()).unwrap();

    let mut problems = Vec::new();
    let (mut cases, mut agreements, mut accepts, mut rejects) = (0, 0, 0, 0);
    for case in suite["testcases"].as_array().unwrap() {
        if case["validation_kind"] != "SERVER" {
            continue;
        }
        cases += 1;
        let id = case["id"].as_str().unwrap();
        let answer = run(case);
        let accepted = is_accepted(case, &answer);
        let wanted = case["expected_result"] == "SUCCESS";
        let listed = differences.remove(id);
        let findings: Vec<String> = answer
            .findings
            .iter()
            .map(|finding| format!("{} {}: {}", finding.severity, finding.code, finding.message))
            .collect();
        if accepted == wanted {
            agreements += 1;
            if listed.is_some() {
                problems.push(format!("{id}: agrees, though it is listed as a difference"));
            }
            continue;
        }
        if accepted {
            accepts += 1;
        } else {
            rejects += 1;
        }
        let direction = if accepted { "accepted" } else { "refused" };
        let findings = findings.join("\n    ");
        let Some(listed) = listed else {
            problems.push(format!("{id}: {direction}, and not listed\n    {findings}"));
            continue;
        };
        if listed["here"] != direction {
            problems.push(format!("{id}: {direction}, but listed otherwise"));
        }
        let by = listed["by"].as_str().unwrap_or_default();
        if !answer.findings.iter().any(|finding| finding.code.name() == by) {
            problems.push(format!("{id}: {direction} without {by}\n    {findings}"));
        }
        if accepted && by != "IssuerRule" {
            problems.push(format!("{id}: accepted for another reason than a rule for issuers"));
        }
        if listed["reason"].as_str().unwrap_or_default().len() < 20 {
            problems.push(format!("{id}: listed without a reason"));
        }
    }
    for id in differences.keys() {
        problems.push(format!("{id}: listed, but no server case of the suite"));
    }
    println!("x509-limbo: {cases} server cases, {agreements} agree, {accepts} accepted and {rejects} refused against the suite");
    assert!(cases > 150, "the suite has shrunk to {cases} server cases");
    assert!(rejects <= 5, "{rejects} valid certificates are refused");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
