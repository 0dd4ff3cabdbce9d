//! Sessions for C, many at once: structs that lie one behind the other, and what they point to in
//! as few pieces as can be, so that a caller can copy a page instead of every text.

use super::known::Known;
use super::pages_types::*;
use super::room::Room;
use super::types::*;
use super::views::{log_type, time};
use crate::log::LogType;
use crate::session::summary::{SmtpSession, Span};

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
    pub fn add(&mut self, session: &SmtpSession) -> bool {
        let (room, bytes, listed) = room(session);
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

    fn view(&mut self, session: &SmtpSession) -> extls_session {
        let span = |span: Option<Span>| span.map_or(EXTLS_NO_TIME, |span| span.0);
        let sent = session.log_type == LogType::Send;
        extls_session {
            connector: self.known.maybe(session.connector.as_ref()),
            session_id: self.own(session.session_id.as_ref()),
            local_endpoint: self.endpoint(session.local_endpoint.as_ref(), !sent),
            remote_endpoint: self.endpoint(session.remote_endpoint.as_ref(), sent),
            local_host: self.known.maybe(session.local_host.as_ref()),
            remote_host: self.known.maybe(session.remote_host.as_ref()),
            tls_protocol: self.known.maybe(session.tls_protocol.as_ref()),
            tls_cipher: self.known.maybe(session.tls_cipher.as_ref()),
            authentication: self.known.maybe(session.authentication.as_ref()),
            authenticated_as: self.known.maybe(session.authenticated_as.as_ref()),
            ended_by: self.known.maybe(session.ended_by.as_ref()),
            cause_name: session.cause.map_or(NO_TEXT, |cause| self.known.text(cause.name())),
            path: self.known.text(&session.path),
            sender: self.addresses(&session.sender),
            recipient: self.addresses(&session.recipient),
            internet_message_id: self.list(&session.internet_message_id),
            offered_extensions: self.known.list(&session.offered_extensions),
            records: self.list(&session.records),
            certificate: self.known.certificate(session.certificate.as_deref()),
            remote_certificate: self.known.certificate(session.remote_certificate.as_deref()),
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

    /// A text of this session only.
    fn own(&mut self, text: Option<&String>) -> extls_str {
        let Some(text) = text else { return NO_TEXT };
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        extls_str { data: self.bytes.as_ptr().wrapping_add(from), len: text.len() }
    }

    /// The end that listens has the same port each time.
    fn endpoint(&mut self, text: Option<&String>, listens: bool) -> extls_str {
        if listens {
            self.known.maybe(text)
        } else {
            self.own(text)
        }
    }

    fn list(&mut self, texts: &[String]) -> extls_list {
        self.listed(texts, |page, text| page.own(Some(text)))
    }

    /// Many write a single time, and some every day.
    fn addresses(&mut self, texts: &[String]) -> extls_list {
        self.listed(texts, |page, text| {
            page.known.again(text).unwrap_or_else(|| page.own(Some(text)))
        })
    }

    fn listed(
        &mut self,
        texts: &[String],
        view: impl Fn(&mut Self, &String) -> extls_str,
    ) -> extls_list {
        if texts.is_empty() {
            return extls_list { items: std::ptr::null(), len: 0 };
        }
        let from = self.listed.len();
        for text in texts {
            let text = view(self, text);
            self.listed.push(text);
        }
        extls_list { items: self.listed.as_ptr().wrapping_add(from), len: texts.len() }
    }
}

/// Most that a session takes: of what is shared, and bytes and listed texts of its own.
fn room(session: &SmtpSession) -> (Room, usize, usize) {
    let mut room = Room::default();
    let shared = [
        &session.connector,
        &session.local_endpoint,
        &session.remote_endpoint,
        &session.local_host,
        &session.remote_host,
        &session.tls_protocol,
        &session.tls_cipher,
        &session.authentication,
        &session.authenticated_as,
        &session.ended_by,
    ];
    shared.into_iter().flatten().for_each(|text| room.text(text));
    session.cause.iter().for_each(|cause| room.text(cause.name()));
    room.text(&session.path);
    room.list(&session.offered_extensions);
    session.sender.iter().chain(&session.recipient).for_each(|text| room.text(text));
    let certificates = [&session.certificate, &session.remote_certificate];
    certificates.into_iter().flatten().for_each(|certificate| room.certificate(certificate));

    let own = [&session.session_id, &session.local_endpoint, &session.remote_endpoint];
    let lists =
        [&session.sender, &session.recipient, &session.internet_message_id, &session.records];
    let bytes = own.into_iter().flatten().chain(lists.into_iter().flatten()).map(String::len).sum();
    (room, bytes, lists.map(Vec::len).iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::header::Columns;
    use crate::log::record::Splitter;
    use crate::session::seen::Seen;
    use crate::session::{Place, Session};

    fn session(id: &str, recipients: usize) -> SmtpSession {
        let line = format!("2024-01-05T08:00:00.000Z,Out,{id},0,1.2.3.4:5,5.6.7.8:25,+,,");
        let mut splitter = Splitter::default();
        let (record, _) = splitter.split(line.as_bytes(), &Columns::standard()).unwrap();
        let mut session = Session::new(LogType::Send, 0, &record, Place::default());
        session.remote = "5.6.7.8:25".to_owned();
        let mut summary = SmtpSession::new(session, None, "a.log".to_owned(), &mut Seen::default());
        summary.recipient = (0..recipients).map(|n| format!("{n}@contoso.com")).collect();
        summary
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
