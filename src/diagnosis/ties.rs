//! Which queues wait for which failed sessions: by the address or the name of the
//! host, or by the connector that both go by.

use std::collections::BTreeMap;

use super::answer::Problem;
use super::logs::{address, Group};
use super::queues::Waiting;
use super::send_connector::{host, SendConnector};
use super::servers::is_same;
use super::Evidence;
use crate::failure::cause::Cause;
use crate::failure::remedy::is_implicit;

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
