//! A session as a line of JSON, written where the session was read.
//!
//! To write it takes a third as long as to read it, and a session has some twenty texts.
//! Written by the thread that has read it, on all cores at once, and those texts are given
//! back to the memory they came from. What is handed over are blocks of many lines.
//!
//! serde_json writes the values. Names of properties and texts in which nothing has to be
//! escaped are copied here: it would look at each byte of them, for half of all the time.

use std::io::{self, Write};
use std::sync::Arc;

use once_cell::sync::OnceCell;
use serde::Serialize;

use super::summary::{SmtpSession, Span};
use crate::failure::cause::Cause;
use crate::text::is_plain_in_json;

/// Bytes of a block: as much as the allocator still takes from what was given back.
const BLOCK: usize = 64 * 1024;

/// Lines behind each other, once all of them are written.
type Block = Arc<OnceCell<Box<[u8]>>>;

/// A session as JSON, without a line end.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// [`SmtpSession::line`]
    pub line: u64,
    /// [`SmtpSession::cause`]
    pub cause: Option<Cause>,
    block: Block,
    /// Where it begins, where the number of its line belongs, and where it ends: whoever
    /// reads a part of a file does not know how many lines stand before it.
    places: [usize; 3],
}

/// Lines that are being written.
#[derive(Debug, Default)]
pub struct Lines {
    text: Vec<u8>,
    block: Block,
}

impl Lines {
    /// Adds a session. Its line can be written out after [`Lines::end`].
    pub fn add(&mut self, session: &SmtpSession) -> serde_json::Result<SessionLine> {
        let from = self.text.len();
        let number_at = write(session, &mut self.text).inspect_err(|_| self.text.truncate(from))?;
        let places = [from, number_at, self.text.len()];
        let block = Arc::clone(&self.block);
        if self.text.len() >= BLOCK {
            self.end();
        }
        Ok(SessionLine { line: session.line, cause: session.cause, block, places })
    }

    /// Hands over the lines so far.
    pub fn end(&mut self) {
        if !self.text.is_empty() {
            // Each block is set once.
            let _ = std::mem::take(&mut self.block).set(self.text.as_slice().into());
            self.text.clear();
            // A session with all its records is no reason to keep so much.
            self.text.shrink_to(2 * BLOCK);
        }
    }
}

impl SessionLine {
    /// Writes it out.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let [from, number_at, to] = self.places;
        let text = self.block.get();
        let parts =
            text.and_then(|text| Some((text.get(from..number_at)?, text.get(number_at..to)?)));
        let (before, after) =
            parts.ok_or_else(|| io::Error::other("this line is not written yet"))?;
        out.write_all(before)?;
        write!(out, "{}", self.line)?;
        out.write_all(after)
    }
}

/// Writes what serde_json would write of a session, but the number of its line; gives its place.
fn write(session: &SmtpSession, out: &mut Vec<u8>) -> serde_json::Result<usize> {
    value(out, "{\"StartTime\":", &session.start_time)?;
    value(out, ",\"EndTime\":", &session.end_time)?;
    span(out, ",\"Duration\":", session.duration)?;
    value(out, ",\"LogType\":", &session.log_type)?;
    maybe(out, ",\"Connector\":", &session.connector)?;
    maybe(out, ",\"SessionId\":", &session.session_id)?;
    maybe(out, ",\"LocalEndpoint\":", &session.local_endpoint)?;
    maybe(out, ",\"RemoteEndpoint\":", &session.remote_endpoint)?;
    maybe(out, ",\"LocalHost\":", &session.local_host)?;
    maybe(out, ",\"RemoteHost\":", &session.remote_host)?;
    maybe(out, ",\"TlsProtocol\":", &session.tls_protocol)?;
    maybe(out, ",\"TlsCipher\":", &session.tls_cipher)?;
    value(out, ",\"Certificate\":", &session.certificate)?;
    value(out, ",\"RemoteCertificate\":", &session.remote_certificate)?;
    maybe(out, ",\"Authentication\":", &session.authentication)?;
    maybe(out, ",\"AuthenticatedAs\":", &session.authenticated_as)?;
    value(out, ",\"MessageCount\":", &session.message_count)?;
    list(out, ",\"Sender\":", &session.sender)?;
    list(out, ",\"Recipient\":", &session.recipient)?;
    list(out, ",\"InternetMessageId\":", &session.internet_message_id)?;
    value(out, ",\"OfferedExtensions\":", &session.offered_extensions)?;
    maybe(out, ",\"EndedBy\":", &session.ended_by)?;
    value(out, ",\"Cause\":", &session.cause)?;
    value(out, ",\"Complete\":", &session.complete)?;
    span(out, ",\"LongestGap\":", session.longest_gap)?;
    text(out, ",\"Path\":", &session.path)?;
    out.extend_from_slice(b",\"Line\":");
    let at = out.len();
    value(out, ",\"RecordCount\":", &session.record_count)?;
    if !session.records.is_empty() {
        list(out, ",\"Records\":", &session.records)?;
    }
    out.push(b'}');
    Ok(at)
}

