//! The diagnoses: what is wrong, worst first, with evidence and remedy.

use super::ranked::{bytes_of, Item, Ranked};
use super::read;
use super::widgets::{badge, count, fact, left_out, plural, readable, references, remedy, section};
use super::writer::Page;
use crate::failure::cause::Cause;
use crate::object::Object;
use crate::timestamp::Timestamp;

/// Most diagnoses shown: one is one problem, and nobody repairs two hundred at a time.
const MAX_DIAGNOSES: usize = 200;

/// One problem.
pub struct Diagnosis {
    pub cause: String,
    pub summary: String,
    count: Option<i64>,
    messages: Option<i64>,
    connector: Option<String>,
    server: Option<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    evidence: Vec<String>,
    remedy: Vec<String>,
    references: Vec<String>,
}

/// All problems.
pub struct Diagnoses {
    rows: Ranked<i64, Diagnosis>,
}

impl Item for Diagnosis {
    fn size(&self) -> usize {
        bytes_of([&self.evidence, &self.remedy, &self.references].into_iter().flatten())
    }

    fn strip(&mut self) {
        (self.evidence, self.remedy, self.references) = Default::default();
    }
}

impl Diagnoses {
    pub fn new() -> Self {
        Diagnoses { rows: Ranked::new(MAX_DIAGNOSES) }
    }

    pub fn add(&mut self, object: &Object) {
        let rank = read::number(object, "Rank").unwrap_or(i64::MAX);
        self.rows.add(rank, || Diagnosis {
            cause: read::name(object, "Cause").unwrap_or_default(),
            summary: read::text(object, "Summary").unwrap_or_default(),
            count: read::number(object, "Count"),
            messages: read::number(object, "MessageCount").filter(|count| *count > 0),
            connector: read::name(object, "Connector"),
            server: read::name(object, "Server"),
            first: read::time(object, "FirstSeen"),
            last: read::time(object, "LastSeen"),
            evidence: read::texts(object, "Evidence"),
            remedy: read::commands(object, "Remedy"),
            references: read::texts(object, "Reference"),
        });
    }

    /// The worst first.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnosis> {
        self.rows.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.first().is_none()
    }

    /// Whether a diagnosis with a remedy is about this cause.
    pub fn has_remedy(&self, cause: &str) -> bool {
        self.iter().any(|known| known.cause == cause && !known.remedy.is_empty())
    }

    pub fn show(&self, page: &mut Page) {
        if self.is_empty() {
            return;
        }
        section(page, "diagnoses", "Diagnoses, worst first");
        for (at, diagnosis) in self.iter().enumerate() {
            diagnosis.show(page, at + 1);
        }
        let details = "evidence, remedies and references of diagnoses of lower rank";
        left_out(page, self.rows.stripped(), details);
        left_out(page, self.rows.left_out(), "diagnoses of lower rank");
        page.close();
    }
}

impl Diagnosis {
    /// What is wrong, in words.
    pub fn words(&self) -> &str {
        match Cause::from_name(&self.cause) {
            Some(cause) => cause.info().title,
            None if !self.summary.is_empty() => &self.summary,
            None => &self.cause,
        }
    }

    fn show(&self, page: &mut Page, number: usize) {
        page.open("article", &[("class", "card")]);
        page.open("h3", &[]);
        page.text(&format!("{number}. {}", self.words()));
        page.close();
        if !self.cause.is_empty() {
            page.open("p", &[("class", "marks")]);
            badge(page, &self.cause);
            page.close();
        }
        if self.summary != self.words() {
            page.element("p", &[], &self.summary);
        }
        let time = |time: Option<Timestamp>| {
            time.map(|time| format!("{} UTC", readable(time))).unwrap_or_default()
        };
        page.open("dl", &[("class", "facts")]);
        let number = self.count.and_then(|number| u64::try_from(number).ok());
        fact(page, "Count", &number.map(count).unwrap_or_default());
        let messages = self.messages.and_then(|number| u64::try_from(number).ok());
        fact(page, "Messages that wait", &messages.map(count).unwrap_or_default());
        fact(page, "Connector", self.connector.as_deref().unwrap_or_default());
        fact(page, "Server", self.server.as_deref().unwrap_or_default());
        fact(page, "First seen", &time(self.first));
        fact(page, "Last seen", &time(self.last));
        page.close();
        if !self.evidence.is_empty() {
            page.element("h4", &[], "Evidence");
            page.open("ul", &[("class", "evidence")]);
            for line in &self.evidence {
                page.element("li", &[], line);
            }
            page.close();
        }
        remedy(page, &self.remedy);
        references(page, &self.references);
        page.close();
    }

    /// For the list of what else is wrong.
    pub fn brief(&self) -> String {
        match self.count.and_then(|number| u64::try_from(number).ok()) {
            Some(number) if number > 0 => format!("{} ({})", self.words(), plural(number, "time")),
            _ => self.words().to_owned(),
        }
    }
}
