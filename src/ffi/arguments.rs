//! Reads what a C caller gives: checked for NULL, size and UTF-8, then copied.

use std::time::Duration;

use super::types::{extls_list, extls_str, EXTLS_NO_TIMEOUT};
use crate::log::patience::Timeout;

/// Longest text taken as an argument. Windows paths end at 32,767 characters;
/// a length beyond this is a caller's mistake, not a path.
const MAX_TEXT: usize = 1 << 20;

/// Most texts in a list: every file of a large folder named one by one.
const MAX_LIST: usize = 1 << 20;

/// A text.
///
/// # Safety
/// `text.data` must be NULL or point to `text.len` readable bytes.
pub unsafe fn text(name: &str, text: extls_str) -> Result<String, String> {
    if text.len == 0 {
        return Ok(String::new());
    }
    if text.data.is_null() {
        return Err(format!("{name} has a length but its data is NULL"));
    }
    if text.len > MAX_TEXT {
        return Err(format!("{name} is {} bytes long; expected at most {MAX_TEXT}", text.len));
    }
    // SAFETY: not NULL, and the caller promises that many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(text.data, text.len) };
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(format!("{name} is not UTF-8 at byte {}", error.valid_up_to())),
    }
}

/// A list of texts, none of them empty.
///
/// # Safety
/// `list.items` must be NULL or point to `list.len` texts, each as [`text`] needs it.
pub unsafe fn texts(name: &str, list: extls_list) -> Result<Vec<String>, String> {
    // SAFETY: the caller promises that many items.
    let items = unsafe { numbers(name, list.items, list.len) }?;
    let mut texts = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        // SAFETY: the caller promises that each text can be read.
        let one = unsafe { text(&format!("{name}[{at}]"), *item) }?;
        if one.is_empty() {
            return Err(format!("{name}[{at}] is empty"));
        }
        texts.push(one);
    }
    Ok(texts)
}

/// Plain values.
///
/// # Safety
/// `items` must be NULL or point to `len` readable values.
pub unsafe fn numbers<'a, T: Copy>(
    name: &str,
    items: *const T,
    len: usize,
) -> Result<&'a [T], String> {
    if len == 0 {
        return Ok(&[]);
    }
    if items.is_null() {
        return Err(format!("{name} has a length but is NULL"));
    }
    if len > MAX_LIST {
        return Err(format!("{name} has {len} entries; expected at most {MAX_LIST}"));
    }
    // SAFETY: not NULL, and the caller promises that many values.
    Ok(unsafe { std::slice::from_raw_parts(items, len) })
}

/// What `timeout_seconds` asks for.
pub fn timeout(seconds: u32) -> Timeout {
    match seconds {
        0 => Timeout::Usual,
        EXTLS_NO_TIMEOUT => Timeout::Never,
        seconds => Timeout::After(Duration::from_secs(u64::from(seconds))),
    }
}
