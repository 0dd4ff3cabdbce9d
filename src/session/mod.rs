//! SMTP sessions: what the records of one connection add up to.
//!
//! [`table`] puts records together into sessions, [`dialogue`] follows commands
//! and replies, [`information`] reads the `*` records. What is kept of a session
//! is what a failure or a summary of it needs, not its records: memory must
//! not grow with the length of a session.

pub mod bearing;
pub mod commands;
pub mod dialogue;
pub mod information;
pub mod line;
pub mod packed;
pub mod seen;
pub mod shared;
pub mod summary;
pub mod table;

use std::sync::Arc;

use crate::failure::cause::{Cause, Stage};
use crate::log::certificate::{Owner, Pair};
use crate::log::greeting::Greeting;
use crate::log::header::Column;
use crate::log::record::{Event, Record};
use crate::log::LogType;
use crate::text::clean;
use crate::timestamp::Timestamp;

use commands::Command;
use seen::{Logged, Seen};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Which file, as a number of the scan.
    pub file: usize,
    /// Which line, counted from 1.
    pub line: u64,
    /// The time of the record.
    pub time: Option<Timestamp>,
}

/// What of a session is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Senders, recipients and message ids: only summaries show them.
    pub envelope: bool,
    /// The records themselves.
    pub records: bool,
}

/// Longest value kept of a field. Names, endpoints and replies of real sessions
/// stay far below; the bound keeps a hostile session from taking the memory.
const MAX_VALUE: usize = 4096;

/// Most values kept of a list (recipients of a session, say). Exchange ends a
/// session after far fewer messages than this.
const MAX_VALUES: usize = 1000;

/// Most records kept of a session, where they are asked for.
const MAX_RECORDS: usize = 10_000;

/// A sign of failure, with the record that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it names.
    pub cause: Cause,
    /// Where the session stood.
    pub stage: Stage,
    /// A text or word named the cause itself; false where only the place of a
    /// refusal in the session tells it.
    pub named: bool,
    /// The word as logged.
    pub error: Option<String>,
    /// The reply that shows it.
    pub reply: Option<String>,
    /// The auth level that was to be reached.
    pub auth_level: Option<String>,
    /// What the last greeting before it offered.
    pub offered: Vec<String>,
    /// The record that shows it.
    pub place: Place,
}

/// A TLS negotiation that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `TLS1.2`
    pub protocol: String,
    /// `CALG_AES_256`
    pub cipher: Option<String>,
}

/// How far TLS has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Handshake {
    /// Not asked for, or refused.
    #[default]
    None,
    /// STARTTLS was answered with 220; the handshake is under way.
    UnderWay,
    /// The log tells how it ended.
    Done,
}

/// A mail transaction (RFC 5321 3.3) that is not finished.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Transaction {
    pub accepted: u32,
    pub refused: u32,
}

/// Who wrote to whom in a session.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// Reverse-paths of MAIL.
    pub senders: Vec<String>,
    /// Forward-paths of RCPT.
    pub recipients: Vec<String>,
    /// InternetMessageIds.
    pub message_ids: Vec<String>,
}

