//! What is said below the table: each different failure once, with its
//! certificate and its remedy, and the counts.

use std::collections::BTreeMap;
use std::fmt::Write;

use exchange_tls::failure::cause::Cause;
use exchange_tls::failure::ConnectorFailure;
use exchange_tls::log::certificate::Certificate;

/// Most different failures that are explained; more would hide the first ones.
/// The table has them all.
const MAX_EXPLAINED: usize = 10;

/// Collects what was found.
#[derive(Default)]
pub struct Details {
    counts: BTreeMap<Cause, u64>,
    explained: Vec<(u64, ConnectorFailure)>,
    left_out: u64,
}

impl Details {
    /// Counts a session by its cause.
    pub fn count(&mut self, cause: Option<Cause>) {
        if let Some(cause) = cause {
            *self.counts.entry(cause).or_default() += 1;
        }
    }

    /// Counts a failure and keeps the first of its kind: same cause, connector and certificate.
    pub fn add(&mut self, failure: ConnectorFailure) {
        self.count(Some(failure.cause));
        let same = |known: &&mut (u64, ConnectorFailure)| {
            known.1.cause == failure.cause
                && known.1.connector == failure.connector
                && thumbprint(&known.1) == thumbprint(&failure)
                && known.1.error == failure.error
        };
        if let Some(known) = self.explained.iter_mut().find(same) {
            known.0 += 1;
        } else if self.explained.len() < MAX_EXPLAINED {
            self.explained.push((1, failure));
        } else {
            self.left_out += 1;
        }
    }

    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// `3 failed sessions: OwnCertificateNoKey 2, ConnectionLost 1`
    pub fn summary(&self, what: &str) -> String {
        let total = self.total();
        let plural = if total == 1 || what == "failed" { "" } else { "s" };
        let counts: Vec<String> =
            self.counts.iter().map(|(cause, count)| format!("{cause} {count}")).collect();
        if total == 0 {
            return format!("no {what}");
        }
        format!("{total} {what}{plural}: {}", counts.join(", "))
    }

    /// The explanations.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (count, failure) in &self.explained {
            // Writing to a String cannot fail.
            let _ = explain(&mut text, *count, failure);
        }
        if self.left_out > 0 {
            let _ = writeln!(
                text,
                "\n{} more failures are of other kinds; see the table.",
                self.left_out
            );
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

fn connector(failure: &ConnectorFailure) -> String {
    failure
        .connector
        .as_ref()
        .map_or("no connector named".to_owned(), |name| format!("connector {name}"))
}

fn thumbprint(failure: &ConnectorFailure) -> Option<&String> {
    failure.certificate.as_ref().and_then(|certificate| certificate.thumbprint.as_ref())
}

fn explain(text: &mut String, count: u64, failure: &ConnectorFailure) -> std::fmt::Result {
    let times = if count == 1 { String::new() } else { format!(", {count} times, the first") };
    writeln!(
        text,
        "\n{}: {}{times} at {}:{}",
        failure.cause,
        connector(failure),
        failure.path,
        failure.line
    )?;
    writeln!(text, "  {}", failure.diagnosis)?;
    if let Some(reply) = &failure.reply {
        writeln!(text, "  Reply        {}", reply.replace('\n', "\n               "))?;
    }
    if let Some(certificate) = &failure.certificate {
        describe(text, "Certificate", certificate)?;
    }
    if let Some(certificate) = &failure.remote_certificate {
        describe(text, "Peer's", certificate)?;
    }
    for (step, command) in failure.remedy.iter().enumerate() {
        writeln!(text, "  {} {command}", if step == 0 { "Remedy      " } else { "            " })?;
    }
    writeln!(text, "  Reference    {}", failure.reference.join(", "))
}

fn describe(text: &mut String, whose: &str, certificate: &Certificate) -> std::fmt::Result {
    let names = Some(certificate.alternate_names.join(", ")).filter(|names| !names.is_empty());
    let time = |time: Option<exchange_tls::timestamp::Timestamp>| time.map(|time| time.to_string());
    let fields = [
        ("Subject", certificate.subject.clone()),
        ("Issuer", certificate.issuer.clone()),
        ("Serial number", certificate.serial_number.clone()),
        ("Thumbprint", certificate.thumbprint.clone()),
        ("Names", names),
        ("Not before", time(certificate.not_before)),
        ("Not after", time(certificate.not_after)),
    ];
    let mut label = whose;
    for (name, value) in fields {
        if let Some(value) = value {
            writeln!(text, "  {label:<12} {name:<13} {value}")?;
            label = "";
        }
    }
    Ok(())
}
