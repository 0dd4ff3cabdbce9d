//! `UnknownCredentials`: the certificate is not bound to SMTP (KB 4051498).

use super::super::answer::Words;
use super::case::Case;

impl Case<'_> {
    /// KB 4051498.
    pub(super) fn not_enabled(&self) -> Words {
        let Some(thumbprint) = self.thumbprint.as_deref().filter(|_| !self.nothing_known()) else {
            return self.by_log_alone("");
        };
        let Some(held) = self.held else { return self.stranger(self.commands()) };
        let sent = self.certificate();
        let mut commands = self.commands();
        commands.show_listed(thumbprint);
        let summary = match held.has_smtp() {
            Some(false) => {
                let services = held.holding.input.services.as_deref().unwrap_or_default();
                commands.enable(thumbprint);
                let services = if services.eq_ignore_ascii_case("None") {
                    "no service".to_owned()
                } else {
                    format!("{services} only")
                };
                format!("{sent}, which is not bound to the SMTP service{} but to {services}, so that the transport service may not use it.", self.on_server())
            }
            Some(true) => {
                commands.say("It has SMTP. NETWORK SERVICE must be able to read its key; to set the rights anew:");
                commands.enable(thumbprint);
                commands.run("Restart-Service MSExchangeTransport");
                format!("{sent}. It is bound to SMTP now{}: it was bound since, or the transport service may not read its private key.", self.on_server())
            }
            None => {
                commands.enable(thumbprint);
                format!("{sent}, and Windows refused its credentials: it is not bound to SMTP, or its key cannot be read. Its services are not known from what was gathered.")
            }
        };
        self.retry(&mut commands);
        self.words(summary, commands)
    }
}
