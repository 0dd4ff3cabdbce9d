//! `NoCredentials`: the certificate has no private key here, often as the duplicate of
//! one that has (KB 4495258); and one that is on no server at all.

use super::super::answer::Words;
use super::super::commands::Commands;
use super::super::tested::Held;
use super::case::Case;

impl Case<'_> {
    /// KB 4495258, and the duplicate that Get-ExchangeCertificate does not list.
    pub(super) fn no_key(&self) -> Words {
        let Some(thumbprint) = self.thumbprint.as_deref().filter(|_| !self.nothing_known()) else {
            return self.by_log_alone("");
        };
        let mut commands = self.commands();
        let sent = self.certificate();
        match (self.held.map(|held| held.holding.input.has_private_key), self.namesake) {
            (Some(Some(false)), Some(kept)) => {
                let bound = match kept.has_smtp() {
                    Some(false) => " but is not bound to SMTP yet",
                    _ => "",
                };
                let summary = format!(
                    "{sent}, which has no private key{}. It is a duplicate of {}, with the same issuer and subject, which can be used{bound}: TlsCertificateName holds no thumbprint and means both.",
                    self.on_server(), kept.holding.thumbprint
                );
                self.replace_by(kept, thumbprint, &mut commands);
                self.words(summary, commands)
            }
            (Some(Some(false)), None) => {
                let summary = format!(
                    "{sent}, which has no private key{}. No other certificate with the same issuer and subject can take its place.",
                    self.on_server()
                );
                commands.on_the_spot();
                commands.show_stored(&[thumbprint]);
                commands.remove_keyless(thumbprint);
                commands.say("Import a certificate with its private key (.pfx), then look for it; Exchange lists only certificates that have their key:");
                self.import(&mut commands);
                self.words(summary, commands)
            }
            (Some(Some(true)), _) => {
                let summary = format!(
                    "{sent}. Its private key is there now{}: it was put in order since, or the transport service may not read the key.",
                    self.on_server()
                );
                commands.on_the_spot();
                commands.show_stored(&[thumbprint]);
                commands.say("NETWORK SERVICE must be able to read the key; repairs the link between the two where it broke:");
                commands
                    .run(format!("certutil -repairstore My {}", crate::text::quote(thumbprint)));
                commands.run("Restart-Service MSExchangeTransport");
                self.retry(&mut commands);
                self.words(summary, commands)
            }
            (Some(None), _) => self.by_log_alone(
                "Whether it has its private key is not known from what was gathered.",
            ),
            (None, Some(kept)) => {
                let where_to = if self
                    .view
                    .evidence
                    .inventory
                    .has_store(self.problem.server.as_deref())
                {
                    "It is not among the certificates gathered".to_owned()
                } else {
                    "Get-ExchangeCertificate does not list it, because it lists only certificates with a private key; the computer's store, which was not gathered, shows the others".to_owned()
                };
                let summary = format!(
                    "{sent}. {where_to}. {}, with the same issuer and subject, can be used: the other is a duplicate of it.",
                    kept.holding.thumbprint
                );
                self.replace_by(kept, thumbprint, &mut commands);
                self.words(summary, commands)
            }
            (None, None) => self.stranger(commands),
        }
    }

    fn replace_by(&self, kept: &Held, thumbprint: &str, commands: &mut Commands) {
        commands.on_the_spot();
        commands.say(&format!(
            "Go on only if HasPrivateKey is False for {thumbprint} and True for {}:",
            kept.holding.thumbprint
        ));
        commands.show_stored(&[thumbprint, &kept.holding.thumbprint]);
        commands.put_to_use(kept);
        commands.remove_keyless(thumbprint);
        self.retry(commands);
    }

    /// The certificate is on none of the servers.
    pub(super) fn stranger(&self, mut commands: Commands) -> Words {
        let whole = self.view.evidence.inventory.has_store(None)
            || self.view.evidence.inventory.is_silent_of(None);
        let summary = format!(
            "{}. None of the certificates gathered{} has this thumbprint{}: it was removed since, or a device in front of the server (firewall, gateway, balancer) presents it.",
            self.certificate(), self.on_server(),
            if whole { "" } else { ", and Get-ExchangeCertificate does not list one without its private key" }
        );
        commands.on_the_spot();
        if let Some(thumbprint) = &self.thumbprint {
            commands.show_stored(&[thumbprint]);
        }
        if let Some((subject, issuer)) =
            self.logged.and_then(|own| own.subject.as_deref().zip(own.issuer.as_deref()))
        {
            commands.show_namesakes(subject, issuer);
        }
        self.retry(&mut commands);
        self.words(summary, commands)
    }

    fn import(&self, commands: &mut Commands) {
        commands.run("Get-ExchangeCertificate | Sort-Object -Property NotBefore -Descending | Format-List -Property Thumbprint, Subject, RootCAType, Services, NotAfter, Status");
        commands.enable("<thumbprint of the new one>");
        self.retry(commands);
    }
}
