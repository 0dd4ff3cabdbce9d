//! `451 5.7.3 Cannot achieve Exchange Server authentication` (KB 979175): does
//! the connector of the other server forbid it, or does a device strip the verbs?

use super::answer::{EvidenceItem, Problem, View, Words};
use super::commands::Commands;
use super::servers::is_same;
use crate::cert::finding::Severity;
use crate::connector::finding::Code;
use crate::connector::ConnectorTest;
use crate::failure::advice;
use crate::text::quote;

/// The verbs that Exchange servers need of one another.
const VERBS: [&str; 2] = ["X-ANONYMOUSTLS", "X-EXPS"];

/// Says why Exchange Server authentication cannot be had.
pub(super) fn judge(view: &View<'_>, problem: &Problem<'_>) -> Words {
    let peers = peers(view, problem);
    let is_of_peer = |test: &&ConnectorTest| match (&test.server, peers.is_empty()) {
        (Some(server), false) => peers.iter().any(|peer| is_same(peer, server)),
        _ => true,
    };
    let of_peer: Vec<&ConnectorTest> = view.connector_tests.iter().filter(is_of_peer).collect();
    let guilty: Vec<&ConnectorTest> =
        of_peer.iter().copied().filter(|test| error(test).is_some()).collect();
    let stranger = stranger(view, problem);

    let mut commands = view.commands(problem);
    let whom = match &peers[..] {
        [] => "the other server".to_owned(),
        some => some.join(", "),
    };
    let (greeting, stripped) = greeting(problem);
    let summary = if let Some(host) = stranger {
        if let Some(name) = peers.first() {
            commands.run(format!("Resolve-DnsName -Name {}", quote(name)));
        }
        reach(problem, &mut commands);
        let meant = peers.first().map(|name| format!(" though {name} was meant: a device answers in its place, or the name leads there")).unwrap_or_default();
        format!("Exchange Server authentication with {host} fails, which is none of the Exchange servers that were gathered{meant}.{greeting} Only Exchange servers of the organization can give it.")
    } else if !guilty.is_empty() {
        for test in &guilty {
            commands.extend(&test.remedy);
        }
        let names: Vec<String> = guilty.iter().map(|test| format!("'{}'", test.identity)).collect();
        let names = names.join(", ");
        let why = guilty.iter().find_map(|test| error(test)).unwrap_or_default();
        if peers.is_empty() {
            format!("Exchange Server authentication with {whom} fails. Which server answered is not known; of the receive connectors gathered, {names} cannot give it. {why}")
        } else {
            format!("Exchange Server authentication with {whom} fails because of the receive connector {names} there. {why}")
        }
    } else if of_peer.is_empty() {
        commands.run("Get-ReceiveConnector | Test-ReceiveConnectorAuth");
        format!("Exchange Server authentication with {whom} fails.{greeting} Its receive connectors were not gathered: one of them does not allow it, or a device between the servers strips the verbs.")
    } else if stripped {
        commands.say("From this server: the greeting must show X-ANONYMOUSTLS and X-EXPS; compare with the same on the other server itself:");
        reach(problem, &mut commands);
        commands.say("Let X-ANONYMOUSTLS, X-EXPS and GSSAPI pass on the device between them, or take it out of the way of SMTP between Exchange servers.");
        format!("Exchange Server authentication with {whom} fails.{greeting} Its receive connectors allow ExchangeServer authentication, so a device between the servers (firewall, SMTP inspection) strips the verbs.")
    } else {
        commands.extend(problem.group.map(|group| &group.first.remedy[..]).unwrap_or_default());
        format!("Exchange Server authentication with {whom} fails.{greeting} Its receive connectors allow it: what fails is the authentication itself (time, trust, or the internal transport certificate).")
    };
    commands.retry();
    let shown = if guilty.is_empty() { of_peer } else { guilty };
    Words {
        summary,
        evidence: shown.into_iter().take(5).map(evidence).collect(),
        remedy: commands.lines(),
        reference: advice::reference(problem.cause),
    }
}

