//! Commands for the findings about a receive connector: first what shows it,
//! then what changes it. Printed, never run; every value is quoted.

use super::finding::{Code, Finding};
use super::flags::{AUTH_MECHANISMS, PERMISSION_GROUPS};
use super::judge::is_own_name;
use super::{ReceiveConnector, Request};
use crate::cert::finding::Severity;
use crate::text::quote;

/// The commands, in order; none where there is nothing to do.
pub fn remedy(
    request: &Request,
    connector: &ReceiveConnector,
    findings: &[Finding],
) -> Vec<String> {
    if findings.iter().all(|finding| finding.severity == Severity::Info) {
        return Vec::new();
    }
    let has = |code: Code| findings.iter().any(|finding| finding.code == code);
    let name = quote(&connector.identity);
    let mut lines = vec![format!(
        "Get-ReceiveConnector -Identity {name} | Format-List -Property Enabled, Fqdn, Bindings, RemoteIPRanges, AuthMechanism, PermissionGroups, TlsCertificateName"
    )];
    let mut say = |words: &str| lines.push(words.to_owned());
    if has(Code::ExchangeServerInRelay) {
        say("# Best: take the addresses of the Exchange servers out of its RemoteIPRanges, so that they come to the connector that is meant for them.");
        say("# Who relays from them through this connector has to get another way first. The ranges as they are:");
        say(&format!("(Get-ReceiveConnector -Identity {name}).RemoteIPRanges | ForEach-Object {{ $_.ToString() }}"));
        say(&format!("Set-ReceiveConnector -Identity {name} -RemoteIPRanges '<first range>', '<second range>'"));
    }
    let external = connector.allows("ExternalAuthoritative") == Some(true);
    if external && (has(Code::ExchangeServerAuthMissing) || has(Code::ExternalAuthoritativeMixed)) {
        say("# ExternalAuthoritative cannot stand beside ExchangeServer. Give the callers it is meant for a connector of their own, with their addresses only;");
        say("# then give this one the mechanisms of a connector for Exchange servers:");
        say(&format!(
            "Set-ReceiveConnector -Identity {name} -AuthMechanism Tls, Integrated, ExchangeServer"
        ));
    } else if has(Code::ExchangeServerAuthMissing) || has(Code::TlsMissing) {
        if let Some(present) = &connector.auth_mechanism {
            let mut wanted = present.clone();
            if has(Code::TlsMissing) {
                wanted.insert(0, "Tls".to_owned());
            }
            if has(Code::ExchangeServerAuthMissing) {
                wanted.push("ExchangeServer".to_owned());
                foreign_name(request, connector, &name, &mut lines);
            }
            let flags = flags(&wanted, AUTH_MECHANISMS);
            lines.push(format!("Set-ReceiveConnector -Identity {name} -AuthMechanism {flags}"));
        }
    }
    let mut say = |words: &str| lines.push(words.to_owned());
    let group = connector.permits("ExchangeServers") == Some(false)
        && (has(Code::ExchangeServersNotPermitted) || has(Code::ExchangeServerAuthMissing));
    if let Some(present) = connector.permission_groups.as_ref().filter(|_| group) {
        // Custom is what was set by hand; it stays and cannot be given.
        let mut wanted: Vec<String> =
            present.iter().filter(|flag| !flag.eq_ignore_ascii_case("Custom")).cloned().collect();
        wanted.push("ExchangeServers".to_owned());
        let flags = flags(&wanted, PERMISSION_GROUPS);
        say(&format!("Set-ReceiveConnector -Identity {name} -PermissionGroups {flags}"));
    }
    if has(Code::FqdnNotOfServer) {
        say("# Clients that check the name need a connector of their own; this one must carry the server's name, or none:");
        say(&format!(
            "Set-ReceiveConnector -Identity {name} -Fqdn {}",
            own_name(request, connector)
        ));
    }
    if has(Code::XAnonymousTlsSuppressed) {
        say("# Only if no WAN optimiser between the sites needs it:");
        say(&format!("Set-ReceiveConnector -Identity {name} -SuppressXAnonymousTls $false"));
    }
    if has(Code::TlsCertificateNameNotFound) {
        say("# The value of TlsCertificateName for each certificate of the server:");
        say("Get-ExchangeCertificate | Format-List -Property Thumbprint, NotAfter, Services, @{ Name = 'TlsCertificateName'; Expression = { '<I>' + $_.Issuer + '<S>' + $_.Subject } }");
        say(&format!("Set-ReceiveConnector -Identity {name} -TlsCertificateName '<I>...<S>...'"));
    }
    lines
}

/// Exchange refuses ExchangeServer on a connector with another name than the server's.
fn foreign_name(
    request: &Request,
    connector: &ReceiveConnector,
    name: &str,
    lines: &mut Vec<String>,
) {
    let Some(fqdn) = connector.fqdn.as_deref().filter(|fqdn| !fqdn.is_empty()) else { return };
    if connector.server.is_some() && !is_own_name(request, connector, fqdn) {
        lines.push("# With another Fqdn than the server's own name Exchange refuses ExchangeServer authentication; clients that check the name need a connector of their own:".to_owned());
        let own = own_name(request, connector);
        lines.push(format!("Set-ReceiveConnector -Identity {name} -Fqdn {own}"));
    }
}

fn own_name(request: &Request, connector: &ReceiveConnector) -> String {
    let server = connector.server.as_deref().unwrap_or_default();
    let full = request.servers.iter().filter(|one| one.is_called(server));
    full.filter_map(|one| one.fqdn.as_deref()).next().map_or_else(|| quote(server), quote)
}

/// `Tls, ExchangeServer`: names of the enumeration stand bare, others as data.
fn flags(names: &[String], known: &[(u64, &str)]) -> String {
    let word =
        |name: &String| match known.iter().find(|(_, usual)| usual.eq_ignore_ascii_case(name)) {
            Some((_, usual)) => (*usual).to_owned(),
            None => quote(name),
        };
    names.iter().map(word).collect::<Vec<_>>().join(", ")
}
