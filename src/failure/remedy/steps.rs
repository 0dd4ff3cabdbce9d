//! The steps themselves. Names of cmdlets and properties are those of Exchange
//! 2013 to Subscription Edition; what older Windows lacks is said in a comment.

use crate::log::certificate::{Certificate, Pair};
use crate::log::LogType;
use crate::session::Session;
use crate::text::quote;

/// The certificates of the computer, those without a key too.
pub(crate) const MY_STORE: &str = r"Get-ChildItem -Path Cert:\LocalMachine\My";

/// The last step of every remedy that lets mail flow again (KB 4495258).
pub(crate) const RETRY_QUEUES: &str =
    "Get-Queue -ResultSize Unlimited | Where-Object { $_.Status -eq 'Retry' } | Retry-Queue";

/// Exchange's own send connectors, which no Get-SendConnector knows.
pub(crate) fn is_implicit(connector: &str) -> bool {
    let name = connector.to_ascii_lowercase();
    name.ends_with("send connector")
        && (name.starts_with("intra-organization") || name.contains(" proxy "))
}

/// Collects the lines of a remedy.
pub struct Steps<'a> {
    session: &'a Session,
    certificates: &'a Pair,
    lines: Vec<String>,
}

impl<'a> Steps<'a> {
    pub fn new(session: &'a Session, certificates: &'a Pair) -> Self {
        Steps { session, certificates, lines: Vec::new() }
    }

    pub fn lines(self) -> Vec<String> {
        self.lines
    }

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

    pub fn is_implicit(&self) -> bool {
        self.session.log_type == LogType::Send && is_implicit(&self.session.connector)
    }

    fn has_connector(&self) -> bool {
        !self.session.connector.is_empty() && !self.is_implicit()
    }

    pub fn show_connector(&mut self, properties: &str) {
        let noun = self.noun();
        if self.has_connector() {
            let name = quote(&self.session.connector);
            self.run(format!(
                "Get-{noun} -Identity {name} | Format-List -Property Name, {properties}"
            ));
        } else {
            self.run(format!("Get-{noun} | Format-List -Property Name, {properties}"));
        }
    }

    pub fn log_verbosely(&mut self) {
        let noun = self.noun();
        if self.has_connector() {
            self.run(format!(
                "Set-{noun} -Identity {} -ProtocolLoggingLevel Verbose",
                quote(&self.session.connector)
            ));
        } else if self.is_implicit() {
            self.run("Set-TransportService -Identity $env:COMPUTERNAME -IntraOrgConnectorProtocolLoggingLevel Verbose");
        }
    }

    pub fn retry_queues(&mut self) {
        self.run(RETRY_QUEUES);
    }

    pub fn show_queues(&mut self) {
        self.run("Get-Queue | Where-Object { $_.LastError } | Format-List -Property Identity, NextHopDomain, MessageCount, LastError");
    }

    fn own(&self, part: impl Fn(&Certificate) -> Option<&String>) -> Option<String> {
        self.certificates.own.as_ref().and_then(|own| part(own).map(|text| quote(text)))
    }

    fn unnamed_certificate(&mut self) {
        self.say("The log does not name the certificate. Log the connector verbosely and read the next failure:");
        self.log_verbosely();
        self.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Subject, Services, NotAfter, Status");
    }

