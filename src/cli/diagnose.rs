//! `exchange-tls diagnose`: what was collected on servers in, one answer for each problem out.

use std::io;
use std::path::PathBuf;

use clap::{value_parser, Arg, ArgAction, ArgMatches, Command};

use exchange_tls::cert::Request;
use exchange_tls::diagnosis::{Diagnosis, Evidence};
use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::log::patience::{Hook, Patience, Timeout};
use exchange_tls::scan::{Options, Scan};
use exchange_tls::timestamp::Timestamp;

use super::arguments::{time, timeout, timeout_option};
use super::cert::{instant, issuers};
use super::output::Output;
use super::table;
use super::Outcome;

const EXAMPLES: &str = "\
Examples:
  exchange-tls diagnose Collected
      why mail hangs, from a folder of exported objects, certificates and logs
  exchange-tls diagnose queues.xml connectors.xml SmtpSend --since 2026-01-01T00:00:00Z
      from files and folders, by what the logs say from that instant on (UTC)
  exchange-tls diagnose Collected --intermediate ca-store.p7b --root roots.pem
      with the issuers that the server has, so that its chains are judged too

What to collect, in the Exchange Management Shell (see docs/collect.md):
  Get-Queue | Export-Clixml queues.xml
  Get-SendConnector | Export-Clixml send-connectors.xml
  Get-ReceiveConnector | Export-Clixml receive-connectors.xml
  Get-ExchangeCertificate | Export-Clixml certificates.xml

Exit status: 0 nothing found, 1 problems found, 2 the work could not be done.";

/// What a diagnosis is made of.
pub struct DiagnoseArguments {
    paths: Vec<PathBuf>,
    intermediates: Vec<PathBuf>,
    roots: Vec<PathBuf>,
    lists: Vec<PathBuf>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    at: Option<Timestamp>,
    timeout: Timeout,
    json: bool,
}

/// The verb and its options.
pub fn command() -> Command {
    let files = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name("PATH")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    let instant = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("TIME").value_parser(time).help(help)
    };
    Command::new("diagnose")
        .about("Join queues, connectors, logs and certificates: one answer for each problem, worst first")
        .after_help(EXAMPLES)
        .args([
            files("bare", "Exported objects (.xml, .json), logs (.log), certificates, or folders of them"),
            files("path", "The same, as an option").long("path"),
            files("intermediate", "Files or folders of the intermediate certificates that the servers have").long("intermediate"),
            files("root", "Files or folders of trusted roots [default: the machine's, where intermediates are given]").long("root"),
            files("crl", "Files of revocation lists").long("crl"),
            instant("since", "Nothing of the logs before this time, as 2026-01-01T00:00:00Z"),
            instant("until", "Nothing of the logs after this time"),
            instant("at", "The time to judge certificates at [default: now]"),
            timeout_option(),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object a line instead of text"),
        ])
}

/// Reads what was given.
pub fn read(matches: &ArgMatches) -> DiagnoseArguments {
    let paths = |name: &str| matches.get_many::<PathBuf>(name).into_iter().flatten().cloned();
    DiagnoseArguments {
        paths: paths("bare").chain(paths("path")).collect(),
        intermediates: paths("intermediate").collect(),
        roots: paths("root").collect(),
        lists: paths("crl").collect(),
        since: matches.get_one("since").copied(),
        until: matches.get_one("until").copied(),
        at: matches.get_one("at").copied(),
        timeout: timeout(matches),
        json: matches.get_flag("json"),
    }
}

/// Runs the verb.
pub fn run(arguments: &DiagnoseArguments) -> Outcome {
    let mut output = Output::new(arguments.json);
    let written = match gather(arguments, &mut output) {
        Ok((evidence, complete)) => answer(&evidence.diagnose(), complete, &mut output),
        Err(error) => {
            output.complain(&error.to_string());
            Ok(Outcome::Incomplete)
        }
    };
    written.unwrap_or_else(|error| output.broken(&error))
}

