//! The types of `extls_certs_*`.

use libc::size_t;

use super::types::{extls_list, extls_problem, extls_str};

/// extls_certs_file.role: certificates to be tested.
pub const EXTLS_ROLE_TESTED: u32 = 0;
/// extls_certs_file.role: certificates that may stand between those and a root.
pub const EXTLS_ROLE_INTERMEDIATE: u32 = 1;
/// extls_certs_file.role: certificates that are trusted.
pub const EXTLS_ROLE_ROOT: u32 = 2;
/// extls_certs_file.role: certificate revocation lists.
pub const EXTLS_ROLE_CRL: u32 = 3;

/// The answer to a question of yes or no: no.
pub const EXTLS_NO: u32 = 0;
/// The answer to a question of yes or no: yes.
pub const EXTLS_YES: u32 = 1;
/// The answer to a question of yes or no: not known, or not asked.
pub const EXTLS_NOT_KNOWN: u32 = 2;

/// Some bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_bytes {
    /// The first byte.
    pub data: *const u8,
    /// How many.
    pub len: size_t,
}

/// What certificates are tested for.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_certs_options {
    /// The name that a peer will ask for; NULL where none is asked for.
    pub fqdn: extls_str,
    /// `<I>issuer<S>subject`; NULL where none is asked for.
    pub tls_certificate_name: extls_str,
    /// The instant to judge at, in milliseconds since 1970-01-01 UTC; EXTLS_NO_TIME is now.
    pub at: i64,
    /// How many days before its end a certificate expires "soon".
    pub expiry_warning_days: u32,
    /// How many seconds a path may give no answer before it is given up; 0 for
    /// 60 seconds, EXTLS_NO_TIMEOUT for ever.
    pub timeout_seconds: u32,
}

/// What one file, or one entry of a store, holds: DER, PEM (several, with text
/// around) or PKCS #7.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_certs_file {
    /// Its bytes.
    pub content: extls_bytes,
    /// A store path or a file name, for people.
    pub source: extls_str,
    /// The Exchange services of the one certificate in it; NULL where not known.
    pub services: extls_str,
    /// An EXTLS_ROLE_ number.
    pub role: u32,
    /// Whether the private key of the one certificate in it is there:
    /// EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
    pub has_private_key: u32,
}

/// A send connector that presents the certificates.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_send_connector {
    /// Its name or identity.
    pub name: extls_str,
    /// What it says in EHLO; NULL where not known.
    pub fqdn: extls_str,
    /// Its TlsAuthLevel; NULL where it has none.
    pub tls_auth_level: extls_str,
    /// Its TlsDomain; NULL where it has none.
    pub tls_domain: extls_str,
    /// Its TlsCertificateName: NULL where not known, empty where it has none.
    pub tls_certificate_name: extls_str,
    /// Its smart hosts, names or addresses.
    pub smart_hosts: extls_list,
    /// EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
    pub require_tls: u32,
    /// EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
    pub dns_routing: u32,
}

/// What is known of a code of findings without a certificate.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_finding_info {
    /// Its name.
    pub name: extls_str,
    /// What it means, in one line.
    pub title: extls_str,
    /// The name of the severity it usually has.
    pub severity_name: extls_str,
    /// Its number.
    pub code: u32,
    /// 1 Info, 2 Warning, 3 Error.
    pub severity: u32,
}

/// One finding about a certificate.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_finding {
    /// The name of `code`.
    pub code_name: extls_str,
    /// The name of `severity`.
    pub severity_name: extls_str,
    /// What was found and what was expected, in a sentence.
    pub message: extls_str,
    /// Subject of the certificate it is about.
    pub element: extls_str,
    /// As in extls_finding_info.
    pub code: u32,
    /// 1 Info, 2 Warning, 3 Error.
    pub severity: u32,
}

/// A certificate of a chain.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_chain_element {
    /// Its subject.
    pub subject: extls_str,
    /// Its thumbprint.
    pub thumbprint: extls_str,
    /// Where it came from.
    pub source: extls_str,
}

/// The test of one certificate. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_certificate_test {
    /// The subject, as Windows writes it.
    pub subject: extls_str,
    /// The issuer, as Windows writes it.
    pub issuer: extls_str,
    /// The serial number, hexadecimal.
    pub serial_number: extls_str,
    /// SHA-1 of the certificate, hexadecimal.
    pub thumbprint: extls_str,
    /// The Exchange services, where known.
    pub services: extls_str,
    /// Store path or file.
    pub source: extls_str,
    /// The name of `result`: Pass, Warning or Fail.
    pub result_name: extls_str,
    /// The alternate names.
    pub alternate_names: extls_list,
    /// Ready commands, in order.
    pub remedy: extls_list,
    /// Every finding, worst first.
    pub findings: *const extls_finding,
    /// How many findings.
    pub finding_count: size_t,
    /// From the certificate to the root, as far as it could be built.
    pub chain: *const extls_chain_element,
    /// How many certificates the chain has.
    pub chain_count: size_t,
    /// Start of validity.
    pub not_before: i64,
    /// End of validity.
    pub not_after: i64,
    /// Whole days until the end, negative after it, or EXTLS_NO_TIME.
    pub days_left: i64,
    /// EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
    pub has_private_key: u32,
    /// EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
    pub self_signed: u32,
    /// Whether a connector with the name asked for presents this one; EXTLS_NOT_KNOWN where no name was asked for.
    pub selected: u32,
    /// 1 Pass, 2 Warning, 3 Fail.
    pub result: u32,
}

/// One thing a test gives: exactly one of the pointers is not NULL. What it
/// points to stays as it is until the next call with the same handle.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_certs_item {
    /// The test of a certificate.
    pub test: *const extls_certificate_test,
    /// An intermediate, a root or a list that could not be read and was left out.
    pub problem: *const extls_problem,
}
