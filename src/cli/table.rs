//! The columns of the tables, and their rows.

use std::borrow::Cow;

use exchange_tls::failure::ConnectorFailure;
use exchange_tls::session::summary::SmtpSession;
use exchange_tls::timestamp::Timestamp;

/// A column: fixed in width, so that rows can be written as they are found.
pub struct Column {
    pub name: &'static str,
    pub width: usize,
}

impl Column {
    /// The text as it fits: cut text ends in `~`.
    pub fn fit<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match text.char_indices().nth(self.width) {
            None => Cow::Borrowed(text),
            Some(_) => {
                let cut: String = text.chars().take(self.width - 1).collect();
                Cow::Owned(cut + "~")
            }
        }
    }
}

/// The cells of a row.
pub type Row = Vec<String>;

/// A column of its own table.
pub const fn column(name: &'static str, width: usize) -> Column {
    Column { name, width }
}

/// The table of failures; 119 characters wide at most.
pub const FAILURES: [Column; 6] = [
    column("Time", 20),
    column("Connector", 24),
    column("Remote", 28),
    column("Stage", 15),
    column("Cause", 27),
    column("Error", 24),
];

/// The table of sessions.
pub const SESSIONS: [Column; 7] = [
    column("StartTime", 20),
    column("Duration", 9),
    column("Connector", 24),
    column("Remote", 28),
    column("Tls", 6),
    column("Messages", 8),
    column("Cause", 27),
];

pub fn failure_row(failure: &ConnectorFailure) -> Row {
    vec![
        time(failure.time),
        failure.connector.clone().unwrap_or_default(),
        remote(failure.remote_host.as_ref(), failure.remote_endpoint.as_ref()),
        failure.stage.name().to_owned(),
        failure.cause.name().to_owned(),
        failure.error.clone().unwrap_or_default(),
    ]
}

pub fn session_row(session: &SmtpSession) -> Row {
    vec![
        time(session.start_time),
        session
            .duration
            .map(|span| format!("{}.{:03}s", span.0 / 1000, span.0.rem_euclid(1000)))
            .unwrap_or_default(),
        session.connector.clone().unwrap_or_default(),
        remote(session.remote_host.as_ref(), session.remote_endpoint.as_ref()),
        session.tls_protocol.clone().unwrap_or_default(),
        session.message_count.to_string(),
        session.cause.map(|cause| cause.name().to_owned()).unwrap_or_default(),
    ]
}

/// To the second; JSON has the milliseconds.
pub fn seconds(time: Timestamp) -> String {
    let text = time.to_string();
    text.split_once('.').map_or(text.clone(), |(whole, _)| format!("{whole}Z"))
}

fn time(time: Option<Timestamp>) -> String {
    time.map(seconds).unwrap_or_default()
}

fn remote(host: Option<&String>, endpoint: Option<&String>) -> String {
    host.or(endpoint).cloned().unwrap_or_default()
}
