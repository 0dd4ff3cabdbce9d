//! Decides whether a session that sees no more records has failed, and by which mark.

use super::cause::{Cause, Stage};
use crate::log::LogType;
use crate::session::{Handshake, Mark, Session};

/// The mark that shows the failure of a session, or `None` where nothing failed
/// that belongs to a connector.
///
/// With `rejections`, a session in which only messages or recipients were
/// refused counts too.
pub fn judge(session: &Session, rejections: bool) -> Option<Mark> {
    let failure = connection_failure(session);
    if failure.is_some() || !rejections {
        return failure;
    }
    session.rejection.as_deref().cloned()
}

fn connection_failure(session: &Session) -> Option<Mark> {
    if session.ended_by.is_none() && !session.is_failed_connect() {
        // Still open: only what it can make good no more is a failure.
        return session.failure.as_deref().filter(|mark| is_final(mark.stage)).cloned();
    }
    session.failure.as_deref().cloned().or_else(|| lost(session))
}

fn is_final(stage: Stage) -> bool {
    matches!(
        stage,
        Stage::Dns
            | Stage::Connect
            | Stage::StartTls
            | Stage::TlsHandshake
            | Stage::PeerCertificate
    )
}

/// A connection that ended while something was unfinished.
fn lost(session: &Session) -> Option<Mark> {
    let (cause, stage) = if session.handshake == Handshake::UnderWay {
        (Cause::TlsAborted, Stage::TlsHandshake)
    } else if is_unfinished(session) {
        (Cause::ConnectionLost, Stage::Session)
    } else {
        return None;
    };
    let announced = session.closing.as_deref().filter(|_| cause == Cause::ConnectionLost).cloned();
    let mut mark = announced.unwrap_or_else(|| Mark {
        offered: session.greeting.keywords(),
        ..Mark::new(cause, stage, session.ended_at)
    });
    mark.error = session.ended_by.as_deref().and_then(|context| {
        // `Remote(SocketError)`
        let (_, rest) = context.split_once('(')?;
        rest.split_once(')').map(|(word, _)| word.to_owned())
    });
    Some(mark)
}

fn is_unfinished(session: &Session) -> bool {
    if session.quit {
        return false;
    }
    let transaction = session
        .transaction
        .is_some_and(|transaction| transaction.accepted > 0 || transaction.refused == 0);
    if transaction || session.authenticating {
        return true;
    }
    // A sending server connects because it has mail; a receiving one is also met by
    // port probes and monitors, who come and go as they like.
    session.log_type == LogType::Send
        && session.message_count == 0
        && session.rejection.is_none()
        && session.begun
}
