//! What will fail though nothing has: the certificate that a connector would
//! present and that no peer can accept. Only what is certain from what was
//! gathered, and only where no failed session has told it already.

use super::answer::{Diagnosis, Problem, View, Words};
use super::send_connector::SendConnector;
use super::shown::certificate;
use super::tested::Held;
use crate::cert::connector::CertificateName;
use crate::cert::finding::Code;
use crate::cert::identifier::Identifier;
use crate::failure::advice;
use crate::failure::cause::Cause;

/// Adds what the connectors would present.
pub(super) fn add(view: &View<'_>, found: &mut Vec<Diagnosis>) {
    for connector in &view.evidence.send_connectors {
        let CertificateName::Named(name) = &connector.presenter.tls_certificate_name else {
            continue;
        };
        let told = |one: &Diagnosis| {
            one.cause.info().name.starts_with("OwnCertificate")
                && one
                    .connector
                    .as_deref()
                    .is_some_and(|known| known.eq_ignore_ascii_case(connector.name()))
        };
        if connector.enabled == Some(false) || found.iter().any(told) {
            continue;
        }
        for server in senders(view, connector) {
            found.extend(of_connector(view, connector, name, server));
        }
    }
}

/// The servers that send by the connector and whose certificates are known; one
/// without a name where servers are not told apart.
fn senders<'a>(view: &View<'a>, connector: &SendConnector) -> Vec<Option<&'a str>> {
    let mut servers: Vec<Option<&str>> = connector
        .source_servers
        .iter()
        .filter_map(|source| view.evidence.servers.name(source))
        .map(Some)
        .collect();
    if servers.is_empty() {
        servers.push(view.evidence.servers.only());
    }
    servers.retain(|server| {
        !view.evidence.inventory.is_silent_of(*server)
            && (server.is_some() || connector.source_servers.is_empty())
    });
    servers
}

fn of_connector(
    view: &View<'_>,
    connector: &SendConnector,
    name: &str,
    server: Option<&str>,
) -> Option<Diagnosis> {
    let problem = |cause| Problem {
        cause,
        group: None,
        queues: Vec::new(),
        connector: Some(connector.name().to_owned()),
        server: server.map(str::to_owned),
    };
    let asked =
        format!("No failure was seen, but connector '{}' asks for {name}", connector.name());
    let wanted = Identifier::parse(name).ok();
    let answering: Vec<&Held> = wanted
        .iter()
        .flat_map(|wanted| view.tested.of(server).filter(|held| held.answers(wanted)))
        .collect();
    if answering.is_empty() {
        // A store that was not gathered may hold it; Exchange's list holds all that can be used.
        let inventory = &view.evidence.inventory;
        if !inventory.is_listed(server) && !inventory.has_store(server) {
            return None;
        }
        let problem = problem(Cause::OwnCertificateNotFound);
        let words = super::certificates::judge(view, &problem);
        return Some(view.finish(
            &problem,
            Words { summary: format!("No failure was seen yet. {}", words.summary), ..words },
        ));
    }
    let (held, cause, faults) = answering.iter().find_map(|held| fault(view, connector, held))?;
    let problem = problem(cause);
    let mut commands = view.commands_on(server);
    commands.on_the_spot();
    commands.extend(&held.test.remedy);
    let several = if answering.len() > 1 {
        format!(", which {} certificates answer", answering.len())
    } else {
        String::new()
    };
    let words = Words {
        summary: format!(
            "{asked}{several}, and {} cannot be used: {}",
            held.holding.thumbprint,
            faults.join(" ")
        ),
        evidence: answering.iter().copied().map(certificate).collect(),
        remedy: commands.lines(),
        reference: advice::reference(cause),
    };
    Some(view.finish(&problem, words))
}

/// The cause that the faults of a certificate lead to.
fn fault<'a>(
    view: &View<'_>,
    connector: &SendConnector,
    held: &&'a Held,
) -> Option<(&'a Held, Cause, Vec<&'a str>)> {
    let held = *held;
    let message = |code: Code| {
        held.test
            .findings
            .iter()
            .filter(move |one| one.code == code)
            .map(|one| one.message.as_str())
    };
    if held.has_error(Code::NoPrivateKey) {
        return Some((held, Cause::OwnCertificateNoKey, message(Code::NoPrivateKey).collect()));
    }
    // A peer looks at the certificate only where the connector makes TLS matter.
    if !connector.presenter.is_validated_outside() || held.test.selected != Some(true) {
        return None;
    }
    let faults = held.faults(view.evidence.inventory.knows_issuers());
    (!faults.is_empty()).then_some((held, Cause::OwnCertificateRejected, faults))
}
