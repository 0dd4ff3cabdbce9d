//! Distinguished names: read from certificates and from text, compared by
//! meaning, written as Windows writes them.
//!
//! `TlsCertificateName` holds two names as text, and Exchange compares text.
//! The text may come from Windows, from OpenSSL or from an RFC 4514 tool, so
//! here a name is a list of attributes, and two are equal where type and value
//! are, whatever their spelling, order of printing, case or spacing
//! (RFC 5280 7.1, caseIgnoreMatch).

use super::attribute;
use super::der::{self, tag, DerError, DerResult, Reader, Value};
use super::oid;
use crate::text::clean_str;

/// Most attributes read of one name. Real names have fewer than 20; the
/// number bounds what a hostile one can cost.
const MAX_ATTRIBUTES: usize = 128;

/// One `type=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    oid: Vec<u8>,
    /// The text, or `#` and the bytes in hexadecimal where it is none.
    value: String,
}

/// A relative distinguished name: usually one attribute, seldom more.
type Rdn = Vec<Attribute>;

/// A distinguished name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// In the order of the certificate: the country first.
    rdns: Vec<Rdn>,
    /// Equal for two names that mean the same, printed in the same direction.
    key: Vec<u8>,
    /// Where in `key` each relative name ends.
    ends: Vec<usize>,
}

impl Name {
    /// Reads the content of a `Name` (RFC 5280 4.1.2.4).
    pub(crate) fn from_der(content: &[u8]) -> DerResult<Name> {
        let mut reader = Reader::new(content);
        let mut rdns = Vec::new();
        let mut count = 0;
        while !reader.is_empty() {
            let mut set = reader.enter(tag::SET)?;
            let mut rdn = Vec::new();
            while !set.is_empty() {
                count += 1;
                if count > MAX_ATTRIBUTES {
                    return Err(DerError::new(format!(
                        "a name has more than {MAX_ATTRIBUTES} attributes"
                    )));
                }
                let mut pair = set.enter(tag::SEQUENCE)?;
                let oid = pair.oid()?.to_vec();
                let value = pair.any()?;
                pair.finish()?;
                rdn.push(Attribute { oid, value: decode(value) });
            }
            rdns.push(rdn);
        }
        Ok(Name::of(rdns))
    }

    fn of(rdns: Vec<Rdn>) -> Name {
        let mut key = Vec::new();
        let mut ends = Vec::with_capacity(rdns.len());
        for rdn in &rdns {
            let mut pairs: Vec<(&[u8], String)> = rdn
                .iter()
                .map(|attribute| (attribute.oid.as_slice(), fold(&attribute.value)))
                .collect();
            pairs.sort();
            for (oid, value) in &pairs {
                // Neither an object identifier nor text holds these bytes unescaped
                // where they could be taken for a divider: lengths stand in front.
                for part in [oid, value.as_bytes()] {
                    key.extend_from_slice(&u32::try_from(part.len()).unwrap_or(0).to_be_bytes());
                    key.extend_from_slice(part);
                }
            }
            key.push(0xFF);
            ends.push(key.len());
        }
        Name { rdns, key, ends }
    }

    /// Equal for names that mean the same.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Whether both mean the same name.
    pub fn same_as(&self, other: &Name) -> bool {
        self.key == other.key
    }

    /// Whether both mean the same name, though one may be written from the
    /// country down and the other up to it.
    pub fn same_in_any_order(&self, other: &Name) -> bool {
        if self.same_as(other) {
            return true;
        }
        self.key.len() == other.key.len()
            && self.pieces().eq(other.pieces().collect::<Vec<_>>().into_iter().rev())
    }

    /// Whether this name lies at or below `base` (RFC 5280 7.1, directoryName constraints).
    pub fn is_within(&self, base: &Name) -> bool {
        base.rdns.len() <= self.rdns.len() && self.key.starts_with(&base.key)
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().enumerate().map(|(place, &end)| {
            let start = if place == 0 { 0 } else { self.ends[place - 1] };
            &self.key[start..end]
        })
    }

