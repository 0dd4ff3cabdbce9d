//! The work of path building is bounded and grows with the number of certificates.
//!
//! `cargo test --release --test path_work -- --ignored --nocapture` prints how
//! long the large set takes; `ZOO_OUT=folder` writes it there as PEM for other
//! verifiers to be measured on the same set.

#[path = "support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

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

/// Nothing takes longer, in a debug build on a slow machine; the bound that is
/// promised, one second in a release build, is far above what a debug build needs.
fn quickly(request: &Request) -> Vec<CertificateTest> {
    let start = Instant::now();
    let tests = test(request).tests;
    let took = start.elapsed();
    println!("{took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    tests
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
    for test in quickly(&request) {
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
    assert_eq!(quickly(&request)[0].result, Verdict::Pass);
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
    let tests = quickly(&request);
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
    assert_eq!(quickly(&request).len(), 1);
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
    let tests = quickly(&request);
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
    let tests = quickly(&request);
    assert!(has(&tests[0], Code::NameConstraint));
}

/// `count` leaves below 500 intermediates and 300 roots.
fn large_set(count: u32) -> Request {
    let roots: Vec<Key> = (0..300).map(|_| Key::new()).collect();
    let intermediates: Vec<Key> = (0..500).map(|_| Key::new()).collect();
    let root_names: Vec<String> = (0..300).map(|number| format!("Root {number}")).collect();
    let names: Vec<String> = (0..500).map(|number| format!("CA {number}")).collect();
    let mut request = request();
    for (name, key) in root_names.iter().zip(&roots) {
        request.roots.push(given(Sketch::ca(name, name).sign(key, key)));
    }
    for (number, (name, key)) in names.iter().zip(&intermediates).enumerate() {
        let ca = Sketch::ca(name, &root_names[number % 300]).sign(key, &roots[number % 300]);
        request.intermediates.push(given(ca));
    }
    let leaf_key = Key::new();
    for number in 0..count {
        let host = format!("host{number}.contoso.com");
        let place = usize::try_from(number).unwrap() % 500;
        let leaf =
            Sketch::leaf(&host, &names[place], number).sign(&leaf_key, &intermediates[place]);
        request.certificates.push(Input::new(given(leaf)));
    }
    request
}

#[test]
#[ignore = "measures; run it in a release build"]
fn ten_thousand_leaves() {
    let request = large_set(10_000);
    if let Some(folder) = std::env::var_os("ZOO_OUT") {
        let folder = std::path::PathBuf::from(folder);
        for (part, list) in [("intermediates", &request.intermediates), ("roots", &request.roots)] {
            std::fs::create_dir_all(folder.join(part)).unwrap();
            for (number, one) in list.iter().enumerate() {
                std::fs::write(folder.join(part).join(format!("{number}.der")), &one.der).unwrap();
            }
        }
        std::fs::create_dir_all(folder.join("leaves")).unwrap();
        for (number, one) in request.certificates.iter().enumerate() {
            let file = folder.join("leaves").join(format!("{number}.der"));
            std::fs::write(file, one.content.as_ref().unwrap()).unwrap();
        }
    }
    for count in [2_500, 5_000, 10_000] {
        let mut part = request.clone();
        part.certificates.truncate(count);
        let start = Instant::now();
        let tests = test(&part).tests;
        let took = start.elapsed();
        assert!(tests.iter().all(|test| test.result == Verdict::Pass), "{:?}", tests[0].findings);
        let each = took / u32::try_from(count).unwrap();
        println!("{count} leaves: {took:?}, {each:?} each");
    }
}
