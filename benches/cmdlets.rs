//! How long the cmdlets take in PowerShell, beside what a shell does without them.
//!
//! ```text
//! ./dev build && cargo bench --bench cmdlets
//! ```
//!
//! Measured in `pwsh` by `peers/cmdlets.ps1`, five times each, in turn with its
//! peer; `benches/README.md` tells what each figure is. Without `pwsh` or the
//! built module nothing is measured, with a loud word.

mod generator;

use std::path::Path;
use std::process::{Command, ExitCode};

use generator::Plan;

/// 20 and 500 millions of bytes, as an administrator meets them: an hour, a week.
const SIZES: [(&str, u64); 2] = [("small", 20_000_000), ("large", 500_000_000)];

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("nothing is measured in a test run; use: cargo bench --bench cmdlets");
        return ExitCode::SUCCESS;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let module = root.join("powershell/ExchangeTls");
    if !module.join("ExchangeTls.Native.dll").exists() {
        eprintln!("*** THE COMPILED BINDING IS MISSING, nothing was measured: ./dev build ***");
        return ExitCode::SUCCESS;
    }
    let logs = Path::new(env!("CARGO_BIN_EXE_exchange-tls")).with_file_name("bench-cmdlets");
    // Of a run that was broken off.
    let _ = std::fs::remove_dir_all(&logs);
    for (name, bytes) in SIZES {
        let plan = Plan { seed: 1, bytes, ..Plan::default() };
        if let Err(error) = generator::write(&logs.join(name), &plan) {
            eprintln!("{}: {error}", logs.display());
            return ExitCode::from(2);
        }
    }
    // Ten gigabytes are a month of a large server; three times that does not end while it is stopped.
    let huge = (0..60).try_for_each(|number| {
        generator::copy::link(&logs.join("large"), &logs.join("huge").join(number.to_string()))
    });
    if let Err(error) = huge {
        eprintln!("{}: {error}", logs.display());
        return ExitCode::from(2);
    }
    let script = root.join("benches/peers/cmdlets.ps1");
    let run = Command::new("pwsh")
        .arg("-NoProfile")
        .arg("-File")
        .args([&script, &module, &logs])
        .status();
    let _ = std::fs::remove_dir_all(&logs);
    match run {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => {
            eprintln!("{}: {status}", script.display());
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("*** NO pwsh ON PATH, the cmdlets were NOT measured: {error} ***");
            ExitCode::SUCCESS
        }
    }
}
