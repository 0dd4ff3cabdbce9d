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

/// The remedy of one certificate of a case, line by line.
fn remedy(case: &str, place: usize) -> Vec<String> {
    tests(case).swap_remove(place).remedy
}

fn place_of(lines: &[String], part: &str) -> usize {
    let place = lines.iter().position(|line| line.contains(part));
    place.unwrap_or_else(|| panic!("no {part} in {lines:#?}"))
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

#[test]
fn a_removal_stands_behind_every_check() {
    let expired = remedy("duplicate-expired", 0);
    let removal = place_of(&expired, "Remove-ExchangeCertificate");
    for check in
        ["HasPrivateKey, Services, Status", "NotAfter, Services  #", "netsh http", "Get-AuthConfig"]
    {
        assert!(place_of(&expired, check) < removal, "{expired:#?}");
    }
    let keyless = remedy("duplicate-keyless", 1);
    assert!(has(&keyless, "-and -not $_.HasPrivateKey } | Remove-Item -Confirm"), "{keyless:#?}");
    assert!(!has(&keyless, "repairstore"), "{keyless:#?}");
    assert!(has(&remedy("no-private-key", 0), "repairstore"));
}

#[test]
fn a_request_keeps_the_names_there_are() {
    for (case, wanted) in [
        (
            "name-mismatch",
            "-SubjectName 'CN=mail.contoso.com, O=Contoso, C=US' -DomainName 'mail.contoso.com', 'autodiscover.contoso.com', 'mail.fabrikam.com' ",
        ),
        ("ip-address-as-dns", "-DomainName 'mail.contoso.com' "),
        ("self-signed-outside", "-SubjectName ('CN=' + 'mail.contoso.com') -DomainName 'mail.contoso.com' "),
        ("self-signed-asked-by-name", "-DomainName 'ex01.contoso.local' "),
        ("weak-key", "-DomainName 'mail.contoso.com', 'autodiscover.contoso.com' "),
    ] {
        let lines = remedy(case, 0);
        assert!(has(&lines, wanted), "{case}: {lines:#?}");
        assert!(!has(&lines, "from another CA"), "{case}: {lines:#?}");
    }
    for case in ["weak-key-ca", "server-auth-missing-ca", "key-usage-ca", "weak-signature-rollover"]
    {
        assert!(remedy(case, 0)[0].starts_with("# from another CA"), "{case}");
    }
}

#[test]
fn nothing_is_requested_where_the_renewal_is_there() {
    for (case, place) in
        [("duplicate-renewed", 0), ("duplicate-expired", 0), ("duplicate-not-enabled", 0)]
    {
        let lines = remedy(case, place);
        assert!(!lines.is_empty() && !has(&lines, "New-ExchangeCertificate"), "{case}: {lines:#?}");
    }
    let all = tests("duplicate-not-enabled");
    let renewal = all[1].thumbprint.clone().unwrap();
    let enable = format!("Enable-ExchangeCertificate -Thumbprint '{renewal}' -Services SMTP");
    let lines = &all[0].remedy;
    assert!(place_of(lines, &enable) < place_of(lines, "Remove-ExchangeCertificate"), "{lines:#?}");
    // Without a renewal there is one to request.
    assert!(has(&remedy("expires-soon", 0), "New-ExchangeCertificate"));
}

#[test]
fn smtp_is_given_plainly_only_where_a_connector_counts_on_it() {
    let asked = remedy("not-enabled-for-smtp", 0);
    assert!(asked[0].starts_with("Enable-ExchangeCertificate"), "{asked:#?}");
    let unasked = remedy("not-enabled-unasked", 0);
    assert!(unasked[0].starts_with("# only if it is meant for SMTP"), "{unasked:#?}");
    assert!(unasked[1].starts_with("Enable-ExchangeCertificate"), "{unasked:#?}");
}

#[test]
fn a_chain_is_mended_where_it_can_be() {
    let untrusted = remedy("untrusted-root", 0);
    assert!(untrusted[0].starts_with("# importing a root here changes nothing"), "{untrusted:#?}");
    assert!(place_of(&untrusted, "New-ExchangeCertificate") < place_of(&untrusted, "Import-"));
    let looped = remedy("loop", 0);
    assert!(
        !has(&looped, "Import-Certificate") && has(&looped, "see UntrustedRoot"),
        "{looped:#?}"
    );
    let missing = remedy("missing-intermediate", 0);
    assert!(has(&missing, "MSExchangeFrontEndTransport"), "{missing:#?}");
    assert!(has(&missing, "if it issued itself it is a root"), "{missing:#?}");
    for case in ["expired-intermediate", "expired-intermediate-namesake"] {
        let expired = remedy(case, 0);
        assert!(expired[0].contains("import its renewed certificate"), "{case}: {expired:#?}");
        assert!(!has(&expired, "New-ExchangeCertificate"), "{case}: {expired:#?}");
    }
    assert!(has(&remedy("revoked-intermediate", 0), "import its renewed certificate"));
}

#[test]
fn only_a_usable_certificate_is_named_by_a_connector() {
    let good = remedy("tls-name-none", 0);
    assert!(has(&good, "} | Set-SendConnector -TlsCertificateName '<I>"), "{good:#?}");
    assert!(has(&good, "<S>CN=smtp.contoso.com") && !has(&good, "$connector "), "{good:#?}");
    let mut keyless = request(&zoo().join("tls-name-none"));
    keyless.certificates[0].has_private_key = Some(false);
    keyless.certificates[1].services = Some("IIS".to_owned());
    for test in test(&keyless).tests {
        // Connectors that name what is not there are not made to name this one.
        assert!(!has(&test.remedy, "<S>CN=smtp.contoso.com"), "{:#?}", test.remedy);
    }
}
