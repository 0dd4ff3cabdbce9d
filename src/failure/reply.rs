//! SMTP replies (RFC 5321 4.2, enhanced codes RFC 3463) and the causes their texts name.

use super::cause::{Cause, Stage};
use super::lower::Lower;
use super::words;

/// The numbers in front of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The three-digit code.
    pub code: u16,
    /// More lines of this reply follow (`250-`).
    pub continued: bool,
    /// The enhanced status code of a refusal, `4.7.5`; nobody asks for any other.
    pub enhanced: Option<(u16, u16, u16)>,
    /// Where the text after the code begins.
    pub text_at: usize,
}

impl Reply {
    /// Reads the numbers of one line; `None` where the line is no reply.
    pub fn parse(line: &[u8]) -> Option<Reply> {
        let digits = line.get(..3)?;
        if !matches!(digits[0], b'2'..=b'5') || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let (continued, text_at) = match line.get(3) {
            None => (false, 3),
            Some(b' ') => (false, 4),
            Some(b'-') => (true, 4),
            Some(_) => return None,
        };
        let enhanced = (code >= 400).then(|| enhanced(&line[text_at..])).flatten();
        Some(Reply { code, continued, enhanced, text_at })
    }

    /// 4xx and 5xx.
    pub fn is_refusal(&self) -> bool {
        self.code >= 400
    }

    /// 4xx.
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }
}

