//! From a certificate to a trusted root: finds a path without errors where
//! there is one, and the best partial path where there is none.
//!
//! A search like this has been a way to make verifiers hang more than once
//! (CVE-2018-16875, CVE-2024-0567, CVE-2025-61727 and their kin), so its work
//! is bounded three times: by the length of a path, by the links tried for one
//! certificate, and by remembering which key signed which CA.

use super::certificate::Certificate;
use super::finding::{Code, Finding, Severity};
use super::pool::{Place, Pool};
use super::read::presentable;
use super::revocation::Lists;
use super::signature::Check;
use super::standpoint::Standpoint;
use super::{constraints, policy};

/// Bounds of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most intermediates in a path, those that issued themselves not counted.
    /// Public chains have three at most, federal bridges seven.
    pub intermediates: usize,
    /// Most pairs of certificate and possible issuer tried for one certificate.
    /// The largest set of same-named issuers seen, of renewed company CAs, had
    /// twelve; a signature check takes 30 microseconds, so 400 stay below 20 ms.
    pub links: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { intermediates: 10, links: 400 }
    }
}

/// Certificates that issued themselves do not count in a path, but must end
/// somewhere: twice the longest path.
const MAX_ELEMENTS: usize = 20;

/// Possible issuers looked at for each link that is tried: one that the path has
/// passed already costs no link, and there may be ten thousand of it.
const LOOKS: usize = 10;

/// Most paths without a trusted end that are judged in full for one certificate;
/// whoever reads the findings is helped by the first of them as well as by the best.
const MAX_PARTIAL: usize = 40;

/// How a path ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// At a trusted certificate.
    Trusted,
    /// At a CA that signed itself and is not trusted.
    UntrustedRoot,
    /// It is self-signed, and nothing else.
    SelfSigned,
    /// At a certificate whose issuer is not there.
    Missing(Why),
    /// At a certificate that none of the issuers of that name signed.
    BadSignature,
    /// Where the path became too long.
    TooLong,
    /// Where the search gave up.
    GaveUp,
}

impl End {
    /// The lower, the more useful to the reader.
    fn class(&self) -> usize {
        match self {
            End::Trusted => 0,
            End::UntrustedRoot | End::SelfSigned => 1,
            End::Missing(_) => 2,
            End::BadSignature => 3,
            End::TooLong | End::GaveUp => 4,
        }
    }
}

/// What stands where an issuer is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// Nothing of its name.
    Absent,
    /// A CA of its name, with another key.
    Namesake,
    /// Only a CA that the path has passed already.
    Loop,
}

/// A path, with what is wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// Those above the certificate under test.
    pub above: Vec<Place>,
    pub end: End,
    /// Where the issuer that is missing can be had.
    pub issuer_urls: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Path {
    fn alone(end: End, findings: Vec<Finding>) -> Path {
        Path { above: Vec::new(), end, issuer_urls: Vec::new(), findings }
    }

    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// The lower, the more useful to the reader.
    fn rank(&self) -> (bool, bool, usize, usize, std::cmp::Reverse<usize>) {
        let end = self.end.class();
        let whole = end <= 1;
        (self.errors() > 0, !whole, end, self.errors(), std::cmp::Reverse(self.above.len()))
    }
}

/// Builds paths over a pool.
pub(crate) struct Builder<'a> {
    pub pool: &'a Pool,
    pub lists: &'a Lists,
    pub standpoint: &'a Standpoint,
    pub limits: Limits,
}

/// The search for one certificate.
struct Search<'a> {
    builder: &'a Builder<'a>,
    leaf: &'a Certificate,
    best: Option<Path>,
    links_left: usize,
    looks_left: usize,
    judged_partial: usize,
    /// What the keys of possible issuers came to.
    tried: Vec<(usize, Check)>,
}

impl Builder<'_> {
    /// The best path of a certificate, with every finding about it but those
    /// about the certificate alone.
    pub fn build(&self, leaf: &Certificate) -> Path {
        if self.pool.anchor(leaf).is_some() {
            // Trusted as it stands; a path through others adds nothing.
            return Path::alone(End::Trusted, Vec::new());
        }
        if leaf.is_self_issued() {
            match leaf.check_signature(&leaf.key) {
                Check::Good => return Path::alone(End::SelfSigned, Vec::new()),
                Check::NotChecked(why) => {
                    let finding = Code::SignatureNotChecked
                        .about(&leaf.subject_text, format!("It seems self-signed, but {why}."));
                    return Path::alone(End::SelfSigned, vec![finding]);
                }
                // A CA may issue itself a new certificate with its old key.
                Check::Bad => {}
            }
        }
        let mut search = Search {
            builder: self,
            leaf,
            best: None,
            links_left: self.limits.links,
            looks_left: self.limits.links.saturating_mul(LOOKS),
            judged_partial: 0,
            tried: Vec::new(),
        };
        search.step(&mut Vec::new(), &mut Vec::new());
        search.best.unwrap_or_else(|| {
            Path::alone(
                End::GaveUp,
                vec![Code::SignatureNotChecked
                    .about(&leaf.subject_text, "The search for its issuer was given up.")],
            )
        })
    }
}