/// One session, as far as its records have been read.
#[derive(Debug, Clone)]
pub struct Session {
    /// Which side wrote the log.
    pub log_type: LogType,
    /// Number of the folder the log stands in.
    pub folder: usize,
    /// connector-id
    pub connector: String,
    /// session-id
    pub id: String,
    /// local-endpoint
    pub local: String,
    /// remote-endpoint
    pub remote: String,
    /// The name this server gave.
    pub local_host: Option<String>,
    /// The name the peer gave.
    pub remote_host: Option<String>,
    /// The first record.
    pub origin: Place,
    /// The time of the last record.
    pub end: Option<Timestamp>,
    /// Longest silence between two records, in milliseconds.
    pub longest_gap: i64,
    /// How many records it has.
    pub record_count: u64,
    /// The first record is the start of the session.
    pub begun: bool,
    /// The context of `-`, once it came.
    pub ended_by: Option<String>,
    /// The certificate this server sent.
    pub own_certificate: Option<Logged>,
    /// The certificate the peer sent.
    pub peer_certificate: Option<Logged>,
    /// TLS, where it succeeded.
    pub tls: Option<Arc<Tls>>,
    /// The mechanism of AUTH or X-EXPS.
    pub mechanism: Option<String>,
    /// Who authenticated.
    pub authenticated_as: Option<String>,
    /// The last greeting.
    pub greeting: Greeting,
    /// Messages accepted.
    pub message_count: u32,
    /// Senders, recipients and message ids, where they are kept.
    pub envelope: Option<Box<Envelope>>,
    /// The records themselves, where they are kept.
    pub records: Vec<String>,
    /// The failure of the connection, as far as it is not made good.
    pub failure: Option<Box<Mark>>,
    /// The first refusal of a message or recipient.
    pub rejection: Option<Box<Mark>>,
    /// A reply that announced the end of the connection.
    pub closing: Option<Box<Mark>>,
    /// The record of `-`.
    pub ended_at: Place,
    /// Kept by whoever asks by it whether a record belongs to this session.
    pub(crate) last_sequence: Option<u64>,
    pub(crate) connected: bool,
    pub(crate) greeted: bool,
    pub(crate) quit: bool,
    pub(crate) handshake: Handshake,
    pub(crate) authenticating: bool,
    pub(crate) transaction: Option<Transaction>,
    pub(crate) pending: Vec<Command>,
    pub(crate) reply_lines: String,
    pub(crate) reply_line_count: u32,
    pub(crate) certificate_owner: Owner,
    /// Bytes kept on the heap, roughly.
    pub(crate) weight: usize,
}

impl Session {
    /// A session whose first record is this one.
    pub fn new(log_type: LogType, folder: usize, record: &Record<'_>, place: Place) -> Self {
        let field = |column| clean(limit(record.get(column)));
        let (connector, id) = (field(Column::Connector), field(Column::Session));
        let sequence = record.sequence();
        let begun = sequence == Some(0)
            || record.event() == Event::Connect
                && (log_type == LogType::Receive || sequence.is_none())
            || sequence.is_none() && information::is_start_of_send(record);
        Session {
            weight: connector.len() + id.len() + std::mem::size_of::<Session>(),
            log_type,
            folder,
            connector,
            id,
            local: String::new(),
            remote: String::new(),
            local_host: None,
            remote_host: None,
            origin: place,
            end: place.time,
            longest_gap: 0,
            record_count: 0,
            begun,
            ended_by: None,
            own_certificate: None,
            peer_certificate: None,
            tls: None,
            mechanism: None,
            authenticated_as: None,
            greeting: Greeting::default(),
            message_count: 0,
            envelope: None,
            records: Vec::new(),
            failure: None,
            rejection: None,
            closing: None,
            ended_at: Place::default(),
            last_sequence: None,
            connected: false,
            greeted: false,
            quit: false,
            handshake: Handshake::None,
            authenticating: false,
            transaction: None,
            pending: Vec::new(),
            reply_lines: String::new(),
            reply_line_count: 0,
            certificate_owner: Owner::Own,
        }
    }

    /// Takes in the next record of this session; `line` is its text as it stands in the file.
    pub fn take(
        &mut self,
        record: &Record<'_>,
        line: &[u8],
        place: Place,
        keep: Keep,
        seen: &mut Seen,
    ) {
        self.record_count += 1;
        if let (Some(now), Some(before)) = (place.time, self.end) {
            self.longest_gap = self.longest_gap.max(now.unix_millis() - before.unix_millis());
        }
        self.end = place.time.or(self.end);
        self.endpoints(record);
        if keep.records && self.records.len() < MAX_RECORDS {
            let line = self.kept(line);
            self.records.push(line);
        }
        match record.event() {
            Event::Connect => self.connect(),
            Event::Disconnect => {
                self.ended_by = Some(self.kept(record.information()));
                self.ended_at = place;
            }
            Event::Sent | Event::Received => {
                let from_client =
                    (record.event() == Event::Sent) == (self.log_type == LogType::Send);
                if from_client {
                    self.command(record.data(), keep);
                } else {
                    self.reply(record.data(), place);
                }
            }
            Event::Information => self.information(record, place, keep, seen),
        }
    }