    /// Whether the name has no attributes.
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// The values of one attribute type, the most specific first.
    fn values<'a>(&'a self, oid: &'a [u8]) -> impl Iterator<Item = &'a str> {
        self.rdns
            .iter()
            .rev()
            .flatten()
            .filter(move |attribute| attribute.oid == oid)
            .map(|attribute| attribute.value.as_str())
    }

    /// The common names, the most specific first.
    pub fn common_names(&self) -> impl Iterator<Item = &str> {
        self.values(oid::COMMON_NAME)
    }

    /// The e-mail addresses, the most specific first.
    pub fn email_addresses(&self) -> impl Iterator<Item = &str> {
        self.values(oid::EMAIL_ADDRESS)
    }

    /// The name as Windows and Exchange write it: `CN=mail.contoso.com, O=Contoso, C=US`.
    pub fn to_windows(&self) -> String {
        let mut out = String::new();
        for rdn in self.rdns.iter().rev() {
            if !out.is_empty() {
                out.push_str(", ");
            }
            for (place, attribute) in rdn.iter().enumerate() {
                if place > 0 {
                    out.push_str(" + ");
                }
                out.push_str(&attribute::windows_name(&attribute.oid));
                out.push('=');
                push_quoted(&mut out, &clean_str(&attribute.value));
            }
        }
        out
    }

    /// Every way in which a text can be read as a name: as Windows writes it,
    /// where `\` is a character like any other, and as RFC 4514 does, where it
    /// escapes the next. Empty where it is no name at all.
    pub fn readings(text: &str) -> Vec<Name> {
        let mut readings: Vec<Name> = Vec::new();
        let escapes: &[bool] = if text.contains('\\') { &[false, true] } else { &[false] };
        for &escape in escapes {
            if let Some(name) = TextReader::new(text, escape).read() {
                if !readings.iter().any(|other| other.same_as(&name)) {
                    readings.push(name);
                }
            }
        }
        readings
    }
}

/// Lower case, single blanks, none at the ends.
fn fold(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            out.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    out
}

