//! Certificate revocation lists (RFC 5280 5), as files.

use std::collections::HashMap;
use std::ops::Range;

use super::der::{self, single, tag, DerError, DerResult, Reader};
use super::extensions::{distribution_point_urls, extension};
use super::key::PublicKey;
use super::name::Name;
use super::oid;
use super::signature::{self, Check, Scheme};

/// An entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970.
    pub revoked: i64,
    /// CRLReason (RFC 5280 5.3.1), 0 where none is given.
    pub reason: u8,
}

/// Which certificates a list speaks of (RFC 5280 5.2.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only those that are no CA.
    pub only_users: bool,
    /// Only CAs.
    pub only_cas: bool,
    /// Only those that name one of these places.
    pub urls: Vec<String>,
}

/// A revocation list.
#[derive(Debug, Clone)]
pub struct RevocationList {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature: Range<usize>,
    scheme: Scheme,
    /// Where it came from.
    pub source: String,
    /// Who issued it.
    pub issuer: Name,
    /// From when on it speaks.
    pub this_update: i64,
    /// Until when.
    pub next_update: Option<i64>,
    /// Which certificates it speaks of.
    pub scope: Scope,
    /// Why it cannot be used at all: a delta list, an indirect one, an unknown
    /// critical extension.
    pub unusable: Option<String>,
    /// Rules for issuers that it breaks.
    pub broken_rules: Vec<&'static str>,
    entries: HashMap<Vec<u8>, Entry>,
}

impl RevocationList {
    /// Reads a list that fills `bytes`.
    pub fn from_der(bytes: &[u8], source: &str) -> DerResult<RevocationList> {
        let whole = single(bytes, tag::SEQUENCE)?;
        let mut outer = Reader::new(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let outer_scheme = outer.expect(tag::SEQUENCE)?;
        let signature = outer.bits()?;
        outer.finish()?;

        let mut fields = Reader::new(tbs.content);
        if let Some(version) = fields.optional(tag::INTEGER)? {
            if version.content != [1] {
                return Err(DerError::new("a revocation list has version 2"));
            }
        }
        if fields.expect(tag::SEQUENCE)?.whole != outer_scheme.whole {
            return Err(DerError::new("the two places that name the algorithm differ"));
        }
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE)?.content)?;
        let this_update = der::time(fields.any()?)?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(der::time(fields.any()?)?),
            _ => None,
        };
        let mut list = RevocationList {
            tbs: bytes.len() - whole.content.len()
                ..bytes.len() - whole.content.len() + tbs.whole.len(),
            signature: bytes.len() - signature.len()..bytes.len(),
            der: bytes.to_vec(),
            scheme: Scheme::from_der(outer_scheme.content)?,
            source: source.to_owned(),
            issuer,
            this_update,
            next_update,
            scope: Scope::default(),
            unusable: None,
            broken_rules: Vec::new(),
            entries: HashMap::new(),
        };
        if let Some(revoked) = fields.optional(tag::SEQUENCE)? {
            let mut revoked = Reader::new(revoked.content);
            while !revoked.is_empty() {
                list.read_entry(revoked.enter(tag::SEQUENCE)?)?;
            }
        }
        if let Some(extensions) = fields.optional(tag::constructed(0))? {
            list.read_extensions(single(extensions.content, tag::SEQUENCE)?.content)?;
        } else {
            list.broken_rules.push("it has no number");
        }
        fields.finish()?;
        Ok(list)
    }

    fn read_entry(&mut self, mut fields: Reader<'_>) -> DerResult<()> {
        let serial = digits(fields.integer()?).to_vec();
        let revoked = der::time(fields.any()?)?;
        let mut reason = 0;
        if let Some(extensions) = fields.optional(tag::SEQUENCE)? {
            let mut extensions = Reader::new(extensions.content);
            while !extensions.is_empty() {
                let (id, critical, value) = extension(&mut extensions)?;
                match id {
                    oid::REASON_CODE => {
                        reason = match single(value, tag::ENUMERATED)?.content {
                            [code] => *code,
                            _ => return Err(DerError::new("a reason must be one byte")),
                        };
                    }
                    oid::INVALIDITY_DATE => {}
                    // Above all certificateIssuer: the entry speaks of another CA's certificate.
                    other if critical => self.refuse(format!(
                        "an entry has the critical extension {}",
                        oid::dotted(other)
                    )),
                    _ => {}
                }
            }
        }
        fields.finish()?;
        self.entries.insert(serial, Entry { revoked, reason });
        Ok(())
    }

    fn read_extensions(&mut self, content: &[u8]) -> DerResult<()> {
        let mut reader = Reader::new(content);
        let mut numbered = false;
        while !reader.is_empty() {
            let (id, critical, value) = extension(&mut reader)?;
            match id {
                oid::CRL_NUMBER => {
                    numbered = true;
                    if critical {
                        self.broken_rules.push("its number is marked critical");
                    }
                }
                oid::ISSUING_DISTRIBUTION_POINT => self.read_scope(value)?,
                oid::AUTHORITY_KEY_IDENTIFIER => {}
                // Among them the delta CRL indicator, 2.5.29.27.
                other if critical => self.refuse(format!(
                    "it has the critical extension {}, which is not understood",
                    oid::dotted(other)
                )),
                _ => {}
            }
        }
        if !numbered {
            self.broken_rules.push("it has no number");
        }
        Ok(())
    }

    fn read_scope(&mut self, value: &[u8]) -> DerResult<()> {
        let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
        while !reader.is_empty() {
            let field = reader.any()?;
            let set = field.content != [0];
            match field.tag {
                0xA0 => {
                    self.scope.urls = distribution_point_urls(field.content)?;
                    if self.scope.urls.is_empty() {
                        self.refuse("it is for a distribution point that has no URL".to_owned());
                    }
                }
                0x81 => self.scope.only_users = set,
                0x82 => self.scope.only_cas = set,
                0x83 => self.refuse("it is for some reasons of revocation only".to_owned()),
                0x84 if set => self.refuse("it is an indirect list".to_owned()),
                0x85 if set => self.refuse("it is for attribute certificates only".to_owned()),
                0x84 | 0x85 => {}
                other => {
                    return Err(DerError::new(format!(
                        "tag {other:#04x} has no place in an issuing distribution point"
                    )))
                }
            }
        }
        Ok(())
    }

    fn refuse(&mut self, why: String) {
        self.unusable.get_or_insert(why);
    }

    /// The entry of a serial number.
    pub fn entry(&self, serial: &[u8]) -> Option<Entry> {
        self.entries.get(digits(serial)).copied()
    }

    /// Whether `key` signed this list.
    pub fn check_signature(&self, key: &PublicKey) -> Check {
        let part = |range: &Range<usize>| self.der.get(range.clone()).unwrap_or_default();
        signature::verify(key, &self.scheme, part(&self.tbs), part(&self.signature))
    }

    /// How it was signed.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }
}

/// A serial number without leading zeros: some issuers encode the same number
/// in two ways.
fn digits(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    &serial[zeros.min(serial.len().saturating_sub(1))..]
}

/// The name of a CRLReason.
pub(crate) fn reason_name(reason: u8) -> &'static str {
    match reason {
        1 => "key compromise",
        2 => "compromise of the CA",
        3 => "change of affiliation",
        4 => "superseded",
        5 => "cessation of operation",
        6 => "on hold",
        9 => "privilege withdrawn",
        10 => "compromise of the attribute authority",
        _ => "no reason given",
    }
}
