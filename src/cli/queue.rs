//! `exchange-tls queue`: LastErrors in, their causes and next steps out.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use clap::{value_parser, Arg, ArgAction, ArgMatches, Command};

use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::failure::cause::Cause;
use exchange_tls::file::{load, read_all};
use exchange_tls::log::files::display;
use exchange_tls::log::patience::{Hook, Patience, Timeout};
use exchange_tls::object::{self, Kind, Object};
use exchange_tls::queue::{self, QueueFailure};
use std::path::PathBuf;

use super::arguments::{timeout, timeout_option};
use super::output::Output;
use super::table::{self, Column, Row};
use super::Outcome;

const EXAMPLES: &str = "\
Examples:
  exchange-tls queue '451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection timed out.\"'
      what a LastError says, and what to do next
  exchange-tls queue < lasterror.txt
      the same from a file: one text, which may be wrapped
  exchange-tls queue --path queues.xml
      every queue of Get-Queue | Export-Clixml queues.xml (or of ConvertTo-Json)
  exchange-tls queue --json < queues.json
      one JSON object a line, for scripts

Exit status: 0 nothing found, 1 problems found, 2 the work could not be done.";

/// Most different failures that are explained below the table, as for logs.
const MAX_EXPLAINED: usize = 10;

/// What was given.
pub struct QueueArguments {
    texts: Vec<String>,
    paths: Vec<PathBuf>,
    timeout: Timeout,
    json: bool,
}

/// The verb and its options.
pub fn command() -> Command {
    Command::new("queue")
        .about("Explain the LastError of queues")
        .after_help(EXAMPLES)
        .args([
            Arg::new("text")
                .value_name("TEXT")
                .action(ArgAction::Append)
                .help("LastErrors, each in one argument [default: one text, or exported queues, from standard input]"),
            Arg::new("path")
                .long("path")
                .value_name("FILE")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help("Files of exported queues (Export-Clixml, ConvertTo-Json), or of one text"),
            timeout_option(),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON object a line instead of a table"),
        ])
}

/// Reads what was given.
pub fn arguments(matches: &ArgMatches) -> QueueArguments {
    QueueArguments {
        texts: matches.get_many::<String>("text").into_iter().flatten().cloned().collect(),
        paths: matches.get_many::<PathBuf>("path").into_iter().flatten().cloned().collect(),
        timeout: timeout(matches),
        json: matches.get_flag("json"),
    }
}

/// Runs the verb.
pub fn run(arguments: &QueueArguments) -> Outcome {
    let mut output = Output::new(arguments.json);
    let (failures, complete) = gather(arguments, &mut output);
    match show(&failures, &mut output) {
        Ok(()) if !failures.is_empty() => Outcome::Found,
        Ok(()) if complete => Outcome::Nothing,
        Ok(()) => Outcome::Incomplete,
        // Whoever reads the output has seen enough (`| head`): no reason to complain.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Found,
        Err(error) => {
            output.complain(&format!("the output cannot be written: {error}"));
            Outcome::Incomplete
        }
    }
}

/// The failures, and whether everything that was named could be read.
fn gather(arguments: &QueueArguments, output: &mut Output) -> (Vec<QueueFailure>, bool) {
    let mut failures: Vec<QueueFailure> =
        arguments.texts.iter().filter_map(|text| queue::read_text(text)).collect();
    let patience = Patience::new(arguments.timeout, Hook::default());
    let mut sources: Vec<Result<(Vec<u8>, String), Error>> =
        arguments.paths.iter().map(|path| Ok((load(path, &patience)?, display(path)))).collect();
    if arguments.texts.is_empty() && arguments.paths.is_empty() {
        sources.push(standard_input().map(|bytes| (bytes, "standard input".to_owned())));
    }
    let mut complete = true;
    for source in sources {
        match source.and_then(|(bytes, name)| read(&bytes, &name)) {
            Ok((found, complaint)) => {
                failures.extend(found);
                if let Some(complaint) = complaint {
                    complete = false;
                    output.complain(&complaint.to_string());
                }
            }
            Err(error) => {
                complete = false;
                output.complain(&error.to_string());
            }
        }
    }
    (failures, complete)
}

