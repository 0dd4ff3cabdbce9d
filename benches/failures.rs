//! How long it takes to read the failures out of logs, beside searching the same
//! logs with ripgrep.
//!
//! ```text
//! cargo bench --bench failures
//! cargo bench --bench failures -- --size 2GiB --pairs 9 --json
//! ```
//!
//! The logs are generated, and so it is known what is in them: every run of the
//! program is also checked to find each failure with its cause, no more and no
//! less. Exit status 1 where it does not, 2 where nothing could be measured.
//! `benches/README.md` tells how to read the figures.

mod generator;
mod peers;

use std::path::PathBuf;
use std::process::ExitCode;

use peers::logs::Logs;
use peers::options::Options;
use peers::report::{Figures, Pair};
use peers::{check, machine, measure, Peer};

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(text) => return fail(&text),
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Wrong(diff)) => {
            eprintln!("the program does not find what is in the logs\n{diff}");
            ExitCode::from(1)
        }
        Err(Failed::Impossible(text)) => fail(&text),
    }
}

fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

/// Why there are no figures.
enum Failed {
    /// The program gave a wrong answer.
    Wrong(String),
    /// Something is missing.
    Impossible(String),
}

impl From<String> for Failed {
    fn from(text: String) -> Self {
        Failed::Impossible(text)
    }
}

fn run(options: &Options) -> Result<(), Failed> {
    let logs = Logs::obtain(options)?;
    let program = Peer::program(options, &logs);
    if options.instructions {
        println!("{}", peers::instructions::describe(&program, &logs)?);
        return Ok(());
    }
    logs.warm()?;
    let search = Peer::search(options, &logs);
    if search.is_none() {
        eprintln!(
            "*** {} (ripgrep) IS MISSING: nothing to compare with, B is SKIPPED. ***\n\
             *** Install it, or name it with --rg PATH. ***",
            options.rg
        );
    }
    let sessions = Peer::sessions(options, &logs);
    let files = logs.files()?;
    // Once unmeasured: the programs themselves come from the disk too.
    measured(&program, &logs)?;
    check::sessions(&measure::run(&sessions)?, &logs.truth).map_err(Failed::Wrong)?;
    let matches =
        search.as_ref().map(|search| searched(search).map(|found| found.1)).transpose()?;
    let mut pairs = Vec::with_capacity(options.pairs);
    for number in 1..=options.pairs {
        let a = measured(&program, &logs)?;
        let b = search.as_ref().map(searched).transpose()?;
        if b.as_ref().map(|found| found.1) != matches {
            return Err(Failed::Impossible("rg did not count the same in every run".to_owned()));
        }
        let c = timed(&sessions, &logs)?;
        let pair = Pair { a, b: b.map(|found| found.0), c, d: plain(&files, &logs)? };
        eprintln!("pair {number} of {}: {pair}", options.pairs);
        pairs.push(pair);
    }
    let figures = Figures {
        memory: (
            measure::peak_memory(&program, &logs.scratch()),
            search.as_ref().and_then(|search| measure::peak_memory(search, &logs.scratch())),
            measure::peak_memory(&sessions, &logs.scratch()),
        ),
        machine: machine::describe(),
        program: program.to_string(),
        sessions: sessions.to_string(),
        search: search.map(|search| search.to_string()),
        matches,
        pairs,
        logs,
    };
    if options.json {
        println!("{}", figures.json());
    } else {
        print!("{figures}");
    }
    Ok(())
}

/// A run of the program, its answer checked; seconds.
fn measured(program: &Peer, logs: &Logs) -> Result<f64, Failed> {
    let run = measure::run(program)?;
    check::answer(&run, &logs.truth).map_err(Failed::Wrong)?;
    Ok(run.seconds)
}

/// A run that reads all sessions: seconds. What it says was checked before.
fn timed(sessions: &Peer, logs: &Logs) -> Result<f64, Failed> {
    let (seconds, status) = measure::time(sessions)?;
    if status != check::status(&logs.truth) {
        return Err(Failed::Impossible(format!("sessions ended with {status:?}")));
    }
    Ok(seconds)
}

/// A run that cuts lines and understands nothing: seconds.
fn plain(files: &[PathBuf], logs: &Logs) -> Result<f64, Failed> {
    let (seconds, records) =
        peers::plain::read(files).map_err(|error| format!("plain: {error}"))?;
    if records != logs.truth.records {
        return Err(Failed::Impossible(format!(
            "plain: {records} records; expected {}",
            logs.truth.records
        )));
    }
    Ok(seconds)
}

/// A run of the search: seconds, and how many lines it counted.
fn searched(search: &Peer) -> Result<(f64, u64), Failed> {
    let run = measure::run(search)?;
    let count = check::matches(&run)?;
    Ok((run.seconds, count))
}
