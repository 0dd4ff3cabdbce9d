//! What is known of the certificate in question, and how it is spoken of.

use super::super::answer::{Problem, View, Words};
use super::super::commands::Commands;
use super::super::shown::certificate;
use super::super::tested::Held;
use crate::cert::connector::CertificateName;
use crate::cert::identifier::Identifier;
use crate::log::certificate::Certificate;

/// What is known of the certificate in question.
pub(super) struct Case<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) problem: &'a Problem<'a>,
    /// What the log says of it.
    pub(super) logged: Option<&'a Certificate>,
    pub(super) thumbprint: Option<String>,
    /// The certificate itself, where it was found.
    pub(super) held: Option<&'a Held>,
    /// The best other one with the same names.
    pub(super) namesake: Option<&'a Held>,
    /// Whether no log names it, and it is taken because there is no other.
    pub(super) is_only: bool,
}

impl<'a> Case<'a> {
    pub(super) fn new(view: &'a View<'a>, problem: &'a Problem<'a>) -> Case<'a> {
        let server = problem.server.as_deref();
        let logged = problem.group.and_then(|group| group.first.certificate.as_ref());
        // Without a log that names it: the one the connector would present.
        let selected = || {
            let connector = view.evidence.connector(problem.connector.as_deref())?;
            let CertificateName::Named(text) = &connector.presenter.tls_certificate_name else {
                return None;
            };
            let wanted = Identifier::parse(text).ok()?;
            view.tested
                .of(server)
                .filter(|held| held.answers(&wanted))
                .max_by_key(|held| held.test.not_after)
        };
        let named = logged.and_then(|own| own.thumbprint.clone());
        let presumed = if named.is_none() { selected() } else { None };
        // A word of the other side alone: it met what answers on port 25.
        let is_only = named.is_none() && presumed.is_none() && problem.connector.is_none();
        let presumed = presumed.or_else(|| view.tested.only_public(server).filter(|_| is_only));
        let thumbprint = named.or_else(|| presumed.map(|held| held.holding.thumbprint.clone()));
        let held =
            thumbprint.as_deref().and_then(|thumbprint| view.tested.find(thumbprint, server));
        let text = |part: Option<&'a String>| part.map(String::as_str);
        let subject = held
            .and_then(|held| held.test.subject.as_deref())
            .or(logged.and_then(|own| text(own.subject.as_ref())));
        let issuer = held
            .and_then(|held| held.test.issuer.as_deref())
            .or(logged.and_then(|own| text(own.issuer.as_ref())));
        let namesake = subject.zip(issuer).and_then(|(subject, issuer)| {
            view.tested.namesake(subject, issuer, thumbprint.as_deref().unwrap_or_default(), server)
        });
        Case { view, problem, logged, thumbprint, held, namesake, is_only }
    }

    pub(super) fn commands(&self) -> Commands {
        self.view.commands(self.problem)
    }

    /// Mail that others send to this server waits in their queues.
    pub(super) fn retry(&self, commands: &mut Commands) {
        if !self.problem.receives() {
            commands.retry();
        }
    }

    /// `The certificate CN=... (thumbprint ...), which Outbound sends,`
    pub(super) fn certificate(&self) -> String {
        let subject = self
            .held
            .and_then(|held| held.test.subject.as_deref())
            .or(self.logged.and_then(|own| own.subject.as_deref()));
        let name = match (subject, &self.thumbprint) {
            (Some(subject), Some(thumbprint)) => {
                format!("the certificate {subject} (thumbprint {thumbprint})")
            }
            (None, Some(thumbprint)) => format!("the certificate with thumbprint {thumbprint}"),
            (Some(subject), None) => format!("the certificate {subject}"),
            (None, None) => {
                "the certificate of this server, which the log does not name,".to_owned()
            }
        };
        if self.is_only && self.held.is_some() {
            return format!("No log names the certificate; the only one of a CA that is bound to SMTP is {name}");
        }
        let presents = if self.problem.receives() { "presents" } else { "sends" };
        match &self.problem.connector {
            Some(connector) => format!("Connector '{connector}' {presents} {name}"),
            None => format!("This server {presents} {name}"),
        }
    }

    pub(super) fn on_server(&self) -> String {
        self.problem.server.as_deref().map(|name| format!(" on {name}")).unwrap_or_default()
    }

    pub(super) fn words(&self, summary: String, commands: Commands) -> Words {
        let shown = self.held.into_iter().chain(self.namesake);
        Words {
            summary,
            evidence: shown.map(certificate).collect(),
            remedy: commands.lines(),
            ..Words::default()
        }
    }

    /// What the log alone says: nothing is known of the server's certificates.
    pub(super) fn by_log_alone(&self, why: &str) -> Words {
        let mut commands = self.commands();
        if let Some(group) = self.problem.group {
            commands.extend(&group.first.remedy);
        } else {
            commands.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Subject, Services, NotAfter, Status");
            self.retry(&mut commands);
        }
        let said = self.problem.group.map(|group| group.first.diagnosis.clone());
        let said = said
            .or_else(|| self.problem.queues.first().map(|one| one.failure.diagnosis.clone()))
            .unwrap_or_default();
        self.words(format!("{said} {why}").trim().to_owned(), commands)
    }

    /// Whether certificates of the server are known at all.
    pub(super) fn nothing_known(&self) -> bool {
        self.view.evidence.inventory.is_silent_of(self.problem.server.as_deref())
    }
}
