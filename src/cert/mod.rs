//! What is wrong with a certificate, with its duplicates and with its chain.
//!
//! [`test()`] takes certificates with what the caller knows of them, and gives
//! back every finding about each, worst first. It has no clock, no network and
//! no state: the instant, the trusted roots and the revocation lists are
//! arguments. Nothing is a pass because it could not be checked.
//!
//! From the bottom: [`der`] reads bytes, [`certificate`], [`list`] and [`read`]
//! make facts of them, [`name`], [`identifier`] and [`hostname`] compare names,
//! the path builder finds the chain, and one small module for each kind of
//! finding judges it. [`finding`] holds the closed list.
//!
//! ```
//! use exchange_tls::cert::{read, test, Input, Request};
//! use exchange_tls::timestamp::Timestamp;
//!
//! let file = read::read(b"not a certificate", "mail.cer");
//! let mut request = Request::at(Timestamp::parse(b"2026-01-01T00:00:00Z").unwrap());
//! request.add_file(file);
//! let tests = test(&request).tests;
//! assert_eq!(tests[0].result.name(), "Fail");
//! assert_eq!(tests[0].findings[0].code.name(), "Malformed");
//! ```

mod attribute;
pub mod certificate;
pub mod connector;
mod constraints;
pub mod der;
pub mod extensions;
pub mod finding;
pub mod general_name;
pub mod hostname;
pub mod identifier;
mod issuer_rule;
mod judge;
pub mod key;
pub mod list;
pub mod name;
mod names;
mod oid;
mod path;
mod policy;
mod pool;
pub mod read;
mod remedy;
mod revocation;
mod selection;
pub mod signature;
mod standpoint;
mod strength;
mod usage;
mod validity;
mod well_formed;

use serde::Serialize;

use crate::timestamp::Timestamp;
use connector::SendConnector;
use finding::{Finding, Verdict};
pub use path::Limits;
use read::{Contents, Given, Unreadable};

/// How long before its end a certificate expires "soon", where nobody says.
pub const EXPIRY_WARNING_DAYS: u32 = 30;

/// A certificate to be tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its bytes, or why there are none.
    pub content: Result<Vec<u8>, String>,
    /// A store path or a file.
    pub source: String,
    /// Whether the private key is there; `None` where the caller cannot tell.
    pub has_private_key: Option<bool>,
    /// The Exchange services, as Exchange writes them; `None` where the caller cannot tell.
    pub services: Option<String>,
}

impl Input {
    /// A certificate of which nothing more is known.
    pub fn new(given: Given) -> Input {
        Input {
            content: Ok(given.der),
            source: given.source,
            has_private_key: None,
            services: None,
        }
    }

    /// Whether the services name SMTP; `None` where they are not known.
    pub(crate) fn is_enabled_for_smtp(&self) -> Option<bool> {
        let services = self.services.as_ref()?;
        Some(
            services
                .split([',', ' ', '|', ';'])
                .any(|service| service.trim().eq_ignore_ascii_case("SMTP")),
        )
    }

    /// Whether it is known that Exchange leaves it aside when it looks for a
    /// certificate by host name.
    pub(crate) fn is_unfit(&self) -> bool {
        self.has_private_key == Some(false) || self.is_enabled_for_smtp() == Some(false)
    }

    /// An entry that cannot be read; it is tested too, and fails.
    pub fn unreadable(unreadable: Unreadable) -> Input {
        Input {
            content: Err(unreadable.reason),
            source: unreadable.source,
            has_private_key: None,
            services: None,
        }
    }
}

/// What is to be tested, and by what.
#[derive(Debug, Clone)]
pub struct Request {
    /// The certificates to be tested.
    pub certificates: Vec<Input>,
    /// Certificates that may stand between them and a root.
    pub intermediates: Vec<Given>,
    /// Certificates that are trusted.
    pub roots: Vec<Given>,
    /// Revocation lists.
    pub lists: Vec<Given>,
    /// The instant to judge at.
    pub at: Timestamp,
    /// How long before its end a certificate expires "soon".
    pub expiry_warning_days: u32,
    /// The name that a peer will ask for.
    pub fqdn: Option<String>,
    /// `<I>issuer<S>subject`
    pub tls_certificate_name: Option<String>,
    /// The connectors that present these certificates.
    pub send_connectors: Vec<SendConnector>,
    /// Bounds of the search for a path.
    pub limits: Limits,
}

impl Request {
    /// A request that asks for nothing yet.
    pub fn at(at: Timestamp) -> Request {
        Request {
            certificates: Vec::new(),
            intermediates: Vec::new(),
            roots: Vec::new(),
            lists: Vec::new(),
            at,
            expiry_warning_days: EXPIRY_WARNING_DAYS,
            fqdn: None,
            tls_certificate_name: None,
            send_connectors: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// Adds the contents of one file to be tested: each certificate, but for
    /// those that issued another one in it, which serve as intermediates.
    pub fn add_file(&mut self, contents: Contents) {
        self.lists.extend(contents.lists.iter().cloned());
        let unreadable = contents.unreadable.clone();
        let (tested, intermediates) = contents.split_issuers();
        self.certificates.extend(tested.into_iter().map(Input::new));
        self.certificates.extend(unreadable.into_iter().map(Input::unreadable));
        self.intermediates.extend(intermediates);
    }
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// One for each certificate tested, in their order.
    pub tests: Vec<CertificateTest>,
    /// Intermediates, roots and lists that cannot be read and were left out.
    pub unreadable: Vec<Unreadable>,
}

/// A certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainElement {
    /// Its subject, as Windows writes it.
    pub subject: String,
    /// Its thumbprint.
    pub thumbprint: String,
    /// Where it came from.
    pub source: String,
}

/// The test of one certificate: the properties of `ExchangeTls.CertificateTest`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CertificateTest {
    /// The subject, as Windows writes it.
    pub subject: Option<String>,
    /// The issuer, as Windows writes it.
    pub issuer: Option<String>,
    /// The serial number, hexadecimal.
    pub serial_number: Option<String>,
    /// SHA-1 of the certificate, hexadecimal.
    pub thumbprint: Option<String>,
    /// The alternate names.
    pub alternate_names: Vec<String>,
    /// Start of validity.
    pub not_before: Option<Timestamp>,
    /// End of validity.
    pub not_after: Option<Timestamp>,
    /// Whole days until the end, negative after it.
    pub days_left: Option<i64>,
    /// As the caller knows it.
    pub has_private_key: Option<bool>,
    /// As the caller knows them.
    pub services: Option<String>,
    /// Whether it signed itself.
    pub self_signed: Option<bool>,
    /// Store path or file.
    pub source: String,
    /// Whether a connector with the name asked for presents this one; empty
    /// where no name was asked for.
    pub selected: Option<bool>,
    /// What the findings come to.
    pub result: Verdict,
    /// Every finding, worst first.
    pub findings: Vec<Finding>,
    /// From the certificate to the root, as far as it could be built.
    pub chain: Vec<ChainElement>,
    /// Ready commands, in order.
    pub remedy: Vec<String>,
}

/// Tests every certificate of a request.
pub fn test(request: &Request) -> Outcome {
    judge::judge(request)
}
