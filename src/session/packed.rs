//! A session whose texts lie in one piece of memory.
//!
//! A session has some twenty texts. Whoever hands it on to another thread, which looks at it
//! once, would have each of them given back by a thread that has not made it, and that takes
//! longer than to copy them all into one.

use super::shared::Shared;
use super::summary::{SmtpSession, Span};
use crate::failure::cause::Cause;
use crate::log::certificate::Certificate;
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// A text of a [`PackedSession`], which may be missing: [`PackedSession::text`].
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    from: usize,
    to: usize,
}

/// Several of them: [`PackedSession::texts`].
#[derive(Debug, Clone, Copy)]
pub struct Pieces {
    from: usize,
    to: usize,
}

/// An [`SmtpSession`]; its texts are asked for by their places.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // those of SmtpSession
pub struct PackedSession {
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub duration: Option<Span>,
    pub log_type: LogType,
    pub connector: Piece,
    pub session_id: Piece,
    pub local_endpoint: Piece,
    pub remote_endpoint: Piece,
    pub local_host: Piece,
    pub remote_host: Piece,
    pub tls_protocol: Piece,
    pub tls_cipher: Piece,
    pub certificate: Option<Shared<Certificate>>,
    pub remote_certificate: Option<Shared<Certificate>>,
    pub authentication: Piece,
    pub authenticated_as: Piece,
    pub message_count: u32,
    pub sender: Pieces,
    pub recipient: Pieces,
    pub internet_message_id: Pieces,
    pub offered_extensions: Shared<Vec<String>>,
    pub ended_by: Piece,
    pub cause: Option<Cause>,
    pub complete: bool,
    pub longest_gap: Option<Span>,
    pub path: Piece,
    pub line: u64,
    pub record_count: u64,
    pub records: Pieces,
    all: Box<str>,
    listed: Box<[Piece]>,
    count: usize,
}

/// Memory that is kept for the next session; a few sessions with all their records need more.
const KEPT: usize = 64 * 1024;

/// Texts on their way into one.
#[derive(Debug, Default)]
pub struct Packer {
    all: String,
    listed: Vec<Piece>,
    count: usize,
}

impl Packer {
    /// Packs a session.
    pub fn pack(&mut self, session: SmtpSession) -> PackedSession {
        self.all.clear();
        self.all.shrink_to(KEPT);
        self.listed.clear();
        self.count = 0;
        PackedSession {
            start_time: session.start_time,
            end_time: session.end_time,
            duration: session.duration,
            log_type: session.log_type,
            connector: self.maybe(&session.connector),
            session_id: self.maybe(&session.session_id),
            local_endpoint: self.maybe(&session.local_endpoint),
            remote_endpoint: self.maybe(&session.remote_endpoint),
            local_host: self.maybe(&session.local_host),
            remote_host: self.maybe(&session.remote_host),
            tls_protocol: self.maybe(&session.tls_protocol),
            tls_cipher: self.maybe(&session.tls_cipher),
            certificate: session.certificate,
            remote_certificate: session.remote_certificate,
            authentication: self.maybe(&session.authentication),
            authenticated_as: self.maybe(&session.authenticated_as),
            message_count: session.message_count,
            sender: self.list(&session.sender),
            recipient: self.list(&session.recipient),
            internet_message_id: self.list(&session.internet_message_id),
            offered_extensions: session.offered_extensions,
            ended_by: self.maybe(&session.ended_by),
            cause: session.cause,
            complete: session.complete,
            longest_gap: session.longest_gap,
            path: self.text(&session.path),
            line: session.line,
            record_count: session.record_count,
            records: self.list(&session.records),
            all: self.all.as_str().into(),
            listed: self.listed.as_slice().into(),
            count: self.count,
        }
    }

    fn text(&mut self, text: &str) -> Piece {
        let from = self.all.len();
        self.count += 1;
        self.all.push_str(text);
        Piece { from, to: self.all.len() }
    }

    fn maybe(&mut self, text: &Option<String>) -> Piece {
        // No text ends before it begins.
        text.as_ref().map_or(Piece { from: 1, to: 0 }, |text| self.text(text))
    }

    fn list(&mut self, texts: &[String]) -> Pieces {
        let from = self.listed.len();
        for text in texts {
            let piece = self.text(text);
            self.listed.push(piece);
        }
        Pieces { from, to: self.listed.len() }
    }
}

impl PackedSession {
    /// A text; `None` where it is missing.
    pub fn text(&self, piece: Piece) -> Option<&str> {
        self.all.get(piece.from..piece.to)
    }

    /// Several texts.
    pub fn texts(&self, pieces: Pieces) -> impl ExactSizeIterator<Item = &str> {
        let pieces = self.listed.get(pieces.from..pieces.to).unwrap_or_default();
        pieces.iter().map(|piece| self.text(*piece).unwrap_or_default())
    }

    /// Bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.all.len()
    }

    /// How many texts there are, and how many of them in lists.
    pub fn counts(&self) -> (usize, usize) {
        (self.count, self.listed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::summary::samples;

    /// The session that was packed.
    fn unpacked(packed: &PackedSession) -> SmtpSession {
        let text = |piece| packed.text(piece).map(str::to_owned);
        let list = |pieces| packed.texts(pieces).map(str::to_owned).collect();
        SmtpSession {
            start_time: packed.start_time,
            end_time: packed.end_time,
            duration: packed.duration,
            log_type: packed.log_type,
            connector: text(packed.connector),
            session_id: text(packed.session_id),
            local_endpoint: text(packed.local_endpoint),
            remote_endpoint: text(packed.remote_endpoint),
            local_host: text(packed.local_host),
            remote_host: text(packed.remote_host),
            tls_protocol: text(packed.tls_protocol),
            tls_cipher: text(packed.tls_cipher),
            certificate: packed.certificate.clone(),
            remote_certificate: packed.remote_certificate.clone(),
            authentication: text(packed.authentication),
            authenticated_as: text(packed.authenticated_as),
            message_count: packed.message_count,
            sender: list(packed.sender),
            recipient: list(packed.recipient),
            internet_message_id: list(packed.internet_message_id),
            offered_extensions: packed.offered_extensions.clone(),
            ended_by: text(packed.ended_by),
            cause: packed.cause,
            complete: packed.complete,
            longest_gap: packed.longest_gap,
            path: packed.text(packed.path).unwrap().to_owned(),
            line: packed.line,
            record_count: packed.record_count,
            records: list(packed.records),
        }
    }

    #[test]
    fn nothing_is_lost() {
        let mut packer = Packer::default();
        for mut session in samples::sessions() {
            // So that no text is taken for another one.
            for (number, text) in [
                &mut session.connector,
                &mut session.session_id,
                &mut session.local_endpoint,
                &mut session.remote_endpoint,
                &mut session.local_host,
                &mut session.remote_host,
                &mut session.tls_protocol,
                &mut session.tls_cipher,
                &mut session.authentication,
                &mut session.authenticated_as,
                &mut session.ended_by,
            ]
            .into_iter()
            .enumerate()
            {
                text.iter_mut().for_each(|text| text.push_str(&number.to_string()));
            }
            let lists = [
                &mut session.sender,
                &mut session.recipient,
                &mut session.internet_message_id,
                &mut session.records,
            ];
            for text in lists.into_iter().flatten().enumerate() {
                text.1.push_str(&text.0.to_string());
            }
            let packed = packer.pack(session.clone());
            assert_eq!(unpacked(&packed), session);
        }
    }
}
