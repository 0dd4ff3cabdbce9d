//! `extls_certs_*`: certificates in, the test of each out.

use super::arguments::{text, texts};
use super::certs_paths::{check_role, place};
use super::certs_types::*;
use super::certs_views::TestViews;
use super::guard::guard;
use super::reading::Reading;
use super::types::*;
use super::views::{known, Views};
use crate::cert::connector::{CertificateName, SendConnector};
use crate::cert::finding::CODES;
use crate::cert::read::read;
use crate::cert::{test, CertificateTest, Input, Request};
use crate::cert_files::Read;
use crate::error::{Error, ErrorKind};
use crate::text::clean_str;
use crate::timestamp::Timestamp;

/// Most bytes taken of one file: a bundle of every public CA is under 1 MiB,
/// revocation lists of large CAs reach tens.
const MAX_FILE: usize = 256 << 20;

/// Certificates to be tested, and by what. Made by extls_certs_new, ended by
/// extls_certs_free; may be used by any thread, by one at a time.
pub struct extls_certs {
    pub(super) request: Request,
    pub(super) problems: Vec<Error>,
    pub(super) reading: Reading<Read>,
    /// What is read is added for this role.
    pub(super) role: u32,
    /// Files read of the paths added last.
    pub(super) files: u64,
    /// The results in reverse, once there are any.
    tests: Option<Vec<CertificateTest>>,
    current: Option<CertificateTest>,
    views: TestViews,
    problem: Option<Error>,
    problem_views: Views,
}

/// Begins a test: files and connectors are added, then the results are taken.
///
/// # Safety
/// `options` must be NULL or point to options whose texts can be read; `certs`
/// must be NULL or point to a place for a pointer.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_new(
    options: *const extls_certs_options,
    certs: *mut *mut extls_certs,
) -> i32 {
    guard(|| {
        if certs.is_null() {
            return Err("certs is NULL".to_owned());
        }
        // SAFETY: the caller promises NULL or options that can be read.
        let Some(given) = (unsafe { options.as_ref() }) else {
            return Err("options is NULL".to_owned());
        };
        let at =
            if given.at == EXTLS_NO_TIME { now()? } else { Timestamp::from_unix_millis(given.at) };
        let mut request = Request::at(at);
        request.expiry_warning_days = given.expiry_warning_days;
        // SAFETY: the caller promises that the texts can be read.
        request.fqdn = unsafe { maybe("options.fqdn", given.fqdn) }?;
        // SAFETY: the caller promises that the texts can be read.
        request.tls_certificate_name =
            unsafe { maybe("options.tls_certificate_name", given.tls_certificate_name) }?;
        let handle = Box::new(extls_certs {
            request,
            problems: Vec::new(),
            reading: Reading::within(given.timeout_seconds),
            role: EXTLS_ROLE_TESTED,
            files: 0,
            tests: None,
            current: None,
            views: TestViews::default(),
            problem: None,
            problem_views: Views::default(),
        });
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { certs.write(Box::into_raw(handle)) };
        Ok(EXTLS_OK)
    })
}

/// Adds what one file, or one entry of a store, holds. What in it cannot be
/// read becomes a failed test or a problem, not an error of this call.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed; `file`
/// must be NULL or point to a file whose bytes and texts can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_add(
    certs: *mut extls_certs,
    file: *const extls_certs_file,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { certs.as_mut() }) else {
            return Err("certs is NULL".to_owned());
        };
        // SAFETY: the caller promises NULL or a file that can be read.
        let Some(file) = (unsafe { file.as_ref() }) else {
            return Err("file is NULL".to_owned());
        };
        // SAFETY: the caller promises that bytes and texts can be read.
        unsafe { handle.add(file) }?;
        Ok(EXTLS_OK)
    })
}

