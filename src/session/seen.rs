//! What recurs in session after session, read once: the same servers send the
//! same certificates, greet with the same extensions and log the same sentences.
//!
//! Only what is read from a text alone is kept, so it makes no difference
//! whether it was kept. Each shelf holds a fixed number of texts of bounded
//! length; a newer one takes the place of an older.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::information::{may_quote, tls};
use super::line::Lines;
use super::packed::Packer;
use super::shared::Shared;
use super::Tls;
use crate::log::certificate::{Certificate, Fields};
use crate::log::greeting::{offer, split_offer, Greeting};
use crate::text::clean;

/// Places of a shelf: a server's connectors, partners and versions; not its peers.
const PLACES: usize = 128;

/// Longest text that is kept. A certificate with fifty names has some 2 kB.
const MAX_TEXT: usize = 4096;

/// What was read before.
#[derive(Default)]
pub struct Seen {
    hasher: RandomState,
    quotes: Shelf<bool>,
    tls: Shelf<Option<Arc<Tls>>>,
    /// Of replies logged line by line, and of those logged in one record.
    keywords: [Shelf<Shared<Vec<String>>>; 2],
    /// Of those logged field by field, and of those logged in one record.
    certificates: [Shelf<Shared<Certificate>>; 2],
    /// The file that was named last, as a number of the scan, and its name.
    path: Option<(usize, String)>,
    /// Sessions that are being written or packed.
    pub(crate) lines: Lines,
    pub(crate) packer: Packer,
}

impl Seen {
    /// Whether a text of an information record may be a reply or quote one.
    pub(super) fn may_quote(&mut self, text: &[u8]) -> bool {
        self.quotes.read(&self.hasher, text, may_quote)
    }

    /// The TLS that an information record tells of.
    pub(super) fn tls(&mut self, text: &[u8]) -> Option<Arc<Tls>> {
        self.tls.read(&self.hasher, text, |text| tls(text).map(Arc::new))
    }

    /// The keywords of a greeting.
    pub(super) fn keywords(&mut self, greeting: &Greeting) -> Shared<Vec<String>> {
        let [lines, joined] = &mut self.keywords;
        if !greeting.is_joined() {
            let read = |_: &[u8]| Shared::new(greeting.keywords());
            return lines.read(&self.hasher, greeting.text(), read);
        }
        let text = clean(greeting.text());
        let offer = offer(&text);
        joined.read(&self.hasher, offer.as_bytes(), |_| Shared::new(split_offer(offer)))
    }

    /// The name of a file of the scan.
    pub fn path(&mut self, file: usize, name: impl FnOnce() -> String) -> &str {
        if self.path.as_ref().is_none_or(|(known, _)| *known != file) {
            self.path = Some((file, name()));
        }
        self.path.as_ref().map_or("", |(_, name)| name)
    }

    /// A certificate of which one record holds everything.
    pub(super) fn certificate(&mut self, data: &[u8]) -> Shared<Certificate> {
        let read = |data: &[u8]| Shared::new(Certificate::of_whole(data));
        self.certificates[1].read(&self.hasher, data, read)
    }

    /// A certificate as logged.
    pub(super) fn logged(&mut self, logged: Logged) -> Shared<Certificate> {
        match logged {
            Logged::Fields(fields) => {
                let read = |_: &[u8]| Shared::new(fields.read());
                self.certificates[0].read(&self.hasher, fields.bytes(), read)
            }
            Logged::Whole(certificate) => certificate,
        }
    }
}

/// A certificate as its records were read so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Logged {
    /// Record by record.
    Fields(Fields),
    /// From a record that holds everything.
    Whole(Shared<Certificate>),
}

impl Logged {
    /// The certificate.
    pub fn read(self) -> Certificate {
        match self {
            Logged::Fields(fields) => fields.read(),
            Logged::Whole(certificate) => (*certificate).clone(),
        }
    }
}

/// Texts and what they were read as.
struct Shelf<V>(Vec<Option<(Box<[u8]>, V)>>);

impl<V> Default for Shelf<V> {
    fn default() -> Self {
        Shelf(Vec::new())
    }
}

impl<V: Clone> Shelf<V> {
    fn read(&mut self, hasher: &RandomState, text: &[u8], read: impl FnOnce(&[u8]) -> V) -> V {
        if text.len() > MAX_TEXT {
            return read(text);
        }
        if self.0.is_empty() {
            self.0.resize_with(PLACES, || None);
        }
        let place = usize::try_from(hasher.hash_one(text) >> 32).unwrap_or(0) % PLACES;
        match &self.0[place] {
            Some((known, value)) if **known == *text => value.clone(),
            _ => {
                let value = read(text);
                self.0[place] = Some((text.into(), value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_text_is_read_once_and_a_long_one_each_time() {
        let (mut shelf, hasher, count) = (Shelf::default(), RandomState::default(), Cell::new(0));
        let mut read = |text: &[u8]| {
            shelf.read(&hasher, text, |text| {
                count.set(count.get() + 1);
                text.len()
            })
        };
        let long = [b'x'; MAX_TEXT + 1];
        for text in [b"a", b"bb", b"", b"a", &long[..], b"a", &long[..]] as [&[u8]; 7] {
            // Whatever took whose place: what is given is what the text reads as.
            assert_eq!(read(text), text.len());
        }
        for number in 0..10_000_u32 {
            let text = format!("{number:0width$}", width = usize::try_from(number % 50).unwrap());
            assert_eq!(read(text.as_bytes()), text.len());
        }
        let before = count.get();
        assert_eq!((read(b"a"), read(b"a"), read(b"a")), (1, 1, 1));
        assert!(count.get() <= before + 1);
    }
}
