//! Queues and failed sessions that belong together, and what is said where a
//! queue has no failed session beside it.

use std::collections::BTreeMap;

use super::answer::{Problem, View, Words};
use super::commands::{Commands, Logged};
use super::logs::{address, Group};
use super::send_connector::{host, SendConnector};
use super::servers::is_same;
use super::Evidence;
use crate::failure::cause::Cause;
use crate::failure::remedy::is_implicit;
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
    fn is_internal(&self) -> bool {
        let kind = self.failure.delivery_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        ["smtprelay", "smtpdelivery", "mapidelivery", "heuristic"]
            .iter()
            .any(|part| kind.contains(part))
    }

    /// Whether the queue knows no more than that the connection did not work.
    fn knows_no_more(&self) -> bool {
        matches!(
            self.failure.cause,
            Cause::ConnectionTimedOut
                | Cause::ConnectFailed
                | Cause::ConnectionLost
                | Cause::Unknown
        )
    }
}

/// Every problem: failed sessions with the queues that wait for them, and the
/// queues that are left.
pub(super) fn problems(evidence: &Evidence) -> Vec<Problem<'_>> {
    let groups = evidence.groups.all();
    let mut problems: Vec<Problem<'_>> = groups
        .iter()
        .map(|group| Problem {
            cause: group.first.cause,
            group: Some(group),
            queues: Vec::new(),
            connector: group.first.connector.clone(),
            server: server_of(group, evidence),
        })
        .collect();
    let mut left: BTreeMap<(Cause, String, Option<String>), Vec<&Waiting>> = BTreeMap::new();
    for waiting in &evidence.queues {
        let best = groups
            .iter()
            .enumerate()
            .filter_map(|(place, group)| {
                Some((bond(evidence, waiting, group, groups)?, group.last_seen, place))
            })
            .max();
        match best {
            Some((.., place)) => problems[place].queues.push(waiting),
            None => {
                let connector = connector_of(evidence, waiting).map(|one| one.name().to_owned());
                // A word of its own makes it a problem of its own.
                let word = waiting.failure.error.clone().unwrap_or_default();
                left.entry((waiting.failure.cause, word, connector)).or_default().push(waiting);
            }
        }
    }
    problems.extend(left.into_iter().map(|((cause, _, connector), queues)| {
        let first = queues[0].failure.server.as_deref();
        let same = queues.iter().all(|one| one.failure.server.as_deref() == first);
        let server = first.filter(|_| same).and_then(|name| evidence.servers.name(name));
        Problem { cause, group: None, server: server.map(str::to_owned), queues, connector }
    }));
    problems
}

fn server_of(group: &Group, evidence: &Evidence) -> Option<String> {
    group.server.clone().or_else(|| evidence.servers.only().map(str::to_owned))
}

