//! LastErrors of queues: every case of `tests/data/queues/`, and random nesting.

use std::fs;
use std::path::Path;

use exchange_tls::failure::cause::Cause;
use exchange_tls::object::{read, Object};
use exchange_tls::queue::{self, QueueFailure};
use proptest::prelude::*;
use serde_json::Value as Json;

fn cases() -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/queues/cases.jsonl");
    let text = fs::read_to_string(&path).expect("cases.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn object(json: &Json) -> Object {
    let objects = read(json.to_string().as_bytes(), "case").expect("JSON").expect("an object");
    objects.into_iter().next().expect("one object")
}

fn explain(case: &Json) -> Option<QueueFailure> {
    match case.get("queue") {
        Some(queue) => queue::read(&object(queue)),
        None => queue::read_text(case["text"].as_str().expect("text")),
    }
}

/// What differs from what is expected.
fn differences(failure: &QueueFailure, expected: &Json) -> Vec<String> {
    let given = serde_json::to_value(failure).expect("an object");
    let mut differences = Vec::new();
    for (name, wanted) in expected.as_object().expect("an object") {
        let part =
            ["Contains", "Lacks"].iter().find_map(|end| Some((name.strip_suffix(end)?, *end)));
        if let Some((property, end)) = part {
            let text = match &given[property] {
                Json::String(text) => text.clone(),
                other => other
                    .as_array()
                    .expect(name)
                    .iter()
                    .map(|line| format!("{}\n", line.as_str().unwrap()))
                    .collect(),
            };
            for piece in wanted.as_array().expect(name).iter().filter_map(Json::as_str) {
                if text.contains(piece) != (end == "Contains") {
                    differences.push(format!("{name} {piece:?}: {text}"));
                }
            }
        } else if given.get(name) != Some(wanted) {
            differences.push(format!("{name}: {} instead of {wanted}", given[name]));
        }
    }
    differences
}

fn is_clean(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'))
}

fn texts(failure: &QueueFailure) -> Vec<String> {
    let given = serde_json::to_value(failure).unwrap();
    let mut texts = Vec::new();
    for value in given.as_object().unwrap().values() {
        texts.extend(value.as_str().map(str::to_owned));
        texts.extend(
            value.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned),
        );
    }
    texts
}

