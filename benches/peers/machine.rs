//! The machine in words: figures mean nothing without it.

use std::fs;
use std::thread;

/// `AMD EPYC, 2 cores, 23.5 GB memory, Linux 6.1.0`
pub fn describe() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut words = vec![
        information("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into()),
        format!("{cores} core{}", if cores == 1 { "" } else { "s" }),
    ];
    words.extend(memory().map(|bytes| format!("{:.1} GB memory", megabytes(bytes) / 1000.0)));
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    words.push(match release {
        Some(release) => format!("Linux {}", release.trim()),
        None => std::env::consts::OS.to_owned(),
    });
    words.join(", ")
}

/// Bytes of memory, where the machine tells.
pub fn memory() -> Option<u64> {
    let text = information("/proc/meminfo", "MemTotal")?;
    Some(text.trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// Millions of bytes.
pub fn megabytes(bytes: u64) -> f64 {
    // Exact to the kilobyte, up to four terabytes.
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0
}

/// The value behind the first `key:` of a file.
fn information(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
