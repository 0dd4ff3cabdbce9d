//! `extls_evidence_*`: queues, connectors, certificates and logs in, answers out.

use std::collections::VecDeque;
use std::time::Duration;

use super::certs::{extls_certs, now};
use super::evidence_types::*;
use super::evidence_views::AnswerViews;
use super::guard::guard;
use super::objects;
use super::reading::Reading;
use super::scan::extls_scan;
use super::types::*;
use crate::connector::ConnectorTest;
use crate::diagnosis::files::{Piece, Sorting};
use crate::diagnosis::{Diagnosis, Evidence};
use crate::error::Error;
use crate::queue::QueueFailure;
use crate::timestamp::Timestamp;

/// What tells why mail hangs. Made by extls_evidence_new, ended by
/// extls_evidence_free; may be used by any thread, by one at a time.
pub struct extls_evidence {
    pub(super) evidence: Evidence,
    wanted: u32,
    pub(super) reading: Reading<Piece>,
    pub(super) sorting: Option<Sorting>,
    pub(super) logs: Vec<String>,
    pub(super) log_views: Vec<extls_str>,
    pub(super) problems: VecDeque<Error>,
    /// The answers, once there are any.
    answers: Option<VecDeque<Answer>>,
    current: Option<Answer>,
    views: AnswerViews,
}

enum Answer {
    Queue(Box<QueueFailure>),
    Connector(Box<ConnectorTest>),
    Diagnosis(Box<Diagnosis>),
    Problem(Error),
}

/// Begins to gather. Objects and paths come first, then logs: they tell which
/// servers there are, and so whose log a path leads to.
///
/// # Safety
/// `options` must be NULL or point to options; `evidence` must be NULL or point
/// to a place for a pointer.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_new(
    options: *const extls_evidence_options,
    evidence: *mut *mut extls_evidence,
) -> i32 {
    guard(|| {
        if evidence.is_null() {
            return Err("evidence is NULL".to_owned());
        }
        // SAFETY: the caller promises NULL or options that can be read.
        let Some(given) = (unsafe { options.as_ref() }) else {
            return Err("options is NULL".to_owned());
        };
        if given.wanted > EXTLS_ANSWER_DIAGNOSES {
            return Err(format!("options.wanted is {}; expected 0, 1 or 2", given.wanted));
        }
        let at =
            if given.at == EXTLS_NO_TIME { now()? } else { Timestamp::from_unix_millis(given.at) };
        let handle = Box::new(extls_evidence {
            evidence: Evidence::new(at),
            wanted: given.wanted,
            reading: Reading::within(given.timeout_seconds),
            sorting: None,
            logs: Vec::new(),
            log_views: Vec::new(),
            problems: VecDeque::new(),
            answers: None,
            current: None,
            views: AnswerViews::default(),
        });
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { evidence.write(Box::into_raw(handle)) };
        Ok(EXTLS_OK)
    })
}

/// Adds an object of the Exchange shell. One that tells nothing about mail that
/// hangs is refused with EXTLS_INVALID_ARGUMENT.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `object` must be NULL or point to an object whose texts and bytes can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_add(
    evidence: *mut extls_evidence,
    object: *const extls_object,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let handle = open(unsafe { evidence.as_mut() })?;
        // SAFETY: the caller promises NULL or an object that can be read.
        let Some(object) = (unsafe { object.as_ref() }) else {
            return Err("object is NULL".to_owned());
        };
        // SAFETY: the caller promises that texts and bytes can be read.
        let object = unsafe { objects::read(object) }?;
        handle.evidence.add_object(&object).map_err(|error| error.to_string())?;
        Ok(EXTLS_OK)
    })
}

/// Adds the certificates, issuers and lists that were added to a test; what of
/// them could not be read is a problem among the answers. The test stays as it is.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `certs` must be NULL or come from extls_certs_new and not be freed.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_add_certs(
    evidence: *mut extls_evidence,
    certs: *const extls_certs,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let handle = open(unsafe { evidence.as_mut() })?;
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(certs) = (unsafe { certs.as_ref() }) else {
            return Err("certs is NULL".to_owned());
        };
        certs.must_be_read()?;
        handle.problems.extend(handle.evidence.add_certificates(certs.request()));
        handle.problems.extend(certs.problems().iter().cloned());
        Ok(EXTLS_OK)
    })
}

