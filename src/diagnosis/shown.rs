//! What shows a problem, in words: a queue, the lines of a log, a connector, a certificate.

use super::answer::EvidenceItem;
use super::logs::Group;
use super::queues::{self, Waiting};
use super::tested::Held;
use super::SendConnector;
use crate::cert::connector::CertificateName;
use crate::text::shorten;

/// Longest text of a piece of evidence: a reply is at most 512 octets (RFC 5321
/// 4.5.3.1.5), a LastError holds several.
const MAX_TEXT: usize = 2000;

/// A queue, with its text.
pub(super) fn queue(waiting: &Waiting) -> EvidenceItem {
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
pub(super) fn log(group: &Group) -> Vec<EvidenceItem> {
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

/// A send connector, by what decides about TLS and logs.
pub(super) fn send_connector(connector: &SendConnector) -> EvidenceItem {
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
