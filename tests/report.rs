//! The page of a report: well formed, made of expected elements only, with
//! every value as text; bounded; and the sample that is committed.
//! `UPDATE_REPORT=1 cargo test --test report` writes the sample anew.

#[path = "support/page.rs"]
mod page;
#[path = "support/report.rs"]
mod support;

use std::borrow::Cow;
use std::path::Path;

use exchange_tls::object::{Object, Value};
use exchange_tls::report::Item;
use page::{hold, styles};
use proptest::prelude::*;

#[test]
fn the_sample_is_what_the_sources_write() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report-sample.html");
    let wanted = support::sample().html();
    if std::env::var_os("UPDATE_REPORT").is_some() {
        std::fs::write(&path, &wanted).expect("the sample can be written");
    }
    let found = std::fs::read_to_string(&path).expect("docs/report-sample.html");
    assert!(
        found == wanted,
        "docs/report-sample.html is not what the sources write: run UPDATE_REPORT=1 cargo test --test report"
    );
    assert_eq!(wanted, support::sample().html(), "the same objects, other bytes");
}

#[test]
fn pages_are_well_formed_and_load_nothing() {
    for report in [support::sample(), support::large(), support::small(), support::new("")] {
        let html = report.html();
        hold(&html);
        assert!(html.contains("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;"));
        let style = styles(&html);
        assert!(
            !style.contains(['<', '&']) && !style.contains("url(") && !style.contains("@import")
        );
    }
}

const PROPERTIES: &[&str] = &[
    "Rank",
    "Cause",
    "Summary",
    "Evidence",
    "Count",
    "Time",
    "FirstSeen",
    "LogType",
    "Connector",
    "SessionId",
    "RemoteHost",
    "Stage",
    "Error",
    "Reply",
    "Certificate",
    "RemoteCertificate",
    "Diagnosis",
    "Remedy",
    "Reference",
    "Path",
    "Line",
    "Records",
    "Subject",
    "Thumbprint",
    "AlternateNames",
    "NotAfter",
    "DaysLeft",
    "Services",
    "Source",
    "Result",
    "Findings",
    "Chain",
    "Identity",
    "NextHopDomain",
    "MessageCount",
    "LastError",
    "NextStep",
    "Bindings",
    "StartTime",
    "AuthMechanism",
    "TlsProtocol",
    "OfferedExtensions",
    "HasPrivateKey",
];

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\" onload=\"x",
    "' onload='x",
    "]]>",
    "-->",
    "<!--",
    "&lt;&#0;",
    "javascript:alert(1)",
    "https://example.com/\"><script>",
    "\u{202E}\u{2066}\u{200B}",
    "\u{0}\u{1B}[31m\u{7F}",
    "\u{FFFE}\u{FFFF}\u{FEFF}",
    "</style><style>*{}",
    "</pre>\n</title>",
    "docs/causes/../x.md",
    "{{7*7}}",
    "2024-03-05T08:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "99999999999999999999",
    "-1",
    "a\u{300}\u{1F600}",
    "Error <b>: : ",
    "Thumbprint: 00",
    "TlsHandshake",
    "Unknown",
    "Fail",
    "Pass",
];

fn text() -> impl Strategy<Value = String> {
    let hostile = proptest::sample::select(HOSTILE).prop_map(str::to_owned);
    prop_oneof![4 => hostile, 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    // Not cleaned: a caller may put any text into an object.
    let leaf = prop_oneof![8 => text().prop_map(Value::Text), 1 => Just(Value::Nothing), 1 => Just(Value::Bytes(vec![60, 62]))];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let names = proptest::sample::select(
            &["Subject", "Thumbprint", "Code", "Severity", "Message", "<x>"][..],
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            proptest::collection::vec((names, inner), 0..4).prop_map(|properties| {
                let mut object = Object::default();
                properties.into_iter().for_each(|(name, value)| object.put(name, value));
                Value::Object(Box::new(object))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_values_stay_text(
        title in text(),
        objects in proptest::collection::vec(
            (0..6usize, proptest::collection::vec((proptest::sample::select(PROPERTIES), value()), 0..12)),
            1..6,
        ),
        marked in text(),
    ) {
        let mut report = support::new(&title);
        for (kind, properties) in objects {
            let mut object = support::object(Item::ALL[kind].name(), &[]);
            properties.into_iter().for_each(|(name, value)| object.put(name, value));
            report.add(&object).unwrap();
        }
        // One value that is followed to the page.
        let marked = format!("mark({marked})mark");
        let mut object = support::object("Diagnosis", &[("Rank", "-5")]);
        object.put("Summary", Value::Text(marked.clone()));
        object.put("Reference", Value::List(HOSTILE.iter().map(|text| Value::Text((*text).to_owned())).collect()));
        report.add(&object).unwrap();
        let html = report.html();
        prop_assert_eq!(&html, &report.html());
        let text = hold(&html);
        let shown = exchange_tls::text::clean_str(&marked).replace('\u{FFFE}', "\\uFFFE").replace('\u{FFFF}', "\\uFFFF");
        prop_assert!(text.contains(&shown), "{} is not in the page", shown);
        // No character that steers a terminal or hides what stands beside it.
        let plain = html.replace('\n', "");
        prop_assert!(matches!(exchange_tls::text::clean_str(&plain), Cow::Borrowed(_)));
    }
}

#[test]
fn what_was_cut_short_is_shown_as_text() {
    let json = r#"[
        { "Rank": 1, "Cause": "LoggingOff", "Summary": "Protocol logging is off.", "Evidence": "System.Object[]", "Remedy": ["Set-SendConnector -Identity 'a' -ProtocolLoggingLevel Verbose"] },
        { "Subject": "CN=a", "Thumbprint": "00", "Result": "Fail", "Findings": "Error NoPrivateKey: no key here", "Chain": ["CN=a", "CN=root"] },
        { "Cause": "OwnCertificateNoKey", "Connector": "c", "Line": 7, "Path": "a.log", "Certificate": "Subject: CN=a, Thumbprint: 5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B" }
    ]"#;
    let mut report = support::new("Cut");
    for object in exchange_tls::object::read(json.as_bytes(), "a.json").unwrap().unwrap() {
        report.add(&object).unwrap();
    }
    let text = hold(&report.html());
    for part in [
        "Protocol logging is off.",
        "NoPrivateKey no key here",
        "CN=root",
        "a.log:7",
        "5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// Relative luminance and contrast of WCAG 2.2.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |color: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_can_be_told_apart_in_light_dark_and_print() {
    let style = styles(&support::new("").html());
    let color = |block: usize, name: &str| {
        let blocks: Vec<&str> = style.split(":root {").skip(1).collect();
        let of = |block: &str| {
            let block = &block[..block.find('}').unwrap()];
            let at = block.find(&format!("--{name}: #"))? + name.len() + 4;
            Some(block[at..at + 7].to_owned())
        };
        of(blocks[block]).or_else(|| of(blocks[0])).unwrap_or_else(|| panic!("--{name}"))
    };
    for block in 0..3 {
        let at_least = |front: &str, back: &str, ratio: f64| {
            let found = contrast(&color(block, front), &color(block, back));
            assert!(found >= ratio, "--{front} on --{back} in block {block}: {found:.2}");
        };
        for front in ["text", "minor", "link"] {
            for back in ["page", "card", "code"] {
                at_least(front, back, 4.5);
            }
        }
        for severity in ["bad", "warn", "good"] {
            at_least(severity, &format!("{severity}-soft"), 4.5);
        }
        (0..10).for_each(|stage| at_least(&format!("s{stage}"), "card", 3.0));
    }
}
