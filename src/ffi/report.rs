//! `extls_report_*`: objects in, one HTML file out.

use super::arguments::text;
use super::certs::now;
use super::certs_types::extls_bytes;
use super::evidence_types::extls_object;
use super::guard::guard;
use super::objects;
use super::types::*;
use crate::report::Report;
use crate::text::clean_str;
use crate::timestamp::Timestamp;

/// A report. Made by extls_report_new, ended by extls_report_free; may be used
/// by any thread, by one at a time.
pub struct extls_report {
    report: Report,
    html: String,
}

/// Begins a report. `title` may be NULL or empty; `at` is the time it shows as its
/// own, in milliseconds since 1970-01-01 UTC, EXTLS_NO_TIME is now.
///
/// # Safety
/// `title` must be NULL or point to a text that can be read; `report` must be
/// NULL or point to a place for a pointer.
#[no_mangle]
pub unsafe extern "C" fn extls_report_new(
    title: *const extls_str,
    at: i64,
    report: *mut *mut extls_report,
) -> i32 {
    guard(|| {
        if report.is_null() {
            return Err("report is NULL".to_owned());
        }
        // SAFETY: the caller promises NULL or a text that can be read.
        let title = match unsafe { title.as_ref() } {
            // SAFETY: the caller promises that the text can be read.
            Some(title) => unsafe { text("title", *title) }?,
            None => String::new(),
        };
        let at = if at == EXTLS_NO_TIME { now()? } else { Timestamp::from_unix_millis(at) };
        let made = Report::new(&clean_str(&title), at);
        let handle = Box::new(extls_report { report: made, html: String::new() });
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { report.write(Box::into_raw(handle)) };
        Ok(EXTLS_OK)
    })
}

/// Adds what a cmdlet or verb gave, by its type name or its properties: a
/// Diagnosis, ConnectorFailure, QueueFailure, ConnectorTest, CertificateTest or
/// SmtpSession. Anything else is refused with EXTLS_INVALID_ARGUMENT.
///
/// # Safety
/// `report` must be NULL or come from extls_report_new and not be freed;
/// `object` must be NULL or point to an object whose texts and bytes can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_report_add(
    report: *mut extls_report,
    object: *const extls_object,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { report.as_mut() }) else {
            return Err("report is NULL".to_owned());
        };
        // SAFETY: the caller promises NULL or an object that can be read.
        let Some(object) = (unsafe { object.as_ref() }) else {
            return Err("object is NULL".to_owned());
        };
        // SAFETY: the caller promises that texts and bytes can be read.
        let object = unsafe { objects::read(object) }?;
        handle.report.add(&object).map_err(|error| error.to_string())?;
        Ok(EXTLS_OK)
    })
}

/// The report as one HTML file, in UTF-8. The bytes stay as they are until the
/// next call with this handle; more can be added afterwards.
///
/// # Safety
/// `report` must be NULL or come from extls_report_new and not be freed; `html`
/// must be NULL or point to an extls_bytes.
#[no_mangle]
pub unsafe extern "C" fn extls_report_html(
    report: *mut extls_report,
    html: *mut extls_bytes,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { report.as_mut() }) else {
            return Err("report is NULL".to_owned());
        };
        if html.is_null() {
            return Err("html is NULL".to_owned());
        }
        handle.html = handle.report.html();
        let view = extls_bytes { data: handle.html.as_ptr(), len: handle.html.len() };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { html.write(view) };
        Ok(EXTLS_OK)
    })
}

/// Ends a report and frees its bytes. NULL is nothing to free.
///
/// # Safety
/// `report` must be NULL or come from extls_report_new and not be freed before.
#[no_mangle]
pub unsafe extern "C" fn extls_report_free(report: *mut extls_report) {
    guard(|| {
        if !report.is_null() {
            // SAFETY: not NULL, made by Box::into_raw, and the caller gives it up.
            drop(unsafe { Box::from_raw(report) });
        }
        Ok(EXTLS_OK)
    });
}
