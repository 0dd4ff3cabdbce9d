//! Commands for an admin to paste, in the order of the articles they come from.
//!
//! Nothing here is run by this program. Every value that came from a log is a
//! single-quoted literal ([`quote`]); a step that removes something is
//! preceded by the check that makes it safe and acts only where the check holds.

use super::cause::Cause;
use crate::log::certificate::Pair;
use crate::log::LogType;
use crate::session::{Mark, Session};
use crate::text::quote;

const RETRY: &str =
    "Get-Queue -ResultSize Unlimited | Where-Object { $_.Status -eq 'Retry' } | Retry-Queue";
const SCHANNEL_EVENTS: &str = "Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Schannel' } -MaxEvents 20";
const SCHANNEL_PROTOCOLS: &str = r"Get-ChildItem -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols' -Recurse";
const CIPHER_SUITES: &str = "Get-TlsCipherSuite | Format-Table -Property Name";

/// The commands for this failure.
pub fn remedy(session: &Session, mark: &Mark, certificates: &Pair) -> Vec<String> {
    let send = session.log_type == LogType::Send;
    let mut steps = Steps { session, certificates, lines: Vec::new() };
    match mark.cause {
        Cause::OwnCertificateNotEnabled => steps.bind_to_smtp(),
        Cause::OwnCertificateNoKey => steps.replace_keyless(),
        Cause::OwnCertificateNotFound => steps.name_certificate(),
        Cause::OwnCertificateRejected => steps.check_own_chain(),
        Cause::PeerCertificateUntrusted => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain");
            steps.find_peer_issuer();
        }
        Cause::PeerCertificateExpired | Cause::PeerCertificateRevoked => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain");
            steps.say("Compare the clock of this server with a domain controller's:");
            steps.run("w32tm /query /status");
        }
        Cause::PeerCertificateNameMismatch => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain, SmartHosts")
        }
        Cause::TlsPolicyFailed => {
            steps.run("Get-TransportConfig | Format-List -Property TLSSendDomainSecureList, TLSReceiveDomainSecureList");
            steps.show_connector("DomainSecureEnabled, RequireTLS, TlsAuthLevel, TlsDomain");
        }
        Cause::TlsAborted | Cause::TlsNoCommonAlgorithm | Cause::TlsGarbled | Cause::TlsFailed => {
            steps.run(SCHANNEL_EVENTS);
            steps.run(SCHANNEL_PROTOCOLS);
            steps.run(CIPHER_SUITES);
            if mark.cause == Cause::TlsGarbled || mark.cause == Cause::TlsAborted {
                steps.reach_peer();
            }
        }
        Cause::StartTlsNotOffered if send => {
            steps.show_connector("RequireTLS, TlsAuthLevel, IgnoreSTARTTLS, SmartHosts");
            steps.reach_peer();
        }
        Cause::StartTlsNotOffered => {
            steps.show_connector("AuthMechanism, TlsCertificateName, SuppressXAnonymousTls, Fqdn");
            steps.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Subject, Services, NotAfter, Status");
        }
        Cause::ExchangeAuthUnavailable => steps.allow_exchange_authentication(),
        Cause::AuthenticationFailed => steps.show_connector(if send {
            "SmartHostAuthMechanism, AuthenticationCredential"
        } else {
            "AuthMechanism, PermissionGroups"
        }),
        Cause::TenantNotAttributed => {
            steps.show_connector("Fqdn, TlsCertificateName, CloudServicesMailEnabled, RequireTLS");
            steps.say("In Exchange Online PowerShell:");
            steps.run("Get-InboundConnector | Format-List -Property Name, Enabled, ConnectorType, SenderDomains, SenderIPAddresses, TlsSenderCertificateName, RequireTls");
        }
        Cause::ConnectionRefused
        | Cause::ConnectionTimedOut
        | Cause::NetworkUnreachable
        | Cause::ConnectFailed => {
            steps.reach_peer();
            steps.show_connector(
                "SmartHosts, DNSRoutingEnabled, SourceIPAddress, SourceTransportServers",
            );
        }
        Cause::DnsFailed => {
            steps.show_connector("SmartHosts, DNSRoutingEnabled, UseExternalDNSServersEnabled");
            steps.run("Get-TransportService | Format-List -Property Name, ExternalDNSServers, ExternalDNSAdapterEnabled, InternalDNSServers");
        }
        Cause::ConnectionLost | Cause::ServiceUnavailable | Cause::Unknown => steps.follow_up(),
        Cause::Throttled | Cause::MessageRejected => {
            steps.run("Get-Queue | Where-Object { $_.LastError } | Format-List -Property Identity, NextHopDomain, MessageCount, LastError");
        }
    }
    if send && mark.cause.info().stage != super::cause::Stage::Mail {
        steps.run(RETRY);
    }
    steps.lines
}

