//! Puts the findings of a certificate together: its own, those of its chain,
//! and those about it among the others.

use std::collections::{HashMap, HashSet};

use super::certificate::Certificate;
use super::finding::{Code, Finding, Severity, Verdict};
use super::hostname::Host;
use super::identifier::Identifier;
use super::path::{Builder, End, Path};
use super::pool::Pool;
use super::read::presentable;
use super::remedy;
use super::revocation::Lists;
use super::selection::{self, Ask, Wanted};
use super::signature::Check;
use super::standpoint::{Role, Standpoint};
use super::{
    issuer_rule, names, strength, usage, validity, well_formed, CertificateTest, ChainElement,
    Input, Outcome, Request,
};

/// From this many certificates on the work is divided among threads; below, starting
/// one costs more than it saves.
const PARALLEL_FROM: usize = 64;

/// A certificate that could be read, with what was found so far.
pub(crate) struct Judged {
    pub certificate: Certificate,
    pub self_signed: bool,
    pub trusted: bool,
    pub path: Path,
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether there is an Error about it that is not about names.
    pub fn is_unusable(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Whether there is an Error other than that it lacks SMTP.
    pub fn is_unusable_but_for_services(&self) -> bool {
        self.errors().any(|code| code != Code::NotEnabledForSmtp)
    }

    fn errors(&self) -> impl Iterator<Item = Code> + '_ {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.code)
            .filter(|&code| !is_about_naming(code))
    }
}

fn is_about_naming(code: Code) -> bool {
    matches!(
        code,
        Code::NameMismatch | Code::AmbiguousTlsCertificateName | Code::TlsCertificateNameNotFound
    )
}

/// Everything that is the same for all certificates of a request.
struct Judge<'a> {
    builder: Builder<'a>,
    fqdn: Option<(&'a str, Result<Host, String>)>,
}

/// Tests every certificate of a request.
pub(crate) fn judge(request: &Request) -> Outcome {
    let at = request.at.unix_millis().div_euclid(1000);
    let (pool, mut unreadable) = Pool::new(&request.roots, &request.intermediates, at);
    let (lists, more) = Lists::new(&request.lists);
    unreadable.extend(more);
    let standpoint = Standpoint {
        at,
        warning_days: i64::from(request.expiry_warning_days),
        server: request.fqdn.is_some(),
        outbound: !request.send_connectors.is_empty() || request.tls_certificate_name.is_some(),
    };
    let judge = Judge {
        builder: Builder {
            pool: &pool,
            lists: &lists,
            standpoint: &standpoint,
            limits: request.limits,
        },
        fqdn: request.fqdn.as_deref().map(|typed| (typed, Host::parse(typed))),
    };
    let mut judged = in_parallel(&request.certificates, |input| judge.one(input));
    let readable: Vec<(usize, &Certificate)> = judged
        .iter()
        .enumerate()
        .filter_map(|(place, one)| one.as_ref().ok().map(|one| (place, &one.certificate)))
        .collect();

    let host = judge.fqdn.as_ref().and_then(|(_, host)| host.as_ref().ok());
    let mut asks =
        selection::asks(request.tls_certificate_name.as_deref(), host, &request.send_connectors);
    selection::select(&mut asks, &readable, &request.certificates, standpoint.at);
    let twins = selection::twins(&readable);

    judge_services(request, &asks, &mut judged);
    judge_self_signed(request, &asks, &mut judged);
    judge_twins(request, &twins, &mut judged, standpoint.at);
    judge_asks(&asks, &mut judged);

    let remedies: Vec<Vec<String>> = judged
        .iter()
        .enumerate()
        .map(|(place, one)| match one {
            Ok(_) => remedy::for_certificate(place, request, &judged, &twins, &asks),
            Err(_) => Vec::new(),
        })
        .collect();
    let presented = presented(&asks, &judged);
    let tests = judged
        .into_iter()
        .zip(&request.certificates)
        .zip(remedies)
        .map(|((one, input), remedy)| match one {
            Ok(one) => {
                let selected =
                    presented.as_ref().map(|all| all.contains(&one.certificate.thumbprint));
                finish(one, input, remedy, selected, &pool, standpoint.at)
            }
            Err(reason) => malformed(input, &reason),
        })
        .collect();
    Outcome { tests, unreadable }
}

