//! Sessions for C, many at once: structs that lie one behind the other, and what they point to in
//! as few pieces as can be, so that a caller can copy a page instead of every text.

use super::known::Known;
use super::pages_types::*;
use super::room::{Room, ALIGNMENT};
use super::types::*;
use super::views::{log_type, time};
use crate::log::LogType;
use crate::session::packed::{PackedSession, Piece, Pieces};
use crate::session::summary::Span;

/// Most sessions of a page, and the bytes of their own texts, unless one alone has more: what stays
/// in the processor's cache while it is written here and read by the caller.
const MAX_SESSIONS: usize = 256;
const MAX_BYTES: usize = 256 * 1024;
const MAX_LISTED: usize = 8 * 1024;

/// Sessions of one page. Nothing in it moves until the next one.
#[derive(Default)]
pub struct Pages {
    sessions: Vec<extls_session>,
    /// Texts that belong to one session: its id, who wrote to whom.
    bytes: Vec<u8>,
    listed: Vec<extls_str>,
    /// What they share.
    known: Known,
}

impl Pages {
    /// A new page.
    pub fn begin(&mut self) {
        self.sessions.clear();
        self.bytes.clear();
        self.listed.clear();
    }

    /// How many sessions the page has.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Adds a session; false where it belongs on the next page. The first one always finds room.
    pub fn add(&mut self, session: &PackedSession) -> bool {
        let (bytes, (_, listed)) = (session.bytes(), session.counts());
        let room = room(session);
        let fits = self.sessions.len() < self.sessions.capacity()
            && self.bytes.capacity() - self.bytes.len() >= bytes
            && self.listed.capacity() - self.listed.len() >= listed;
        if !fits || !self.known.has(&room) {
            if self.len() > 0 {
                return false;
            }
            self.sessions.reserve(MAX_SESSIONS);
            self.bytes.reserve(bytes.max(MAX_BYTES));
            self.listed.reserve(listed.max(MAX_LISTED));
            if !self.known.has(&room) {
                self.known.begin_anew(&room);
            }
        }
        let view = self.view(session);
        self.sessions.push(view);
        true
    }

    /// Where the page is.
    pub fn show(&self) -> extls_page {
        if self.len() == 0 {
            return self.known.show();
        }
        extls_page {
            sessions: self.sessions.as_ptr(),
            session_count: self.sessions.len(),
            text: self.bytes.as_ptr(),
            text_len: self.bytes.len(),
            listed: self.listed.as_ptr(),
            listed_count: self.listed.len(),
            ..self.known.show()
        }
    }

    fn view(&mut self, session: &PackedSession) -> extls_session {
        let span = |span: Option<Span>| span.map_or(EXTLS_NO_TIME, |span| span.0);
        let sent = session.log_type == LogType::Send;
        let cause = session.cause.map(|cause| cause.name());
        extls_session {
            connector: self.shared(session, session.connector),
            session_id: self.own(session.text(session.session_id)),
            local_endpoint: self.endpoint(session, session.local_endpoint, !sent),
            remote_endpoint: self.endpoint(session, session.remote_endpoint, sent),
            local_host: self.shared(session, session.local_host),
            remote_host: self.shared(session, session.remote_host),
            tls_protocol: self.shared(session, session.tls_protocol),
            tls_cipher: self.shared(session, session.tls_cipher),
            authentication: self.shared(session, session.authentication),
            authenticated_as: self.shared(session, session.authenticated_as),
            ended_by: self.shared(session, session.ended_by),
            cause_name: self.known.maybe(cause),
            path: self.shared(session, session.path),
            sender: self.addresses(session, session.sender),
            recipient: self.addresses(session, session.recipient),
            internet_message_id: self.list(session, session.internet_message_id),
            offered_extensions: self.known.shared_list(&session.offered_extensions),
            records: self.list(session, session.records),
            certificate: self.known.shared_certificate(session.certificate.as_ref()),
            remote_certificate: self.known.shared_certificate(session.remote_certificate.as_ref()),
            start_time: time(session.start_time),
            end_time: time(session.end_time),
            duration: span(session.duration),
            longest_gap: span(session.longest_gap),
            line: session.line,
            record_count: session.record_count,
            log_type: log_type(session.log_type),
            cause: session.cause.map_or(0, |cause| cause.number()),
            message_count: session.message_count,
            complete: u32::from(session.complete),
        }
    }

    /// A text that sessions have in common.
    fn shared(&mut self, session: &PackedSession, piece: Piece) -> extls_str {
        self.known.maybe(session.text(piece))
    }

