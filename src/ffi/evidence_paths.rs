//! `extls_evidence_*` about paths: what they hold is read while the caller waits or not.

use std::path::PathBuf;
use std::time::Duration;

use super::arguments::texts;
use super::certs_views;
use super::evidence::{extls_evidence, open};
use super::guard::guard;
use super::types::*;
use super::views::known;
use crate::diagnosis::files::{gather, Sorting};

/// Begins to read what files and folders hold, on a thread of its own: exported
/// objects (Export-Clixml, ConvertTo-Json) and certificates. What of it are logs
/// is given by extls_evidence_logs; what cannot be read, or gives no answer in
/// time, is a problem among the answers. Until extls_evidence_wait has given
/// EXTLS_OK, every other call but extls_evidence_free is refused.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `paths` must be NULL or point to a list whose texts can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_add_paths(
    evidence: *mut extls_evidence,
    paths: *const extls_list,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let handle = open(unsafe { evidence.as_mut() })?;
        // SAFETY: the caller promises NULL or a list that can be read.
        let Some(paths) = (unsafe { paths.as_ref() }) else {
            return Err("paths is NULL".to_owned());
        };
        // SAFETY: the caller promises that the texts can be read.
        let paths = unsafe { texts("paths", *paths) }?;
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        handle.reading.begin(move |patience, give| gather(&paths, patience, give))?;
        handle.sorting = Some(Sorting::begin(&handle.evidence));
        Ok(EXTLS_OK)
    })
}

/// Takes what was read of the paths, for about `wait_ms` milliseconds:
/// EXTLS_WAITING where there is more, EXTLS_OK once everything is there, and
/// where nothing is read. It never waits longer, whatever the disk does.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_wait(evidence: *mut extls_evidence, wait_ms: u32) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { evidence.as_mut() }) else {
            return Err("evidence is NULL".to_owned());
        };
        let extls_evidence { evidence, reading, sorting, .. } = handle;
        let is_over = reading.wait(Duration::from_millis(u64::from(wait_ms)), |piece| {
            if let Some(sorting) = sorting {
                sorting.take(evidence, piece);
            }
        })?;
        if !is_over {
            return Ok(EXTLS_WAITING);
        }
        if let Some(sorting) = handle.sorting.take() {
            let gathered = sorting.end(&mut handle.evidence);
            handle.problems.extend(gathered.problems);
            let logs = gathered.logs.into_iter();
            handle.logs.extend(logs.map(|path| path.to_string_lossy().into_owned()));
        }
        Ok(EXTLS_OK)
    })
}

/// The logs that were found below the paths added, for extls_scan_open. The list
/// stays as it is until the next call with this handle.
///
/// # Safety
/// `evidence` must be NULL or come from extls_evidence_new and not be freed;
/// `logs` must be NULL or point to an extls_list.
#[no_mangle]
pub unsafe extern "C" fn extls_evidence_logs(
    evidence: *mut extls_evidence,
    logs: *mut extls_list,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let handle = open(unsafe { evidence.as_mut() })?;
        if logs.is_null() {
            return Err("logs is NULL".to_owned());
        }
        handle.log_views = handle.logs.iter().map(|path| known(path)).collect();
        let items = certs_views::pointer(&handle.log_views);
        let view = extls_list { items, len: handle.log_views.len() };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { logs.write(view) };
        Ok(EXTLS_OK)
    })
}
