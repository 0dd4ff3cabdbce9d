//! Whether a certificate was revoked, by the lists that were given.
//!
//! Nothing is fetched. A list answers only if its issuer signed it, the instant
//! lies within its dates and it speaks of the certificate in question.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::certificate::Certificate;
use super::extensions::KeyUsage;
use super::finding::{Code, Finding, Severity};
use super::list::{reason_name, RevocationList};
use super::pool::Place;
use super::read::{presentable, Given, Unreadable};
use super::signature::{Check, Digest};
use crate::timestamp::Timestamp;

/// The lists, read once and indexed.
#[derive(Default)]
pub(crate) struct Lists {
    lists: Vec<RevocationList>,
    by_issuer: HashMap<Vec<u8>, Vec<usize>>,
    /// Signatures of lists by issuers, checked once.
    checked: RwLock<HashMap<(usize, Place), Check>>,
    /// Whether any list was given, readable or not.
    given: bool,
}

impl Lists {
    /// Reads the lists. What cannot be read is told and left out.
    pub fn new(given: &[Given]) -> (Lists, Vec<Unreadable>) {
        let mut lists = Lists { given: !given.is_empty(), ..Lists::default() };
        let mut unreadable = Vec::new();
        for given in given {
            match RevocationList::from_der(&given.der, &given.source) {
                Ok(list) => {
                    let place = lists.lists.len();
                    lists.by_issuer.entry(list.issuer.key().to_vec()).or_default().push(place);
                    lists.lists.push(list);
                }
                Err(error) => unreadable.push(Unreadable {
                    source: given.source.clone(),
                    reason: error.text().to_owned(),
                }),
            }
        }
        (lists, unreadable)
    }

    /// What the lists say of a certificate whose issuer was found.
    pub fn check(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        issuer_place: Place,
        at: i64,
        out: &mut Vec<Finding>,
    ) {
        if !self.given {
            return;
        }
        let element = &certificate.subject_text;
        let mut reasons = Vec::new();
        let mut answered = false;
        for &number in self.by_issuer.get(certificate.issuer.key()).into_iter().flatten() {
            let list = &self.lists[number];
            let shown = presentable(&list.source);
            if let Err(reason) = self.speaks(number, certificate, issuer, issuer_place, at) {
                reasons.push(format!("{shown}: {reason}"));
                continue;
            }
            for rule in &list.broken_rules {
                let message = format!("Its revocation list {shown}: {rule}.");
                out.push(Code::IssuerRule.about(&issuer.subject_text, message).of_issuer());
            }
            if list.scheme().digest() == Some(Digest::Sha1) {
                // Verifiers take it: what a CA lists, no stranger can prepare.
                let message = format!(
                    "Its revocation list {shown} was signed with {} and SHA-1; forgeries of such signatures can be made.",
                    list.scheme().family()
                );
                let severity = Severity::Warning;
                let weak = Code::WeakSignature.weighing(severity, &issuer.subject_text, message);
                out.push(weak.of_issuer());
            }
            if let Some(entry) = list.entry(&certificate.serial) {
                let when = Timestamp::from_unix_millis(entry.revoked.saturating_mul(1000));
                let reason = reason_name(entry.reason);
                out.push(Code::Revoked.about(
                    element,
                    format!("Its issuer revoked it on {when} ({reason}), by the list {shown}."),
                ));
                return;
            }
            match list.next_update.filter(|&next| next < at) {
                Some(next) => {
                    let next = Timestamp::from_unix_millis(next.saturating_mul(1000));
                    reasons.push(format!("{shown}: it should have been replaced by {next}"));
                }
                None => answered = true,
            }
        }
        if answered {
            return;
        }
        if reasons.is_empty() {
            reasons.push(format!("none is by {}", issuer.subject_text));
        }
        out.push(Code::RevocationUnknown.weighing(
            Severity::Warning,
            element,
            format!("The lists given do not say whether it was revoked. {}.", reasons.join("; ")),
        ));
    }

    /// The finding about a certificate for which no list was given at all.
    pub fn silence(&self, certificate: &Certificate) -> Option<Finding> {
        (!self.given).then(|| {
            Code::RevocationUnknown.about(
                &certificate.subject_text,
                "Whether it was revoked was not checked: no revocation list was given.",
            )
        })
    }

    /// The finding about a certificate whose issuer is not there to check lists with.
    pub fn without_issuer(&self, certificate: &Certificate) -> Option<Finding> {
        self.given.then(|| {
            Code::RevocationUnknown.weighing(
                Severity::Warning,
                &certificate.subject_text,
                "The lists given do not say whether it was revoked: its issuer, who must have signed them, was not found.",
            )
        })
    }

    /// Whether a list can speak of the certificate, but for its end: who is
    /// revoked stays so after the list has run out.
    fn speaks(
        &self,
        number: usize,
        certificate: &Certificate,
        issuer: &Certificate,
        issuer_place: Place,
        at: i64,
    ) -> Result<(), String> {
        let list = &self.lists[number];
        if let Some(why) = &list.unusable {
            return Err(why.clone());
        }
        if list.scope.only_users && certificate.is_ca() {
            return Err("it does not speak of CAs".to_owned());
        }
        if list.scope.only_cas && !certificate.is_ca() {
            return Err("it speaks of CAs only".to_owned());
        }
        let urls = &certificate.extensions.list_urls;
        if !list.scope.urls.is_empty() && !list.scope.urls.iter().any(|url| urls.contains(url)) {
            return Err("it is for certificates with another distribution point".to_owned());
        }
        if list.this_update > at {
            let from = Timestamp::from_unix_millis(list.this_update.saturating_mul(1000));
            return Err(format!("it begins on {from}"));
        }
        if !issuer.allows(KeyUsage::CRL_SIGN) {
            return Err("the key usage of its issuer does not allow it to sign lists".to_owned());
        }
        if list.scheme().digest() == Some(Digest::Md) {
            return Err("it was signed with MD5, and anyone can forge such a list".to_owned());
        }
        let key = (number, issuer_place);
        let known = self.checked.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let check = known.unwrap_or_else(|| {
            let check = list.check_signature(&issuer.key);
            let mut checked = self.checked.write().unwrap_or_else(PoisonError::into_inner);
            checked.insert(key, check.clone());
            check
        });
        match check {
            Check::Good => Ok(()),
            Check::Bad => Err(format!("the key of {} did not sign it", issuer.subject_text)),
            Check::NotChecked(why) => Err(why),
        }
    }
}
