//! The zoo: certificates made by `data/zoo/make.sh`, a folder a case.
//!
//! Every case is held to its `expected.json`, and to what OpenSSL and
//! rustls-webpki say of the same certificates where they can judge. Differences
//! from them stand in `data/zoo-differences.json` with their reasons; one that
//! stands there and no longer exists fails as well.

#[path = "support/zoo.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use exchange_tls::cert::finding::{Code, Severity, CODES};
use exchange_tls::cert::{test, CertificateTest, Outcome, Request};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use serde_json::{json, Value};
use support::{cases, json_of, name_of, request, zoo};

/// What is compared: everything but thumbprints, times and the words of messages.
fn summary(outcome: &Outcome) -> Value {
    let tests: Vec<Value> = outcome
        .tests
        .iter()
        .map(|test| {
            let findings: Vec<String> = test
                .findings
                .iter()
                .map(|finding| {
                    format!("{} {} | {}", finding.severity, finding.code, finding.element)
                })
                .collect();
            let chain: Vec<&str> =
                test.chain.iter().map(|element| element.subject.as_str()).collect();
            json!({
                "Subject": test.subject,
                "Result": test.result,
                "Selected": test.selected,
                "SelfSigned": test.self_signed,
                "Findings": findings,
                "Chain": chain,
            })
        })
        .collect();
    Value::Array(tests)
}

