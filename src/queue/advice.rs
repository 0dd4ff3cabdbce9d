//! What a queue's failure means, and what to do next.
//!
//! A queue sees the end of a story only. The sentences say what it does know,
//! and what has to be looked up elsewhere; commands are printed, never run.

use super::facts::{address_and_port, unmapped};
use super::QueueFailure;
use crate::failure::cause::Cause;
use crate::text::quote;

/// What happened, in one or two sentences.
pub fn diagnosis(failure: &QueueFailure) -> String {
    let host = host(failure);
    let error = failure.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
    let mut text = match failure.cause {
        Cause::OwnCertificateNotEnabled => format!("Windows refused the credentials of this server's certificate{error}: it is not bound to SMTP, or its key cannot be read. The send log has its thumbprint."),
        Cause::OwnCertificateNoKey => format!("The certificate this server picked has no usable private key{error}. The send log has its thumbprint."),
        Cause::OwnCertificateNotFound => "No certificate of this server has the issuer and subject of the connector's TlsCertificateName, so nothing is sent over it.".to_owned(),
        Cause::OwnCertificateRejected => format!("{host} does not accept the certificate of this server{error}. Which certificate it was stands in the send log; one that is sent without its intermediate certificates is refused like one without a trusted root."),
        Cause::PeerCertificateUntrusted => format!("This server does not trust the certificate of {host}{error}: its chain does not end at a trusted root, or revocation could not be checked."),
        Cause::PeerCertificateExpired => format!("The certificate of {host} is not valid at this time{error}. The other side has to renew it; check this server's clock too."),
        Cause::PeerCertificateNameMismatch => format!("The certificate of {host} does not carry the name this server asked for{error}. Compare the connector's TlsDomain with the names in it."),
        Cause::PeerCertificateRevoked => format!("The certificate of {host} was revoked by its issuer{error}. The other side has to replace it."),
        Cause::TlsPolicyFailed => format!("A policy refused the session with {host}{error}: domain security, MTA-STS or DANE, as the text says."),
        Cause::TlsAborted | Cause::TlsNoCommonAlgorithm | Cause::TlsGarbled | Cause::TlsFailed => format!("TLS with {host} could not be set up{error}. Versions and certificates of that session stand in the send log."),
        Cause::StartTlsNotOffered => format!("TLS is required with {host} and there was none: STARTTLS was not offered, or not used. The greeting in the send log tells the two apart."),
        Cause::ExchangeAuthUnavailable => format!("Exchange Server authentication with {host} was not possible: the receive connector that answered there does not allow it, or a device between the servers strips X-ANONYMOUSTLS and X-EXPS."),
        Cause::AuthenticationFailed => format!("{host} did not accept the authentication of this server{error}. Check the credentials of the connector; between Exchange servers time, Kerberos and trust."),
        Cause::TenantNotAttributed => "Exchange Online could not tell which tenant the session belongs to: its inbound connector knows the sender by the certificate's name or by the address, and neither matched.".to_owned(),
        Cause::ConnectionRefused => format!("The connection to {host} was refused{error}: nothing takes connections there, or a firewall refuses."),
        Cause::ConnectionTimedOut if is_told_by_reply(failure) => format!("Exchange only says that the connection with {host} timed out. That can be a firewall, and it can be a TLS handshake that failed: the queue cannot tell them apart."),
        Cause::ConnectionTimedOut => format!("{host} did not answer{error}: a firewall drops the packets, the port is blocked, or the host is down."),
        Cause::NetworkUnreachable => format!("There is no route to {host}{error}: check routing, and whether IPv6 is announced but not routed."),
        Cause::ConnectFailed => format!("Exchange only says that it could not connect to {host}{error}. That can be the network, and it can be a TLS handshake that failed: the queue cannot tell them apart."),
        Cause::DnsFailed => format!("The name of the next hop could not be resolved{error}."),
        Cause::ConnectionLost => format!("The connection with {host} ended with work unfinished{error}. Why is not known to the queue; a TLS handshake that fails looks like this too."),
        Cause::ServiceUnavailable => format!("{host} does not take the session now; its reply says why."),
        Cause::MessageRejected => format!("{host} refused a message or recipient{error}. The connection itself is sound."),
        Cause::Throttled => format!("{host} defers this server: a limit, greylisting or reputation, as its reply says. Exchange tries again by itself."),
        Cause::Unknown => "The text names no cause that is known to this program; it may have been shortened. The send log shows what happened.".to_owned(),
    };
    let is_active = failure.status.as_deref().is_some_and(|status| {
        ["active", "ready", "connecting"].iter().any(|one| status.eq_ignore_ascii_case(one))
    });
    if is_active {
        text.push_str(
            " The queue is being delivered at the moment: the error may be that of an earlier try.",
        );
    }
    capital(text)
}

