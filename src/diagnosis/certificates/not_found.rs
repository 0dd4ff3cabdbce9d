//! `454 4.7.5`: TlsCertificateName means no certificate.

use super::super::answer::Words;
use super::super::shown::certificate;
use super::super::tested::Held;
use super::case::Case;
use crate::cert::connector::CertificateName;
use crate::cert::identifier::Identifier;

impl Case<'_> {
    /// `454 4.7.5`: TlsCertificateName means no certificate.
    pub(super) fn not_found(&self) -> Words {
        let connector = self.view.evidence.connector(self.problem.connector.as_deref());
        let name = connector.and_then(|one| match &one.presenter.tls_certificate_name {
            CertificateName::Named(text) => Some(text.as_str()),
            _ => None,
        });
        let (Some(connector), Some(name)) = (connector, name) else {
            return self.by_log_alone(
                "What TlsCertificateName holds is not known from what was gathered.",
            );
        };
        if self.nothing_known() {
            return self.by_log_alone("");
        }
        let server = self.problem.server.as_deref();
        let mut commands = self.commands();
        let asked = format!("Connector '{}' asks for {name}", connector.name());
        let wanted = Identifier::parse(name);
        let answering: Vec<&Held> = wanted
            .iter()
            .flat_map(|wanted| self.view.tested.of(server).filter(|held| held.answers(wanted)))
            .collect();
        let elsewhere = wanted
            .iter()
            .flat_map(|wanted| self.view.tested.of(None).filter(|held| held.answers(wanted)))
            .next();
        let mut evidence: Vec<_> = answering.iter().copied().map(certificate).collect();
        let summary = match (wanted.as_ref(), answering.is_empty(), elsewhere) {
            (Err(why), ..) => format!("{asked}, which means no certificate: {why}."),
            (Ok(_), false, _) => {
                commands.run("Restart-Service MSExchangeTransport");
                format!("{asked}. A certificate with that issuer and subject is there now{}: it was imported since, or the service has not seen it yet.", self.on_server())
            }
            (Ok(_), true, Some(other)) => {
                evidence.push(certificate(other));
                let at = other.holding.server.as_deref().unwrap_or("another server");
                commands.say(&format!("Export it with its key from {} and import it here (Export-ExchangeCertificate, Import-ExchangeCertificate), then:", crate::text::clean_str(at)));
                commands.enable(&other.holding.thumbprint);
                format!("{asked}, which is on {at} and not{}: every source server of the connector needs it.", if self.on_server().is_empty() { " here".to_owned() } else { self.on_server() })
            }
            (Ok(wanted), true, None) => {
                commands.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Issuer, Subject, NotAfter, Services, Status");
                // A renewal by another CA keeps the subject and changes the issuer.
                let renewed: Vec<&Held> = self
                    .view
                    .tested
                    .of(server)
                    .filter(|held| held.is_usable() && held.has_subject(wanted))
                    .collect();
                evidence.extend(renewed.iter().copied().map(certificate));
                let identity = crate::text::quote(connector.name());
                if let [one] = renewed[..] {
                    commands.put_to_use(one);
                    commands.run(format!(
                        "Set-SendConnector -Identity {identity} -TlsCertificateName {}",
                        crate::text::quote(&one.identifier())
                    ));
                    format!("{asked}, and no certificate{} has that issuer and subject. {} has the same subject and another issuer, as after a renewal by another CA.", self.on_server(), one.holding.thumbprint)
                } else {
                    commands.run(format!("Set-SendConnector -Identity {identity} -TlsCertificateName '<I>issuer<S>subject'"));
                    format!(
                        "{asked}, and no certificate{} has that issuer and subject.",
                        self.on_server()
                    )
                }
            }
        };
        self.retry(&mut commands);
        Words { summary, evidence, remedy: commands.lines(), ..Words::default() }
    }
}