/// Adds what a scan finds, for about `wait_ms` milliseconds: EXTLS_WAITING where
/// there is more, EXTLS_END where the scan is at its end. Failures are taken out
/// of the scan, and so are its problems, which stand among the answers.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `scan` must be NULL or come from extls_scan_open and not be freed.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_add_scan(
    evidence: *mut extls_evidence,
    scan: *mut extls_scan,
    wait_ms: u32,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let handle = open(unsafe { evidence.as_mut() })?;
        // SAFETY: the caller promises NULL or a live scan that nobody else uses now.
        let Some(scan) = (unsafe { scan.as_mut() }) else {
            return Err("scan is NULL".to_owned());
        };
        let (evidence, problems) = (&mut handle.evidence, &mut handle.problems);
        let wait = Duration::from_millis(u64::from(wait_ms));
        let files = scan.drain(|item| problems.extend(evidence.take(item)), wait)?;
        Ok(match files {
            Some(files) => {
                handle.evidence.add_log_files(files);
                EXTLS_END
            }
            None => EXTLS_WAITING,
        })
    })
}

/// Gives the next answer; the first call makes them. EXTLS_END behind the last one.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `answer` must be NULL or point to an extls_answer.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_next(
    evidence: *mut extls_evidence,
    answer: *mut extls_answer,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { evidence.as_mut() }) else {
            return Err("evidence is NULL".to_owned());
        };
        if answer.is_null() {
            return Err("answer is NULL".to_owned());
        }
        handle.reading.must_be_over(WAITS)?;
        let Some(view) = handle.next() else { return Ok(EXTLS_END) };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { answer.write(view) };
        Ok(EXTLS_OK)
    })
}

/// Ends the evidence, at any time, and frees what its answers point to. NULL is
/// nothing to free. A thread that waits for a disk that gives no answer is left
/// behind, as by extls_scan_free.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed before.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_free(evidence: *mut extls_evidence) {
    guard(|| {
        if !evidence.is_null() {
            // SAFETY: not NULL, made by Box::into_raw, and the caller gives it up.
            drop(unsafe { Box::from_raw(evidence) });
        }
        Ok(EXTLS_OK)
    });
}

/// What waits for the paths of evidence.
const WAITS: &str = "extls_evidence_wait";

/// A handle that can still be added to, and is not read for.
pub(super) fn open(handle: Option<&mut extls_evidence>) -> Result<&mut extls_evidence, String> {
    match handle {
        None => Err("evidence is NULL".to_owned()),
        Some(handle) if handle.answers.is_some() => {
            Err("the answers were asked for: nothing can be added any more".to_owned())
        }
        Some(handle) => {
            handle.reading.must_be_over(WAITS)?;
            Ok(handle)
        }
    }
}

impl extls_evidence {
    fn next(&mut self) -> Option<extls_answer> {
        if self.answers.is_none() {
            self.problems.extend(self.evidence.left_out());
            let mut all: VecDeque<Answer> = self.problems.drain(..).map(Answer::Problem).collect();
            match self.wanted {
                EXTLS_ANSWER_QUEUES => {
                    all.extend(self.evidence.queues().cloned().map(Box::new).map(Answer::Queue))
                }
                EXTLS_ANSWER_CONNECTORS => all.extend(
                    self.evidence
                        .connector_tests()
                        .into_iter()
                        .map(Box::new)
                        .map(Answer::Connector),
                ),
                _ => all.extend(
                    self.evidence.diagnose().into_iter().map(Box::new).map(Answer::Diagnosis),
                ),
            }
            self.answers = Some(all);
        }
        let next = self.answers.as_mut()?.pop_front()?;
        Some(match self.current.insert(next) {
            Answer::Queue(failure) => self.views.queue(failure),
            Answer::Connector(test) => self.views.connector(test),
            Answer::Diagnosis(one) => self.views.diagnosis(one),
            Answer::Problem(problem) => self.views.problem(problem),
        })
    }
}
