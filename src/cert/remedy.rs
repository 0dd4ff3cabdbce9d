//! What to do about a finding, as commands to paste.
//!
//! Nothing here is run. What came from a certificate or a connector goes into
//! a command through [`quote`] alone. A step that takes something away stands
//! behind the check that shows whether it may.

use std::collections::HashMap;

use super::connector::{is_public_host, CertificateName, SendConnector};
use super::finding::{Code, Finding, Severity};
use super::general_name::GeneralName;
use super::hostname::Host;
use super::identifier::Identifier;
use super::judge::Judged;
use super::path::{End, Why};
use super::selection::{Ask, Wanted};
use super::{Input, Request};
use crate::text::quote;

const RESTART: &str = "Restart-Service MSExchangeTransport";

/// For an imported intermediate: the service that answers callers sends it too.
const RESTART_FRONT_END: &str =
    "Get-Service -Name MSExchangeFrontEndTransport -ErrorAction SilentlyContinue | Restart-Service";

/// The commands for one certificate, in order.
pub(crate) fn for_certificate(
    place: usize,
    request: &Request,
    judged: &[Result<Judged, String>],
    twins: &HashMap<usize, Vec<usize>>,
    asks: &[Ask],
) -> Vec<String> {
    let Some(Ok(one)) = judged.get(place) else { return Vec::new() };
    let writer = Writer { place, one, request, judged, asks };
    let own = |code| has(one, code, Some(false));
    let above = |code| has(one, code, Some(true));
    let any = |code| has(one, code, None);
    let mut out = Vec::new();
    let better = twins.get(&place).and_then(|others| writer.better(others));

    let spent = own(Code::Expired) || own(Code::Revoked) || own(Code::NoPrivateKey);
    let ending = own(Code::Expired) || own(Code::Revoked) || own(Code::ExpiresSoon);
    match better {
        Some(better) if spent || ending => {
            writer.enable_better(better, &mut out);
            if spent {
                writer.remove(better, &mut out);
            }
        }
        Some(_) => {}
        // What has no key cannot be renewed by Exchange, which does not list it.
        None if own(Code::NoPrivateKey) && ending => writer.request_new(&mut out),
        None if own(Code::NoPrivateKey) => writer.repair_key(&mut out),
        None if ending => writer.renew(&mut out),
        None => {}
    }
    if any(Code::MissingIntermediate) {
        writer.import_intermediate(&mut out);
    }
    if above(Code::Expired) || above(Code::Revoked) {
        writer.replace_issuer(above(Code::Revoked), &mut out);
    }
    if any(Code::UntrustedRoot) {
        writer.import_root(&mut out);
    }
    if needs_new_certificate(one) && out.is_empty() {
        writer.request_new(&mut out);
    }
    if own(Code::NotEnabledForSmtp) && !spent {
        writer.enable(place, &mut out);
    }
    if any(Code::TlsCertificateNameNotFound) {
        writer.name_certificate(&mut out);
    }
    if out.is_empty() && (any(Code::AmbiguousTlsCertificateName) || any(Code::DuplicateSubject)) {
        writer.show_twins(&mut out);
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|line| seen.insert(line.clone()));
    out
}

/// Whether there is a finding worth acting on; with `of_issuer`, only about an
/// issuer in the chain, or only about the certificate itself.
fn has(one: &Judged, code: Code, of_issuer: Option<bool>) -> bool {
    one.findings.iter().any(|finding| {
        finding.code == code
            && finding.severity > Severity::Info
            && of_issuer.is_none_or(|wanted| wanted == finding.of_issuer)
    })
}

/// Findings that only another certificate makes good.
fn needs_new_certificate(one: &Judged) -> bool {
    one.findings.iter().any(asks_for_another)
}

fn asks_for_another(finding: &Finding) -> bool {
    use Code::*;
    match finding.code {
        NameMismatch | SelfSigned | WeakKey | WeakSignature | KeyUsage | ServerAuthMissing => {
            finding.severity == Severity::Error
        }
        ClientAuthMissing | CommonNameOnly => finding.severity == Severity::Warning,
        _ => false,
    }
}

struct Writer<'a> {
    place: usize,
    one: &'a Judged,
    request: &'a Request,
    judged: &'a [Result<Judged, String>],
    asks: &'a [Ask],
}