/// Adds a send connector that presents the certificates.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed;
/// `connector` must be NULL or point to a connector whose texts can be read.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_add_connector(
    certs: *mut extls_certs,
    connector: *const extls_send_connector,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { certs.as_mut() }) else {
            return Err("certs is NULL".to_owned());
        };
        // SAFETY: the caller promises NULL or a connector that can be read.
        let Some(given) = (unsafe { connector.as_ref() }) else {
            return Err("connector is NULL".to_owned());
        };
        handle.must_be_open()?;
        // SAFETY: the caller promises that the texts can be read.
        let connector = unsafe { read_connector(given) }?;
        handle.request.send_connectors.push(connector);
        Ok(EXTLS_OK)
    })
}

/// Gives the next result; the first call runs the test. EXTLS_END behind the last one.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed; `item`
/// must be NULL or point to an extls_certs_item.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_next(
    certs: *mut extls_certs,
    item: *mut extls_certs_item,
) -> i32 {
    guard(|| {
        // SAFETY: the caller promises NULL or a live handle that nobody else uses now.
        let Some(handle) = (unsafe { certs.as_mut() }) else {
            return Err("certs is NULL".to_owned());
        };
        if item.is_null() {
            return Err("item is NULL".to_owned());
        }
        handle.must_be_read()?;
        let Some(view) = handle.next() else { return Ok(EXTLS_END) };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { item.write(view) };
        Ok(EXTLS_OK)
    })
}

/// Ends a test, at any time, and frees what its items point to. NULL is nothing
/// to free. A thread that waits for a disk that gives no answer is left behind,
/// as by extls_scan_free.
///
/// # Safety
/// `certs` must be NULL or come from extls_certs_new and not be freed before.
#[no_mangle]
pub unsafe extern "C" fn extls_certs_free(certs: *mut extls_certs) {
    guard(|| {
        if !certs.is_null() {
            // SAFETY: not NULL, made by Box::into_raw, and the caller gives it up.
            drop(unsafe { Box::from_raw(certs) });
        }
        Ok(EXTLS_OK)
    });
}

/// What is known of a code of findings, by its place in the list from 0;
/// EXTLS_END behind the last one. The texts are there as long as the library is loaded.
///
/// # Safety
/// `info` must be NULL or point to an extls_finding_info.
#[no_mangle]
pub unsafe extern "C" fn extls_finding_at(place: u32, info: *mut extls_finding_info) -> i32 {
    guard(|| {
        if info.is_null() {
            return Err("info is NULL".to_owned());
        }
        let Some(code) = usize::try_from(place).ok().and_then(|place| CODES.get(place)) else {
            return Ok(EXTLS_END);
        };
        let given = extls_finding_info {
            name: known(code.name),
            title: known(code.title),
            severity_name: known(code.severity.name()),
            code: code.code.number(),
            severity: code.severity.number(),
        };
        // SAFETY: not NULL, and the caller promises that it can be written.
        unsafe { info.write(given) };
        Ok(EXTLS_OK)
    })
}

