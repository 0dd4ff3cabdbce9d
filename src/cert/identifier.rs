//! `<I>issuer<S>subject`: how a connector names its certificate.
//!
//! The text holds no thumbprint and no serial number, so every certificate of
//! the same issuer and subject answers to it, the expired and the keyless ones
//! too.

use super::name::Name;

/// From this length on the value does not replicate to Edge servers.
pub const EDGE_LIMIT: usize = 256;

/// A TlsCertificateName, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    text: String,
    /// Every way to read the issuer.
    issuer: Vec<Name>,
    /// Every way to read the subject.
    subject: Vec<Name>,
}

impl Identifier {
    /// Reads `<I>issuer<S>subject`; the marks in any case and order. The error
    /// says what is missing.
    pub fn parse(text: &str) -> Result<Identifier, String> {
        let text = text.trim();
        let issuer = marked(text, 'I').ok_or("it has no <I> part for the issuer")?;
        let subject = marked(text, 'S').ok_or("it has no <S> part for the subject")?;
        let read = |part: &str, what: &str| {
            let readings = Name::readings(part);
            if readings.is_empty() {
                Err(format!("its {what} is not a distinguished name"))
            } else {
                Ok(readings)
            }
        };
        Ok(Identifier {
            text: text.to_owned(),
            issuer: read(issuer, "issuer")?,
            subject: read(subject, "subject")?,
        })
    }

    /// What a connector must be given to mean the certificate of these names.
    pub fn compose(issuer: &Name, subject: &Name) -> String {
        format!("<I>{}<S>{}", issuer.to_windows(), subject.to_windows())
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the value is too long to reach an Edge server.
    pub fn is_too_long(&self) -> bool {
        // Directory strings are counted in UTF-16 units.
        self.text.encode_utf16().count() >= EDGE_LIMIT
    }

    /// Whether it asks for this subject, of whatever issuer.
    pub fn has_subject(&self, subject: &Name) -> bool {
        self.subject.iter().any(|wanted| wanted.same_in_any_order(subject))
    }

    /// Whether a certificate of these names answers to it.
    pub fn matches(&self, issuer: &Name, subject: &Name) -> bool {
        let any = |readings: &[Name], name: &Name| {
            readings.iter().any(|reading| reading.same_in_any_order(name))
        };
        any(&self.issuer, issuer) && any(&self.subject, subject)
    }
}

/// The text after `<mark>`, up to the other mark. Inside quotes nothing is a
/// mark: Windows quotes a value that holds `<` or `>`.
fn marked(text: &str, mark: char) -> Option<&str> {
    let mut quoted = false;
    let mut start = None;
    for (at, c) in text.char_indices() {
        if c == '"' {
            quoted = !quoted;
        }
        if quoted || c != '<' {
            continue;
        }
        let mut ahead = text[at + 1..].chars();
        let (Some(letter), Some('>')) = (ahead.next(), ahead.next()) else { continue };
        if let Some(start) = start {
            if letter.eq_ignore_ascii_case(&'I') || letter.eq_ignore_ascii_case(&'S') {
                return Some(text[start..at].trim());
            }
        } else if letter.eq_ignore_ascii_case(&mark) {
            start = Some(at + 3);
        }
    }
    start.map(|start| text[start..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Name {
        Name::readings(text).remove(0)
    }

    #[test]
    fn matches_by_meaning() {
        let issuer = name("CN=Example CA, O=\"CA, Inc.\", S=DE, C=US");
        let subject = name("CN=*.contoso.com, O=Contoso");
        for text in [
            "<I>CN=Example CA, O=\"CA, Inc.\", S=DE, C=US<S>CN=*.contoso.com, O=Contoso",
            "  <i>CN=Example CA,O=CA\\, Inc.,ST=DE,C=US<s>cn=*.CONTOSO.com,o=contoso ",
            "<S>CN=*.contoso.com, O=Contoso<I>C=US, ST=DE, O=\"CA, Inc.\", CN=Example CA",
        ] {
            assert!(Identifier::parse(text).unwrap().matches(&issuer, &subject), "{text}");
        }
        let other = "<I>CN=Example CA, O=\"CA, Inc.\", S=DE, C=US<S>CN=*.contoso.com, O=Fabrikam";
        assert!(!Identifier::parse(other).unwrap().matches(&issuer, &subject));
        let swapped = Identifier::compose(&subject, &issuer);
        assert!(!Identifier::parse(&swapped).unwrap().matches(&issuer, &subject));
        assert!(Identifier::parse(&Identifier::compose(&issuer, &subject))
            .unwrap()
            .matches(&issuer, &subject));
    }

    #[test]
    fn a_mark_inside_quotes_is_none() {
        let identifier = Identifier::parse("<I>CN=\"a <S> b\"<S>CN=c").unwrap();
        assert!(identifier.matches(&name("CN=\"a <S> b\""), &name("CN=c")));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, wanted) in [
            ("mail.contoso.com", "it has no <I> part for the issuer"),
            ("<I>CN=a", "it has no <S> part for the subject"),
            ("<I>a<S>CN=b", "its issuer is not a distinguished name"),
            ("<I>CN=a<S>", "its subject is not a distinguished name"),
        ] {
            assert_eq!(Identifier::parse(text).unwrap_err(), wanted);
        }
    }

    #[test]
    fn knows_what_does_not_reach_an_edge_server() {
        let of = |length: usize| format!("<I>CN=a<S>CN={}", "b".repeat(length - 13));
        assert!(!Identifier::parse(&of(255)).unwrap().is_too_long());
        assert_eq!(of(256).len(), 256);
        assert!(Identifier::parse(&of(256)).unwrap().is_too_long());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,200}") {
            let _ = Identifier::parse(&text);
            let _ = Identifier::parse(&format!("<I>{text}<S>{text}"));
        }
    }
}
