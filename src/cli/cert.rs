//! `exchange-tls cert`: files in, the findings about each certificate out.

use exchange_tls::cert::finding::Verdict;
use exchange_tls::cert::read::Contents;
use exchange_tls::cert::{test, CertificateTest, Outcome as Tested, Request};
use exchange_tls::error::{Error, ErrorKind};
use exchange_tls::log::patience::{Hook, Patience};
use exchange_tls::timestamp::Timestamp;
use std::io;
use std::path::PathBuf;

use super::cert_arguments::CertArguments;
use super::cert_files::{contents, machine_roots};
use super::output::Output;
use super::table;
use super::Outcome;

/// Runs the verb.
pub fn run(arguments: &CertArguments) -> Outcome {
    let mut output = Output::new(arguments.json);
    let written = match request(arguments, &mut output) {
        Ok((request, complete)) => answer(arguments, test(&request), complete, &mut output),
        Err(error) => {
            output.complain(&error.to_string());
            Ok(Outcome::Incomplete)
        }
    };
    written.unwrap_or_else(|error| output.broken(&error))
}

/// The request, and whether everything that was named could be read.
fn request(arguments: &CertArguments, output: &mut Output) -> Result<(Request, bool), Error> {
    if arguments.paths.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "no path was given; expected certificate files or folders",
        ));
    }
    let mut request = Request::at(instant(arguments.at)?);
    request.expiry_warning_days = arguments.expiry_warning_days;
    request.fqdn.clone_from(&arguments.fqdn);
    request.tls_certificate_name.clone_from(&arguments.tls_certificate_name);
    let patience = Patience::new(arguments.timeout, Hook::default());
    let (files, errors) = contents(&arguments.paths, &patience);
    errors.iter().for_each(|error| output.complain(&error.to_string()));
    files.into_iter().for_each(|file| request.add_file(file));
    let issuers = issuers(
        &mut request,
        &arguments.intermediates,
        Some(&arguments.roots),
        &arguments.lists,
        &patience,
        output,
    )?;
    Ok((request, issuers && errors.is_empty()))
}

/// Adds what certificates are judged by: intermediates, roots (the machine's,
/// where none are named) and revocation lists; whether all could be read.
pub fn issuers(
    request: &mut Request,
    intermediates: &[PathBuf],
    roots: Option<&Vec<PathBuf>>,
    lists: &[PathBuf],
    patience: &Patience,
    output: &mut Output,
) -> Result<bool, Error> {
    let roots = match roots {
        Some(roots) if roots.is_empty() => machine_roots(patience)?,
        Some(roots) => roots.clone(),
        None => Vec::new(),
    };
    let mut complete = true;
    let mut load = |paths: &[PathBuf]| -> Vec<Contents> {
        let (all, errors) = contents(paths, patience);
        complete &= errors.is_empty();
        errors.iter().for_each(|error| output.complain(&error.to_string()));
        all
    };
    let mut strays = Vec::new();
    for (paths, into) in
        [(intermediates, &mut request.intermediates), (&roots[..], &mut request.roots)]
    {
        for file in load(paths) {
            into.extend(file.certificates);
            strays.extend(file.unreadable);
        }
    }
    for file in load(lists) {
        request.lists.extend(file.lists);
        strays.extend(file.unreadable);
    }
    for stray in strays {
        complete = false;
        output.complain(
            &Error::new(ErrorKind::Unreadable, stray.reason).at_path(stray.source).to_string(),
        );
    }
    Ok(complete)
}

/// The instant to judge at: the one given, else now.
pub fn instant(given: Option<Timestamp>) -> Result<Timestamp, Error> {
    given.or_else(Timestamp::now).ok_or_else(|| {
        let text = "the clock of this machine cannot be used; give the time with --at";
        Error::new(ErrorKind::InvalidArgument, text)
    })
}

fn answer(
    arguments: &CertArguments,
    tested: Tested,
    complete: bool,
    output: &mut Output,
) -> io::Result<Outcome> {
    for entry in &tested.unreadable {
        output.complain(&format!("{}: {}", entry.source, entry.reason));
    }
    let wanted = |test: &&CertificateTest| {
        let thumbprint = test.thumbprint.as_deref().unwrap_or_default();
        arguments.thumbprints.is_empty()
            || arguments.thumbprints.iter().any(|one| one.eq_ignore_ascii_case(thumbprint))
    };
    let tests: Vec<&CertificateTest> = tested.tests.iter().filter(wanted).collect();
    if tests.is_empty() {
        output.complain("no certificate was tested");
        return Ok(Outcome::Incomplete);
    }
    for test in &tests {
        if output.is_json() {
            output.json(test)?;
        } else {
            output.text(&explain(test))?;
        }
    }
    let count = |verdict| tests.iter().filter(|test| test.result == verdict).count();
    let (failed, warned, passed) =
        (count(Verdict::Fail), count(Verdict::Warning), count(Verdict::Pass));
    if !output.is_json() {
        output.line(&format!(
            "{} tested: {failed} Fail, {warned} Warning, {passed} Pass",
            tests.len()
        ))?;
    }
    output.flush()?;
    Ok(match (failed, complete && tested.unreadable.is_empty()) {
        (1.., _) => Outcome::Found,
        (0, true) => Outcome::Nothing,
        (0, false) => Outcome::Incomplete,
    })
}

/// One certificate: what it is, every finding, its chain, what to do.
fn explain(test: &CertificateTest) -> String {
    let mut text = format!(
        "{:<8}{}\n",
        test.result.name(),
        test.subject.as_deref().unwrap_or("(no subject could be read)")
    );
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("        {name:<12}{value}\n"));
        }
    };
    let answer = |given: Option<bool>| given.map(|yes| if yes { "yes" } else { "no" });
    line("Issuer", test.issuer.as_deref());
    line("Thumbprint", test.thumbprint.as_deref());
    line("Names", Some(test.alternate_names.join(", ").as_str()).filter(|names| !names.is_empty()));
    let validity = test.not_before.zip(test.not_after).map(|(from, to)| {
        let days = test.days_left.unwrap_or(0);
        format!("{} to {} ({days} days left)", table::seconds(from), table::seconds(to))
    });
    line("Valid", validity.as_deref());
    line("Selected", answer(test.selected));
    line("Source", Some(&test.source));
    for finding in &test.findings {
        let element = finding.element.as_str();
        let is_own = element.is_empty() || Some(element) == test.subject.as_deref();
        let about = if is_own { String::new() } else { format!(" [{element}]") };
        line(
            finding.severity.name(),
            Some(&format!("{}: {}{about}", finding.code.name(), finding.message)),
        );
    }
    for (step, element) in test.chain.iter().enumerate() {
        line(
            if step == 0 { "Chain" } else { "" },
            Some(&format!("{} ({})", element.subject, element.source)),
        );
    }
    for (step, command) in test.remedy.iter().enumerate() {
        line(if step == 0 { "Remedy" } else { "" }, Some(command));
    }
    text.push('\n');
    text
}
