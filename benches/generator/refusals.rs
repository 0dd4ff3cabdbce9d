//! Failures in words: one side refuses the other's certificate, log on, mail or connection.

use super::script::Script;
use super::world::PLAIN;

pub fn certificate_not_found(script: &mut Script<'_>) {
    script.open();
    script.told("454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found");
    script.quit();
}

/// A peer that judges our certificate once mail comes.
pub fn certificate_refused(script: &mut Script<'_>) {
    let reason = script.random.pick(&["UntrustedRoot", "SubjectMismatch", "CertificateExpired"]);
    script.prepare();
    let message = script.message();
    script.mail(&message);
    script.wait(20);
    script.server(&["454 4.7.5 Certificate validation failure, Reason:", reason]);
    script.quit();
}

/// We judge the peer's certificate once mail comes.
fn peer_refused(script: &mut Script<'_>, reason: &str) {
    script.prepare();
    let message = script.message();
    script.mail(&message);
    script.wait(2);
    script.server(&["454 4.7.5 Certificate validation failure, Reason:", reason]);
    script.quit();
}

pub fn peer_refused_untrusted(script: &mut Script<'_>) {
    peer_refused(script, "UntrustedRoot");
}

pub fn peer_refused_expired(script: &mut Script<'_>) {
    peer_refused(script, "CertificateExpired");
}

pub fn peer_refused_mismatch(script: &mut Script<'_>) {
    peer_refused(script, "SubjectMismatch");
}

/// We judge the peer's certificate behind the handshake.
fn outbound_refused(script: &mut Script<'_>, level: &str, error: &str) {
    script.open();
    script.start_tls();
    script.own_certificate();
    script.tls_succeeded();
    script.peer_certificate();
    script.told(&format!(
        "Outbound TLS authentication failed for auth level {level} with error {error}"
    ));
    script.shows();
    script.end("Local");
}

pub fn peer_untrusted(script: &mut Script<'_>) {
    outbound_refused(script, "DomainValidation", "UntrustedRoot");
}

pub fn peer_expired(script: &mut Script<'_>) {
    outbound_refused(script, "CertificateValidation", "CertificateExpired");
}

pub fn peer_mismatch(script: &mut Script<'_>) {
    outbound_refused(script, "DomainValidation", "SubjectMismatch");
}

pub fn peer_revoked(script: &mut Script<'_>) {
    outbound_refused(script, "CertificateValidation", "CertificateRevoked");
}

/// A message that the server refuses with a reply about the session, not about the message.
fn mail_refused(script: &mut Script<'_>, reply: &str) {
    let message = script.message();
    script.mail(&message);
    script.wait(20);
    script.server(&[reply]);
    script.quit();
}

pub fn mta_sts(script: &mut Script<'_>) {
    script.prepare();
    mail_refused(script, "451 4.4.8 MX hosts of 'fabrikam.com' failed MTA-STS validation.");
}

pub fn domain_security(script: &mut Script<'_>) {
    script.open();
    mail_refused(script, "451 4.7.3 The admin has temporarily disallowed this secure domain");
}

pub fn tls_not_used(script: &mut Script<'_>) {
    script.open();
    mail_refused(script, "451 5.7.3 STARTTLS is required to send mail");
}

pub fn tenant_attribution(script: &mut Script<'_>) {
    script.prepare();
    mail_refused(script, "550 5.7.64 TenantAttribution; Relay Access Denied SMTP [VE1EUR03FT023.eop-EUR03.prod.protection.outlook.com]");
}

pub fn start_tls_refused(script: &mut Script<'_>) {
    script.open();
    script.wait(1);
    script.client(&["STARTTLS"]);
    script.wait(12);
    script.server(&["454 4.7.0 TLS not available due to temporary reason"]);
    script.quit();
}

pub fn no_start_tls(script: &mut Script<'_>) {
    script.connect();
    script.banner();
    script.hello(PLAIN);
    script.told("451 5.7.3 STARTTLS is required to send mail");
    script.quit();
}

pub fn no_exchange_authentication(script: &mut Script<'_>) {
    script.connect();
    script.banner();
    script.hello(PLAIN);
    script.told("451 5.7.3 Cannot achieve Exchange Server authentication");
    script.quit();
}

pub fn outbound_log_on_denied(script: &mut Script<'_>) {
    script.open();
    script.secure();
    script.wait(80);
    script.told("Outbound Authentication failed with LogonDenied");
    script.end("Local");
}

pub fn inbound_log_on_denied(script: &mut Script<'_>) {
    script.open();
    script.secure();
    script.log_in();
    script.log_on_denied();
    script.wait(300);
    script.end("Remote");
}

fn greeted_with(script: &mut Script<'_>, reply: &str) {
    script.connect();
    script.wait(15);
    script.server(&[reply]);
    let by = if script.server_name() == script.host { "Remote" } else { "Local" };
    script.end(by);
}

pub fn not_available(script: &mut Script<'_>) {
    greeted_with(script, "421 4.3.2 Service not available");
}

pub fn no_access(script: &mut Script<'_>) {
    greeted_with(script, "554 Your access to this mail system has been rejected");
}

pub fn too_many_connections(script: &mut Script<'_>) {
    greeted_with(script, "421 4.7.0 Too many connections from your host, try again later");
}
