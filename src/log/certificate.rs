//! Certificates as the logs describe them, in both shapes.
//!
//! Up to 2013 a record for each field (`*,<value>,Certificate subject`); from
//! 2016 one record for all, its fields divided by single blanks although
//! subject and issuer hold blanks themselves. The second shape is read from
//! the right, where every field has a form of its own.

use serde::Serialize;

use crate::text::clean;
use crate::timestamp::Timestamp;

/// Most alternate names kept of a certificate. Public CAs issue at most 250
/// names; more than a thousand only in a hostile record.
const MAX_NAMES: usize = 1000;

/// What a log says of a certificate. Fields it does not say are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    /// Distinguished name of the subject, as Windows writes it.
    pub subject: Option<String>,
    /// Distinguished name of the issuer.
    pub issuer: Option<String>,
    /// Serial number, hexadecimal.
    pub serial_number: Option<String>,
    /// SHA-1 of the certificate, hexadecimal.
    pub thumbprint: Option<String>,
    /// Subject alternate names.
    pub alternate_names: Vec<String>,
    /// Start of validity.
    pub not_before: Option<Timestamp>,
    /// End of validity.
    pub not_after: Option<Timestamp>,
}

/// The data of the records of one certificate, the last one of each field. They
/// are kept as they are and taken apart only where somebody asks: most sessions
/// succeed, and nobody looks at their certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Of each its number in [`FIELDS`], its length in four bytes, and its data.
    bytes: Vec<u8>,
}

/// Bytes before the data of a field.
const FIELD_HEAD: usize = 5;

impl Fields {
    /// Takes in the data of a record.
    pub fn set(&mut self, field: Field, data: &[u8]) {
        if self.bytes.capacity() == 0 {
            // Most fit, and need not be moved while they grow.
            self.bytes.reserve(384);
        }
        let mut at = 0;
        while let Some((known, known_data)) = field_at(&self.bytes, at) {
            let end = at + FIELD_HEAD + known_data.len();
            if known == field {
                self.bytes.drain(at..end);
            } else {
                at = end;
            }
        }
        let number = FIELDS.iter().position(|known| *known == field).unwrap_or(0);
        let head = [number.to_le_bytes()[0]].into_iter().chain(data.len().to_le_bytes());
        self.bytes.extend(head.take(FIELD_HEAD));
        self.bytes.extend_from_slice(data);
    }

    /// All of them as one text: those that read the same, and only those, have the same.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The certificate.
    pub fn read(&self) -> Certificate {
        let mut certificate = Certificate::default();
        let mut at = 0;
        while let Some((field, data)) = field_at(&self.bytes, at) {
            certificate.set(field, data);
            at += FIELD_HEAD + data.len();
        }
        certificate
    }
}

fn field_at(bytes: &[u8], at: usize) -> Option<(Field, &[u8])> {
    let (head, rest) = bytes.get(at..)?.split_first_chunk::<FIELD_HEAD>()?;
    let [number, a, b, c, d] = *head;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    Some((*FIELDS.get(usize::from(number))?, rest.get(..length)?))
}

/// Both certificates of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// The one this server sent.
    pub own: Option<Certificate>,
    /// The peer's.
    pub peer: Option<Certificate>,
}

/// Whose certificate a record speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The one this server sent.
    Own,
    /// The peer's.
    Peer,
}

/// A field of a certificate that has a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `Certificate subject`
    Subject,
    /// `Certificate issuer name`
    Issuer,
    /// `Certificate serial number`
    SerialNumber,
    /// `Certificate thumbprint`
    Thumbprint,
    /// `Certificate alternate names`
    AlternateNames,
}

const FIELDS: [Field; 5] =
    [Field::Subject, Field::Issuer, Field::SerialNumber, Field::Thumbprint, Field::AlternateNames];

/// What an information record says about certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateRecord {
    /// `Sending certificate`, `Received certificate`: records for the fields follow.
    Begin(Owner),
    /// One field, of the certificate begun last.
    Field(Field),
    /// Everything in one record.
    Whole(Owner),
}

/// What follows `Certificate` where a record holds one field.
const NAMES: [(&str, Field); 7] = [
    ("subject", Field::Subject),
    ("issuer name", Field::Issuer),
    ("issuer", Field::Issuer),
    ("serial number", Field::SerialNumber),
    ("thumbprint", Field::Thumbprint),
    ("alternate names", Field::AlternateNames),
    ("subject alternate names", Field::AlternateNames),
];

