//! Failures of the line: no connection, a handshake that breaks off, a connection that is lost.

use super::script::Script;

/// A handshake that Exchange says failed.
fn handshake_failed(script: &mut Script<'_>, error: &str, by: &str) {
    script.open();
    script.start_tls();
    script.own_certificate();
    script.wait(20);
    script.told(&format!("TLS negotiation failed with error {error}"));
    script.shows();
    script.end(by);
}

pub fn unknown_credentials(script: &mut Script<'_>) {
    handshake_failed(script, "UnknownCredentials", "Local");
}

pub fn no_credentials(script: &mut Script<'_>) {
    handshake_failed(script, "NoCredentials", "Local");
}

pub fn socket_error(script: &mut Script<'_>) {
    handshake_failed(script, "SocketError", "Remote(SocketError)");
}

pub fn algorithm_mismatch(script: &mut Script<'_>) {
    let error = script.random.pick(&["AlgorithmMismatch", "UnsupportedFunction"]);
    handshake_failed(script, error, "Local");
}

pub fn illegal_message(script: &mut Script<'_>) {
    let error = script.random.pick(&["IllegalMessage", "InvalidToken", "DecryptFailure"]);
    handshake_failed(script, error, "Local");
}

pub fn internal_error(script: &mut Script<'_>) {
    let error = script.random.pick(&["InternalError", "0x80090399"]);
    handshake_failed(script, error, "Local");
}

/// No marking word: the connection just ends once the certificate is sent.
pub fn end_in_handshake(script: &mut Script<'_>) {
    script.open();
    script.start_tls();
    script.own_certificate();
    script.wait(60);
    lose(script);
}

/// No marking word: `220 2.0.0 SMTP server ready`, and then the end.
pub fn end_before_handshake(script: &mut Script<'_>) {
    script.open();
    script.start_tls();
    script.wait(60);
    lose(script);
}

fn connect_failed(script: &mut Script<'_>, patience: u64, code: &str) {
    script.told("attempting to connect");
    script.now += patience + script.random.below(40);
    script.connect_failed(code);
    script.shows();
}

pub fn refused(script: &mut Script<'_>) {
    connect_failed(script, 1000, "10061");
}

pub fn timed_out(script: &mut Script<'_>) {
    connect_failed(script, 21_000, "10060");
}

pub fn unreachable(script: &mut Script<'_>) {
    let code = script.random.pick(&["10051", "10065"]);
    connect_failed(script, 3000, code);
}

pub fn forbidden(script: &mut Script<'_>) {
    connect_failed(script, 5, "10013");
}

pub fn no_such_host(script: &mut Script<'_>) {
    connect_failed(script, 2500, "11001");
}

/// No marking word: the message is on its way, and nobody answers any more.
pub fn lost_in_body(script: &mut Script<'_>) {
    script.prepare();
    let message = script.message();
    script.envelope(&message);
    script.start_body(&message);
    lose(script);
}

pub fn lost_after_recipients(script: &mut Script<'_>) {
    script.prepare();
    let message = script.message();
    script.envelope(&message);
    script.wait(5000);
    lose(script);
}

pub fn lost_in_log_on(script: &mut Script<'_>) {
    script.open();
    script.secure();
    script.log_in();
    lose(script);
}

/// No marking word: there was mail to send, and none was sent.
pub fn lost_after_hello(script: &mut Script<'_>) {
    script.open();
    script.secure();
    script.wait(20);
    lose(script);
}

pub fn lost_before_banner(script: &mut Script<'_>) {
    script.connect();
    script.wait(5000);
    script.end("Local");
}

/// No marking word: STARTTLS is not even answered.
pub fn lost_at_start_tls(script: &mut Script<'_>) {
    script.open();
    script.client(&["STARTTLS"]);
    script.wait(3000);
    lose(script);
}

fn lose(script: &mut Script<'_>) {
    let by = script.random.pick(&["Remote", "Remote(SocketError)", "Remote(ConnectionReset)"]);
    script.end(by);
}
