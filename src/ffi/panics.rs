//! A panic inside any export comes back as an error with a text: each one is
//! called with a panic put into it. The list of exports is the header's.

use std::collections::BTreeSet;
use std::ptr::{null, null_mut};

use super::guard::inject;
use super::types::{extls_str, EXTLS_OK, EXTLS_PANIC};
use super::{certs, certs_paths, evidence, evidence_paths, library, report, scan};

/// What these return is a constant; nothing in them can go wrong.
const CONSTANTS: [&str; 2] = ["extls_abi_version", "extls_version"];

/// Calls an export, and gives its status where it has one.
type Call = fn() -> Option<i32>;

/// The name of an export, and a call of it.
macro_rules! call {
    ($name:ident, void $call:expr) => {
        (stringify!($name), || {
            // SAFETY: NULL is an argument that every export takes.
            unsafe { $call };
            None
        })
    };
    ($name:ident, $call:expr) => {
        (stringify!($name), || {
            // SAFETY: NULL is an argument that every export takes.
            Some(unsafe { $call })
        })
    };
}

const CALLS: [(&str, Call); 28] = [
    call!(extls_last_error, library::extls_last_error(null_mut())),
    call!(extls_cause_at, library::extls_cause_at(0, null_mut())),
    call!(extls_scan_open, scan::extls_scan_open(null(), null_mut())),
    call!(extls_scan_next, scan::extls_scan_next(null_mut(), 0, null_mut())),
    call!(extls_scan_page, scan::extls_scan_page(null_mut(), 0, 0, null_mut())),
    call!(extls_scan_progress, scan::extls_scan_progress(null(), null_mut())),
    call!(extls_scan_free, void scan::extls_scan_free(null_mut())),
    call!(extls_certs_new, certs::extls_certs_new(null(), null_mut())),
    call!(extls_certs_add, certs::extls_certs_add(null_mut(), null())),
    call!(extls_certs_add_paths, certs_paths::extls_certs_add_paths(null_mut(), null(), 0)),
    call!(extls_certs_wait, certs_paths::extls_certs_wait(null_mut(), 0, null_mut())),
    call!(extls_certs_add_connector, certs::extls_certs_add_connector(null_mut(), null())),
    call!(extls_certs_next, certs::extls_certs_next(null_mut(), null_mut())),
    call!(extls_certs_free, void certs::extls_certs_free(null_mut())),
    call!(extls_finding_at, certs::extls_finding_at(0, null_mut())),
    call!(extls_evidence_new, evidence::extls_evidence_new(null(), null_mut())),
    call!(extls_evidence_add, evidence::extls_evidence_add(null_mut(), null())),
    call!(extls_evidence_add_paths, evidence_paths::extls_evidence_add_paths(null_mut(), null())),
    call!(extls_evidence_wait, evidence_paths::extls_evidence_wait(null_mut(), 0)),
    call!(extls_evidence_logs, evidence_paths::extls_evidence_logs(null_mut(), null_mut())),
    call!(extls_evidence_add_certs, evidence::extls_evidence_add_certs(null_mut(), null())),
    call!(extls_evidence_add_scan, evidence::extls_evidence_add_scan(null_mut(), null_mut(), 0)),
    call!(extls_evidence_next, evidence::extls_evidence_next(null_mut(), null_mut())),
    call!(extls_evidence_free, void evidence::extls_evidence_free(null_mut())),
    call!(extls_report_new, report::extls_report_new(null(), 0, null_mut())),
    call!(extls_report_add, report::extls_report_add(null_mut(), null())),
    call!(extls_report_html, report::extls_report_html(null_mut(), null_mut())),
    call!(extls_report_free, void report::extls_report_free(null_mut())),
];

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
