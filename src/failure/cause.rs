//! The closed list of causes, and the stages of a session.
//!
//! This file is where the list is written. The header's constants, the tab
//! completion of PowerShell, the values of `--cause` and the pages in
//! `docs/causes/` follow from it, and tests hold them to it.

use std::fmt;

use serde::{Serialize, Serializer};

/// How far a session came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Stage {
    /// Resolving the name of the next hop.
    Dns = 1,
    /// Opening the TCP connection.
    Connect = 2,
    /// Banner and EHLO.
    Greeting = 3,
    /// The STARTTLS command and its answer.
    StartTls = 4,
    /// The TLS handshake.
    TlsHandshake = 5,
    /// Judging the other side's certificate.
    PeerCertificate = 6,
    /// AUTH, X-EXPS and Exchange Server authentication.
    Authentication = 7,
    /// MAIL, RCPT, DATA and BDAT.
    Mail = 8,
    /// The session as a whole.
    Session = 9,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Stage; 9] = [
        Stage::Dns,
        Stage::Connect,
        Stage::Greeting,
        Stage::StartTls,
        Stage::TlsHandshake,
        Stage::PeerCertificate,
        Stage::Authentication,
        Stage::Mail,
        Stage::Session,
    ];

    /// The name users read.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Dns => "Dns",
            Stage::Connect => "Connect",
            Stage::Greeting => "Greeting",
            Stage::StartTls => "StartTls",
            Stage::TlsHandshake => "TlsHandshake",
            Stage::PeerCertificate => "PeerCertificate",
            Stage::Authentication => "Authentication",
            Stage::Mail => "Mail",
            Stage::Session => "Session",
        }
    }

    /// Its number in the C ABI.
    #[allow(clippy::as_conversions)] // the discriminant is the number
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// Why a session failed. The numbers are those of the C ABI and never change;
/// a cause that is given up keeps its number as a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Cause {
    /// The certificate this server sent is not bound to SMTP.
    OwnCertificateNotEnabled = 1,
    /// The certificate this server picked has no usable private key.
    OwnCertificateNoKey = 2,
    /// No certificate matches the connector's TlsCertificateName.
    OwnCertificateNotFound = 3,
    /// The peer refuses the certificate this server sent.
    OwnCertificateRejected = 4,
    /// This server does not trust the peer's certificate.
    PeerCertificateUntrusted = 5,
    /// The peer's certificate has expired.
    PeerCertificateExpired = 6,
    /// The peer's certificate does not carry the name that was asked for.
    PeerCertificateNameMismatch = 7,
    /// The peer's certificate was revoked.
    PeerCertificateRevoked = 8,
    /// A policy refuses the session: domain security, MTA-STS or DANE.
    TlsPolicyFailed = 9,
    /// The connection ended inside the TLS handshake.
    TlsAborted = 10,
    /// The two sides share no TLS version or cipher suite.
    TlsNoCommonAlgorithm = 11,
    /// The handshake was changed or damaged on the way.
    TlsGarbled = 12,
    /// TLS failed with another error, or STARTTLS was refused.
    TlsFailed = 13,
    /// TLS is required and was not offered, or not used.
    StartTlsNotOffered = 14,
    /// Exchange Server authentication could not be had from the peer.
    ExchangeAuthUnavailable = 15,
    /// The credentials were refused.
    AuthenticationFailed = 16,
    /// Exchange Online cannot tell which tenant the session belongs to.
    TenantNotAttributed = 17,
    /// The peer refused the TCP connection.
    ConnectionRefused = 18,
    /// The TCP connection timed out.
    ConnectionTimedOut = 19,
    /// There is no route to the peer.
    NetworkUnreachable = 20,
    /// The TCP connection failed for another reason.
    ConnectFailed = 21,
    /// The name of the next hop could not be resolved.
    DnsFailed = 22,
    /// The connection ended with work unfinished.
    ConnectionLost = 23,
    /// One side does not take the session now, or at all.
    ServiceUnavailable = 24,
    /// A message or recipient was refused.
    MessageRejected = 25,
    /// The peer limits or defers this sender.
    Throttled = 26,
    /// A failure with none of the marks above.
    Unknown = 27,
}

/// What is known of a cause without a session.
#[derive(Debug, Clone, Copy)]
pub struct CauseInfo {
    /// The cause.
    pub cause: Cause,
    /// Its name.
    pub name: &'static str,
    /// The stage it belongs to; two causes show at a second one too.
    pub stage: Stage,
    /// What it means, in one line.
    pub title: &'static str,
}

const fn info(cause: Cause, name: &'static str, stage: Stage, title: &'static str) -> CauseInfo {
    CauseInfo { cause, name, stage, title }
}

