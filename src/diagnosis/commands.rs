//! The commands that several answers share. Nothing here is run, and every value
//! from outside is a single-quoted literal.

use super::send_connector::SendConnector;
use super::tested::Held;
use crate::failure::remedy::{is_implicit, MY_STORE, RETRY_QUEUES};
use crate::text::quote;

/// What is shown of certificates.
const FACTS: &str = "Format-List -Property Thumbprint, HasPrivateKey, Subject, Issuer, NotAfter";

/// A connector, as far as its protocol log is concerned.
pub(super) struct Logged<'a> {
    pub name: Option<&'a str>,
    /// Its object, where it is known.
    pub connector: Option<&'a SendConnector>,
    pub receives: bool,
    /// Whether a log of it was read.
    pub has_log: bool,
}

/// The lines of a remedy.
#[derive(Default)]
pub(super) struct Commands {
    lines: Vec<String>,
    /// The server they are meant for, where there are several.
    server: Option<String>,
}

impl Commands {
    /// For a server, where it has to be named.
    pub fn on(server: Option<&str>) -> Commands {
        Commands { lines: Vec::new(), server: server.map(str::to_owned) }
    }

    pub fn run(&mut self, command: impl Into<String>) {
        self.lines.push(command.into());
    }

    pub fn say(&mut self, words: &str) {
        self.lines.push(format!("# {words}"));
    }

    pub fn extend(&mut self, lines: &[String]) {
        for line in lines {
            if !self.lines.contains(line) {
                self.lines.push(line.clone());
            }
        }
    }

    pub fn lines(self) -> Vec<String> {
        self.lines
    }

    /// ` -Server 'EX01'`
    fn server(&self) -> String {
        self.server.as_deref().map(|name| format!(" -Server {}", quote(name))).unwrap_or_default()
    }

    /// What follows looks into a store, which is possible on the spot only.
    pub fn on_the_spot(&mut self) {
        if let Some(server) = &self.server {
            self.lines.push(format!("# On the server {}:", crate::text::clean_str(server)));
        }
    }

    /// Turns protocol logging on, or says that it is: where the connector says
    /// so, or where it says nothing and there is a log.
    pub fn log(&mut self, of: &Logged<'_>) {
        let Some(name) = of.name else { return };
        let command = if is_implicit(name) {
            let server = self.server.as_deref().map_or("$env:COMPUTERNAME".to_owned(), quote);
            format!("Set-TransportService -Identity {server} -IntraOrgConnectorProtocolLoggingLevel Verbose")
        } else {
            let noun = if of.receives { "ReceiveConnector" } else { "SendConnector" };
            format!("Set-{noun} -Identity {} -ProtocolLoggingLevel Verbose", quote(name))
        };
        let is_on = match of.connector {
            Some(connector) if connector.logs_nothing() => false,
            Some(connector) => connector.logs() || of.has_log,
            None => of.has_log,
        };
        if is_on {
            self.say(&format!("Protocol logging is on already; else: {command}"));
        } else {
            self.run(command);
        }
    }

    pub fn show_listed(&mut self, thumbprint: &str) {
        let server = self.server();
        self.run(format!(
            "Get-ExchangeCertificate{server} -Thumbprint {} | Format-List -Property Subject, Services, NotAfter, Status",
            quote(thumbprint)
        ));
    }

    /// KB 4051498: SMTP beside the services it has, and not in place of the
    /// default certificate.
    pub fn enable(&mut self, thumbprint: &str) {
        self.say("Answer N when asked whether to replace the default SMTP certificate; the services it has stay:");
        let server = self.server();
        self.run(format!(
            "Enable-ExchangeCertificate{server} -Thumbprint {} -Services SMTP",
            quote(thumbprint)
        ));
    }

    /// Certificates in the store, by thumbprint.
    pub fn show_stored(&mut self, thumbprints: &[&str]) {
        let all: Vec<String> = thumbprints.iter().map(|one| quote(one)).collect();
        self.run(format!(
            "{MY_STORE} | Where-Object {{ $_.Thumbprint -in {} }} | {FACTS}",
            all.join(", ")
        ));
    }

    /// Certificates in the store, by their names.
    pub fn show_namesakes(&mut self, subject: &str, issuer: &str) {
        self.run(format!(
            "{MY_STORE} | Where-Object {{ $_.Subject -eq {} -and $_.Issuer -eq {} }} | {FACTS}",
            quote(subject),
            quote(issuer)
        ));
    }

    /// KB 4495258: removes a certificate, and only if it has no private key.
    pub fn remove_keyless(&mut self, thumbprint: &str) {
        self.say("Nothing else on this server may depend on it. Removes it only if it has no private key:");
        self.run(format!(
            "{MY_STORE} | Where-Object {{ $_.Thumbprint -eq {} -and -not $_.HasPrivateKey }} | Remove-Item -Confirm",
            quote(thumbprint)
        ));
    }

    /// A certificate that takes the place of another: it must have SMTP.
    pub fn put_to_use(&mut self, held: &Held) {
        self.show_listed(&held.holding.thumbprint);
        match held.has_smtp() {
            Some(true) => {}
            Some(false) => self.enable(&held.holding.thumbprint),
            None => {
                self.say("If SMTP is not among its Services:");
                self.enable(&held.holding.thumbprint);
            }
        }
    }

    pub fn retry(&mut self) {
        self.run(RETRY_QUEUES);
    }
}
