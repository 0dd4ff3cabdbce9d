//! From the bytes of a file to certificates and revocation lists.
//!
//! Takes what admins have: PEM with several blocks and text around them, DER,
//! PKCS #7 (`.p7b`, `.p7c`) in both, bare base64, and the UTF-16 that Windows
//! tools write. One entry that cannot be read never hides the others.

use std::path::Path;

use super::certificate::Certificate;
use super::der::{single, tag, DerError, DerResult, Reader};
use super::list::RevocationList;
use super::oid;
use crate::text::{clean_str, shorten};

/// How files of certificates and lists end.
pub const ENDINGS: [&str; 9] = ["cer", "crt", "pem", "der", "p7b", "p7c", "spc", "crl", "cert"];

/// Whether a file is named like one of certificates or lists.
pub fn is_named_like_one(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// The bytes of a certificate or list, with where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// DER.
    pub der: Vec<u8>,
    /// A store path or a file.
    pub source: String,
}

/// An entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// A store path or a file.
    pub source: String,
    /// Why not.
    pub reason: String,
}

/// What one file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Certificates, in order.
    pub certificates: Vec<Given>,
    /// Revocation lists, in order.
    pub lists: Vec<Given>,
    /// What is neither.
    pub unreadable: Vec<Unreadable>,
}

impl Contents {
    /// Divides the certificates of one file into those to be tested and those
    /// that issued another one of them, which serve as intermediates.
    pub fn split_issuers(self) -> (Vec<Given>, Vec<Given>) {
        let read: Vec<Option<Certificate>> =
            self.certificates.iter().map(|given| Certificate::from_der(&given.der).ok()).collect();
        let mut issuers = std::collections::HashSet::new();
        for certificate in read.iter().flatten().filter(|one| !one.is_self_issued()) {
            issuers.insert(certificate.issuer.key());
        }
        let is_issuer: Vec<bool> = read
            .iter()
            .map(|one| {
                one.as_ref().is_some_and(|certificate| issuers.contains(certificate.subject.key()))
            })
            .collect();
        let mut tested = Vec::new();
        let mut intermediates = Vec::new();
        for (given, issues) in self.certificates.into_iter().zip(is_issuer) {
            if issues { &mut intermediates } else { &mut tested }.push(given);
        }
        (tested, intermediates)
    }
}

/// Reads everything that a file holds.
pub fn read(bytes: &[u8], source: &str) -> Contents {
    let mut into = Collector { contents: Contents::default(), source };
    let text = decode_utf16(bytes);
    let bytes = text.as_deref().unwrap_or(bytes);
    if find(bytes, b"-----BEGIN ").is_some() {
        into.pem(bytes);
    } else if bytes.first() == Some(&tag::SEQUENCE) {
        into.der_values(bytes);
    } else if let Some(decoded) = base64(bytes).filter(|decoded| !decoded.is_empty()) {
        into.der_values(&decoded);
    } else {
        into.fail("it is neither PEM nor DER nor PKCS #7");
    }
    into.contents
}

struct Collector<'a> {
    contents: Contents,
    source: &'a str,
}

