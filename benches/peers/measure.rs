//! Runs a program and measures it.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Peer;

/// GNU time, which knows the peak memory of what it ran.
const TIME: &str = "/usr/bin/time";

/// How often the memory of a running program is looked at where GNU time is missing.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A run that came to its end.
#[derive(Debug)]
pub struct Run {
    /// From before the start of the process until its output and itself have ended.
    pub seconds: f64,
    /// The exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    pub output: Vec<u8>,
    pub errors: String,
}

/// Runs it. The output is kept and looked at only afterwards, which would cost
/// the run time otherwise.
pub fn run(peer: &Peer) -> Result<Run, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", peer.path());
    let start = Instant::now();
    let mut child =
        peer.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(problem)?;
    let mut stderr = child.stderr.take();
    let errors = thread::spawn(move || {
        let mut text = Vec::new();
        stderr.as_mut().map(|pipe| pipe.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut output = Vec::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_end(&mut output).map_err(problem)?;
    }
    let status = child.wait().map_err(problem)?;
    let seconds = start.elapsed().as_secs_f64();
    let errors = errors.join().unwrap_or_default();
    Ok(Run { seconds, status: status.code(), output, errors })
}

/// Runs it with its output thrown away: seconds, and the exit status.
pub fn time(peer: &Peer) -> Result<(f64, Option<i32>), String> {
    let start = Instant::now();
    let status = peer.command().stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("{}: {error}", peer.path()))?;
    Ok((start.elapsed().as_secs_f64(), status.code()))
}

/// Peak memory in bytes, the larger of two runs of their own: what watches a
/// program must not slow down the runs that are timed. `None` where this machine
/// does not tell.
pub fn peak_memory(peer: &Peer, scratch: &Path) -> Option<u64> {
    let once = || by_time(peer, scratch).or_else(|| by_looking(peer));
    Some(once()?.max(once()?))
}

fn by_time(peer: &Peer, scratch: &Path) -> Option<u64> {
    if !Path::new(TIME).exists() {
        return None;
    }
    let file = scratch.to_str()?;
    peer.command_under(Path::new(TIME), &["-f", "%M", "-o", file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let text = fs::read_to_string(scratch).ok()?;
    fs::remove_file(scratch).ok()?;
    // A first line may say that the status was not 0.
    Some(text.lines().last()?.trim().parse::<u64>().ok()? * 1024)
}

fn by_looking(peer: &Peer) -> Option<u64> {
    let child = peer.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let mut child = Reaped(child);
    let status = format!("/proc/{}/status", child.0.id());
    let mut peak = None;
    while child.0.try_wait().ok()?.is_none() {
        let now = fs::read_to_string(&status).ok().and_then(|text| high_water(&text));
        peak = peak.max(now);
        thread::sleep(LOOK_EVERY);
    }
    peak
}

/// `VmHWM:     12345 kB`, the most the process ever had.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// A child that does not stay behind.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // It has ended, or nothing can be done about it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
