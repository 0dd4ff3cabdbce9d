//! What happened, in one or two sentences, and where to read more.
//!
//! The sentences say what the log shows and what follows from it; what the log
//! cannot show is put as what to check, never as a fact.

use super::cause::Cause;
use super::remedy::remedy;
use crate::log::certificate::Pair;
use crate::log::LogType;
use crate::session::{Handshake, Mark, Session};

/// What an admin reads of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// One or two sentences.
    pub diagnosis: String,
    /// Ready commands, in order; lines that begin with `#` explain the next one.
    pub remedy: Vec<String>,
    /// Article numbers, RFC sections and the page of the cause.
    pub reference: Vec<String>,
}

/// Says what to make of a failed session.
pub fn advise(session: &Session, mark: &Mark, certificates: &Pair) -> Advice {
    Advice {
        diagnosis: diagnosis(session, mark, certificates),
        remedy: remedy(session, mark, certificates),
        reference: reference(mark.cause),
    }
}

fn diagnosis(session: &Session, mark: &Mark, certificates: &Pair) -> String {
    let error = mark.error.as_deref().unwrap_or("an error that is not named");
    let peer = peer(session);
    let own = own_certificate(certificates);
    let receives = session.log_type == LogType::Receive;
    match mark.cause {
        Cause::OwnCertificateNotEnabled => format!(
            "Windows refused the credentials of {own} ({error}). The certificate is not bound to the SMTP service, or its key cannot be read by the transport service."
        ),
        Cause::OwnCertificateNoKey => format!(
            "{} was picked for TLS but has no usable private key ({error}). Often it is a duplicate of the right certificate with the same subject and issuer; Get-ExchangeCertificate does not list it, the computer's certificate store does.",
            capital(&own)
        ),
        Cause::OwnCertificateNotFound => {
            "No certificate of this server has the issuer and subject that the connector's TlsCertificateName asks for, so it does not send STARTTLS. After a renewal by another CA the connector must be told the new names.".to_owned()
        }
        Cause::OwnCertificateRejected => format!(
            "{peer} does not accept {own} ({error}). A server that sends its own certificate without the intermediate ones is refused like one without a trusted root: check the chain on this server first."
        ),
        Cause::PeerCertificateUntrusted => format!(
            "This server does not trust the certificate of {peer} ({error}){}. The chain does not end at a root this server trusts, or revocation could not be checked.",
            level(mark)
        ),
        Cause::PeerCertificateExpired => {
            format!("The certificate of {peer} is not valid at this time ({error}){}. The other side has to renew it; check this server's clock too.", level(mark))
        }
        Cause::PeerCertificateNameMismatch => format!(
            "The certificate of {peer} does not carry the name this server asked for ({error}){}. Compare the connector's TlsDomain with the names in the certificate.",
            level(mark)
        ),
        Cause::PeerCertificateRevoked => {
            format!("The certificate of {peer} was revoked by its issuer ({error}){}. The other side has to replace it.", level(mark))
        }
        Cause::TlsPolicyFailed => {
            format!("A policy refused the session with {peer}: domain security (mutual TLS), MTA-STS or DANE, as the reply says. The session's TLS did not satisfy it.")
        }
        Cause::TlsAborted if session.handshake == Handshake::UnderWay => {
            format!("STARTTLS was accepted, then the connection with {peer} ended without a TLS result. One side, or a device between them, gave up inside the handshake.")
        }
        Cause::TlsAborted => format!(
            "The connection with {peer} ended inside the TLS handshake ({error}). Either the other side ended it without saying why, or a device between them did; TLS versions and cipher suites that do not match look like this too."
        ),
        Cause::TlsNoCommonAlgorithm => {
            format!("This server and {peer} share no TLS version or cipher suite ({error}). Compare what Schannel allows here with what the other side offers.")
        }
        Cause::TlsGarbled => format!(
            "The TLS handshake with {peer} was damaged ({error}). A peer that does not speak TLS properly, or a device that changes SMTP traffic on the way, does this."
        ),
        Cause::TlsFailed if mark.reply.is_some() => {
            let (who, whom) = if receives { ("This server".to_owned(), peer) } else { (capital(&peer), "this server".to_owned()) };
            format!("{who} refused the STARTTLS command of {whom}; the reply says why.")
        }
        Cause::TlsFailed => format!("The TLS handshake with {peer} failed with {error}, a status with no single known cause."),
        Cause::StartTlsNotOffered => start_tls(session, mark, &peer),
        Cause::ExchangeAuthUnavailable => {
            let lacking: Vec<&str> = ["X-ANONYMOUSTLS", "X-EXPS"].into_iter().filter(|keyword| !offers(mark, keyword)).collect();
            let greeting = if mark.offered.is_empty() {
                "Its greeting is not in the log.".to_owned()
            } else if lacking.is_empty() {
                "Its greeting offers X-ANONYMOUSTLS and X-EXPS, so it is the authentication itself that failed.".to_owned()
            } else {
                format!("Its greeting lacks {}: its receive connector does not allow Exchange Server authentication, or a device between them strips the verbs.", lacking.join(" and "))
            };
            format!("Exchange Server authentication with {peer} was not possible. {greeting}")
        }
        Cause::AuthenticationFailed if receives => {
            format!("{} could not authenticate ({}). TLS is not the cause; the account, its password or the permitted mechanisms are.", capital(&peer), mark.error.as_deref().unwrap_or("see the reply"))
        }
        Cause::AuthenticationFailed => {
            format!("{} did not accept the authentication of this server ({}). TLS is not the cause: check the credentials of the connector, or between Exchange servers Kerberos, time and trust.", capital(&peer), mark.error.as_deref().unwrap_or("see the reply"))
        }
        Cause::TenantNotAttributed => {
            "Exchange Online could not tell which tenant this session belongs to. Its inbound connector knows the sender by the certificate's name or by the address, and neither matched.".to_owned()
        }
        Cause::ConnectionRefused => format!("{} answered but nothing takes connections there (Winsock {error}): the service is down, or a firewall refuses.", capital(&peer)),
        Cause::ConnectionTimedOut => format!("{} did not answer (Winsock {error}): a firewall drops the packets, port 25 is blocked, or the host is down.", capital(&peer)),
        Cause::NetworkUnreachable => format!("There is no route to {peer} (Winsock {error}): check routing, and whether IPv6 is announced but not routed."),
        Cause::ConnectFailed => format!("The connection to {peer} could not be opened ({error})."),
        Cause::DnsFailed => format!("The name of the next hop could not be resolved ({}).", mark.error.as_deref().map_or("see the reply".to_owned(), |code| format!("Winsock {code}"))),
        Cause::ConnectionLost => lost(session, mark, &peer),
        Cause::ServiceUnavailable => {
            let who = if receives { "This server".to_owned() } else { capital(&peer) };
            format!("{who} does not take the session; the reply says why.")
        }
        Cause::MessageRejected => {
            let who = if receives { "This server".to_owned() } else { capital(&peer) };
            format!("{who} refused a message or recipient. The connection itself is sound.")
        }
        Cause::Throttled => {
            let who = if receives { "This server".to_owned() } else { capital(&peer) };
            format!("{who} defers the sender: a limit, greylisting or reputation, as the reply says. Exchange tries again by itself.")
        }
        Cause::Unknown => "The session failed with a reply that has no known meaning to this program; the reply says what the other side found.".to_owned(),
    }
}

