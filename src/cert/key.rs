//! Public keys: their kind and strength, and the bytes a verifier needs.

use super::der::{single, tag, DerError, DerResult, Reader};
use super::oid;

/// A named curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-192
    P192,
    /// NIST P-224
    P224,
    /// NIST P-256
    P256,
    /// NIST P-384
    P384,
    /// NIST P-521
    P521,
}

impl Curve {
    /// Its size in bits.
    pub fn bits(self) -> usize {
        match self {
            Curve::P192 => 192,
            Curve::P224 => 224,
            Curve::P256 => 256,
            Curve::P384 => 384,
            Curve::P521 => 521,
        }
    }
}

/// What kind of key it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA.
    Rsa {
        /// Length of the modulus.
        bits: usize,
        /// Whether the public exponent is an odd number above 1.
        sound_exponent: bool,
    },
    /// An elliptic curve by name.
    Ec(Curve),
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Anything else, with what it is in words.
    Other(String),
}

/// A public key (RFC 5280 4.1.2.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// What kind of key it is.
    pub kind: KeyKind,
    /// The content of the BIT STRING: an RSAPublicKey, a point.
    pub(crate) bytes: Vec<u8>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub(crate) fn from_der(content: &[u8]) -> DerResult<PublicKey> {
        let mut reader = Reader::new(content);
        let mut algorithm = reader.enter(tag::SEQUENCE)?;
        let kind_oid = algorithm.oid()?;
        let bytes = reader.bits()?;
        reader.finish()?;
        let kind = match kind_oid {
            oid::RSA | oid::RSA_PSS => rsa(bytes).map_err(|error| error.within("RSA key"))?,
            oid::EC => match ec_curve(&mut algorithm)? {
                Ok(curve) => {
                    check_point(curve, bytes)?;
                    KeyKind::Ec(curve)
                }
                Err(words) => KeyKind::Other(words),
            },
            oid::ED25519 if bytes.len() == 32 => KeyKind::Ed25519,
            oid::ED25519 => {
                return Err(DerError::new(format!(
                    "an Ed25519 key has 32 bytes, not {}",
                    bytes.len()
                )))
            }
            oid::ED448 => KeyKind::Other("Ed448".to_owned()),
            oid::DSA => KeyKind::Other("DSA".to_owned()),
            other => KeyKind::Other(format!("algorithm {}", oid::dotted(other))),
        };
        Ok(PublicKey { kind, bytes: bytes.to_vec() })
    }

    /// The key in words: `RSA 2048`, `EC P-256`.
    pub fn describe(&self) -> String {
        match &self.kind {
            KeyKind::Rsa { bits, .. } => format!("RSA with {bits} bits"),
            KeyKind::Ec(curve) => format!("EC P-{}", curve.bits()),
            KeyKind::Ed25519 => "Ed25519".to_owned(),
            KeyKind::Other(words) => words.clone(),
        }
    }
}

fn rsa(bytes: &[u8]) -> DerResult<KeyKind> {
    let mut pair = Reader::new(single(bytes, tag::SEQUENCE)?.content);
    let modulus = positive(pair.integer()?)?;
    let exponent = positive(pair.integer()?)?;
    pair.finish()?;
    let leading = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = modulus.len() * 8 - usize::try_from(leading).unwrap_or(0);
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    if !odd(modulus) {
        return Err(DerError::new("the modulus is even"));
    }
    Ok(KeyKind::Rsa { bits, sound_exponent: odd(exponent) && exponent != [1] })
}

/// The digits of an INTEGER above zero.
fn positive(content: &[u8]) -> DerResult<&[u8]> {
    match content {
        [first, ..] if first & 0x80 != 0 => Err(DerError::new("a number is negative")),
        [0] => Err(DerError::new("a number is zero")),
        [0, rest @ ..] => Ok(rest),
        other => Ok(other),
    }
}

/// The curve, or in words what stands in its place.
fn ec_curve(algorithm: &mut Reader<'_>) -> DerResult<Result<Curve, String>> {
    match algorithm.peek() {
        Some(tag::OID) => Ok(match algorithm.oid()? {
            oid::P192 => Ok(Curve::P192),
            oid::P224 => Ok(Curve::P224),
            oid::P256 => Ok(Curve::P256),
            oid::P384 => Ok(Curve::P384),
            oid::P521 => Ok(Curve::P521),
            other => Err(format!("EC curve {}", oid::dotted(other))),
        }),
        // CVE-2020-0601 is what trusting the parameters of a certificate leads to.
        Some(tag::SEQUENCE) => Ok(Err("EC curve with explicit parameters".to_owned())),
        _ => Ok(Err("EC key without a curve".to_owned())),
    }
}

fn check_point(curve: Curve, bytes: &[u8]) -> DerResult<()> {
    let coordinate = curve.bits().div_ceil(8);
    let fits = match bytes.first() {
        Some(4) => bytes.len() == 1 + 2 * coordinate,
        Some(2 | 3) => bytes.len() == 1 + coordinate,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(DerError::new(format!("{} bytes are no point of P-{}", bytes.len(), curve.bits())))
    }
}
