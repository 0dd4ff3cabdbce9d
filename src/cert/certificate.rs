//! One certificate: its bytes, and every fact that the checks need.

use std::ops::Range;

use ring::digest;

use super::der::{self, single, tag, DerError, DerResult, Reader};
use super::extensions::{Extensions, KeyUsage};
use super::general_name::GeneralName;
use super::key::PublicKey;
use super::name::Name;
use super::signature::{self, Check, Scheme};
use crate::timestamp::Timestamp;

/// A certificate, read. Reading is lenient: what breaks a rule is kept as a
/// fact for the checks; only what has no place in the structure is an error.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature: Range<usize>,
    /// 1 to 3
    pub version: u32,
    /// The serial number as it is encoded, sign included.
    pub serial: Vec<u8>,
    /// How it was signed.
    pub scheme: Scheme,
    /// Whether the two places that name the algorithm differ.
    pub scheme_differs: bool,
    /// Who issued it.
    pub issuer: Name,
    /// Whom it is about.
    pub subject: Name,
    /// Start of validity, in seconds since 1970.
    pub not_before: i64,
    /// End of validity, in seconds since 1970.
    pub not_after: i64,
    /// Its key.
    pub key: PublicKey,
    /// Its extensions.
    pub extensions: Extensions,
    /// The subject as Windows writes it.
    pub subject_text: String,
    /// The issuer as Windows writes it.
    pub issuer_text: String,
    /// SHA-1 of the whole, upper-case hexadecimal, as Windows shows it.
    pub thumbprint: String,
}

impl Certificate {
    /// Reads a certificate that fills `bytes`.
    pub fn from_der(bytes: &[u8]) -> DerResult<Certificate> {
        let whole = single(bytes, tag::SEQUENCE)?;
        let mut outer = Reader::new(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let outer_scheme = outer.expect(tag::SEQUENCE)?;
        let signature = outer.bits().map_err(|error| error.within("signature"))?;
        outer.finish()?;

        let mut fields = Reader::new(tbs.content);
        let version = match fields.optional(tag::constructed(0))? {
            Some(value) => Reader::new(value.content)
                .small()
                .map_err(|error| error.within("version"))?
                .saturating_add(1),
            None => 1,
        };
        if !(1..=3).contains(&version) {
            return Err(DerError::new(format!("version {version} of X.509 does not exist")));
        }
        let serial = fields.integer().map_err(|error| error.within("serial number"))?.to_vec();
        let inner_scheme = fields.expect(tag::SEQUENCE)?;
        let name = |fields: &mut Reader<'_>, what| {
            fields
                .expect(tag::SEQUENCE)
                .and_then(|value| Name::from_der(value.content))
                .map_err(|error| error.within(what))
        };
        let issuer = name(&mut fields, "issuer")?;
        let mut validity = fields.enter(tag::SEQUENCE)?;
        let mut time =
            |what| validity.any().and_then(der::time).map_err(|error| error.within(what));
        let (not_before, not_after) = (time("not before")?, time("not after")?);
        let subject = name(&mut fields, "subject")?;
        let key = fields
            .expect(tag::SEQUENCE)
            .and_then(|value| PublicKey::from_der(value.content))
            .map_err(|error| error.within("public key"))?;
        // Unique identifiers: given up long ago, and of no meaning here.
        fields.optional(tag::context(1))?;
        fields.optional(tag::context(2))?;
        let extensions = match fields.optional(tag::constructed(3))? {
            Some(value) => {
                let list = single(value.content, tag::SEQUENCE)?;
                Extensions::from_der(list.content).map_err(|error| error.within("extensions"))?
            }
            None => Extensions::default(),
        };
        fields.finish()?;

        // The signed part stands first and the signature last in what was read whole.
        let tbs_start = bytes.len() - whole.content.len();
        Ok(Certificate {
            tbs: tbs_start..tbs_start + tbs.whole.len(),
            signature: bytes.len() - signature.len()..bytes.len(),
            der: bytes.to_vec(),
            version,
            serial,
            scheme: Scheme::from_der(outer_scheme.content)?,
            scheme_differs: outer_scheme.whole != inner_scheme.whole,
            subject_text: subject.to_windows(),
            issuer_text: issuer.to_windows(),
            issuer,
            subject,
            not_before,
            not_after,
            key,
            extensions,
            thumbprint: hexadecimal(
                digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref(),
            ),
        })
    }

    /// All its bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The serial number as Windows shows it: hexadecimal, upper case.
    pub fn serial_text(&self) -> String {
        hexadecimal(match self.serial.as_slice() {
            // The zero that keeps a number from being negative is not shown.
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        })
    }

    /// Start of validity.
    pub fn starts(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.not_before.saturating_mul(1000))
    }

    /// End of validity.
    pub fn ends(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.not_after.saturating_mul(1000))
    }

    /// The alternate names, none where the extension is missing or unreadable.
    pub fn alternate_names(&self) -> &[GeneralName] {
        self.extensions.alternate_names.as_ref().map_or(&[], |marked| marked.value.as_slice())
    }

    /// Whether issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.issuer.same_as(&self.subject)
    }

    /// Whether it says of itself that it is a CA.
    pub fn is_ca(&self) -> bool {
        self.extensions.basic_constraints.as_ref().is_some_and(|marked| marked.value.ca)
    }

    /// Whether the key may do one of these things; without the extension it may.
    pub fn allows(&self, bits: u16) -> bool {
        self.extensions.key_usage.as_ref().is_none_or(|usage| usage.value.allows(bits))
    }

    /// Whether the key may sign certificates.
    pub fn may_sign_certificates(&self) -> bool {
        self.allows(KeyUsage::CERTIFICATE_SIGN)
    }

    /// Whether `key` signed this certificate.
    pub fn check_signature(&self, key: &PublicKey) -> Check {
        let part = |range: &Range<usize>| self.der.get(range.clone()).unwrap_or_default();
        signature::verify(key, &self.scheme, part(&self.tbs), part(&self.signature))
    }

    /// Whether the key identifiers, where both are present, say that `issuer`
    /// is the issuer. `None` where one is absent.
    pub fn key_id_agrees(&self, issuer: &Certificate) -> Option<bool> {
        let wanted =
            self.extensions.authority_key_id.as_ref().and_then(|id| id.value.key_id.as_ref())?;
        let found = issuer.extensions.subject_key_id.as_ref()?;
        Some(*wanted == found.value)
    }
}

/// Upper-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0F])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
