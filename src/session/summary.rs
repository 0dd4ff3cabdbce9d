//! A session as users see it: the properties of `ExchangeTls.SmtpSession`.

use serde::{Serialize, Serializer};

use super::seen::{Logged, Seen};
use super::shared::Shared;
use super::Session;
use crate::failure::cause::Cause;
use crate::log::certificate::Certificate;
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// A length of time in milliseconds; written to JSON in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (seconds, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 {
            return serializer.serialize_i64(seconds);
        }
        // Milliseconds of an i32's worth of seconds are exact in a double; divided last, they
        // give the double that is nearest, and that is written with no more than three digits.
        serializer.serialize_f64(i32::try_from(seconds).map_or(f64::MAX, |whole| {
            (f64::from(whole) * 1000.0 + f64::from(i32::try_from(rest).unwrap_or(0))) / 1000.0
        }))
    }
}

/// One session of a log, failed or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SmtpSession {
    /// Time of the first record.
    pub start_time: Option<Timestamp>,
    /// Time of the last record.
    pub end_time: Option<Timestamp>,
    /// From the first record to the last.
    pub duration: Option<Span>,
    /// Which side wrote the log.
    pub log_type: LogType,
    /// The connector, as logged.
    pub connector: Option<String>,
    /// The session id, as logged.
    pub session_id: Option<String>,
    /// This server's address and port.
    pub local_endpoint: Option<String>,
    /// The peer's address and port.
    pub remote_endpoint: Option<String>,
    /// The name this server gave in banner or EHLO.
    pub local_host: Option<String>,
    /// The name the peer gave in banner or EHLO.
    pub remote_host: Option<String>,
    /// `TLS1.2`; empty where no TLS was negotiated.
    pub tls_protocol: Option<String>,
    /// The bulk encryption algorithm, as logged.
    pub tls_cipher: Option<String>,
    /// The certificate this server sent.
    pub certificate: Option<Shared<Certificate>>,
    /// The certificate the peer sent.
    pub remote_certificate: Option<Shared<Certificate>>,
    /// The mechanism of AUTH or X-EXPS.
    pub authentication: Option<String>,
    /// Who authenticated.
    pub authenticated_as: Option<String>,
    /// Messages accepted.
    pub message_count: u32,
    /// Reverse-paths.
    pub sender: Vec<String>,
    /// Forward-paths.
    pub recipient: Vec<String>,
    /// Message ids.
    pub internet_message_id: Vec<String>,
    /// EHLO keywords of the last greeting.
    pub offered_extensions: Shared<Vec<String>>,
    /// The context of the record that ends the session.
    pub ended_by: Option<String>,
    /// Why it failed; empty where nothing failed.
    pub cause: Option<Cause>,
    /// Neither start nor end is missing.
    pub complete: bool,
    /// The longest silence between two records.
    pub longest_gap: Option<Span>,
    /// The file of the first record.
    pub path: String,
    /// The line of the first record.
    pub line: u64,
    /// How many records the session has.
    pub record_count: u64,
    /// The records, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

impl SmtpSession {
    /// From a session that sees no more records; `cause` is what a judgement of it gave.
    pub fn new(session: Session, cause: Option<Cause>, path: String, seen: &mut Seen) -> Self {
        let complete = session.is_complete();
        let span = session
            .origin
            .time
            .zip(session.end)
            .map(|(start, end)| Span(end.unix_millis() - start.unix_millis()));
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let envelope = session.envelope.map(|envelope| *envelope).unwrap_or_default();
        let tls = session.tls.as_deref();
        let mut certificate = |logged: Option<Logged>| Some(seen.logged(logged?));
        SmtpSession {
            start_time: session.origin.time,
            end_time: session.end,
            duration: span,
            log_type: session.log_type,
            connector: filled(session.connector),
            session_id: filled(session.id),
            local_endpoint: filled(session.local),
            remote_endpoint: filled(session.remote),
            local_host: session.local_host,
            remote_host: session.remote_host,
            tls_protocol: tls.map(|tls| tls.protocol.clone()),
            tls_cipher: tls.and_then(|tls| tls.cipher.clone()),
            certificate: certificate(session.own_certificate),
            remote_certificate: certificate(session.peer_certificate),
            authentication: session.mechanism,
            authenticated_as: session.authenticated_as,
            message_count: session.message_count,
            sender: envelope.senders,
            recipient: envelope.recipients,
            internet_message_id: envelope.message_ids,
            offered_extensions: seen.keywords(&session.greeting),
            ended_by: session.ended_by.and_then(filled),
            cause,
            complete,
            longest_gap: span.map(|_| Span(session.longest_gap)),
            path,
            line: session.origin.line,
            record_count: session.record_count,
            records: session.records,
        }
    }
}

/// Sessions for tests.
#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::failure::cause::CAUSES;

    /// One of which all is missing that may be, and of every cause some with texts of all kinds.
    pub fn sessions() -> Vec<SmtpSession> {
        let texts = [
            "",
            "plain",
            "\"",
            "a\\b",
            "\t",
            "\u{1F}",
            "\u{7F}",
            "Z\u{fc}rich",
            "\u{1F4E7}",
            "\",\"Line\":1",
        ];
        let full = |text: &'static str| CAUSES.iter().map(move |info| session(text, info.cause));
        [empty()].into_iter().chain(texts.into_iter().flat_map(full)).collect()
    }

    /// A session of which every text is this one and nothing is missing.
    fn session(text: &str, cause: Cause) -> SmtpSession {
        let texts = |count: usize| vec![text.to_owned(); count];
        let (some, time) =
            (|| Some(text.to_owned()), Some(Timestamp::from_unix_millis(1_704_449_700_123)));
        let certificate =
            || Some(Shared::new(Certificate { subject: some(), ..Certificate::default() }));
        SmtpSession {
            start_time: time,
            end_time: time,
            duration: Some(Span(61_250)),
            log_type: LogType::Receive,
            connector: some(),
            session_id: some(),
            local_endpoint: some(),
            remote_endpoint: some(),
            local_host: some(),
            remote_host: some(),
            tls_protocol: some(),
            tls_cipher: some(),
            certificate: certificate(),
            remote_certificate: certificate(),
            authentication: some(),
            authenticated_as: some(),
            message_count: u32::MAX,
            sender: texts(1),
            recipient: texts(3),
            internet_message_id: texts(2),
            offered_extensions: Shared::new(texts(2)),
            ended_by: some(),
            cause: Some(cause),
            complete: true,
            longest_gap: Some(Span(5)),
            path: text.to_owned(),
            line: 7,
            record_count: 9,
            records: texts(2),
        }
    }

    /// One of which all is missing that may be.
    fn empty() -> SmtpSession {
        SmtpSession {
            start_time: None,
            end_time: None,
            duration: None,
            log_type: LogType::Send,
            connector: None,
            session_id: None,
            local_endpoint: None,
            remote_endpoint: None,
            local_host: None,
            remote_host: None,
            tls_protocol: None,
            tls_cipher: None,
            certificate: None,
            remote_certificate: None,
            authentication: None,
            authenticated_as: None,
            message_count: 0,
            sender: Vec::new(),
            recipient: Vec::new(),
            internet_message_id: Vec::new(),
            offered_extensions: Shared::new(Vec::new()),
            ended_by: None,
            cause: None,
            complete: false,
            longest_gap: None,
            path: String::new(),
            line: 0,
            record_count: 0,
            records: Vec::new(),
        }
    }
}
