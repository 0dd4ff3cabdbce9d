//! A session as a line of JSON, written where the session was read.
//!
//! To write it takes a third as long as to read it, and a session has some twenty texts.
//! Written by the thread that has read it, on all cores at once, and those texts are given
//! back to the memory they came from; one block of bytes is all that is handed over.

use std::io::{self, Write};

use super::summary::SmtpSession;
use crate::failure::cause::Cause;

/// Stands where the number of the line will: whoever reads a part of a file does not know
/// how many lines stand before it.
const HELD: &[u8] = b"\"Line\":18446744073709551615";

/// A session as JSON, without a line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// [`SmtpSession::line`]
    pub line: u64,
    /// [`SmtpSession::cause`]
    pub cause: Option<Cause>,
    text: Box<[u8]>,
    /// Where in the text the number of the line belongs.
    at: usize,
}

impl SessionLine {
    /// Of a session; `scratch` is memory to write it in.
    pub fn new(mut session: SmtpSession, scratch: &mut Vec<u8>) -> serde_json::Result<Self> {
        let line = std::mem::replace(&mut session.line, u64::MAX);
        scratch.clear();
        serde_json::to_writer(&mut *scratch, &session)?;
        // No text holds it: there every quote has a backslash before it.
        let held = memchr::memmem::rfind(scratch, HELD).unwrap_or(scratch.len());
        let at = scratch.len().min(held + b"\"Line\":".len());
        let rest = scratch.get(held + HELD.len()..).unwrap_or_default();
        let text = [&scratch[..at], rest].concat().into_boxed_slice();
        Ok(SessionLine { line, cause: session.cause, text, at })
    }

    /// Writes it out.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let (before, after) = self.text.split_at(self.at);
        out.write_all(before)?;
        write!(out, "{}", self.line)?;
        out.write_all(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::header::{Column, Columns};
    use crate::log::record::Splitter;
    use crate::log::LogType;
    use crate::session::seen::Seen;
    use crate::session::{Keep, Place, Session};
    use crate::timestamp::Timestamp;

    #[test]
    fn says_what_the_session_says() {
        // Texts that look like what is looked for.
        let text = b"2024-01-05T10:00:00.000Z,c,08D,0,a,b,>,\"MAIL FROM:<\"\"Line\"\":18446744073709551615>\",";
        let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
        let (record, _) = splitter.split(text, &Columns::standard()).unwrap();
        let time = Timestamp::parse(record.get(Column::Time));
        let place = Place { file: 0, line: 7, time };
        let keep = Keep { envelope: true, records: true };
        let mut session = Session::new(LogType::Send, 0, &record, place);
        session.take(&record, text, place, keep, &mut seen);
        let session = SmtpSession::new(session, None, "\"Line\":1".to_owned(), &mut seen);
        assert_eq!(session.records.len(), 1);
        let mut line = SessionLine::new(session.clone(), &mut b"before".to_vec()).unwrap();
        for number in [session.line, session.line + 100] {
            line.line = number;
            let mut written = Vec::new();
            line.write_to(&mut written).unwrap();
            let expected = SmtpSession { line: number, ..session.clone() };
            assert_eq!(written, serde_json::to_vec(&expected).unwrap());
        }
    }
}
