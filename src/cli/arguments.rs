//! The arguments, and the help that teaches them.
//!
//! Options are the parameters of the cmdlets in kebab-case; a test compares them.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use exchange_tls::failure::cause::CAUSES;
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

Exit status: 0 nothing found, 1 problems found, 2 the work could not be done.";

/// Finds out why Exchange mail hangs in the queue.
#[derive(Debug, Parser)]
#[command(name = "exchange-tls", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Name the cause of every failed session in SMTP protocol logs
    #[command(after_help = EXAMPLES)]
    Failures(LogArguments),
    /// List every session in SMTP protocol logs, failed or not
    #[command(after_help = EXAMPLES)]
    Sessions(LogArguments),
}

/// The arguments of everything that reads logs.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Log files, folders or wildcards
    #[arg(value_name = "PATH")]
    pub bare: Vec<PathBuf>,
    /// The same, as an option
    #[arg(long, value_name = "PATH")]
    pub path: Vec<PathBuf>,
    /// Log files or folders in whose names no character is a wildcard
    #[arg(long, value_name = "PATH")]
    pub literal_path: Vec<PathBuf>,
    /// Read the folders below a folder too
    #[arg(long)]
    pub recurse: bool,
    /// Only logs of this direction [default: both]
    #[arg(long, value_name = "DIRECTION", value_parser = PossibleValuesParser::new(["Send", "Receive"]), ignore_case = true)]
    pub log_type: Option<String>,
    /// Nothing before this time, as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Nothing after this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    /// Only connectors whose names match: * any characters, ? one, [a-c] one of these
    #[arg(long, value_name = "NAME")]
    pub connector: Vec<String>,
    /// Only these causes
    #[arg(long, value_name = "CAUSE", value_parser = PossibleValuesParser::new(CAUSES.map(|info| info.name)), ignore_case = true, hide_possible_values = true)]
    pub cause: Vec<String>,
    /// Also sessions in which only messages or recipients were refused
    #[arg(long)]
    pub include_rejection: bool,
    /// Give the records of each session too (with --json)
    #[arg(long)]
    pub include_records: bool,
    /// Print one JSON object a line instead of a table
    #[arg(long)]
    pub json: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text.as_bytes())
        .ok_or_else(|| "expected a time in UTC like 2026-01-01T00:00:00Z".to_owned())
}
