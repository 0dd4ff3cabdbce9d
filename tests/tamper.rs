//! No wrong "OK": whatever byte of a good chain or of its lists is changed, the
//! certificate is not passed, and nothing panics.

use std::path::Path;

use exchange_tls::cert::finding::Verdict;
use exchange_tls::cert::read::{read, Contents, Given};
use exchange_tls::cert::{test, Input, Request};
use exchange_tls::timestamp::Timestamp;
use proptest::prelude::*;

fn part(case: &str, part: &str) -> Contents {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zoo").join(case);
    read(&std::fs::read(path.join(format!("{part}.pem"))).unwrap(), part)
}

fn request(case: &str) -> Request {
    let mut request = Request::at(Timestamp::parse(b"2026-06-01T00:00:00Z").unwrap());
    request.certificates = part(case, "tested").certificates.into_iter().map(Input::new).collect();
    request.intermediates = part(case, "intermediates").certificates;
    request.roots = part(case, "roots").certificates;
    request.lists = part(case, "lists").lists;
    request.fqdn = Some("mail.contoso.com".to_owned());
    request
}

fn verdict(request: &Request) -> Verdict {
    test(request).tests[0].result
}

/// Every byte, its lowest and its highest bit changed.
fn changed(der: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..der.len()).flat_map(move |at| {
        [0x01, 0x80].map(|bit| {
            let mut copy = der.to_vec();
            copy[at] ^= bit;
            copy
        })
    })
}

#[test]
fn a_changed_certificate_fails() {
    let good = request("good");
    assert_eq!(verdict(&good), Verdict::Pass);
    let der = good.certificates[0].content.clone().unwrap();
    for copy in changed(&der) {
        let mut request = good.clone();
        request.certificates[0].content = Ok(copy.clone());
        assert_eq!(verdict(&request), Verdict::Fail, "{copy:02X?}");
    }
}

#[test]
fn a_changed_intermediate_fails() {
    let good = request("good");
    let der = good.intermediates[0].der.clone();
    for copy in changed(&der) {
        let mut request = good.clone();
        request.intermediates[0].der = copy.clone();
        assert_eq!(verdict(&request), Verdict::Fail, "{copy:02X?}");
    }
}

#[test]
fn a_changed_list_does_not_clear_a_revoked_certificate() {
    let revoked = request("revoked");
    assert_eq!(verdict(&revoked), Verdict::Fail);
    let der = revoked.lists[0].der.clone();
    for copy in changed(&der) {
        let mut request = revoked.clone();
        request.lists[0].der = copy.clone();
        assert_ne!(verdict(&request), Verdict::Pass, "{copy:02X?}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        which in 0usize..3,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut request = request("revoked");
        let mut der = match which {
            0 => request.certificates[0].content.clone().unwrap(),
            1 => request.intermediates[0].der.clone(),
            _ => request.lists[0].der.clone(),
        };
        for (at, byte) in edits {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if let Some(cut) = cut {
            der.truncate(cut.index(der.len()));
        }
        match which {
            0 => request.certificates[0].content = Ok(der),
            1 => request.intermediates[0] = Given { der, source: String::new() },
            _ => request.lists[0].der = der,
        }
        prop_assert_ne!(verdict(&request), Verdict::Pass);
    }
}
