//! Instructions the program needs: the same on a busy machine, and so the figure
//! that tells a regression from a noisy hour.

use std::path::Path;
use std::process::Stdio;

use super::logs::Logs;
use super::machine::megabytes;
use super::Peer;

/// What one run needs, in words.
pub fn describe(program: &Peer, logs: &Logs) -> Result<String, String> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let output = program
        .command_under(Path::new("valgrind"), &options)
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("*** valgrind IS MISSING, nothing was counted: {error} ***"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let count =
        errors.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    let count: u64 = count.ok_or_else(|| format!("valgrind gave no count:\n{errors}"))?;
    let each = |of: u64| megabytes(count) / megabytes(of.max(1000));
    Ok(format!(
        "{count} instructions, {:.2} a byte, {:.0} a record ({:.1} MB, {} records)\n{program}",
        each(logs.truth.bytes),
        each(logs.truth.records),
        megabytes(logs.truth.bytes),
        logs.truth.records,
    ))
}
