//! What the program does with its arguments.

mod arguments;
mod cert;
mod cert_arguments;
mod cert_files;
mod details;
mod diagnose;
mod logs;
mod output;
mod queue;
mod table;

use std::process::ExitCode;

use arguments::Verb;

/// How a run ended; the number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was read and nothing was found.
    Nothing,
    /// Problems were found.
    Found,
    /// The work could not be done, or not all of it.
    Incomplete,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Nothing => 0,
            Outcome::Found => 1,
            Outcome::Incomplete => 2,
        })
    }
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let outcome = match arguments::read() {
        Verb::Failures(arguments) => logs::failures(&arguments),
        Verb::Sessions(arguments) => logs::sessions(&arguments),
        Verb::Cert(arguments) => cert::run(&arguments),
        Verb::Diagnose(arguments) => diagnose::run(&arguments),
        Verb::Queue(arguments) => queue::run(&arguments),
    };
    outcome.into()
}
