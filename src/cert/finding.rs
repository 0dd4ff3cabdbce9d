//! The closed list of findings, with what is known of each without a certificate.
//!
//! This file is where the list is written. The pages in `docs/findings/` and
//! the tab completion of PowerShell follow from it, and tests hold them to it.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info = 1,
    /// Works today, or for most peers.
    Warning = 2,
    /// A TLS peer must refuse, or Exchange cannot use the certificate.
    Error = 3,
}

impl Severity {
    /// Every severity, in order.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// The name users read.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "Info",
            Severity::Warning => "Warning",
            Severity::Error => "Error",
        }
    }

    /// Its number in the C ABI.
    #[allow(clippy::as_conversions)] // the discriminant is the number
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// What all findings of a certificate come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Verdict {
    /// No finding above Info.
    Pass = 1,
    /// A Warning, and no Error.
    Warning = 2,
    /// At least one Error.
    Fail = 3,
}

impl Verdict {
    /// Every result, in order.
    pub const ALL: [Verdict; 3] = [Verdict::Pass, Verdict::Warning, Verdict::Fail];

    /// The name users read.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "Pass",
            Verdict::Warning => "Warning",
            Verdict::Fail => "Fail",
        }
    }

    /// Its number in the C ABI.
    #[allow(clippy::as_conversions)] // the discriminant is the number
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The result that these findings come to.
    pub fn of(findings: &[Finding]) -> Verdict {
        Verdict::of_severities(findings.iter().map(|finding| finding.severity))
    }

    /// The result that findings of these weights come to.
    pub fn of_severities(severities: impl Iterator<Item = Severity>) -> Verdict {
        match severities.max() {
            Some(Severity::Error) => Verdict::Fail,
            Some(Severity::Warning) => Verdict::Warning,
            Some(Severity::Info) | None => Verdict::Pass,
        }
    }
}

/// What a finding says, in which words, about which certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// Which of the closed list.
    pub code: Code,
    /// How much it weighs here; the same code can weigh less elsewhere.
    pub severity: Severity,
    /// What was found and what was expected, in a sentence.
    pub message: String,
    /// Subject of the certificate it is about.
    pub element: String,
    /// Whether that is known to be an issuer in the chain and not the certificate
    /// under test: the subjects of the two may be the same text.
    #[serde(skip)]
    pub(crate) of_issuer: bool,
}

impl Finding {
    /// The same, said of an issuer in the chain.
    pub(crate) fn of_issuer(self) -> Finding {
        Finding { of_issuer: true, ..self }
    }
}

/// What is known of a code without a certificate.
#[derive(Debug, Clone, Copy)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// Its name.
    pub name: &'static str,
    /// The weight it usually has.
    pub severity: Severity,
    /// What it means, in one line.
    pub title: &'static str,
}

/// Writes the enumeration and its table from one list, so that they cannot differ.
macro_rules! codes {
    ($($name:ident = $number:literal, $severity:ident, $title:literal;)*) => {
        /// What can be found. The numbers are those of the C ABI and never
        /// change; a code that is given up keeps its number as a comment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum Code {
            $(#[doc = $title] $name = $number,)*
        }

        /// Every code, in the order of its number.
        pub const CODES: &[CodeInfo] = &[
            $(CodeInfo {
                code: Code::$name,
                name: stringify!($name),
                severity: Severity::$severity,
                title: $title,
            },)*
        ];
    };
}