/// A property and its value.
fn value(out: &mut Vec<u8>, name: &str, value: &impl Serialize) -> serde_json::Result<()> {
    out.extend_from_slice(name.as_bytes());
    serde_json::to_writer(out, value)
}

/// A length of time: what is shortest of the doubles nearest to it is all there is of it.
fn span(out: &mut Vec<u8>, name: &str, span: Option<Span>) -> serde_json::Result<()> {
    let millis = span.and_then(|Span(millis)| u32::try_from(millis).ok());
    let Some(millis) = millis.filter(|millis| millis % 1000 > 0) else {
        return value(out, name, &span);
    };
    value(out, name, &(millis / 1000))?;
    let [hundreds, tens, ones] = [millis / 100, millis / 10, millis].map(|digits| digits % 10);
    let digits = [hundreds, tens, ones].map(|digit| u8::try_from(digit).unwrap_or(0) + b'0');
    out.push(b'.');
    out.extend_from_slice(match (tens, ones) {
        (0, 0) => &digits[..1],
        (_, 0) => &digits[..2],
        _ => &digits,
    });
    Ok(())
}

fn maybe(out: &mut Vec<u8>, name: &str, value: &Option<String>) -> serde_json::Result<()> {
    match value {
        Some(value) => text(out, name, value),
        None => self::value(out, name, value),
    }
}

fn list(out: &mut Vec<u8>, name: &str, values: &[String]) -> serde_json::Result<()> {
    out.extend_from_slice(name.as_bytes());
    out.push(b'[');
    for (number, value) in values.iter().enumerate() {
        text(out, if number > 0 { "," } else { "" }, value)?;
    }
    out.push(b']');
    Ok(())
}

fn text(out: &mut Vec<u8>, before: &str, text: &str) -> serde_json::Result<()> {
    out.extend_from_slice(before.as_bytes());
    if !is_plain_in_json(text.as_bytes()) {
        return serde_json::to_writer(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::summary::samples::sessions;

    /// Holds what is written of sessions to what serde_json says.
    fn compare(sessions: Vec<SmtpSession>) {
        let mut lines = Lines::default();
        let written: Vec<_> = sessions.iter().map(|session| lines.add(session).unwrap()).collect();
        assert!(written.last().unwrap().write_to(&mut Vec::new()).is_err(), "it has not ended");
        lines.end();
        for (mut line, session) in written.into_iter().zip(sessions) {
            assert_eq!((line.line, line.cause), (session.line, session.cause));
            for number in [session.line, session.line + 100] {
                line.line = number;
                let mut written = Vec::new();
                line.write_to(&mut written).unwrap();
                let expected = SmtpSession { line: number, ..session.clone() };
                let expected = serde_json::to_string(&expected).unwrap();
                assert_eq!(String::from_utf8_lossy(&written), expected);
            }
        }
    }

    #[test]
    fn says_what_serde_json_says() {
        let sessions = sessions();
        assert!(sessions.len() * 500 > 2 * BLOCK, "more than one block");
        compare(sessions);
    }

    #[test]
    fn lengths_of_time_are_written_as_numbers() {
        let near = |millis: i64| millis - 1100..millis + 1100;
        let largest = i64::from(u32::MAX);
        let spans = near(0).chain(near(14_000)).chain(near(1 << 31)).chain(near(largest));
        let spans = spans.chain([i64::MAX, i64::MIN]);
        let mut session = sessions().swap_remove(0);
        compare(
            spans
                .map(|millis| {
                    session.duration = Some(Span(millis));
                    session.longest_gap = Some(Span(millis / 7));
                    session.clone()
                })
                .collect(),
        );
    }
}