    /// KB 4051498.
    pub fn bind_to_smtp(&mut self) {
        let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) else {
            return self.unnamed_certificate();
        };
        self.run(format!(
            "Get-ExchangeCertificate -Thumbprint {thumbprint} | Format-List -Property Subject, Services, NotAfter, Status"
        ));
        self.say("Answer N when asked whether to replace the default SMTP certificate:");
        self.run(format!("Enable-ExchangeCertificate -Thumbprint {thumbprint} -Services SMTP"));
    }

    /// KB 4495258.
    pub fn replace_keyless(&mut self) {
        const SHOW: &str =
            "Format-List -Property Thumbprint, HasPrivateKey, Subject, Issuer, NotAfter";
        let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) else {
            return self.unnamed_certificate();
        };
        let this = format!("$_.Thumbprint -eq {thumbprint}");
        self.run(format!("{MY_STORE} | Where-Object {{ {this} }} | {SHOW}"));
        let names = self.own(|own| own.subject.as_ref()).zip(self.own(|own| own.issuer.as_ref()));
        let same = names.map(|(subject, issuer)| {
            format!("$_.Subject -eq {subject} -and $_.Issuer -eq {issuer}")
        });
        if let Some(same) = &same {
            self.say("All with the same names. One with HasPrivateKey True must be among them; else import it first:");
            self.run(format!("{MY_STORE} | Where-Object {{ {same} }} | {SHOW}"));
        }
        self.say("Nothing else on this server may depend on it. Removes it only if it has no private key:");
        self.run(format!("{MY_STORE} | Where-Object {{ {this} -and -not $_.HasPrivateKey }} | Remove-Item -Confirm"));
        self.say("Get-ExchangeCertificate lists only certificates with a private key; the newest valid one first:");
        let filter = same.map(|same| format!(" | Where-Object {{ {same} }}")).unwrap_or_default();
        self.run(format!(
            "Get-ExchangeCertificate{filter} | Sort-Object -Property NotAfter -Descending | Format-List -Property Thumbprint, Services, NotAfter, Status"
        ));
        self.say("If SMTP is not among its Services, bind it; answer N when asked to replace the default SMTP certificate:");
        self.run(
            "Enable-ExchangeCertificate -Thumbprint '<thumbprint of the right one>' -Services SMTP",
        );
    }

    pub fn name_certificate(&mut self) {
        self.show_connector("TlsCertificateName, SourceTransportServers");
        self.say("The value of TlsCertificateName for each certificate of this server; every source server needs the certificate:");
        self.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, NotAfter, Services, @{ Name = 'TlsCertificateName'; Expression = { '<I>' + $_.Issuer + '<S>' + $_.Subject } }");
        if self.has_connector() {
            let (noun, name) = (self.noun(), quote(&self.session.connector));
            self.say("Then give the connector the value of the right one:");
            self.run(format!("Set-{noun} -Identity {name} -TlsCertificateName '<I>...<S>...'"));
        }
    }

    pub fn check_own_chain(&mut self) {
        if let Some(thumbprint) = self.own(|own| own.thumbprint.as_ref()) {
            self.say("True does not prove that the chain is sent: Windows may have found an intermediate elsewhere.");
            self.run(format!("{MY_STORE} | Where-Object {{ $_.Thumbprint -eq {thumbprint} }} | Test-Certificate -Policy SSL"));
        }
        if let Some(issuer) = self.own(|own| own.issuer.as_ref()) {
            self.say("The intermediate certificate must be in this store, or the other side does not get it:");
            self.run(format!(
                r"Get-ChildItem -Path Cert:\LocalMachine\CA | Where-Object {{ $_.Subject -eq {issuer} }} | Format-List -Property Thumbprint, Subject, Issuer, NotAfter"
            ));
        }
        self.show_connector("Fqdn, TlsCertificateName");
    }

    pub fn find_peer_issuer(&mut self) {
        let issuer =
            self.certificates.peer.as_ref().and_then(|peer| peer.issuer.as_deref()).map(quote);
        if let Some(issuer) = issuer {
            self.say("Whether this server knows the issuer of the peer's certificate:");
            self.run(format!(
                r"Get-ChildItem -Path Cert:\LocalMachine\CA, Cert:\LocalMachine\Root | Where-Object {{ $_.Subject -eq {issuer} }} | Format-List -Property Thumbprint, Subject, NotAfter"
            ));
        }
    }

    /// KB 979175: the connector that must allow it is the other server's.
    pub fn allow_exchange_authentication(&mut self) {
        self.say("The organization's connectors on the ports of server-to-server mail that lack ExchangeServer authentication:");
        self.run("Get-ReceiveConnector | Where-Object { $_.Bindings -match ':(25|2525)$' -and $_.AuthMechanism -notlike '*ExchangeServer*' } | Format-List -Property Identity, Fqdn, Bindings, RemoteIPRanges, AuthMechanism, PermissionGroups");
        self.say("The culprit is one whose RemoteIPRanges hold the other Exchange servers, often a relay connector: take their addresses out of it,");
        self.say("or add ExchangeServer to its AuthMechanism with Set-ReceiveConnector (its Fqdn must then be the server's own name or empty).");
        self.say("If none is found, see whether a device between the servers lets X-ANONYMOUSTLS, X-EXPS and GSSAPI pass.");
    }

    /// Between Exchange servers authentication is Kerberos.
    pub fn check_kerberos(&mut self) {
        self.compare_clocks();
        self.run("Test-ComputerSecureChannel");
        if let Some(host) = &self.session.remote_host {
            let name = quote(&format!("SMTPSVC/{host}"));
            self.run(format!("setspn -Q {name}"));
        }
    }

    pub fn compare_clocks(&mut self) {
        self.say("The clock of this server against its domain controller's:");
        self.run("w32tm /stripchart /computer:$env:USERDNSDOMAIN /samples:3 /dataonly");
    }

    pub fn show_domain_security(&mut self) {
        self.run("Get-TransportConfig | Format-List -Property TLSSendDomainSecureList, TLSReceiveDomainSecureList");
    }

    pub fn show_schannel(&mut self) {
        self.run("Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Schannel' } -MaxEvents 20 -ErrorAction SilentlyContinue | Format-List -Property TimeCreated, Id, Message");
        self.run(r"Get-ChildItem -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols' -Recurse");
        self.say("From Windows Server 2016 on:");
        self.run("Get-TlsCipherSuite | Format-Table -Property Name");
    }

    /// A connector whose certificate cannot be used offers no STARTTLS; only event 12014 tells.
    pub fn find_unusable_certificate(&mut self) {
        self.show_connector("AuthMechanism, TlsCertificateName, SuppressXAnonymousTls, Fqdn");
        self.run("Get-WinEvent -FilterHashtable @{ LogName = 'Application'; Id = 12014 } -MaxEvents 5 -ErrorAction SilentlyContinue | Format-List -Property TimeCreated, Message");
        self.run("Get-ExchangeCertificate | Format-List -Property Thumbprint, Subject, Services, NotAfter, Status");
    }

    pub fn show_tenant(&mut self) {
        self.say("In Exchange Online PowerShell:");
        self.run("Get-InboundConnector | Format-List -Property Name, Enabled, ConnectorType, SenderDomains, SenderIPAddresses, TlsSenderCertificateName, RequireTls, RestrictDomainsToCertificate, RestrictDomainsToIPAddresses");
        self.run("Get-AcceptedDomain | Format-Table -Property Name, DomainName, DomainType");
    }

    pub fn show_dns(&mut self) {
        self.run("Get-TransportService -Identity $env:COMPUTERNAME | Format-List -Property ExternalDNSServers, ExternalDNSAdapterEnabled, InternalDNSServers, InternalDNSAdapterEnabled");
        self.say("The name of the next hop (type A for a smart host):");
        self.run("Resolve-DnsName -Name '<destination domain>' -Type MX");
    }

    /// A client's port is open for that one connection only: this is for sessions this server began.
    pub fn reach_peer(&mut self) {
        // `192.0.2.1:25`, `[2001:db8::1]:25`
        let Ok(endpoint) = self.session.remote.parse::<std::net::SocketAddr>() else { return };
        self.run(format!(
            "Test-NetConnection -ComputerName {} -Port {}",
            quote(&endpoint.ip().to_string()),
            endpoint.port()
        ));
    }

    /// Why this server takes no sessions, or loses them.
    pub fn show_service(&mut self) {
        self.show_connector("Enabled, Bindings, RemoteIPRanges");
        self.run("Get-ServerComponentState -Identity $env:COMPUTERNAME | Format-Table -Property Component, State");
        self.say("Back pressure:");
        self.run("Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'MSExchangeTransport'; Id = 15004, 15006, 15007 } -MaxEvents 5 -ErrorAction SilentlyContinue | Format-List -Property TimeCreated, Id, Message");
        self.log_verbosely();
    }
}
