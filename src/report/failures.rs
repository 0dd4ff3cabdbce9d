//! The failures, grouped: same cause, connector, certificate and error.
//!
//! A group costs the same memory for one failure and for a million: its first
//! failure whole, its first and last time, and the place of three examples.

use std::collections::{BTreeMap, HashMap};

use super::evidence::Sample;
use super::read;
use super::timeline::{Timeline, STAGES};
use super::widgets::{left_out, plural, section, time, Table};
use super::writer::Page;
use crate::failure::cause::Stage;
use crate::object::Object;
use crate::text::shorten;
use crate::timestamp::Timestamp;

/// Most groups held. Real logs of a month have tens.
const MAX_GROUPS: usize = 2_000;
/// Most bytes of samples held, together: one is usually 2 KB, so this is enough
/// for all groups, but made of the longest texts one would be half a megabyte.
const MAX_SAMPLE_BYTES: usize = 16 << 20;
/// Most rows shown: half a megabyte of page.
const MAX_ROWS: usize = 500;
/// Most groups whose first failure is shown whole.
const MAX_SAMPLES: usize = 20;
/// Places of examples kept of a group: to see whether they are alike.
const MAX_EXAMPLES: u64 = 3;
/// Most causes counted by name; the list has 27.
const MAX_CAUSES: usize = 64;

/// Failures of one kind.
pub struct Group {
    pub cause: String,
    pub connector: String,
    certificate: String,
    error: String,
    pub count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Files, each with lines.
    examples: Vec<(String, Vec<String>)>,
    pub sample: Sample,
}

/// All failures.
pub struct Failures {
    groups: Vec<Group>,
    places: HashMap<String, usize>,
    key: String,
    causes: BTreeMap<String, u64>,
    count: u64,
    more: u64,
    sample_bytes: usize,
    pub timeline: Timeline,
}

impl Failures {
    pub fn new() -> Self {
        Failures {
            groups: Vec::new(),
            places: HashMap::new(),
            key: String::new(),
            causes: BTreeMap::new(),
            count: 0,
            more: 0,
            sample_bytes: 0,
            timeline: Timeline::new(),
        }
    }

    pub fn add(&mut self, object: &Object) {
        self.count += 1;
        let cause = read::whole(object, "Cause");
        let cause = if cause.is_empty() { "Unknown" } else { shorten_name(&cause) };
        if let Some(known) = self.causes.get_mut(cause) {
            *known += 1;
        } else if self.causes.len() < MAX_CAUSES {
            self.causes.insert(cause.to_owned(), 1);
        }
        let at = read::time(object, "Time").or_else(|| read::time(object, "StartTime"));
        let connector = connector(object);
        let stage = read::whole(object, "Stage");
        let stage = Stage::ALL.iter().position(|known| known.name().eq_ignore_ascii_case(&stage));
        self.timeline.add(&connector, stage.unwrap_or(STAGES - 1), at);

        let own = read::thumbprint(object, "Certificate");
        let peer = read::thumbprint(object, "RemoteCertificate");
        let error = read::whole(object, "Error");
        self.key.clear();
        for part in [cause, &connector, &own, &peer, &error] {
            self.key.push_str(shorten_name(part));
            // Never in a value, which was cleaned.
            self.key.push('\0');
        }
        let group = match self.places.get(&self.key) {
            Some(place) => &mut self.groups[*place],
            None if self.groups.len() < MAX_GROUPS => {
                let certificate = match (own.is_empty(), peer.is_empty()) {
                    (false, _) => own.into_owned(),
                    (true, false) => format!("peer's {peer}"),
                    (true, true) => String::new(),
                };
                let sample = match self.sample_bytes {
                    0..MAX_SAMPLE_BYTES => Sample::of(object),
                    _ => Sample::brief(object),
                };
                self.sample_bytes += sample.size();
                self.places.insert(self.key.clone(), self.groups.len());
                self.groups.push(Group {
                    cause: cause.to_owned(),
                    connector,
                    certificate: shorten(&certificate, read::MAX_NAME).into_owned(),
                    error: shorten(&error, read::MAX_NAME).into_owned(),
                    count: 0,
                    first: None,
                    last: None,
                    examples: Vec::new(),
                    sample,
                });
                let last = self.groups.len() - 1;
                &mut self.groups[last]
            }
            None => {
                self.more += 1;
                return;
            }
        };
        group.count += 1;
        group.first = group.first.into_iter().chain(at).min();
        group.last = group.last.into_iter().chain(at).max();
        if group.count <= MAX_EXAMPLES {
            group.example(object);
        }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The causes, most frequent first.
    pub fn causes(&self) -> Vec<(&str, u64)> {
        let mut causes: Vec<_> = self.causes.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        causes.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        causes
    }

    /// The groups, most frequent first.
    fn ordered(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.iter().collect();
        groups.sort_by(|a, b| b.count.cmp(&a.count).then(a.key().cmp(&b.key())));
        groups
    }

    pub fn show(&self, page: &mut Page) {
        if self.count == 0 {
            return;
        }
        let groups = self.ordered();
        section(page, "failures", "Failed sessions");
        let caption = format!(
            "{} in {}, by cause, connector and certificate; times in UTC",
            plural(self.count, "failed session"),
            plural(u64::try_from(groups.len()).unwrap_or(0), "group")
        );
        let headers =
            ["Cause", "Connector", "Certificate", "Count", "First", "Last", "Where (file:line)"];
        let mut table = Table::begin(page, &caption, &headers);
        for (at, group) in groups.iter().take(MAX_ROWS).enumerate() {
            table.row(page, |table, page| {
                group.cells(table, page, (at < MAX_SAMPLES).then_some(at))
            });
        }
        table.end(page);
        let hidden = groups.len().saturating_sub(MAX_ROWS);
        left_out(page, u64::try_from(hidden).unwrap_or(0), "smaller groups");
        if self.more > 0 {
            let text = format!(
                "{} of still other kinds are in the counts and the timeline only.",
                plural(self.more, "failure")
            );
            page.element("p", &[("class", "note")], &text);
        }
        page.close();
    }

    /// The first failure of each of the largest groups, whole.
    pub fn show_evidence(&self, page: &mut Page, has_remedy: impl Fn(&str) -> bool) {
        if self.count == 0 {
            return;
        }
        let groups = self.ordered();
        section(page, "evidence", "Evidence: one failure of each kind");
        for (at, group) in groups.iter().take(MAX_SAMPLES).enumerate() {
            group.sample.show(page, at, group, !has_remedy(&group.cause));
        }
        let hidden = groups.len().saturating_sub(MAX_SAMPLES);
        left_out(page, u64::try_from(hidden).unwrap_or(0), "groups of fewer failures");
        page.close();
    }
}

impl Group {
    fn key(&self) -> [&str; 4] {
        [&self.cause, &self.connector, &self.certificate, &self.error]
    }

