//! What a scan looks for: decides which of the finished sessions become items.

use foldhash::fast::RandomState;

use super::{Form, Item, Options, Wanted};
use crate::error::Error;
use crate::failure::judge::judge;
use crate::failure::ConnectorFailure;
use crate::log::files::LogFile;
use crate::session::seen::Seen;
use crate::session::summary::SmtpSession;
use crate::session::{Keep, Place, Session};
use crate::timestamp::Timestamp;
use crate::wildcard::Wildcard;

/// What all parts of a scan, on whatever thread, know of it.
pub struct Query {
    pub options: Options,
    pub connectors: Vec<Wildcard>,
    pub files: Vec<LogFile>,
    pub keep: Keep,
    /// Makes the keys of sessions, the same everywhere.
    pub hasher: RandomState,
}

impl Query {
    /// The item that a session which sees no more records becomes.
    pub fn item(&self, session: Box<Session>, seen: &mut Seen) -> Option<Item> {
        if !self.connectors.is_empty() && !self.matches_connector(&session.connector) {
            return None;
        }
        let mut path = |place: Place| {
            let name = || self.files.get(place.file).map(LogFile::display).unwrap_or_default();
            seen.path(place.file, name).to_owned()
        };
        let sessions = self.options.wanted == Wanted::Sessions;
        let mark = judge(&session, self.options.include_rejection);
        let time = if sessions {
            session.origin.time
        } else {
            mark.as_ref().and_then(|mark| mark.place.time)
        };
        if !self.within(time) {
            return None;
        }
        let cause = mark.as_ref().map(|mark| mark.cause);
        if !self.options.causes.is_empty()
            && !cause.is_some_and(|cause| self.options.causes.contains(&cause))
        {
            return None;
        }
        if sessions {
            let path = path(session.origin);
            let session = SmtpSession::new(*session, cause, path, seen);
            return match self.options.form {
                Form::Whole => Some(Item::Session(Box::new(session))),
                // Nothing of a session is of a kind that JSON does not have.
                Form::Line => seen.lines.add(&session).ok().map(Item::Line),
                Form::Packed => Some(Item::Packed(Box::new(seen.packer.pack(session)))),
            };
        }
        let mark = mark?;
        let path = path(mark.place);
        Some(Item::Failure(Box::new(ConnectorFailure::new(*session, mark, path))))
    }

    fn matches_connector(&self, connector: &str) -> bool {
        self.connectors.iter().any(|pattern| pattern.matches(connector))
    }

    /// Text without a time is never left out for its time.
    fn within(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| {
            self.options.since.is_none_or(|since| time >= since)
                && self.options.until.is_none_or(|until| time <= until)
        })
    }

    /// A complaint about a file.
    pub fn at_file(&self, error: Error, file: usize) -> Error {
        error.at_path(self.files.get(file).map(LogFile::display).unwrap_or_default())
    }
}
