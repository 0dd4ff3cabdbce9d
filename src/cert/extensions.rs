//! The extensions of a certificate, each read strictly and by itself.
//!
//! What cannot be read is kept as such and spoils nothing else. Reading is
//! strict to the last byte, because a constraint that a lenient reader skips is
//! a constraint that is not applied.

use super::der::{single, small, tag, DerError, DerResult, Reader};
use super::general_name::{self, GeneralName};
use super::oid;
use crate::text::clean;

/// Most extensions of one certificate, and most entries read of one extension.
/// Public CAs write a dozen extensions and up to 250 names; the largest private
/// certificates have some thousand names.
const MAX_EXTENSIONS: usize = 100;

/// An extension that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableExtension {
    pub(crate) id: Vec<u8>,
    /// Its name, or its object identifier.
    pub extension: String,
    /// Why not.
    pub reason: String,
    /// Whether path validation would need it.
    pub needed: bool,
}

/// Extension and whether it is marked critical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked<T> {
    /// Whether it is marked critical.
    pub critical: bool,
    /// What it says.
    pub value: T,
}

/// RFC 5280 4.2.1.9
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether this is a CA.
    pub ca: bool,
    /// How many CAs may follow below.
    pub path_length: Option<u32>,
}

/// RFC 5280 4.2.1.3
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// Bit 0
    pub const DIGITAL_SIGNATURE: u16 = 1;
    /// Bit 2
    pub const KEY_ENCIPHERMENT: u16 = 1 << 2;
    /// Bit 4
    pub const KEY_AGREEMENT: u16 = 1 << 4;
    /// Bit 5
    pub const CERTIFICATE_SIGN: u16 = 1 << 5;
    /// Bit 6
    pub const CRL_SIGN: u16 = 1 << 6;

    /// Whether any of these bits is set.
    pub fn allows(self, bits: u16) -> bool {
        self.0 & bits != 0
    }
}

/// RFC 5280 4.2.1.12, as far as TLS is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtendedKeyUsage {
    /// TLS servers.
    pub server: bool,
    /// TLS clients.
    pub client: bool,
    /// Any purpose.
    pub any: bool,
}

/// RFC 5280 4.2.1.1
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier {
    /// The issuer's subject key identifier.
    pub key_id: Option<Vec<u8>>,
    /// Whether the issuer is also named by its own issuer and serial number.
    pub names_issuer: bool,
}

/// RFC 5280 4.2.1.10
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Names must lie within one of those of their kind.
    pub permitted: Vec<GeneralName>,
    /// Names must not lie within any.
    pub excluded: Vec<GeneralName>,
}

/// RFC 5280 4.2.1.11
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// From how many certificates below on a policy must be agreed.
    pub require_explicit: Option<u32>,
    /// From how many certificates below on mappings no longer count.
    pub inhibit_mapping: Option<u32>,
}

/// All extensions of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Whether there are any at all.
    pub present: bool,
    /// CA or not.
    pub basic_constraints: Option<Marked<BasicConstraints>>,
    /// What the key may do.
    pub key_usage: Option<Marked<KeyUsage>>,
    /// What for.
    pub extended_key_usage: Option<Marked<ExtendedKeyUsage>>,
    /// The names of the holder.
    pub alternate_names: Option<Marked<Vec<GeneralName>>>,
    /// For which names a CA may issue.
    pub name_constraints: Option<Marked<NameConstraints>>,
    /// The policies it was issued under.
    pub policies: Option<Vec<Vec<u8>>>,
    /// Pairs of issuer's and subject's policy.
    pub policy_mappings: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether a policy must be agreed.
    pub policy_constraints: Option<Marked<PolicyConstraints>>,
    /// From how many certificates below on "any policy" no longer counts.
    pub inhibit_any_policy: Option<u32>,
    /// A digest of this key.
    pub subject_key_id: Option<Marked<Vec<u8>>>,
    /// That of the issuer's key.
    pub authority_key_id: Option<Marked<AuthorityKeyIdentifier>>,
    /// Where the issuer's certificate can be had.
    pub issuer_urls: Vec<String>,
    /// Where revocation lists can be had.
    pub list_urls: Vec<String>,
    /// What cannot be read.
    pub unreadable: Vec<UnreadableExtension>,
    /// Critical extensions that are not understood, by object identifier.
    pub unknown_critical: Vec<String>,
    /// Extensions that occur twice.
    pub repeated: Vec<String>,
}