    fn example(&mut self, object: &Object) {
        let Some(path) = read::name(object, "Path") else { return };
        let line = Some(shorten(&read::whole(object, "Line"), 20).into_owned());
        let line = line.filter(|line| !line.is_empty());
        match self.examples.iter_mut().find(|(known, _)| *known == path) {
            Some((_, lines)) => lines.extend(line),
            None => self.examples.push((path, line.into_iter().collect())),
        }
    }

    fn cells(&self, table: &mut Table, page: &mut Page, evidence: Option<usize>) {
        table.cell(page, |page| {
            match evidence {
                Some(at) => {
                    page.open("a", &[("href", &format!("#evidence-{at}"))]);
                    page.breakable(&self.cause);
                    page.close();
                }
                None => page.breakable(&self.cause),
            }
            if !self.error.is_empty() {
                page.text(" ");
                page.element("span", &[("class", "minor")], &self.error);
            }
        });
        table.text(page, &self.connector);
        table.cell(page, |page| match self.certificate.as_str() {
            "" => page.text("-"),
            text => page.element("code", &[], text),
        });
        table.number(page, self.count);
        table.cell(page, |page| time(page, self.first));
        table.cell(page, |page| time(page, self.last));
        table.cell(page, |page| {
            page.open("ul", &[("class", "places")]);
            for (path, lines) in &self.examples {
                page.open("li", &[]);
                page.breakable(path);
                if !lines.is_empty() {
                    page.text(&format!(":{}", lines.join(", ")));
                }
                page.close();
            }
            page.close();
        });
    }
}

/// The connector with the kind of its log: both kinds may use one name.
pub fn connector(object: &Object) -> String {
    let name = read::whole(object, "Connector");
    let name = if name.is_empty() { "(no connector named)" } else { shorten_name(&name) };
    match read::whole(object, "LogType").as_ref() {
        "" => name.to_owned(),
        kind => format!("{name} ({})", shorten_name(kind)),
    }
}

/// `file:line`
pub fn place(object: &Object) -> Option<String> {
    let path = read::name(object, "Path")?;
    let line = read::whole(object, "Line");
    Some(if line.is_empty() { path } else { format!("{path}:{}", shorten(&line, 20)) })
}

/// The start of a name, without a mark: for keys that are looked up.
fn shorten_name(text: &str) -> &str {
    let mut end = text.len().min(read::MAX_NAME);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
