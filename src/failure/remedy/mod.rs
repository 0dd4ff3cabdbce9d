//! Commands for an admin to paste, in the order of the articles they come from.
//!
//! Nothing here is run by this program. Every value that came from a log is a
//! single-quoted literal ([`quote`](crate::text::quote)); a step that removes
//! something is preceded by the check that makes it safe and acts only where
//! the check holds. This file says which steps a cause takes, `steps` what they are.

mod steps;

use super::cause::{Cause, Stage};
use crate::log::certificate::Pair;
use crate::log::LogType;
use crate::session::{Mark, Session};
use steps::Steps;
pub(crate) use steps::{is_implicit, MY_STORE, RETRY_QUEUES};

/// The commands for this failure.
pub fn remedy(session: &Session, mark: &Mark, certificates: &Pair) -> Vec<String> {
    let mut steps = Steps::new(session, certificates);
    match session.log_type {
        LogType::Send => send(mark, &mut steps),
        LogType::Receive => receive(mark, &mut steps),
    }
    steps.lines()
}

/// What both directions share; false where they differ.
fn either(mark: &Mark, steps: &mut Steps<'_>) -> bool {
    match mark.cause {
        Cause::OwnCertificateNotEnabled => steps.bind_to_smtp(),
        Cause::OwnCertificateNoKey => steps.replace_keyless(),
        Cause::OwnCertificateNotFound => steps.name_certificate(),
        Cause::OwnCertificateRejected => steps.check_own_chain(),
        Cause::ExchangeAuthUnavailable => steps.allow_exchange_authentication(),
        Cause::TlsNoCommonAlgorithm => steps.show_schannel(),
        _ => return false,
    }
    true
}

fn send(mark: &Mark, steps: &mut Steps<'_>) {
    let shared = either(mark, steps);
    match mark.cause {
        _ if shared => {}
        Cause::PeerCertificateUntrusted => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain");
            steps.find_peer_issuer();
        }
        Cause::PeerCertificateExpired | Cause::PeerCertificateRevoked => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain");
            steps.compare_clocks();
        }
        Cause::PeerCertificateNameMismatch => {
            steps.show_connector("RequireTLS, TlsAuthLevel, TlsDomain, SmartHosts")
        }
        Cause::TlsPolicyFailed => {
            steps.show_domain_security();
            steps.show_connector("DomainSecureEnabled, RequireTLS, TlsAuthLevel, TlsDomain, DNSRoutingEnabled, IgnoreSTARTTLS");
        }
        Cause::TlsAborted | Cause::TlsGarbled => {
            steps.show_schannel();
            steps.reach_peer();
        }
        Cause::TlsFailed => steps.show_schannel(),
        Cause::StartTlsNotOffered => {
            steps.show_connector("RequireTLS, TlsAuthLevel, IgnoreSTARTTLS, SmartHosts");
            steps.reach_peer();
        }
        Cause::AuthenticationFailed if steps.is_implicit() => steps.check_kerberos(),
        Cause::AuthenticationFailed => {
            steps.show_connector("SmartHosts, SmartHostAuthMechanism, AuthenticationCredential")
        }
        Cause::TenantNotAttributed => {
            steps.show_connector("Fqdn, TlsCertificateName, CloudServicesMailEnabled, RequireTLS");
            steps.show_tenant();
        }
        Cause::DnsFailed => {
            steps.show_connector("SmartHosts, DNSRoutingEnabled, UseExternalDNSServersEnabled");
            steps.show_dns();
        }
        Cause::Throttled | Cause::MessageRejected => steps.show_queues(),
        // Connections that were not made or not kept, and what has no name.
        _ => {
            steps.reach_peer();
            steps.show_connector(
                "SmartHosts, DNSRoutingEnabled, SourceIPAddress, SourceTransportServers",
            );
            if mark.stage == Stage::Session {
                steps.log_verbosely();
            }
        }
    }
    // Who is told to slow down should not be made to hurry; refused mail is not in the queue any more.
    if !matches!(mark.cause, Cause::Throttled | Cause::MessageRejected) {
        steps.retry_queues();
    }
}

