//! The `*` records: TLS results, connection errors, authentication, certificates.

use super::seen::{Logged, Seen};
use super::{add_once, Envelope, Handshake, Keep, Mark, Place, Session, Tls};
use crate::failure::cause::{Cause, Stage};
use crate::failure::reply::{named_cause, Reply, Speaker};
use crate::failure::words;
use crate::log::certificate::{self, CertificateRecord, Fields, Owner};
use crate::log::record::{Event, Record};
use crate::text::{clean, find_ignore_case};

/// A record that only the first moments of a send session have.
pub(crate) fn is_start_of_send(record: &Record<'_>) -> bool {
    record.event() == Event::Information && starts(record.information(), b"attempting to connect")
}

fn starts(text: &[u8], prefix: &[u8]) -> bool {
    text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix)
}

/// What follows `mark` in `text`, in any case.
fn after<'a>(text: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    find_ignore_case(text, mark).map(|at| &text[at + mark.len()..])
}

/// The first word of a text, without the punctuation behind it.
fn word(text: &[u8]) -> Option<String> {
    let word = text.trim_ascii_start().split(u8::is_ascii_whitespace).next()?;
    let word = clean(word);
    Some(word.trim_end_matches(['.', ',', ';', '\'']).trim_start_matches('\'').to_owned())
        .filter(|word| !word.is_empty())
}

/// `TLS protocol ... negotiation succeeded ...`
pub(crate) fn is_tls_success(text: &[u8]) -> bool {
    starts(text, b"tls protocol ") && find_ignore_case(text, b"succeeded").is_some()
}

/// Whether [`Session::told`] may take this text for a sign of failure; `None`
/// where it says nothing that is known and the next text has to be looked at.
pub(crate) fn may_fail(text: &[u8], data: &[u8]) -> Option<bool> {
    let is = |prefix: &[u8]| starts(text, prefix);
    match text.first()?.to_ascii_lowercase() {
        b't' if is(b"tls protocol ") => Some(false),
        b'u' if is(b"user name:") => Some(false),
        b'a' if text.eq_ignore_ascii_case(b"authenticated") && !data.is_empty() => Some(false),
        b's' | b'r' if is(b"sending message") || is(b"receiving message") => Some(false),
        b't' if is(b"tls negotiation failed") || is(b"tls authentication failed") => Some(true),
        b'o' | b'i' if is(b"outbound tls auth") || is(b"inbound tls auth") => Some(true),
        b'o' | b'i' if is(b"outbound auth") || is(b"inbound auth") => Some(true),
        b'f' if is(b"failed to connect") => Some(true),
        _ => may_quote(text).then_some(true),
    }
}

/// Whether a text of this server's own may be a reply or quote one.
pub(super) fn may_quote(text: &[u8]) -> bool {
    const SENTENCES: [&[u8]; 5] = [
        b"tlscertificatename",
        b"starttls",
        b"exchange server authentication",
        b"secure domain",
        b"certificate validation fail",
    ];
    Reply::parse(text).is_some_and(|reply| reply.is_refusal())
        || SENTENCES.iter().any(|sentence| find_ignore_case(text, sentence).is_some())
}

impl Session {
    /// Takes in an information record.
    pub(crate) fn information(
        &mut self,
        record: &Record<'_>,
        place: Place,
        keep: Keep,
        seen: &mut Seen,
    ) {
        if let Some(what) = certificate::recognise(record.context()) {
            return self.certificate(what, record.data(), seen);
        }
        // The text stands in the context; some versions write it into data.
        for text in [record.context(), record.data()] {
            if self.told(text, record.data(), place, keep, seen) {
                return;
            }
        }
    }

    /// Takes in a text; false where it says nothing that is known.
    fn told(
        &mut self,
        text: &[u8],
        data: &[u8],
        place: Place,
        keep: Keep,
        seen: &mut Seen,
    ) -> bool {
        let Some(first) = text.first() else { return false };
        match first.to_ascii_lowercase() {
            b't' if starts(text, b"tls negotiation failed") => self.tls_failed(text, place),
            b't' if starts(text, b"tls protocol ") => self.tls_succeeded(text, seen),
            b't' if starts(text, b"tls authentication failed") => self.peer_refused(text, place),
            b'o' | b'i'
                if starts(text, b"outbound tls auth") || starts(text, b"inbound tls auth") =>
            {
                self.peer_refused(text, place)
            }
            b'o' | b'i' if starts(text, b"outbound auth") || starts(text, b"inbound auth") => {
                self.authentication(text, place)
            }
            b'f' if starts(text, b"failed to connect") => self.connect_failed(text, place),
            b'u' if starts(text, b"user name:") => {
                self.authenticated_as = Some(self.kept(text[b"user name:".len()..].trim_ascii()))
            }
            b'a' if text.eq_ignore_ascii_case(b"authenticated") && !data.is_empty() => {
                self.authenticated_as = Some(self.kept(data))
            }
            b's' | b'r'
                if starts(text, b"sending message") || starts(text, b"receiving message") =>
            {
                self.message(text, keep)
            }
            _ => return seen.may_quote(text) && self.quoted_reply(text, place),
        }
        true
    }

