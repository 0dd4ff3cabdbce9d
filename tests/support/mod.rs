//! Makes certificates in memory, as strange as a test needs them.
//!
//! Only P-256 keys, made and used with ring; everything else is free, so that
//! thousands of CAs with one name are a matter of a loop.

#![allow(dead_code)]

use ring::rand::SystemRandom;
use ring::signature::{EcdsaKeyPair, KeyPair, ECDSA_P256_SHA256_ASN1_SIGNING};

/// 2025-01-01 to 2035-01-01
const VALIDITY: [&str; 2] = ["250101000000Z", "350101000000Z"];

pub struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Key {
    pub fn new() -> Key {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random);
        Key { pair: pair.unwrap(), random }
    }

    fn id(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        ring::digest::digest(&ring::digest::SHA256, point).as_ref()[..20].to_vec()
    }
}

/// What a certificate says; everything else is usual.
pub struct Sketch<'a> {
    pub subject: &'a str,
    pub issuer: &'a str,
    pub serial: u32,
    pub ca: bool,
    pub dns: Vec<String>,
    /// Whether key identifiers are written.
    pub key_ids: bool,
    /// DER of further extensions.
    pub extensions: Vec<Vec<u8>>,
}

impl<'a> Sketch<'a> {
    pub fn ca(subject: &'a str, issuer: &'a str) -> Sketch<'a> {
        Sketch {
            subject,
            issuer,
            serial: 1,
            ca: true,
            dns: vec![],
            key_ids: true,
            extensions: vec![],
        }
    }

    pub fn leaf(host: &'a str, issuer: &'a str, serial: u32) -> Sketch<'a> {
        let dns = vec![host.to_owned()];
        Sketch { subject: host, issuer, serial, ca: false, dns, key_ids: true, extensions: vec![] }
    }

    /// Signs it: `key` is its own, `signer` its issuer's.
    pub fn sign(&self, key: &Key, signer: &Key) -> Vec<u8> {
        let algorithm = seq(&[oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2])]);
        let mut extensions = Vec::new();
        if self.ca {
            extensions.push(extension(19, true, &seq(&[vec![1, 1, 0xFF]])));
            extensions.push(extension(15, true, &tlv(3, &[1, 0b0000_0110])));
        } else {
            extensions.push(extension(15, true, &tlv(3, &[7, 0b1000_0000])));
            let both: Vec<Vec<u8>> =
                [1, 2].iter().map(|n| oid(&[0x2B, 6, 1, 5, 5, 7, 3, *n])).collect();
            extensions.push(extension(37, false, &seq(&both)));
        }
        if self.key_ids {
            extensions.push(extension(14, false, &tlv(4, &key.id())));
            extensions.push(extension(35, false, &seq(&[tlv(0x80, &signer.id())])));
        }
        if !self.dns.is_empty() {
            let names: Vec<Vec<u8>> = self.dns.iter().map(|n| tlv(0x82, n.as_bytes())).collect();
            extensions.push(extension(17, false, &seq(&names)));
        }
        extensions.extend(self.extensions.iter().cloned());
        let mut serial = vec![1];
        serial.extend_from_slice(&self.serial.to_be_bytes());
        let spki = seq(&[
            seq(&[
                oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]),
                oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]),
            ]),
            bits(key.pair.public_key().as_ref()),
        ]);
        let tbs = seq(&[
            tlv(0xA0, &tlv(2, &[2])),
            tlv(2, &serial),
            algorithm.clone(),
            name(self.issuer),
            seq(&VALIDITY.map(|time| tlv(0x17, time.as_bytes()))),
            name(self.subject),
            spki,
            tlv(0xA3, &seq(&extensions)),
        ]);
        let signature = signer.pair.sign(&signer.random, &tbs).unwrap();
        seq(&[tbs, algorithm, bits(signature.as_ref())])
    }
}

fn name(common_name: &str) -> Vec<u8> {
    let attribute = |number: u8, text: &str| {
        tlv(0x31, &seq(&[oid(&[0x55, 4, number]), tlv(12, text.as_bytes())]))
    };
    seq(&[attribute(6, "US"), attribute(10, "Zoo"), attribute(3, common_name)])
}

/// An extension of id-ce.
pub fn extension(number: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut fields = vec![oid(&[0x55, 0x1D, number])];
    if critical {
        fields.push(vec![1, 1, 0xFF]);
    }
    fields.push(tlv(4, value));
    seq(&fields)
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    tlv(6, bytes)
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes].concat())
}

/// A SEQUENCE.
pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// Any value.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    if length < 128 {
        out.push(u8::try_from(length).unwrap());
    } else {
        let bytes = u32::try_from(length).unwrap().to_be_bytes();
        let digits: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        out.push(0x80 | u8::try_from(digits.len()).unwrap());
        out.extend(digits);
    }
    out.extend_from_slice(content);
    out
}
