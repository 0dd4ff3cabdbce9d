//! The arguments of `cert`: the parameters of Test-ExchangeTlsCert that need no objects.

use std::path::PathBuf;

use clap::{value_parser, Arg, ArgAction, ArgMatches, Command};

use exchange_tls::cert::EXPIRY_WARNING_DAYS;
use exchange_tls::log::patience::Timeout;
use exchange_tls::timestamp::Timestamp;

use super::arguments::{time, timeout, timeout_option};

const EXAMPLES: &str = "\
Examples:
  exchange-tls cert mail.pem
      every finding about the certificates in a file, with the machine's roots
  exchange-tls cert --fqdn mail.contoso.com --intermediate chain.p7b mail.cer
      what a peer that asks for mail.contoso.com makes of it
  exchange-tls cert --tls-certificate-name '<I>CN=CA<S>CN=mail.contoso.com' Exported
      which certificate of a folder a connector with that name presents
  exchange-tls cert --root corp-root.cer --crl corp.crl --at 2026-01-01T00:00:00Z mail.cer
      with other roots and revocation lists, at another time

Exit status: 0 no certificate fails, 1 one fails, 2 the work could not be done.";

/// What certificates are tested for.
pub struct CertArguments {
    pub paths: Vec<PathBuf>,
    pub thumbprints: Vec<String>,
    pub intermediates: Vec<PathBuf>,
    pub roots: Vec<PathBuf>,
    pub lists: Vec<PathBuf>,
    pub fqdn: Option<String>,
    pub tls_certificate_name: Option<String>,
    pub at: Option<Timestamp>,
    pub expiry_warning_days: u32,
    pub timeout: Timeout,
    pub json: bool,
}

/// The verb and its options.
pub fn command() -> Command {
    let files = |name: &'static str, what: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name(what)
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    let value = |name: &'static str, what: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(what).help(help)
    };
    Command::new("cert")
        .about("Test certificates and their chains, every finding by name")
        .after_help(EXAMPLES)
        .args([
            files("bare", "PATH", "Files (PEM, DER, P7B) or folders of certificates to test"),
            files("path", "PATH", "The same, as an option").long("path"),
            value("thumbprint", "HEX", "Only certificates with this thumbprint")
                .action(ArgAction::Append),
            files("intermediate", "PATH", "Files or folders of intermediate certificates")
                .long("intermediate"),
            files("root", "PATH", "Files or folders of trusted roots [default: the machine's]")
                .long("root"),
            files("crl", "PATH", "Files of revocation lists").long("crl"),
            value("fqdn", "NAME", "The name that a peer will ask for"),
            value("tls-certificate-name", "NAME", "<I>issuer<S>subject, as the connector has it"),
            value("at", "TIME", "The time to judge at [default: now]").value_parser(time),
            value(
                "expiry-warning-days",
                "DAYS",
                "How long before its end a certificate expires soon [default: 30]",
            )
            .value_parser(value_parser!(u32)),
            timeout_option(),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON object a line instead of a table"),
        ])
}

/// Reads what was given.
pub fn read(matches: &ArgMatches) -> CertArguments {
    let paths = |name: &str| matches.get_many::<PathBuf>(name).into_iter().flatten().cloned();
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    CertArguments {
        paths: paths("bare").chain(paths("path")).collect(),
        thumbprints: matches
            .get_many::<String>("thumbprint")
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        intermediates: paths("intermediate").collect(),
        roots: paths("root").collect(),
        lists: paths("crl").collect(),
        fqdn: text("fqdn"),
        tls_certificate_name: text("tls-certificate-name"),
        at: matches.get_one("at").copied(),
        expiry_warning_days: matches
            .get_one("expiry-warning-days")
            .copied()
            .unwrap_or(EXPIRY_WARNING_DAYS),
        timeout: timeout(matches),
        json: matches.get_flag("json"),
    }
}