codes! {
    Expired = 1, Error, "The certificate, or one it depends on, has expired.";
    NotYetValid = 2, Error, "The certificate, or one it depends on, is not valid yet.";
    ExpiresSoon = 3, Warning, "The certificate, or one it depends on, expires soon.";
    NoPrivateKey = 4, Error, "The certificate has no private key on this server.";
    NotEnabledForSmtp = 5, Warning, "The certificate is not enabled for SMTP.";
    DuplicateSubject = 6, Warning, "Another certificate has the same issuer and subject.";
    AmbiguousTlsCertificateName = 7, Warning, "TlsCertificateName matches more than one certificate.";
    TlsCertificateNameNotFound = 8, Error, "TlsCertificateName matches no certificate.";
    TlsCertificateNameTooLong = 9, Warning, "TlsCertificateName is too long to reach an Edge server.";
    NameMismatch = 10, Error, "The certificate does not carry the name that was asked for.";
    CommonNameOnly = 11, Warning, "The name stands only in the subject's common name.";
    SelfSigned = 12, Warning, "The certificate is self-signed.";
    UntrustedRoot = 13, Error, "The chain ends at a root that is not trusted.";
    MissingIntermediate = 14, Error, "An issuer in the chain was not found.";
    BadSignature = 15, Error, "A signature in the chain is not good.";
    NotACa = 16, Error, "A certificate in the chain issues others but is no CA.";
    PathTooLong = 17, Error, "The chain is longer than one of its certificates allows.";
    NameConstraint = 18, Error, "A CA in the chain may not issue for this name.";
    KeyUsage = 19, Error, "The key may not be used for what it is used for.";
    ServerAuthMissing = 20, Warning, "The certificate may not be used by a TLS server.";
    ClientAuthMissing = 21, Warning, "The certificate may not be used by a TLS client.";
    WeakKey = 22, Error, "A key in the chain is too weak.";
    WeakSignature = 23, Error, "A signature in the chain uses a broken digest.";
    SignatureNotChecked = 24, Error, "A signature or key in the chain could not be checked.";
    Revoked = 25, Error, "The certificate, or one it depends on, was revoked.";
    RevocationUnknown = 26, Info, "Whether the certificate was revoked is not known.";
    UnknownCriticalExtension = 27, Error, "A critical extension is not understood.";
    IssuerRule = 28, Info, "The issuer broke a rule that common TLS peers let pass.";
    Malformed = 29, Error, "The certificate, or a part of it, cannot be read.";
}

impl Code {
    /// What is known of it without a certificate.
    pub fn info(self) -> &'static CodeInfo {
        // A test holds the table's order to the numbers.
        let place = usize::try_from(self.number() - 1).unwrap_or(0);
        &CODES[place]
    }

    /// The name users read.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The code of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        CODES.iter().find(|info| info.name.eq_ignore_ascii_case(name)).map(|info| info.code)
    }

    /// Its number in the C ABI.
    #[allow(clippy::as_conversions)] // the discriminant is the number
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// A finding of the usual weight.
    pub fn about(self, element: &str, message: impl Into<String>) -> Finding {
        self.weighing(self.info().severity, element, message)
    }

    /// A finding of another weight than the usual.
    pub fn weighing(
        self,
        severity: Severity,
        element: &str,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            code: self,
            severity,
            message: message.into(),
            element: element.to_owned(),
            of_issuer: false,
        }
    }
}

/// Names in text and JSON.
macro_rules! named {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )*};
}

named!(Severity, Verdict, Code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_numbers_and_names() {
        assert_eq!(CODES.len(), 29);
        for (place, info) in CODES.iter().enumerate() {
            assert_eq!(usize::try_from(info.code.number()).unwrap(), place + 1);
            assert_eq!(format!("{:?}", info.code), info.name);
            assert_eq!(Code::from_name(&info.name.to_lowercase()), Some(info.code));
            assert!(info.title.ends_with('.'));
        }
    }

    #[test]
    fn the_heaviest_finding_decides() {
        let finding = |severity| Code::IssuerRule.weighing(severity, "CN=a", "x");
        assert_eq!(Verdict::of(&[]), Verdict::Pass);
        assert_eq!(Verdict::of(&[finding(Severity::Info)]), Verdict::Pass);
        assert_eq!(
            Verdict::of(&[finding(Severity::Warning), finding(Severity::Info)]),
            Verdict::Warning
        );
        assert_eq!(
            Verdict::of(&[finding(Severity::Error), finding(Severity::Warning)]),
            Verdict::Fail
        );
    }
}
