//! From where a certificate is judged: the instant, and the use it is put to.

use super::finding::Severity;

/// Seconds in a day.
pub(crate) const DAY: i64 = 86_400;

/// Which place a certificate has in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The certificate under test.
    Leaf,
    /// Between the two.
    Intermediate,
    /// The trusted end.
    Anchor,
}

/// The instant and the use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standpoint {
    /// Seconds since 1970; fractions are cut off, as certificates have none.
    pub at: i64,
    /// How long before its end a certificate expires "soon".
    pub warning_days: i64,
    /// A peer will ask this server for a name.
    pub server: bool,
    /// The certificate is presented as a client, by a send connector.
    pub outbound: bool,
}

impl Standpoint {
    /// The weight of "not for TLS servers".
    pub fn server_severity(&self) -> Severity {
        if self.server {
            Severity::Error
        } else {
            Severity::Warning
        }
    }

    /// The weight of "not for TLS clients".
    pub fn client_severity(&self) -> Severity {
        if self.outbound {
            Severity::Warning
        } else {
            Severity::Info
        }
    }
}
