//! What every session is made of: connect, greet, encrypt, authenticate, hand over mail.
//!
//! One dialogue serves both directions: client and server say the same, and a
//! receive log only turns the arrows round.

use super::certificates::{self, Certificate};
use super::script::{Direction, Script, Shape};
use super::world::{self, Auth, Tls};

const ALL_FIELDS: &str =
    "Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names";

impl Script<'_> {
    /// Up to the TCP connection.
    pub fn connect(&mut self) {
        match self.direction {
            Direction::Send => {
                let permissions = match self.route.auth {
                    Auth::Exchange => "SendRoutingHeaders SendForestHeaders SendOrganizationHeaders SMTPSendEXCH50",
                    _ => "SendRoutingHeaders",
                };
                self.told_of(&[permissions], "Set Session Permissions");
                self.told("attempting to connect");
                self.wait(8);
                self.connected();
            }
            Direction::Receive => {
                self.connected();
                self.told_of(
                    &["SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"],
                    "Set Session Permissions",
                );
            }
        }
    }

    /// Connection and greeting, ready for STARTTLS or mail.
    pub fn open(&mut self) {
        self.connect();
        self.banner();
        self.hello(self.route.clear);
    }

    /// `220 mx1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Jan 2024 08:00:00 +0000`
    pub fn banner(&mut self) {
        self.wait(15);
        let (name, time) = (self.server_name(), self.spoken_time());
        if self.route.chunking || self.direction == Direction::Receive {
            self.server(&["220 ", &name, " ", self.route.software, " ready at ", &time]);
        } else {
            self.server(&["220 ", &name, " ", self.route.software]);
        }
    }

    /// EHLO and its answer, in the shape of this server's version.
    pub fn hello(&mut self, keywords: &[&str]) {
        self.wait(1);
        let (client, server) = (self.client_name(), self.server_name());
        self.client(&["EHLO ", &client]);
        self.wait(12);
        let greeting = format!("{server} Hello [{}]", self.client_address());
        match self.server.shape {
            Shape::PerField => {
                self.server(&["250-", &greeting]);
                for (place, keyword) in keywords.iter().enumerate() {
                    let last = place + 1 == keywords.len();
                    self.server(&[if last { "250 " } else { "250-" }, keyword]);
                }
            }
            Shape::OneRecord => self.server(&["250  ", &greeting, " ", &keywords.join(" ")]),
        }
    }

    /// STARTTLS, accepted.
    pub fn start_tls(&mut self) {
        self.wait(1);
        self.client(&[if self.route.tls == Tls::Anonymous {
            "X-ANONYMOUSTLS"
        } else {
            "STARTTLS"
        }]);
        self.wait(12);
        self.server(&["220 2.0.0 SMTP server ready"]);
    }

    /// The records of the certificate this server sends.
    pub fn own_certificate(&mut self) {
        self.wait(1);
        let internal = self.route.tls == Tls::Anonymous;
        let certificate = if internal { &certificates::INTERNAL } else { &certificates::OWN };
        match self.server.shape {
            Shape::PerField => {
                self.told("Sending certificate");
                for (value, field) in [
                    (certificate.subject, "Certificate subject"),
                    (certificate.issuer, "Certificate issuer name"),
                    (certificate.serial, "Certificate serial number"),
                    (certificate.thumbprint, "Certificate thumbprint"),
                    (certificate.names, "Certificate alternate names"),
                ] {
                    self.told_of(&[value], field);
                }
            }
            Shape::OneRecord => self.whole_certificate(certificate, "Sending certificate "),
        }
    }

    /// The records of the certificate the peer sends.
    pub fn peer_certificate(&mut self) {
        let certificate = self.route.certificate;
        match self.server.shape {
            Shape::PerField => {
                self.told("Received certificate");
                self.told_of(&[certificate.thumbprint], "Certificate thumbprint");
            }
            Shape::OneRecord => self.whole_certificate(certificate, "Remote certificate "),
        }
    }

    fn whole_certificate(&mut self, certificate: &Certificate, whose: &str) {
        let mut parts = Vec::with_capacity(14);
        for value in [
            certificate.subject,
            certificate.issuer,
            certificate.serial,
            certificate.thumbprint,
            certificate.from,
            certificate.to,
            certificate.names,
        ] {
            parts.extend([" ", value]);
        }
        self.told_of(&parts, &[whose, ALL_FIELDS].concat());
    }

    /// The record of a handshake that succeeded.
    pub fn tls_succeeded(&mut self) {
        self.wait(20);
        let side = if self.direction == Direction::Send { "CLIENT" } else { "SERVER" };
        let version = if self.random.once_in(12) { "1_3" } else { "1_2" };
        self.told(&format!("TLS protocol SP_PROT_TLS{version}_{side} negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 384 bits and key exchange algorithm CALG_ECDH_EPHEM with strength 384 bits"));
    }

    /// STARTTLS to the EHLO behind it, where the route has TLS.
    pub fn secure(&mut self) {
        if self.route.tls == Tls::Never {
            return;
        }
        self.start_tls();
        self.own_certificate();
        self.tls_succeeded();
        if self.direction == Direction::Send || self.route.tls == Tls::Anonymous {
            self.peer_certificate();
        } else {
            self.told("Client certificate chain validation status: 'EmptyCertificate'");
            self.told("TlsDomainCapabilities='None'; Status='NoRemoteCertificate'");
        }
        self.hello(self.route.secured);
    }

    /// Authentication that succeeds, where the route has it.
    pub fn authenticate(&mut self) {
        match self.route.auth {
            Auth::Never => {}
            Auth::Exchange => {
                self.wait(1);
                self.client(&["X-EXPS EXCHANGEAUTH SHA256 "]);
                self.client(&["<Binary Data>"]);
                self.wait(15);
                self.server(&["235 <authentication response>"]);
            }
            Auth::Login => {
                self.log_in();
                self.told_of(
                    &["SMTPSubmit AcceptRoutingHeaders BypassAntiSpam"],
                    "Set Session Permissions",
                );
                let account = format!("CONTOSO\\{}", self.random.pick(world::LAST_NAMES));
                self.told_of(&[&account], "authenticated");
                self.server(&["235 2.7.0 Authentication successful"]);
            }
        }
    }

    /// AUTH LOGIN up to the verdict.
    pub fn log_in(&mut self) {
        self.wait(20);
        self.client(&["AUTH LOGIN"]);
        for _ in 0..2 {
            self.wait(1);
            self.server(&["334 <authentication response>"]);
        }
        self.wait(40);
    }

    /// The verdict on a log on that is refused.
    pub fn log_on_denied(&mut self) {
        self.told("Inbound AUTH LOGIN failed because of LogonDenied");
        let name = self.random.pick(world::LAST_NAMES);
        self.told(&format!("User Name: {name}"));
        self.told("Tarpit for '0.00:00:05'");
        self.now += 5000;
        self.server(&["535 5.7.3 Authentication unsuccessful"]);
    }

    /// The record of a connect that failed, in the words of Winsock.
    pub fn connect_failed(&mut self, code: &str) {
        let reason = match code {
            "10060" => "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond",
            "10061" => "No connection could be made because the target machine actively refused it",
            "10051" => "A socket operation was attempted to an unreachable network",
            "10065" => "A socket operation was attempted to an unreachable host",
            "11001" => "No such host is known",
            _ => "An attempt was made to access a socket in a way forbidden by its access permissions",
        };
        let (domain, remote) = (self.route.domain, self.remote());
        self.told(&format!("Failed to connect. Winsock error code: {code}, Win32 error code: {code}, Destination domain: {domain}, Error Message: {reason} {remote}."));
    }

    /// Everything before the first message.
    pub fn prepare(&mut self) {
        self.open();
        self.secure();
        self.authenticate();
    }

    /// QUIT, its answer and the end.
    pub fn quit(&mut self) {
        // A connection is kept for a while in case more mail comes.
        self.wait(3000);
        self.client(&["QUIT"]);
        self.wait(10);
        self.server(&["221 2.0.0 Service closing transmission channel"]);
        self.end("Local");
    }

    /// The name the client gives in EHLO.
    fn client_name(&self) -> String {
        match self.direction {
            Direction::Send => "mail.contoso.com".to_owned(),
            Direction::Receive => self.host.clone(),
        }
    }

    /// The name the server gives in banner and greeting.
    pub fn server_name(&self) -> String {
        match self.direction {
            Direction::Send => self.host.clone(),
            Direction::Receive => format!("{}.contoso.com", self.server.name),
        }
    }
}
