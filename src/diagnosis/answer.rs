//! The answers: what is said of each problem, and which comes first.

use std::cmp::Reverse;

use serde::Serialize;

use super::commands::{Commands, Logged};
use super::inventory::{Held, Tested};
use super::logs::Group;
use super::queues::{self, Waiting};
use super::{authentication, certificates, latent, Evidence};
use crate::connector::ConnectorTest;
use crate::failure::cause::Cause;
use crate::text::shorten;
use crate::timestamp::Timestamp;

/// Most queues named as evidence of one problem; the summary counts them all.
const MAX_QUEUES: usize = 5;

/// Longest text of a piece of evidence: a reply is at most 512 octets (RFC 5321
/// 4.5.3.1.5), a LastError holds several.
const MAX_TEXT: usize = 2000;

/// One problem: the properties of `ExchangeTls.Diagnosis`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Diagnosis {
    /// 1 for the worst.
    pub rank: u64,
    /// Why.
    pub cause: Cause,
    /// What is wrong, in a few sentences; what is not known is said to be so.
    pub summary: String,
    /// What shows it.
    pub evidence: Vec<EvidenceItem>,
    /// How many sessions failed; where no log shows any, how many queues wait.
    pub count: u64,
    /// Messages that wait in the queues concerned.
    pub message_count: u64,
    /// The first session that failed, else the last time a queue tried.
    pub first_seen: Option<Timestamp>,
    /// The last one.
    pub last_seen: Option<Timestamp>,
    /// The connector, where one is concerned.
    pub connector: Option<String>,
    /// The server, where it is known.
    pub server: Option<String>,
    /// Ready commands, in order; lines that begin with `#` explain the next one.
    pub remedy: Vec<String>,
    /// Article numbers or links.
    pub reference: Vec<String>,
}

/// Something that shows a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EvidenceItem {
    /// Queue, Log, Certificate, SendConnector, ReceiveConnector.
    pub kind: &'static str,
    /// What it shows.
    pub text: String,
    /// The queue, the connector, or the server of a certificate.
    pub name: Option<String>,
    /// The file.
    pub path: Option<String>,
    /// The line in it, from 1.
    pub line: Option<u64>,
    /// The thumbprint of a certificate.
    pub thumbprint: Option<String>,
}

/// A problem before it is judged: what failed in the same way.
#[derive(Debug, Clone)]
pub(super) struct Problem<'a> {
    pub cause: Cause,
    pub group: Option<&'a Group>,
    pub queues: Vec<&'a Waiting>,
    pub connector: Option<String>,
    pub server: Option<String>,
}

impl Problem<'_> {
    /// Whether the sessions were begun by others.
    pub fn receives(&self) -> bool {
        self.group.is_some_and(|group| !group.is_sent())
    }
}

/// What is said of a problem.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub summary: String,
    pub evidence: Vec<EvidenceItem>,
    pub remedy: Vec<String>,
    pub reference: Vec<String>,
}

/// Everything the judges look at.
pub(super) struct View<'a> {
    pub evidence: &'a Evidence,
    pub tested: Tested,
    pub connector_tests: Vec<ConnectorTest>,
}

/// One answer for each problem, worst first.
pub(super) fn answer(evidence: &Evidence) -> Vec<Diagnosis> {
    let view = View {
        evidence,
        tested: evidence.inventory.test(&evidence.send_connectors, evidence.at),
        connector_tests: evidence.connector_tests(),
    };
    let mut found: Vec<Diagnosis> =
        queues::problems(evidence).into_iter().map(|problem| view.judge(&problem)).collect();
    latent::add(&view, &mut found);
    // Mail that waits comes before mail that might; then what failed most often.
    found.sort_by_key(|one| {
        (
            one.message_count == 0,
            weight(one.cause),
            Reverse(one.message_count),
            Reverse(one.count),
            Reverse(one.last_seen),
        )
    });
    for (rank, one) in (1..).zip(&mut found) {
        one.rank = rank;
    }
    found
}

/// What stops a whole connector weighs more than what stops one peer, and that
/// more than what Exchange settles by itself.
fn weight(cause: Cause) -> u8 {
    match cause {
        Cause::OwnCertificateNoKey
        | Cause::OwnCertificateNotEnabled
        | Cause::OwnCertificateNotFound
        | Cause::OwnCertificateRejected
        | Cause::ExchangeAuthUnavailable
        | Cause::TenantNotAttributed => 0,
        Cause::MessageRejected | Cause::Throttled => 2,
        Cause::Unknown => 3,
        _ => 1,
    }
}