    fn certificate(&mut self, what: CertificateRecord, data: &[u8], seen: &mut Seen) {
        let data = super::limit_certificate(data);
        self.weight += data.len();
        match what {
            CertificateRecord::Begin(owner) => {
                self.certificate_owner = owner;
                *self.certificate_of(owner) = Some(Logged::Fields(Fields::default()));
            }
            CertificateRecord::Field(field) => {
                let owner = self.certificate_owner;
                let empty = || Logged::Fields(Fields::default());
                if let Logged::Fields(fields) = self.certificate_of(owner).get_or_insert_with(empty)
                {
                    fields.set(field, data);
                }
            }
            CertificateRecord::Whole(owner) => {
                self.certificate_owner = owner;
                *self.certificate_of(owner) = Some(Logged::Whole(seen.certificate(data)));
            }
        }
    }

    fn certificate_of(&mut self, owner: Owner) -> &mut Option<Logged> {
        match owner {
            Owner::Own => &mut self.own_certificate,
            Owner::Peer => &mut self.peer_certificate,
        }
    }

    /// `TLS negotiation failed with error NoCredentials`
    fn tls_failed(&mut self, text: &[u8], place: Place) {
        let error = after(text, b"with error").and_then(word);
        let cause = error.as_deref().map_or(Cause::TlsFailed, words::tls_error);
        self.handshake = Handshake::Done;
        self.fail(Mark { error, ..Mark::new(cause, Stage::TlsHandshake, place) });
    }

    /// `TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 ...`
    fn tls_succeeded(&mut self, text: &[u8], seen: &mut Seen) {
        let Some(tls) = seen.tls(text) else { return };
        self.handshake = Handshake::Done;
        self.weight += tls.protocol.len() + tls.cipher.as_ref().map_or(0, String::len);
        self.tls = Some(tls);
        self.make_good(&[Stage::StartTls, Stage::TlsHandshake]);
    }

    /// `Outbound TLS authentication failed for auth level DomainValidation with error UntrustedRoot`
    fn peer_refused(&mut self, text: &[u8], place: Place) {
        let error = after(text, b"with error").and_then(word);
        let cause =
            error.as_deref().map_or(Cause::PeerCertificateUntrusted, words::peer_certificate);
        let auth_level = after(text, b"auth level").and_then(word);
        self.fail(Mark { error, auth_level, ..Mark::new(cause, Stage::PeerCertificate, place) });
    }

    /// `Outbound Authentication failed with LogonDenied`, `Inbound AUTH LOGIN failed because of LogonDenied`
    fn authentication(&mut self, text: &[u8], place: Place) {
        let Some(rest) = after(text, b"failed") else { return };
        let error = after(rest, b"with error")
            .or_else(|| after(rest, b"because of"))
            .or_else(|| after(rest, b"with"))
            .and_then(word);
        self.fail(Mark {
            error,
            ..Mark::new(Cause::AuthenticationFailed, Stage::Authentication, place)
        });
    }

    /// `Failed to connect. Winsock error code: 10061, Win32 error code: 10061, ...`
    fn connect_failed(&mut self, text: &[u8], place: Place) {
        let error = after(text, b"error code:").and_then(word);
        let code = error.as_deref().and_then(|code| code.parse().ok());
        let cause = code.map_or(Cause::ConnectFailed, words::winsock);
        self.fail(Mark { error, ..Mark::new(cause, cause.info().stage, place) });
    }

    /// `sending message with RecordId 1 and InternetMessageId <a@b>`
    fn message(&mut self, text: &[u8], keep: Keep) {
        let id = after(text, b"internetmessageid").and_then(word).filter(|_| keep.envelope);
        if let Some(id) = id {
            self.weight += id.len();
            add_once(
                &mut self.envelope.get_or_insert_with(Box::<Envelope>::default).message_ids,
                id,
            );
        }
    }

    /// A reply, or what would be one, that this server wrote into its own log:
    /// `451 5.7.3 Cannot achieve Exchange Server authentication`.
    fn quoted_reply(&mut self, text: &[u8], place: Place) -> bool {
        let reply = Reply::parse(text).filter(Reply::is_refusal);
        let text = self.kept(text);
        let Some(verdict) = named_cause(&text, Speaker::Own) else { return false };
        let reply = reply.map(|_| text);
        self.fail(Mark {
            error: verdict.error,
            reply,
            ..Mark::new(verdict.cause, verdict.stage, place)
        });
        true
    }
}

/// What `TLS protocol ... negotiation succeeded ...` tells; `None` where it did not succeed.
pub(super) fn tls(text: &[u8]) -> Option<Tls> {
    find_ignore_case(text, b"succeeded")?;
    let protocol = after(text, b"tls protocol ").and_then(word).map(|name| protocol(&name));
    let cipher = after(text, b"encryption algorithm ").and_then(word);
    Some(Tls { protocol: protocol.unwrap_or_default(), cipher })
}

/// `SP_PROT_TLS1_2_CLIENT` as `TLS1.2`; a name that is not known stays as it is.
fn protocol(name: &str) -> String {
    // Some versions write `SP_PROT-TLS1_2_CLIENT`.
    let upper = name.to_ascii_uppercase().replace('-', "_");
    let plain = upper
        .trim_start_matches("SP_PROT_")
        .trim_end_matches("_CLIENT")
        .trim_end_matches("_SERVER");
    match plain {
        "SSL2" => "SSL2",
        "SSL3" => "SSL3",
        "TLS1" | "TLS1_0" => "TLS1.0",
        "TLS1_1" => "TLS1.1",
        "TLS1_2" => "TLS1.2",
        "TLS1_3" => "TLS1.3",
        _ => return name.to_owned(),
    }
    .to_owned()
}
