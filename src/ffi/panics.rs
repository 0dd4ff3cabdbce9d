//! A panic inside any export comes back as an error with a text: each one is
//! called with a panic put into it. The list of exports is the header's.

use std::collections::BTreeSet;
use std::ptr::{null, null_mut};

use super::guard::inject;
use super::types::{extls_str, EXTLS_OK, EXTLS_PANIC};
use super::{certs, evidence, library, report, scan};

/// What these return is a constant; nothing in them can go wrong.
const CONSTANTS: [&str; 2] = ["extls_abi_version", "extls_version"];

/// Calls an export, and gives its status where it has one.
type Call = fn() -> Option<i32>;

// SAFETY: NULL is an argument that every export takes.
const CALLS: [(&str, Call); 24] = unsafe {
    [
        ("extls_last_error", || Some(library::extls_last_error(null_mut()))),
        ("extls_cause_at", || Some(library::extls_cause_at(0, null_mut()))),
        ("extls_scan_open", || Some(scan::extls_scan_open(null(), null_mut()))),
        ("extls_scan_next", || Some(scan::extls_scan_next(null_mut(), 0, null_mut()))),
        ("extls_scan_progress", || Some(scan::extls_scan_progress(null(), null_mut()))),
        ("extls_scan_free", || {
            scan::extls_scan_free(null_mut());
            None
        }),
        ("extls_certs_new", || Some(certs::extls_certs_new(null(), null_mut()))),
        ("extls_certs_add", || Some(certs::extls_certs_add(null_mut(), null()))),
        ("extls_certs_add_connector", || {
            Some(certs::extls_certs_add_connector(null_mut(), null()))
        }),
        ("extls_certs_next", || Some(certs::extls_certs_next(null_mut(), null_mut()))),
        ("extls_certs_free", || {
            certs::extls_certs_free(null_mut());
            None
        }),
        ("extls_evidence_new", || Some(evidence::extls_evidence_new(null(), null_mut()))),
        ("extls_evidence_add", || Some(evidence::extls_evidence_add(null_mut(), null()))),
        ("extls_evidence_add_paths", || {
            Some(evidence::extls_evidence_add_paths(null_mut(), null()))
        }),
        ("extls_evidence_logs", || Some(evidence::extls_evidence_logs(null_mut(), null_mut()))),
        ("extls_evidence_add_certs", || {
            Some(evidence::extls_evidence_add_certs(null_mut(), null()))
        }),
        ("extls_evidence_add_scan", || {
            Some(evidence::extls_evidence_add_scan(null_mut(), null_mut(), 0))
        }),
        ("extls_evidence_next", || Some(evidence::extls_evidence_next(null_mut(), null_mut()))),
        ("extls_evidence_free", || {
            evidence::extls_evidence_free(null_mut());
            None
        }),
        ("extls_report_new", || Some(report::extls_report_new(null(), 0, null_mut()))),
        ("extls_report_add", || Some(report::extls_report_add(null_mut(), null()))),
        ("extls_report_html", || Some(report::extls_report_html(null_mut(), null_mut()))),
        ("extls_report_free", || {
            report::extls_report_free(null_mut());
            None
        }),
        ("extls_finding_at", || Some(certs::extls_finding_at(0, null_mut()))),
    ]
};

fn last_error() -> String {
    let mut text = extls_str { data: null(), len: 0 };
    // SAFETY: it is a place for a text.
    assert_eq!(unsafe { library::extls_last_error(&mut text) }, EXTLS_OK);
    // SAFETY: the text stays as it is until the next call that fails.
    let bytes = unsafe { std::slice::from_raw_parts(text.data, text.len) };
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_panic_in_any_export_is_an_error_with_a_text() {
    for (name, call) in CALLS {
        inject(Some(name));
        let status = call();
        inject(None);
        assert!(matches!(status, None | Some(EXTLS_PANIC)), "{name}: {status:?}");
        let text = last_error();
        assert!(text.contains(&format!("injected into {name}")), "{name}: {text}");
        assert!(text.contains("please report it"), "{name}: {text}");
        // And the next call is as if nothing had been.
        assert_ne!(call(), Some(EXTLS_PANIC), "{name}");
    }
}

#[test]
fn every_export_of_the_header_is_among_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/include/exchange_tls.h");
    let header = std::fs::read_to_string(path).expect("the header");
    let declared: BTreeSet<&str> = header
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#']))
        .filter_map(|line| line.split_once('(').map(|(before, _)| before))
        .filter_map(|before| before.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("extls_"))
        .collect();
    let called = CALLS.map(|(name, _)| name).into_iter().chain(CONSTANTS).collect();
    assert_eq!(declared, called, "declared, called here: add what is new to CALLS");
}
