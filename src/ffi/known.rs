//! Values that recur from session to session: connectors, hosts, EHLO keywords, certificates.
//!
//! Equal ones are kept once, at one address, for many pages: whoever makes objects of them makes
//! each only once, and knows it again by its address.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::met::Met;
use super::numbers::Numbers;
use super::pages_types::*;
use super::room::{texts, Room, ALIGNMENT};
use super::types::*;
use super::views::time;
use crate::log::certificate::Certificate;
use crate::session::shared::Shared;

/// Bytes of texts, texts in lists, and certificates: what weeks of logs of a server hold, and
/// little enough to be thrown away and begun again.
const MAX_BYTES: usize = 512 * 1024;
const MAX_LISTED: usize = 16 * 1024;
const MAX_CERTIFICATES: usize = 4 * 1024;

/// How many texts may have come once.
const MET: usize = 8 * 1024;

/// What is kept. Nothing in it moves or changes until [`Known::begin_anew`].
#[derive(Default)]
pub struct Known {
    hasher: RandomState,
    bytes: Vec<u8>,
    listed: Vec<extls_str>,
    certificates: Vec<extls_certificate>,
    texts: Vec<extls_str>,
    text_table: Numbers,
    /// Where the lists begin and how long they are.
    lists: Vec<(usize, usize)>,
    list_table: Numbers,
    certificate_table: Numbers,
    /// Hashes of texts that came once.
    met: Vec<u64>,
    met_lists: Met<Vec<String>, extls_list>,
    met_certificates: Met<Certificate, *const extls_certificate>,
    /// How often it was begun.
    generation: u64,
}

impl Known {
    /// Whether there is room without moving anything.
    pub fn has(&self, room: &Room) -> bool {
        fits(&self.bytes, room.bytes)
            && fits(&self.listed, room.listed)
            && fits(&self.certificates, room.certificates)
    }

    /// Throws everything away and makes at least this room.
    pub fn begin_anew(&mut self, room: &Room) {
        self.generation += 1;
        self.bytes.clear();
        self.bytes.reserve(room.bytes.max(MAX_BYTES));
        self.listed.clear();
        self.listed.reserve(room.listed.max(MAX_LISTED));
        self.certificates.clear();
        self.certificates.reserve(room.certificates.max(MAX_CERTIFICATES));
        self.texts.clear();
        self.lists.clear();
        self.met_lists.clear();
        self.met_certificates.clear();
        for table in [&mut self.text_table, &mut self.list_table, &mut self.certificate_table] {
            table.clear();
        }
    }

    /// Where everything is, for a page of no sessions.
    pub fn show(&self) -> extls_page {
        extls_page {
            sessions: std::ptr::null(),
            session_count: 0,
            text: std::ptr::null(),
            text_len: 0,
            listed: std::ptr::null(),
            listed_count: 0,
            known_text: self.bytes.as_ptr(),
            known_text_len: self.bytes.len(),
            known_listed: self.listed.as_ptr(),
            known_listed_count: self.listed.len(),
            known_certificates: self.certificates.as_ptr(),
            known_certificate_count: self.certificates.len(),
            known_generation: self.generation,
            item: NO_ITEM,
        }
    }

    /// A text, which may be missing.
    pub fn maybe(&mut self, text: Option<&str>) -> extls_str {
        text.map_or(NO_TEXT, |text| self.text(text))
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> extls_str {
        let hash = self.hash(text);
        self.hashed(text, hash)
    }

    /// A text that may come again or not, as an address does: kept once it has. `None` until then.
    pub fn again(&mut self, text: &str) -> Option<extls_str> {
        let hash = self.hash(text);
        self.met.resize(MET, 0);
        let met = usize::try_from(hash).ok().and_then(|at| self.met.get_mut(at % MET))?;
        (std::mem::replace(met, hash) == hash).then(|| self.hashed(text, hash))
    }

    fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(text)
    }

    fn hashed(&mut self, text: &str, hash: u64) -> extls_str {
        let found = self.text_table.find(hash, |number| self.is(self.texts[number], text));
        if let Some(number) = found {
            return self.texts[number];
        }
        debug_assert!(fits(&self.bytes, text.len() + ALIGNMENT));
        let data = self.bytes.as_ptr().wrapping_add(self.bytes.len());
        self.bytes.extend_from_slice(text.as_bytes());
        // An empty text has a place of its own too.
        self.bytes.resize((self.bytes.len() / ALIGNMENT + 1) * ALIGNMENT, 0);
        let view = extls_str { data, len: text.len() };
        self.text_table.add(hash);
        self.texts.push(view);
        view
    }

    /// Whether a text that is kept is this one.
    fn is(&self, kept: extls_str, text: &str) -> bool {
        let from = kept.data.addr().wrapping_sub(self.bytes.as_ptr().addr());
        kept.len == text.len() && self.bytes.get(from..from + kept.len) == Some(text.as_bytes())
    }

    fn is_maybe(&self, kept: extls_str, text: Option<&String>) -> bool {
        text.map_or(kept.data.is_null(), |text| !kept.data.is_null() && self.is(kept, text))
    }

    fn list(&mut self, texts: &[String]) -> extls_list {
        if texts.is_empty() {
            return extls_list { items: std::ptr::null(), len: 0 };
        }
        let hash = self.hasher.hash_one(texts);
        let found = self.list_table.find(hash, |number| {
            let (from, len) = self.lists[number];
            let mut both = self.listed[from..from + len].iter().zip(texts);
            len == texts.len() && both.all(|(kept, text)| self.is(*kept, text))
        });
        let from = found.map_or(self.listed.len(), |number| self.lists[number].0);
        if found.is_none() {
            debug_assert!(fits(&self.listed, texts.len()));
            for text in texts {
                let text = self.text(text);
                self.listed.push(text);
            }
            self.list_table.add(hash);
            self.lists.push((from, texts.len()));
        }
        extls_list { items: self.listed.as_ptr().wrapping_add(from), len: texts.len() }
    }

