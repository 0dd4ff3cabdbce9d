//! The certificates that were tested: expiry, findings, chain.

use std::collections::BTreeMap;

use super::ranked::{bytes_of, Item, Ranked};
use super::read;
use super::widgets::{
    badge, fact, left_out, plural, readable, remedy, section, time, weight, Table,
};
use super::writer::Page;
use crate::object::{Object, Value};
use crate::timestamp::Timestamp;

/// Most certificates shown; a server has some ten, an organisation some hundred.
const MAX_CERTIFICATES: usize = 300;

/// A tested certificate. What it is called is its subject, else its thumbprint.
struct Certificate {
    subject: String,
    result: String,
    not_after: Option<Timestamp>,
    expires: String,
    days: Option<i64>,
    key: Option<bool>,
    services: String,
    thumbprint: String,
    facts: Vec<(&'static str, String)>,
    findings: Vec<Finding>,
    chain: Vec<String>,
    remedy: Vec<String>,
}

/// A finding, of a certificate or of a connector.
pub struct Finding {
    severity: String,
    code: String,
    message: String,
}

impl Item for Certificate {
    fn size(&self) -> usize {
        let facts = self.facts.iter().map(|(_, text)| text);
        bytes_of(facts.chain(&self.chain).chain(&self.remedy)) + findings_size(&self.findings)
    }

    fn strip(&mut self) {
        (self.facts, self.findings) = Default::default();
        (self.chain, self.remedy) = Default::default();
    }
}

/// How many bytes findings are.
pub fn findings_size(findings: &[Finding]) -> usize {
    bytes_of(findings.iter().flat_map(|one| [&one.severity, &one.code, &one.message]))
}

/// All certificates, worst result and nearest expiry first.
pub struct Certificates {
    rows: Ranked<(u8, i64), Certificate>,
    results: BTreeMap<u8, u64>,
    count: u64,
}

impl Certificates {
    pub fn new() -> Self {
        Certificates { rows: Ranked::new(MAX_CERTIFICATES), results: BTreeMap::new(), count: 0 }
    }

    pub fn add(&mut self, object: &Object) {
        let result = read::name(object, "Result").unwrap_or_default();
        let not_after = read::time(object, "NotAfter");
        let weight = weight(&result);
        self.count += 1;
        *self.results.entry(weight).or_default() += 1;
        let expiry = not_after.map_or(i64::MAX, Timestamp::unix_millis);
        self.rows.add((weight, expiry), || {
            let facts = [
                ("Issuer", "Issuer"),
                ("SerialNumber", "Serial number"),
                ("AlternateNames", "Names"),
                ("NotBefore", "Not before"),
                ("NotAfter", "Not after"),
                ("Source", "Source"),
                ("SelfSigned", "Self-signed"),
                ("Selected", "Selected by the connector"),
            ];
            let thumbprint = read::name(object, "Thumbprint").unwrap_or_default();
            let subject = read::text(object, "Subject");
            Certificate {
                subject: subject.unwrap_or_else(|| format!("Certificate {thumbprint}")),
                result,
                not_after,
                expires: read::name(object, "NotAfter").unwrap_or_default(),
                days: read::number(object, "DaysLeft"),
                key: object.answer("HasPrivateKey"),
                services: read::name(object, "Services").unwrap_or_default(),
                thumbprint,
                facts: facts
                    .iter()
                    .filter_map(|(name, label)| Some((*label, read::text(object, name)?)))
                    .collect(),
                findings: findings(object),
                chain: read::items(object, "Chain")
                    .iter()
                    .take(read::MAX_ITEMS)
                    .map(chain_element)
                    .collect(),
                remedy: read::commands(object, "Remedy"),
            }
        });
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many have this result, by [`weight`].
    pub fn with(&self, word: &str) -> u64 {
        self.results.get(&weight(word)).copied().unwrap_or(0)
    }

    /// What the worst one is called, and its first finding.
    pub fn worst(&self) -> Option<(&str, &str)> {
        let first = self.rows.first()?;
        let message = first.findings.first().map_or("", |finding| finding.message.as_str());
        Some((&first.subject, message))
    }

    pub fn show(&self, page: &mut Page, at: Timestamp) {
        if self.count == 0 {
            return;
        }
        section(page, "certificates", "Certificates");
        let caption = format!("{} tested, worst first", plural(self.count, "certificate"));
        let headers = [
            "Subject",
            "Result",
            "Expires (UTC)",
            "Days left",
            "Private key",
            "Services",
            "Thumbprint",
        ];
        let mut table = Table::begin(page, &caption, &headers);
        for certificate in self.rows.iter() {
            table.row(page, |table, page| certificate.cells(table, page, at));
        }
        table.end(page);
        let details = "findings, chains and remedies of certificates with a better result";
        left_out(page, self.rows.stripped(), details);
        left_out(page, self.rows.left_out(), "certificates with a better result");
        self.rows.iter().for_each(|certificate| certificate.show(page));
        page.close();
    }
}

impl Certificate {
    fn cells(&self, table: &mut Table, page: &mut Page, at: Timestamp) {
        table.text(page, &self.subject);
        table.cell(page, |page| badge(page, &self.result));
        table.cell(page, |page| match self.not_after {
            Some(_) => time(page, self.not_after),
            None if self.expires.is_empty() => page.text("-"),
            None => page.text(&self.expires),
        });
        // As judged, else at the time of the report.
        const DAY: i64 = 86_400_000;
        let left = |end: Timestamp| (end.unix_millis() - at.unix_millis()).div_euclid(DAY);
        let days = self.days.or(self.not_after.map(left));
        table.text(page, &days.map(|days| days.to_string()).unwrap_or_default());
        table.text(page, self.key.map_or("", |has| if has { "yes" } else { "no" }));
        table.text(page, &self.services);
        table.cell(page, |page| page.element("code", &[], &self.thumbprint));
    }

