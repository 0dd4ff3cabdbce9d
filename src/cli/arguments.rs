//! The arguments, and the help that teaches them.
//!
//! Options are the parameters of the cmdlets in kebab-case; a test compares them.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{value_parser, Arg, ArgAction, ArgMatches, Command};

use super::cert_arguments::{self, CertArguments};
use super::diagnose::{self, DiagnoseArguments};
use super::queue::{self, QueueArguments};
use exchange_tls::failure::cause::{Cause, CAUSES};
use exchange_tls::log::patience::Timeout;
use exchange_tls::log::LogType;
use exchange_tls::text::clean_str;
use exchange_tls::timestamp::Timestamp;

const EXAMPLES: &str = "\
Examples:
  exchange-tls failures SmtpSend
      the failed sessions of all logs in the folder SmtpSend
  exchange-tls failures --recurse --since 2026-01-01T00:00:00Z Logs
      of all folders below Logs, from that instant on (UTC)
  exchange-tls failures --cause OwnCertificateNoKey --json Logs/SEND*.LOG
      one JSON object a line, for scripts
  exchange-tls sessions --connector 'Outbound*' SmtpSend
      every session of the connectors whose names match
  exchange-tls cert --fqdn mail.contoso.com mail.pem
      what a peer that asks for mail.contoso.com makes of the certificate
  exchange-tls diagnose Collected
      why mail hangs, from exported objects, certificates and logs
  exchange-tls queue --path queues.xml
      what the LastErrors of exported queues say, and what to do next

Exit status: 0 nothing found, 1 problems found, 2 the work could not be done.";

const TIMEOUT: &str = "timeout-seconds";

/// What the program is asked to do.
pub enum Verb {
    /// Name the cause of every failed session.
    Failures(LogArguments),
    /// List every session.
    Sessions(LogArguments),
    /// Test certificates.
    Cert(CertArguments),
    /// Join everything to answers.
    Diagnose(DiagnoseArguments),
    /// Explain the LastError of queues.
    Queue(QueueArguments),
}

/// The arguments of everything that reads logs.
pub struct LogArguments {
    pub paths: Vec<PathBuf>,
    pub literal_paths: Vec<PathBuf>,
    pub recurse: bool,
    pub log_type: Option<LogType>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub connectors: Vec<String>,
    pub causes: Vec<Cause>,
    pub include_rejection: bool,
    pub include_records: bool,
    pub timeout: Timeout,
    pub json: bool,
}

/// Reads the arguments of the process; ends it with help or a complaint where they ask for it.
pub fn read() -> Verb {
    let matches = command().try_get_matches().unwrap_or_else(|error| refuse(error));
    match matches.subcommand() {
        Some(("cert", arguments)) => Verb::Cert(cert_arguments::read(arguments)),
        Some(("diagnose", arguments)) => Verb::Diagnose(diagnose::read(arguments)),
        Some(("queue", arguments)) => Verb::Queue(queue::arguments(arguments)),
        Some(("sessions", arguments)) => Verb::Sessions(log_arguments(arguments)),
        // The only other one: clap ends the process where there is none or an unknown one.
        Some((_, arguments)) => Verb::Failures(log_arguments(arguments)),
        None => refuse(
            command().error(clap::error::ErrorKind::MissingSubcommand, "a command is missing"),
        ),
    }
}

/// Ends the process with help or a complaint. A complaint repeats what was
/// typed, or what a script put together from names that others chose: it is
/// made anew from clean arguments, so that nothing in them steers a terminal.
fn refuse(error: clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    let clean = std::env::args_os().map(|one| clean_str(&one.to_string_lossy()).into_owned());
    let error = command().try_get_matches_from(clean).err().unwrap_or(error);
    let lines = error.render().to_string();
    let lines: Vec<_> = lines.lines().map(clean_str).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n").trim_end());
    std::process::exit(error.exit_code());
}

