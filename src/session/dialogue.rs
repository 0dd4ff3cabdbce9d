//! Commands and replies: follows a session the way RFC 5321 runs it.
//!
//! Exchange pipelines (RFC 2920), so replies are matched to commands in order.
//! A reply that refuses is judged by its text first and by the command it
//! answers second.

use super::commands::{argument, path, Command};
use super::{add_once, Envelope, Handshake, Keep, Mark, Place, Session, Transaction};
use crate::failure::cause::{Cause, Stage};
use crate::failure::reply::{self, named_cause, Reply, Speaker};
use crate::log::greeting;
use crate::log::LogType;
use crate::text::clean;

/// Most commands waiting for a reply. Exchange pipelines one transaction, at
/// most a few thousand recipients; further ones are not followed.
const MAX_PENDING: usize = 8192;

/// Longest reply kept whole; RFC 5321 4.5.3.1.5 allows 512 octets a line.
const MAX_REPLY: usize = 4096;

/// Everything below the mail transaction: an accepted MAIL shows that the session got past it.
const BEFORE_MAIL: [Stage; 5] =
    [Stage::Greeting, Stage::StartTls, Stage::TlsHandshake, Stage::PeerCertificate, Stage::Session];

impl Session {
    /// A line from the client.
    pub(crate) fn command(&mut self, line: &[u8], keep: Keep) {
        let command = Command::parse(line);
        if command == Command::Other && self.authenticating {
            return; // a step of the SASL exchange (RFC 4954 4), not a command
        }
        if self.handshake == Handshake::UnderWay {
            // Up to Exchange 2010 no record says that TLS succeeded; that the talk goes on does.
            self.handshake = Handshake::Done;
            self.make_good(&[Stage::StartTls, Stage::TlsHandshake]);
        }
        match command {
            Command::Hello => {
                let name = argument(line).map(|name| self.kept(name));
                match self.log_type {
                    LogType::Send => self.local_host = name.or(self.local_host.take()),
                    LogType::Receive => self.remote_host = name.or(self.remote_host.take()),
                }
            }
            Command::Auth => {
                self.authenticating = true;
                self.mechanism = argument(line).map(|name| self.kept(name));
            }
            Command::Mail => self.transaction = Some(Transaction::default()),
            Command::Quit => self.quit = true,
            Command::Reset => self.transaction = None,
            _ => {}
        }
        if keep.envelope && matches!(command, Command::Mail | Command::Rcpt) {
            if let Some(address) = path(line).filter(|address| !address.is_empty()) {
                let address = self.kept(address);
                let envelope = self.envelope.get_or_insert_with(Box::<Envelope>::default);
                let list = if command == Command::Mail {
                    &mut envelope.senders
                } else {
                    &mut envelope.recipients
                };
                add_once(list, address);
            }
        }
        if self.pending.len() < MAX_PENDING {
            self.pending.push(command);
        }
    }

    /// A line from the server.
    pub(crate) fn reply(&mut self, line: &[u8], place: Place) {
        let Some(reply) = Reply::parse(line) else { return };
        let greets = reply.code == 250 && self.is_greeting(reply, &line[reply.text_at..]);
        if greets {
            self.greeting_line(reply, &line[reply.text_at..]);
        }
        let mut whole = None;
        if reply.is_refusal() && self.reply_lines.len() < MAX_REPLY {
            let text = self.kept(line);
            if self.reply_line_count > 0 {
                self.reply_lines.push('\n');
            }
            self.reply_lines.push_str(&text);
        }
        self.reply_line_count += 1;
        if reply.continued {
            return;
        }
        self.reply_line_count = 0;
        if reply.is_refusal() {
            whole = Some(std::mem::take(&mut self.reply_lines));
        }
        self.reply_lines.clear();
        let command = self.answered(reply);
        match whole {
            Some(text) => self.refused(command, reply, text, place),
            None => self.accepted(command, reply, line),
        }
    }

    /// Which command a final reply answers; `None` for the banner and for what nobody asked.
    fn answered(&mut self, reply: Reply) -> Option<Command> {
        if self.pending.is_empty() {
            return None;
        }
        let command = self.pending.remove(0);
        match (command, reply.code) {
            (Command::Auth, 334) => self.pending.insert(0, Command::Auth),
            (Command::Data, 354) => self.pending.insert(0, Command::Body),
            (Command::Auth, _) => self.authenticating = false,
            _ => {}
        }
        Some(command)
    }