/// Whether a reply alone tells of the connection, and no Winsock number.
fn is_told_by_reply(failure: &QueueFailure) -> bool {
    !failure.error.as_ref().is_some_and(|error| error.contains(|c: char| c.is_ascii_digit()))
}

fn host(failure: &QueueFailure) -> &str {
    let filled = |text: &'_ Option<String>| text.is_some();
    match failure {
        _ if filled(&failure.remote_host) => failure.remote_host.as_deref(),
        _ if filled(&failure.remote_endpoint) => failure.remote_endpoint.as_deref(),
        _ => failure.next_hop_domain.as_deref(),
    }
    .unwrap_or("the next hop")
}

fn capital(text: String) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text,
    }
}

/// Ready commands, in order.
pub fn next_step(failure: &QueueFailure, connector: Option<&str>) -> Vec<String> {
    let mut steps = Steps { failure, connector, lines: Vec::new() };
    match failure.cause {
        Cause::ConnectionTimedOut | Cause::ConnectFailed | Cause::ConnectionLost => {
            steps.say("Only the send protocol log tells whether TLS was the cause. Switch it on, let the queue try again, and read it:");
            steps.log();
            steps.reach();
        }
        Cause::ConnectionRefused | Cause::NetworkUnreachable => steps.reach(),
        Cause::DnsFailed => steps.resolve(),
        Cause::ExchangeAuthUnavailable => {
            steps.say("The receive connectors that other Exchange servers meet and that do not allow Exchange Server authentication:");
            steps.run("Get-ReceiveConnector | Test-ReceiveConnectorAuth | Where-Object { $_.Result -ne 'Pass' }");
            steps.say("If none fails, see whether a device between the servers lets X-ANONYMOUSTLS, X-EXPS and GSSAPI pass; the greeting stands in the send log:");
            steps.log();
        }
        Cause::OwnCertificateNotFound | Cause::OwnCertificateRejected => {
            steps.test_certificates();
            steps.say("Which certificate was sent stands in the send log:");
            steps.log();
        }
        Cause::OwnCertificateNotEnabled | Cause::OwnCertificateNoKey => {
            steps.say("Which certificate was sent stands in the send log:");
            steps.log();
            steps.test_certificates();
        }
        Cause::Throttled => steps.say("Nothing to do in haste: Exchange tries again by itself, and forcing retries can make the wait longer. If it lasts for days, ask the other side with the text of its reply."),
        Cause::MessageRejected => steps.show_messages(),
        Cause::TenantNotAttributed => {
            steps.show_connector("Fqdn, TlsCertificateName, CloudServicesMailEnabled, RequireTLS");
            steps.say("In Exchange Online PowerShell:");
            steps.run("Get-InboundConnector | Format-List -Property Name, Enabled, ConnectorType, SenderDomains, SenderIPAddresses, TlsSenderCertificateName, RequireTls");
        }
        Cause::AuthenticationFailed => {
            if is_internal(failure) {
                steps.run("Test-ComputerSecureChannel");
                steps.log();
            } else {
                steps.show_connector("SmartHosts, SmartHostAuthMechanism, AuthenticationCredential");
            }
        }
        Cause::PeerCertificateUntrusted
        | Cause::PeerCertificateExpired
        | Cause::PeerCertificateNameMismatch
        | Cause::PeerCertificateRevoked
        | Cause::TlsPolicyFailed => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain, DomainSecureEnabled");
            steps.say("The certificate of the other side stands in the send log:");
            steps.log();
        }
        Cause::ServiceUnavailable => {
            if is_internal(failure) {
                steps.say("On the server that answered: its components, and back pressure:");
                let server = failure.remote_host.as_deref().map_or_else(|| "'<server>'".to_owned(), quote);
                steps.run(&format!("Get-ServerComponentState -Identity {server} | Format-Table -Property Component, State"));
            } else {
                steps.say("The other side has to say why. Exchange tries again by itself; the next replies stand in the send log:");
                steps.log();
            }
        }
        Cause::TlsAborted
        | Cause::TlsNoCommonAlgorithm
        | Cause::TlsGarbled
        | Cause::TlsFailed
        | Cause::StartTlsNotOffered => {
            steps.say("How far TLS came stands in the send log:");
            steps.log();
        }
        Cause::Unknown => {
            if let Some(identity) = &failure.identity {
                steps.say("The whole text, if this one was shortened:");
                steps.run(&format!("Get-Queue -Identity {} | Format-List -Property Identity, DeliveryType, NextHopDomain, LastError", quote(identity)));
            }
            steps.log();
        }
    }
    steps.lines
}

