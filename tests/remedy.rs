//! Remedies are safe to paste, whatever the names in them say.

#[path = "support/mod.rs"]
mod support;

use exchange_tls::cert::connector::{CertificateName, SendConnector};
use exchange_tls::cert::identifier::Identifier;
use exchange_tls::cert::name::Name;
use exchange_tls::cert::read::Given;
use exchange_tls::cert::{test, Input, Request};
use exchange_tls::connector::{self, ReceiveConnector};
use exchange_tls::object::{Object, Value};
use exchange_tls::queue;
use exchange_tls::text::{clean_str, quote};
use exchange_tls::timestamp::Timestamp;
use proptest::prelude::*;
use support::{Key, Sketch};

/// Ends a literal in every way PowerShell knows, and then does harm.
const HOSTILE: &str = "x'\u{2019}\"`\n$(calc); calc #";

/// The lines without their single-quoted literals: what PowerShell runs.
fn code(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars().peekable();
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
    while let Some(c) = chars.next() {
        if !is_quote(c) {
            out.push(c);
            continue;
        }
        while let Some(inner) = chars.next() {
            if is_quote(inner) {
                if chars.peek().copied().is_some_and(is_quote) {
                    chars.next();
                } else {
                    break;
                }
            }
        }
    }
    out
}

fn hostile_request() -> Request {
    let (root, key) = (Key::new(), Key::new());
    let mut request = Request::at(Timestamp::parse(b"2026-06-01T00:00:00Z").unwrap());
    for (serial, has_key) in [(1, true), (2, false)] {
        let leaf =
            Sketch { dns: vec!["a.example".to_owned()], ..Sketch::leaf(HOSTILE, HOSTILE, serial) };
        let der = leaf.sign(&key, &root);
        request.certificates.push(Input {
            has_private_key: Some(has_key),
            services: Some("None".to_owned()),
            ..Input::new(Given { der, source: HOSTILE.to_owned() })
        });
    }
    request.roots.push(Given {
        der: Sketch::ca(HOSTILE, HOSTILE).sign(&root, &root),
        source: HOSTILE.to_owned(),
    });
    request
}

#[test]
fn no_name_gets_out_of_its_quotes() {
    let bare = hostile_request();
    let name = Name::readings("CN=none").remove(0);
    let mut named = hostile_request();
    named.fqdn = Some(HOSTILE.to_owned());
    named.send_connectors.push(SendConnector {
        name: HOSTILE.to_owned(),
        tls_certificate_name: CertificateName::Named(Identifier::compose(&name, &name)),
        ..SendConnector::default()
    });
    let mut untrusted = hostile_request();
    untrusted.roots.clear();
    let subject = test(&bare).tests[0].subject.clone().unwrap();
    let issuer = test(&bare).tests[0].issuer.clone().unwrap();
    let mut matched = hostile_request();
    matched.send_connectors.push(SendConnector {
        name: HOSTILE.to_owned(),
        fqdn: Some(HOSTILE.to_owned()),
        tls_certificate_name: CertificateName::Named(format!("<I>{issuer}<S>{subject}")),
        ..SendConnector::default()
    });
    let mut lines = 0;
    for request in [bare, named, untrusted, matched] {
        for test in test(&request).tests {
            for line in &test.remedy {
                lines += 1;
                let code = code(line);
                assert!(!code.contains("calc"), "{line}");
                assert!(!line.contains('\n') && !line.contains('\r'), "{line:?}");
            }
            for finding in &test.findings {
                assert!(!finding.message.contains('\n'), "{}", finding.message);
            }
        }
    }
    assert!(lines > 15, "only {lines} lines were looked at");
    assert_eq!(code(&format!("a {} b", quote(HOSTILE))), "a  b");
}

/// Reads a literal as PowerShell does: its text, and what stands behind it.
fn read_literal(line: &str) -> Option<(String, &str)> {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
    let mut chars = line.char_indices();
    chars.next().filter(|(_, c)| *c == '\'')?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        if !is_quote(c) {
            value.push(c);
            continue;
        }
        let rest = &line[at + c.len_utf8()..];
        match rest.chars().next().filter(|next| is_quote(*next)) {
            // Of two quotes, PowerShell keeps the first.
            Some(_) => {
                value.push(c);
                chars.next();
            }
            None => return Some((value, rest)),
        }
    }
    None
}