    /// A text of this session only.
    fn own(&mut self, text: Option<&str>) -> extls_str {
        let Some(text) = text else { return NO_TEXT };
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        extls_str { data: self.bytes.as_ptr().wrapping_add(from), len: text.len() }
    }

    /// The end that listens has the same port each time.
    fn endpoint(&mut self, session: &PackedSession, piece: Piece, listens: bool) -> extls_str {
        let text = session.text(piece);
        if listens {
            self.known.maybe(text)
        } else {
            self.own(text)
        }
    }

    fn list(&mut self, session: &PackedSession, pieces: Pieces) -> extls_list {
        self.listed(session, pieces, |page, text| page.own(Some(text)))
    }

    /// Many write a single time, and some every day.
    fn addresses(&mut self, session: &PackedSession, pieces: Pieces) -> extls_list {
        self.listed(session, pieces, |page, text| {
            page.known.again(text).unwrap_or_else(|| page.own(Some(text)))
        })
    }

    fn listed(
        &mut self,
        session: &PackedSession,
        pieces: Pieces,
        view: impl Fn(&mut Self, &str) -> extls_str,
    ) -> extls_list {
        let texts = session.texts(pieces);
        let len = texts.len();
        if len == 0 {
            return extls_list { items: std::ptr::null(), len };
        }
        let from = self.listed.len();
        for text in texts {
            let text = view(self, text);
            self.listed.push(text);
        }
        extls_list { items: self.listed.as_ptr().wrapping_add(from), len }
    }
}

/// Most that a session takes of what is shared.
fn room(session: &PackedSession) -> Room {
    // Whatever of its texts is shared, and the name of its cause.
    let bytes = session.bytes() + session.counts().0 * ALIGNMENT;
    let mut room = Room { bytes, ..Room::default() };
    session.cause.iter().for_each(|cause| room.text(cause.name()));
    room.list(&session.offered_extensions);
    let certificates = [&session.certificate, &session.remote_certificate];
    certificates.into_iter().flatten().for_each(|certificate| room.certificate(certificate));
    room
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::header::Columns;
    use crate::log::record::Splitter;
    use crate::session::packed::Packer;
    use crate::session::seen::Seen;
    use crate::session::summary::SmtpSession;
    use crate::session::{Place, Session};

    fn session(id: &str, recipients: usize) -> PackedSession {
        let line = format!("2024-01-05T08:00:00.000Z,Out,{id},0,1.2.3.4:5,5.6.7.8:25,+,,");
        let mut splitter = Splitter::default();
        let (record, _) = splitter.split(line.as_bytes(), &Columns::standard()).unwrap();
        let mut session = Session::new(LogType::Send, 0, &record, Place::default());
        session.remote = "5.6.7.8:25".to_owned();
        let mut summary = SmtpSession::new(session, None, "a.log".to_owned(), &mut Seen::default());
        summary.recipient = (0..recipients).map(|n| format!("{n}@contoso.com")).collect();
        Packer::default().pack(summary)
    }

    #[test]
    fn a_page_is_filled_and_nothing_in_it_moves() {
        let mut pages = Pages::default();
        let (mut page_count, mut first) = (0, None);
        let mut number = 0;
        while number < 1000 {
            pages.begin();
            page_count += 1;
            while number < 1000 && pages.add(&session(&format!("{number:016X}"), number % 70)) {
                number += 1;
            }
            let page = pages.show();
            assert!(page.session_count > 100 || number == 1000);
            assert_eq!(page.text, pages.bytes.as_ptr());
            let places = pages.sessions.iter().map(|session| session.session_id.data.addr());
            let text = page.text.addr();
            assert!(places.into_iter().all(|at| (text..text + page.text_len).contains(&at)));
            for session in &pages.sessions {
                assert_eq!(session.path.data, *first.get_or_insert(session.path.data));
                let shared = session.remote_endpoint.data.addr() - page.known_text.addr();
                assert!(shared < page.known_text_len && shared % 8 == 0);
            }
        }
        assert!((4..40).contains(&page_count), "{page_count}");
    }

    #[test]
    fn a_session_larger_than_a_page_has_one_for_itself() {
        let mut pages = Pages::default();
        pages.begin();
        assert!(pages.add(&session("1", 1)));
        let large = session("2", 30_000);
        assert!(!pages.add(&large));
        pages.begin();
        assert!(pages.add(&large));
        let page = pages.show();
        assert_eq!((page.session_count, page.listed_count), (1, 30_000));
    }
}
