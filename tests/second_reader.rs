//! A second reader of certificates: what `cert::certificate` reads of a
//! certificate is what the x509-parser crate reads of it, for every certificate
//! of the zoo and, where it is there, of x509-limbo.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exchange_tls::cert::certificate::Certificate;
use exchange_tls::cert::read::read;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Every certificate of the zoo, and of the public suite where it is there; and how
/// many there are at least, so that lost data are noticed.
fn certificates() -> (BTreeSet<Vec<u8>>, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("tests/data/zoo"), &mut paths);
    let limbo = root.join("../shared/data/x509-limbo/limbo.json");
    let least = if limbo.exists() {
        paths.push(limbo);
        1000
    } else {
        eprintln!("x509-limbo is not here: only the certificates of the zoo are read");
        150
    };
    let mut all = BTreeSet::new();
    for path in paths {
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "json") {
            // PEM inside JSON: its line ends are escaped.
            bytes = String::from_utf8_lossy(&bytes).replace("\\n", "\n").into_bytes();
        }
        all.extend(read(&bytes, "x").certificates.into_iter().map(|given| given.der));
    }
    (all, least)
}

/// The DNS names, as both readers can give them.
fn dns_names(certificate: &X509Certificate<'_>) -> Option<BTreeSet<String>> {
    let extension = certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid.to_id_string() == "2.5.29.17")?;
    let ParsedExtension::SubjectAlternativeName(names) = extension.parsed_extension() else {
        return None;
    };
    let dns = names.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    Some(dns.collect())
}

#[test]
fn both_readers_read_the_same() {
    let (mut compared, mut with_names, mut theirs_alone, mut ours_alone) = (0, 0, 0, 0);
    let (all, least) = certificates();
    for der in all {
        let ours = Certificate::from_der(&der);
        let theirs = X509Certificate::from_der(&der)
            .ok()
            .filter(|(rest, _)| rest.is_empty())
            .map(|(_, theirs)| theirs);
        let (ours, theirs) = match (ours, theirs) {
            (Ok(ours), Some(theirs)) => (ours, theirs),
            (Ok(_), None) => {
                ours_alone += 1;
                continue;
            }
            (Err(_), Some(_)) => {
                theirs_alone += 1;
                continue;
            }
            (Err(_), None) => continue,
        };
        let what = &ours.subject_text;
        assert_eq!(ours.serial, theirs.raw_serial(), "serial number of {what}");
        assert_eq!(
            ours.not_before,
            theirs.validity().not_before.timestamp(),
            "not before of {what}"
        );
        assert_eq!(ours.not_after, theirs.validity().not_after.timestamp(), "not after of {what}");
        assert_eq!(ours.version, theirs.version().0 + 1, "version of {what}");
        let attributes = theirs.subject().iter_attributes().count();
        assert_eq!(attributes == 0, ours.subject_text.is_empty(), "subject of {what}");
        if let Ok(Some(constraints)) = theirs.basic_constraints() {
            assert_eq!(ours.is_ca(), constraints.value.ca, "basic constraints of {what}");
        }
        if let Some(names) = dns_names(&theirs).filter(|_| !ours.alternate_names().is_empty()) {
            let found: BTreeSet<String> = ours
                .alternate_names()
                .iter()
                .filter_map(|name| match name {
                    exchange_tls::cert::general_name::GeneralName::Dns(name) => {
                        Some(name.to_string())
                    }
                    _ => None,
                })
                .collect();
            assert_eq!(found, names, "alternate names of {what}");
            with_names += 1;
        }
        compared += 1;
    }
    println!("{compared} certificates compared, {ours_alone} only read here, {theirs_alone} only read there");
    assert!(compared >= least && with_names >= 100, "{compared}, {with_names}");
}
