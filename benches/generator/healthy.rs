//! Sessions in which nothing failed that belongs to a connector, plain ones and
//! such as look bad: another address that works, a second log on, refused recipients.

use super::scene::Scene;
use super::script::{Outcome, Script};
use super::world::{CLIENTS, FABRIKAM, FRONTEND, INTERNAL, INTERNET, OFFICE, PARTNER, PLAIN};
use super::world::{POSTFIX, RELAY};

const WELL: Outcome = Outcome::Well;
const IN_THE_END: Outcome = Outcome::WellInTheEnd;
const REJECTED: Outcome = Outcome::Rejected("MessageRejected");
const THROTTLED: Outcome = Outcome::Rejected("Throttled");

/// Send sessions that did not fail, by weight.
pub const SEND: &[Scene] = &[
    Scene::of(300, &[&OFFICE], WELL, mail),
    Scene::of(250, &[&INTERNET, &POSTFIX], WELL, mail),
    Scene::of(60, &[&PARTNER], WELL, mail),
    Scene::of(300, &[&INTERNAL], WELL, mail),
    Scene::of(40, &[&INTERNET, &POSTFIX], WELL, mail_without_tls),
    Scene::of(8, &[&INTERNET, &INTERNAL], WELL, nothing_to_send),
    Scene::of(8, &[&INTERNET, &OFFICE], IN_THE_END, reset_after_delivery),
    Scene::of(5, &[&INTERNET, &POSTFIX], IN_THE_END, second_address),
    Scene::of(3, &[&INTERNET, &PARTNER], IN_THE_END, second_try_without_tls),
    Scene::of(3, &[&INTERNET, &POSTFIX], IN_THE_END, start_tls_refused),
    Scene::of(10, &[&INTERNET, &OFFICE, &POSTFIX], REJECTED, one_refused),
    Scene::of(8, &[&INTERNET, &OFFICE], REJECTED, all_refused),
    Scene::of(5, &[&POSTFIX], THROTTLED, greylisted),
];

/// Receive sessions that did not fail, by weight.
pub const RECEIVE: &[Scene] = &[
    Scene::of(600, &[&FRONTEND, &FABRIKAM], WELL, mail),
    Scene::of(120, &[&CLIENTS], WELL, mail),
    Scene::of(180, &[&RELAY], WELL, mail),
    Scene::of(30, &[&FRONTEND, &RELAY], WELL, probe),
    Scene::of(10, &[&FRONTEND, &RELAY], WELL, nothing_to_send),
    Scene::of(8, &[&FRONTEND, &RELAY], IN_THE_END, reset_after_delivery),
    Scene::of(8, &[&CLIENTS], IN_THE_END, second_log_on),
    Scene::of(8, &[&FRONTEND], REJECTED, one_refused),
    Scene::of(12, &[&RELAY], REJECTED, relay_denied),
];

/// One message or several.
fn messages(script: &mut Script<'_>) {
    let more = if script.random.once_in(4) { script.random.between(1, 5) } else { 0 };
    script.deliver();
    for _ in 0..more {
        script.wait(1500);
        script.deliver();
    }
}

fn mail(script: &mut Script<'_>) {
    script.prepare();
    messages(script);
    script.quit();
}

fn mail_without_tls(script: &mut Script<'_>) {
    script.connect();
    script.banner();
    script.hello(PLAIN);
    messages(script);
    script.quit();
}

fn nothing_to_send(script: &mut Script<'_>) {
    script.open();
    script.quit();
}

fn reset_after_delivery(script: &mut Script<'_>) {
    script.prepare();
    messages(script);
    script.wait(2000);
    script.end("Remote(ConnectionReset)");
}

/// Balancers and monitors look whether the port answers.
fn probe(script: &mut Script<'_>) {
    script.connected();
    script.banner();
    if script.random.once_in(2) {
        script.hello(PLAIN);
    }
    script.wait(2);
    let by = script.random.pick(&["Remote", "Remote(SocketError)", "Remote(ConnectionReset)"]);
    script.end(by);
}

fn second_address(script: &mut Script<'_>) {
    script.told("attempting to connect");
    script.wait(1000);
    script.connect_failed("10061");
    script.next_address();
    mail(script);
}

/// Opportunistic TLS: the second connection does without.
fn second_try_without_tls(script: &mut Script<'_>) {
    script.open();
    script.start_tls();
    script.own_certificate();
    script.wait(20);
    script.told("TLS negotiation failed with error SocketError");
    script.unconnected();
    script.told("attempting to connect");
    script.wait(8);
    script.connected();
    script.banner();
    script.hello(script.route.clear);
    messages(script);
    script.quit();
}

fn start_tls_refused(script: &mut Script<'_>) {
    script.open();
    script.client(&["STARTTLS"]);
    script.wait(12);
    script.server(&["454 4.7.0 TLS not available due to temporary reason"]);
    messages(script);
    script.quit();
}

fn one_refused(script: &mut Script<'_>) {
    script.prepare();
    let mut message = script.message();
    message.copy_to("nobody@contoso.com");
    script.envelope_answered(&message, &["550 5.1.1 Recipient unknown"]);
    script.body(&message);
    script.quit();
}

fn all_refused(script: &mut Script<'_>) {
    refuse_all(script, "550 5.7.1 Message rejected as spam by content filter");
}

fn greylisted(script: &mut Script<'_>) {
    refuse_all(script, "451 4.7.1 Greylisting in action, please come back later");
}

fn relay_denied(script: &mut Script<'_>) {
    script.prepare();
    let message = script.message();
    script.told("Tarpit for '0.00:00:05'");
    script.wait(2500);
    let refusals =
        vec!["550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"; message.count()];
    script.envelope_answered(&message, &refusals);
    script.quit();
}

fn refuse_all(script: &mut Script<'_>, reply: &'static str) {
    script.prepare();
    let message = script.message();
    script.envelope_answered(&message, &vec![reply; message.count()]);
    script.wait(1);
    script.client(&["RSET"]);
    script.wait(10);
    script.server(&["250 2.0.0 Resetting"]);
    script.quit();
}

fn second_log_on(script: &mut Script<'_>) {
    script.open();
    script.secure();
    script.log_in();
    script.log_on_denied();
    script.wait(4000);
    script.authenticate();
    messages(script);
    script.quit();
}