/// Queues between Exchange servers of the organisation, which no send connector serves.
fn is_internal(failure: &QueueFailure) -> bool {
    let Some(kind) = &failure.delivery_type else { return false };
    // `SmtpRelayToRemoteAdSite`; Queue Viewer writes `SMTP Relay to Remote Active Directory Site`.
    let plain: String = kind.to_ascii_lowercase().split_whitespace().collect();
    ["smtprelay", "smtpdelivery", "mapidelivery", "shadowredundancy", "heartbeat"]
        .iter()
        .any(|start| plain.starts_with(start))
}

struct Steps<'a> {
    failure: &'a QueueFailure,
    connector: Option<&'a str>,
    lines: Vec<String>,
}

impl Steps<'_> {
    fn run(&mut self, command: &str) {
        self.lines.push(command.to_owned());
    }

    fn say(&mut self, words: &str) {
        self.lines.push(format!("# {words}"));
    }

    /// Send protocol logging, another try, and the log.
    fn log(&mut self) {
        if is_internal(self.failure) {
            let server = self
                .failure
                .server
                .as_deref()
                .map_or_else(|| "$env:COMPUTERNAME".to_owned(), quote);
            self.run(&format!("Set-TransportService -Identity {server} -IntraOrgConnectorProtocolLoggingLevel Verbose"));
        } else if let Some(connector) = self.connector {
            let name = quote(connector);
            self.run(&format!("Set-SendConnector -Identity {name} -ProtocolLoggingLevel Verbose"));
        } else {
            let properties = "AddressSpaces, SmartHosts, ProtocolLoggingLevel";
            self.show_connector(properties);
            self.run("Set-SendConnector -Identity '<name of that connector>' -ProtocolLoggingLevel Verbose");
        }
        if let Some(identity) = &self.failure.identity {
            let retry = format!("Retry-Queue -Identity {}", quote(identity));
            self.lines.push(retry);
        }
        self.run("Get-SendConnectorFailure -Since (Get-Date).AddHours(-1)");
    }

    fn show_connector(&mut self, properties: &str) {
        let which = self.connector.map(|id| format!(" -Identity {}", quote(id)));
        let which = which.unwrap_or_default();
        self.run(&format!("Get-SendConnector{which} | Format-List -Property Name, {properties}"));
    }

    fn reach(&mut self) {
        let endpoint = self.failure.remote_endpoint.as_deref().and_then(address_and_port);
        let target = match endpoint {
            Some((address, port)) => Some((unmapped(address).to_string(), port)),
            None => self
                .failure
                .remote_host
                .clone()
                .or_else(|| self.smart_host())
                .map(|host| (host, 25)),
        };
        match target {
            Some((host, port)) => {
                let host = quote(&host);
                self.run(&format!("Test-NetConnection -ComputerName {host} -Port {port}"));
            }
            None => self.run("Test-NetConnection -ComputerName '<next hop>' -Port 25"),
        }
    }

    /// The first of the smart hosts that the queue names as its next hop.
    fn smart_host(&self) -> Option<String> {
        let kind = self.failure.delivery_type.as_deref()?.to_ascii_lowercase();
        let hosts = self.failure.next_hop_domain.as_deref().filter(|_| kind.contains("smart"))?;
        let first = hosts.split([',', ';']).next()?.trim().trim_matches(['[', ']']);
        Some(first.to_owned()).filter(|host| !host.is_empty())
    }

    fn resolve(&mut self) {
        let name = self.failure.next_hop_domain.as_deref().or(self.failure.remote_host.as_deref());
        let name = name.map_or_else(|| "'<next hop>'".to_owned(), quote);
        // A smart host is looked up by address, a domain by MX.
        let smart = self.failure.delivery_type.as_deref().is_some_and(|kind| {
            kind.to_ascii_lowercase().contains("smart") || is_internal(self.failure)
        });
        let record = if smart { "A" } else { "MX" };
        self.run(&format!("Resolve-DnsName -Name {name} -Type {record}"));
        self.run("Get-TransportService -Identity $env:COMPUTERNAME | Format-List -Property ExternalDNSServers, ExternalDNSAdapterEnabled, InternalDNSServers, InternalDNSAdapterEnabled");
    }

    fn test_certificates(&mut self) {
        let which = self.connector.map(|id| format!(" -Identity {}", quote(id)));
        let which = which.unwrap_or_default();
        self.run(&format!("Test-ExchangeTlsCert -SendConnector (Get-SendConnector{which}) | Where-Object {{ $_.Result -ne 'Pass' }}"));
    }

    fn show_messages(&mut self) {
        match &self.failure.identity {
            Some(identity) => {
                let queue = quote(identity);
                self.run(&format!("Get-Message -Queue {queue} -ResultSize 20 | Format-List -Property Identity, FromAddress, Subject, Status, LastError"));
            }
            None => self.run("Get-Message -ResultSize 20 | Format-List -Property Identity, FromAddress, Subject, Status, LastError"),
        }
    }
}