/// The text of an attribute value; other values as `#` and hexadecimal.
fn decode(value: Value<'_>) -> String {
    let bytes = value.content;
    match value.tag {
        tag::UTF8_STRING => String::from_utf8_lossy(bytes).into_owned(),
        tag::PRINTABLE_STRING | tag::IA5_STRING | tag::NUMERIC_STRING | tag::VISIBLE_STRING => {
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => latin1(bytes),
            }
        }
        // T.61 in name, Latin-1 in practice.
        tag::TELETEX_STRING => latin1(bytes),
        tag::BMP_STRING if bytes.len() % 2 == 0 => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        tag::UNIVERSAL_STRING if bytes.len() % 4 == 0 => bytes
            .chunks_exact(4)
            .map(|four| {
                char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
                    .unwrap_or(char::REPLACEMENT_CHARACTER)
            })
            .collect(),
        _ => {
            let mut out = String::from("#");
            for byte in value.whole {
                out.push_str(&format!("{byte:02X}"));
            }
            out
        }
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Quotes as CertNameToStr does.
fn push_quoted(out: &mut String, value: &str) {
    const SPECIAL: &[char] = &[',', '+', '=', '"', '\n', '<', '>', '#', ';'];
    let needs = value.is_empty()
        || value.starts_with(char::is_whitespace)
        || value.ends_with(char::is_whitespace)
        || value.contains(SPECIAL);
    if needs {
        out.push('"');
        out.push_str(&value.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(value);
    }
}

/// Reads a name from text.
struct TextReader<'a> {
    rest: &'a str,
    /// Whether `\` escapes.
    escape: bool,
}

impl<'a> TextReader<'a> {
    fn new(text: &'a str, escape: bool) -> Self {
        TextReader { rest: text.trim(), escape }
    }

    fn read(mut self) -> Option<Name> {
        // Text order: the most specific first.
        let mut rdns: Vec<Rdn> = Vec::new();
        let mut count = 0;
        let mut joins = false;
        while !self.rest.is_empty() {
            count += 1;
            if count > MAX_ATTRIBUTES {
                return None;
            }
            match self.attribute_type() {
                Some(oid) => {
                    let value = self.value()?;
                    let attribute = Attribute { oid, value };
                    match rdns.last_mut().filter(|_| joins) {
                        Some(rdn) => rdn.push(attribute),
                        None => rdns.push(vec![attribute]),
                    }
                }
                None => {
                    // `O=Contoso, Inc.` without the quotes: the comma was part of the value.
                    let divider = if joins { "+ " } else { ", " };
                    let more = self.value()?;
                    let last = rdns.last_mut()?.last_mut()?;
                    last.value.push_str(divider);
                    last.value.push_str(&more);
                }
            }
            joins = false;
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            let mut rest = self.rest.chars();
            match rest.next() {
                None => break,
                Some('+') => joins = true,
                Some(',' | ';' | '\n' | '\r') => {}
                Some(_) => return None,
            }
            self.rest = rest.as_str().trim_start();
            if self.rest.is_empty() {
                // A divider must be followed by something.
                return None;
            }
        }
        if rdns.is_empty() {
            return None;
        }
        rdns.reverse();
        Some(Name::of(rdns))
    }

    /// `CN=`, `OID.2.5.4.3 =`; takes nothing where no known type stands.
    fn attribute_type(&mut self) -> Option<Vec<u8>> {
        let equals = self.rest.find('=')?;
        let oid = attribute::from_spelling(self.rest[..equals].trim())?;
        self.rest = self.rest[equals + 1..].trim_start_matches([' ', '\t']);
        Some(oid)
    }

    fn value(&mut self) -> Option<String> {
        if self.rest.starts_with('"') {
            self.quoted()
        } else if self.rest.starts_with('#') {
            self.hexadecimal().or_else(|| self.plain())
        } else {
            self.plain()
        }
    }

    fn quoted(&mut self) -> Option<String> {
        let mut out = String::new();
        let mut chars = self.rest[1..].chars();
        loop {
            match chars.next()? {
                '"' => {
                    let mut after = chars.clone();
                    if after.next() == Some('"') {
                        out.push('"');
                        chars = after;
                    } else {
                        self.rest = chars.as_str();
                        return Some(out);
                    }
                }
                '\\' if self.escape => out.push(chars.next()?),
                c => out.push(c),
            }
        }
    }

    fn plain(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        // How much of `bytes` an escape protects from trimming.
        let mut protected = 0;
        let mut chars = self.rest.chars();
        loop {
            let here = chars.as_str();
            let Some(c) = chars.next() else {
                self.rest = here;
                break;
            };
            match c {
                ',' | ';' | '+' | '\n' | '\r' => {
                    self.rest = here;
                    break;
                }
                '\\' if self.escape => {
                    let after = chars.as_str();
                    let pair = after.get(..2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
                    match pair.filter(|_| !after.starts_with('+')) {
                        Some(byte) => {
                            bytes.push(byte);
                            chars = after[2..].chars();
                        }
                        None => push(&mut bytes, chars.next()?),
                    }
                    protected = bytes.len();
                }
                c => push(&mut bytes, c),
            }
        }
        while bytes.len() > protected && bytes.last().is_some_and(u8::is_ascii_whitespace) {
            bytes.pop();
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// `#0C0141`: the value in DER.
    fn hexadecimal(&mut self) -> Option<String> {
        let digits =
            self.rest[1..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(self.rest.len() - 1);
        let (text, rest) = self.rest[1..].split_at(digits);
        let ends = rest.trim_start().chars().next();
        if text.is_empty() || digits % 2 != 0 || !matches!(ends, None | Some(',' | ';' | '+')) {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..digits / 2)
            .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok())
            .collect();
        let bytes = bytes?;
        let value = der::single(&bytes, *bytes.first()?).ok()?;
        let decoded = decode(value);
        self.rest = rest;
        Some(decoded)
    }
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Name {
        Name::readings(text).pop().unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn spellings_of_one_name_are_one_name() {
        let wanted = read("CN=mail.contoso.com, O=\"Contoso, Ltd.\", L=Z\u{fc}rich, S=ZH, C=CH");
        for text in [
            "cn=MAIL.contoso.com,o=Contoso\\, Ltd.,l=z\u{fc}rich,ST=zh,c=CH",
            "C = CH, ST = ZH, L = Z\u{dc}RICH, O = \"Contoso,  Ltd.\", CN = mail.contoso.com",
            "CN=mail.contoso.com;O=Contoso\\2C Ltd.;L=Z\\C3\\BCrich;stateOrProvinceName=ZH;C=CH",
            "2.5.4.3=mail.contoso.com, OID.2.5.4.10=Contoso, Ltd., L=Z\u{fc}rich, S=ZH, C=CH",
            "CN=#0C106D61696C2E636F6E746F736F2E636F6D, O=\"Contoso\\, Ltd.\", L=Z\u{fc}rich, S=ZH, C=CH",
        ] {
            assert!(
                Name::readings(text).iter().any(|name| name.same_in_any_order(&wanted)),
                "{text}"
            );
        }
        for text in [
            "CN=mail.contoso.com, O=\"Contoso, Ltd.\", L=Z\u{fc}rich, S=ZH",
            "CN=mail.contoso.com, O=Contoso Ltd., L=Z\u{fc}rich, S=ZH, C=CH",
            "CN=mail.contoso.com + O=\"Contoso, Ltd.\", L=Z\u{fc}rich, S=ZH, C=CH",
            "CN=mail.contoso.com, O=\"Contoso, Ltd.\", S=Z\u{fc}rich, L=ZH, C=CH",
        ] {
            assert!(
                !Name::readings(text).iter().any(|name| name.same_in_any_order(&wanted)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_backslash_is_a_character_for_windows_and_an_escape_for_rfc_4514() {
        let readings = Name::readings("CN=CONTOSO\\,OU=x");
        assert!(readings.iter().any(|name| name.to_windows() == "CN=CONTOSO\\, OU=x"));
        assert!(readings.iter().any(|name| name.to_windows() == "CN=\"CONTOSO,OU=x\""));
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in ["", " ", "mail.contoso.com", "=x", "CN=a,", "CN=\"a", "CN=\"a\"b", "XX=1"] {
            assert_eq!(Name::readings(text), [], "{text}");
        }
    }

    #[test]
    fn writes_as_windows_does() {
        for text in [
            "CN=mail.contoso.com, OU=IT + L=Here, O=\"Contoso, Ltd.\", S=DE, C=US",
            "E=a@contoso.com, CN=\"say \"\"hello\"\"\", O=\"\", DC=contoso, DC=com",
            "OID.2.5.4.97=VATDE-1, SERIALNUMBER=7, OID.1.3.6.1.4.1.311.60.2.1.3=US",
            "CN=\" padded\", O=\"a<b>\", OU=\"#1\", T=\"x;y\"",
        ] {
            assert_eq!(read(text).to_windows(), text);
        }
        assert_eq!(read("CN=a\u{202E}b").to_windows(), "CN=a\\u202Eb");
    }

    #[test]
    fn knows_what_lies_below_a_base() {
        let name = read("CN=a, OU=b, O=c, C=US");
        assert!(name.is_within(&read("O=c, C=US")));
        assert!(name.is_within(&name));
        assert!(!name.is_within(&read("O=c")));
        assert!(!read("O=c, C=US").is_within(&name));
        assert!(!read("CN=x, O=cc, C=US").is_within(&read("O=c, C=US")));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,200}") {
            for name in Name::readings(&text) {
                let _ = name.to_windows();
            }
        }

        #[test]
        fn what_is_written_is_read_back(values in prop::collection::vec("[ -~\u{e0}-\u{ff}]{0,20}", 1..6)) {
            let keywords = ["CN", "OU", "O", "L", "S", "C"];
            let rdns: Vec<Rdn> = values
                .iter()
                .zip(keywords)
                .map(|(value, keyword)| {
                    vec![Attribute { oid: attribute::from_spelling(keyword).unwrap(), value: value.clone() }]
                })
                .collect();
            let name = Name::of(rdns);
            let text = name.to_windows();
            prop_assert!(Name::readings(&text).iter().any(|other| other.same_as(&name)), "{}", text);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Name::from_der(&bytes);
        }
    }
}