impl extls_certs {
    /// What was added so far.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What could not be read of it.
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }

    /// Nothing may be read any more.
    pub fn must_be_read(&self) -> Result<(), String> {
        self.reading.must_be_over("extls_certs_wait")
    }

    /// More can be added.
    pub fn must_be_open(&self) -> Result<(), String> {
        self.must_be_read()?;
        match self.tests {
            None => Ok(()),
            Some(_) => Err("the results were asked for: nothing can be added any more".to_owned()),
        }
    }

    /// # Safety
    /// Bytes and texts of the file must be readable.
    unsafe fn add(&mut self, file: &extls_certs_file) -> Result<(), String> {
        self.must_be_open()?;
        if file.content.len > MAX_FILE {
            return Err(format!(
                "file.content is {} bytes long; expected at most {MAX_FILE}",
                file.content.len
            ));
        }
        // SAFETY: promised by the caller.
        let bytes = unsafe { slice("file.content", file.content) }?;
        // SAFETY: promised by the caller.
        let source = unsafe { text("file.source", file.source) }?;
        // SAFETY: promised by the caller.
        let services = unsafe { maybe("file.services", file.services) }?;
        let has_private_key = answer("file.has_private_key", file.has_private_key)?;
        let source = clean_str(&source).into_owned();
        check_role("file.role", file.role)?;
        let mut contents = read(bytes, &source);
        let is_one = contents.certificates.len() == 1 && contents.unreadable.is_empty();
        if file.role != EXTLS_ROLE_TESTED || !is_one {
            place(contents, file.role, &mut self.request, &mut self.problems);
            return Ok(());
        }
        self.request.lists.append(&mut contents.lists);
        let mut input = Input::new(contents.certificates.remove(0));
        (input.has_private_key, input.services) = (has_private_key, services);
        self.request.certificates.push(input);
        Ok(())
    }

    fn next(&mut self) -> Option<extls_certs_item> {
        let (request, problems) = (&self.request, &mut self.problems);
        let tests = self.tests.get_or_insert_with(|| {
            let outcome = test(request);
            let left_out = outcome.unreadable.into_iter();
            problems.extend(left_out.map(|entry| {
                Error::new(ErrorKind::Unreadable, entry.reason).at_path(entry.source)
            }));
            problems.reverse(); // they are taken from the end
            outcome.tests.into_iter().rev().collect()
        });
        if let Some(problem) = self.problems.pop() {
            let view = self.problem_views.problem(self.problem.insert(problem));
            return Some(extls_certs_item { test: std::ptr::null(), problem: view.problem });
        }
        let next = tests.pop()?;
        let view = self.views.test(self.current.insert(next));
        Some(extls_certs_item { test: view, problem: std::ptr::null() })
    }
}

/// The clock of this machine.
pub fn now() -> Result<Timestamp, String> {
    Timestamp::now()
        .ok_or_else(|| "the clock of this machine cannot be used; give options.at".to_owned())
}

fn answer(name: &str, given: u32) -> Result<Option<bool>, String> {
    match given {
        EXTLS_NO => Ok(Some(false)),
        EXTLS_YES => Ok(Some(true)),
        EXTLS_NOT_KNOWN => Ok(None),
        other => Err(format!("{name} is {other}; expected 0, 1 or 2")),
    }
}

/// A text, or `None` where it is NULL.
///
/// # Safety
/// As for a text.
pub unsafe fn maybe(name: &str, given: extls_str) -> Result<Option<String>, String> {
    if given.data.is_null() && given.len == 0 {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    unsafe { text(name, given) }.map(Some)
}

/// Some bytes.
///
/// # Safety
/// `bytes.data` must be NULL or point to `bytes.len` readable bytes.
pub unsafe fn slice<'a>(name: &str, bytes: extls_bytes) -> Result<&'a [u8], String> {
    if bytes.len == 0 {
        return Ok(&[]);
    }
    if bytes.data.is_null() {
        return Err(format!("{name} has a length but its data is NULL"));
    }
    // SAFETY: not NULL, and the caller promises that many bytes; the length was checked.
    Ok(unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) })
}

/// # Safety
/// The texts of the connector must be readable.
unsafe fn read_connector(given: &extls_send_connector) -> Result<SendConnector, String> {
    // SAFETY: promised by the caller.
    let one = |name: &str, given: extls_str| unsafe { maybe(name, given) };
    // SAFETY: promised by the caller.
    let smart_hosts = unsafe { texts("connector.smart_hosts", given.smart_hosts) }?;
    Ok(SendConnector {
        name: one("connector.name", given.name)?.unwrap_or_default(),
        fqdn: one("connector.fqdn", given.fqdn)?,
        require_tls: answer("connector.require_tls", given.require_tls)?,
        tls_auth_level: one("connector.tls_auth_level", given.tls_auth_level)?,
        tls_domain: one("connector.tls_domain", given.tls_domain)?,
        smart_hosts,
        dns_routing: answer("connector.dns_routing", given.dns_routing)?,
        tls_certificate_name: match one(
            "connector.tls_certificate_name",
            given.tls_certificate_name,
        )? {
            None => CertificateName::Unknown,
            Some(name) if name.trim().is_empty() => CertificateName::Empty,
            Some(name) => CertificateName::Named(name),
        },
    })
}