/// Why a connector cannot give Exchange Server authentication; nothing where it can.
fn error(test: &ConnectorTest) -> Option<&str> {
    let is_why = |code| {
        matches!(
            code,
            Code::ExchangeServerAuthMissing
                | Code::ExchangeServerInRelay
                | Code::ExchangeServersNotPermitted
                | Code::TlsMissing
                | Code::XAnonymousTlsSuppressed
        )
    };
    let errors = test.findings.iter().filter(|one| one.severity == Severity::Error);
    errors.filter(|one| is_why(one.code)).map(|one| one.message.as_str()).next()
}

/// The host that was met, where it is known which servers there are and it is none of them.
fn stranger<'a>(view: &View<'_>, problem: &Problem<'a>) -> Option<&'a str> {
    // A device may hide the name: `220 *****`.
    let host = problem.group?.first.remote_host.as_deref();
    let host = host.filter(|host| host.contains('.') && !host.contains('*'))?;
    let evidence = view.evidence;
    let is_known = evidence.exchange_servers.is_empty() || evidence.servers.name(host).is_some();
    (!is_known).then_some(host)
}

/// Whether the peer can be reached at all, from this server.
fn reach(problem: &Problem<'_>, commands: &mut Commands) {
    let endpoint = problem.group.and_then(|group| group.first.remote_endpoint.as_deref());
    if let Some(address) = endpoint.and_then(super::logs::address) {
        commands.run(format!(
            "Test-NetConnection -ComputerName {} -Port 25",
            quote(&address.to_string())
        ));
    }
}

/// The Exchange servers that the sessions went to, as far as they are known.
fn peers(view: &View<'_>, problem: &Problem<'_>) -> Vec<String> {
    let hosts = problem.group.into_iter().flat_map(|group| group.hosts.iter().cloned());
    let of_queues = problem.queues.iter().flat_map(|one| {
        let failure = &one.failure;
        [failure.remote_host.clone(), failure.next_hop_domain.clone()].into_iter().flatten()
    });
    let mut known: Vec<String> = Vec::new();
    for host in hosts.chain(of_queues) {
        if let Some(name) = view.evidence.servers.name(&host) {
            if !known.iter().any(|one| one == name) {
                known.push(name.to_owned());
            }
        }
    }
    known
}

/// What the greeting of the peer offered, and whether it lacks the verbs.
fn greeting(problem: &Problem<'_>) -> (String, bool) {
    let Some(offered) = problem
        .group
        .map(|group| &group.first.offered_extensions)
        .filter(|offered| !offered.is_empty())
    else {
        return (" Its greeting is not known.".to_owned(), true);
    };
    let lacking: Vec<&str> = VERBS
        .into_iter()
        .filter(|verb| {
            !offered.iter().any(|one| {
                one.split(' ').next().is_some_and(|name| name.eq_ignore_ascii_case(verb))
            })
        })
        .collect();
    match lacking.is_empty() {
        true => (" Its greeting offers X-ANONYMOUSTLS and X-EXPS.".to_owned(), false),
        false => (format!(" Its greeting lacks {}.", lacking.join(" and ")), true),
    }
}

fn evidence(test: &ConnectorTest) -> EvidenceItem {
    let list =
        |items: &[String]| if items.is_empty() { "not known".to_owned() } else { items.join(", ") };
    let found: Vec<&str> = test.findings.iter().map(|one| one.code.name()).collect();
    EvidenceItem {
        kind: "ReceiveConnector",
        text: format!(
            "Bindings {}, AuthMechanism {}{}",
            list(&test.bindings),
            list(test.auth_mechanism.as_deref().unwrap_or_default()),
            if found.is_empty() { String::new() } else { format!(": {}", found.join(", ")) }
        ),
        name: Some(test.identity.clone()),
        ..EvidenceItem::default()
    }
}
