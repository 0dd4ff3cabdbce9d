//! The answers: what is said of each problem, and which comes first.

use std::cmp::Reverse;

use serde::Serialize;

use super::commands::{Commands, Logged};
use super::logs::Group;
use super::queues::{self, Waiting};
use super::tested::Tested;
use super::{authentication, certificates, latent, shown, ties, Evidence};
use crate::connector::ConnectorTest;
use crate::failure::cause::Cause;
use crate::timestamp::Timestamp;

/// Most queues named as evidence of one problem; the summary counts them all.
const MAX_QUEUES: usize = 5;

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
        ties::problems(evidence).into_iter().map(|problem| view.judge(&problem)).collect();
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
            problem.queues.iter().take(MAX_QUEUES).map(|one| shown::queue(one)).collect();
        evidence.extend(problem.group.into_iter().flat_map(shown::log));
        if let Some(connector) = self.evidence.connector(problem.connector.as_deref()) {
            evidence.push(shown::send_connector(connector));
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
