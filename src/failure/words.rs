//! The words of Windows and Exchange for what went wrong, and which cause each names.
//!
//! The lists are open: a word that stands in none is kept as the `Error` of
//! the failure and leads to the general cause of its place.

use super::cause::Cause;
use super::lower::Lower;

/// `TLS negotiation failed with error <word>`: Exchange's word, or the name or
/// number of the SSPI status behind it (winerror.h, `SEC_E_...`).
pub fn tls_error(word: &str) -> Cause {
    let plain = plain(word);
    let named = |words: &[&str]| words.contains(&plain.as_str());
    if named(&["unknowncredentials", "8009030d"]) {
        Cause::OwnCertificateNotEnabled
    } else if named(&["nocredentials", "8009030e"]) {
        Cause::OwnCertificateNoKey
    } else if named(&[
        "socketerror",
        "connectionaborted",
        "connectionreset",
        "timedout",
        "remotedisconnected",
        "disconnected",
        "shutdown",
    ]) {
        Cause::TlsAborted
    } else if named(&[
        "algorithmmismatch",
        "80090331",
        "unsupportedfunction",
        "80090302",
        "unsupportedprotocol",
        "protocolversion",
        "protocolmismatch",
        "protocolversionmismatch",
        "notsupported",
    ]) {
        Cause::TlsNoCommonAlgorithm
    } else if named(&[
        "illegalmessage",
        "80090326",
        "invalidtoken",
        "80090308",
        "messagealtered",
        "8009030f",
        "decryptfailure",
        "80090330",
    ]) {
        Cause::TlsGarbled
    } else {
        Cause::TlsFailed
    }
}

/// This server's verdict on the peer's certificate: the word after `with error`
/// or `Reason:`.
pub fn peer_certificate(word: &str) -> Cause {
    match plain(word).as_str() {
        "certificateexpired" | "certexpired" | "expired" | "nottimevalid" | "800b0101"
        | "80090328" => Cause::PeerCertificateExpired,
        "subjectmismatch"
        | "namemismatch"
        | "certificatenamemismatch"
        | "wrongprincipal"
        | "cnnomatch"
        | "800b010f"
        | "80090322" => Cause::PeerCertificateNameMismatch,
        "revoked" | "certificaterevoked" | "certrevoked" | "800b010c" | "80092010" => {
            Cause::PeerCertificateRevoked
        }
        _ => Cause::PeerCertificateUntrusted,
    }
}

/// Words that speak of a certificate wherever they stand in a reply, in lower case and as
/// they are; then sentences that TLS libraries put there, with the word that says the same.
const CERTIFICATE_WORDS: &[(&str, &str)] = &[
    ("untrustedroot", "UntrustedRoot"),
    ("subjectmismatch", "SubjectMismatch"),
    ("certificateexpired", "CertificateExpired"),
    ("certificaterevoked", "CertificateRevoked"),
    ("certexpired", "CertExpired"),
    ("certrevoked", "CertRevoked"),
    ("partialchain", "PartialChain"),
    ("revocationstatusunknown", "RevocationStatusUnknown"),
    ("nottimevalid", "NotTimeValid"),
    ("certificatenamemismatch", "CertificateNameMismatch"),
    ("wrongprincipal", "WrongPrincipal"),
    ("chainnottrusted", "ChainNotTrusted"),
    ("certificate has expired", "CertificateExpired"),
    ("certificate expired", "CertificateExpired"),
    ("certificate revoked", "CertificateRevoked"),
    ("certificate has been revoked", "CertificateRevoked"),
    ("unable to get local issuer certificate", "UntrustedRoot"),
    ("self signed certificate", "UntrustedRoot"),
    ("self-signed certificate", "UntrustedRoot"),
    ("certificate verify failed", "UntrustedRoot"),
    ("certificate host mismatch", "SubjectMismatch"),
];

/// The certificate word in a reply: what follows `Reason:`, or a known word or sentence.
pub fn certificate_word(text: &str, lower: &Lower) -> Option<String> {
    let failed = lower.find("certificate validation fail");
    if let Some(at) = failed {
        let reason = lower.text()[at..].find("reason:");
        let word: String = reason
            .map_or("", |reason| &text[at + reason + "reason:".len()..])
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if !word.is_empty() {
            return Some(word);
        }
    }
    let known = CERTIFICATE_WORDS.iter().find(|(word, _)| lower.has(word));
    known
        .map(|(_, word)| *word)
        .or_else(|| failed.map(|_| "CertificateValidationFailure"))
        .map(str::to_owned)
}

/// `Winsock error code: N` (winsock2.h).
pub fn winsock(code: u32) -> Cause {
    match code {
        10060 => Cause::ConnectionTimedOut,
        10061 => Cause::ConnectionRefused,
        10051 | 10065 => Cause::NetworkUnreachable,
        11001..=11004 => Cause::DnsFailed,
        _ => Cause::ConnectFailed,
    }
}

/// `SEC_E_NO_CREDENTIALS`, `NoCredentials`, `0x8009030E` in one spelling.
fn plain(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let rest = ["sec_e_", "cert_e_", "crypt_e_", "0x"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .unwrap_or(&lower);
    rest.chars().filter(|c| *c != '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_sspi_status_names_the_same_cause() {
        for word in ["NoCredentials", "SEC_E_NO_CREDENTIALS", "0x8009030E", "nocredentials"] {
            assert_eq!(tls_error(word), Cause::OwnCertificateNoKey, "{word}");
        }
        assert_eq!(tls_error("UnknownCredentials"), Cause::OwnCertificateNotEnabled);
        assert_eq!(tls_error("CertUnknown"), Cause::TlsFailed);
    }

    #[test]
    fn finds_the_certificate_word_of_a_reply() {
        let word = |text: &str| certificate_word(text, &Lower::of(text));
        assert_eq!(
            word("454 4.7.5 Certificate validation failure, Reason:UntrustedRoot").as_deref(),
            Some("UntrustedRoot")
        );
        assert_eq!(
            word("450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch]")
                .as_deref(),
            Some("SubjectMismatch")
        );
        assert_eq!(word("550 5.7.1 certificate verify failed").as_deref(), Some("UntrustedRoot"));
        assert_eq!(word("250 2.6.0 Queued mail for delivery"), None);
    }
}
