//! The queues that hold mail, and the receive connectors that were tested.

use super::certificates::{findings, findings_size, show_findings, Finding};
use super::ranked::{bytes_of, Item, Ranked};
use super::read;
use super::widgets::{badge, count, fact, left_out, plural, remedy, section, weight, Table};
use super::writer::Page;
use crate::object::Object;

/// Most queues shown: the fullest. A server in trouble has hundreds, each for
/// another domain and with the same error.
const MAX_QUEUES: usize = 200;
/// Most connectors shown, failures first.
const MAX_CONNECTORS: usize = 200;

struct Queue {
    name: String,
    next_hop: String,
    messages: Option<u64>,
    status: String,
    cause: String,
    last_error: String,
    next_step: String,
}

impl Item for Queue {
    fn size(&self) -> usize {
        self.last_error.len() + self.next_step.len()
    }

    fn strip(&mut self) {
        (self.last_error, self.next_step) = Default::default();
    }
}

/// All queues, those with most messages first.
pub struct Queues {
    rows: Ranked<std::cmp::Reverse<u64>, Queue>,
    count: u64,
    messages: u64,
    first_cause: Option<String>,
}

impl Queues {
    pub fn new() -> Self {
        Queues { rows: Ranked::new(MAX_QUEUES), count: 0, messages: 0, first_cause: None }
    }

    pub fn add(&mut self, object: &Object) {
        let messages = object.number("MessageCount");
        self.count += 1;
        self.messages = self.messages.saturating_add(messages.unwrap_or(0));
        if self.first_cause.is_none() {
            self.first_cause = read::name(object, "Cause");
        }
        let name = |name: &str| read::name(object, name).unwrap_or_default();
        let text = |name: &str| read::text(object, name).unwrap_or_default();
        self.rows.add(std::cmp::Reverse(messages.unwrap_or(0)), || Queue {
            name: name("Identity"),
            next_hop: name("NextHopDomain"),
            messages,
            status: name("Status"),
            cause: name("Cause"),
            last_error: text("LastError"),
            next_step: match text("NextStep") {
                empty if empty.is_empty() => text("Diagnosis"),
                step => step,
            },
        });
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Messages in all of them.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// The cause of the first queue that has one.
    pub fn cause(&self) -> Option<&str> {
        self.first_cause.as_deref()
    }

    pub fn show(&self, page: &mut Page) {
        if self.count == 0 {
            return;
        }
        section(page, "queues", "Queues");
        let waiting = plural(self.messages, "message");
        let caption = format!("{} with {waiting}, fullest first", plural(self.count, "queue"));
        let headers =
            ["Queue", "Next hop", "Messages", "Status", "Cause", "Last error", "Next step"];
        let mut table = Table::begin(page, &caption, &headers);
        for queue in self.rows.iter() {
            table.row(page, |table, page| {
                table.text(page, if queue.name.is_empty() { &queue.next_hop } else { &queue.name });
                table.text(page, &queue.next_hop);
                table.text(page, &queue.messages.map(count).unwrap_or_default());
                table.text(page, &queue.status);
                table.text(page, &queue.cause);
                table.text(page, &queue.last_error);
                table.text(page, &queue.next_step);
            });
        }
        table.end(page);
        left_out(page, self.rows.stripped(), "errors and next steps of queues with fewer messages");
        left_out(page, self.rows.left_out(), "queues with fewer messages");
        page.close();
    }
}

struct Connector {
    name: String,
    result: String,
    facts: Vec<(&'static str, String)>,
    findings: Vec<Finding>,
    remedy: Vec<String>,
}

impl Item for Connector {
    fn size(&self) -> usize {
        let facts = self.facts.iter().map(|(_, text)| text);
        bytes_of(facts.chain(&self.remedy)) + findings_size(&self.findings)
    }

    fn strip(&mut self) {
        (self.facts, self.findings, self.remedy) = Default::default();
    }
}

/// All receive connectors that were tested, worst first.
pub struct Connectors {
    rows: Ranked<u8, Connector>,
    count: u64,
    failed: u64,
}

impl Connectors {
    pub fn new() -> Self {
        Connectors { rows: Ranked::new(MAX_CONNECTORS), count: 0, failed: 0 }
    }

    pub fn add(&mut self, object: &Object) {
        let result = read::name(object, "Result").unwrap_or_default();
        let weight = weight(&result);
        self.count += 1;
        self.failed += u64::from(weight == 0);
        let facts = [
            ("Server", "Server"),
            ("Bindings", "Bindings"),
            ("AuthMechanism", "AuthMechanism"),
            ("PermissionGroups", "PermissionGroups"),
            ("TlsCertificateName", "TlsCertificateName"),
        ];
        self.rows.add(weight, || Connector {
            name: read::name(object, "Identity").unwrap_or_else(|| "(no name)".to_owned()),
            result,
            facts: facts
                .iter()
                .filter_map(|(name, label)| Some((*label, read::text(object, name)?)))
                .collect(),
            findings: findings(object),
            remedy: read::commands(object, "Remedy"),
        });
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn failed(&self) -> u64 {
        self.failed
    }

    pub fn show(&self, page: &mut Page) {
        if self.count == 0 {
            return;
        }
        section(page, "connectors", "Receive connectors");
        for connector in self.rows.iter() {
            page.open("article", &[("class", "card")]);
            page.element("h3", &[], &connector.name);
            page.open("p", &[("class", "marks")]);
            badge(page, &connector.result);
            page.close();
            show_findings(page, &connector.findings);
            page.open("dl", &[("class", "facts wide")]);
            connector.facts.iter().for_each(|(label, value)| fact(page, label, value));
            page.close();
            remedy(page, &connector.remedy);
            page.close();
        }
        let details = "findings and remedies of connectors with a better result";
        left_out(page, self.rows.stripped(), details);
        left_out(page, self.rows.left_out(), "connectors with a better result");
        page.close();
    }
}
