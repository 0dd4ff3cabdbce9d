//! The closed list of findings about receive connectors.
//!
//! This file is where the list is written. The pages in `docs/connectors/`
//! follow from it, and a test holds them to it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::cert::finding::Severity;

/// What a finding says, in which words, about which connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// Which of the closed list.
    pub code: Code,
    /// How much it weighs here; the same code can weigh less elsewhere.
    pub severity: Severity,
    /// What was found and what was expected, in a sentence.
    pub message: String,
    /// What it is about: the connector, or the TlsCertificateName.
    pub element: String,
}

/// What is known of a code without a connector.
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
        /// What can be found. The numbers never change; a code that is given
        /// up keeps its number as a comment.
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
    ExchangeServerAuthMissing = 1, Error, "Other Exchange servers reach the connector, and it does not allow ExchangeServer authentication.";
    ExchangeServerInRelay = 2, Error, "The connector is for a few addresses, and one of them is an Exchange server's.";
    ExchangeServersNotPermitted = 3, Error, "Exchange servers can authenticate, and have no permission to use the connector.";
    TlsMissing = 4, Warning, "The connector does not offer TLS.";
    XAnonymousTlsSuppressed = 5, Warning, "The connector keeps X-ANONYMOUSTLS from its greeting.";
    ExternalAuthoritativeMixed = 6, Warning, "ExternalAuthoritative stands together with ExchangeServer.";
    FqdnNotOfServer = 7, Error, "The connector allows ExchangeServer authentication under a name that is not the server's.";
    TlsCertificateNameNotFound = 8, Error, "TlsCertificateName matches no certificate.";
    NotKnown = 9, Warning, "The object does not tell what decides.";
    NotApplicable = 10, Info, "The connector is not one that other Exchange servers need.";
}

impl Code {
    /// What is known of it without a connector.
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
        Finding { code: self, severity, message: message.into(), element: element.to_owned() }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_numbers_and_names() {
        for (place, info) in CODES.iter().enumerate() {
            assert_eq!(usize::try_from(info.code.number()).unwrap(), place + 1);
            assert_eq!(format!("{:?}", info.code), info.name);
            assert_eq!(Code::from_name(&info.name.to_lowercase()), Some(info.code));
            assert!(info.title.ends_with('.'));
        }
    }
}
