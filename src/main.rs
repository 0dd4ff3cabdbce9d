//! The program `exchange-tls`: the work of the PowerShell module for runbooks
//! and log hosts, without PowerShell.
//!
//! Arguments in, a table or JSON lines out. Exit status 0: nothing found;
//! 1: problems found; 2: the work could not be done. What went wrong stands on
//! standard error.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