impl Extensions {
    /// Reads the content of `Extensions`.
    pub(crate) fn from_der(content: &[u8]) -> DerResult<Extensions> {
        let mut reader = Reader::new(content);
        let mut extensions = Extensions { present: true, ..Extensions::default() };
        let mut seen: Vec<&[u8]> = Vec::new();
        while !reader.is_empty() {
            if seen.len() == MAX_EXTENSIONS {
                return Err(DerError::new(format!("more than {MAX_EXTENSIONS} extensions")));
            }
            let (id, critical, value) = extension(&mut reader)?;
            if seen.contains(&id) {
                extensions.repeated.push(name(id));
                continue;
            }
            seen.push(id);
            if let Err(error) = extensions.read_one(id, critical, value) {
                extensions.unreadable.push(UnreadableExtension {
                    id: id.to_vec(),
                    extension: name(id),
                    reason: error.text().to_owned(),
                    needed: critical
                        || !matches!(id, oid::AUTHORITY_INFO_ACCESS | oid::CRL_DISTRIBUTION_POINTS),
                });
            }
        }
        Ok(extensions)
    }

    fn read_one(&mut self, id: &[u8], critical: bool, value: &[u8]) -> DerResult<()> {
        match id {
            oid::BASIC_CONSTRAINTS => {
                self.basic_constraints =
                    Some(Marked { critical, value: basic_constraints(value)? });
            }
            oid::KEY_USAGE => {
                self.key_usage = Some(Marked { critical, value: key_usage(value)? });
            }
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(Marked { critical, value: purposes(value)? });
            }
            oid::SUBJECT_ALT_NAME => {
                let names = general_name::read_all(single(value, tag::SEQUENCE)?.content)?;
                self.alternate_names = Some(Marked { critical, value: names });
            }
            oid::NAME_CONSTRAINTS => {
                self.name_constraints = Some(Marked { critical, value: name_constraints(value)? });
            }
            oid::CERTIFICATE_POLICIES => self.policies = Some(policies(value)?),
            oid::POLICY_MAPPINGS => self.policy_mappings = policy_mappings(value)?,
            oid::POLICY_CONSTRAINTS => {
                self.policy_constraints =
                    Some(Marked { critical, value: policy_constraints(value)? });
            }
            oid::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy = Some(small(single(value, tag::INTEGER)?.content)?);
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                let key_id = single(value, tag::OCTET_STRING)?.content.to_vec();
                self.subject_key_id = Some(Marked { critical, value: key_id });
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = Some(Marked { critical, value: authority_key_id(value)? });
            }
            oid::AUTHORITY_INFO_ACCESS => {
                self.issuer_urls = issuer_urls(value)?;
                // Allowed only as non-critical (RFC 5280 4.2.2.1), and so not supported else.
                if critical {
                    self.unknown_critical.push(name(id));
                }
            }
            oid::CRL_DISTRIBUTION_POINTS => self.list_urls = distribution_points(value)?,
            // Says nothing a verifier needs.
            oid::ISSUER_ALT_NAME => {}
            other if critical => self.unknown_critical.push(oid::dotted(other)),
            _ => {}
        }
        Ok(())
    }
}

