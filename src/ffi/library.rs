//! What the library says of itself: its numbers, its last error, its causes.

use libc::c_char;

use super::guard::{guard, last_error};
use super::types::{extls_cause_info, extls_str, EXTLS_ABI_VERSION, EXTLS_END, EXTLS_OK};
use super::views::known;
use crate::failure::cause::CAUSES;

/// The number of this ABI. A caller compiled against another EXTLS_ABI_VERSION
/// must not call anything else.
#[no_mangle]
pub extern "C" fn extls_abi_version() -> u32 {
    EXTLS_ABI_VERSION
}

/// The version of the library, as "1.2.3", terminated by NUL.
#[no_mangle]
pub extern "C" fn extls_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// The text of the last error on this thread. It stays as it is until the next
/// call on this thread that fails.
///
/// # Safety
/// `text` must be NULL or point to an extls_str.
#[no_mangle]
pub unsafe extern "C" fn extls_last_error(text: *mut extls_str) -> i32 {
    guard(|| {
        if text.is_null() {
            return Err("text is NULL".to_owned());
        }
        let (data, len) = last_error();
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { text.write(extls_str { data, len }) };
        Ok(EXTLS_OK)
    })
}

/// What is known of a cause, by its place in the list from 0; EXTLS_END behind
/// the last one. The texts are there as long as the library is loaded.
///
/// # Safety
/// `info` must be NULL or point to an extls_cause_info.
#[no_mangle]
pub unsafe extern "C" fn extls_cause_at(place: u32, info: *mut extls_cause_info) -> i32 {
    guard(|| {
        if info.is_null() {
            return Err("info is NULL".to_owned());
        }
        let Some(cause) = usize::try_from(place).ok().and_then(|place| CAUSES.get(place)) else {
            return Ok(EXTLS_END);
        };
        let given = extls_cause_info {
            name: known(cause.name),
            title: known(cause.title),
            stage_name: known(cause.stage.name()),
            cause: cause.cause.number(),
            stage: cause.stage.number(),
        };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { info.write(given) };
        Ok(EXTLS_OK)
    })
}