impl Writer<'_> {
    fn thumbprint(&self) -> String {
        quote(&self.one.certificate.thumbprint)
    }

    fn input(&self, place: usize) -> &Input {
        &self.request.certificates[place]
    }

    /// The twin to keep: good but for its services, which can be given to it,
    /// and the last to expire. Beside a certificate that can still be used only
    /// one that lasts longer is better.
    fn better(&self, twins: &[usize]) -> Option<usize> {
        let spent = self.one.is_unusable_but_for_services();
        let (place, kept) = twins
            .iter()
            .filter_map(|&twin| Some((twin, self.judged[twin].as_ref().ok()?)))
            .filter(|(twin, one)| {
                !one.is_unusable_but_for_services()
                    && self.input(*twin).has_private_key != Some(false)
            })
            .max_by_key(|(_, one)| one.certificate.not_after)?;
        let outlasts = kept.certificate.not_after > self.one.certificate.not_after;
        (spent || outlasts).then_some(place)
    }

    /// Whether a send connector presents it to the outside, or a peer asks for its name.
    fn is_for_outside(&self) -> bool {
        self.request.fqdn.is_some()
            || self.request.send_connectors.iter().any(SendConnector::is_validated_outside)
    }

    /// Gives a certificate SMTP: plainly where a connector counts on it, or it
    /// takes the place of one that has it.
    fn enable(&self, place: usize, out: &mut Vec<String>) {
        let Some(Ok(one)) = self.judged.get(place) else { return };
        let counted_on = one.findings.iter().any(|finding| {
            finding.code == Code::NotEnabledForSmtp && finding.severity == Severity::Error
        });
        if !counted_on && self.input(self.place).is_enabled_for_smtp() != Some(true) {
            out.push(
                "# only if it is meant for SMTP, and not for IIS or another product alone:"
                    .to_owned(),
            );
        }
        out.push(format!(
            "Enable-ExchangeCertificate -Thumbprint {} -Services SMTP  # answer N when asked to replace the default certificate",
            quote(&one.certificate.thumbprint)
        ));
    }

    /// The renewal that nobody bound to SMTP (KB 4051498).
    fn enable_better(&self, better: usize, out: &mut Vec<String>) {
        if self.input(better).is_enabled_for_smtp() == Some(false) {
            out.push("# its renewal is here and lacks SMTP:".to_owned());
            self.enable(better, out);
        }
    }

    /// The connectors that ask for this certificate by name.
    fn connectors(&self) -> Vec<&str> {
        self.asks
            .iter()
            .filter(|ask| ask.is_by_identifier() && ask.is_answered_by(self.place))
            .filter_map(|ask| ask.connector.as_deref())
            .collect()
    }

    /// The key may be there and only its link to the certificate lost.
    fn repair_key(&self, out: &mut Vec<String>) {
        let thumbprint = self.thumbprint();
        out.push(format!(
            "certutil -repairstore My {thumbprint}  # finds the key again if it is on this server"
        ));
        out.push(format!(
            "Get-Item -LiteralPath ('Cert:\\LocalMachine\\My\\' + {thumbprint}) | Format-List Thumbprint, HasPrivateKey  # go on only if it still has none"
        ));
    }

    /// Takes this certificate away in favour of its twin.
    fn remove(&self, better: usize, out: &mut Vec<String>) {
        let Ok(kept) = &self.judged[better] else { return };
        let (gone, kept) = (self.thumbprint(), quote(&kept.certificate.thumbprint));
        out.push(format!(
            "Get-ExchangeCertificate -Thumbprint {kept} | Format-List Thumbprint, NotAfter, HasPrivateKey, Services, Status  # go on only if it has its key, SMTP and Status Valid"
        ));
        // Exchange does not list what has no key, and so neither binds nor removes it.
        let keyless = self.input(self.place).has_private_key == Some(false);
        if !keyless {
            out.push(format!(
                "Get-ExchangeCertificate -Thumbprint {gone} | Format-List Thumbprint, NotAfter, Services  # go on only if it has no service that the other lacks"
            ));
        }
        out.push(format!(
            "$bindings = @(netsh http show sslcert); \"netsh: status $LASTEXITCODE, $($bindings.Count) lines\"; $bindings | Select-String -SimpleMatch -Pattern {gone}  # go on only if the status is 0, there are lines and none is shown"
        ));
        out.push(format!(
            "Get-AuthConfig | Format-List CurrentCertificateThumbprint, NextCertificateThumbprint, PreviousCertificateThumbprint  # go on only if none is {gone}; Edge servers have none"
        ));
        let connectors = self.connectors();
        let value = quote(&Identifier::compose(
            &self.one.certificate.issuer,
            &self.one.certificate.subject,
        ));
        if connectors.is_empty() {
            out.push(format!(
                "$connectors = Get-SendConnector | Where-Object {{ \"$($_.TlsCertificateName)\" -eq {value} }}  # Exchange removes nothing that a connector names"
            ));
            out.push("$connectors | Set-SendConnector -TlsCertificateName $null".to_owned());
        }
        for name in &connectors {
            out.push(format!(
                "Set-SendConnector -Identity {} -TlsCertificateName $null",
                quote(name)
            ));
        }
        out.push(if keyless {
            format!("Get-ChildItem Cert:\\LocalMachine\\My | Where-Object {{ $_.Thumbprint -eq {gone} -and -not $_.HasPrivateKey }} | Remove-Item -Confirm")
        } else {
            format!("Remove-ExchangeCertificate -Thumbprint {gone}")
        });
        if connectors.is_empty() {
            out.push(format!("$connectors | Set-SendConnector -TlsCertificateName {value}"));
        }
        for name in &connectors {
            out.push(format!(
                "$certificate = Get-ExchangeCertificate -Thumbprint {kept}; Set-SendConnector -Identity {} -TlsCertificateName ('<I>' + $certificate.Issuer + '<S>' + $certificate.Subject)",
                quote(name)
            ));
        }
        out.push(RESTART.to_owned());
    }

    fn renew(&self, out: &mut Vec<String>) {
        if self.one.self_signed {
            out.push(format!(
                "Get-ExchangeCertificate -Thumbprint {} | New-ExchangeCertificate -Services SMTP  # a self-signed one as before",
                self.thumbprint()
            ));
        } else {
            out.push(format!(
                "Get-ExchangeCertificate -Thumbprint {} | New-ExchangeCertificate -GenerateRequest -PrivateKeyExportable $true | Set-Content -LiteralPath (Join-Path $env:TEMP 'renewal.req')  # for your CA; import its answer with Import-ExchangeCertificate",
                self.thumbprint()
            ));
        }
    }

    /// The names that a new certificate must carry: those of the old one, and
    /// the one that is asked for. Inner names stay where the same CA can issue
    /// for them, and not in place of a self-signed certificate: no CA would.
    fn wanted_names(&self) -> Vec<String> {
        let certificate = &self.one.certificate;
        let mut seen = std::collections::HashSet::new();
        let mut names = Vec::new();
        let mut add = |text: &str, inner: bool| {
            // An address is no DomainName.
            if let Ok(Host::Dns(name)) = Host::parse(text) {
                if (inner || is_public_host(&name)) && seen.insert(name.clone()) {
                    names.push(name);
                }
            }
        };
        for name in certificate.subject.common_names() {
            add(name, false);
        }
        for name in certificate.alternate_names() {
            if let GeneralName::Dns(text) = name {
                add(text, !self.one.self_signed);
            }
        }
        if let Some(fqdn) = &self.request.fqdn {
            add(fqdn, true);
        }
        for fqdn in self.request.send_connectors.iter().filter_map(|one| one.fqdn.as_deref()) {
            add(fqdn, false);
        }
        names
    }

    fn request_new(&self, out: &mut Vec<String>) {
        if self.one.findings.iter().any(|one| one.of_issuer && asks_for_another(one)) {
            out.push("# from another CA: what is wrong is wrong with a CA of the chain, and so with all that it issues".to_owned());
        }
        let certificate = &self.one.certificate;
        let mut names = self.wanted_names();
        if names.is_empty() {
            out.push("# put the names that peers use in place of mail.contoso.com".to_owned());
            names.push("mail.contoso.com".to_owned());
        }
        let subject = if self.one.self_signed || certificate.subject.is_empty() {
            format!("('CN=' + {})", quote(&names[0]))
        } else {
            // As it was, or TlsCertificateName no longer matches.
            quote(&certificate.subject_text)
        };
        let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
        out.push(format!(
            "New-ExchangeCertificate -GenerateRequest -SubjectName {subject} -DomainName {} -KeySize 2048 -PrivateKeyExportable $true | Set-Content -LiteralPath (Join-Path $env:TEMP 'certificate.req')",
            names.join(", ")
        ));
        if has(self.one, Code::ClientAuthMissing, Some(false)) {
            out.push("# ask the CA for server and client authentication; many public CAs no longer issue the latter".to_owned());
        }
    }

    fn import_intermediate(&self, out: &mut Vec<String>) {
        if self.one.path.end == End::Missing(Why::Loop) {
            out.push("# the CAs given issued one another, and another intermediate does not help: what lacks is a trusted root, see UntrustedRoot".to_owned());
            return;
        }
        let urls = &self.one.path.issuer_urls;
        let web = urls.iter().find(|url| {
            let lower = url.to_ascii_lowercase();
            lower.starts_with("http://") || lower.starts_with("https://")
        });
        if let Some(url) = web {
            out.push(format!(
                "Invoke-WebRequest -UseBasicParsing -Uri {} -OutFile .\\intermediate.cer  # where there is internet",
                quote(url)
            ));
        }
        out.push(
            "certutil -dump .\\intermediate.cer  # go on only if this is the issuer that is wanted; if it issued itself it is a root: see UntrustedRoot"
                .to_owned(),
        );
        import_ca(out);
    }

    /// A CA of the chain has expired or was revoked; the certificate itself may be good.
    fn replace_issuer(&self, revoked: bool, out: &mut Vec<String>) {
        if revoked {
            out.push("# a CA of the chain was revoked: ask its owner why; where it was merely replaced, import its renewed certificate, else all that it issued is lost:".to_owned());
        } else {
            out.push("# a CA of the chain has expired: import its renewed certificate, of the same name and key:".to_owned());
        }
        out.push("certutil -dump .\\intermediate.cer  # go on only if this is the renewed CA; if it issued itself it is a root: see UntrustedRoot".to_owned());
        import_ca(out);
        if revoked {
            out.push("# if it is lost, request one from another CA:".to_owned());
            self.request_new(out);
        }
    }

    fn import_root(&self, out: &mut Vec<String>) {
        out.push("# importing a root here changes nothing for a peer outside: only a certificate of a public CA does".to_owned());
        if self.is_for_outside() {
            self.request_new(out);
            out.push("# only if no peer but those of this organization must trust it:".to_owned());
        }
        out.push("certutil -dump .\\root.cer  # go on only if its thumbprint is the one the CA publishes: a trusted root can vouch for any name".to_owned());
        out.push(
            "Import-Certificate -FilePath .\\root.cer -CertStoreLocation Cert:\\LocalMachine\\Root"
                .to_owned(),
        );
    }

    /// Makes the connectors name a certificate that is there.
    fn name_certificate(&self, out: &mut Vec<String>) {
        out.push("Get-ExchangeCertificate | Format-List Thumbprint, Issuer, Subject, NotAfter, Services, Status  # choose the one to use".to_owned());
        let certificate = &self.one.certificate;
        let value = Identifier::compose(&certificate.issuer, &certificate.subject);
        let input = self.input(self.place);
        if self.one.is_unusable() || input.is_unfit() {
            out.push("# not this one: make good first what is wrong with it".to_owned());
            return;
        }
        let unmatched =
            self.asks.iter().filter(|ask| ask.is_by_identifier() && ask.matches.is_empty());
        for ask in unmatched {
            let connector = match (&ask.connector, &ask.wanted) {
                (Some(name), _) => format!("Set-SendConnector -Identity {}", quote(name)),
                (None, Wanted::Identifier { text, .. }) => format!(
                    "Get-SendConnector | Where-Object {{ \"$($_.TlsCertificateName)\" -eq {} }} | Set-SendConnector",
                    quote(text)
                ),
                (None, Wanted::Host(_)) => continue,
            };
            out.push(format!("{connector} -TlsCertificateName {}", quote(&value)));
        }
        out.push(RESTART.to_owned());
    }

    fn show_twins(&self, out: &mut Vec<String>) {
        let certificate = &self.one.certificate;
        out.push(format!(
            "Get-ChildItem Cert:\\LocalMachine\\My | Where-Object {{ $_.Subject -eq {} -and $_.Issuer -eq {} }} | Format-List Thumbprint, NotBefore, NotAfter, HasPrivateKey  # keep one",
            quote(&certificate.subject_text),
            quote(&certificate.issuer_text)
        ));
        let named =
            self.request.send_connectors.iter().any(|connector| {
                matches!(connector.tls_certificate_name, CertificateName::Named(_))
            });
        if !named {
            out.push("Get-SendConnector | Where-Object TlsCertificateName | Format-List Name, TlsCertificateName".to_owned());
        }
    }
}

fn import_ca(out: &mut Vec<String>) {
    out.push("Import-Certificate -FilePath .\\intermediate.cer -CertStoreLocation Cert:\\LocalMachine\\CA".to_owned());
    out.push(RESTART.to_owned());
    out.push(RESTART_FRONT_END.to_owned());
}