#[test]
fn every_case_is_read_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().expect("a name");
        assert!(!case["about"].as_str().expect("about").is_empty(), "{name}");
        match (explain(case), case["expected"].is_null()) {
            (None, true) => {}
            (None, false) => failed.push(format!("{name}: nothing was found")),
            (Some(failure), true) => failed.push(format!("{name}: {failure:?}")),
            (Some(failure), false) => {
                for difference in differences(&failure, &case["expected"]) {
                    failed.push(format!("{name}: {difference}"));
                }
                assert!(!failure.diagnosis.is_empty() && !failure.next_step.is_empty(), "{name}");
                assert_eq!(failure.stage.is_none(), failure.cause == Cause::Unknown, "{name}");
                for text in texts(&failure) {
                    assert!(is_clean(&text), "{name}: {text:?}");
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

#[test]
fn the_same_text_wrapped_at_any_blank_says_the_same() {
    for case in cases().iter().filter(|case| case.get("text").is_some()) {
        let text = case["text"].as_str().unwrap();
        let wrapped = text.replace(' ', "\r\n   ");
        if text.contains("  ") || text.contains('\n') {
            continue;
        }
        assert_eq!(queue::read_text(text), queue::read_text(&wrapped), "{text}");
    }
}

/// Every order of the pieces (Heap's algorithm).
fn orders(pieces: &mut Vec<String>, count: usize, found: &mut Vec<Vec<String>>) {
    if count <= 1 {
        return found.push(pieces.clone());
    }
    for place in 0..count {
        orders(pieces, count - 1, found);
        pieces.swap(if count % 2 == 0 { place } else { 0 }, count - 1);
    }
}

#[test]
fn the_keys_of_a_host_say_the_same_in_any_order() {
    for (error, message) in [
        ("450 4.4.316 Connection refused [Message=Socket error code 10061]", "Socket error code 10061"),
        ("450 4.4.317 Cannot connect to remote server", "SubjectMismatch"),
        ("451 4.4.0 Primary target IP address responded with: \"451 5.7.3 Cannot achieve Exchange Server authentication.\" Attempted failover", ""),
        ("451 4.4.397 Error communicating with target host. -> 421 4.2.1 Unable to connect -> SocketTimedout: Socket error code 10060", ""),
    ] {
        let mut keys: Vec<String> = [
            ("LED", error),
            ("MSG", message),
            ("FQDN", "mail.contoso.com"),
            ("IP", "192.0.2.1"),
            ("LRT", "1/2/2024 3:04:05 PM"),
        ]
        .map(|(key, value)| format!("{{{key}={value}}}"))
        .to_vec();
        let mut found = Vec::new();
        orders(&mut keys, 5, &mut found);
        assert_eq!(found.len(), 120);
        let read = |keys: &[String]| {
            let text = format!("[{}]", keys.join(";"));
            let failure = queue::read_text(&text).expect("a failure");
            QueueFailure { last_error: String::new(), ..failure }
        };
        let first = read(&found[0]);
        assert_eq!(first.remote_endpoint.as_deref(), Some("192.0.2.1"));
        for keys in &found {
            assert_eq!(read(keys), first, "{keys:?}");
        }
    }
}

#[test]
fn a_text_cut_anywhere_is_read_without_a_wrong_certificate() {
    for case in cases().iter().filter(|case| case.get("text").is_some()) {
        let text = case["text"].as_str().unwrap();
        let whole = queue::read_text(text).map(|failure| failure.cause);
        let about_certificates =
            |cause: Cause| cause.name().contains("Certificate") || cause == Cause::TlsPolicyFailed;
        for (at, _) in text.char_indices() {
            let Some(failure) = queue::read_text(&text[..at]) else { continue };
            // A part may know less, and must not blame certificates where the whole does not.
            if about_certificates(failure.cause) {
                assert!(whole.is_some_and(about_certificates), "{}", &text[..at]);
            }
        }
    }
}

#[test]
fn a_long_text_of_marks_takes_no_time() {
    let started = std::time::Instant::now();
    for piece in [
        "\"",
        "\\",
        "\\\"",
        "[",
        "[{",
        "{LED=",
        "}",
        "} ",
        "]",
        "->",
        ": ",
        ": 451 4.4.0 ",
        "[Message=",
        "with: \"",
        "'",
        "was '4",
        "\u{201C}",
    ] {
        let text = piece.repeat((64 << 10) / piece.len());
        let _ = queue::read_text(&text);
        let _ = queue::read_text(&format!("451 4.4.0 responded with: {text}"));
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Pieces that open, close, name and mislead.
fn piece() -> impl Strategy<Value = String> {
    let marks = [
        "\"",
        "\"\"",
        "\u{201C}",
        "\u{201D}",
        "'",
        "\\\"",
        "[",
        "]",
        "{",
        "}",
        "};",
        "}]",
        "[{LED=",
        "{MSG=",
        "{IP=",
        "{FQDN=",
        "{LRT=",
        "[Message=",
        "[LastAttemptedIP=",
        "->",
        " -> ",
        ": ",
        " ",
        "responded with: \"",
        "451 4.4.0 Primary target IP address responded with: ",
        "421 4.4.1 Connection timed out.",
        "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot",
        "550 5.1.1 User unknown",
        "Socket error code 10061",
        "returned '",
        "\u{1B}[31m",
        "\u{202E}",
        "\n",
    ];
    prop_oneof![3 => proptest::sample::select(marks.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_nesting_is_read_and_stays_clean(pieces in proptest::collection::vec(piece(), 0..60)) {
        let text: String = pieces.concat();
        let Some(failure) = queue::read_text(&text) else { return Ok(()) };
        let line = exchange_tls::object::one_line(text.trim());
        prop_assert_eq!(&failure.last_error, line.trim());
        for given in texts(&failure) {
            prop_assert!(is_clean(&given), "{:?}", given);
            prop_assert!(given.len() <= 4 * text.len() + 1000, "{} bytes of {}", given.len(), text.len());
        }
        prop_assert!(failure.next_step.len() <= 12);
    }
}
