//! One HTML file that says why mail hangs: the core of `Export-ExchangeTlsReport`.
//!
//! Objects go in one by one and are counted, grouped or kept at once; memory is
//! bounded, however many come. The page needs nothing but itself: no script, no
//! font, image or link that loads. The same objects and time give the same bytes.
//!
//! ```
//! use exchange_tls::{object::Object, report::Report, timestamp::Timestamp};
//!
//! let at = Timestamp::parse(b"2024-03-05T12:00:00Z").unwrap();
//! let mut report = Report::new("Mail flow of contoso.com", at);
//! let mut failure = Object::default();
//! failure.type_names = vec!["ExchangeTls.ConnectorFailure".to_owned()];
//! failure.set("Cause", "OwnCertificateNoKey");
//! failure.set("Connector", "Outbound to <Office 365>");
//! report.add(&failure).unwrap();
//! assert!(report.html().contains("Outbound to &lt;Office 365&gt;"));
//! assert!(report.add(&Object::default()).is_err());
//! ```

mod certificates;
mod chart;
mod diagnoses;
mod evidence;
mod failures;
mod headline;
mod kind;
mod queues;
mod ranked;
mod read;
mod sessions;
mod timeline;
mod widgets;
mod writer;

pub use kind::Item;

use std::collections::BTreeMap;

use crate::error::Error;
use crate::object::Object;
use crate::text::shorten;
use crate::timestamp::Timestamp;
use certificates::Certificates;
use diagnoses::Diagnoses;
use failures::Failures;
use queues::{Connectors, Queues};
use sessions::Sessions;
use writer::Page;

/// What the page may do: be styled by itself, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A report while it is made.
pub struct Report {
    title: String,
    at: Timestamp,
    made_of: BTreeMap<Item, u64>,
    diagnoses: Diagnoses,
    failures: Failures,
    queues: Queues,
    connectors: Connectors,
    certificates: Certificates,
    sessions: Sessions,
}

impl Report {
    /// An empty report. The core has no clock: `at` is the time it shows as its own.
    pub fn new(title: &str, at: Timestamp) -> Report {
        let title = match title.trim() {
            "" => "Exchange mail flow and TLS",
            title => title,
        };
        Report {
            title: shorten(title, read::MAX_NAME).into_owned(),
            at,
            made_of: BTreeMap::new(),
            diagnoses: Diagnoses::new(),
            failures: Failures::new(),
            queues: Queues::new(),
            connectors: Connectors::new(),
            certificates: Certificates::new(),
            sessions: Sessions::new(),
        }
    }

    /// Adds an object of one of the kinds of [`Item`]; an error that says what
    /// was expected for any other, after which the report is as it was.
    pub fn add(&mut self, object: &Object) -> Result<(), Error> {
        let item = Item::of(object)?;
        *self.made_of.entry(item).or_default() += 1;
        match item {
            Item::Diagnosis => self.diagnoses.add(object),
            Item::ConnectorFailure => self.failures.add(object),
            Item::QueueFailure => self.queues.add(object),
            Item::ConnectorTest => self.connectors.add(object),
            Item::CertificateTest => self.certificates.add(object),
            Item::SmtpSession => self.sessions.add(object),
        }
        Ok(())
    }

    /// How many objects of a kind it was made of.
    pub fn made_of(&self, item: Item) -> u64 {
        self.made_of.get(&item).copied().unwrap_or(0)
    }

    /// The page, as UTF-8.
    pub fn html(&self) -> String {
        let mut page = Page::new();
        self.head(&mut page);
        page.open("body", &[]);
        headline::show(self, &mut page);
        page.open("main", &[]);
        self.diagnoses.show(&mut page);
        chart::show(&self.failures.timeline, &mut page);
        self.failures.show(&mut page);
        self.queues.show(&mut page);
        self.connectors.show(&mut page);
        self.certificates.show(&mut page, self.at);
        self.sessions.show(&mut page);
        self.failures.show_evidence(&mut page, |cause| self.diagnoses.has_remedy(cause));
        page.close();
        headline::show_foot(self, &mut page);
        page.finish()
    }

    fn head(&self, page: &mut Page) {
        page.open("head", &[]);
        page.empty("meta", &[("charset", "utf-8")]);
        // Before anything that it concerns.
        page.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
        page.element("title", &[], &self.title);
        let viewport = "width=device-width, initial-scale=1";
        page.empty("meta", &[("name", "viewport"), ("content", viewport)]);
        page.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        page.empty("meta", &[("name", "referrer"), ("content", "no-referrer")]);
        let version = concat!("ExchangeTls ", env!("CARGO_PKG_VERSION"));
        page.empty("meta", &[("name", "generator"), ("content", version)]);
        page.style(include_str!("report.css"));
        page.close();
    }
}
