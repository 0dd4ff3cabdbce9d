//! Which part of a LastError decides, and what it says.
//!
//! The innermost reply that names a cause: the hosts further out only pass on
//! that something failed. Inside one part the order is the one of the logs
//! ([`named_cause`]): policies, certificates, STARTTLS and authentication, then
//! connections, limits, servers, and last messages.

use super::nesting::{Reading, Remark};
use crate::failure::cause::{Cause, Stage};
use crate::failure::reply::{is_throttled, named_cause, Reply, Speaker};
use crate::failure::words;

/// What a LastError comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The cause.
    pub cause: Cause,
    /// How far it came; `None` where the cause is not known.
    pub stage: Option<Stage>,
    /// The word or number that names it.
    pub error: Option<String>,
    /// The group of the part that decided.
    pub group: usize,
}

/// The decision of the innermost part that names a cause.
pub fn decide(reading: &Reading) -> Decision {
    // Of parts equally deep the last one: it tells of the last try.
    let mut order: Vec<&Remark> = reading.remarks.iter().rev().collect();
    order.sort_by_key(|remark| std::cmp::Reverse(remark.depth));
    for remark in &order {
        let Some(said) = said_by(remark) else { continue };
        let group = remark.group;
        // A word in a tag or behind `->` belongs to the reply that carries it: a
        // policy that names the word stays a policy.
        let carrier = order
            .iter()
            .filter(|other| other.group == group && other.depth < remark.depth)
            .find(|other| other.reply().is_some());
        let policy = carrier
            .filter(|_| remark.reply().is_none())
            .and_then(|carrier| said_by(carrier))
            .filter(|carried| carried.cause == Cause::TlsPolicyFailed);
        let (cause, stage) = policy.map_or((said.cause, said.stage), |p| (p.cause, p.stage));
        return Decision { cause, stage: Some(stage), error: said.error, group };
    }
    let group = reading.remarks.last().map_or(0, |remark| remark.group);
    Decision { cause: Cause::Unknown, stage: None, error: None, group }
}

/// What one part says.
struct Said {
    cause: Cause,
    stage: Stage,
    error: Option<String>,
}

impl Said {
    fn new(cause: Cause) -> Said {
        Said { cause, stage: cause.info().stage, error: None }
    }

    fn at(self, stage: Stage) -> Said {
        Said { stage, ..self }
    }

    fn with(self, error: Option<String>) -> Said {
        Said { error, ..self }
    }
}

fn said_by(remark: &Remark) -> Option<Said> {
    let text = remark.text.as_str();
    if let Some(verdict) = named_cause(text, remark.speaker) {
        return Some(Said { cause: verdict.cause, stage: verdict.stage, error: verdict.error });
    }
    let lower = text.to_ascii_lowercase();
    let reply = remark.reply().filter(Reply::is_refusal);
    tls(text, &lower, remark.speaker)
        .or_else(|| socket(text, &lower))
        .or_else(|| connection(text, &lower, reply))
        .or_else(|| reply.and_then(|reply| refusal(reply, text, &lower)))
}

/// What this server, or the other, says of the handshake.
fn tls(text: &str, lower: &str, speaker: Speaker) -> Option<Said> {
    if ["tls negotiation failed", "tls handshake failed", "starttls error"]
        .iter()
        .any(|words| lower.contains(words))
    {
        let error =
            word_after(text, lower, "with error").or_else(|| word_after(text, lower, "failed:"));
        let cause = match speaker {
            Speaker::Own => error.as_deref().map_or(Cause::TlsFailed, words::tls_error),
            // Whose credentials they are is told only by whoever lacks them.
            Speaker::Peer => Cause::TlsFailed,
        };
        return Some(Said::new(cause).with(error));
    }
    // `451 4.4.0 Security status IllegalMessage`: a word of Windows, which no peer
    // sends; so it is this server's own, wherever it is quoted.
    if let Some(error) = word_after(text, lower, "security status") {
        return Some(Said::new(words::tls_error(&error)).with(Some(error)));
    }
    // RFC 3207 4: `454 TLS not available due to temporary reason`
    let refused =
        lower.contains("tls not available") || lower.contains("tls currently unavailable");
    refused.then(|| Said::new(Cause::TlsFailed).at(Stage::StartTls))
}

/// Numbers and names of Windows Sockets (winsock2.h).
fn socket(text: &str, lower: &str) -> Option<Said> {
    // The socket was open already: the network down, aborted, reset, shut down.
    const OPEN: [u32; 4] = [10052, 10053, 10054, 10058];
    let number = word_after(text, lower, "error code:")
        .or_else(|| word_after(text, lower, "error code"))
        .or_else(|| word_after(text, lower, "winsock error"))
        .and_then(|word| word.parse().ok());
    if let Some(number) = number.filter(|number| (10_000..12_000).contains(number)) {
        let lost = OPEN.contains(&number) && !lower.contains("connect");
        let cause = if lost { Cause::ConnectionLost } else { words::winsock(number) };
        return Some(Said::new(cause).with(Some(number.to_string())));
    }
    // `[Message=SocketError: TimedOut]`
    if let Some(word) = word_after(text, lower, "socketerror:") {
        let cause = match word.to_ascii_lowercase().as_str() {
            "timedout" => Cause::ConnectionTimedOut,
            "connectionrefused" => Cause::ConnectionRefused,
            "networkunreachable" | "hostunreachable" => Cause::NetworkUnreachable,
            "connectionreset" | "connectionaborted" | "shutdown" => Cause::ConnectionLost,
            "hostnotfound" | "tryagain" | "nodata" => Cause::DnsFailed,
            _ => Cause::ConnectFailed,
        };
        return Some(Said::new(cause).with(Some(word)));
    }
    let named = [
        ("socketconnectionrefused", Cause::ConnectionRefused, "SocketConnectionRefused"),
        ("sockettimedout", Cause::ConnectionTimedOut, "SocketTimedout"),
        ("sockethostunreachable", Cause::NetworkUnreachable, "SocketHostUnreachable"),
        ("socketnetworkunreachable", Cause::NetworkUnreachable, "SocketNetworkUnreachable"),
        ("socketconnectionreset", Cause::ConnectionLost, "SocketConnectionReset"),
    ];
    let (_, cause, error) = named.into_iter().find(|(word, ..)| lower.contains(word))?;
    Some(Said::new(cause).with(Some(error.to_owned())))
}

