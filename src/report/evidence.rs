//! One failure, whole: what the log says of it, and what helps.

use super::failures::{place, Group};
use super::read;
use super::widgets::{fact, plural, references, remedy};
use super::writer::Page;
use crate::object::{Object, Value};

/// What is shown of a failure besides its group, in this order.
const FACTS: [(&str, &str); 13] = [
    ("Time", "Time (UTC)"),
    ("SessionId", "Session"),
    ("LocalEndpoint", "Local endpoint"),
    ("RemoteEndpoint", "Remote endpoint"),
    ("RemoteHost", "Remote host"),
    ("Stage", "Stage"),
    ("Error", "Error"),
    ("Reply", "Reply"),
    ("TlsProtocol", "TLS protocol"),
    ("AuthLevel", "Auth level"),
    ("OfferedExtensions", "Offered"),
    ("Certificate", "Certificate sent"),
    ("RemoteCertificate", "Certificate of the peer"),
];
/// Most records of a session shown; a handshake that fails has some twenty.
const MAX_RECORDS: usize = 40;

/// A failure as it is kept.
pub struct Sample {
    facts: Vec<(&'static str, String)>,
    place: Option<String>,
    incomplete: bool,
    diagnosis: Option<String>,
    records: Vec<String>,
    more_records: u64,
    remedy: Vec<String>,
    references: Vec<String>,
}

impl Sample {
    pub fn of(object: &Object) -> Sample {
        let facts =
            FACTS.iter().filter_map(|(name, label)| Some((*label, read::text(object, name)?)));
        let records = read::items(object, "Records");
        let kept: Vec<String> = match records {
            // Cut short by a serialization: one text for all.
            [Value::Text(text)] => vec![read::words_of(&Value::Text(text.clone()))],
            several => several.iter().take(MAX_RECORDS).map(read::words_of).collect(),
        };
        Sample {
            facts: facts.collect(),
            place: place(object),
            incomplete: object.answer("Complete") == Some(false),
            diagnosis: read::text(object, "Diagnosis"),
            more_records: u64::try_from(records.len().saturating_sub(MAX_RECORDS)).unwrap_or(0),
            records: kept,
            remedy: read::commands(object, "Remedy"),
            references: read::texts(object, "Reference"),
        }
    }

    /// Only its place, where there are too many to keep whole.
    pub fn brief(object: &Object) -> Sample {
        Sample {
            facts: Vec::new(),
            place: place(object),
            incomplete: false,
            diagnosis: None,
            records: Vec::new(),
            more_records: 0,
            remedy: Vec::new(),
            references: Vec::new(),
        }
    }

    /// How many bytes its texts are.
    pub fn size(&self) -> usize {
        let facts = self.facts.iter().map(|(_, text)| text.len());
        let lists = [&self.records, &self.remedy, &self.references];
        let lists = lists.into_iter().flatten().map(String::len);
        facts.chain(lists).chain(self.diagnosis.iter().map(String::len)).sum()
    }

    /// Shows it. Its remedy is left out where a diagnosis has told one.
    pub fn show(&self, page: &mut Page, number: usize, group: &Group, with_remedy: bool) {
        page.open("article", &[("class", "card"), ("id", &format!("evidence-{number}"))]);
        page.element("h3", &[], &format!("{}: {}", group.cause, group.connector));
        let place = self.place.as_deref().unwrap_or("a place that is not told");
        let text = match group.count {
            1 => format!("Once, at {place}"),
            many => format!("{}, the first given at {place}", plural(many, "time")),
        };
        page.element("p", &[("class", "marks")], &text);
        if let Some(diagnosis) = &self.diagnosis {
            page.element("p", &[], diagnosis);
        }
        page.open("dl", &[("class", "facts wide")]);
        for (label, value) in &self.facts {
            fact(page, label, value);
        }
        if self.incomplete {
            fact(page, "Complete", "No: the log holds only a part of this session");
        }
        page.close();
        if !self.records.is_empty() {
            page.element("h4", &[], "Records of the session");
            page.open("div", &[("class", "remedy")]);
            for record in &self.records {
                page.element("pre", &[], record);
            }
            page.close();
            super::widgets::left_out(page, self.more_records, "further records");
        }
        if with_remedy {
            remedy(page, &self.remedy);
        }
        references(page, &self.references);
        page.close();
    }
}