    /// A list that sessions have in common.
    pub fn shared_list(&mut self, list: &Shared<Vec<String>>) -> extls_list {
        self.met_lists.get(list).unwrap_or_else(|| {
            let view = self.list(list);
            self.met_lists.put(list, view);
            view
        })
    }

    /// A certificate that sessions have in common, which may be missing.
    pub fn shared_certificate(
        &mut self,
        certificate: Option<&Shared<Certificate>>,
    ) -> *const extls_certificate {
        let Some(certificate) = certificate else { return std::ptr::null() };
        self.met_certificates.get(certificate).unwrap_or_else(|| {
            let view = self.certificate(certificate);
            self.met_certificates.put(certificate, view);
            view
        })
    }

    fn certificate(&mut self, certificate: &Certificate) -> *const extls_certificate {
        let names = self.list(&certificate.alternate_names);
        let times = [certificate.not_before, certificate.not_after].map(time);
        let texts = texts(certificate);
        let hash = self.hasher.hash_one((texts, names.items, times));
        let found = self.certificate_table.find(hash, |number| {
            let kept = &self.certificates[number];
            let kept_texts = [kept.subject, kept.issuer, kept.serial_number, kept.thumbprint];
            // Equal lists have one address.
            kept.alternate_names.items == names.items
                && [kept.not_before, kept.not_after] == times
                && kept_texts.into_iter().zip(texts).all(|(kept, text)| self.is_maybe(kept, text))
        });
        let number = found.unwrap_or_else(|| {
            let [subject, issuer, serial_number, thumbprint] =
                texts.map(|text| self.maybe(text.map(String::as_str)));
            let [not_before, not_after] = times;
            debug_assert!(fits(&self.certificates, 1));
            self.certificate_table.add(hash);
            self.certificates.push(extls_certificate {
                subject,
                issuer,
                serial_number,
                thumbprint,
                alternate_names: names,
                not_before,
                not_after,
            });
            self.certificates.len() - 1
        });
        self.certificates.as_ptr().wrapping_add(number)
    }
}

fn fits<T>(items: &Vec<T>, more: usize) -> bool {
    items.capacity() - items.len() >= more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Known {
        let mut known = Known::default();
        known.begin_anew(&Room::default());
        known
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn equal_texts_have_one_address_and_others_have_others() {
        let mut known = begun();
        let texts: Vec<String> = (0..3000).map(|n| format!("{n}")).collect();
        let first: Vec<_> = texts.iter().map(|text| known.text(text).data).collect();
        let again: Vec<_> = texts.iter().map(|text| known.text(text).data).collect();
        assert_eq!(first, again);
        assert!(first.windows(2).all(|two| two[0] < two[1]));
        assert_ne!(known.text("").data, known.text("x").data);
        assert_eq!(known.text("").len, 0);
        assert!(!known.text("").data.is_null() && known.maybe(None).data.is_null());
    }

    #[test]
    fn what_comes_once_is_not_kept() {
        let mut known = begun();
        assert!(known.again("a@contoso.com").is_none());
        let place = known.again("a@contoso.com").map(|text| text.data);
        assert!(place.is_some());
        assert_eq!(known.again("a@contoso.com").map(|text| text.data), place);
        assert!(known.again("b@contoso.com").is_none());
    }

    #[test]
    fn lists_and_certificates_too() {
        let mut known = begun();
        let lists = [&["a", "b"][..], &["ab"], &["a"], &["b", "a"], &["a", "b", ""]].map(strings);
        let first: Vec<_> = lists.iter().map(|list| known.list(list).items).collect();
        let again: Vec<_> = lists.iter().map(|list| known.list(list).items).collect();
        assert_eq!(first, again);
        assert!(first.windows(2).all(|two| two[0] < two[1]));
        assert!(known.list(&[]).items.is_null());

        let one = Certificate { issuer: Some("CN=a".to_owned()), ..Certificate::default() };
        let other = Certificate { subject: Some("CN=a".to_owned()), ..Certificate::default() };
        let named = Certificate { alternate_names: strings(&["a", "b"]), ..one.clone() };
        let copy = one.clone();
        let mut place = |certificate: &Certificate| known.certificate(certificate);
        let first = place(&one);
        assert_eq!(first, place(&copy));
        assert!(place(&one) != place(&other) && place(&one) != place(&named));
        let [one, copy] = [one, copy].map(Shared::new);
        let mut place = |certificate| known.shared_certificate(certificate);
        assert!([&one, &copy, &one].iter().all(|shared| place(Some(shared)) == first));
        assert!(place(None).is_null());
    }

    #[test]
    fn room_is_enough() {
        let mut known = Known::default();
        let list = strings(&["", "1234567", "12345678", "x"]);
        let names = (0..5000).map(|n| n.to_string().repeat(40)).collect();
        let certificate = Certificate { alternate_names: names, ..Certificate::default() };
        let mut room = Room::default();
        room.list(&list);
        room.certificate(&certificate);
        assert!(!known.has(&room));
        known.begin_anew(&room);
        assert!(known.has(&room));
        let place = known.bytes.as_ptr();
        known.list(&list);
        known.certificate(&certificate);
        assert_eq!(known.bytes.as_ptr(), place);
    }
}