    /// Whether a 250 answers EHLO: the command was seen, or it was not and the
    /// reply looks like nothing else.
    fn is_greeting(&self, reply: Reply, text: &[u8]) -> bool {
        match self.pending.first() {
            Some(command) => *command == Command::Hello,
            None => {
                reply.continued
                    || self.reply_line_count > 0
                    || !greeting::split_joined(&clean(text)).is_empty()
            }
        }
    }

    fn greeting_line(&mut self, reply: Reply, text: &[u8]) {
        if self.reply_line_count > 0 {
            return self.weight += self.greeting.add_line(text);
        }
        self.weight += self.greeting.begin(text, reply.continued);
        if let (LogType::Send, None) = (self.log_type, &self.remote_host) {
            let name = text.split(|byte| *byte == b' ').find(|word| !word.is_empty());
            self.remote_host = name.map(|name| self.kept(name));
        }
    }

    fn accepted(&mut self, command: Option<Command>, reply: Reply, line: &[u8]) {
        match command {
            None if reply.code == 220 && !self.greeted => {
                self.greeted = true;
                let name =
                    line[reply.text_at..].split(|byte| *byte == b' ').find(|word| !word.is_empty());
                let name = name.map(|name| self.kept(name));
                match self.log_type {
                    LogType::Send => self.remote_host = name,
                    LogType::Receive => self.local_host = name,
                }
            }
            Some(Command::Hello) => self.make_good(&[Stage::Greeting]),
            Some(Command::StartTls) if reply.code == 220 => {
                self.handshake = Handshake::UnderWay;
                // RFC 3207 4.2: what was said before TLS counts no more.
                self.pending.clear();
            }
            Some(Command::Auth) if reply.code == 235 => self.make_good(&[Stage::Authentication]),
            Some(Command::Mail) => self.make_good(&BEFORE_MAIL),
            Some(Command::Rcpt) => {
                self.make_good(&[Stage::Authentication]);
                if let Some(transaction) = &mut self.transaction {
                    transaction.accepted += 1;
                }
            }
            Some(Command::Body | Command::LastChunk) => {
                self.message_count = self.message_count.saturating_add(1);
                self.transaction = None;
                self.make_good(&[Stage::Authentication, Stage::Greeting]);
            }
            _ => {}
        }
    }

    fn refused(&mut self, command: Option<Command>, reply: Reply, text: String, place: Place) {
        let speaker = if self.log_type == LogType::Send { Speaker::Peer } else { Speaker::Own };
        let in_mail = command.is_some_and(Command::is_mail);
        let throttled = reply::is_throttled(reply, &text);
        let closes = !throttled && reply::closes_connection(reply);
        if in_mail && !closes {
            self.refused_transaction(command);
        }
        if let Some(verdict) = named_cause(&text, speaker) {
            let mark = Mark {
                error: verdict.error,
                reply: Some(text),
                ..Mark::new(verdict.cause, verdict.stage, place)
            };
            return self.fail(mark);
        }
        let offered = self.greeting.keywords();
        let mark = |cause, stage, named| Mark {
            named,
            offered,
            reply: Some(text),
            ..Mark::new(cause, stage, place)
        };
        let banner = command.is_none() && !self.greeted && self.connected;
        match command {
            Some(Command::StartTls) => self.fail(mark(Cause::TlsFailed, Stage::StartTls, true)),
            Some(Command::Auth) => {
                self.fail(mark(Cause::AuthenticationFailed, Stage::Authentication, false))
            }
            _ if banner || command == Some(Command::Hello) => {
                let cause = if throttled { Cause::Throttled } else { Cause::ServiceUnavailable };
                self.fail(mark(cause, Stage::Greeting, false));
            }
            _ if closes => {
                self.closing = Some(Box::new(mark(Cause::ConnectionLost, Stage::Session, false)))
            }
            _ if reply.code == 421 && !throttled => {
                self.fail(mark(Cause::ServiceUnavailable, Stage::Greeting, false))
            }
            _ if in_mail => {
                let cause = if throttled { Cause::Throttled } else { Cause::MessageRejected };
                self.rejection.get_or_insert_with(|| Box::new(mark(cause, Stage::Mail, false)));
            }
            Some(Command::Other) if self.log_type == LogType::Send && self.message_count == 0 => {
                self.fail(mark(Cause::Unknown, Stage::Session, false))
            }
            _ => {}
        }
    }

    fn refused_transaction(&mut self, command: Option<Command>) {
        match command {
            Some(Command::Rcpt) => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.refused += 1;
                }
            }
            _ => self.transaction = None,
        }
    }
}
