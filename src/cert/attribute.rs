//! The attribute types of distinguished names, and the many ways their names are spelled.

use super::oid;

/// One attribute type.
struct Kind {
    /// The bytes of its object identifier.
    oid: &'static [u8],
    /// What Windows calls it (CertNameToStr with X.500 names), and so Exchange;
    /// empty where Windows writes `OID.1.2.3`.
    windows: &'static str,
    /// What others call it: RFC 4514, RFC 4519, OpenSSL, Java.
    others: &'static [&'static str],
}

const fn kind(oid: &'static [u8], windows: &'static str, others: &'static [&'static str]) -> Kind {
    Kind { oid, windows, others }
}

/// `2.5.4.n`
macro_rules! at {
    ($number:literal) => {
        &[0x55, 4, $number]
    };
}

const KINDS: &[Kind] = &[
    kind(oid::COMMON_NAME, "CN", &["commonName"]),
    kind(at!(4), "SN", &["surname", "sur"]),
    kind(at!(5), "SERIALNUMBER", &["serialNumber", "serial"]),
    kind(at!(6), "C", &["countryName", "country"]),
    kind(at!(7), "L", &["localityName", "locality"]),
    kind(at!(8), "S", &["ST", "stateOrProvinceName", "state"]),
    kind(at!(9), "STREET", &["streetAddress"]),
    kind(at!(10), "O", &["organizationName", "organization"]),
    kind(at!(11), "OU", &["organizationalUnitName", "organizationalUnit"]),
    kind(at!(12), "T", &["title"]),
    kind(at!(13), "Description", &[]),
    kind(at!(15), "", &["businessCategory"]),
    kind(at!(17), "PostalCode", &[]),
    kind(at!(18), "POBox", &["postOfficeBox"]),
    kind(at!(20), "Phone", &["telephoneNumber"]),
    kind(at!(24), "X21Address", &[]),
    kind(at!(41), "", &["name"]),
    kind(at!(42), "G", &["GN", "givenName"]),
    kind(at!(43), "I", &["initials"]),
    kind(at!(44), "", &["generationQualifier", "generation"]),
    kind(at!(46), "dnQualifier", &["DNQ"]),
    kind(at!(65), "", &["pseudonym"]),
    kind(at!(97), "", &["organizationIdentifier"]),
    kind(oid::EMAIL_ADDRESS, "E", &["emailAddress", "email"]),
    kind(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25], "DC", &["domainComponent"]),
    kind(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1], "", &["UID", "userId"]),
    kind(
        &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 1],
        "",
        &["jurisdictionL", "jurisdictionLocalityName", "jurisdictionOfIncorporationLocalityName"],
    ),
    kind(
        &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 2],
        "",
        &[
            "jurisdictionST",
            "jurisdictionStateOrProvinceName",
            "jurisdictionOfIncorporationStateOrProvinceName",
        ],
    ),
    kind(
        &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 3],
        "",
        &["jurisdictionC", "jurisdictionCountryName", "jurisdictionOfIncorporationCountryName"],
    ),
];

/// How Windows writes an attribute type in front of the `=`.
pub(crate) fn windows_name(bytes: &[u8]) -> String {
    match KINDS.iter().find(|kind| kind.oid == bytes) {
        Some(kind) if !kind.windows.is_empty() => kind.windows.to_owned(),
        _ => format!("OID.{}", oid::dotted(bytes)),
    }
}

/// The object identifier that a spelling stands for: a keyword in any case,
/// `OID.1.2.3`, or `1.2.3`.
pub(crate) fn from_spelling(text: &str) -> Option<Vec<u8>> {
    let known = KINDS.iter().find(|kind| {
        (!kind.windows.is_empty() && kind.windows.eq_ignore_ascii_case(text))
            || kind.others.iter().any(|other| other.eq_ignore_ascii_case(text))
    });
    if let Some(kind) = known {
        return Some(kind.oid.to_vec());
    }
    let dotted = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("oid.") => &text[4..],
        _ => text,
    };
    oid::parse(dotted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_type_are_one_type() {
        for (spellings, windows) in [
            (&["S", "st", "stateOrProvinceName", "2.5.4.8", "OID.2.5.4.8"][..], "S"),
            (&["E", "emailAddress", "EMAIL", "1.2.840.113549.1.9.1"], "E"),
            (&["UID", "oid.0.9.2342.19200300.100.1.1"], "OID.0.9.2342.19200300.100.1.1"),
            (&["organizationIdentifier", "2.5.4.97"], "OID.2.5.4.97"),
            (&["1.2.3.4"], "OID.1.2.3.4"),
        ] {
            for spelling in spellings {
                assert_eq!(windows_name(&from_spelling(spelling).unwrap()), windows);
            }
        }
        assert_eq!(from_spelling("nonsense"), None);
        assert_eq!(from_spelling(""), None);
    }
}