/// Exchange's own sentences about a connection. They know no more than that:
/// a handshake that fails is told in these words too.
fn connection(text: &str, lower: &str, reply: Option<Reply>) -> Option<Said> {
    // A host that refuses for good is talking about something else.
    if reply.is_some_and(|reply| !reply.is_transient()) {
        return None;
    }
    let has = |part: &str| lower.contains(part);
    let code = reply.map_or(0, |reply| reply.code);
    let enhanced = reply.and_then(|reply| reply.enhanced);
    let due_to = || word_after(text, lower, "due to");
    if has("connection timed out") {
        return Some(Said::new(Cause::ConnectionTimedOut));
    }
    if has("connection refused") {
        return Some(Said::new(Cause::ConnectionRefused));
    }
    if has("network unreachable") || has("host unreachable") || has("no route to host") {
        return Some(Said::new(Cause::NetworkUnreachable));
    }
    if has("connection dropped")
        || has("connection was closed")
        || has("closed abruptly")
        || has("connection reset")
        || has("connection was reset")
        || has("timeout exceeded")
    {
        return Some(Said::new(Cause::ConnectionLost).with(due_to()));
    }
    if ["unable to connect", "cannot connect", "failed to connect", "could not connect"]
        .iter()
        .any(|words| has(words))
    {
        return Some(Said::new(Cause::ConnectFailed));
    }
    if reply.is_some_and(|reply| is_throttled(reply, text)) {
        return None;
    }
    // A text that was cut off behind the code: the codes of these sentences.
    match (code, enhanced) {
        (421, Some((4, 4, 1))) | (450, Some((4, 4, 315))) => {
            Some(Said::new(Cause::ConnectionTimedOut))
        }
        (450, Some((4, 4, 316))) => Some(Said::new(Cause::ConnectionRefused)),
        (421, Some((4, 4, 2))) | (450, Some((4, 4, 318))) => {
            Some(Said::new(Cause::ConnectionLost).with(due_to()))
        }
        (450, Some((4, 4, 317))) => Some(Said::new(Cause::ConnectFailed)),
        // 4.2.1 is a mailbox in RFC 3463; with 421 it is Exchange's sentence.
        (421, Some((4, 2, 1))) if lower.len() < 20 => Some(Said::new(Cause::ConnectFailed)),
        _ => None,
    }
}

/// A refusal that is about limits, the server, or the message.
fn refusal(reply: Reply, text: &str, lower: &str) -> Option<Said> {
    let has = |part: &str| lower.contains(part);
    if is_throttled(reply, text) {
        // 421 ends the session; any other is the answer to one message.
        let stage = if reply.code == 421 { Stage::Greeting } else { Stage::Mail };
        return Some(Said::new(Cause::Throttled).at(stage));
    }
    if let Some(error) = agent(text, lower) {
        return Some(Said::new(Cause::MessageRejected).with(Some(error)));
    }
    if ["service not available", "service unavailable", "temporary server error", "not accepting"]
        .iter()
        .any(|words| has(words))
        || has("insufficient system resources")
        || has("no smtp service")
        || has("closing transmission channel")
    {
        return Some(Said::new(Cause::ServiceUnavailable));
    }
    match (reply.code, reply.enhanced) {
        (421, Some((_, 4, _))) => None,
        (421, _) | (_, Some((4, 3, _))) => Some(Said::new(Cause::ServiceUnavailable)),
        (500..=599, _) => Some(Said::new(Cause::MessageRejected)),
        // RFC 3463: address, mailbox, protocol, content, policy. Network (4) and
        // undefined (0) tell nothing: Exchange wraps replies of others in them.
        (_, None | Some((4, 1 | 2 | 5 | 6 | 7, _))) => Some(Said::new(Cause::MessageRejected)),
        _ => None,
    }
}

/// `STOREDRV.Deliver`, `RESOLVER.ADR.RecipNotFound`: the part of Exchange that refuses.
fn agent(text: &str, lower: &str) -> Option<String> {
    let at = ["storedrv.", "resolver."].iter().find_map(|name| lower.find(name))?;
    let word = text[at..].split([' ', ';', ':', ',', '"', ']', '}']).next()?;
    Some(word.trim_end_matches('.').to_owned())
}

/// The word behind `words`, up to 64 letters of it: no name of an error is longer.
fn word_after(text: &str, lower: &str, words: &str) -> Option<String> {
    let rest = text[lower.find(words)? + words.len()..].trim_start_matches([':', ' ']);
    let word: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect();
    Some(word).filter(|word| !word.is_empty())
}
