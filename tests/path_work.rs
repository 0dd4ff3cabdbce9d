//! The work of path building is bounded, whatever the set.

#[path = "support/mod.rs"]
mod support;

use exchange_tls::cert::finding::{Code, Verdict};
use exchange_tls::cert::read::Given;
use exchange_tls::cert::{test, CertificateTest, Input, Request};
use exchange_tls::timestamp::Timestamp;
use support::{extension, seq, tlv, Key, Sketch};

fn given(der: Vec<u8>) -> Given {
    Given { der, source: "made".to_owned() }
}

fn request() -> Request {
    Request::at(Timestamp::parse(b"2026-06-01T00:00:00Z").unwrap())
}

/// The tests of a set made to cost much. Each of them would run for hours or
/// fill the memory without the budget; how long they take is measured in
/// `benches/chains.rs`.
fn tests_of(request: &Request) -> Vec<CertificateTest> {
    test(request).tests
}

fn has(test: &CertificateTest, code: Code) -> bool {
    test.findings.iter().any(|finding| finding.code == code)
}

/// A thousand CAs of one name without key identifiers, and none of them is the one.
#[test]
fn a_thousand_namesakes_are_given_up() {
    let (root, leaf_key, wanted) = (Key::new(), Key::new(), Key::new());
    let mut request = request();
    let anonymous = |sketch: Sketch<'static>| Sketch { key_ids: false, ..sketch };
    for number in 0..1000 {
        let ca = Sketch { serial: number, ..anonymous(Sketch::ca("Same CA", "Root")) };
        request.intermediates.push(given(ca.sign(&Key::new(), &root)));
    }
    request.roots.push(given(Sketch::ca("Root", "Root").sign(&root, &root)));
    for number in 0..10 {
        let leaf = anonymous(Sketch::leaf("mail.contoso.com", "Same CA", number));
        request.certificates.push(Input::new(given(leaf.sign(&leaf_key, &wanted))));
    }
    for test in tests_of(&request) {
        assert_eq!(test.result, Verdict::Fail);
        assert!(has(&test, Code::SignatureNotChecked));
    }
}

/// A thousand CAs of one name, and key identifiers that tell which is the one.
#[test]
fn key_identifiers_find_the_one_of_a_thousand() {
    let (root, leaf_key) = (Key::new(), Key::new());
    let mut request = request();
    let mut last = None;
    for number in 0..1000 {
        let key = Key::new();
        let ca = Sketch { serial: number, ..Sketch::ca("Same CA", "Root") };
        request.intermediates.push(given(ca.sign(&key, &root)));
        last = Some(key);
    }
    request.roots.push(given(Sketch::ca("Root", "Root").sign(&root, &root)));
    let leaf = Sketch::leaf("mail.contoso.com", "Same CA", 1).sign(&leaf_key, &last.unwrap());
    request.certificates.push(Input::new(given(leaf)));
    assert_eq!(tests_of(&request)[0].result, Verdict::Pass);
}

/// Thirty CAs, each of which issued every other one, and no way out.
#[test]
fn a_mesh_without_a_root_is_given_up() {
    let keys: Vec<Key> = (0..30).map(|_| Key::new()).collect();
    let names: Vec<String> = (0..30).map(|number| format!("CA {number}")).collect();
    let mut request = request();
    for (subject, key) in names.iter().zip(&keys) {
        for (issuer, signer) in names.iter().zip(&keys) {
            if subject != issuer {
                request.intermediates.push(given(Sketch::ca(subject, issuer).sign(key, signer)));
            }
        }
    }
    let leaf = Sketch::leaf("mail.contoso.com", "CA 0", 1).sign(&Key::new(), &keys[0]);
    request.certificates.push(Input::new(given(leaf)));
    let tests = tests_of(&request);
    assert_eq!(tests[0].result, Verdict::Fail);
}

/// A thousand certificates of one CA with one key: one signature check is enough.
#[test]
fn a_ca_renewed_a_thousand_times_is_one_ca() {
    let (root, ca, leaf_key) = (Key::new(), Key::new(), Key::new());
    let mut request = request();
    for number in 0..1000 {
        // Issued by an unknown root, but for the last.
        let issuer = if number == 999 { "Root" } else { "Gone" };
        let sketch = Sketch { serial: number, ..Sketch::ca("Renewed CA", issuer) };
        request.intermediates.push(given(sketch.sign(&ca, &root)));
    }
    request.roots.push(given(Sketch::ca("Root", "Root").sign(&root, &root)));
    let leaf = Sketch::leaf("mail.contoso.com", "Renewed CA", 1).sign(&leaf_key, &ca);
    request.certificates.push(Input::new(given(leaf)));
    assert_eq!(tests_of(&request).len(), 1);
}

/// A chain longer than any search follows.
#[test]
fn a_hundred_intermediates_are_not_followed() {
    let keys: Vec<Key> = (0..=100).map(|_| Key::new()).collect();
    let mut request = request();
    request.roots.push(given(Sketch::ca("CA 0", "CA 0").sign(&keys[0], &keys[0])));
    for number in 1..=100usize {
        let (subject, issuer) = (format!("CA {number}"), format!("CA {}", number - 1));
        let ca = Sketch::ca(&subject, &issuer).sign(&keys[number], &keys[number - 1]);
        request.intermediates.push(given(ca));
    }
    let leaf = Sketch::leaf("mail.contoso.com", "CA 100", 1).sign(&Key::new(), &keys[100]);
    request.certificates.push(Input::new(given(leaf)));
    let tests = tests_of(&request);
    assert!(has(&tests[0], Code::PathTooLong));
}

/// Constraints times names: four million comparisons.
#[test]
fn a_flood_of_name_constraints_is_not_followed() {
    let (root, leaf_key) = (Key::new(), Key::new());
    let subtrees: Vec<Vec<u8>> =
        (0..2000).map(|number| seq(&[tlv(0x82, format!("c{number}.test").as_bytes())])).collect();
    let constraints = extension(30, true, &seq(&[tlv(0xA1, &subtrees.concat())]));
    let mut request = request();
    let ca = Sketch { extensions: vec![constraints], ..Sketch::ca("Root", "Root") };
    request.roots.push(given(ca.sign(&root, &root)));
    let dns = (0..2000).map(|number| format!("n{number}.test")).collect();
    let leaf = Sketch { dns, ..Sketch::leaf("n0.test", "Root", 1) };
    request.certificates.push(Input::new(given(leaf.sign(&leaf_key, &root))));
    let tests = tests_of(&request);
    assert!(has(&tests[0], Code::NameConstraint));
}