fn start_tls(session: &Session, mark: &Mark, peer: &str) -> String {
    let required_by = if session.log_type == LogType::Receive {
        "This server requires TLS"
    } else {
        "TLS is required for this session"
    };
    if offers(mark, "STARTTLS") {
        format!("{required_by}, STARTTLS was offered, and it was not used.")
    } else if mark.offered.is_empty() {
        format!("{required_by}, and the session had none. The greeting is not in the log.")
    } else if session.log_type == LogType::Receive {
        format!("{required_by} but its greeting does not offer STARTTLS: a receive connector whose certificate cannot be used does just that.")
    } else {
        format!("{required_by} but the greeting of {peer} does not offer STARTTLS: TLS is off there, or a device between strips the verb.")
    }
}

fn lost(session: &Session, mark: &Mark, peer: &str) -> String {
    let who = match session.ended_by.as_deref() {
        Some(by) if by.starts_with("Remote") => capital(peer),
        Some(by) if by.starts_with("Local") => "This server".to_owned(),
        _ => "One side".to_owned(),
    };
    let how = mark.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
    let what = if session.transaction.is_some() {
        "inside a mail transaction"
    } else if session.authenticating {
        "inside an authentication"
    } else if session.greeted {
        "before any message was delivered"
    } else {
        "before the greeting"
    };
    format!("{who} ended the connection {what}{how}. The log does not show why; a firewall, a proxy or a time-out between the two is as likely as the servers.")
}