/// Tells from the context of an information record.
pub fn recognise(context: &[u8]) -> Option<CertificateRecord> {
    // One comparison of the first byte rules out nearly all records.
    match context.first()?.to_ascii_lowercase() {
        b's' | b'r' => {
            for (start, owner) in [
                ("sending certificate", Owner::Own),
                ("received certificate", Owner::Peer),
                ("remote certificate", Owner::Peer),
            ] {
                if let Some(rest) = strip_prefix(context, start) {
                    let rest = rest.trim_ascii();
                    return match rest.first() {
                        None => Some(CertificateRecord::Begin(owner)),
                        Some(_) if mentions_fields(rest) => Some(CertificateRecord::Whole(owner)),
                        Some(_) => None,
                    };
                }
            }
            None
        }
        b'c' => {
            let name = strip_prefix(context, "certificate ")?.trim_ascii();
            let mut known = NAMES.iter();
            let (_, field) =
                known.find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))?;
            Some(CertificateRecord::Field(*field))
        }
        _ => None,
    }
}

fn strip_prefix<'a>(text: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
}

fn mentions_fields(rest: &[u8]) -> bool {
    strip_prefix(rest, "subject").is_some() || strip_prefix(rest, "certificate subject").is_some()
}

impl Certificate {
    /// Takes one field from the data of its record.
    pub fn set(&mut self, field: Field, data: &[u8]) {
        let text = Some(clean(data.trim_ascii())).filter(|text| !text.is_empty());
        match field {
            Field::Subject => self.subject = text,
            Field::Issuer => self.issuer = text,
            Field::SerialNumber => self.serial_number = text,
            Field::Thumbprint => self.thumbprint = text,
            Field::AlternateNames => self.alternate_names = names(&text.unwrap_or_default()),
        }
    }

    /// Reads the data of a record that holds everything. Where the fields cannot
    /// be told apart, the text is kept whole rather than lost.
    pub fn of_whole(data: &[u8]) -> Certificate {
        Certificate::from_whole(data).unwrap_or_else(|| Certificate {
            subject: Some(clean(data.trim_ascii())),
            ..Certificate::default()
        })
    }

    /// Reads the data of a record that holds everything.
    ///
    /// `None` where the fields cannot be told apart.
    pub fn from_whole(data: &[u8]) -> Option<Certificate> {
        let text = clean(data);
        let words: Vec<(usize, &str)> = words(&text);
        // From the right, the thumbprint: forty hexadecimal digits after a serial number.
        let at = (1..words.len())
            .rev()
            .find(|&at| is_thumbprint(words[at].1) && is_serial(words[at - 1].1))?;
        let time =
            |place: usize| words.get(place).and_then(|word| Timestamp::parse(word.1.as_bytes()));
        let (not_before, not_after) = (time(at + 1), time(at + 2));
        let names_at = if not_before.is_some() && not_after.is_some() { at + 3 } else { at + 1 };
        let listed = words.get(names_at).map_or("", |word| &text[word.0..]);
        // The data begins with one blank; a second one means the subject is empty.
        let distinguished = &text[..words[at - 1].0];
        let (subject, issuer) =
            split_names(distinguished.strip_prefix(' ').unwrap_or(distinguished));
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Certificate {
            subject: filled(subject),
            issuer: filled(issuer),
            serial_number: filled(words[at - 1].1),
            thumbprint: filled(words[at].1),
            alternate_names: names(listed),
            not_before: not_before.filter(|_| names_at == at + 3),
            not_after: not_after.filter(|_| names_at == at + 3),
        })
    }
}

fn names(text: &str) -> Vec<String> {
    text.split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .take(MAX_NAMES)
        .map(str::to_owned)
        .collect()
}

/// The words of a text with where each begins.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in text.split(' ') {
        if !word.is_empty() {
            words.push((at, word));
        }
        at += word.len() + 1;
    }
    words
}