proptest! {
    #[test]
    fn whatever_is_quoted_is_one_literal_and_nothing_else(
        text in "(\\PC|['\u{2018}\u{2019}\u{201A}\u{201B}\"\u{201C}`$(){};|&#]|[\u{0}-\u{1F}\u{7F}-\u{A0}]|[\u{200B}-\u{202E}]){0,40}"
    ) {
        let quoted = quote(&text);
        prop_assert_eq!(read_literal(&quoted), Some((clean_str(&text).into_owned(), "")));
        prop_assert!(!quoted.chars().any(char::is_control));
        let line = format!("Get-Item {quoted} | calc");
        prop_assert_eq!(code(&line), "Get-Item  | calc");
    }
}

#[test]
fn what_takes_away_stands_behind_a_check() {
    for test in test(&hostile_request()).tests {
        let danger = test
            .remedy
            .iter()
            .position(|line| line.contains("Remove-") || line.starts_with("Import-Certificate"));
        if let Some(danger) = danger {
            let checked = test.remedy[..danger].iter().any(|line| line.contains("# go on only if"));
            assert!(checked, "{:#?}", test.remedy);
        }
    }
    // The keyless twin is to go, and the check comes first.
    let tests = test(&hostile_request()).tests;
    assert!(
        tests[1].remedy.iter().any(|line| line.ends_with("| Remove-Item -Confirm")),
        "{:#?}",
        tests[1].remedy
    );
    assert!(!tests[0].remedy.iter().any(|line| line.contains("Remove-")), "{:#?}", tests[0].remedy);
}

/// An object in which every text is hostile; the value of one property is given.
fn hostile_object(names: &[&str], more: &[(&str, &str)]) -> Object {
    let mut object = Object::default();
    for name in names {
        // As a program could set it that does not clean its texts.
        object.put(name, Value::Text(HOSTILE.to_owned()));
    }
    for (name, value) in more {
        object.put(name, Value::Text((*value).to_owned()));
    }
    object
}

fn nothing_runs(lines: &[String]) -> usize {
    for line in lines.iter().filter(|line| !line.starts_with('#')) {
        assert!(!code(line).contains("calc"), "{line}");
    }
    for line in lines {
        assert!(!line.contains(['\n', '\r']), "{line:?}");
        assert!(!(line.starts_with('#') && line.contains("calc")), "{line}");
    }
    lines.len()
}

#[test]
fn what_a_queue_says_stays_in_its_quotes() {
    let mut lines = 0;
    for reply in [
        "421 4.4.1 Connection timed out",
        "451 5.7.3 Cannot achieve Exchange Server authentication",
        "454 4.7.5 The certificate specified in TlsCertificateName could not be found",
        "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot",
        "550 5.1.1 User unknown",
        "550 5.7.64 TenantAttribution",
        "535 5.7.3 Authentication unsuccessful",
        "421 4.3.2 Service not available",
        "451 4.7.1 Greylisted",
        "DNS query failed",
        "TLS negotiation failed with error NoCredentials",
        "nothing known",
    ] {
        let error =
            format!("[{{LED={reply}}};{{FQDN={HOSTILE}}};{{IP={HOSTILE}}};{{LRT={HOSTILE}}}]");
        for kind in
            ["SmtpRelayToRemoteAdSite", "DnsConnectorDelivery", "SmartHostConnectorDelivery"]
        {
            let names = ["Identity", "NextHopDomain", "NextHopConnector", "Status", "Server"];
            let object = hostile_object(&names, &[("DeliveryType", kind), ("LastError", &error)]);
            let failure = queue::read(&object).expect(reply);
            lines += nothing_runs(&failure.next_step);
            assert!(!failure.diagnosis.contains('\n'), "{}", failure.diagnosis);
        }
    }
    assert!(lines > 100, "only {lines} lines were looked at");
}

#[test]
fn what_a_connector_says_stays_in_its_quotes() {
    let mut lines = 0;
    let names = ["Identity", "Server", "Fqdn", "TlsCertificateName", "PermissionGroups"];
    for auth in ["Integrated", "Integrated, $(calc)", "ExchangeServer", "ExternalAuthoritative"] {
        for ranges in ["0.0.0.0-255.255.255.255", "10.0.0.0/24"] {
            let properties = [
                ("Bindings", "0.0.0.0:25"),
                ("RemoteIPRanges", ranges),
                ("AuthMechanism", auth),
                ("SuppressXAnonymousTls", "True"),
            ];
            let object = hostile_object(&names, &properties);
            let request = connector::Request {
                connectors: vec![ReceiveConnector::from_object(&object)],
                exchange_addresses: vec!["10.0.0.1".parse().unwrap()],
                certificates: Some(Vec::new()),
                ..connector::Request::default()
            };
            for test in connector::test(&request) {
                lines += nothing_runs(&test.remedy);
            }
        }
    }
    assert!(lines > 40, "only {lines} lines were looked at");
}
