//! Queues that hang: what the LastError of a queue says, layer by layer, and
//! what to do next.
//!
//! A LastError is a text that Exchange put together from texts of others: its
//! own verdict, the reply of the host it spoke to, the reply that host got in
//! turn. `nesting` and `reader` take it apart, `verdict` finds the innermost part that
//! names a cause, `advice` says what follows.
//!
//! ```
//! use exchange_tls::failure::cause::Cause;
//!
//! let failure = exchange_tls::queue::read_text(
//!     "451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection timed out.\" \
//!      Attempted failover to alternate host, but that did not succeed.",
//! )
//! .unwrap();
//! assert_eq!(failure.cause, Cause::ConnectionTimedOut);
//! assert_eq!(failure.code.as_deref(), Some("451"));
//! assert_eq!(failure.inner_enhanced_code.as_deref(), Some("4.4.1"));
//! assert!(exchange_tls::queue::read_text("  ").is_none());
//! ```

mod advice;
mod facts;
mod nesting;
mod quotes;
mod reader;
mod split;
mod verdict;

use serde::Serialize;

use crate::failure::advice::reference;
use crate::failure::cause::{Cause, Stage};
use crate::failure::reply::Reply;
use crate::object::{one_line, Object};
use crate::text::shorten;
use nesting::{Reading, Remark};

/// Most bytes of a LastError that are kept and read. The queue database holds
/// some kilobytes of it; with every host of a large site in it, tens.
pub const MAX_TEXT: usize = 64 << 10;

/// Why a queue hangs: the properties of `ExchangeTls.QueueFailure`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueueFailure {
    /// The queue: `SERVER\3`.
    pub identity: Option<String>,
    /// The server that holds it.
    pub server: Option<String>,
    /// Where the mail is to go next: a domain, a smart host, a site, a database.
    pub next_hop_domain: Option<String>,
    /// `DnsConnectorDelivery`, `SmtpRelayToRemoteAdSite`, ...
    pub delivery_type: Option<String>,
    /// `Retry`, `Active`, `Suspended`, ...
    pub status: Option<String>,
    /// How many messages wait.
    pub message_count: Option<u64>,
    /// The text, whole, on one line.
    pub last_error: String,
    /// The SMTP code of the outermost reply.
    pub code: Option<String>,
    /// Its enhanced status code.
    pub enhanced_code: Option<String>,
    /// The SMTP code of the innermost reply; empty where there is but one.
    pub inner_code: Option<String>,
    /// Its enhanced status code.
    pub inner_enhanced_code: Option<String>,
    /// The word or number that names the cause: `UntrustedRoot`, `10060`.
    pub error: Option<String>,
    /// The host that was tried last.
    pub remote_host: Option<String>,
    /// Its address, with the port where the text has it.
    pub remote_endpoint: Option<String>,
    /// When it was tried last: ISO 8601 in UTC where that is certain, else as written.
    pub last_retry_time: Option<String>,
    /// How far it came; empty where the cause is not known.
    pub stage: Option<Stage>,
    /// Why it failed.
    pub cause: Cause,
    /// What happened, in one or two sentences.
    pub diagnosis: String,
    /// Ready commands, in order; lines that begin with `#` explain the next one.
    pub next_step: Vec<String>,
    /// Article numbers, RFC sections and the page of the cause.
    pub reference: Vec<String>,
}

/// Reads a queue as `Get-Queue` gives it; `None` where it has no LastError, or
/// one that tells of no failure (a reply 2xx).
pub fn read(queue: &Object) -> Option<QueueFailure> {
    let mut failure = explain(queue.text("LastError")?)?;
    failure.identity = queue.string("Identity").or_else(|| queue.string("QueueIdentity"));
    failure.server = queue.server();
    failure.next_hop_domain = queue.string("NextHopDomain");
    failure.delivery_type = queue.string("DeliveryType");
    failure.status = queue.string("Status");
    failure.message_count = queue.number("MessageCount");
    if let Some(time) = queue.text("LastRetryTime") {
        failure.last_retry_time = Some(facts::time(time));
    }
    let connector = queue.text("NextHopConnector").filter(|id| facts::is_connector(id));
    Some(advised(failure, connector))
}

/// Reads the bare text of a LastError; `None` where it is blank, or tells of no failure.
pub fn read_text(text: &str) -> Option<QueueFailure> {
    explain(text).map(|failure| advised(failure, None))
}

/// What stands in the text itself.
fn explain(text: &str) -> Option<QueueFailure> {
    let line = one_line(shorten(text, MAX_TEXT).trim());
    let last_error = line.trim();
    if last_error.is_empty() {
        return None;
    }
    let reading = Reading::of(last_error);
    let decision = verdict::decide(&reading);
    if decision.cause == Cause::Unknown && reading.is_success() {
        return None;
    }
    let (outer, inner) = reading.replies(decision.group);
    let facts = reading.facts(decision.group);
    let code = |reply: Option<Reply>| reply.map(|reply| reply.code.to_string());
    let enhanced = |reply: Option<Reply>| {
        let (class, subject, detail) = reply?.enhanced?;
        Some(format!("{class}.{subject}.{detail}"))
    };
    Some(QueueFailure {
        identity: None,
        server: None,
        next_hop_domain: None,
        delivery_type: None,
        status: None,
        message_count: None,
        last_error: last_error.to_owned(),
        code: code(outer.and_then(Remark::reply)),
        enhanced_code: enhanced(outer.and_then(Remark::reply)),
        inner_code: code(inner.and_then(Remark::reply)),
        inner_enhanced_code: enhanced(inner.and_then(Remark::reply)),
        error: decision.error,
        remote_host: facts.host,
        remote_endpoint: facts.endpoint,
        last_retry_time: facts.retried,
        stage: decision.stage,
        cause: decision.cause,
        diagnosis: String::new(),
        next_step: Vec::new(),
        reference: reference(decision.cause),
    })
}

fn advised(mut failure: QueueFailure, connector: Option<&str>) -> QueueFailure {
    failure.diagnosis = advice::diagnosis(&failure);
    failure.next_step = advice::next_step(&failure, connector);
    failure
}