impl Judge<'_> {
    /// What can be said of a certificate by itself and by its chain.
    fn one(&self, input: &Input) -> Result<Judged, String> {
        let der = input.content.as_ref().map_err(Clone::clone)?;
        let certificate =
            Certificate::from_der(der).map_err(|error| format!("it is no certificate: {error}"))?;
        let Builder { standpoint, lists, pool, .. } = self.builder;
        let path = self.builder.build(&certificate);
        let trusted = pool.anchor(&certificate).is_some();
        let self_signed = match path.end {
            End::SelfSigned => true,
            _ if trusted && certificate.is_self_issued() => {
                certificate.check_signature(&certificate.key) != Check::Bad
            }
            _ => false,
        };

        let mut findings = Vec::new();
        findings.extend(validity::check(&certificate, standpoint));
        well_formed::check(&certificate, &mut findings);
        let fqdn = self.fqdn.as_ref().map(|(typed, host)| (*typed, host));
        findings.extend(names::check(&certificate, fqdn));
        usage::check_key_usage(&certificate, standpoint, &mut findings);
        usage::check_purposes(&certificate, Role::Leaf, standpoint, &mut findings);
        strength::check_key(&certificate, Role::Leaf, &mut findings);
        strength::check_signature(&certificate, !self_signed && !trusted, &mut findings);
        if !self_signed && !trusted {
            findings.extend(lists.silence(&certificate));
            if path.above.is_empty() {
                findings.extend(lists.without_issuer(&certificate));
            }
        }
        issuer_rule::check(&certificate, Role::Leaf, &mut findings);
        findings.extend(path.findings.iter().cloned());
        if input.has_private_key == Some(false) {
            findings.push(Code::NoPrivateKey.about(
                &certificate.subject_text,
                "The private key is not on this server, so that TLS with it fails (NoCredentials).",
            ));
        }
        Ok(Judged { certificate, self_signed, trusted, path, findings })
    }
}

