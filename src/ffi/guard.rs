//! What stands between this library and its caller: no panic gets past it, and
//! what went wrong can be asked for afterwards.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};
use std::thread;

use once_cell::sync::Lazy;

use super::types::{EXTLS_INVALID_ARGUMENT, EXTLS_PANIC};

/// How the threads of this library are named: what they panic with is told to
/// the call that waits for them.
const OWN_THREAD: &str = "exchange-tls ";

/// What the last of those threads panicked with, and where.
static ELSEWHERE: Mutex<String> = Mutex::new(String::new());

thread_local! {
    static LAST_ERROR: RefCell<String> = const { RefCell::new(String::new()) };
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// The hook ran on this very thread during the call.
    static TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the text of a panic inside a guarded call and prints nothing: the
/// caller's terminal belongs to the admin. Other panics go on as before.
static HOOK: Lazy<()> = Lazy::new(|| {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        let own = thread::current().name().is_some_and(|name| name.starts_with(OWN_THREAD));
        if GUARDED.get() || own {
            let place = info
                .location()
                .map(|at| format!(" ({}:{})", at.file(), at.line()))
                .unwrap_or_default();
            let payload = info.payload();
            let text = payload.downcast_ref::<&str>().copied();
            let text = text
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("no text");
            let text = format!("internal error: {text}{place}; please report it");
            if own {
                *ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner) = text;
            } else {
                TOLD.set(true);
                set_last_error(text);
            }
        } else {
            before(info);
        }
    }));
});

/// Runs the body of an exported function. An error is an argument that cannot be used.
pub fn guard<F: FnOnce() -> Result<i32, String>>(body: F) -> i32 {
    #[cfg(test)]
    let body = || {
        panic_if_injected::<F>();
        body()
    };
    Lazy::force(&HOOK);
    let outer = GUARDED.replace(true);
    TOLD.set(false);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    match result {
        Ok(Ok(status)) => status,
        Ok(Err(text)) => {
            set_last_error(text);
            EXTLS_INVALID_ARGUMENT
        }
        Err(payload) => {
            if !TOLD.get() {
                set_last_error(from_elsewhere(payload.as_ref()));
            }
            EXTLS_PANIC
        }
    }
}

/// The text of a panic that another thread began: the hook ran there.
fn from_elsewhere(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no text");
    let told = ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner);
    if told.contains(text) {
        told.clone()
    } else {
        format!("internal error: {text}; please report it")
    }
}

fn set_last_error(text: String) {
    // Fails only while the error is being read on this very thread.
    LAST_ERROR.with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            *last = text;
        }
    });
}

/// Where the text of this thread's last error is and how long it is.
pub fn last_error() -> (*const u8, usize) {
    LAST_ERROR.with(|last| {
        last.try_borrow().map_or((std::ptr::null(), 0), |text| (text.as_ptr(), text.len()))
    })
}

#[cfg(test)]
thread_local! {
    static INJECTED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// From now on the export of this name panics on this thread.
#[cfg(test)]
pub fn inject(name: Option<&'static str>) {
    INJECTED.set(name);
}

/// The name of a closure holds the name of the function it stands in.
#[cfg(test)]
fn panic_if_injected<F>() {
    if let Some(name) = INJECTED.get() {
        if std::any::type_name::<F>().contains(&format!("::{name}::")) {
            panic!("injected into {name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> String {
        LAST_ERROR.with(|last| last.borrow().clone())
    }

    #[test]
    fn a_panic_comes_back_as_a_status_with_its_text_and_place() {
        let status = guard(|| panic!("lost my {}", "marbles"));
        assert_eq!(status, EXTLS_PANIC);
        assert!(text().contains("lost my marbles") && text().contains("guard.rs:"), "{}", text());
        assert_eq!(guard(|| Ok(7)), 7);
    }

    #[test]
    fn a_panic_of_another_thread_comes_back_with_its_text_and_place() {
        let status = guard(|| {
            let worker = thread::Builder::new().name("exchange-tls test".to_owned());
            let worker = worker.spawn(|| panic!("lost {} keys", 3)).unwrap();
            panic::resume_unwind(worker.join().unwrap_err())
        });
        assert_eq!(status, EXTLS_PANIC);
        assert!(text().contains("lost 3 keys") && text().contains("guard.rs:"), "{}", text());
    }

    #[test]
    fn an_error_is_kept_for_the_thread_that_made_it() {
        assert_eq!(guard(|| Err("options is NULL".to_owned())), EXTLS_INVALID_ARGUMENT);
        assert_eq!(text(), "options is NULL");
        let other = std::thread::spawn(text).join().unwrap();
        assert_eq!(other, "");
    }
}