/// How surely a queue waits for just what failed in these sessions: 0 by the
/// connector that both go by, 1 by the name of the host, 2 by its address.
/// Nothing where they do not belong together.
fn bond(evidence: &Evidence, waiting: &Waiting, group: &Group, groups: &[Group]) -> Option<u8> {
    let queue = &waiting.failure;
    if !group.is_sent() {
        return None;
    }
    if let (Some(one), Some(other)) = (&queue.server, &group.server) {
        if !is_same(one, other) {
            return None;
        }
    }
    if !(waiting.knows_no_more()
        || queue.cause == group.first.cause
        || is_about_certificates(queue.cause) && is_about_certificates(group.first.cause))
    {
        return None;
    }
    let endpoint = queue.remote_endpoint.as_deref().and_then(address);
    if endpoint.is_some_and(|address| group.addresses.contains(&address)) {
        return Some(2);
    }
    let named = [queue.remote_host.as_deref(), queue.next_hop_domain.as_deref()];
    if named.into_iter().flatten().any(|name| group.hosts.iter().any(|other| are_kin(name, other)))
    {
        return Some(1);
    }
    let hop = queue.next_hop_domain.as_deref().and_then(address);
    if hop.is_some_and(|address| group.addresses.contains(&address)) {
        return Some(1);
    }
    let by_connector = match (connector_of(evidence, waiting), &group.first.connector) {
        (Some(connector), Some(name)) => {
            connector.name().eq_ignore_ascii_case(name)
                && (is_about_own(group.first.cause) || connector.presenter.smart_hosts.len() == 1)
        }
        _ => false,
    };
    if by_connector {
        return Some(0);
    }
    let says_nothing =
        queue.next_hop_domain.is_none() && queue.remote_host.is_none() && endpoint.is_none();
    // A bare LastError beside logs of one problem; or mail between servers of the
    // organisation beside the one problem that such sessions have.
    let candidates =
        groups.iter().filter(|one| one.is_sent() && one.first.cause == group.first.cause).count();
    let internal = waiting.is_internal()
        && group.first.connector.as_deref().is_some_and(is_implicit)
        && queue.cause == group.first.cause;
    (candidates == 1
        && (internal || says_nothing && groups.iter().filter(|one| one.is_sent()).count() == 1))
        .then_some(0)
}

fn is_about_own(cause: Cause) -> bool {
    cause.name().starts_with("OwnCertificate")
}

/// Causes that the two sides of a session tell differently; the log knows it best.
fn is_about_certificates(cause: Cause) -> bool {
    is_about_own(cause) || cause.name().starts_with("PeerCertificate")
}

/// Whether two names are of the same host or service: the same name, one below
/// the other, or below a common parent of at least three labels
/// (`mail.protection.outlook.com`).
fn are_kin(one: &str, other: &str) -> bool {
    let (one, other) = (host(one).to_ascii_lowercase(), host(other).to_ascii_lowercase());
    if !one.contains('.')
        || !other.contains('.')
        || address(&one).is_some()
        || address(&other).is_some()
    {
        return one == other && !one.is_empty();
    }
    let parent = one.split_once('.').map_or("", |(_, parent)| parent);
    let below =
        |name: &str, base: &str| name.strip_suffix(base).is_some_and(|rest| rest.ends_with('.'));
    one == other
        || below(&one, &other)
        || below(&other, &one)
        || parent.matches('.').count() >= 2 && below(&other, parent)
}

/// The send connector that a queue's mail goes by, as far as that can be told.
fn connector_of<'a>(evidence: &'a Evidence, waiting: &Waiting) -> Option<&'a SendConnector> {
    let enabled = || evidence.send_connectors.iter().filter(|one| one.enabled != Some(false));
    let guid = |one: &&SendConnector| {
        one.guid
            .as_deref()
            .zip(waiting.connector.as_deref())
            .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    if let Some(found) = evidence.send_connectors.iter().find(guid) {
        return Some(found);
    }
    if waiting.is_internal() {
        return None;
    }
    let hop = waiting.failure.next_hop_domain.as_deref()?;
    let leading: Vec<&SendConnector> = enabled().filter(|one| one.leads_to(hop)).collect();
    match leading[..] {
        [one] => Some(one),
        [] => {
            let mut general = enabled().filter(|one| one.is_general());
            general.next().filter(|_| general.next().is_none())
        }
        // Several would do; which one Exchange took is not known.
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::are_kin;

    #[test]
    fn hosts_of_one_service_are_kin() {
        for (one, other, kin) in [
            (
                "contoso-com.mail.protection.outlook.com",
                "bl3feo12ec057.mail.protection.outlook.com",
                true,
            ),
            ("contoso.com", "mx1.contoso.com", true),
            ("mx1.contoso.com", "mx2.contoso.com", false),
            ("contoso.com", "notcontoso.com", false),
            ("[192.0.2.1]", "192.0.2.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("ex02", "ex02", true),
            ("", "", false),
        ] {
            assert_eq!(are_kin(one, other), kin, "{one} {other}");
        }
    }
}