struct Steps<'a> {
    session: &'a Session,
    certificates: &'a Pair,
    lines: Vec<String>,
}

impl Steps<'_> {
    fn run(&mut self, command: impl Into<String>) {
        self.lines.push(command.into());
    }

    fn say(&mut self, words: &str) {
        self.lines.push(format!("# {words}"));
    }

    fn noun(&self) -> &'static str {
        match self.session.log_type {
            LogType::Send => "SendConnector",
            LogType::Receive => "ReceiveConnector",
        }
    }

    fn show_connector(&mut self, properties: &str) {
        let noun = self.noun();
        // Some of these properties belong to one kind of connector; Format-List passes over what is not there.
        self.run(format!(
            "Get-{noun} -Identity {} | Format-List -Property Name, {properties}",
            quote(&self.session.connector)
        ));
    }

    fn log_verbosely(&mut self) {
        let noun = self.noun();
        self.run(format!(
            "Set-{noun} -Identity {} -ProtocolLoggingLevel Verbose",
            quote(&self.session.connector)
        ));
    }

    fn own(
        &self,
        part: impl Fn(&crate::log::certificate::Certificate) -> Option<&String>,
    ) -> Option<String> {
        self.certificates.own.as_ref().and_then(|own| part(own).map(|text| quote(text)))
    }

    /// KB 4051498.
    fn bind_to_smtp(&mut self) {
        let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) else {
            self.say("The log does not name the certificate. Log the connector verbosely and read the next failure:");
            self.log_verbosely();
            return self.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Subject, Services, NotAfter, Status");
        };
        self.run(format!("Get-ExchangeCertificate -Thumbprint {thumbprint} | Format-List -Property Subject, Services, NotAfter, Status"));
        self.say("Answer N when asked whether to replace the default SMTP certificate:");
        self.run(format!("Enable-ExchangeCertificate -Thumbprint {thumbprint} -Services SMTP"));
    }

    /// KB 4495258.
    fn replace_keyless(&mut self) {
        let (subject, issuer) =
            (self.own(|own| own.subject.as_ref()), self.own(|own| own.issuer.as_ref()));
        let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) else {
            self.say("The log does not name the certificate. Log the connector verbosely and read the next failure:");
            return self.log_verbosely();
        };
        let store = r"Get-ChildItem -Path Cert:\LocalMachine\My";
        let list = "Format-List -Property Thumbprint, HasPrivateKey, Subject, Issuer, NotAfter";
        self.run(format!("{store} | Where-Object {{ $_.Thumbprint -eq {thumbprint} }} | {list}"));
        if let (Some(subject), Some(issuer)) = (&subject, &issuer) {
            self.say("All certificates with the same names; one with HasPrivateKey True must be among them, else import it first:");
            self.run(format!("{store} | Where-Object {{ $_.Subject -eq {subject} -and $_.Issuer -eq {issuer} }} | {list}"));
        }
        self.say("Nothing else on this server may depend on it. Removes it only if it has no private key:");
        self.run(format!("{store} | Where-Object {{ $_.Thumbprint -eq {thumbprint} -and -not $_.HasPrivateKey }} | Remove-Item -Confirm"));
        let filter = subject
            .map(|subject| format!(" | Where-Object {{ $_.Subject -eq {subject} }}"))
            .unwrap_or_default();
        self.say("Get-ExchangeCertificate lists only certificates with a private key. Answer N when asked to replace the default SMTP certificate:");
        self.run(format!("Get-ExchangeCertificate{filter} | ForEach-Object {{ Enable-ExchangeCertificate -Thumbprint $_.Thumbprint -Services SMTP }}"));
    }

    fn name_certificate(&mut self) {
        self.show_connector("TlsCertificateName");
        self.say("The value of TlsCertificateName for each certificate of this server:");
        self.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, NotAfter, Services, @{ Name = 'TlsCertificateName'; Expression = { '<I>' + $_.Issuer + '<S>' + $_.Subject } }");
        let noun = self.noun();
        self.say(&format!(
            "Then give the right one to Set-{noun} -Identity {} -TlsCertificateName",
            quote(&self.session.connector)
        ));
    }

    fn check_own_chain(&mut self) {
        if let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) {
            self.run(format!(r"Get-ChildItem -Path Cert:\LocalMachine\My | Where-Object {{ $_.Thumbprint -eq {thumbprint} }} | Test-Certificate -Policy SSL"));
        }
        if let Some(issuer) = self.own(|own| own.issuer.as_ref()) {
            self.say("The intermediate certificate must be in this store, or the other side does not get it:");
            self.run(format!(r"Get-ChildItem -Path Cert:\LocalMachine\CA | Where-Object {{ $_.Subject -eq {issuer} }} | Format-List -Property Thumbprint, Subject, Issuer, NotAfter"));
        }
        self.show_connector("Fqdn, TlsCertificateName");
    }

    fn find_peer_issuer(&mut self) {
        let issuer =
            self.certificates.peer.as_ref().and_then(|peer| peer.issuer.as_deref()).map(quote);
        if let Some(issuer) = issuer {
            self.say("Whether this server knows the issuer of the peer's certificate:");
            self.run(format!(r"Get-ChildItem -Path Cert:\LocalMachine\CA, Cert:\LocalMachine\Root | Where-Object {{ $_.Subject -eq {issuer} }} | Format-List -Property Thumbprint, Subject, NotAfter"));
        }
    }

    /// KB 979175: the connector that must allow it is the other server's.
    fn allow_exchange_authentication(&mut self) {
        self.say("On the organization's connectors that listen on port 25; ExchangeServer must be among AuthMechanism:");
        self.run("Get-TransportService | Get-ReceiveConnector | Where-Object { $_.Bindings -like '*:25' -and $_.AuthMechanism -notlike '*ExchangeServer*' } | Format-List -Property Identity, Bindings, RemoteIPRanges, AuthMechanism");
        self.say("For the one that other Exchange servers reach, keep what the last command showed and add ExchangeServer with Set-ReceiveConnector -AuthMechanism.");
        self.say("If none is found, see whether a device between the servers lets X-ANONYMOUSTLS, X-EXPS and GSSAPI pass.");
    }

    fn reach_peer(&mut self) {
        // `192.0.2.1:25`, `[2001:db8::1]:25`
        let Some((address, port)) = self.session.remote.rsplit_once(':') else { return };
        let address = address.trim_start_matches('[').trim_end_matches(']');
        if let Ok(port) = port.parse::<u16>() {
            self.run(format!("Test-NetConnection -ComputerName {} -Port {port}", quote(address)));
        }
    }

    fn follow_up(&mut self) {
        self.log_verbosely();
        if self.session.log_type == LogType::Send {
            self.reach_peer();
        } else {
            self.run("Get-ServerComponentState -Identity $env:COMPUTERNAME | Format-Table -Property Component, State");
        }
    }
}
