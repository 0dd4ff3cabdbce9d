//! What a server offers in its answer to EHLO (RFC 5321 4.1.1.1), in both shapes.
//!
//! Up to 2013 a record for each line of the reply; newer versions write one
//! record with the whole reply, its lines joined by blanks.

use crate::text::clean;

/// Most keywords kept of one greeting; real servers offer under thirty.
pub const MAX_KEYWORDS: usize = 100;

/// Keywords that servers offer; needed only to take the joined shape apart.
const KEYWORDS: &[&str] = &[
    "8BITMIME",
    "ATRN",
    "AUTH",
    "BINARYMIME",
    "BURL",
    "CHECKPOINT",
    "CHUNKING",
    "CONPERM",
    "CONNEG",
    "DELIVERBY",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "ETRN",
    "EXPN",
    "FUTURERELEASE",
    "HELP",
    "LIMITS",
    "MT-PRIORITY",
    "NO-SOLICITING",
    "OK",
    "PIPELINING",
    "REQUIRETLS",
    "RRVS",
    "SAML",
    "SEND",
    "SIZE",
    "SMTPUTF8",
    "SOML",
    "STARTTLS",
    "SUBMITTER",
    "TURN",
    "UTF8SMTP",
    "VERB",
    "VRFY",
];

/// SASL mechanisms and Exchange's own, which follow `AUTH` and `X-EXPS`.
const MECHANISMS: &[&str] = &[
    "ANONYMOUS",
    "CRAM-MD5",
    "DIGEST-MD5",
    "EXCHANGEAUTH",
    "EXTERNAL",
    "GSSAPI",
    "KERBEROS_V4",
    "LOGIN",
    "MSN",
    "NTLM",
    "OAUTHBEARER",
    "PLAIN",
    "XOAUTH",
    "XOAUTH2",
];

/// Longest greeting kept. A hundred keywords of real length fit many times over.
const MAX_TEXT: usize = 4096;

/// The last greeting of a session, as logged; taken apart only where somebody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Greeting {
    /// The joined reply, or the lines after the first one, divided by LF.
    text: Vec<u8>,
    joined: bool,
}

impl Greeting {
    /// Takes the first record of a reply; gives the bytes it keeps.
    pub fn begin(&mut self, text: &[u8], continued: bool) -> usize {
        self.text.clear();
        self.joined = !continued;
        if continued {
            0
        } else {
            self.add(text)
        }
    }

    /// Takes a further record; gives the bytes it keeps.
    pub fn add_line(&mut self, text: &[u8]) -> usize {
        let separator = self.add(b"\n");
        separator + self.add(text.trim_ascii())
    }

    fn add(&mut self, text: &[u8]) -> usize {
        let text = &text[..text.len().min(MAX_TEXT - self.text.len())];
        if self.text.capacity() == 0 {
            // Most fit, and need not be moved while they grow.
            self.text.reserve(256);
        }
        self.text.extend_from_slice(text);
        text.len()
    }

    /// The reply as it is kept.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The reply was logged in one record.
    pub fn is_joined(&self) -> bool {
        self.joined
    }

    /// The keywords, each with its arguments.
    pub fn keywords(&self) -> Vec<String> {
        if self.joined {
            return split_joined(&clean(&self.text));
        }
        let lines = self.text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.take(MAX_KEYWORDS).map(clean).collect()
    }
}

/// The keywords of a reply that was logged in one record, each with its
/// arguments; `text` is what follows the code.
pub fn split_joined(text: &str) -> Vec<String> {
    split_offer(offer(text))
}

/// What such a reply offers: from its first keyword on. What stands before it
/// names the client and differs from session to session.
pub fn offer(text: &str) -> &str {
    let mut rest = text.trim_ascii_start();
    // The first word is the server's name, whatever it looks like.
    let mut is_name = true;
    while !rest.is_empty() {
        let end = rest.bytes().position(|byte| byte.is_ascii_whitespace());
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if !is_name && is_keyword(word) {
            break;
        }
        (is_name, rest) = (false, behind.trim_ascii_start());
    }
    rest
}

/// The keywords of an [`offer`].
pub fn split_offer(offer: &str) -> Vec<String> {
    let mut offered: Vec<String> = Vec::new();
    for word in offer.split_ascii_whitespace() {
        let is_argument = offered.last().is_some_and(|last| takes(last, word));
        if is_argument {
            if let Some(last) = offered.last_mut() {
                last.push(' ');
                last.push_str(word);
            }
        } else if is_keyword(word) || (!offered.is_empty() && looks_like_keyword(word)) {
            if offered.len() == MAX_KEYWORDS {
                break;
            }
            offered.push(word.to_owned());
        }
    }
    offered
}

fn is_keyword(word: &str) -> bool {
    let name = word.bytes().position(|byte| byte == b'=').map_or(word, |at| &word[..at]);
    KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(name))
        && name.bytes().any(|byte| byte.is_ascii_uppercase())
        || is_private(name)
}

/// Exchange's private keywords: `X-ANONYMOUSTLS`, `X-EXPS`, `XRDST`, `XEXCH50` ...
fn is_private(word: &str) -> bool {
    word.starts_with('X') && word.len() > 2 && looks_like_keyword(word)
}

fn looks_like_keyword(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().all(|byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'=')
        })
}

/// Whether `word` belongs to the keyword before it.
fn takes(keyword: &str, word: &str) -> bool {
    let end = keyword.bytes().position(|byte| matches!(byte, b' ' | b'='));
    let name = end.map_or(keyword, |end| &keyword[..end]);
    if name.eq_ignore_ascii_case("AUTH") || name.eq_ignore_ascii_case("X-EXPS") {
        return MECHANISMS.iter().any(|known| known.eq_ignore_ascii_case(word))
            || word.starts_with("SCRAM-");
    }
    // Sizes, limits (`MAILMAX=5`), versions (`XMESSAGECONTEXT ADRC-2.1.0.0`): anything but another keyword.
    !is_keyword(word) && !looks_like_keyword(word)
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || word.contains(['.', '='])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_joined_shape_apart() {
        let text = " EX1.contoso.com Hello [10.0.0.5] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME BINARYMIME CHUNKING XRDST";
        assert_eq!(
            split_joined(text),
            [
                "SIZE 37748736",
                "PIPELINING",
                "DSN",
                "ENHANCEDSTATUSCODES",
                "STARTTLS",
                "X-ANONYMOUSTLS",
                "AUTH NTLM",
                "X-EXPS GSSAPI NTLM",
                "8BITMIME",
                "BINARYMIME",
                "CHUNKING",
                "XRDST"
            ]
        );
    }

    #[test]
    fn greeting_words_are_no_keywords() {
        assert_eq!(
            split_joined(
                "mx.example.net Hello EX1 [192.0.2.1], pleased to meet you SIZE STARTTLS HELP"
            ),
            ["SIZE", "STARTTLS", "HELP"]
        );
        assert_eq!(split_joined("mx.example.net at your service"), Vec::<String>::new());
        assert_eq!(split_joined(""), Vec::<String>::new());
    }
}
