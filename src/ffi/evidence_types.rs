//! The types of `extls_evidence_*`.

use libc::size_t;

use super::certs_types::{extls_bytes, extls_finding};
use super::types::{extls_list, extls_problem, extls_str};

/// extls_evidence_options.wanted: an extls_queue_failure for each queue with an error.
pub const EXTLS_ANSWER_QUEUES: u32 = 0;
/// extls_evidence_options.wanted: an extls_connector_test for each receive connector.
pub const EXTLS_ANSWER_CONNECTORS: u32 = 1;
/// extls_evidence_options.wanted: an extls_diagnosis for each problem, worst first.
pub const EXTLS_ANSWER_DIAGNOSES: u32 = 2;

/// A property of an object. A name with a dot (`Certificate.Thumbprint`) is a
/// property of an object that is the property's value.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_property {
    /// Its name.
    pub name: extls_str,
    /// Its values as texts, times in ISO 8601 with their offset; none where it is empty.
    pub values: extls_list,
    /// Its value where that is bytes.
    pub bytes: extls_bytes,
}

/// An object of the Exchange shell: what Get-Queue, Get-SendConnector,
/// Get-ReceiveConnector, Get-ExchangeCertificate or Get-TransportService gave.
/// What it does not have is not known, and is not the same as empty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_object {
    /// The names of its type and of those it derives from; with or without `Deserialized.`.
    pub type_names: extls_list,
    /// The text it shows itself as; NULL where there is none.
    pub display: extls_str,
    /// Where it came from, for people; NULL where that is of no use.
    pub source: extls_str,
    /// Its properties.
    pub properties: *const extls_property,
    /// How many; more than 1,000 are refused.
    pub property_count: size_t,
}

/// What evidence is gathered for.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_evidence_options {
    /// The instant to judge at, in milliseconds since 1970-01-01 UTC; EXTLS_NO_TIME is now.
    pub at: i64,
    /// EXTLS_ANSWER_QUEUES, EXTLS_ANSWER_CONNECTORS or EXTLS_ANSWER_DIAGNOSES.
    pub wanted: u32,
    /// How many seconds a path may give no answer before it is given up; 0 for
    /// 60 seconds, EXTLS_NO_TIMEOUT for ever.
    pub timeout_seconds: u32,
}

/// Why a queue hangs.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_queue_failure {
    /// The queue.
    pub identity: extls_str,
    /// The server that holds it.
    pub server: extls_str,
    /// Where its mail is to go next.
    pub next_hop_domain: extls_str,
    /// How.
    pub delivery_type: extls_str,
    /// Retry, Active, Suspended ...
    pub status: extls_str,
    /// The text that was read, whole.
    pub last_error: extls_str,
    /// The SMTP code of the outermost reply.
    pub code: extls_str,
    /// Its enhanced status code.
    pub enhanced_code: extls_str,
    /// The SMTP code of the innermost reply; NULL where there is but one.
    pub inner_code: extls_str,
    /// Its enhanced status code.
    pub inner_enhanced_code: extls_str,
    /// The word or number that names the cause.
    pub error: extls_str,
    /// The host that was tried last.
    pub remote_host: extls_str,
    /// Its address.
    pub remote_endpoint: extls_str,
    /// When it was tried last: ISO 8601 in UTC where that is certain, else as written.
    pub last_retry_time: extls_str,
    /// The name of `stage`; NULL where the cause is not known.
    pub stage_name: extls_str,
    /// The name of `cause`.
    pub cause_name: extls_str,
    /// What happened, in one or two sentences.
    pub diagnosis: extls_str,
    /// Ready commands, in order.
    pub next_step: extls_list,
    /// Article numbers or links.
    pub reference: extls_list,
    /// How many messages wait, or -1 where that is not known.
    pub message_count: i64,
    /// An extls_stage, or 0 where the cause is not known.
    pub stage: u32,
    /// An extls_cause.
    pub cause: u32,
}

/// The test of a receive connector.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_connector_test {
    /// The connector.
    pub identity: extls_str,
    /// Its server.
    pub server: extls_str,
    /// Its TlsCertificateName; NULL where it has none or that is not known.
    pub tls_certificate_name: extls_str,
    /// The name of `result`: Pass, Warning or Fail.
    pub result_name: extls_str,
    /// Addresses and ports it listens on.
    pub bindings: extls_list,
    /// How callers may authenticate; items is NULL where that is not known.
    pub auth_mechanism: extls_list,
    /// Who may use it; items is NULL where that is not known.
    pub permission_groups: extls_list,
    /// Ready commands, in order.
    pub remedy: extls_list,
    /// Every finding, worst first.
    pub findings: *const extls_finding,
    /// How many findings.
    pub finding_count: size_t,
    /// 1 Pass, 2 Warning, 3 Fail.
    pub result: u32,
    /// Zero.
    pub reserved: u32,
}

/// Something that shows a problem.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_shown {
    /// Queue, Log, Certificate, SendConnector or ReceiveConnector.
    pub kind: extls_str,
    /// What it shows.
    pub text: extls_str,
    /// The queue, the connector, or the server of a certificate.
    pub name: extls_str,
    /// The file.
    pub path: extls_str,
    /// The thumbprint of a certificate.
    pub thumbprint: extls_str,
    /// The line in the file, from 1; 0 where there is none.
    pub line: u64,
}

/// One problem. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_diagnosis {
    /// The name of `cause`.
    pub cause_name: extls_str,
    /// What is wrong, in a few sentences.
    pub summary: extls_str,
    /// The connector, where one is concerned.
    pub connector: extls_str,
    /// The server, where it is known.
    pub server: extls_str,
    /// Ready commands, in order.
    pub remedy: extls_list,
    /// Article numbers or links.
    pub reference: extls_list,
    /// What shows it.
    pub evidence: *const extls_shown,
    /// How many pieces of evidence.
    pub evidence_count: size_t,
    /// The first session that failed, else the first try of a queue that is known.
    pub first_seen: i64,
    /// The last one.
    pub last_seen: i64,
    /// 1 for the worst.
    pub rank: u64,
    /// How many sessions failed; where no log shows any, how many queues wait.
    pub count: u64,
    /// Messages that wait in the queues concerned.
    pub message_count: u64,
    /// An extls_cause.
    pub cause: u32,
    /// Zero.
    pub reserved: u32,
}

/// One answer: exactly one of the pointers is not NULL. What it points to stays
/// as it is until the next call with the same handle.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_answer {
    /// Why a queue hangs.
    pub queue: *const extls_queue_failure,
    /// The test of a receive connector.
    pub connector: *const extls_connector_test,
    /// One problem.
    pub diagnosis: *const extls_diagnosis,
    /// Something that could not be read.
    pub problem: *const extls_problem,
}
