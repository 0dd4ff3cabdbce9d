//! What to do about a finding, as commands to paste.
//!
//! Nothing here is run. What came from a certificate or a connector goes into
//! a command through [`quote`] alone. A step that takes something away stands
//! behind the check that shows whether it may.

use std::collections::HashMap;

use super::connector::CertificateName;
use super::finding::{Code, Severity};
use super::identifier::Identifier;
use super::judge::Judged;
use super::selection::Ask;
use super::{Input, Request};
use crate::text::quote;

const RESTART: &str = "Restart-Service MSExchangeTransport";

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
    let own = |code| has(one, code, true);
    let any = |code| has(one, code, false);
    let mut out = Vec::new();
    let better = twins.get(&place).and_then(|others| writer.better(others));

    let spent = own(Code::Expired) || own(Code::Revoked) || own(Code::NoPrivateKey);
    if own(Code::NoPrivateKey) && !own(Code::Expired) && !own(Code::Revoked) {
        writer.repair_key(&mut out);
    }
    match better {
        Some(better) if spent => writer.remove(better, &mut out),
        _ if own(Code::Expired) || own(Code::Revoked) || own(Code::ExpiresSoon) => {
            writer.renew(&mut out);
        }
        _ => {}
    }
    if any(Code::NotEnabledForSmtp) && !spent {
        out.push(format!(
            "Enable-ExchangeCertificate -Thumbprint {} -Services SMTP  # answer N when asked to replace the default certificate",
            writer.thumbprint()
        ));
    }
    if any(Code::MissingIntermediate) {
        writer.import_intermediate(&mut out);
    }
    if any(Code::UntrustedRoot) {
        writer.import_root(&mut out);
    }
    if needs_new_certificate(one) && out.is_empty() {
        writer.request_new(&mut out);
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

/// Whether there is a finding worth acting on; with `own`, about the certificate itself.
fn has(one: &Judged, code: Code, own: bool) -> bool {
    one.findings.iter().any(|finding| {
        finding.code == code && finding.severity > Severity::Info && !(own && finding.of_issuer)
    })
}

/// Findings that only another certificate makes good.
fn needs_new_certificate(one: &Judged) -> bool {
    use Code::*;
    one.findings.iter().any(|finding| match finding.code {
        NameMismatch | SelfSigned | WeakKey | WeakSignature | KeyUsage | ServerAuthMissing => {
            finding.severity == Severity::Error
        }
        ClientAuthMissing | CommonNameOnly => finding.severity == Severity::Warning,
        _ => false,
    })
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

    /// The twin to keep: usable, and the last to expire.
    fn better(&self, twins: &[usize]) -> Option<usize> {
        twins
            .iter()
            .copied()
            .filter(|&twin| {
                let usable = self.judged[twin].as_ref().is_ok_and(|twin| !twin.is_unusable());
                usable && self.input(twin).has_private_key != Some(false)
            })
            .max_by_key(|&twin| {
                self.judged[twin].as_ref().map_or(0, |one| one.certificate.not_after)
            })
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
        out.push(format!(
            "Get-ChildItem IIS:\\SslBindings | Where-Object Thumbprint -eq {gone}  # go on only if nothing is listed"
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
        // Exchange does not list what has no key, and so cannot remove it.
        out.push(if self.input(self.place).has_private_key == Some(false) {
            format!("Remove-Item -LiteralPath ('Cert:\\LocalMachine\\My\\' + {gone}) -Confirm")
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

    fn request_new(&self, out: &mut Vec<String>) {
        let certificate = &self.one.certificate;
        let mut fqdns = self.request.send_connectors.iter().map(|one| one.fqdn.as_deref());
        let name = self
            .request
            .fqdn
            .as_deref()
            .or_else(|| fqdns.find_map(|fqdn| fqdn))
            .or_else(|| certificate.subject.common_names().next())
            .unwrap_or("mail.contoso.com");
        out.push(format!(
            "New-ExchangeCertificate -GenerateRequest -SubjectName ('CN=' + {0}) -DomainName {0} -KeySize 2048 -PrivateKeyExportable $true | Set-Content -LiteralPath (Join-Path $env:TEMP 'certificate.req')",
            quote(name)
        ));
        if has(self.one, Code::ClientAuthMissing, true) {
            out.push("# ask the CA for server and client authentication; many public CAs no longer issue the latter".to_owned());
        }
    }

    fn import_intermediate(&self, out: &mut Vec<String>) {
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
            "certutil -dump .\\intermediate.cer  # go on only if this is the issuer that is wanted"
                .to_owned(),
        );
        out.push("Import-Certificate -FilePath .\\intermediate.cer -CertStoreLocation Cert:\\LocalMachine\\CA".to_owned());
        out.push(RESTART.to_owned());
    }

    fn import_root(&self, out: &mut Vec<String>) {
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
        let unmatched =
            self.asks.iter().filter(|ask| ask.is_by_identifier() && ask.matches.is_empty());
        for ask in unmatched {
            let name = ask.connector.as_deref().map_or_else(|| "$connector".to_owned(), quote);
            out.push(format!(
                "Set-SendConnector -Identity {name} -TlsCertificateName {}",
                quote(&value)
            ));
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
