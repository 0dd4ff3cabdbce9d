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
    by_subject: HashMap<Vec<u8>, Namesakes>,
    by_der: HashMap<Vec<u8>, Place>,
    /// Which key signed which member, as far as it was tried: a thousand leaves
    /// below one CA need the signature of that CA checked once.
    links: RwLock<HashMap<(Place, usize), Check>>,
}

/// The members of one name, in the order in which they are tried; sorted once,
/// since ten thousand of them may be asked for ten thousand times.
#[derive(Default)]
struct Namesakes {
    all: Vec<Place>,
    by_key_id: HashMap<Vec<u8>, Vec<Place>>,
    without_key_id: Vec<Place>,
}

impl Pool {
    /// Reads roots and intermediates, to be used at an instant. What cannot be
    /// read is told and left out.
    pub fn new(roots: &[Given], intermediates: &[Given], at: i64) -> (Pool, Vec<Unreadable>) {
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
        pool.index(at);
        (pool, unreadable)
    }

    /// Trusted ones first, then those valid now, then the newest.
    fn index(&mut self, at: i64) {
        let mut order: Vec<Place> = (0..self.members.len()).collect();
        order.sort_by_cached_key(|&place| {
            let Member { certificate, trusted, .. } = &self.members[place];
            (!trusted, !validity::is_valid_at(certificate, at), -certificate.not_before, place)
        });
        for place in order {
            let certificate = &self.members[place].certificate;
            let namesakes = self.by_subject.entry(certificate.subject.key().to_vec()).or_default();
            namesakes.all.push(place);
            match &certificate.extensions.subject_key_id {
                Some(id) => namesakes.by_key_id.entry(id.value.clone()).or_default().push(place),
                None => namesakes.without_key_id.push(place),
            }
        }
    }

    fn add(&mut self, certificate: Certificate, given: &Given, trusted: bool, key_class: usize) {
        let place = self.members.len();
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
    /// those whose key identifier agrees, then those of which that cannot be
    /// said, then the others; among these trusted ones, then those valid now,
    /// then the newest.
    pub fn issuers<'a>(&'a self, certificate: &'a Certificate) -> impl Iterator<Item = Place> + 'a {
        let namesakes = self.by_subject.get(certificate.issuer.key());
        let authority = certificate.extensions.authority_key_id.as_ref();
        let wanted = authority.and_then(|id| id.value.key_id.as_ref());
        let agreeing = namesakes.zip(wanted).and_then(|(all, id)| all.by_key_id.get(id));
        let unsaid = namesakes.map(|all| match wanted {
            Some(_) => &all.without_key_id,
            None => &all.all,
        });
        let others = namesakes.filter(|_| wanted.is_some()).map(|all| &all.all);
        let others = others.into_iter().flatten().filter(move |&&place| {
            certificate.key_id_agrees(&self.members[place].certificate) == Some(false)
        });
        agreeing.into_iter().flatten().chain(unsaid.into_iter().flatten()).chain(others).copied()
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