/// Every cause, in the order of its number.
pub const CAUSES: [CauseInfo; 27] = [
    info(
        Cause::OwnCertificateNotEnabled,
        "OwnCertificateNotEnabled",
        Stage::TlsHandshake,
        "The certificate this server sent is not bound to SMTP.",
    ),
    info(
        Cause::OwnCertificateNoKey,
        "OwnCertificateNoKey",
        Stage::TlsHandshake,
        "The certificate this server picked has no usable private key.",
    ),
    info(
        Cause::OwnCertificateNotFound,
        "OwnCertificateNotFound",
        Stage::StartTls,
        "No certificate matches the connector's TlsCertificateName.",
    ),
    info(
        Cause::OwnCertificateRejected,
        "OwnCertificateRejected",
        Stage::PeerCertificate,
        "The peer refuses the certificate this server sent.",
    ),
    info(
        Cause::PeerCertificateUntrusted,
        "PeerCertificateUntrusted",
        Stage::PeerCertificate,
        "This server does not trust the peer's certificate.",
    ),
    info(
        Cause::PeerCertificateExpired,
        "PeerCertificateExpired",
        Stage::PeerCertificate,
        "The peer's certificate has expired.",
    ),
    info(
        Cause::PeerCertificateNameMismatch,
        "PeerCertificateNameMismatch",
        Stage::PeerCertificate,
        "The peer's certificate does not carry the name that was asked for.",
    ),
    info(
        Cause::PeerCertificateRevoked,
        "PeerCertificateRevoked",
        Stage::PeerCertificate,
        "The peer's certificate was revoked.",
    ),
    info(
        Cause::TlsPolicyFailed,
        "TlsPolicyFailed",
        Stage::PeerCertificate,
        "A policy refuses the session: domain security, MTA-STS or DANE.",
    ),
    info(
        Cause::TlsAborted,
        "TlsAborted",
        Stage::TlsHandshake,
        "The connection ended inside the TLS handshake.",
    ),
    info(
        Cause::TlsNoCommonAlgorithm,
        "TlsNoCommonAlgorithm",
        Stage::TlsHandshake,
        "The two sides share no TLS version or cipher suite.",
    ),
    info(
        Cause::TlsGarbled,
        "TlsGarbled",
        Stage::TlsHandshake,
        "The TLS handshake was changed or damaged on the way.",
    ),
    info(
        Cause::TlsFailed,
        "TlsFailed",
        Stage::TlsHandshake,
        "TLS failed with another error, or STARTTLS was refused.",
    ),
    info(
        Cause::StartTlsNotOffered,
        "StartTlsNotOffered",
        Stage::StartTls,
        "TLS is required and was not offered, or not used.",
    ),
    info(
        Cause::ExchangeAuthUnavailable,
        "ExchangeAuthUnavailable",
        Stage::Authentication,
        "Exchange Server authentication could not be had from the peer.",
    ),
    info(
        Cause::AuthenticationFailed,
        "AuthenticationFailed",
        Stage::Authentication,
        "The credentials were refused.",
    ),
    info(
        Cause::TenantNotAttributed,
        "TenantNotAttributed",
        Stage::Mail,
        "Exchange Online cannot tell which tenant the session belongs to.",
    ),
    info(
        Cause::ConnectionRefused,
        "ConnectionRefused",
        Stage::Connect,
        "The peer refused the TCP connection.",
    ),
    info(
        Cause::ConnectionTimedOut,
        "ConnectionTimedOut",
        Stage::Connect,
        "The TCP connection timed out.",
    ),
    info(
        Cause::NetworkUnreachable,
        "NetworkUnreachable",
        Stage::Connect,
        "There is no route to the peer.",
    ),
    info(
        Cause::ConnectFailed,
        "ConnectFailed",
        Stage::Connect,
        "The TCP connection failed for another reason.",
    ),
    info(
        Cause::DnsFailed,
        "DnsFailed",
        Stage::Dns,
        "The name of the next hop could not be resolved.",
    ),
    info(
        Cause::ConnectionLost,
        "ConnectionLost",
        Stage::Session,
        "The connection ended with work unfinished.",
    ),
    info(
        Cause::ServiceUnavailable,
        "ServiceUnavailable",
        Stage::Greeting,
        "One side does not take the session now, or at all.",
    ),
    info(
        Cause::MessageRejected,
        "MessageRejected",
        Stage::Mail,
        "A message or recipient was refused.",
    ),
    info(Cause::Throttled, "Throttled", Stage::Greeting, "The peer limits or defers this sender."),
    info(Cause::Unknown, "Unknown", Stage::Session, "A failure with none of the known marks."),
];

impl Cause {
    /// What is known of it without a session.
    pub fn info(self) -> &'static CauseInfo {
        // A test holds the table's order to the numbers.
        let place = usize::try_from(self.number() - 1).unwrap_or(0);
        &CAUSES[place]
    }

    /// The name users read and type.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The cause of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        CAUSES.iter().find(|info| info.name.eq_ignore_ascii_case(name)).map(|info| info.cause)
    }

    /// Its number in the C ABI.
    #[allow(clippy::as_conversions)] // the discriminant is the number
    pub const fn number(self) -> u32 {
        self as u32
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_numbers_and_names() {
        for (place, info) in CAUSES.iter().enumerate() {
            assert_eq!(usize::try_from(info.cause.number()).unwrap(), place + 1);
            assert_eq!(format!("{:?}", info.cause), info.name);
            assert_eq!(Cause::from_name(&info.name.to_lowercase()), Some(info.cause));
            assert!(info.title.ends_with('.'));
        }
        for (place, stage) in Stage::ALL.iter().enumerate() {
            assert_eq!(usize::try_from(stage.number()).unwrap(), place + 1);
            assert_eq!(format!("{stage:?}"), stage.name());
        }
    }
}
