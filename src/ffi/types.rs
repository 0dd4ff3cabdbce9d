//! The types that cross the C ABI: fixed-width integers, pointers, and plain
//! structs of them. No struct crosses by value and none holds a bool.

use libc::size_t;

/// Raised whenever a struct, a number or a promise of this header changes so
/// that a caller compiled against the old one would misread it.
pub const EXTLS_ABI_VERSION: u32 = 1;

/// The call did what was asked; its outputs are written.
pub const EXTLS_OK: i32 = 0;
/// There is nothing more to give.
pub const EXTLS_END: i32 = 1;
/// Nothing was found within the time given; call again.
pub const EXTLS_WAITING: i32 = 2;
/// An argument cannot be used; extls_last_error says which and why.
pub const EXTLS_INVALID_ARGUMENT: i32 = -1;
/// A defect of this library; extls_last_error says where. The handle is of no use any more.
pub const EXTLS_PANIC: i32 = -2;

/// In place of a time: not known.
pub const EXTLS_NO_TIME: i64 = i64::MIN;

/// timeout_seconds: no path is ever given up.
pub const EXTLS_NO_TIMEOUT: u32 = u32::MAX;

/// extls_scan_options.wanted: failed sessions.
pub const EXTLS_WANTED_FAILURES: u32 = 0;
/// extls_scan_options.wanted: all sessions.
pub const EXTLS_WANTED_SESSIONS: u32 = 1;

/// log_type: both kinds of log (in options only).
pub const EXTLS_LOG_ANY: u32 = 0;
/// log_type: SMTP Send Protocol Log.
pub const EXTLS_LOG_SEND: u32 = 1;
/// log_type: SMTP Receive Protocol Log.
pub const EXTLS_LOG_RECEIVE: u32 = 2;

/// extls_scan_options.flags: read the folders below a folder too.
pub const EXTLS_RECURSE: u32 = 1;
/// extls_scan_options.flags: no character of a path is a wildcard.
pub const EXTLS_LITERAL: u32 = 2;
/// extls_scan_options.flags: also sessions in which only messages or recipients were refused.
pub const EXTLS_INCLUDE_REJECTION: u32 = 4;
/// extls_scan_options.flags: give the records of each session.
pub const EXTLS_INCLUDE_RECORDS: u32 = 8;

/// UTF-8 text, not terminated. `data` is NULL where nothing is known; text that
/// is known to be empty has a `data` that is not NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_str {
    /// The first byte.
    pub data: *const u8,
    /// How many bytes.
    pub len: size_t,
}

/// A text that is not there.
pub(super) const NO_TEXT: extls_str = extls_str { data: std::ptr::null(), len: 0 };

/// Several texts.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_list {
    /// The first text; NULL where there is none.
    pub items: *const extls_str,
    /// How many.
    pub len: size_t,
}

/// A cause and what is known of it without a session.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_cause_info {
    /// Its name, as users read and type it.
    pub name: extls_str,
    /// What it means, in one line.
    pub title: extls_str,
    /// The name of the stage it belongs to.
    pub stage_name: extls_str,
    /// Its number: an extls_cause.
    pub cause: u32,
    /// The number of the stage: an extls_stage.
    pub stage: u32,
}

/// What a scan reads and gives. Zero everywhere but in `paths`, `since` and
/// `until` (EXTLS_NO_TIME) asks for all failures.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_scan_options {
    /// Log files, folders, wildcards.
    pub paths: extls_list,
    /// Wildcards for connector names; none means every connector.
    pub connectors: extls_list,
    /// Numbers of causes; none means every cause.
    pub causes: *const u32,
    /// How many causes.
    pub cause_count: size_t,
    /// Nothing before this time, in milliseconds since 1970-01-01 UTC.
    pub since: i64,
    /// Nothing after this time.
    pub until: i64,
    /// EXTLS_WANTED_FAILURES or EXTLS_WANTED_SESSIONS.
    pub wanted: u32,
    /// EXTLS_LOG_ANY, EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
    pub log_type: u32,
    /// EXTLS_RECURSE, EXTLS_LITERAL, EXTLS_INCLUDE_REJECTION, EXTLS_INCLUDE_RECORDS, added up.
    pub flags: u32,
    /// How many seconds a path may give no answer before it is given up; 0 for
    /// 60 seconds, EXTLS_NO_TIMEOUT for ever.
    pub timeout_seconds: u32,
}

/// What a log says of a certificate.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_certificate {
    /// Distinguished name of the subject.
    pub subject: extls_str,
    /// Distinguished name of the issuer.
    pub issuer: extls_str,
    /// Serial number, hexadecimal.
    pub serial_number: extls_str,
    /// SHA-1 of the certificate, hexadecimal.
    pub thumbprint: extls_str,
    /// Subject alternate names.
    pub alternate_names: extls_list,
    /// Start of validity, in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
    pub not_before: i64,
    /// End of validity.
    pub not_after: i64,
}