impl View<'_> {
    fn judge(&self, problem: &Problem<'_>) -> Diagnosis {
        let words = match problem.cause {
            Cause::OwnCertificateNoKey
            | Cause::OwnCertificateNotEnabled
            | Cause::OwnCertificateNotFound
            | Cause::OwnCertificateRejected => certificates::judge(self, problem),
            Cause::ExchangeAuthUnavailable => authentication::judge(self, problem),
            _ => queues::judge(self, problem),
        };
        self.finish(problem, words)
    }

    /// Puts the answer together: what the judge said, with the evidence that
    /// every problem has.
    pub fn finish(&self, problem: &Problem<'_>, words: Words) -> Diagnosis {
        let messages = problem.queues.iter().filter_map(|one| one.failure.message_count).sum();
        let mut summary = words.summary;
        if let Some(waiting) = queues::waiting(&problem.queues) {
            summary = format!("{summary} {waiting}");
        }
        let mut evidence: Vec<EvidenceItem> =
            problem.queues.iter().take(MAX_QUEUES).map(|one| queue(one)).collect();
        evidence.extend(problem.group.into_iter().flat_map(log));
        if let Some(connector) = self.evidence.connector(problem.connector.as_deref()) {
            evidence.push(send_connector(connector));
        }
        evidence.extend(words.evidence);
        let tried = || problem.queues.iter().filter_map(|one| one.last_retry());
        let (first, last) = match problem.group {
            Some(group) => (group.first_seen, group.last_seen),
            None => (tried().min(), tried().max()),
        };
        let queues = u64::try_from(problem.queues.len()).unwrap_or(u64::MAX);
        Diagnosis {
            rank: 0,
            cause: problem.cause,
            summary,
            evidence,
            count: problem.group.map_or(queues, |group| group.count),
            message_count: messages,
            first_seen: first,
            last_seen: last,
            connector: problem.connector.clone(),
            server: problem.server.clone(),
            remedy: words.remedy,
            reference: words.reference,
        }
    }

    /// The first commands of a remedy: for the server, where it has to be named,
    /// and with protocol logging on.
    pub fn commands(&self, problem: &Problem<'_>) -> Commands {
        let mut commands = self.commands_on(problem.server.as_deref());
        commands.log(&Logged {
            name: problem.connector.as_deref(),
            connector: self.evidence.connector(problem.connector.as_deref()),
            receives: problem.receives(),
            has_log: problem.group.is_some(),
        });
        commands
    }

    /// No commands yet, for a server where it has to be named.
    pub fn commands_on(&self, server: Option<&str>) -> Commands {
        Commands::on(server.filter(|_| self.evidence.servers.only().is_none()))
    }
}

fn queue(waiting: &Waiting) -> EvidenceItem {
    let one = &waiting.failure;
    let count = one
        .message_count
        .map(|count| format!("{}, ", queues::plural(count, "message")))
        .unwrap_or_default();
    let hop = one.next_hop_domain.as_deref().unwrap_or("a next hop that is not named");
    let last = shorten(&one.last_error, MAX_TEXT);
    EvidenceItem {
        kind: "Queue",
        text: format!("{count}to {hop}: {last}"),
        name: one.identity.clone(),
        ..EvidenceItem::default()
    }
}

/// The first and the last failed session.
fn log(group: &Group) -> Vec<EvidenceItem> {
    let first = &group.first;
    let what = match (&first.error, &first.reply) {
        (_, Some(reply)) => shorten(&reply.replace('\n', " "), MAX_TEXT).into_owned(),
        (Some(error), None) => error.clone(),
        (None, None) => first.cause.info().title.to_owned(),
    };
    let peer = first.remote_host.as_deref().or(first.remote_endpoint.as_deref());
    let peer = peer.map(|peer| format!(" with {peer}")).unwrap_or_default();
    let mut items = vec![EvidenceItem {
        kind: "Log",
        text: format!("{}{peer}: {what}", first.cause),
        name: first.connector.clone(),
        path: Some(first.path.clone()),
        line: Some(first.line),
        thumbprint: group.thumbprint().map(str::to_owned),
    }];
    if group.count > 1 {
        items.push(EvidenceItem {
            kind: "Log",
            text: format!("the last of {} sessions that failed like this", group.count),
            path: Some(group.last.0.clone()),
            line: Some(group.last.1),
            ..items[0].clone()
        });
    }
    items
}

fn send_connector(connector: &super::SendConnector) -> EvidenceItem {
    use crate::cert::connector::CertificateName;
    let presenter = &connector.presenter;
    let name = match &presenter.tls_certificate_name {
        CertificateName::Unknown => "not known",
        CertificateName::Empty => "empty",
        CertificateName::Named(text) => text,
    };
    let required =
        presenter.require_tls.map_or("not known", |yes| if yes { "True" } else { "False" });
    let logging = connector.logging.as_deref().unwrap_or("not known");
    EvidenceItem {
        kind: "SendConnector",
        text: format!(
            "TlsCertificateName {name}, RequireTLS {required}, ProtocolLoggingLevel {logging}"
        ),
        name: Some(connector.name().to_owned()),
        ..EvidenceItem::default()
    }
}

/// A certificate, by what decides whether it can be used.
pub(super) fn certificate(held: &Held) -> EvidenceItem {
    let test = &held.test;
    let key = match held.holding.input.has_private_key {
        Some(true) => "private key",
        Some(false) => "no private key",
        None => "private key not known",
    };
    let services = held
        .holding
        .input
        .services
        .as_deref()
        .map(|text| format!(", services {text}"))
        .unwrap_or_default();
    let end = test.not_after.map(|end| format!(", valid to {end}")).unwrap_or_default();
    let subject = test.subject.as_deref().unwrap_or_default();
    EvidenceItem {
        kind: "Certificate",
        text: format!("{subject}: {key}{services}{end} ({})", test.source),
        name: held.holding.server.clone(),
        thumbprint: Some(held.holding.thumbprint.clone()),
        ..EvidenceItem::default()
    }
}