fn command() -> Command {
    Command::new("exchange-tls")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Finds out why Exchange mail hangs in the queue")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(log_command(
            "failures",
            "Name the cause of every failed session in SMTP protocol logs",
        ))
        .subcommand(log_command(
            "sessions",
            "List every session in SMTP protocol logs, failed or not",
        ))
        .subcommand(cert_arguments::command())
        .subcommand(diagnose::command())
        .subcommand(queue::command())
}

fn log_command(name: &'static str, about: &'static str) -> Command {
    let path = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name("PATH")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    let value = |name: &'static str, what: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(what).help(help)
    };
    Command::new(name).about(about).after_help(EXAMPLES).args([
        path("bare", "Log files, folders or wildcards").conflicts_with("literal-path"),
        path("path", "The same, as an option").long("path").conflicts_with("literal-path"),
        path("literal-path", "Log files or folders in whose names no character is a wildcard")
            .long("literal-path"),
        flag("recurse", "Read the folders below a folder too"),
        value("log-type", "DIRECTION", "Only logs of this direction [default: both]")
            .value_parser(PossibleValuesParser::new([
                LogType::Send.name(),
                LogType::Receive.name(),
            ]))
            .ignore_case(true),
        value("since", "TIME", "Nothing before this time, as 2026-01-01T00:00:00Z")
            .value_parser(time),
        value("until", "TIME", "Nothing after this time").value_parser(time),
        value(
            "connector",
            "NAME",
            "Only connectors whose names match: * any characters, ? one, [a-c] one of these",
        )
        .action(ArgAction::Append),
        value("cause", "CAUSE", "Only these causes; a wrong one shows the list")
            .action(ArgAction::Append)
            .value_parser(PossibleValuesParser::new(CAUSES.map(|info| info.name)))
            .ignore_case(true)
            .hide_possible_values(true),
        flag(
            "include-rejection",
            "Also sessions in which only messages or recipients were refused",
        ),
        flag("include-records", "Give the records of each session too (with --json)"),
        timeout_option(),
        flag("json", "Print one JSON object a line instead of a table"),
    ])
}

fn log_arguments(matches: &ArgMatches) -> LogArguments {
    let paths = |name: &str| matches.get_many::<PathBuf>(name).into_iter().flatten().cloned();
    let texts = |name: &str| matches.get_many::<String>(name).into_iter().flatten().cloned();
    LogArguments {
        paths: paths("bare").chain(paths("path")).collect(),
        literal_paths: paths("literal-path").collect(),
        recurse: matches.get_flag("recurse"),
        log_type: matches.get_one::<String>("log-type").map(|name| {
            if name.eq_ignore_ascii_case(LogType::Send.name()) {
                LogType::Send
            } else {
                LogType::Receive
            }
        }),
        since: matches.get_one("since").copied(),
        until: matches.get_one("until").copied(),
        connectors: texts("connector").collect(),
        causes: texts("cause").filter_map(|name| Cause::from_name(&name)).collect(),
        include_rejection: matches.get_flag("include-rejection"),
        include_records: matches.get_flag("include-records"),
        timeout: timeout(matches),
        json: matches.get_flag("json"),
    }
}

/// The option of everything that reads paths.
pub fn timeout_option() -> Arg {
    Arg::new(TIMEOUT)
        .long(TIMEOUT)
        .visible_alias("timeout")
        .value_name("SECONDS")
        .value_parser(value_parser!(u64).range(..=86_400))
        .help(
            "Give a folder or file up that gives no answer for so long; 0 never does [default: 60]",
        )
}

/// What was given for it.
pub fn timeout(matches: &ArgMatches) -> Timeout {
    match matches.get_one::<u64>(TIMEOUT) {
        None => Timeout::Usual,
        Some(0) => Timeout::Never,
        Some(&seconds) => Timeout::After(Duration::from_secs(seconds)),
    }
}

/// A time as an option takes it.
pub fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text.as_bytes())
        .ok_or_else(|| "expected a time in UTC like 2026-01-01T00:00:00Z".to_owned())
}