/// One `Extension`: identifier, critical, value.
pub(crate) fn extension<'a>(reader: &mut Reader<'a>) -> DerResult<(&'a [u8], bool, &'a [u8])> {
    let mut fields = reader.enter(tag::SEQUENCE)?;
    let id = fields.oid()?;
    let critical = if fields.peek() == Some(tag::BOOLEAN) { fields.boolean()? } else { false };
    let value = fields.expect(tag::OCTET_STRING)?.content;
    fields.finish()?;
    Ok((id, critical, value))
}

fn name(id: &[u8]) -> String {
    match id {
        oid::BASIC_CONSTRAINTS => "basic constraints".to_owned(),
        oid::KEY_USAGE => "key usage".to_owned(),
        oid::EXTENDED_KEY_USAGE => "extended key usage".to_owned(),
        oid::SUBJECT_ALT_NAME => "subject alternative name".to_owned(),
        oid::NAME_CONSTRAINTS => "name constraints".to_owned(),
        oid::CERTIFICATE_POLICIES => "certificate policies".to_owned(),
        oid::POLICY_MAPPINGS => "policy mappings".to_owned(),
        oid::POLICY_CONSTRAINTS => "policy constraints".to_owned(),
        oid::INHIBIT_ANY_POLICY => "inhibit any-policy".to_owned(),
        oid::SUBJECT_KEY_IDENTIFIER => "subject key identifier".to_owned(),
        oid::AUTHORITY_KEY_IDENTIFIER => "authority key identifier".to_owned(),
        oid::AUTHORITY_INFO_ACCESS => "authority information access".to_owned(),
        oid::CRL_DISTRIBUTION_POINTS => "CRL distribution points".to_owned(),
        other => oid::dotted(other),
    }
}

fn basic_constraints(value: &[u8]) -> DerResult<BasicConstraints> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let ca = if reader.peek() == Some(tag::BOOLEAN) { reader.boolean()? } else { false };
    let path_length = if reader.is_empty() { None } else { Some(reader.small()?) };
    reader.finish()?;
    Ok(BasicConstraints { ca, path_length })
}

fn key_usage(value: &[u8]) -> DerResult<KeyUsage> {
    let content = single(value, tag::BIT_STRING)?.content;
    let (&unused, bytes) =
        content.split_first().ok_or_else(|| DerError::new("a BIT STRING is empty"))?;
    // Nine bits have a name. IIS writes its own certificates (CN=WMSvc-...) with
    // zero bytes behind them, which say nothing: every Exchange server has one.
    let meaningless = bytes.iter().skip(2).any(|byte| *byte != 0);
    if unused > 7 || meaningless || (bytes.is_empty() && unused > 0) {
        return Err(DerError::new("not a list of key usages"));
    }
    // The first bit is the highest of the first byte.
    let flags = bytes
        .iter()
        .take(2)
        .enumerate()
        .fold(0u16, |flags, (at, byte)| flags | (u16::from(byte.reverse_bits()) << (8 * at)));
    Ok(KeyUsage(flags))
}

fn purposes(value: &[u8]) -> DerResult<ExtendedKeyUsage> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut usage = ExtendedKeyUsage::default();
    while !reader.is_empty() {
        match reader.oid()? {
            oid::SERVER_AUTH => usage.server = true,
            oid::CLIENT_AUTH => usage.client = true,
            oid::ANY_EXTENDED_KEY_USAGE => usage.any = true,
            _ => {}
        }
    }
    Ok(usage)
}

fn name_constraints(value: &[u8]) -> DerResult<NameConstraints> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut read = |number: u8| -> DerResult<Vec<GeneralName>> {
        let Some(list) = reader.optional(tag::constructed(number))? else {
            return Ok(Vec::new());
        };
        let mut subtrees = Reader::new(list.content);
        let mut names = Vec::new();
        while !subtrees.is_empty() {
            let mut subtree = subtrees.enter(tag::SEQUENCE)?;
            names.push(general_name::read_one(&mut subtree)?);
            // RFC 5280 4.2.1.10: minimum is 0 and maximum is absent; a list that
            // says otherwise means something that nobody implements.
            if let Some(minimum) = subtree.optional(tag::context(0))? {
                if small(minimum.content)? != 0 {
                    return Err(DerError::new("a subtree has a minimum distance"));
                }
            }
            subtree.finish()?;
        }
        Ok(names)
    };
    let constraints = NameConstraints { permitted: read(0)?, excluded: read(1)? };
    reader.finish()?;
    if constraints == NameConstraints::default() {
        return Err(DerError::new("neither permitted nor excluded names"));
    }
    Ok(constraints)
}

