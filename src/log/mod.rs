//! SMTP protocol logs: from bytes to records.
//!
//! A protocol log is a text file of comma-separated values with a header of
//! `#` lines. Exchange Server 2007 and all later versions write nine columns:
//! `date-time,connector-id,session-id,sequence-number,local-endpoint,`
//! `remote-endpoint,event,data,context` (Microsoft: "Protocol logging").
//! The modules stand bottom-up: [`files`] finds the files, [`source`] opens one,
//! both with [`patience`] where a path may stall, [`lines`] cuts them
//! into lines, [`header`] and [`record`] read one line, [`pasted`] reads lines
//! that lost columns on their way into a ticket.

pub mod certificate;
pub mod files;
pub mod greeting;
pub mod header;
pub mod lines;
pub mod pasted;
pub mod patience;
pub mod record;
pub mod source;

use std::fmt;

use serde::{Serialize, Serializer};

/// Which side of the server wrote the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogType {
    /// `SMTP Send Protocol Log`: this server is the client, a send connector is at work.
    Send,
    /// `SMTP Receive Protocol Log`: this server answers on a receive connector.
    Receive,
}

impl LogType {
    /// The word users read.
    pub fn name(self) -> &'static str {
        match self {
            LogType::Send => "Send",
            LogType::Receive => "Receive",
        }
    }
}

impl fmt::Display for LogType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for LogType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