/// Exported queues, or one text; with what could not be used of it.
fn read(bytes: &[u8], source: &str) -> Result<(Vec<QueueFailure>, Option<Error>), Error> {
    let objects = match object::read(bytes, source).filter(|_| !is_last_error(bytes)) {
        Some(objects) => objects?,
        None => {
            let text = String::from_utf8_lossy(bytes);
            return Ok((queue::read_text(&text).into_iter().collect(), None));
        }
    };
    let queues: Vec<&Object> =
        objects.iter().filter(|object| object.kind() == Some(Kind::Queue)).collect();
    let failures = queues.iter().filter_map(|object| queue::read(object)).collect();
    let others = objects.len() - queues.len();
    let silent = queues.iter().filter(|object| !object.has("LastError")).count();
    let complaint = if others > 0 {
        Some(format!(
            "{others} of {} objects are no queues; expected the objects of Get-Queue",
            objects.len()
        ))
    } else if silent > 0 {
        Some(format!(
            "{silent} queues do not tell their LastError; expected the whole objects of Get-Queue"
        ))
    } else {
        None
    };
    let complaint = complaint.map(|text| Error::new(ErrorKind::Unreadable, text).at_path(source));
    Ok((failures, complaint))
}

/// `[{LED=...};...]` begins like JSON, where a name in quotes would follow.
fn is_last_error(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let Some(rest) = text.strip_prefix(b"[") else { return false };
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"{") else { return false };
    rest.trim_ascii_start().first().is_some_and(u8::is_ascii_alphabetic)
}

fn standard_input() -> Result<Vec<u8>, Error> {
    let input = io::stdin();
    if input.is_terminal() {
        let text = "no text was given; expected a LastError as an argument, a file with --path, or either on standard input";
        return Err(Error::new(ErrorKind::InvalidArgument, text));
    }
    read_all(input, "standard input")
}

const QUEUES: [Column; 6] = [
    table::column("Queue", 16),
    table::column("NextHop", 28),
    table::column("Messages", 8),
    table::column("Cause", 27),
    table::column("Reply", 20),
    table::column("Error", 18),
];

fn row(failure: &QueueFailure) -> Row {
    let reply = [&failure.code, &failure.enhanced_code];
    let inner = [&failure.inner_code, &failure.inner_enhanced_code];
    // The innermost one says more.
    let told = if failure.inner_code.is_some() { inner } else { reply };
    let reply: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
    let hop = failure.next_hop_domain.as_ref().or(failure.remote_host.as_ref());
    vec![
        failure.identity.clone().unwrap_or_default(),
        hop.or(failure.remote_endpoint.as_ref()).cloned().unwrap_or_default(),
        failure.message_count.map(|count| count.to_string()).unwrap_or_default(),
        failure.cause.name().to_owned(),
        reply.join(" "),
        failure.error.clone().unwrap_or_default(),
    ]
}

fn show(failures: &[QueueFailure], output: &mut Output) -> io::Result<()> {
    let mut counts: BTreeMap<Cause, u64> = BTreeMap::new();
    let mut explained: Vec<&QueueFailure> = Vec::new();
    let mut left_out = 0;
    for failure in failures {
        *counts.entry(failure.cause).or_default() += 1;
        if output.is_json() {
            output.json(failure)?;
            continue;
        }
        output.row(&QUEUES, &row(failure))?;
        let same = |known: &&&QueueFailure| {
            known.cause == failure.cause
                && known.server == failure.server
                && known.delivery_type == failure.delivery_type
                && known.error == failure.error
        };
        if explained.iter().find(same).is_none() {
            if explained.len() < MAX_EXPLAINED {
                explained.push(failure);
            } else {
                left_out += 1;
            }
        }
    }
    if !output.is_json() {
        for failure in &explained {
            output.text(&explain(failure))?;
        }
        if left_out > 0 {
            output.line(&format!("\n{left_out} more are not explained here."))?;
        }
        let named: Vec<String> =
            counts.iter().map(|(cause, count)| format!("{count} {cause}")).collect();
        let named = if named.is_empty() { "0".to_owned() } else { named.join(", ") };
        let gap = if failures.is_empty() { "" } else { "\n" };
        output.line(&format!("{gap}queues with an error: {named}"))?;
    }
    output.flush()
}

/// One queue: what its text says, and what to do.
fn explain(failure: &QueueFailure) -> String {
    let of = failure.identity.as_ref().map(|identity| format!(": {identity}")).unwrap_or_default();
    let mut text = format!("\n{}{of}\n  {}\n", failure.cause, failure.diagnosis);
    let mut line = |name: &str, value: &str| {
        text.push_str(&format!("  {name:<12} {value}\n"));
    };
    line("LastError", &failure.last_error);
    if let Some(time) = &failure.last_retry_time {
        line("Last retry", time);
    }
    for (step, command) in failure.next_step.iter().enumerate() {
        line(if step == 0 { "Next step" } else { "" }, command);
    }
    line("Reference", &failure.reference.join(", "));
    text
}
