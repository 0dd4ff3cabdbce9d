//! `failures` and `sessions`: a scan, item by item, to the output.

use std::io;

use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::scan::{Form, Item, Options, Scan, Wanted};

use super::arguments::LogArguments;
use super::details::Details;
use super::output::Output;
use super::table;
use super::Outcome;

/// `exchange-tls failures`
pub fn failures(arguments: &LogArguments) -> Outcome {
    run(arguments, Wanted::Failures)
}

/// `exchange-tls sessions`
pub fn sessions(arguments: &LogArguments) -> Outcome {
    run(arguments, Wanted::Sessions)
}

fn run(arguments: &LogArguments, wanted: Wanted) -> Outcome {
    let mut output = Output::new(arguments.json);
    match read(arguments, wanted, &mut output) {
        Ok(outcome) => outcome,
        // Whoever reads the output has seen enough (`| head`): no reason to complain.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Found,
        Err(Stop::Output(error)) => {
            output.complain(&format!("the output cannot be written: {error}"));
            Outcome::Incomplete
        }
        Err(Stop::Work(error)) => {
            output.complain(&error.to_string());
            Outcome::Incomplete
        }
    }
}

enum Stop {
    Output(io::Error),
    Work(Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Work(error)
    }
}

fn read(arguments: &LogArguments, wanted: Wanted, output: &mut Output) -> Result<Outcome, Stop> {
    // clap sees to it that only one of the two is given.
    let paths =
        if arguments.paths.is_empty() { &arguments.literal_paths } else { &arguments.paths };
    let mut scan = Scan::open(paths, options(arguments, wanted))?;
    let mut details = Details::default();
    let mut sessions = 0_u64;
    let mut unread = false;
    loop {
        let more = scan.step();
        while let Some(item) = scan.pop() {
            match item {
                Item::Failure(failure) => {
                    if output.is_json() {
                        output.json(&failure)?;
                    } else {
                        output.row(&table::FAILURES, &table::failure_row(&failure))?;
                    }
                    details.add(*failure);
                }
                Item::Session(session) => {
                    sessions += 1;
                    details.count(session.cause);
                    output.row(&table::SESSIONS, &table::session_row(&session))?;
                }
                Item::Line(session) => {
                    details.count(session.cause);
                    output.session(&session)?;
                }
                Item::Packed(_) => {} // nobody asked for it
                Item::Problem(problem) => {
                    unread |= matches!(
                        problem.kind(),
                        ErrorKind::NotFound | ErrorKind::Unreadable | ErrorKind::TimedOut
                    );
                    output.complain(&problem.to_string());
                }
            }
        }
        output.flush()?;
        if !more {
            break;
        }
    }
    if !output.is_json() {
        let progress = scan.progress();
        let read = format!(
            "{} of {} files read, {}",
            progress.files_read(),
            progress.files,
            size(progress.bytes_done)
        );
        if wanted == Wanted::Failures {
            output.text(&details.text())?;
            output.line(&format!("{}; {read}", details.summary("failed session")))?;
        } else {
            output.line(&format!("{sessions} sessions, {}; {read}", details.summary("failed")))?;
        }
        output.flush()?;
    }
    Ok(match (details.total() > 0, scan.has_read_any() && !unread) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::Nothing,
        (false, false) => Outcome::Incomplete,
    })
}

/// `12.3 MB`, `4.5 kB`
fn size(bytes: u64) -> String {
    let (unit, name) = if bytes >= 1_000_000 { (1_000_000, "MB") } else { (1000, "kB") };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

fn options(arguments: &LogArguments, wanted: Wanted) -> Options {
    Options {
        wanted,
        log_type: arguments.log_type,
        recurse: arguments.recurse,
        literal: arguments.paths.is_empty(),
        since: arguments.since,
        until: arguments.until,
        connectors: arguments.connectors.clone(),
        causes: arguments.causes.clone(),
        include_rejection: arguments.include_rejection,
        include_records: arguments.include_records,
        form: if arguments.json { Form::Line } else { Form::Whole },
        timeout: arguments.timeout,
        ..Options::default()
    }
}