impl Collector<'_> {
    fn fail(&mut self, reason: impl Into<String>) {
        self.contents
            .unreadable
            .push(Unreadable { source: self.source.to_owned(), reason: reason.into() });
    }

    fn given(&self, der: &[u8]) -> Given {
        Given { der: der.to_vec(), source: self.source.to_owned() }
    }

    fn pem(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        let mut seen = 0usize;
        while let Some(at) = find(rest, b"-----BEGIN ") {
            rest = &rest[at + 11..];
            let Some(dashes) = find(rest, b"-----") else { break };
            let label = String::from_utf8_lossy(&rest[..dashes.min(100)]).into_owned();
            let body = &rest[dashes + 5..];
            let end = find(body, b"-----").unwrap_or(body.len());
            let closed = body[end..].starts_with(b"-----END ");
            rest = &body[end..];
            seen += 1;
            match label.as_str() {
                "CERTIFICATE"
                | "X509 CERTIFICATE"
                | "TRUSTED CERTIFICATE"
                | "X509 CRL"
                | "PKCS7"
                | "CMS"
                | "PKCS #7 SIGNED DATA" => {
                    let shown = clean_str(&label).into_owned();
                    if !closed {
                        self.fail(format!("block {seen} ({shown}) has no END line"));
                        continue;
                    }
                    match base64(&body[..end]) {
                        // OpenSSL puts its own notes behind a trusted certificate.
                        Some(der) if label == "TRUSTED CERTIFICATE" => match first_value(&der) {
                            Ok(value) => self.der(value, seen),
                            Err(error) => self.fail(format!("block {seen} ({shown}): {error}")),
                        },
                        Some(der) => self.der(&der, seen),
                        None => self.fail(format!("block {seen} ({shown}) is not base64")),
                    }
                }
                // Keys and requests stand beside certificates; they are no business of ours.
                _ => {}
            }
        }
        let found = &self.contents;
        if found.certificates.is_empty() && found.lists.is_empty() && found.unreadable.is_empty() {
            self.fail("it holds PEM blocks, but no certificate and no revocation list");
        }
    }

    /// One or several values of DER, one behind the other.
    fn der_values(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        let mut number = 0;
        while !rest.is_empty() {
            number += 1;
            match first_value(rest) {
                Ok(value) => {
                    self.der(value, number);
                    rest = &rest[value.len()..];
                }
                // Zeros and line ends behind the last value are padding.
                Err(_) if number > 1 && rest.iter().all(|b| *b == 0 || b.is_ascii_whitespace()) => {
                    return
                }
                Err(error) => return self.fail(format!("entry {number}: {error}")),
            }
        }
    }

    /// One value: a certificate, a list, or PKCS #7.
    fn der(&mut self, der: &[u8], number: usize) {
        let error = match Certificate::from_der(der) {
            Ok(_) => {
                let given = self.given(der);
                return self.contents.certificates.push(given);
            }
            Err(error) => error,
        };
        if let Ok(inner) = signed_data(der) {
            return match inner {
                Ok(values) if values.is_empty() => {
                    self.fail(format!("entry {number} is PKCS #7 without certificates"));
                }
                // An entry inside is a certificate or a list; PKCS #7 in PKCS #7 is neither.
                Ok(values) => values.into_iter().for_each(|value| self.leaf(value, number)),
                Err(error) => self.fail(format!("entry {number} is PKCS #7: {error}")),
            };
        }
        if RevocationList::from_der(der, self.source).is_ok() {
            let given = self.given(der);
            return self.contents.lists.push(given);
        }
        self.fail(if is_pfx(der) {
            "it is a PFX file, which holds a private key: export the certificate without it"
                .to_owned()
        } else {
            format!("entry {number} is no certificate: {error}")
        });
    }

    fn leaf(&mut self, der: &[u8], number: usize) {
        let given = self.given(der);
        match Certificate::from_der(der) {
            Ok(_) => self.contents.certificates.push(given),
            Err(_) if RevocationList::from_der(der, self.source).is_ok() => {
                self.contents.lists.push(given);
            }
            Err(error) => self.fail(format!("a certificate in entry {number}: {error}")),
        }
    }
}

fn first_value(bytes: &[u8]) -> DerResult<&[u8]> {
    Reader::new(bytes).expect(tag::SEQUENCE).map(|value| value.whole)
}

