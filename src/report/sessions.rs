//! All sessions, failed or not: how much of the traffic the failures are.

use std::collections::{BTreeMap, HashMap};

use super::failures::connector;
use super::read;
use super::widgets::{count, left_out, plural, section, time, Table};
use super::writer::Page;
use crate::object::Object;
use crate::text::shorten;
use crate::timestamp::Timestamp;

/// Most connectors counted apart, as in the timeline.
const MAX_CONNECTORS: usize = 256;
/// Most connectors shown.
const MAX_ROWS: usize = 40;
/// Most TLS protocols counted for each; there are six.
const MAX_PROTOCOLS: usize = 8;

#[derive(Default)]
struct Row {
    name: String,
    sessions: u64,
    failed: u64,
    messages: u64,
    protocols: BTreeMap<String, u64>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// Sessions by connector.
pub struct Sessions {
    rows: Vec<Row>,
    places: HashMap<String, usize>,
    count: u64,
    failed: u64,
    more: u64,
}

impl Sessions {
    pub fn new() -> Self {
        Sessions { rows: Vec::new(), places: HashMap::new(), count: 0, failed: 0, more: 0 }
    }

    pub fn add(&mut self, object: &Object) {
        let has_failed = !read::whole(object, "Cause").is_empty();
        self.count += 1;
        self.failed += u64::from(has_failed);
        let name = connector(object);
        let row = match self.places.get(&name) {
            Some(place) => &mut self.rows[*place],
            None if self.rows.len() < MAX_CONNECTORS => {
                self.places.insert(name.clone(), self.rows.len());
                self.rows.push(Row { name, ..Row::default() });
                let last = self.rows.len() - 1;
                &mut self.rows[last]
            }
            None => {
                self.more += 1;
                return;
            }
        };
        row.sessions += 1;
        row.failed += u64::from(has_failed);
        row.messages = row.messages.saturating_add(object.number("MessageCount").unwrap_or(0));
        let protocol = read::whole(object, "TlsProtocol");
        let protocol = if protocol.is_empty() { "no TLS" } else { &protocol };
        if let Some(known) = row.protocols.get_mut(protocol) {
            *known += 1;
        } else if row.protocols.len() < MAX_PROTOCOLS {
            row.protocols.insert(shorten(protocol, 40).into_owned(), 1);
        }
        let at = read::time(object, "StartTime");
        row.first = row.first.into_iter().chain(at).min();
        row.last = row.last.into_iter().chain(at).max();
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
        section(page, "sessions", "All sessions");
        let caption = format!(
            "{}, {} of them failed; times in UTC",
            plural(self.count, "session"),
            count(self.failed)
        );
        let headers = ["Connector", "Sessions", "Failed", "Messages", "TLS", "First", "Last"];
        let mut table = Table::begin(page, &caption, &headers);
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        let share = |row: &Row| std::cmp::Reverse((row.failed, row.sessions));
        rows.sort_by(|a, b| share(a).cmp(&share(b)).then(a.name.cmp(&b.name)));
        for row in rows.iter().take(MAX_ROWS) {
            table.row(page, |table, page| {
                let protocols = row.protocols.iter();
                let protocols: Vec<String> =
                    protocols.map(|(name, number)| format!("{name}: {}", count(*number))).collect();
                table.text(page, &row.name);
                table.number(page, row.sessions);
                table.number(page, row.failed);
                table.number(page, row.messages);
                table.text(page, &protocols.join(", "));
                table.cell(page, |page| time(page, row.first));
                table.cell(page, |page| time(page, row.last));
            });
        }
        table.end(page);
        let hidden = u64::try_from(rows.len().saturating_sub(MAX_ROWS)).unwrap_or(0);
        left_out(page, hidden, "connectors with fewer sessions");
        left_out(page, self.more, "sessions of still other connectors");
        page.close();
    }
}