/// The evidence, and whether everything that was named could be read.
fn gather(arguments: &DiagnoseArguments, output: &mut Output) -> Result<(Evidence, bool), Error> {
    if arguments.paths.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "no path was given; expected exported objects, logs, certificates, or folders of them",
        ));
    }
    let at = instant(arguments.at)?;
    let mut evidence = Evidence::new(at);
    let patience = Patience::new(arguments.timeout, Hook::default());
    let gathered = evidence.add_paths(&arguments.paths, &patience);
    let mut complete = gathered.problems.is_empty();
    gathered.problems.iter().for_each(|problem| output.complain(&problem.to_string()));
    let mut request = Request::at(at);
    // Without intermediates chains are not judged, and the machine's roots would be read for nothing.
    let wants_roots = !arguments.intermediates.is_empty() || !arguments.roots.is_empty();
    complete &= issuers(
        &mut request,
        &arguments.intermediates,
        wants_roots.then_some(&arguments.roots),
        &arguments.lists,
        &patience,
        output,
    )?;
    // Issuers and lists only: what cannot be read of them was told already.
    evidence.add_certificates(&request);
    if !gathered.logs.is_empty() {
        let options = Options {
            since: arguments.since,
            until: arguments.until,
            literal: true,
            timeout: arguments.timeout,
            ..Options::default()
        };
        let mut scan = Scan::open(&gathered.logs, options)?;
        loop {
            let more = scan.step();
            while let Some(item) = scan.pop() {
                if let Some(problem) = evidence.take(item) {
                    complete &= !matches!(
                        problem.kind(),
                        ErrorKind::NotFound | ErrorKind::Unreadable | ErrorKind::TimedOut
                    );
                    output.complain(&problem.to_string());
                }
            }
            if !more {
                break;
            }
        }
        evidence.add_log_files(scan.progress().files_read());
        if let Some(problem) = evidence.left_out() {
            output.complain(&problem.to_string());
        }
    }
    Ok((evidence, complete))
}

fn answer(found: &[Diagnosis], complete: bool, output: &mut Output) -> io::Result<Outcome> {
    for one in found {
        if output.is_json() {
            output.json(one)?;
        } else {
            output.text(&explain(one))?;
        }
    }
    if !output.is_json() {
        output.line(&match found.len() {
            0 => "nothing found".to_owned(),
            1 => "1 problem found".to_owned(),
            count => format!("{count} problems found"),
        })?;
    }
    output.flush()?;
    Ok(match (found.is_empty(), complete) {
        (false, _) => Outcome::Found,
        (true, true) => Outcome::Nothing,
        (true, false) => Outcome::Incomplete,
    })
}

fn explain(one: &Diagnosis) -> String {
    let mut text = format!("{}. {}\n   {}\n", one.rank, one.cause, one.summary);
    let mut line = |name: &str, value: &str| text.push_str(&format!("   {name:<12} {value}\n"));
    for (step, item) in one.evidence.iter().enumerate() {
        let place = match (&item.path, item.line) {
            (Some(path), Some(line)) => format!(" ({path}:{line})"),
            _ => String::new(),
        };
        let name = item.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let thumbprint = item.thumbprint.as_deref().filter(|_| item.kind == "Certificate");
        let thumbprint = thumbprint.map(|hex| format!(" {hex}")).unwrap_or_default();
        let label = if step == 0 { "Evidence" } else { "" };
        line(label, &format!("{}{name}{thumbprint}: {}{place}", item.kind, item.text));
    }
    if let (Some(first), Some(last)) = (one.first_seen, one.last_seen) {
        line(
            "Seen",
            &format!("{}, {} to {}", times(one.count), table::seconds(first), table::seconds(last)),
        );
    }
    for (step, command) in one.remedy.iter().enumerate() {
        line(if step == 0 { "Remedy" } else { "" }, command);
    }
    line("Reference", &one.reference.join(", "));
    text.push('\n');
    text
}

fn times(count: u64) -> String {
    if count == 1 {
        "once".to_owned()
    } else {
        format!("{count} times")
    }
}