fn enhanced(text: &[u8]) -> Option<(u16, u16, u16)> {
    let word = text.trim_ascii_start().split(|byte| *byte == b' ').next()?;
    // `#4.7.1`: gateways, and Exchange in its own non-delivery reports.
    let word = word.strip_prefix(b"#").unwrap_or(word);
    // RFC 3463: class, then two numbers of up to three digits.
    let mut numbers = word.split(|byte| *byte == b'.').map(|part| {
        let valid = (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
        valid.then(|| part.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0')))
    });
    let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
    (numbers.next().is_none() && matches!(class, 2 | 4 | 5)).then_some((class, subject, detail))
}

/// Who speaks in a text: decides whose certificate it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// This server.
    Own,
    /// The other side.
    Peer,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The cause it names.
    pub cause: Cause,
    /// The stage of that cause.
    pub stage: Stage,
    /// The word in it that names the cause.
    pub error: Option<String>,
}

impl Verdict {
    fn new(cause: Cause) -> Self {
        Verdict { cause, stage: cause.info().stage, error: None }
    }
}

/// The cause that a text names by itself, wherever in a session it stands.
///
/// The order is that of precedence: policy marks, certificate words, STARTTLS
/// and authentication texts, names that do not resolve.
pub fn named_cause(text: &str, speaker: Speaker) -> Option<Verdict> {
    let lower = Lower::of(text);
    let has = |word| lower.has(word);
    let reply = Reply::parse(text.as_bytes());
    let enhanced = reply.and_then(|reply| reply.enhanced);
    let code = reply.map_or(0, |reply| reply.code);

    let policy = matches!(enhanced, Some((4 | 5, 7, 320..=329)))
        || matches!(enhanced, Some((4 | 5, 4, 8)))
        || has("mta-sts")
        || has("secure domain") && (enhanced == Some((4, 7, 3)) || has("disallow"));
    if policy {
        return Some(Verdict::new(Cause::TlsPolicyFailed));
    }
    if has("certificate specified in tlscertificatename") {
        return Some(Verdict::new(Cause::OwnCertificateNotFound));
    }
    if let Some(word) = words::certificate_word(text, &lower) {
        // What stands in `[Message=...]` or behind `->` was said by the other side.
        let quoted = has("[message=") || has("->");
        let cause = match speaker {
            Speaker::Own if !quoted => words::peer_certificate(&word),
            _ => Cause::OwnCertificateRejected,
        };
        return Some(Verdict { error: Some(word), ..Verdict::new(cause) });
    }
    let tls_required =
        has("must issue a starttls") || has("starttls is required") || has("starttls required");
    if tls_required || enhanced == Some((5, 7, 10)) && code == 523 || code == 530 && has("starttls")
    {
        return Some(Verdict::new(Cause::StartTlsNotOffered));
    }
    if has("tenantattribution") || has("tenantinboundattribution") || enhanced == Some((5, 7, 64)) {
        return Some(Verdict::new(Cause::TenantNotAttributed));
    }
    if has("cannot achieve exchange server authentication") {
        return Some(Verdict::new(Cause::ExchangeAuthUnavailable));
    }
    let refused = code == 535
        || has("temporary authentication failure")
        || code == 530
            && (has("not authenticated")
                || has("authentication required")
                || enhanced == Some((5, 7, 57)));
    if refused {
        return Some(Verdict::new(Cause::AuthenticationFailed));
    }
    // `DNS domain fabrikam.com does not exist`
    let no_domain = has("dns domain") && has("does not exist");
    if has("dns query failed") || has("smtpsend.dns.") || has("infodomainnonexistent") || no_domain
    {
        return Some(Verdict::new(Cause::DnsFailed));
    }
    None
}

/// Texts of temporary refusals that name a limit, greylisting or reputation.
const THROTTLE_TEXTS: &[&str] = &[
    "too many",
    "limit",
    "throttl",
    "greylist",
    "graylist",
    "grey list",
    "grey-list",
    "reputation",
    "exceeded",
    "unusual rate",
    "server busy",
];

/// Whether a refusal only says "not so fast" (4xx).
pub fn is_throttled(reply: Reply, text: &str) -> bool {
    if !reply.is_transient() {
        return false;
    }
    match reply.enhanced {
        // Exchange Online: 4.7.500 to 4.7.699 are its limits, whatever the text says.
        Some((4, 7, 500..=699)) => return true,
        // RFC 3463: mailbox full, message too long for it, message too big for the system.
        Some((4, 2, 2 | 3) | (4, 3, 4)) => return false,
        _ => {}
    }
    let lower = text.to_ascii_lowercase();
    // A time that is over limits nobody: `421 4.4.2 Error: timeout exceeded`.
    !lower.contains("timeout exceeded") && THROTTLE_TEXTS.iter().any(|part| lower.contains(part))
}

/// A reply with which a server announces that it ends the connection, without
/// saying that it refuses anything: `421 4.4.1 Connection timed out`,
/// `421 4.4.2 Connection dropped due to SocketError`.
pub fn closes_connection(reply: Reply) -> bool {
    reply.code == 421 && matches!(reply.enhanced, Some((4, 4, _)) | None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(text: &str, speaker: Speaker) -> Option<Cause> {
        named_cause(text, speaker).map(|verdict| verdict.cause)
    }

    #[test]
    fn reads_codes() {
        let reply = Reply::parse(b"454 4.7.5 Certificate validation failure").unwrap();
        assert_eq!((reply.code, reply.continued, reply.enhanced), (454, false, Some((4, 7, 5))));
        assert_eq!(Reply::parse(b"250-STARTTLS").map(|reply| reply.continued), Some(true));
        assert_eq!(Reply::parse(b"250").map(|reply| reply.code), Some(250));
        for no_reply in ["EHLO x", "2500 x", "99", "150 x", "25a x"] {
            assert_eq!(Reply::parse(no_reply.as_bytes()), None, "{no_reply}");
        }
        assert_eq!(Reply::parse(b"450 4.7.1234 x").unwrap().enhanced, None);
    }

    #[test]
    fn a_limit_is_told_from_a_full_mailbox_and_a_time_out() {
        for (text, throttled) in [
            ("451 4.7.1 Greylisted", true),
            ("451 4.7.550 Access denied, please try again later", true),
            ("452 #4.5.3 Too many recipients", true),
            ("452 4.2.2 Mailbox full; storage limit exceeded", false),
            ("452 4.3.4 Message size exceeds fixed limit", false),
            ("421 4.4.2 mx.fabrikam.com Error: timeout exceeded", false),
            ("550 5.7.1 Too many connections", false),
        ] {
            let reply = Reply::parse(text.as_bytes()).unwrap();
            assert_eq!(is_throttled(reply, text), throttled, "{text}");
        }
    }

    #[test]
    fn the_same_words_are_ours_or_theirs_by_who_speaks() {
        let text = "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot";
        assert_eq!(cause(text, Speaker::Own), Some(Cause::PeerCertificateUntrusted));
        assert_eq!(cause(text, Speaker::Peer), Some(Cause::OwnCertificateRejected));
        assert_eq!(
            cause(
                "450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot]",
                Speaker::Own
            ),
            Some(Cause::OwnCertificateRejected)
        );
    }

    #[test]
    fn a_policy_mark_stands_before_certificate_words() {
        for text in [
            "454 4.7.3 Certificate expired; this server disallowed this secure domain",
            "450 4.4.8 MTA-STS validation failed: SubjectMismatch",
            "450 4.7.322 certificate-expired: Destination mail server's certificate is expired",
            "550 5.7.323 tlsa-invalid: The domain failed DANE validation",
        ] {
            assert_eq!(cause(text, Speaker::Peer), Some(Cause::TlsPolicyFailed), "{text}");
        }
    }

    #[test]
    fn plain_refusals_name_nothing() {
        for text in [
            "550 5.1.1 User unknown",
            "421 4.3.2 Service not available",
            "451 4.7.1 Greylisted",
            "250 2.1.0 Sender OK",
        ] {
            assert_eq!(cause(text, Speaker::Peer), None, "{text}");
        }
    }
}