    /// A connection is made: what failed before was one of several tries.
    fn connect(&mut self) {
        if self.connected {
            self.failure = None;
            self.closing = None;
            self.transaction = None;
            self.tls = None;
            self.pending.clear();
            self.handshake = Handshake::None;
            (self.greeted, self.authenticating) = (false, false);
        }
        self.connected = true;
        self.make_good(&[Stage::Dns, Stage::Connect]);
    }

    /// The session's last endpoints: a send connector may try several addresses.
    fn endpoints(&mut self, record: &Record<'_>) {
        if record.keeps_endpoints() {
            return;
        }
        for (column, kept) in [(Column::Local, &mut self.local), (Column::Remote, &mut self.remote)]
        {
            let bytes = limit(record.get(column));
            if !bytes.is_empty() && kept.as_bytes() != bytes {
                *kept = clean(bytes);
                self.weight += kept.len();
            }
        }
    }

    /// A value of a record as text, within the bound; counted as kept.
    pub(crate) fn kept(&mut self, bytes: &[u8]) -> String {
        let text = clean(limit(bytes));
        self.weight += text.len();
        text
    }

    /// A sign of failure: the first one stands, but one that names its cause
    /// takes the place of one that only the circumstances tell.
    pub(crate) fn fail(&mut self, mut mark: Mark) {
        match &mut self.failure {
            Some(first) if first.cause == mark.cause => {
                // The same failure told twice (a reply and an information record): each adds what it knows.
                first.error = first.error.take().or(mark.error);
                first.reply = first.reply.take().or(mark.reply);
                first.auth_level = first.auth_level.take().or(mark.auth_level);
            }
            Some(first) if first.named || !mark.named => {}
            _ => {
                mark.offered = self.greeting.keywords();
                self.weight += std::mem::size_of::<Mark>();
                self.failure = Some(Box::new(mark));
            }
        }
    }

    /// The session got past these stages: a failure there was one of a try.
    pub(crate) fn make_good(&mut self, stages: &[Stage]) {
        if self.failure.as_ref().is_some_and(|mark| stages.contains(&mark.stage)) {
            self.failure = None;
        }
    }

    /// Takes the certificates out.
    pub fn take_certificates(&mut self) -> Pair {
        let read = |logged: Option<Logged>| logged.map(Logged::read);
        Pair { own: read(self.own_certificate.take()), peer: read(self.peer_certificate.take()) }
    }

    /// Neither the start nor the end of the session is missing.
    pub fn is_complete(&self) -> bool {
        self.begun && (self.ended_by.is_some() || self.is_failed_connect())
    }

    /// The connection was never made: no `-` will come.
    pub fn is_failed_connect(&self) -> bool {
        !self.connected
            && self
                .failure
                .as_ref()
                .is_some_and(|mark| matches!(mark.stage, Stage::Dns | Stage::Connect))
    }
}

fn limit(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(MAX_VALUE)]
}

/// A certificate's record holds up to some 250 names of up to 253 characters.
pub(crate) fn limit_certificate(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(16 * MAX_VALUE)]
}

/// Adds a value to a list once, within the bound.
pub(crate) fn add_once(list: &mut Vec<String>, value: String) {
    if list.len() < MAX_VALUES && !list.contains(&value) {
        list.push(value);
    }
}

impl Mark {
    /// A mark without words.
    pub(crate) fn new(cause: Cause, stage: Stage, place: Place) -> Self {
        Mark {
            cause,
            stage,
            named: true,
            error: None,
            reply: None,
            auth_level: None,
            offered: Vec::new(),
            place,
        }
    }
}