fn offers(mark: &Mark, keyword: &str) -> bool {
    mark.offered.iter().any(|offered| {
        offered.split(' ').next().is_some_and(|name| name.eq_ignore_ascii_case(keyword))
    })
}

fn level(mark: &Mark) -> String {
    mark.auth_level.as_ref().map(|level| format!(" at auth level {level}")).unwrap_or_default()
}

fn peer(session: &Session) -> String {
    match (&session.remote_host, session.remote.as_str()) {
        (Some(host), _) if !host.is_empty() => host.clone(),
        (_, "") => "the peer".to_owned(),
        (_, endpoint) => endpoint.to_owned(),
    }
}

fn own_certificate(certificates: &Pair) -> String {
    let certificate = certificates.own.as_ref();
    match certificate.map(|own| (own.subject.as_deref(), own.thumbprint.as_deref())) {
        Some((Some(subject), Some(thumbprint))) => {
            format!("the certificate {subject} (thumbprint {thumbprint})")
        }
        Some((None, Some(thumbprint))) => format!("the certificate with thumbprint {thumbprint}"),
        Some((Some(subject), None)) => format!("the certificate {subject}"),
        _ => "this server's certificate".to_owned(),
    }
}

fn capital(text: &str) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text
            .strip_prefix("this ")
            .map_or_else(|| text.to_owned(), |rest| format!("This {rest}")),
    }
}

/// Article numbers, RFC sections and the page of a cause.
pub fn reference(cause: Cause) -> Vec<String> {
    let known: &[&str] = match cause {
        Cause::OwnCertificateNotEnabled => &["KB 4051498"],
        Cause::OwnCertificateNoKey => &["KB 4495258"],
        Cause::ExchangeAuthUnavailable => &["KB 979175"],
        Cause::PeerCertificateNameMismatch => &["RFC 9525 section 6"],
        Cause::PeerCertificateUntrusted
        | Cause::PeerCertificateExpired
        | Cause::OwnCertificateRejected => &["RFC 5280 section 6.1"],
        Cause::PeerCertificateRevoked => &["RFC 5280 section 6.3"],
        Cause::TlsPolicyFailed => &["RFC 8461 (MTA-STS)", "RFC 7672 (DANE)"],
        Cause::TlsAborted | Cause::TlsGarbled => &["RFC 5246 section 7.2", "RFC 8446 section 6"],
        Cause::TlsNoCommonAlgorithm => &["RFC 8446 section 6.2", "RFC 8996"],
        Cause::DnsFailed => &["RFC 5321 section 5"],
        Cause::ConnectionRefused
        | Cause::ConnectionTimedOut
        | Cause::NetworkUnreachable
        | Cause::ConnectFailed => &["RFC 5321 section 4.5.4.1"],
        Cause::TlsFailed | Cause::StartTlsNotOffered => &["RFC 3207 section 4"],
        Cause::AuthenticationFailed => &["RFC 4954 section 6"],
        Cause::Throttled => &["RFC 6647 (greylisting)"],
        Cause::ServiceUnavailable => &["RFC 5321 section 3.1"],
        Cause::ConnectionLost => &["RFC 5321 section 3.8"],
        Cause::MessageRejected => &["RFC 5321 section 4.2", "RFC 3463"],
        _ => &[],
    };
    let page = format!("docs/causes/{}.md", cause.name());
    known.iter().map(|text| (*text).to_owned()).chain([page]).collect()
}
