//! Receive connectors: every case of `tests/data/connectors/`, the pages of the
//! findings, and real exports where they are present.

#[path = "support/pages.rs"]
mod pages;

use std::fs;
use std::path::Path;

use exchange_tls::cert::finding::{Severity, Verdict};
use exchange_tls::cert::name::Name;
use exchange_tls::connector::finding::{CodeInfo, CODES};
use exchange_tls::connector::{test, ConnectorTest, ReceiveConnector, Request, Server};
use exchange_tls::object::{read, Kind, Object};
use pages::{hold, Page};
use serde_json::Value as Json;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Json> {
    let text = fs::read_to_string(root().join("tests/data/connectors/cases.jsonl")).expect("cases");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn objects(json: &Json) -> Vec<Object> {
    read(json.to_string().as_bytes(), "case").expect("JSON").expect("objects")
}

fn request(case: &Json) -> Request {
    let name = |text: &Json| Name::readings(text.as_str().unwrap()).remove(0);
    Request {
        connectors: objects(&case["connectors"])
            .iter()
            .map(ReceiveConnector::from_object)
            .collect(),
        servers: objects(&case["servers"]).iter().map(Server::from_object).collect(),
        certificates: case["certificates"]
            .as_array()
            .map(|all| all.iter().map(|pair| (name(&pair[0]), name(&pair[1]))).collect()),
        exchange_addresses: case["exchangeAddresses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|address| address.as_str().unwrap().parse().unwrap())
            .collect(),
    }
}

fn differences(test: &ConnectorTest, expected: &Json) -> Vec<String> {
    let given = serde_json::to_value(test).unwrap();
    let messages: String =
        test.findings.iter().map(|finding| format!("{}\n", finding.message)).collect();
    let remedy: String = test.remedy.iter().map(|line| format!("{line}\n")).collect();
    let mut found = Vec::new();
    for (name, wanted) in expected.as_object().unwrap() {
        let pieces = || wanted.as_array().unwrap().iter().map(|piece| piece.as_str().unwrap());
        match name.as_str() {
            "Codes" => {
                let codes: Vec<&str> = test.findings.iter().map(|one| one.code.name()).collect();
                if codes != pieces().collect::<Vec<_>>() {
                    found.push(format!("{codes:?} instead of {wanted}"));
                }
            }
            "MessageContains" => found.extend(
                pieces()
                    .filter(|piece| !messages.contains(piece))
                    .map(|p| format!("no {p:?}: {messages}")),
            ),
            "MessageLacks" => found.extend(
                pieces()
                    .filter(|piece| messages.contains(piece))
                    .map(|p| format!("{p:?}: {messages}")),
            ),
            "RemedyContains" => found.extend(
                pieces()
                    .filter(|piece| !remedy.contains(piece))
                    .map(|p| format!("no {p:?}: {remedy}")),
            ),
            "RemedyLacks" => found.extend(
                pieces().filter(|piece| remedy.contains(piece)).map(|p| format!("{p:?}: {remedy}")),
            ),
            "RemedyEmpty" => found.extend((!remedy.is_empty()).then(|| remedy.clone())),
            property if given.get(property) != Some(wanted) => {
                found.push(format!("{property}: {} instead of {wanted}", given[property]));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_case_is_judged_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let tests = test(&request(case));
        let expected = case["expected"].as_array().unwrap();
        assert_eq!(tests.len(), expected.len(), "{name}");
        for (test, expected) in tests.iter().zip(expected) {
            for difference in differences(test, expected) {
                failed.push(format!("{name} [{}]: {difference}", test.identity));
            }
            // What is not a plain Pass says what to look at first.
            assert_eq!(test.remedy.is_empty(), test.result == Verdict::Pass, "{name}");
            for line in &test.remedy {
                assert!(!line.contains(['\n', '\r']), "{name}: {line:?}");
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

#[test]
fn what_is_lost_of_an_object_never_makes_an_error_or_a_pass_of_the_rule() {
    for case in cases() {
        let whole = test(&request(&case));
        for property in ["AuthMechanism", "Bindings", "RemoteIPRanges"] {
            let mut lost = case.clone();
            for connector in lost["connectors"].as_array_mut().unwrap() {
                connector.as_object_mut().unwrap().remove(property);
            }
            for (test, whole) in test(&request(&lost)).iter().zip(&whole) {
                let errors = test.findings.iter().filter(|one| one.severity == Severity::Error);
                for error in errors {
                    assert!(
                        whole.findings.iter().any(|one| one.code == error.code),
                        "{} without {property}: {}",
                        case["name"],
                        error.message
                    );
                }
                let rule = ["ExchangeServerAuthMissing", "ExchangeServerInRelay"];
                let broken = whole
                    .findings
                    .iter()
                    .any(|one| rule.contains(&one.code.name()) && one.severity == Severity::Error);
                // A relay that lost its ranges, or the others theirs, is not known to answer them.
                assert!(
                    !broken || test.result != Verdict::Pass,
                    "{} without {property}: {:?}",
                    case["name"],
                    test.findings
                );
            }
        }
    }
}

#[test]
fn every_finding_has_a_page_and_every_page_a_finding() {
    let page = |info: &'static CodeInfo| Page {
        name: info.name,
        title: info.title,
        kind: format!("Severity: `{}`", info.severity.name()),
    };
    hold("docs/connectors", &CODES.iter().map(page).collect::<Vec<_>>());
}

#[test]
fn real_exports_are_read_and_healthy() {
    let file = "../shared/data/exchange-objects/GetReceiveConnectorEmptyTlsCertificateName.xml";
    let Ok(bytes) = fs::read(root().join(file)) else {
        eprintln!("SKIPPED: {file} is not there; real receive connectors were not read");
        return;
    };
    let objects = read(&bytes, file).expect("CLIXML").expect("objects");
    assert!(objects.iter().all(|object| object.kind() == Some(Kind::ReceiveConnector)));
    let connectors: Vec<ReceiveConnector> =
        objects.iter().map(ReceiveConnector::from_object).collect();
    assert_eq!(connectors.len(), 5);
    for connector in &connectors {
        assert_eq!(connector.enabled, Some(true));
        assert_eq!(connector.bindings.len(), 2, "{}", connector.identity);
        assert_eq!(connector.remote_ip_ranges.as_ref().map(Vec::len), Some(2));
        assert_eq!(connector.allows("Tls"), Some(true));
        assert!(connector.transport_role.as_ref().is_some_and(|roles| roles.len() == 1));
        assert!(connector.identity.starts_with(connector.server.as_deref().unwrap()));
    }
    let tests = test(&Request { connectors, ..Request::default() });
    for test in &tests {
        assert_eq!(test.result, Verdict::Pass, "{}: {:?}", test.identity, test.findings);
    }
    // The same with ExchangeServer taken away fails where other servers come in.
    let without: Vec<ReceiveConnector> = objects
        .iter()
        .map(|object| {
            let mut object = object.clone();
            object.set("AuthMechanism", "15");
            ReceiveConnector::from_object(&object)
        })
        .collect();
    let failed: Vec<String> = test(&Request { connectors: without, ..Request::default() })
        .into_iter()
        .filter(|test| test.result == Verdict::Fail)
        .map(|test| test.bindings.join(" "))
        .collect();
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().all(|bindings| bindings.contains(":25")), "{failed:?}");
}
