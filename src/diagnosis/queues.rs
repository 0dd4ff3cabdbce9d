//! Queues with an error, and what is said of them and of failed sessions whose
//! cause needs nothing but the log.

use super::answer::{Problem, View, Words};
use super::commands::{Commands, Logged};
use super::logs::Group;
use crate::failure::cause::Cause;
use crate::queue::QueueFailure;
use crate::timestamp::Timestamp;

/// Most next hops named in a summary.
const MAX_NAMED: usize = 3;

/// A queue with an error, and the connector it says it goes by.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub failure: QueueFailure,
    /// NextHopConnector: a GUID.
    pub connector: Option<String>,
}

impl Waiting {
    /// When it was tried last, where that is certain.
    pub fn last_retry(&self) -> Option<Timestamp> {
        Timestamp::parse(self.failure.last_retry_time.as_deref()?.as_bytes())
    }

    /// Whether Exchange hands it to another Exchange server of the organisation.
    pub fn is_internal(&self) -> bool {
        let kind = self.failure.delivery_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        ["smtprelay", "smtpdelivery", "mapidelivery", "heuristic"]
            .iter()
            .any(|part| kind.contains(part))
    }

    /// Whether the queue knows no more than that the connection did not work.
    pub fn knows_no_more(&self) -> bool {
        matches!(
            self.failure.cause,
            Cause::ConnectionTimedOut
                | Cause::ConnectFailed
                | Cause::ConnectionLost
                | Cause::Unknown
        )
    }
}

/// `1 message`, `2 messages`
pub(super) fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `12 messages wait in 2 queues.`
pub(super) fn waiting(queues: &[&Waiting]) -> Option<String> {
    if queues.is_empty() {
        return None;
    }
    let messages: Option<u64> = queues.iter().map(|one| one.failure.message_count).sum();
    let plural =
        |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let queues = plural(u64::try_from(queues.len()).unwrap_or(u64::MAX), "queue");
    Some(match messages {
        Some(1) => format!("1 message waits in {queues}."),
        Some(count) => format!("{} wait in {queues}.", plural(count, "message")),
        None => format!("Mail waits in {queues}."),
    })
}

/// What is said of failed sessions whose cause needs nothing but the log, and of
/// queues without any.
pub(super) fn judge(view: &View<'_>, problem: &Problem<'_>) -> Words {
    match problem.group {
        Some(group) => Words {
            summary: of_group(group),
            remedy: group.first.remedy.clone(),
            reference: group.first.reference.clone(),
            ..Words::default()
        },
        None => of_queues(view, problem),
    }
}

fn of_group(group: &Group) -> String {
    let first = &group.first;
    let connector =
        first.connector.as_deref().map(|name| format!("Connector '{name}': ")).unwrap_or_default();
    let others = match group.hosts.len() {
        0 | 1 => String::new(),
        2 => " The same with another host.".to_owned(),
        more => format!(" The same with {} other hosts.", more - 1),
    };
    format!("{connector}{}{others}", first.diagnosis)
}

fn of_queues(view: &View<'_>, problem: &Problem<'_>) -> Words {
    let first = &problem.queues[0];
    let failure = &first.failure;
    let mut hops: Vec<&str> =
        problem.queues.iter().filter_map(|one| one.failure.next_hop_domain.as_deref()).collect();
    hops.sort_unstable();
    hops.dedup();
    let to = match hops.len() {
        0 => String::new(),
        1..=MAX_NAMED => format!("Mail to {}: ", hops.join(", ")),
        more => format!("Mail to {} and {} more: ", hops[..MAX_NAMED].join(", "), more - MAX_NAMED),
    };
    let (summary, commands) = if first.knows_no_more() {
        let (unlogged, commands) = unlogged(view, problem);
        (format!("{to}{} {unlogged}", failure.diagnosis), commands)
    } else {
        let mut commands = view.commands_on(problem.server.as_deref());
        for one in &problem.queues {
            commands.extend(&one.failure.next_step);
        }
        if !matches!(problem.cause, Cause::Throttled | Cause::MessageRejected) {
            commands.retry();
        }
        (format!("{to}{}", failure.diagnosis), commands)
    };
    Words {
        summary,
        remedy: commands.lines(),
        reference: failure.reference.clone(),
        ..Words::default()
    }
}

/// Why no log says more of queues that know no more, and the commands that change it.
fn unlogged(view: &View<'_>, problem: &Problem<'_>) -> (String, Commands) {
    let mut commands = view.commands_on(problem.server.as_deref());
    let connector = view.evidence.connector(problem.connector.as_deref());
    let name = match connector {
        Some(connector) => Some(connector.name()),
        None => problem.queues[0].is_internal().then_some("Intra-Organization SMTP Send Connector"),
    };
    let files = view.evidence.log_files;
    let why = match connector {
        Some(connector) if connector.logs_nothing() => {
            format!(
                "Protocol logging of the connector '{}' is off, so no log can say more.",
                connector.name()
            )
        }
        _ if files == 0 => "No protocol log was read.".to_owned(),
        _ => {
            let of = connector
                .map(|one| format!(" of the connector '{}'", one.name()))
                .unwrap_or_default();
            format!("None of the log files that were read ({files}) holds a failed session{of} that goes with it: they may be of another server or another time.")
        }
    };
    if name.is_none() {
        // Which connector it is has to be found first.
        for one in &problem.queues {
            commands.extend(&one.failure.next_step);
        }
        commands.retry();
        return (why, commands);
    }
    commands.log(&Logged { name, connector, receives: false, has_log: false });
    commands.say("Only the send protocol log tells whether TLS was the cause. Let the queue try again, then look once more:");
    commands.retry();
    commands.run("Get-ExchangeTlsDiagnosis");
    (why, commands)
}