/// The certificates and lists of PKCS #7 SignedData (RFC 2315 9.1). The outer
/// error says that it is no such thing, the inner one that it is broken.
fn signed_data(der: &[u8]) -> DerResult<DerResult<Vec<&[u8]>>> {
    let mut outer = Reader::new(single(der, tag::SEQUENCE)?.content);
    if outer.oid()? != oid::SIGNED_DATA {
        return Err(DerError::new("no SignedData"));
    }
    Ok((|| {
        let mut data = outer.enter(tag::constructed(0))?.enter(tag::SEQUENCE)?;
        data.integer()?;
        data.expect(tag::SET)?;
        data.expect(tag::SEQUENCE)?;
        let mut values = Vec::new();
        for number in [0, 1] {
            let Some(list) = data.optional(tag::constructed(number))? else { continue };
            let mut list = Reader::new(list.content);
            while !list.is_empty() {
                let value = list.any()?;
                // Attribute certificates and the like carry other tags.
                if value.tag == tag::SEQUENCE {
                    values.push(value.whole);
                }
            }
        }
        Ok(values)
    })())
}

/// PKCS #12 begins with version 3 (RFC 7292 4).
fn is_pfx(der: &[u8]) -> bool {
    single(der, tag::SEQUENCE)
        .and_then(|value| Reader::new(value.content).small())
        .is_ok_and(|version| version == 3)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, part)
}

/// The ASCII of UTF-16 text with a byte order mark; other characters become `?`.
fn decode_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let read: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        [0xFF, 0xFE] => u16::from_le_bytes,
        [0xFE, 0xFF] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    Some(units.map(|unit| u8::try_from(unit).unwrap_or(b'?')).collect())
}

/// Base64 with white space anywhere; `None` where it is something else.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut count, mut padding) = (0u32, 0u32, 0u32);
    for &byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        buffer = (buffer << 6) | u32::from(digit);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&buffer.to_be_bytes()[1..]);
            (buffer, count) = (0, 0);
        }
    }
    // What is left over: two digits hold one byte, three hold two.
    let bytes = (buffer << (6 * (4 - count) % 24)).to_be_bytes();
    match count {
        0 => {}
        2 => out.push(bytes[1]),
        3 => out.extend_from_slice(&bytes[1..3]),
        _ => return None,
    }
    (padding <= 2).then_some(out)
}

/// A reason fit for a message: cleaned, and not endless.
pub(crate) fn presentable(text: &str) -> String {
    shorten(&clean_str(text), 200).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_base64() {
        for (text, wanted) in [
            ("", &b""[..]),
            ("TQ==", b"M"),
            ("TWE=", b"Ma"),
            ("TWFu", b"Man"),
            ("T W\r\nFu\tTWE", b"ManMa"),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(wanted), "{text}");
        }
        for wrong in ["T", "TQ==TQ==", "TQ=*", "-", "TQ==="] {
            assert_eq!(base64(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn says_what_a_file_is_instead() {
        let reason = |bytes: &[u8]| {
            let contents = read(bytes, "x");
            assert!(contents.certificates.is_empty());
            contents.unreadable.into_iter().map(|entry| entry.reason).collect::<Vec<_>>()
        };
        assert_eq!(reason(b"hello"), ["it is neither PEM nor DER nor PKCS #7"]);
        assert_eq!(
            reason(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            ["it holds PEM blocks, but no certificate and no revocation list"]
        );
        assert_eq!(
            reason(b"-----BEGIN CERTIFICATE-----\nAAAA\n"),
            ["block 1 (CERTIFICATE) has no END line"]
        );
        assert!(reason(&[0x30, 3, 2, 1, 3])[0].starts_with("it is a PFX file"));
        assert!(reason(&[0x30, 0x82, 0xFF, 0xFF, 0])[0].contains("cut off"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = read(&bytes, "x");
            let mut sequence = vec![0x30, 0x82, 1, 0];
            sequence.extend_from_slice(&bytes);
            let _ = read(&sequence, "x");
        }

        #[test]
        fn no_text_makes_it_panic(text in "(-----(BEGIN|END) (CERTIFICATE|PKCS7)-----|[A-Za-z0-9+/=\n]{0,20}){0,8}") {
            let _ = read(text.as_bytes(), "x");
        }
    }
}