    /// Findings, chain and remedy, where there is more to say than the row does.
    fn show(&self, page: &mut Page) {
        if self.findings.is_empty() && self.chain.is_empty() && self.remedy.is_empty() {
            return;
        }
        page.open("article", &[("class", "card")]);
        page.element("h3", &[], &self.subject);
        page.open("p", &[("class", "marks")]);
        badge(page, &self.result);
        page.text(" ");
        page.element("code", &[], &self.thumbprint);
        page.close();
        show_findings(page, &self.findings);
        page.open("dl", &[("class", "facts wide")]);
        for (label, value) in &self.facts {
            let shown = Timestamp::parse(value.as_bytes()).filter(|_| label.starts_with("Not "));
            fact(page, label, &shown.map_or(value.clone(), |at| format!("{} UTC", readable(at))));
        }
        page.close();
        if !self.chain.is_empty() {
            page.element("h4", &[], "Chain, from the certificate to its root");
            page.open("ol", &[("class", "chain")]);
            self.chain.iter().for_each(|element| page.element("li", &[], element));
            page.close();
        }
        remedy(page, &self.remedy);
        page.close();
    }
}

/// The findings of a test, worst first.
pub fn findings(object: &Object) -> Vec<Finding> {
    let items = read::items(object, "Findings").iter().take(read::MAX_ITEMS);
    let mut findings: Vec<Finding> = items.map(finding).collect();
    findings.sort_by_key(|finding| weight(&finding.severity));
    findings
}

fn finding(value: &Value) -> Finding {
    if let Value::Object(object) = value {
        let message = read::text(object, "Message");
        let code = read::name(object, "Code");
        if message.is_some() || code.is_some() {
            let severity = read::name(object, "Severity").unwrap_or_default();
            let message = message.unwrap_or_default();
            return Finding { severity, code: code.unwrap_or_default(), message };
        }
    }
    // `Error NoPrivateKey: message`, as a serialization leaves it.
    let text = read::words_of(value);
    let parts = text.split_once(' ').filter(|(word, _)| weight(word) < 2 || *word == "Info");
    let split = parts.and_then(|(severity, rest)| Some((severity, rest.split_once(": ")?)));
    match split {
        Some((severity, (code, message))) => Finding {
            severity: severity.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        },
        None => Finding { severity: String::new(), code: String::new(), message: text },
    }
}

/// Shows findings as a list.
pub fn show_findings(page: &mut Page, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    page.open("ul", &[("class", "findings")]);
    for finding in findings {
        page.open("li", &[]);
        if !finding.severity.is_empty() {
            badge(page, &finding.severity);
            page.text(" ");
        }
        if !finding.code.is_empty() {
            page.element("strong", &[], &finding.code);
            page.text(" ");
        }
        page.text(&finding.message);
        page.close();
    }
    page.close();
}

/// A subject and where the certificate came from.
fn chain_element(value: &Value) -> String {
    if let Value::Object(object) = value {
        if let Some(subject) = read::text(object, "Subject") {
            let source = read::name(object, "Source");
            return source.map_or(subject.clone(), |source| format!("{subject} (from {source})"));
        }
    }
    read::words_of(value)
}
