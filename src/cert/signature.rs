//! Checking signatures, and saying so where one cannot be checked.

use ::ring::{digest, signature as ring};
use p521::ecdsa::signature::hazmat::PrehashVerifier;

use super::der::{tag, DerResult, Reader};
use super::key::{Curve, KeyKind, PublicKey};
use super::oid;

/// The digest of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// MD2 or MD5.
    Md,
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Digest {
    /// The name users read.
    pub fn name(self) -> &'static str {
        match self {
            Digest::Md => "MD5",
            Digest::Sha1 => "SHA-1",
            Digest::Sha256 => "SHA-256",
            Digest::Sha384 => "SHA-384",
            Digest::Sha512 => "SHA-512",
        }
    }

    /// Whether collisions can be made at will.
    pub fn is_broken(self) -> bool {
        matches!(self, Digest::Md | Digest::Sha1)
    }

    fn length(self) -> u32 {
        match self {
            Digest::Md => 16,
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha384 => 48,
            Digest::Sha512 => 64,
        }
    }
}

/// How something was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5
    RsaPkcs1(Digest),
    /// RSASSA-PSS
    RsaPss(Digest, PssFit),
    /// ECDSA
    Ecdsa(Digest),
    /// Ed25519
    Ed25519,
    /// Anything else, by its object identifier.
    Other(String),
}

/// Whether the parameters of a PSS signature are those that can be checked: one
/// digest for message and mask, and a salt as long as the digest. Windows and
/// every public CA sign so (CA/Browser Forum 7.1.3.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PssFit {
    /// They are.
    Usual,
    /// They are not.
    Unusual,
}

impl Scheme {
    /// Reads the content of an AlgorithmIdentifier.
    pub(crate) fn from_der(content: &[u8]) -> DerResult<Scheme> {
        let mut reader = Reader::new(content);
        Ok(match reader.oid()? {
            oid::MD2_RSA | oid::MD5_RSA => Scheme::RsaPkcs1(Digest::Md),
            oid::SHA1_RSA | oid::SHA1_RSA_OIW => Scheme::RsaPkcs1(Digest::Sha1),
            oid::SHA256_RSA => Scheme::RsaPkcs1(Digest::Sha256),
            oid::SHA384_RSA => Scheme::RsaPkcs1(Digest::Sha384),
            oid::SHA512_RSA => Scheme::RsaPkcs1(Digest::Sha512),
            oid::SHA1_ECDSA => Scheme::Ecdsa(Digest::Sha1),
            oid::SHA256_ECDSA => Scheme::Ecdsa(Digest::Sha256),
            oid::SHA384_ECDSA => Scheme::Ecdsa(Digest::Sha384),
            oid::SHA512_ECDSA => Scheme::Ecdsa(Digest::Sha512),
            oid::ED25519 => Scheme::Ed25519,
            oid::RSA_PSS => pss(&mut reader)?,
            oid::SHA1_DSA => Scheme::Other("DSA with SHA-1".to_owned()),
            oid::ED448 => Scheme::Other("Ed448".to_owned()),
            other => Scheme::Other(format!("algorithm {}", oid::dotted(other))),
        })
    }

    /// The digest, where the scheme has one to choose.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Scheme::RsaPkcs1(digest) | Scheme::RsaPss(digest, _) | Scheme::Ecdsa(digest) => {
                Some(*digest)
            }
            Scheme::Ed25519 | Scheme::Other(_) => None,
        }
    }

    /// The kind of key that signs so.
    pub fn family(&self) -> &str {
        match self {
            Scheme::RsaPkcs1(_) => "RSA",
            Scheme::RsaPss(..) => "RSA-PSS",
            Scheme::Ecdsa(_) => "ECDSA",
            Scheme::Ed25519 => "Ed25519",
            Scheme::Other(words) => words,
        }
    }

    /// The scheme in words.
    pub fn describe(&self) -> String {
        match self {
            Scheme::RsaPss(digest, PssFit::Unusual) => {
                format!("RSA-PSS with {} and unusual parameters", digest.name())
            }
            other => match other.digest() {
                Some(digest) => format!("{} with {}", other.family(), digest.name()),
                None => other.family().to_owned(),
            },
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 3.1); what is absent is SHA-1 and a salt of 20.
fn pss(reader: &mut Reader<'_>) -> DerResult<Scheme> {
    let mut params = match reader.optional(tag::SEQUENCE)? {
        Some(value) => Reader::new(value.content),
        None => Reader::new(&[]),
    };
    let digest = match params.optional(tag::constructed(0))? {
        Some(value) => digest_of(value.content)?,
        None => Some(Digest::Sha1),
    };
    let mask = match params.optional(tag::constructed(1))? {
        Some(value) => {
            let mut mask = Reader::new(value.content).enter(tag::SEQUENCE)?;
            if mask.oid()? == oid::MGF1 {
                digest_in(mask)?
            } else {
                None
            }
        }
        None => Some(Digest::Sha1),
    };
    let salt = match params.optional(tag::constructed(2))? {
        Some(value) => Reader::new(value.content).small()?,
        None => 20,
    };
    let trailer = match params.optional(tag::constructed(3))? {
        Some(value) => Reader::new(value.content).small()?,
        None => 1,
    };
    params.finish()?;
    let Some(digest) = digest else {
        return Ok(Scheme::Other("RSA-PSS with an unknown digest".to_owned()));
    };
    let usual = mask == Some(digest) && salt == digest.length() && trailer == 1;
    Ok(Scheme::RsaPss(digest, if usual { PssFit::Usual } else { PssFit::Unusual }))
}

fn digest_of(content: &[u8]) -> DerResult<Option<Digest>> {
    digest_in(Reader::new(content))
}

fn digest_in(mut reader: Reader<'_>) -> DerResult<Option<Digest>> {
    Ok(match reader.enter(tag::SEQUENCE)?.oid()? {
        oid::SHA1 => Some(Digest::Sha1),
        oid::SHA256 => Some(Digest::Sha256),
        oid::SHA384 => Some(Digest::Sha384),
        oid::SHA512 => Some(Digest::Sha512),
        _ => None,
    })
}

/// What checking a signature came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The key made this signature.
    Good,
    /// It did not.
    Bad,
    /// Nothing here can tell, and why.
    NotChecked(String),
}

