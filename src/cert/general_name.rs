//! General names: what a certificate is for, and what a CA may issue for.

use super::der::{tag, DerError, DerResult, Reader};
use super::name::Name;
use crate::text::clean_str;

/// Most names read of one list. Public CAs stop at 250; the largest private
/// certificates seen hold some thousand.
const MAX_NAMES: usize = 20_000;

/// A name (RFC 5280 4.2.1.6), or the base of a name constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// A host or a domain.
    Dns(String),
    /// An address: 4 or 16 bytes; with a mask behind it, 8 or 32.
    Ip(Vec<u8>),
    /// A mailbox, a host or a domain.
    Email(String),
    /// A resource.
    Uri(String),
    /// A distinguished name.
    Directory(Name),
    /// Another kind, by the number of its tag: compared with nothing.
    Other(u8),
}

impl GeneralName {
    /// Names of different kinds are never compared.
    pub(crate) fn kind(&self) -> u8 {
        match self {
            GeneralName::Email(_) => 1,
            GeneralName::Dns(_) => 2,
            GeneralName::Directory(_) => 4,
            GeneralName::Uri(_) => 6,
            GeneralName::Ip(_) => 7,
            GeneralName::Other(number) => *number,
        }
    }

    /// The name as users read it, `None` for kinds that nobody reads.
    pub fn to_text(&self) -> Option<String> {
        match self {
            GeneralName::Dns(text) | GeneralName::Email(text) | GeneralName::Uri(text) => {
                Some(clean_str(text).into_owned())
            }
            GeneralName::Ip(bytes) => Some(ip_text(bytes)),
            GeneralName::Directory(name) => Some(name.to_windows()),
            GeneralName::Other(_) => None,
        }
    }
}

fn ip_text(bytes: &[u8]) -> String {
    let whole = |bytes: &[u8]| -> Option<String> {
        if let Ok(four) = <[u8; 4]>::try_from(bytes) {
            return Some(std::net::Ipv4Addr::from(four).to_string());
        }
        let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
        Some(std::net::Ipv6Addr::from(sixteen).to_string())
    };
    whole(bytes)
        .or_else(|| {
            let (address, mask) = bytes.split_at(bytes.len() / 2);
            Some(format!("{}/{}", whole(address)?, whole(mask)?))
        })
        .unwrap_or_else(|| format!("{} bytes that are no address", bytes.len()))
}

/// Reads the content of `GeneralNames`, which must not be empty.
pub(crate) fn read_all(content: &[u8]) -> DerResult<Vec<GeneralName>> {
    let mut reader = Reader::new(content);
    let mut names = Vec::new();
    while !reader.is_empty() {
        if names.len() == MAX_NAMES {
            return Err(DerError::new(format!("more than {MAX_NAMES} names")));
        }
        names.push(read_one(&mut reader)?);
    }
    if names.is_empty() {
        return Err(DerError::new("the list of names is empty"));
    }
    Ok(names)
}

/// Reads one GeneralName.
pub(crate) fn read_one(reader: &mut Reader<'_>) -> DerResult<GeneralName> {
    let value = reader.any()?;
    // Text beyond IA5 breaks the rules but occurs; it is shown, and matches nothing.
    let text = || String::from_utf8_lossy(value.content).into_owned();
    Ok(match value.tag {
        0x81 => GeneralName::Email(text()),
        0x82 => GeneralName::Dns(text()),
        0x86 => GeneralName::Uri(text()),
        0x87 => GeneralName::Ip(value.content.to_vec()),
        0xA4 => {
            let mut inner = Reader::new(value.content);
            let name = Name::from_der(inner.expect(tag::SEQUENCE)?.content)?;
            inner.finish()?;
            GeneralName::Directory(name)
        }
        0xA0 | 0xA3 | 0xA5 | 0x88 => GeneralName::Other(value.tag & 0x1F),
        other => return Err(DerError::new(format!("tag {other:#04x} is no kind of name"))),
    })
}
