//! The intermediates and roots that paths are built over, read once and indexed.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::certificate::Certificate;
use super::finding::Finding;
use super::read::{Given, Unreadable};
use super::signature::Check;
use super::standpoint::{Role, Standpoint};
use super::{issuer_rule, strength, usage, validity, well_formed};

/// Where a certificate stands in the pool.
pub(crate) type Place = usize;

/// A certificate of the pool.
pub(crate) struct Member {
    pub certificate: Arc<Certificate>,
    pub source: String,
    /// Whether paths may end here.
    pub trusted: bool,
    /// Equal for two members with the same key.
    pub key_class: usize,
    /// Findings about it as an intermediate and as the trusted end, made once.
    findings: [OnceLock<Vec<Finding>>; 2],
}

/// All that may stand above a certificate under test.
#[derive(Default)]
pub(crate) struct Pool {
    members: Vec<Member>,
    by_subject: HashMap<Vec<u8>, Vec<Place>>,
    by_der: HashMap<Vec<u8>, Place>,
    /// Which key signed which member, as far as it was tried: a thousand leaves
    /// below one CA need the signature of that CA checked once.
    links: RwLock<HashMap<(Place, usize), Check>>,
}

impl Pool {
    /// Reads roots and intermediates. What cannot be read is told and left out.
    pub fn new(roots: &[Given], intermediates: &[Given]) -> (Pool, Vec<Unreadable>) {
        let mut pool = Pool::default();
        let mut unreadable = Vec::new();
        let mut classes = HashMap::new();
        for (trusted, list) in [(true, roots), (false, intermediates)] {
            for given in list {
                // Roots come first, so that one that is also given as an intermediate stays trusted.
                if pool.by_der.contains_key(&given.der) {
                    continue;
                }
                match Certificate::from_der(&given.der) {
                    Ok(certificate) => {
                        let next = classes.len();
                        let key = (certificate.key.kind.clone(), certificate.key.bytes.clone());
                        let key_class = *classes.entry(key).or_insert(next);
                        pool.add(certificate, given, trusted, key_class);
                    }
                    Err(error) => unreadable.push(Unreadable {
                        source: given.source.clone(),
                        reason: error.text().to_owned(),
                    }),
                }
            }
        }
        (pool, unreadable)
    }

    fn add(&mut self, certificate: Certificate, given: &Given, trusted: bool, key_class: usize) {
        let place = self.members.len();
        self.by_subject.entry(certificate.subject.key().to_vec()).or_default().push(place);
        self.by_der.insert(given.der.clone(), place);
        self.members.push(Member {
            certificate: Arc::new(certificate),
            source: given.source.clone(),
            trusted,
            key_class,
            findings: [OnceLock::new(), OnceLock::new()],
        });
    }

    pub fn member(&self, place: Place) -> &Member {
        &self.members[place]
    }

    /// The trusted end that is this very certificate.
    pub fn anchor(&self, certificate: &Certificate) -> Option<Place> {
        self.by_der.get(certificate.der()).copied().filter(|&place| self.members[place].trusted)
    }

    /// All members of the name that issued `certificate`, the likeliest first:
    /// those whose key identifier agrees, then trusted ones, then those valid
    /// now, then the newest.
    pub fn issuers(&self, certificate: &Certificate, at: i64) -> Vec<Place> {
        let mut places = self.by_subject.get(certificate.issuer.key()).cloned().unwrap_or_default();
        if places.len() > 1 {
            places.sort_by_cached_key(|&place| {
                let member = &self.members[place];
                let candidate = &member.certificate;
                let agrees = match certificate.key_id_agrees(candidate) {
                    Some(true) => 0,
                    None => 1,
                    Some(false) => 2,
                };
                let valid = validity::is_valid_at(candidate, at);
                (agrees, !member.trusted, !valid, -candidate.not_before, place)
            });
        }
        places
    }

    /// Whether the key of `issuer` signed `child`, tried once for each key.
    pub fn link(&self, child: Place, issuer: Place) -> Check {
        let key = (child, self.members[issuer].key_class);
        let known = self.links.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let check = self.members[child]
                .certificate
                .check_signature(&self.members[issuer].certificate.key);
            self.links.write().unwrap_or_else(PoisonError::into_inner).insert(key, check.clone());
            check
        })
    }

    /// Whether two members are one CA: same name, same key.
    pub fn is_same_ca(&self, one: Place, other: Place) -> bool {
        let (one, other) = (&self.members[one], &self.members[other]);
        one.key_class == other.key_class
            && one.certificate.subject.same_as(&other.certificate.subject)
    }

    /// What is to be said of a member whatever stands below it.
    pub fn findings(&self, place: Place, trusted: bool, standpoint: &Standpoint) -> &[Finding] {
        let member = &self.members[place];
        let (slot, role) = if trusted { (1, Role::Anchor) } else { (0, Role::Intermediate) };
        member.findings[slot].get_or_init(|| {
            let certificate = &member.certificate;
            let mut out = Vec::new();
            out.extend(validity::check(certificate, standpoint));
            well_formed::check(certificate, &mut out);
            usage::check_issuer(certificate, role, &mut out);
            usage::check_purposes(certificate, role, standpoint, &mut out);
            strength::check_key(certificate, role, &mut out);
            // A new key that the old one vouched for is self-issued too; only what
            // the key itself signed has no weight.
            let by_own_key = certificate.is_self_issued() && self.link(place, place) == Check::Good;
            strength::check_signature(certificate, !trusted && !by_own_key, &mut out);
            issuer_rule::check(certificate, role, &mut out);
            out
        })
    }
}
