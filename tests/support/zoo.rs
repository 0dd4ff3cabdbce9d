//! Reads the cases of the zoo.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use exchange_tls::cert::connector::{CertificateName, SendConnector};
use exchange_tls::cert::read::{read, Contents};
use exchange_tls::cert::{Input, Request};
use exchange_tls::timestamp::Timestamp;
use serde_json::Value;

/// What is at least in the zoo; fewer means that cases were lost.
const CASES: usize = 160;

pub fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zoo")
}

pub fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(zoo())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() >= CASES, "the zoo has shrunk to {} cases", cases.len());
    cases
}

pub fn name_of(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}

pub fn json_of(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn part(case: &Path, part: &str) -> Contents {
    let file = format!("{part}.pem");
    std::fs::read(case.join(&file)).map(|bytes| read(&bytes, &file)).unwrap_or_default()
}

pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn connector(value: &Value) -> SendConnector {
    SendConnector {
        name: text(&value["name"]).unwrap(),
        fqdn: text(&value["fqdn"]),
        require_tls: value["require_tls"].as_bool(),
        smart_hosts: value["smart_hosts"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(text)
            .collect(),
        dns_routing: value["dns_routing"].as_bool(),
        tls_certificate_name: match value["tls_certificate_name"].as_str() {
            None => CertificateName::Unknown,
            Some("") => CertificateName::Empty,
            Some(name) => CertificateName::Named(name.to_owned()),
        },
        ..SendConnector::default()
    }
}

pub fn request(case: &Path) -> Request {
    let wanted = json_of(&case.join("request.json"));
    let mut request =
        Request::at(Timestamp::parse(text(&wanted["at"]).unwrap().as_bytes()).unwrap());
    let tested = part(case, "tested");
    // Cases about single certificates hold several that did not issue one another.
    if name_of(case).starts_with("file-") {
        request.add_file(tested);
    } else {
        request.certificates.extend(tested.certificates.into_iter().map(Input::new));
    }
    for (place, known) in wanted["certificates"].as_array().into_iter().flatten().enumerate() {
        request.certificates[place].has_private_key = known["has_private_key"].as_bool();
        request.certificates[place].services = text(&known["services"]);
    }
    request.intermediates.extend(part(case, "intermediates").certificates);
    request.roots.extend(part(case, "roots").certificates);
    request.lists.extend(part(case, "lists").lists);
    request.fqdn = text(&wanted["fqdn"]);
    request.tls_certificate_name = text(&wanted["tls_certificate_name"]);
    let connectors = wanted["send_connectors"].as_array().into_iter().flatten();
    request.send_connectors = connectors.map(connector).collect();
    request
}
