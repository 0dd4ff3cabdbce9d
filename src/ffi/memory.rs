//! Memory given back to the system.

/// A scan that read less leaves little behind.
const MUCH: u64 = 16 << 20;

/// Gives back what the threads of a scan have freed that read so many bytes. glibc keeps it for
/// later threads, for each of them apart: in a shell, whose own come and go in between, every scan
/// would take some megabytes more. Other systems do this by themselves.
pub fn give_back(bytes: u64) {
    if bytes >= MUCH {
        trim();
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: it takes a number, and may be called at any time by any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
