//! Views of Rust values for C: pointers into values that the handle keeps.

use super::pages_types::NO_ITEM;
use super::types::*;
use crate::error::Error;
use crate::failure::ConnectorFailure;
use crate::log::certificate::Certificate;
use crate::log::LogType;
use crate::timestamp::Timestamp;

/// What the last item's pointers lead to. Nothing in here moves until the next item.
#[derive(Default)]
pub struct Views {
    texts: Vec<extls_str>,
    certificates: Vec<extls_certificate>,
    failure: Option<Box<extls_failure>>,
    problem: Option<Box<extls_problem>>,
}

/// A text that is there.
pub fn known(text: &str) -> extls_str {
    extls_str { data: text.as_ptr(), len: text.len() }
}

/// A text that may be missing.
pub fn maybe(text: Option<&String>) -> extls_str {
    text.map_or(NO_TEXT, |text| known(text))
}

/// A time that may be missing.
pub fn time(time: Option<Timestamp>) -> i64 {
    time.map_or(EXTLS_NO_TIME, Timestamp::unix_millis)
}

/// The number of a log type.
pub fn log_type(log_type: LogType) -> u32 {
    match log_type {
        LogType::Send => EXTLS_LOG_SEND,
        LogType::Receive => EXTLS_LOG_RECEIVE,
    }
}

impl Views {
    /// Makes room so that nothing moves while pointers are taken.
    fn begin(&mut self, lists: &[&Vec<String>], certificates: [Option<&Certificate>; 2]) {
        let names =
            certificates.iter().flatten().map(|certificate| certificate.alternate_names.len());
        let count = lists.iter().map(|list| list.len()).chain(names).sum();
        self.texts.clear();
        self.texts.reserve(count);
        self.certificates.clear();
        self.certificates.reserve(certificates.len());
    }

    fn list(&mut self, texts: &[String]) -> extls_list {
        if texts.is_empty() {
            return extls_list { items: std::ptr::null(), len: 0 };
        }
        let from = self.texts.len();
        debug_assert!(from + texts.len() <= self.texts.capacity());
        self.texts.extend(texts.iter().map(|text| known(text)));
        extls_list { items: self.texts[from..].as_ptr(), len: texts.len() }
    }

    fn certificate(&mut self, certificate: Option<&Certificate>) -> *const extls_certificate {
        let Some(certificate) = certificate else { return std::ptr::null() };
        let view = extls_certificate {
            subject: maybe(certificate.subject.as_ref()),
            issuer: maybe(certificate.issuer.as_ref()),
            serial_number: maybe(certificate.serial_number.as_ref()),
            thumbprint: maybe(certificate.thumbprint.as_ref()),
            alternate_names: self.list(&certificate.alternate_names),
            not_before: time(certificate.not_before),
            not_after: time(certificate.not_after),
        };
        self.certificates.push(view);
        &raw const self.certificates[self.certificates.len() - 1]
    }

    /// A view of a failure that outlives it no longer than the caller keeps it.
    pub fn failure(&mut self, failure: &ConnectorFailure) -> extls_item {
        let certificates = [failure.certificate.as_ref(), failure.remote_certificate.as_ref()];
        self.begin(
            &[&failure.offered_extensions, &failure.remedy, &failure.reference, &failure.records],
            certificates,
        );
        let view = extls_failure {
            connector: maybe(failure.connector.as_ref()),
            session_id: maybe(failure.session_id.as_ref()),
            local_endpoint: maybe(failure.local_endpoint.as_ref()),
            remote_endpoint: maybe(failure.remote_endpoint.as_ref()),
            remote_host: maybe(failure.remote_host.as_ref()),
            stage_name: known(failure.stage.name()),
            cause_name: known(failure.cause.name()),
            error: maybe(failure.error.as_ref()),
            reply: maybe(failure.reply.as_ref()),
            tls_protocol: maybe(failure.tls_protocol.as_ref()),
            auth_level: maybe(failure.auth_level.as_ref()),
            diagnosis: known(&failure.diagnosis),
            path: known(&failure.path),
            offered_extensions: self.list(&failure.offered_extensions),
            remedy: self.list(&failure.remedy),
            reference: self.list(&failure.reference),
            records: self.list(&failure.records),
            certificate: self.certificate(certificates[0]),
            remote_certificate: self.certificate(certificates[1]),
            time: time(failure.time),
            start_time: time(failure.start_time),
            line: failure.line,
            log_type: log_type(failure.log_type),
            stage: failure.stage.number(),
            cause: failure.cause.number(),
            complete: u32::from(failure.complete),
        };
        extls_item { failure: &raw const **self.failure.insert(Box::new(view)), ..NO_ITEM }
    }

    /// A view of a problem.
    pub fn problem(&mut self, problem: &Error) -> extls_item {
        let view = extls_problem {
            kind: known(problem.kind().name()),
            text: known(problem.text()),
            path: problem.path().map_or(maybe(None), known),
            line: problem.line().unwrap_or(0),
            whole_file: u32::from(problem.kind().is_fatal_for_file()),
            reserved: 0,
        };
        extls_item { problem: &raw const **self.problem.insert(Box::new(view)), ..NO_ITEM }
    }
}