fn is_thumbprint(word: &str) -> bool {
    word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// RFC 5280 4.1.2.2: at most 20 octets; some CAs exceed it a little.
fn is_serial(word: &str) -> bool {
    (1..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Divides `subject issuer`. The issuer begins at the first attribute that no
/// comma leads to; inside quotes nothing is an attribute.
fn split_names(text: &str) -> (&str, &str) {
    if text.starts_with(' ') {
        return ("", text);
    }
    let bytes = text.as_bytes();
    let mut quoted = false;
    // The last byte before the current word that is not a blank.
    let mut before = None;
    let mut at = 0;
    while at < bytes.len() {
        let word_begins = at == 0 || bytes[at - 1] == b' ';
        let no_comma = before.is_some_and(|byte| !matches!(byte, b',' | b'+' | b';'));
        if !quoted && word_begins && no_comma && is_attribute(&text[at..]) {
            return (&text[..at], &text[at..]);
        }
        if bytes[at] == b'"' {
            quoted = !quoted;
        }
        if bytes[at] != b' ' {
            before = Some(bytes[at]);
        }
        at += 1;
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    (text, "")
}

/// Whether a text begins with `TYPE=`: a keyword or an object identifier (RFC 4514 2.3).
fn is_attribute(text: &str) -> bool {
    let Some(equals) = text.find('=') else { return false };
    let name = &text[..equals];
    // The longest keyword in use is `jurisdictionOfIncorporationStateOrProvinceName`.
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THUMBPRINT: &str = "CE3A3D779940A6855B53E2F69EF2DA4BC374D3EE";

    fn whole(subject: &str, issuer: &str) -> Certificate {
        let data = format!(" {subject} {issuer} 0A1B {THUMBPRINT} 2016-05-04T00:00:00.000Z 2019-05-04T12:00:00.000Z a.example;*.b.example");
        Certificate::from_whole(data.as_bytes()).unwrap()
    }

    #[test]
    fn tells_subject_from_issuer_without_counting_on_cn() {
        for (subject, issuer) in [
            ("CN=mail.example, O=\"A, B C=D\", C=US", "CN=Some CA, O=CA Inc, C=US"),
            ("CN=a, CN=b, DC=example", "OU=No Common Name CA, O=x y"),
            ("E=x@example.com, CN=\"quoted \"\"inner\"\" O=1\"", "OID.2.5.4.97=VATDE-1, CN=y"),
            ("CN=a + OU=b, O=c", "DC=example, DC=com"),
            ("", "CN=Only Issuer"),
            (
                "CN=*.domain.com, OU=Contoso IT, O=Contoso Corporation",
                "CN=Z\u{fc}rich CA 5, S=DE, C=US",
            ),
        ] {
            let certificate = whole(subject, issuer);
            assert_eq!(certificate.subject.unwrap_or_default(), subject);
            assert_eq!(certificate.issuer.as_deref(), Some(issuer));
            assert_eq!(certificate.serial_number.as_deref(), Some("0A1B"));
            assert_eq!(certificate.thumbprint.as_deref(), Some(THUMBPRINT));
            assert_eq!(certificate.alternate_names, ["a.example", "*.b.example"]);
            assert_eq!(certificate.not_after.unwrap().to_string(), "2019-05-04T12:00:00.000Z");
        }
    }

    #[test]
    fn the_last_record_of_a_field_counts() {
        let mut fields = Fields::default();
        let mut expected = Certificate::default();
        for (field, data) in [
            (Field::Issuer, "CN=issuer"),
            (Field::Subject, "CN=first, O=longer than the second"),
            (Field::AlternateNames, "a;b"),
            (Field::Subject, "CN=second"),
            (Field::Thumbprint, ""),
            (Field::SerialNumber, "01"),
            (Field::Issuer, ""),
            (Field::AlternateNames, "c"),
        ] {
            fields.set(field, data.as_bytes());
            expected.set(field, data.as_bytes());
            assert_eq!(fields.read(), expected);
        }
        assert_eq!(expected.subject.as_deref(), Some("CN=second"));
        assert_eq!(fields.bytes().len(), 5 * FIELD_HEAD + "CN=second".len() + "01".len() + 1);
    }

    #[test]
    fn reads_the_early_shape_without_dates() {
        let certificate = Certificate::from_whole(
            format!(" CN=a CN=b 01 {THUMBPRINT} a.example;b.example").as_bytes(),
        )
        .unwrap();
        assert_eq!(
            (certificate.subject.as_deref(), certificate.issuer.as_deref()),
            (Some("CN=a"), Some("CN=b"))
        );
        assert_eq!(certificate.alternate_names, ["a.example", "b.example"]);
        assert_eq!(certificate.not_before, None);
        assert_eq!(Certificate::from_whole(b" CN=a CN=b"), None);
    }

    #[test]
    fn recognises_the_records_of_all_versions() {
        use CertificateRecord::*;
        assert_eq!(recognise(b"Sending certificate"), Some(Begin(Owner::Own)));
        assert_eq!(recognise(b"Received certificate"), Some(Begin(Owner::Peer)));
        assert_eq!(recognise(b"Certificate issuer name"), Some(Field(super::Field::Issuer)));
        assert_eq!(
            recognise(b"Sending certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names"),
            Some(Whole(Owner::Own))
        );
        assert_eq!(recognise(b"Remote certificate Subject Issuer name"), Some(Whole(Owner::Peer)));
        assert_eq!(
            recognise(b"Sending certificate Certificate subject Certificate issuer name"),
            Some(Whole(Owner::Own))
        );
        assert_eq!(recognise(b"Certificate chain"), None);
        assert_eq!(recognise(b"receiving message"), None);
    }
}