fn policies(value: &[u8]) -> DerResult<Vec<Vec<u8>>> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut policies = Vec::new();
    while !reader.is_empty() {
        policies.push(reader.enter(tag::SEQUENCE)?.oid()?.to_vec());
    }
    Ok(policies)
}

fn policy_mappings(value: &[u8]) -> DerResult<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut mappings = Vec::new();
    while !reader.is_empty() {
        let mut pair = reader.enter(tag::SEQUENCE)?;
        mappings.push((pair.oid()?.to_vec(), pair.oid()?.to_vec()));
        pair.finish()?;
    }
    Ok(mappings)
}

fn policy_constraints(value: &[u8]) -> DerResult<PolicyConstraints> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut read = |number: u8| -> DerResult<Option<u32>> {
        reader.optional(tag::context(number))?.map(|value| small(value.content)).transpose()
    };
    let constraints = PolicyConstraints { require_explicit: read(0)?, inhibit_mapping: read(1)? };
    reader.finish()?;
    Ok(constraints)
}

fn authority_key_id(value: &[u8]) -> DerResult<AuthorityKeyIdentifier> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let key_id = reader.optional(tag::context(0))?.map(|value| value.content.to_vec());
    let issuer = reader.optional(tag::constructed(1))?;
    let serial = reader.optional(tag::context(2))?;
    reader.finish()?;
    Ok(AuthorityKeyIdentifier { key_id, names_issuer: issuer.is_some() || serial.is_some() })
}

fn issuer_urls(value: &[u8]) -> DerResult<Vec<String>> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    if reader.is_empty() {
        return Err(DerError::new("the list is empty"));
    }
    let mut urls = Vec::new();
    while !reader.is_empty() {
        let mut access = reader.enter(tag::SEQUENCE)?;
        let method = access.oid()?;
        let location = general_name::read_one(&mut access)?;
        access.finish()?;
        if let (oid::ACCESS_CA_ISSUERS, GeneralName::Uri(url)) = (method, location) {
            urls.push(clean(url.as_bytes()));
        }
    }
    Ok(urls)
}

fn distribution_points(value: &[u8]) -> DerResult<Vec<String>> {
    let mut reader = Reader::new(single(value, tag::SEQUENCE)?.content);
    let mut urls = Vec::new();
    while !reader.is_empty() {
        let mut point = reader.enter(tag::SEQUENCE)?;
        if let Some(name) = point.optional(tag::constructed(0))? {
            urls.extend(distribution_point_urls(name.content)?);
        }
    }
    Ok(urls)
}

/// The URLs of a DistributionPointName's `fullName`.
pub(crate) fn distribution_point_urls(content: &[u8]) -> DerResult<Vec<String>> {
    let mut reader = Reader::new(content);
    let Some(full) = reader.optional(tag::constructed(0))? else { return Ok(Vec::new()) };
    Ok(general_name::read_all(full.content)?
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::Uri(url) => Some(clean(url.as_bytes())),
            _ => None,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_behind_the_key_usages_say_nothing() {
        let read = |bytes: &[u8]| key_usage(bytes).map(|usage| usage.0);
        let plain = read(&[3, 2, 4, 0xB0]).unwrap();
        assert_eq!(read(&[3, 5, 0, 0xB0, 0, 0, 0]).unwrap(), plain);
        assert!(read(&[3, 5, 0, 0xB0, 0, 0, 1]).is_err());
        assert!(read(&[3, 2, 8, 0xB0]).is_err());
    }
}