#[test]
fn every_case_is_found_as_expected() {
    let update = std::env::var_os("UPDATE_ZOO").is_some();
    let mut problems = Vec::new();
    let mut seen: Vec<Code> = Vec::new();
    for case in cases() {
        let outcome = test(&request(&case));
        assert!(!outcome.tests.is_empty(), "{}: nothing was tested", name_of(&case));
        let codes = outcome.tests.iter().flat_map(|test| &test.findings);
        seen.extend(codes.map(|finding| finding.code));
        for finding in outcome.tests.iter().flat_map(|test| &test.findings) {
            assert!(finding.message.ends_with('.'), "{}", finding.message);
        }
        let found = summary(&outcome);
        let file = case.join("expected.json");
        if update {
            std::fs::write(&file, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        } else if json_of(&file) != found {
            problems.push(format!(
                "{}\n{}",
                name_of(&case),
                serde_json::to_string_pretty(&found).unwrap()
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    for info in CODES {
        assert!(seen.contains(&info.code), "no case shows {}", info.name);
    }
}

/// Whether a TLS peer would take the certificate, by what is found here.
fn is_taken(test: &CertificateTest) -> bool {
    !test.findings.iter().any(|finding| {
        let of_exchange = matches!(
            finding.code,
            Code::NoPrivateKey
                | Code::NotEnabledForSmtp
                | Code::AmbiguousTlsCertificateName
                | Code::TlsCertificateNameNotFound
        );
        // Whoever gives lists wants an answer from them.
        let unanswered =
            finding.code == Code::RevocationUnknown && finding.severity == Severity::Warning;
        unanswered || (finding.severity == Severity::Error && !of_exchange)
    })
}

struct Comparison {
    verifier: &'static str,
    differences: BTreeMap<String, Value>,
    problems: Vec<String>,
    judged: usize,
}

impl Comparison {
    fn new(verifier: &'static str) -> Comparison {
        let all = json_of(&zoo().join("../zoo-differences.json"));
        let differences = serde_json::from_value(all[verifier].clone()).unwrap();
        Comparison { verifier, differences, problems: Vec::new(), judged: 0 }
    }

    fn compare(&mut self, id: &str, here: bool, there: Result<(), String>) {
        self.judged += 1;
        let listed = self.differences.remove(id);
        let words = |taken: bool| if taken { "accepted" } else { "refused" };
        match (here == there.is_ok(), listed) {
            (true, None) => {}
            (true, Some(_)) => self
                .problems
                .push(format!("{id}: {} agrees, though a difference is listed", self.verifier)),
            (false, None) => self.problems.push(format!(
                "{id}: {} here, {} by {}: {there:?}",
                words(here),
                words(there.is_ok()),
                self.verifier
            )),
            (false, Some(listed)) => {
                assert_eq!(listed["here"], words(here), "{id}");
                assert!(listed["reason"].as_str().is_some_and(|why| why.len() > 20), "{id}");
            }
        }
    }

    fn finish(mut self) {
        for id in self.differences.keys() {
            self.problems.push(format!("{id}: listed, but never judged by {}", self.verifier));
        }
        println!("{}: {} certificates judged", self.verifier, self.judged);
        assert!(self.judged > 90, "only {} certificates were judged", self.judged);
        assert!(self.problems.is_empty(), "\n{}", self.problems.join("\n"));
    }
}

#[test]
fn openssl_says_the_same_or_the_difference_is_listed() {
    let version = Command::new("openssl").arg("version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match &version {
        Ok(version) if version.starts_with("OpenSSL 3.") => {}
        _ => {
            eprintln!(
                "SKIPPED: no OpenSSL 3 on PATH ({version:?}); the zoo was not compared with it"
            );
            return;
        }
    }
    let folder = std::env::temp_dir().join(format!("exchange-tls-zoo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut comparison = Comparison::new("openssl");
    for case in cases() {
        let request = request(&case);
        let outcome = test(&request);
        for (place, (input, test)) in request.certificates.iter().zip(&outcome.tests).enumerate() {
            let Ok(der) = &input.content else { continue };
            let leaf = folder.join("leaf.der");
            std::fs::write(&leaf, der).unwrap();
            let verdict = openssl(&case, &request, &leaf, &folder);
            comparison.compare(&format!("{}#{place}", name_of(&case)), is_taken(test), verdict);
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    comparison.finish();
}

fn openssl(case: &Path, request: &Request, leaf: &Path, folder: &Path) -> Result<(), String> {
    let mut command = Command::new("openssl");
    command.args(["verify", "-no-CApath", "-no-CAstore", "-auth_level", "2"]);
    command.args(["-attime", &(request.at.unix_millis() / 1000).to_string()]);
    if let Some(fqdn) = &request.fqdn {
        command.args(["-purpose", "sslserver"]);
        let bare = fqdn.trim_matches(['[', ']']);
        match bare.parse::<std::net::IpAddr>() {
            Ok(_) => command.args(["-verify_ip", bare]),
            // It takes names as they go over the wire only.
            Err(_) => {
                command.args(["-verify_hostname", &bare.replace("M\u{fc}nchen", "xn--mnchen-3ya")])
            }
        };
    }
    let roots = case.join("roots.pem");
    if roots.exists() {
        command.arg("-CAfile").arg(roots);
    } else {
        command.arg("-no-CAfile");
    }
    let untrusted: Vec<u8> =
        request.intermediates.iter().flat_map(|given| pem(&given.der)).collect();
    if !untrusted.is_empty() {
        let file = folder.join("untrusted.pem");
        std::fs::write(&file, untrusted).unwrap();
        command.arg("-untrusted").arg(file);
    }
    let lists = case.join("lists.pem");
    if lists.exists() {
        command.arg("-crl_check_all").arg("-CRLfile").arg(lists);
    }
    let output = command.arg(leaf).output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).replace('\n', "; "))
    }
}

fn pem(der: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for line in der.chunks(48) {
        for three in line.chunks(3) {
            let mut bytes = [0u8; 4];
            bytes[1..=three.len()].copy_from_slice(three);
            let number = usize::try_from(u32::from_be_bytes(bytes)).unwrap();
            for place in 0..4 {
                let digit = DIGITS[number >> (18 - 6 * place) & 63];
                out.push(if place > three.len() { b'=' } else { digit });
            }
        }
        out.push(b'\n');
    }
    out.extend_from_slice(b"-----END CERTIFICATE-----\n");
    out
}

#[test]
fn webpki_says_the_same_or_the_difference_is_listed() {
    let mut comparison = Comparison::new("webpki");
    for case in cases() {
        let request = request(&case);
        let outcome = test(&request);
        // It knows servers only, and revocation lists otherwise than as files.
        let Some(fqdn) = request.fqdn.clone().filter(|_| request.lists.is_empty()) else {
            continue;
        };
        for (place, (input, test)) in request.certificates.iter().zip(&outcome.tests).enumerate() {
            let Ok(der) = &input.content else { continue };
            let verdict = webpki(&request, der, &fqdn);
            comparison.compare(&format!("{}#{place}", name_of(&case)), is_taken(test), verdict);
        }
    }
    comparison.finish();
}

fn webpki(request: &Request, der: &[u8], fqdn: &str) -> Result<(), String> {
    let say = |error: webpki::Error| format!("{error:?}");
    let leaf = CertificateDer::from(der);
    let end_entity = webpki::EndEntityCert::try_from(&leaf).map_err(say)?;
    let roots: Vec<CertificateDer<'_>> =
        request.roots.iter().map(|given| CertificateDer::from(given.der.as_slice())).collect();
    let anchors: Vec<_> =
        roots.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
    let intermediates: Vec<CertificateDer<'_>> = request
        .intermediates
        .iter()
        .map(|given| CertificateDer::from(given.der.as_slice()))
        .collect();
    let seconds = u64::try_from(request.at.unix_millis() / 1000).unwrap();
    end_entity
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            webpki::KeyUsage::server_auth(),
            None,
            None,
        )
        .map_err(say)?;
    let bare = fqdn.trim_matches(['[', ']']).replace("M\u{fc}nchen", "xn--mnchen-3ya");
    let name = ServerName::try_from(bare.as_str()).map_err(|error| error.to_string())?;
    end_entity.verify_is_valid_for_subject_name(&name).map_err(say)
}

/// Prints a case as a person would see it: `SHOW=duplicate-keyless cargo test --test zoo shows -- --nocapture`.
#[test]
fn shows_one_case_on_demand() {
    let Some(name) = std::env::var_os("SHOW") else { return };
    let outcome = test(&request(&zoo().join(name)));
    println!("{}", serde_json::to_string_pretty(&outcome.tests).unwrap());
}
