//! What findings and remedies say of cases of the zoo.

#[path = "support/zoo.rs"]
mod support;

use exchange_tls::cert::finding::Code;
use exchange_tls::cert::{test, CertificateTest};
use support::{request, zoo};

fn tests(case: &str) -> Vec<CertificateTest> {
    test(&request(&zoo().join(case))).tests
}

fn messages(test: &CertificateTest, code: Code) -> Vec<&str> {
    let of_code = test.findings.iter().filter(|finding| finding.code == code);
    of_code.map(|finding| finding.message.as_str()).collect()
}

#[test]
fn a_message_does_not_contradict_itself() {
    for (case, code, wanted) in [
        (
            "malformed-names",
            Code::NameMismatch,
            "Nothing shows that it is for mail.contoso.com: its alternate names cannot be read, and beside them the common name does not count.",
        ),
        (
            "ip-address-as-dns",
            Code::NameMismatch,
            "It is not for 192.0.2.2: the address stands among its DNS names, where no peer looks for one. It is for 192.0.2.1, 2001:db8::1.",
        ),
        (
            "one-second-over",
            Code::Expired,
            "It expired on 2026-07-01T00:00:00.000Z, less than a day ago.",
        ),
        (
            "last-second",
            Code::ExpiresSoon,
            "It expires on 2026-07-01T00:00:00.000Z, in less than a day.",
        ),
    ] {
        assert_eq!(messages(&tests(case)[0], code), [wanted], "{case}");
    }
    assert_eq!(tests("one-second-over")[0].days_left, Some(-1));
    assert_eq!(tests("last-second")[0].days_left, Some(0));
}
