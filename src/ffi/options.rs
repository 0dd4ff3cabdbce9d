//! What a caller asks a scan for.

use std::path::PathBuf;

use super::arguments::{numbers, texts, timeout};
use super::types::*;
use crate::failure::cause::{Cause, CAUSES};
use crate::log::LogType;
use crate::scan::{Form, Options, Wanted};
use crate::timestamp::Timestamp;

/// Checks and copies the options.
///
/// # Safety
/// The texts and numbers of the options must be readable.
pub unsafe fn read(given: &extls_scan_options) -> Result<(Vec<PathBuf>, Options), String> {
    // SAFETY: promised by the caller.
    let paths = unsafe { texts("options.paths", given.paths) }?;
    // SAFETY: promised by the caller.
    let connectors = unsafe { texts("options.connectors", given.connectors) }?;
    // SAFETY: promised by the caller.
    let causes = unsafe { numbers("options.causes", given.causes, given.cause_count) }?;
    let cause = |number: &u32| -> Result<Cause, String> {
        let known = CAUSES.iter().find(|info| info.cause.number() == *number);
        known
            .map(|info| info.cause)
            .ok_or_else(|| format!("options.causes holds {number}, which is no cause"))
    };
    let time = |millis: i64| {
        Some(millis).filter(|millis| *millis != EXTLS_NO_TIME).map(Timestamp::from_unix_millis)
    };
    let known_flags =
        EXTLS_RECURSE | EXTLS_LITERAL | EXTLS_INCLUDE_REJECTION | EXTLS_INCLUDE_RECORDS;
    if given.flags & !known_flags != 0 {
        return Err("options.flags holds bits that have no meaning".to_owned());
    }
    let options = Options {
        wanted: match given.wanted {
            EXTLS_WANTED_FAILURES => Wanted::Failures,
            EXTLS_WANTED_SESSIONS => Wanted::Sessions,
            other => return Err(format!("options.wanted is {other}; expected 0 or 1")),
        },
        log_type: match given.log_type {
            EXTLS_LOG_ANY => None,
            EXTLS_LOG_SEND => Some(LogType::Send),
            EXTLS_LOG_RECEIVE => Some(LogType::Receive),
            other => return Err(format!("options.log_type is {other}; expected 0, 1 or 2")),
        },
        recurse: given.flags & EXTLS_RECURSE != 0,
        literal: given.flags & EXTLS_LITERAL != 0,
        include_rejection: given.flags & EXTLS_INCLUDE_REJECTION != 0,
        include_records: given.flags & EXTLS_INCLUDE_RECORDS != 0,
        since: time(given.since),
        until: time(given.until),
        connectors,
        timeout: timeout(given.timeout_seconds),
        causes: causes.iter().map(cause).collect::<Result<_, _>>()?,
        form: Form::Packed,
        ..Options::default()
    };
    Ok((paths.into_iter().map(PathBuf::from).collect(), options))
}