impl Search<'_> {
    /// Extends a path that is good so far. True where the search is over.
    ///
    /// The recursion is as deep as the path is long, at most [`MAX_ELEMENTS`].
    fn step(&mut self, above: &mut Vec<Place>, unchecked: &mut Vec<Finding>) -> bool {
        let pool = self.builder.pool;
        let current = above.last().map(|&place| pool.member(place).certificate.clone());
        let current: &Certificate = current.as_deref().unwrap_or(self.leaf);
        if let Some(&top) = above.last() {
            if pool.member(top).trusted {
                return self.finish(above, End::Trusted, unchecked);
            }
            if current.is_self_issued() && pool.link(top, top) == Check::Good {
                return self.finish(above, End::UntrustedRoot, unchecked);
            }
        }
        let mut continued = false;
        let mut why = Why::Absent;
        let mut signed_by_none = false;
        for issuer in pool.issuers(current) {
            if self.looks_left == 0 {
                return self.finish(above, End::GaveUp, unchecked);
            }
            self.looks_left -= 1;
            if above.iter().any(|&place| place == issuer || pool.is_same_ca(place, issuer)) {
                // The same CA again brings nothing that was not tried below.
                why = why.max(Why::Loop);
                continue;
            }
            if self.links_left == 0 {
                return self.finish(above, End::GaveUp, unchecked);
            }
            self.links_left -= 1;
            let check = match above.last() {
                Some(&child) => pool.link(child, issuer),
                None => self.leaf_link(issuer),
            };
            let before = unchecked.len();
            match check {
                Check::Good => {}
                Check::Bad => {
                    // With another key identifier it is just another CA of that name.
                    if current.key_id_agrees(&pool.member(issuer).certificate) == Some(false) {
                        why = why.max(Why::Namesake);
                    } else {
                        signed_by_none = true;
                    }
                    continue;
                }
                Check::NotChecked(why) => unchecked.push(Code::SignatureNotChecked.about(
                    &current.subject_text,
                    format!("Its signature was not checked: {why}."),
                )),
            }
            continued = true;
            above.push(issuer);
            let over = if self.is_too_long(above) {
                self.finish(above, End::TooLong, unchecked)
            } else {
                self.step(above, unchecked)
            };
            above.pop();
            unchecked.truncate(before);
            if over {
                return true;
            }
        }
        if continued {
            return false;
        }
        // What names itself as its issuer, by name and by key, and did not sign itself.
        let own = current.is_self_issued() && current.key_id_agrees(current) != Some(false);
        let end = if signed_by_none || (own && why == Why::Absent) {
            End::BadSignature
        } else {
            End::Missing(why)
        };
        self.finish(above, end, unchecked)
    }

    /// Whether the key of `issuer` signed the certificate under test, tried once for each key.
    fn leaf_link(&mut self, issuer: Place) -> Check {
        let member = self.builder.pool.member(issuer);
        if let Some((_, check)) = self.tried.iter().find(|(class, _)| *class == member.key_class) {
            return check.clone();
        }
        let check = self.leaf.check_signature(&member.certificate.key);
        self.tried.push((member.key_class, check.clone()));
        check
    }

    /// Whether more intermediates stand in a path than may.
    fn is_too_long(&self, above: &[Place]) -> bool {
        let pool = self.builder.pool;
        let counted = above
            .iter()
            .map(|&place| pool.member(place))
            .filter(|member| !member.trusted && !member.certificate.is_self_issued())
            .count();
        counted > self.builder.limits.intermediates || above.len() > MAX_ELEMENTS
    }

    /// Judges a path that goes no further. True where none can be better, or
    /// no more may be tried.
    fn finish(&mut self, above: &[Place], end: End, unchecked: &[Finding]) -> bool {
        let gave_up = end == End::GaveUp;
        if let (false, Some(best)) = (end == End::Trusted, &self.best) {
            self.judged_partial += 1;
            if self.judged_partial > MAX_PARTIAL && end.class() >= best.end.class() {
                return gave_up;
            }
        }
        let mut path = Path {
            above: above.to_vec(),
            end,
            issuer_urls: Vec::new(),
            findings: unchecked.to_vec(),
        };
        self.judge(&mut path);
        let is_good = path.end == End::Trusted && path.errors() == 0;
        if self.best.as_ref().is_none_or(|best| path.rank() < best.rank()) {
            self.best = Some(path);
        }
        is_good || gave_up
    }

    fn judge(&self, path: &mut Path) {
        let Builder { pool, lists, standpoint, limits } = self.builder;
        let members: Vec<_> = path.above.iter().map(|&place| pool.member(place)).collect();
        let mut chain: Vec<&Certificate> = vec![self.leaf];
        chain.extend(members.iter().map(|member| &*member.certificate));
        let top = chain[chain.len() - 1];
        let trusted = path.end == End::Trusted;
        for (place, &member) in path.above.iter().enumerate() {
            let is_end = trusted && place + 1 == path.above.len();
            let about = pool.findings(member, is_end, standpoint).iter().cloned();
            path.findings.extend(about.map(Finding::of_issuer));
        }
        for (place, certificate) in chain.iter().enumerate() {
            let Some(issuer) = chain.get(place + 1) else { continue };
            let before = path.findings.len();
            lists.check(certificate, issuer, path.above[place], standpoint.at, &mut path.findings);
            for finding in path.findings.iter_mut().skip(before) {
                finding.of_issuer |= place > 0;
            }
        }
        check_key_ids(&chain, &mut path.findings);
        check_lengths(&chain, &mut path.findings);
        constraints::check(&chain, &mut path.findings);
        if trusted {
            policy::check(&chain, &mut path.findings);
        }
        if matches!(path.end, End::Missing(_)) {
            path.issuer_urls.clone_from(&top.extensions.issuer_urls);
        }
        let of_issuer = !path.above.is_empty();
        let about_end = finding_of_end(&path.end, top, *limits);
        path.findings.extend(about_end.map(|finding| Finding { of_issuer, ..finding }));
    }
}

