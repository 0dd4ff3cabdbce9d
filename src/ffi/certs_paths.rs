//! `extls_certs_*` about paths: what they hold is read while the caller waits or not.

use std::path::PathBuf;
use std::time::Duration;

use super::arguments::texts;
use super::certs::extls_certs;
use super::certs_types::*;
use super::guard::guard;
use super::types::*;
use crate::cert::read::Contents;
use crate::cert::Request;
use crate::cert_files;
use crate::error::{Error, ErrorKind};

/// Begins to read the certificates and lists of files, and of the files in
/// folders that are named like such, on a thread of its own. What cannot be
/// read, or gives no answer in time, is a problem among the results. Until
/// extls_certs_wait has given EXTLS_OK, every other call but extls_certs_free
/// is refused.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed; `paths`
/// must be NULL or point to a list whose texts can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_add_paths(
    certs: *mut extls_certs,
    paths: *const extls_list,
    role: u32,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { certs.as_mut() }) else {
            return Err("certs is NULL".to_owned());
        };
        // SAFETY: the caller promises NULL or a list that can be read.
        let Some(paths) = (unsafe { paths.as_ref() }) else {
            return Err("paths is NULL".to_owned());
        };
        handle.must_be_open()?;
        check_role("role", role)?;
        // SAFETY: the caller promises that the texts can be read.
        let paths = unsafe { texts("paths", *paths) }?;
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        handle.reading.begin(move |patience, give| cert_files::contents(&paths, patience, give))?;
        (handle.role, handle.files) = (role, 0);
        Ok(EXTLS_OK)
    })
}

/// Takes what was read of the paths, for about `wait_ms` milliseconds:
/// EXTLS_WAITING where there is more, EXTLS_OK once everything is there, and
/// where nothing is read. Then `files` becomes how many files were read of the
/// paths added last. It never waits longer, whatever the disk does.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed; `files`
/// must be NULL or point to a number.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_wait(
    certs: *mut extls_certs,
    wait_ms: u32,
    files: *mut u64,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { certs.as_mut() }) else {
            return Err("certs is NULL".to_owned());
        };
        if files.is_null() {
            return Err("files is NULL".to_owned());
        }
        let extls_certs { request, problems, reading, role, files: count, .. } = handle;
        let wait = Duration::from_millis(u64::from(wait_ms));
        let is_over = reading.wait(wait, |read| match read {
            Ok(contents) => {
                *count += 1;
                place(contents, *role, request, problems);
            }
            Err(problem) => problems.push(problem),
        })?;
        if !is_over {
            return Ok(EXTLS_WAITING);
        }
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { files.write(*count) };
        Ok(EXTLS_OK)
    })
}

/// A role that there is.
pub fn check_role(name: &str, given: u32) -> Result<(), String> {
    match given {
        EXTLS_ROLE_TESTED..=EXTLS_ROLE_CRL => Ok(()),
        other => Err(format!("{name} is {other}; expected 0, 1, 2 or 3")),
    }
}

/// Puts what a file holds where its role says.
pub fn place(mut contents: Contents, role: u32, request: &mut Request, problems: &mut Vec<Error>) {
    let lost = |text: String, source| Error::new(ErrorKind::Unreadable, text).at_path(source);
    match role {
        EXTLS_ROLE_INTERMEDIATE => request.intermediates.append(&mut contents.certificates),
        EXTLS_ROLE_ROOT => request.roots.append(&mut contents.certificates),
        EXTLS_ROLE_CRL => {
            request.lists.append(&mut contents.lists);
            let why = "this is a certificate; expected a revocation list";
            let strays = contents.certificates.into_iter();
            problems.extend(strays.map(|stray| lost(why.to_owned(), stray.source)));
        }
        _ => return request.add_file(contents),
    }
    let unreadable = contents.unreadable.into_iter();
    problems.extend(unreadable.map(|entry| lost(entry.reason, entry.source)));
}
