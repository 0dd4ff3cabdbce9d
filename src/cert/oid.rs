//! Object identifiers that certificates use, as DER bytes, and as people write them.

/// Names a constant by the bytes of its content.
macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $bytes:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &[u8] = &$bytes;)*
    };
}

oids! {
    // Extensions, id-ce 2.5.29.
    SUBJECT_KEY_IDENTIFIER = [0x55, 0x1D, 14];
    KEY_USAGE = [0x55, 0x1D, 15];
    SUBJECT_ALT_NAME = [0x55, 0x1D, 17];
    ISSUER_ALT_NAME = [0x55, 0x1D, 18];
    BASIC_CONSTRAINTS = [0x55, 0x1D, 19];
    CRL_NUMBER = [0x55, 0x1D, 20];
    REASON_CODE = [0x55, 0x1D, 21];
    INVALIDITY_DATE = [0x55, 0x1D, 24];
    ISSUING_DISTRIBUTION_POINT = [0x55, 0x1D, 28];
    NAME_CONSTRAINTS = [0x55, 0x1D, 30];
    CRL_DISTRIBUTION_POINTS = [0x55, 0x1D, 31];
    CERTIFICATE_POLICIES = [0x55, 0x1D, 32];
    ANY_POLICY = [0x55, 0x1D, 32, 0];
    POLICY_MAPPINGS = [0x55, 0x1D, 33];
    AUTHORITY_KEY_IDENTIFIER = [0x55, 0x1D, 35];
    POLICY_CONSTRAINTS = [0x55, 0x1D, 36];
    EXTENDED_KEY_USAGE = [0x55, 0x1D, 37];
    INHIBIT_ANY_POLICY = [0x55, 0x1D, 54];
    // id-pe 1.3.6.1.5.5.7.1
    AUTHORITY_INFO_ACCESS = [0x2B, 6, 1, 5, 5, 7, 1, 1];
    ACCESS_CA_ISSUERS = [0x2B, 6, 1, 5, 5, 7, 48, 2];
    // Purposes, id-kp 1.3.6.1.5.5.7.3.
    ANY_EXTENDED_KEY_USAGE = [0x55, 0x1D, 37, 0];
    SERVER_AUTH = [0x2B, 6, 1, 5, 5, 7, 3, 1];
    CLIENT_AUTH = [0x2B, 6, 1, 5, 5, 7, 3, 2];
    // Keys.
    RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
    RSA_PSS = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 10];
    MGF1 = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 8];
    DSA = [0x2A, 0x86, 0x48, 0xCE, 0x38, 4, 1];
    EC = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
    P192 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 1];
    P224 = [0x2B, 0x81, 0x04, 0, 33];
    P256 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
    P384 = [0x2B, 0x81, 0x04, 0, 34];
    P521 = [0x2B, 0x81, 0x04, 0, 35];
    ED25519 = [0x2B, 0x65, 112];
    ED448 = [0x2B, 0x65, 113];
    // Digests.
    SHA1 = [0x2B, 0x0E, 3, 2, 26];
    SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
    SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
    // Signatures.
    MD2_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 2];
    MD5_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 4];
    SHA1_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 5];
    SHA1_RSA_OIW = [0x2B, 0x0E, 3, 2, 29];
    SHA256_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11];
    SHA384_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 12];
    SHA512_RSA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 13];
    SHA1_DSA = [0x2A, 0x86, 0x48, 0xCE, 0x38, 4, 3];
    SHA1_ECDSA = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 1];
    SHA256_ECDSA = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
    SHA384_ECDSA = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3];
    SHA512_ECDSA = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 4];
    // PKCS #7.
    SIGNED_DATA = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
    // Attributes of names that are looked at by themselves.
    COMMON_NAME = [0x55, 4, 3];
    EMAIL_ADDRESS = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1];
}

/// `1.2.840.113549`. An arc that does not fit 64 bits ends the text with `...`.
pub(crate) fn dotted(oid: &[u8]) -> String {
    let mut text = String::new();
    let mut arc: u64 = 0;
    let mut first = true;
    for &byte in oid {
        if arc > u64::MAX >> 7 {
            text.push_str("...");
            return text;
        }
        arc = (arc << 7) | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            // X.690 8.19.4: the first two arcs share one number.
            let root = (arc / 40).min(2);
            text.push_str(&format!("{root}.{}", arc - root * 40));
            first = false;
        } else {
            text.push_str(&format!(".{arc}"));
        }
        arc = 0;
    }
    text
}

/// The bytes of `1.2.840.113549`; `None` where the text is not of that form.
pub(crate) fn parse(text: &str) -> Option<Vec<u8>> {
    let mut arcs = text.split('.').map(|arc| {
        let plain = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| arc.parse::<u64>().ok()).flatten()
    });
    let root = arcs.next()??;
    let second = arcs.next()??;
    if root > 2 || (root < 2 && second > 39) {
        return None;
    }
    let mut bytes = Vec::new();
    push_arc(&mut bytes, root.checked_mul(40)?.checked_add(second)?);
    for arc in arcs {
        push_arc(&mut bytes, arc?);
    }
    Some(bytes)
}

fn push_arc(bytes: &mut Vec<u8>, arc: u64) {
    let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let low = u8::try_from((arc >> (group * 7)) & 0x7F).unwrap_or(0);
        bytes.push(if group > 0 { low | 0x80 } else { low });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_the_dotted_form() {
        for (bytes, text) in [
            (RSA, "1.2.840.113549.1.1.1"),
            (SERVER_AUTH, "1.3.6.1.5.5.7.3.1"),
            (COMMON_NAME, "2.5.4.3"),
            (SHA256, "2.16.840.1.101.3.4.2.1"),
        ] {
            assert_eq!(dotted(bytes), text);
            assert_eq!(parse(text).as_deref(), Some(bytes));
        }
        for wrong in ["", "1", "1.", "3.1", "1.40", "1.2.x", "1..2", "+1.2"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(dotted(&[0xFF; 12]), "...");
    }
}