/// Key identifiers that do not fit, though the keys do. Only OpenSSL minds.
fn check_key_ids(chain: &[&Certificate], out: &mut Vec<Finding>) {
    for pair in chain.windows(2) {
        if pair[0].key_id_agrees(pair[1]) == Some(false) {
            out.push(Code::IssuerRule.weighing(
                Severity::Warning,
                &pair[0].subject_text,
                "Its authority key identifier is not the subject key identifier of its issuer; some peers refuse it.",
            ));
        }
    }
}

/// Path length constraints (RFC 5280 4.2.1.9), the trusted end's included.
fn check_lengths(chain: &[&Certificate], out: &mut Vec<Finding>) {
    let mut below = 0u32;
    for (place, certificate) in chain.iter().enumerate().skip(1) {
        let constraints = certificate.extensions.basic_constraints.as_ref();
        let most = constraints
            .filter(|marked| marked.value.ca)
            .and_then(|marked| marked.value.path_length);
        if let Some(most) = most.filter(|&most| below > most) {
            out.push(Code::PathTooLong.about(
                &certificate.subject_text,
                format!("It allows {most} CAs between itself and a server's certificate; here are {below}."),
            ));
        }
        if place > 0 && !certificate.is_self_issued() {
            below = below.saturating_add(1);
        }
    }
}

fn finding_of_end(end: &End, top: &Certificate, limits: Limits) -> Option<Finding> {
    let element = &top.subject_text;
    Some(match end {
        End::Trusted | End::SelfSigned => return None,
        End::UntrustedRoot => Code::UntrustedRoot.about(
            element,
            format!("The chain ends at this root (thumbprint {}), which is not among the trusted roots.", top.thumbprint),
        ),
        End::Missing(why) => Code::MissingIntermediate.about(element, missing(top, *why)),
        End::BadSignature => Code::BadSignature.about(
            element,
            format!(
                "The certificate was changed, or was not issued by {}: its signature does not fit the key of any CA of that name.",
                top.issuer_text
            ),
        ),
        End::TooLong => Code::PathTooLong.about(
            element,
            format!("The chain was not followed further than {} intermediates.", limits.intermediates),
        ),
        End::GaveUp => Code::SignatureNotChecked.about(
            element,
            format!("The search for a path was given up after {} signature checks: too many CAs share names.", limits.links),
        ),
    })
}

fn missing(top: &Certificate, why: Why) -> String {
    let issuer = &top.issuer_text;
    let mut text = match why {
        Why::Absent => {
            format!("Its issuer, {issuer}, is neither among the intermediates nor the roots.")
        }
        Why::Namesake => {
            format!("Its issuer, {issuer}, is not there: only a CA of that name with another key.")
        }
        Why::Loop => format!(
            "Its issuer, {issuer}, leads back into the chain: the CAs given issued one another, and none is trusted."
        ),
    };
    let key_id = top.extensions.authority_key_id.as_ref().and_then(|id| id.value.key_id.as_ref());
    if let Some(key_id) = key_id {
        let key_id = super::certificate::hexadecimal(key_id.get(..20).unwrap_or(key_id));
        text.push_str(&format!(" Wanted is the one with the key identifier {key_id}."));
    }
    match top.extensions.issuer_urls.as_slice() {
        [] => {}
        urls => {
            let urls: Vec<String> = urls.iter().take(3).map(|url| presentable(url)).collect();
            text.push_str(&format!(
                " The certificate says that it can be had at {}.",
                urls.join(" or ")
            ));
        }
    }
    text
}