/// Does the same with each, in their order, on several threads where it is worth it.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads < 2 || items.len() < PARALLEL_FROM {
        return items.iter().map(work).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| match part.join() {
                Ok(results) => results,
                // The guard of the C ABI turns it into an error, as on one thread.
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

type AllJudged = [Result<Judged, String>];

fn judge_services(request: &Request, asks: &[Ask], judged: &mut AllJudged) {
    for (place, (one, input)) in judged.iter_mut().zip(&request.certificates).enumerate() {
        let (Ok(one), Some(false)) = (one, input.is_enabled_for_smtp()) else { continue };
        // Only where a connector counts on it is it known to fail.
        let wanted = asks.iter().any(|ask| ask.is_by_identifier() && ask.is_answered_by(place));
        let severity = if wanted { Severity::Error } else { Severity::Warning };
        one.findings.push(Code::NotEnabledForSmtp.weighing(
            severity,
            &one.certificate.subject_text,
            "It is not enabled for SMTP, so that a connector cannot use it (UnknownCredentials).",
        ));
    }
}

fn judge_self_signed(request: &Request, asks: &[Ask], judged: &mut AllJudged) {
    for (place, one) in judged.iter_mut().enumerate() {
        let Ok(one) = one else { continue };
        if !one.self_signed {
            continue;
        }
        let outside = request.send_connectors.iter().any(|connector| {
            connector.is_validated_outside() && may_present(&connector.name, place, asks)
        });
        let strict = !one.trusted && (request.fqdn.is_some() || outside);
        let severity = if strict { Severity::Error } else { Severity::Warning };
        let message = match (strict, one.trusted) {
            (true, _) => "It is self-signed: a peer that validates it has no reason to trust it.",
            (false, true) => "It is self-signed, and trusted because it is itself among the roots.",
            (false, false) => {
                "It is self-signed. Between Exchange servers that is normal; other peers that validate it refuse it."
            }
        };
        let element = one.certificate.subject_text.clone();
        one.findings.push(Code::SelfSigned.weighing(severity, &element, message));
    }
}

/// Whether a connector may present this certificate: it answers to what the
/// connector asks for, or nothing is known of what it asks for.
fn may_present(connector: &str, place: usize, asks: &[Ask]) -> bool {
    let mut its = asks.iter().filter(|ask| ask.connector.as_deref() == Some(connector)).peekable();
    its.peek().is_none() || its.any(|ask| ask.is_answered_by(place))
}

fn judge_twins(
    request: &Request,
    twins: &HashMap<usize, Vec<usize>>,
    judged: &mut AllJudged,
    at: i64,
) {
    let described: HashMap<usize, String> = twins
        .values()
        .flatten()
        .filter_map(|&place| {
            let one = judged[place].as_ref().ok()?;
            Some((place, describe(one, &request.certificates[place], at)))
        })
        .collect();
    for (&place, others) in twins {
        let Ok(one) = &mut judged[place] else { continue };
        let others: Vec<&str> =
            others.iter().filter_map(|other| described.get(other)).map(String::as_str).collect();
        let element = one.certificate.subject_text.clone();
        one.findings.push(Code::DuplicateSubject.about(
            &element,
            format!(
                "TlsCertificateName cannot tell it from {}: issuer and subject are the same.",
                others.join(" and ")
            ),
        ));
    }
}

/// `A1B2... (until 2026-01-01, expired, no private key)`
fn describe(one: &Judged, input: &Input, at: i64) -> String {
    let ends = one.certificate.ends().to_string();
    let mut facts = vec![format!("until {}", ends.get(..10).unwrap_or(&ends))];
    if one.certificate.not_after < at {
        facts.push("expired".to_owned());
    }
    if one.findings.iter().any(|finding| finding.code == Code::Revoked && !finding.of_issuer) {
        facts.push("revoked".to_owned());
    }
    if input.has_private_key == Some(false) {
        facts.push("no private key".to_owned());
    }
    format!("{} ({})", one.certificate.thumbprint, facts.join(", "))
}

fn judge_asks(asks: &[Ask], judged: &mut AllJudged) {
    for ask in asks {
        let Wanted::Identifier { text, read } = &ask.wanted else { continue };
        let asker = match &ask.connector {
            Some(name) => format!("The TlsCertificateName of the connector {}", presentable(name)),
            None => "The TlsCertificateName".to_owned(),
        };
        let distinct: HashSet<String> = ask
            .matches
            .iter()
            .filter_map(|&place| judged[place].as_ref().ok())
            .map(|one| one.certificate.thumbprint.clone())
            .collect();
        let unusable =
            ask.matches.iter().any(|&place| judged[place].as_ref().is_ok_and(Judged::is_unusable));
        let chosen = ask
            .selected
            .and_then(|place| judged[place].as_ref().ok())
            .map(|one| one.certificate.thumbprint.clone())
            .unwrap_or_default();
        let too_long =
            read.as_ref().map_or(text.encode_utf16().count() >= 256, Identifier::is_too_long);
        for (place, one) in judged.iter_mut().enumerate() {
            let Ok(one) = one else { continue };
            let element = one.certificate.subject_text.clone();
            let matches = ask.is_answered_by(place);
            if ask.matches.is_empty() {
                let why = match read {
                    Ok(_) => "no certificate here has that issuer and subject".to_owned(),
                    Err(why) => format!("it must read <I>issuer<S>subject, but {why}"),
                };
                one.findings.push(Code::TlsCertificateNameNotFound.about(
                    &element,
                    format!("{asker} is \"{}\": {why} (454 4.7.5).", presentable(text)),
                ));
            }
            if matches && distinct.len() > 1 {
                let severity = if unusable { Severity::Error } else { Severity::Warning };
                one.findings.push(Code::AmbiguousTlsCertificateName.weighing(
                    severity,
                    &element,
                    format!(
                        "{asker} matches {} certificates{}. Exchange is to take the one that expires last, {chosen}; it has been seen to take others.",
                        distinct.len(),
                        if unusable { ", not all of them usable" } else { "" }
                    ),
                ));
            }
            if too_long && (matches || ask.matches.is_empty()) {
                one.findings.push(Code::TlsCertificateNameTooLong.about(
                    &element,
                    format!("{asker} has 256 characters or more and does not replicate to Edge servers."),
                ));
            }
        }
    }
}

/// The thumbprints of the certificates that are presented; `None` where no name
/// was asked for. One certificate from two places is one certificate.
fn presented(asks: &[Ask], judged: &AllJudged) -> Option<HashSet<String>> {
    let chosen = asks.iter().filter_map(|ask| ask.selected);
    let thumbprint =
        |place: usize| judged[place].as_ref().ok().map(|one| one.certificate.thumbprint.clone());
    (!asks.is_empty()).then(|| chosen.filter_map(thumbprint).collect())
}

fn malformed(input: &Input, reason: &str) -> CertificateTest {
    let reason = presentable(reason);
    let finding = Code::Malformed.about("", format!("It cannot be read: {reason}."));
    CertificateTest {
        subject: None,
        issuer: None,
        serial_number: None,
        thumbprint: None,
        alternate_names: Vec::new(),
        not_before: None,
        not_after: None,
        days_left: None,
        has_private_key: input.has_private_key,
        services: input.services.clone(),
        self_signed: None,
        source: input.source.clone(),
        selected: None,
        result: Verdict::Fail,
        findings: vec![finding],
        chain: Vec::new(),
        remedy: Vec::new(),
    }
}

fn finish(
    one: Judged,
    input: &Input,
    remedy: Vec<String>,
    selected: Option<bool>,
    pool: &Pool,
    at: i64,
) -> CertificateTest {
    let Judged { certificate, self_signed, path, mut findings, .. } = one;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    // Two asks, or two elements of a chain, may say the same.
    let mut seen = HashSet::new();
    findings.retain(|finding| {
        let Finding { code, message, element, of_issuer, .. } = finding;
        seen.insert((*code, message.clone(), element.clone(), *of_issuer))
    });
    let mut chain = vec![ChainElement {
        subject: certificate.subject_text.clone(),
        thumbprint: certificate.thumbprint.clone(),
        source: input.source.clone(),
    }];
    chain.extend(path.above.iter().map(|&place| {
        let member = pool.member(place);
        ChainElement {
            subject: member.certificate.subject_text.clone(),
            thumbprint: member.certificate.thumbprint.clone(),
            source: member.source.clone(),
        }
    }));
    CertificateTest {
        serial_number: Some(certificate.serial_text()),
        alternate_names: certificate
            .alternate_names()
            .iter()
            .filter_map(super::general_name::GeneralName::to_text)
            .collect(),
        not_before: Some(certificate.starts()),
        not_after: Some(certificate.ends()),
        days_left: Some(validity::days_left(&certificate, at)),
        has_private_key: input.has_private_key,
        services: input.services.clone(),
        self_signed: Some(self_signed),
        source: input.source.clone(),
        selected,
        result: Verdict::of(&findings),
        findings,
        chain,
        remedy,
        subject: Some(certificate.subject_text),
        issuer: Some(certificate.issuer_text),
        thumbprint: Some(certificate.thumbprint),
    }
}
