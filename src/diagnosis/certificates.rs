//! What is wrong with the certificate that this side presents: the one that the
//! log names, looked for among the certificates of the server.

use super::answer::{certificate, Problem, View, Words};
use super::commands::Commands;
use super::inventory::Held;
use crate::cert::connector::CertificateName;
use crate::cert::finding::{Code, Severity};
use crate::cert::identifier::Identifier;
use crate::failure::advice;
use crate::failure::cause::Cause;
use crate::log::certificate::Certificate;

/// Says what is wrong with the own certificate.
pub(super) fn judge(view: &View<'_>, problem: &Problem<'_>) -> Words {
    let case = Case::new(view, problem);
    let mut words = match problem.cause {
        Cause::OwnCertificateNoKey => case.no_key(),
        Cause::OwnCertificateNotEnabled => case.not_enabled(),
        Cause::OwnCertificateNotFound => case.not_found(),
        _ => case.rejected(),
    };
    words.reference = advice::reference(problem.cause);
    words
}

/// What is known of the certificate in question.
struct Case<'a> {
    view: &'a View<'a>,
    problem: &'a Problem<'a>,
    /// What the log says of it.
    logged: Option<&'a Certificate>,
    thumbprint: Option<String>,
    /// The certificate itself, where it was found.
    held: Option<&'a Held>,
    /// The best other one with the same names.
    namesake: Option<&'a Held>,
    /// Whether no log names it, and it is taken because there is no other.
    is_only: bool,
}

impl<'a> Case<'a> {
    fn new(view: &'a View<'a>, problem: &'a Problem<'a>) -> Case<'a> {
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

    fn commands(&self) -> Commands {
        self.view.commands(self.problem)
    }

    /// Mail that others send to this server waits in their queues.
    fn retry(&self, commands: &mut Commands) {
        if !self.problem.receives() {
            commands.retry();
        }
    }

    /// `The certificate CN=... (thumbprint ...), which Outbound sends,`
    fn certificate(&self) -> String {
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

    fn on_server(&self) -> String {
        self.problem.server.as_deref().map(|name| format!(" on {name}")).unwrap_or_default()
    }

    fn words(&self, summary: String, commands: Commands) -> Words {
        let shown = self.held.into_iter().chain(self.namesake);
        Words {
            summary,
            evidence: shown.map(certificate).collect(),
            remedy: commands.lines(),
            ..Words::default()
        }
    }

    /// What the log alone says: nothing is known of the server's certificates.
    fn by_log_alone(&self, why: &str) -> Words {
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
    fn nothing_known(&self) -> bool {
        self.view.evidence.inventory.is_silent_of(self.problem.server.as_deref())
    }

    /// KB 4495258, and the duplicate that Get-ExchangeCertificate does not list.
    fn no_key(&self) -> Words {
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
    fn stranger(&self, mut commands: Commands) -> Words {
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

    /// KB 4051498.
    fn not_enabled(&self) -> Words {
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

    /// `454 4.7.5`: TlsCertificateName means no certificate.
    fn not_found(&self) -> Words {
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

    /// The peer refuses it: by its own faults, or by the chain that is sent with it.
    fn rejected(&self) -> Words {
        let Some(held) = self.held else {
            return match &self.thumbprint {
                Some(_) if !self.nothing_known() => self.stranger(self.commands()),
                _ => self.by_log_alone(""),
            };
        };
        let knows_issuers = self.view.evidence.inventory.knows_issuers();
        let faults: Vec<&str> = held
            .test
            .findings
            .iter()
            .filter(|one| {
                one.severity == Severity::Error && is_seen_by_peers(one.code, knows_issuers)
            })
            .map(|one| one.message.as_str())
            .collect();
        let word = self.problem.group.and_then(|group| group.first.error.as_deref());
        let word = word
            .or_else(|| self.problem.queues.iter().find_map(|one| one.failure.error.as_deref()));
        let refused = format!(
            "{}, and the other side does not accept it{}.",
            self.certificate(),
            word.map(|word| format!(" ({word})")).unwrap_or_default()
        );
        let mut commands = self.commands();
        let summary = if faults.is_empty() {
            let unknown = if knows_issuers {
                ""
            } else {
                " The issuers in the stores of the server were not gathered, so that it is not known what it sends along."
            };
            if let Some(group) = self.problem.group {
                commands.extend(&group.first.remedy);
            }
            format!("{refused} Nothing was found wrong with it here.{unknown}")
        } else {
            commands.on_the_spot();
            commands.extend(&held.test.remedy);
            format!("{refused} {}", faults.join(" "))
        };
        self.retry(&mut commands);
        self.words(summary, commands)
    }
}

/// Faults that a peer sees and that can be why it refuses; about the chain only
/// where it is known which issuers the server has.
pub(super) fn is_seen_by_peers(code: Code, knows_issuers: bool) -> bool {
    match code {
        Code::UntrustedRoot | Code::MissingIntermediate | Code::SelfSigned => knows_issuers,
        Code::NoPrivateKey
        | Code::NotEnabledForSmtp
        | Code::AmbiguousTlsCertificateName
        | Code::TlsCertificateNameNotFound
        | Code::TlsCertificateNameTooLong
        | Code::SignatureNotChecked
        | Code::RevocationUnknown => false,
        _ => true,
    }
}