fn receive(mark: &Mark, steps: &mut Steps<'_>) {
    let shared = either(mark, steps);
    match mark.cause {
        _ if shared => {}
        Cause::PeerCertificateUntrusted
        | Cause::PeerCertificateExpired
        | Cause::PeerCertificateRevoked
        | Cause::PeerCertificateNameMismatch => {
            steps.show_connector("RequireTLS, AuthMechanism, DomainSecureEnabled, TlsDomainCapabilities");
            steps.find_peer_issuer();
        }
        Cause::TlsPolicyFailed => {
            steps.show_domain_security();
            steps.show_connector("DomainSecureEnabled, RequireTLS, AuthMechanism, TlsDomainCapabilities");
        }
        Cause::StartTlsNotOffered | Cause::TlsFailed => steps.find_unusable_certificate(),
        Cause::TlsAborted | Cause::TlsGarbled => steps.show_schannel(),
        Cause::AuthenticationFailed => steps.show_connector("AuthMechanism, PermissionGroups, RequireTLS"),
        Cause::Throttled => steps.show_connector(
            "MaxInboundConnection, MaxInboundConnectionPerSource, MaxInboundConnectionPercentagePerSource, MessageRateLimit, MessageRateSource",
        ),
        Cause::MessageRejected => steps.show_connector("RemoteIPRanges, AuthMechanism, PermissionGroups, MaxMessageSize"),
        _ => steps.show_service(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::cause::CAUSES;
    use crate::log::certificate::Certificate;
    use crate::log::header::Columns;
    use crate::log::record::Splitter;
    use crate::session::Place;

    const HOSTILE: &str = "a'; Remove-Item C:\\ \u{2019}; $(calc) `n #";

    fn remedy_for(log_type: LogType, cause: Cause) -> Vec<String> {
        let line = format!("2024-01-01T00:00:00.000Z,{HOSTILE},S,0,10.0.0.1:1,192.0.2.1:25,+,,");
        let mut splitter = Splitter::default();
        let (record, _) = splitter.split(line.as_bytes(), &Columns::standard()).unwrap();
        let mut session = Session::new(log_type, 0, &record, Place::default());
        session.remote = "192.0.2.1:25".to_owned();
        let hostile = Some(HOSTILE.to_owned());
        let certificate = Certificate {
            subject: hostile.clone(),
            issuer: hostile.clone(),
            serial_number: hostile.clone(),
            thumbprint: hostile,
            ..Certificate::default()
        };
        let pair = Pair { own: Some(certificate.clone()), peer: Some(certificate) };
        remedy(&session, &Mark::new(cause, cause.info().stage, Place::default()), &pair)
    }

    #[test]
    fn every_cause_has_a_remedy_in_which_nothing_from_a_log_can_run() {
        // Quoted: both the plain quote and the typographic one are doubled.
        let quoted = "'a''; Remove-Item C:\\ \u{2019}\u{2019}; $(calc) `n #'";
        let mut seen = 0;
        for info in &CAUSES {
            for log_type in [LogType::Send, LogType::Receive] {
                let lines = remedy_for(log_type, info.cause);
                assert!(!lines.is_empty(), "{} {log_type}", info.name);
                for line in lines {
                    assert!(!line.contains(['\n', '\r']), "{line}");
                    seen += line.matches("calc").count();
                    assert!(!line.replace(quoted, "").contains("calc"), "{}: {line}", info.name);
                }
            }
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn a_certificate_is_removed_only_behind_the_check() {
        let lines = remedy_for(LogType::Send, Cause::OwnCertificateNoKey);
        let removes: Vec<&String> =
            lines.iter().filter(|line| line.contains("Remove-Item -Confirm")).collect();
        assert_eq!(removes.len(), 1);
        assert!(removes[0].contains("-not $_.HasPrivateKey"));
        assert!(lines[0].contains("HasPrivateKey"));
    }
}