/// Whether `key` made `signature` over `message`.
pub(crate) fn verify(key: &PublicKey, scheme: &Scheme, message: &[u8], signature: &[u8]) -> Check {
    let not_checked = || {
        Check::NotChecked(format!(
            "a signature of {} by a key of {} cannot be checked here",
            scheme.describe(),
            key.describe()
        ))
    };
    match (&key.kind, scheme) {
        (KeyKind::Rsa { bits, .. }, Scheme::RsaPkcs1(_) | Scheme::RsaPss(..)) => {
            match rsa_algorithm(*bits, scheme) {
                Some(algorithm) => by_ring(algorithm, key, message, signature),
                None => not_checked(),
            }
        }
        (KeyKind::Ec(Curve::P521), Scheme::Ecdsa(digest)) => {
            p521(*digest, key, message, signature).unwrap_or_else(not_checked)
        }
        (KeyKind::Ec(curve), Scheme::Ecdsa(digest)) => {
            // Compressed points are allowed (RFC 5480 2.2) and read by few, not by ring.
            match ecdsa_algorithm(*curve, *digest).filter(|_| key.bytes.first() == Some(&4)) {
                Some(algorithm) => by_ring(algorithm, key, message, signature),
                None => not_checked(),
            }
        }
        (KeyKind::Ed25519, Scheme::Ed25519) => by_ring(&ring::ED25519, key, message, signature),
        (KeyKind::Other(_), _) | (_, Scheme::Other(_)) => not_checked(),
        // An RSA key makes no ECDSA signature, and so on.
        _ => Check::Bad,
    }
}

fn by_ring(
    algorithm: &'static dyn ring::VerificationAlgorithm,
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
) -> Check {
    match ring::UnparsedPublicKey::new(algorithm, &key.bytes).verify(message, signature) {
        Ok(()) => Check::Good,
        Err(_) => Check::Bad,
    }
}

fn rsa_algorithm(bits: usize, scheme: &Scheme) -> Option<&'static dyn ring::VerificationAlgorithm> {
    // ring rounds the length of the modulus up to whole bytes and takes these lengths.
    let strong = match bits.div_ceil(8) * 8 {
        2048..=8192 => true,
        1024..=2047 => false,
        _ => return None,
    };
    Some(match (scheme, strong) {
        (Scheme::RsaPkcs1(Digest::Sha1), _) => &ring::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (Scheme::RsaPkcs1(Digest::Sha256), true) => &ring::RSA_PKCS1_2048_8192_SHA256,
        (Scheme::RsaPkcs1(Digest::Sha256), false) => {
            &ring::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (Scheme::RsaPkcs1(Digest::Sha384), true) => &ring::RSA_PKCS1_2048_8192_SHA384,
        (Scheme::RsaPkcs1(Digest::Sha512), true) => &ring::RSA_PKCS1_2048_8192_SHA512,
        (Scheme::RsaPkcs1(Digest::Sha512), false) => {
            &ring::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        (Scheme::RsaPss(Digest::Sha256, PssFit::Usual), true) => &ring::RSA_PSS_2048_8192_SHA256,
        (Scheme::RsaPss(Digest::Sha384, PssFit::Usual), true) => &ring::RSA_PSS_2048_8192_SHA384,
        (Scheme::RsaPss(Digest::Sha512, PssFit::Usual), true) => &ring::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn ecdsa_algorithm(
    curve: Curve,
    digest: Digest,
) -> Option<&'static dyn ring::VerificationAlgorithm> {
    Some(match (curve, digest) {
        (Curve::P256, Digest::Sha256) => &ring::ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Digest::Sha384) => &ring::ECDSA_P256_SHA384_ASN1,
        (Curve::P384, Digest::Sha256) => &ring::ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Digest::Sha384) => &ring::ECDSA_P384_SHA384_ASN1,
        _ => return None,
    })
}

/// `None` where the digest is too short for the curve to be checked.
fn p521(digest: Digest, key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<Check> {
    let algorithm = match digest {
        Digest::Sha384 => &digest::SHA384,
        Digest::Sha512 => &digest::SHA512,
        _ => return None,
    };
    let good = || {
        let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&key.bytes).ok()?;
        let signature = p521::ecdsa::Signature::from_der(signature).ok()?;
        key.verify_prehash(digest::digest(algorithm, message).as_ref(), &signature).ok()
    };
    Some(if good().is_some() { Check::Good } else { Check::Bad })
}
