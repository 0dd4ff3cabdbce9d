//! Sessions that failed, with the cause by the name users read.
//!
//! The causes are written here as the contract states them, not taken from the
//! crate: the generator is what the crate is checked against. One scene in
//! five holds no word that marks a failure: only following the session shows it.

use super::scene::Scene;
use super::world::{
    CLIENTS, FABRIKAM, FRONTEND, INTERNAL, INTERNET, OFFICE, PARTNER, POSTFIX, RELAY,
};
use super::{losses, refusals};

/// Send sessions that failed.
pub const SEND: &[Scene] = &[
    Scene::failing("OwnCertificateNotEnabled", &[&OFFICE, &PARTNER], losses::unknown_credentials),
    Scene::failing("OwnCertificateNoKey", &[&OFFICE, &INTERNET], losses::no_credentials),
    Scene::failing("OwnCertificateNotFound", &[&OFFICE, &PARTNER], refusals::certificate_not_found),
    Scene::failing("OwnCertificateRejected", &[&OFFICE, &PARTNER], refusals::certificate_refused),
    Scene::failing("PeerCertificateUntrusted", &[&PARTNER, &INTERNET], refusals::peer_untrusted),
    Scene::failing("PeerCertificateExpired", &[&PARTNER, &INTERNET], refusals::peer_expired),
    Scene::failing("PeerCertificateNameMismatch", &[&PARTNER], refusals::peer_mismatch),
    Scene::failing("PeerCertificateRevoked", &[&PARTNER], refusals::peer_revoked),
    Scene::failing("TlsPolicyFailed", &[&POSTFIX], refusals::mta_sts),
    Scene::failing("TlsPolicyFailed", &[&PARTNER], refusals::domain_security),
    Scene::failing("TlsAborted", &[&OFFICE, &INTERNET, &POSTFIX], losses::socket_error),
    Scene::failing("TlsAborted", &[&OFFICE, &INTERNET, &POSTFIX], losses::end_in_handshake),
    Scene::failing("TlsAborted", &[&OFFICE, &INTERNAL, &POSTFIX], losses::end_before_handshake),
    Scene::failing("TlsNoCommonAlgorithm", &[&INTERNET, &POSTFIX], losses::algorithm_mismatch),
    Scene::failing("TlsGarbled", &[&INTERNET, &POSTFIX], losses::illegal_message),
    Scene::failing("TlsFailed", &[&INTERNET, &POSTFIX], losses::internal_error),
    Scene::failing("TlsFailed", &[&PARTNER], refusals::start_tls_refused),
    Scene::failing("StartTlsNotOffered", &[&OFFICE, &PARTNER], refusals::no_start_tls),
    Scene::failing("ExchangeAuthUnavailable", &[&INTERNAL], refusals::no_exchange_authentication),
    Scene::failing("AuthenticationFailed", &[&INTERNAL], refusals::outbound_log_on_denied),
    Scene::failing("TenantNotAttributed", &[&OFFICE], refusals::tenant_attribution),
    Scene::failing("ConnectionRefused", &[&INTERNET, &POSTFIX, &INTERNAL], losses::refused),
    Scene::failing("ConnectionTimedOut", &[&OFFICE, &INTERNET, &PARTNER], losses::timed_out),
    Scene::failing("NetworkUnreachable", &[&INTERNET], losses::unreachable),
    Scene::failing("ConnectFailed", &[&INTERNET, &POSTFIX], losses::forbidden),
    Scene::failing("DnsFailed", &[&POSTFIX], losses::no_such_host),
    Scene::failing(
        "ConnectionLost",
        &[&OFFICE, &INTERNET, &POSTFIX, &INTERNAL],
        losses::lost_in_body,
    ),
    Scene::failing("ConnectionLost", &[&OFFICE, &INTERNET, &POSTFIX], losses::lost_after_hello),
    Scene::failing("ConnectionLost", &[&INTERNET, &POSTFIX], losses::lost_before_banner),
    Scene::failing("ConnectionLost", &[&INTERNET, &PARTNER], losses::lost_at_start_tls),
    Scene::failing("ServiceUnavailable", &[&INTERNET, &INTERNAL], refusals::not_available),
    Scene::failing("ServiceUnavailable", &[&POSTFIX], refusals::no_access),
    Scene::failing("Throttled", &[&INTERNET, &POSTFIX], refusals::too_many_connections),
];

/// Receive sessions that failed.
pub const RECEIVE: &[Scene] = &[
    Scene::failing("OwnCertificateNotEnabled", &[&FRONTEND], losses::unknown_credentials),
    Scene::failing("OwnCertificateNoKey", &[&FRONTEND, &CLIENTS], losses::no_credentials),
    Scene::failing("PeerCertificateUntrusted", &[&FABRIKAM], refusals::peer_refused_untrusted),
    Scene::failing("PeerCertificateExpired", &[&FABRIKAM], refusals::peer_refused_expired),
    Scene::failing("PeerCertificateNameMismatch", &[&FABRIKAM], refusals::peer_refused_mismatch),
    Scene::failing("TlsPolicyFailed", &[&FABRIKAM], refusals::domain_security),
    Scene::failing("TlsAborted", &[&FRONTEND, &CLIENTS], losses::socket_error),
    Scene::failing("TlsAborted", &[&FRONTEND, &CLIENTS], losses::end_in_handshake),
    Scene::failing("TlsAborted", &[&FRONTEND, &CLIENTS], losses::end_before_handshake),
    Scene::failing("TlsNoCommonAlgorithm", &[&FRONTEND], losses::algorithm_mismatch),
    Scene::failing("TlsGarbled", &[&FRONTEND], losses::illegal_message),
    Scene::failing("TlsFailed", &[&FRONTEND], losses::internal_error),
    Scene::failing("TlsFailed", &[&FRONTEND, &FABRIKAM], refusals::start_tls_refused),
    Scene::failing("StartTlsNotOffered", &[&FABRIKAM], refusals::tls_not_used),
    Scene::failing("AuthenticationFailed", &[&CLIENTS], refusals::inbound_log_on_denied),
    Scene::failing("ConnectionLost", &[&FRONTEND, &RELAY, &CLIENTS], losses::lost_in_body),
    Scene::failing("ConnectionLost", &[&FRONTEND, &RELAY], losses::lost_after_recipients),
    Scene::failing("ConnectionLost", &[&CLIENTS], losses::lost_in_log_on),
    Scene::failing("ServiceUnavailable", &[&FRONTEND, &RELAY], refusals::not_available),
    Scene::failing("Throttled", &[&FRONTEND, &RELAY], refusals::too_many_connections),
];
