//! A session as a line of JSON, written where the session was read.
//!
//! To write it takes a third as long as to read it, and a session has some twenty texts.
//! Written by the thread that has read it, on all cores at once, and those texts are given
//! back to the memory they came from; one block of bytes is all that is handed over.
//!
//! serde_json writes the values. Names of properties and texts in which nothing has to be
//! escaped are copied here: it would look at each byte of them, for half of all the time.

use std::io::{self, Write};

use serde::Serialize;

use super::summary::SmtpSession;
use crate::failure::cause::Cause;
use crate::text::is_plain_in_json;

/// A session as JSON, without a line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// [`SmtpSession::line`]
    pub line: u64,
    /// [`SmtpSession::cause`]
    pub cause: Option<Cause>,
    text: Box<[u8]>,
    /// Where in the text the number of the line belongs: whoever reads a part of a file
    /// does not know how many lines stand before it.
    at: usize,
}

impl SessionLine {
    /// Of a session; `scratch` is memory to write it in.
    pub fn new(session: &SmtpSession, scratch: &mut Vec<u8>) -> serde_json::Result<Self> {
        scratch.clear();
        let at = write(session, scratch)?;
        Ok(SessionLine { line: session.line, cause: session.cause, text: scratch[..].into(), at })
    }

    /// Writes it out.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let (before, after) = self.text.split_at(self.at);
        out.write_all(before)?;
        write!(out, "{}", self.line)?;
        out.write_all(after)
    }
}

/// Writes what serde_json would write of a session, but the number of its line; gives its place.
fn write(session: &SmtpSession, out: &mut Vec<u8>) -> serde_json::Result<usize> {
    value(out, "{\"StartTime\":", &session.start_time)?;
    value(out, ",\"EndTime\":", &session.end_time)?;
    value(out, ",\"Duration\":", &session.duration)?;
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
    value(out, ",\"LongestGap\":", &session.longest_gap)?;
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

fn maybe(out: &mut Vec<u8>, name: &str, value: &Option<String>) -> serde_json::Result<()> {
    match value {
        Some(value) => text(out, name, value),
        None => {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"null");
            Ok(())
        }
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

    #[test]
    fn says_what_serde_json_says() {
        for session in sessions() {
            let mut line = SessionLine::new(&session, &mut b"before".to_vec()).unwrap();
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
}