/// A failed session. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_failure {
    /// The connector, as logged.
    pub connector: extls_str,
    /// The session id, as logged.
    pub session_id: extls_str,
    /// This server's address and port.
    pub local_endpoint: extls_str,
    /// The peer's address and port.
    pub remote_endpoint: extls_str,
    /// The name the peer gave in banner or EHLO.
    pub remote_host: extls_str,
    /// The name of `stage`.
    pub stage_name: extls_str,
    /// The name of `cause`.
    pub cause_name: extls_str,
    /// The word as logged.
    pub error: extls_str,
    /// The SMTP reply that shows it; its lines are divided by LF.
    pub reply: extls_str,
    /// TLS1.2, for example.
    pub tls_protocol: extls_str,
    /// The auth level that was to be reached.
    pub auth_level: extls_str,
    /// What happened, in one or two sentences.
    pub diagnosis: extls_str,
    /// The file of the failing record.
    pub path: extls_str,
    /// EHLO keywords of the last greeting before the failure.
    pub offered_extensions: extls_list,
    /// Ready commands, in order.
    pub remedy: extls_list,
    /// Article numbers or links.
    pub reference: extls_list,
    /// The records, where they were asked for.
    pub records: extls_list,
    /// The certificate this server sent, or NULL.
    pub certificate: *const extls_certificate,
    /// The certificate the peer sent, or NULL.
    pub remote_certificate: *const extls_certificate,
    /// Time of the record that shows the failure.
    pub time: i64,
    /// Time of the first record of the session.
    pub start_time: i64,
    /// The line of the failing record, from 1.
    pub line: u64,
    /// EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
    pub log_type: u32,
    /// An extls_stage.
    pub stage: u32,
    /// An extls_cause.
    pub cause: u32,
    /// 1 where neither start nor end of the session is missing, else 0.
    pub complete: u32,
}

/// A session, failed or not. Times and lengths are in milliseconds, or EXTLS_NO_TIME.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_session {
    /// The connector, as logged.
    pub connector: extls_str,
    /// The session id, as logged.
    pub session_id: extls_str,
    /// This server's address and port.
    pub local_endpoint: extls_str,
    /// The peer's address and port.
    pub remote_endpoint: extls_str,
    /// The name this server gave in banner or EHLO.
    pub local_host: extls_str,
    /// The name the peer gave in banner or EHLO.
    pub remote_host: extls_str,
    /// TLS1.2, for example.
    pub tls_protocol: extls_str,
    /// The bulk encryption algorithm, as logged.
    pub tls_cipher: extls_str,
    /// The mechanism of AUTH or X-EXPS.
    pub authentication: extls_str,
    /// Who authenticated.
    pub authenticated_as: extls_str,
    /// The context of the record that ends the session.
    pub ended_by: extls_str,
    /// The name of `cause`; nothing where nothing failed.
    pub cause_name: extls_str,
    /// The file of the first record.
    pub path: extls_str,
    /// Reverse-paths of MAIL.
    pub sender: extls_list,
    /// Forward-paths of RCPT.
    pub recipient: extls_list,
    /// Message ids.
    pub internet_message_id: extls_list,
    /// EHLO keywords of the last greeting.
    pub offered_extensions: extls_list,
    /// The records, where they were asked for.
    pub records: extls_list,
    /// The certificate this server sent, or NULL.
    pub certificate: *const extls_certificate,
    /// The certificate the peer sent, or NULL.
    pub remote_certificate: *const extls_certificate,
    /// Time of the first record.
    pub start_time: i64,
    /// Time of the last record.
    pub end_time: i64,
    /// From the first record to the last.
    pub duration: i64,
    /// The longest silence between two records.
    pub longest_gap: i64,
    /// The line of the first record, from 1.
    pub line: u64,
    /// How many records the session has.
    pub record_count: u64,
    /// EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
    pub log_type: u32,
    /// An extls_cause, or 0 where nothing failed.
    pub cause: u32,
    /// Messages accepted.
    pub message_count: u32,
    /// 1 where neither start nor end of the session is missing, else 0.
    pub complete: u32,
}

/// Something that could not be read.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_problem {
    /// A stable name: NotFound, Unreadable, NotAProtocolLog, OtherDirection, BadRecord, TimedOut.
    pub kind: extls_str,
    /// What was found and what was expected.
    pub text: extls_str,
    /// The file.
    pub path: extls_str,
    /// The line, from 1; 0 where it is about the whole file.
    pub line: u64,
    /// 1 where the whole file or path is lost, 0 where it is one record.
    pub whole_file: u32,
    /// Zero.
    pub reserved: u32,
}

/// One thing a scan found: exactly one of the pointers is not NULL. What it
/// points to stays as it is until the next call with the same scan.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_item {
    /// A failed session.
    pub failure: *const extls_failure,
    /// A session.
    pub session: *const extls_session,
    /// Something that could not be read.
    pub problem: *const extls_problem,
}

/// How far a scan has come.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_progress {
    /// Files to read.
    pub files: u64,
    /// Files that are done with: read to their end, or lost.
    pub files_done: u64,
    /// Bytes of the files, as they were when the scan began.
    pub bytes: u64,
    /// Bytes read.
    pub bytes_done: u64,
}
