//! From a session to the failure of a connector: stage, cause, and what to do.
//!
//! [`cause`] holds the closed list, [`words`] and [`reply`] read what the logs
//! and the peers say, [`judge`] decides what a finished session amounts to,
//! [`advice`] says it in words an admin can act on.

pub mod advice;
pub mod cause;
pub mod judge;
pub mod lower;
pub mod remedy;
pub mod reply;
pub mod words;

use serde::Serialize;

use crate::log::certificate::Certificate;
use crate::log::LogType;
use crate::session::{Mark, Session};
use crate::timestamp::Timestamp;
use cause::{Cause, Stage};

/// One failed session: the properties of `ExchangeTls.ConnectorFailure`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorFailure {
    /// Time of the record that shows the failure.
    pub time: Option<Timestamp>,
    /// Time of the first record of the session.
    pub start_time: Option<Timestamp>,
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
    /// The name the peer gave in banner or EHLO.
    pub remote_host: Option<String>,
    /// How far the session came.
    pub stage: Stage,
    /// Why it failed.
    pub cause: Cause,
    /// The word as logged.
    pub error: Option<String>,
    /// The SMTP reply that shows it, whole.
    pub reply: Option<String>,
    /// The certificate this server sent.
    pub certificate: Option<Certificate>,
    /// The certificate the peer sent.
    pub remote_certificate: Option<Certificate>,
    /// `TLS1.2`; empty where no TLS was negotiated.
    pub tls_protocol: Option<String>,
    /// The auth level that was to be reached.
    pub auth_level: Option<String>,
    /// EHLO keywords of the last greeting before the failure.
    pub offered_extensions: Vec<String>,
    /// What happened, in one or two sentences.
    pub diagnosis: String,
    /// Ready commands, in order.
    pub remedy: Vec<String>,
    /// Article numbers or links.
    pub reference: Vec<String>,
    /// Neither start nor end of the session is missing.
    pub complete: bool,
    /// The file of the failing record.
    pub path: String,
    /// The line of the failing record.
    pub line: u64,
    /// The records of the session, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

impl ConnectorFailure {
    /// From a session and the mark that shows its failure.
    pub fn new(mut session: Session, mark: Mark, path: String) -> Self {
        let certificates = session.take_certificates();
        let advice = advice::advise(&session, &mark, &certificates);
        let complete = session.is_complete();
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        ConnectorFailure {
            time: mark.place.time,
            start_time: session.origin.time,
            log_type: session.log_type,
            connector: filled(session.connector),
            session_id: filled(session.id),
            local_endpoint: filled(session.local),
            remote_endpoint: filled(session.remote),
            remote_host: session.remote_host,
            stage: mark.stage,
            cause: mark.cause,
            error: mark.error,
            reply: mark.reply,
            certificate: certificates.own,
            remote_certificate: certificates.peer,
            tls_protocol: session.tls.map(|tls| tls.protocol.clone()),
            auth_level: mark.auth_level,
            offered_extensions: mark.offered,
            diagnosis: advice.diagnosis,
            remedy: advice.remedy,
            reference: advice.reference,
            complete,
            path,
            line: mark.place.line,
            records: session.records,
        }
    }
}
