//! Properties as a report wants them: texts of bounded length, times, lists.
//!
//! What was serialized may have lost its depth: a certificate becomes a text, a
//! list one text. Whatever is there is shown as text, and nothing is refused.

use std::borrow::Cow;

use crate::object::{Object, Value};
use crate::text::{find_ignore_case, shorten};
use crate::timestamp::Timestamp;

/// Longest text kept of a property: an SMTP reply has some hundred characters,
/// a LastError with three nested replies two thousand.
pub const MAX_TEXT: usize = 4_000;
/// Longest name: of a connector 64 characters, a distinguished name some 300.
pub const MAX_NAME: usize = 400;
/// Most items kept of a list: the longest real remedy has some 20 lines.
pub const MAX_ITEMS: usize = 60;
/// How deep objects inside objects are followed, as deep as they are read from files.
const MAX_DEPTH: usize = 4;

/// A property as one text, not shortened; empty where there is none.
pub fn whole<'a>(object: &'a Object, name: &str) -> Cow<'a, str> {
    match object.get(name) {
        None | Some(Value::Nothing) => Cow::Borrowed(""),
        Some(Value::Text(text)) => Cow::Borrowed(text.trim()),
        Some(other) => Cow::Owned(words(other, MAX_DEPTH)),
    }
}

/// A property as one text of bounded length; `None` where it is absent or empty.
pub fn text(object: &Object, name: &str) -> Option<String> {
    let text = whole(object, name);
    (!text.is_empty()).then(|| shorten(&text, MAX_TEXT).into_owned())
}

/// [`text`], for what is no more than a name.
pub fn name(object: &Object, name: &str) -> Option<String> {
    let text = whole(object, name);
    (!text.is_empty()).then(|| shorten(&text, MAX_NAME).into_owned())
}

/// The items of a property that holds several, or one.
pub fn items<'a>(object: &'a Object, name: &str) -> &'a [Value] {
    match object.get(name) {
        None | Some(Value::Nothing) => &[],
        Some(Value::List(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// The items of a property as texts, bounded in number and length.
pub fn texts(object: &Object, name: &str) -> Vec<String> {
    let all = items(object, name);
    let kept = all.iter().take(MAX_ITEMS).map(|item| words(item, MAX_DEPTH));
    let kept = kept.filter(|text| !text.is_empty());
    let mut texts: Vec<String> = kept.map(|text| shorten(&text, MAX_TEXT).into_owned()).collect();
    if all.len() > MAX_ITEMS {
        texts.push(format!("({} more are left out)", all.len() - MAX_ITEMS));
    }
    texts
}

/// Commands. One that is too long is left out in words: half a command is
/// another command.
pub fn commands(object: &Object, name: &str) -> Vec<String> {
    let all = items(object, name);
    let kept = all.iter().take(MAX_ITEMS).map(|item| words(item, MAX_DEPTH));
    let mut lines: Vec<String> = kept
        .filter(|line| !line.is_empty())
        .map(|line| match line.len() {
            0..=MAX_TEXT => line,
            long => format!("# (a command of {long} bytes is left out here)"),
        })
        .collect();
    if all.len() > MAX_ITEMS {
        lines.push(format!("# ({} more lines are left out here)", all.len() - MAX_ITEMS));
    }
    lines
}

/// A time; `None` where there is none or it is not certain which.
pub fn time(object: &Object, name: &str) -> Option<Timestamp> {
    match object.get(name)? {
        Value::Text(text) => Timestamp::parse(text.as_bytes()),
        other => Timestamp::parse(words(other, MAX_DEPTH).as_bytes()),
    }
}

/// A number; `None` where it is none.
pub fn number(object: &Object, name: &str) -> Option<i64> {
    whole(object, name).parse().ok()
}

/// An item of a list as one text.
pub fn words_of(value: &Value) -> String {
    shorten(&words(value, MAX_DEPTH), MAX_TEXT).into_owned()
}

/// What names a certificate: its thumbprint, else whatever there is of it.
pub fn thumbprint<'a>(object: &'a Object, name: &str) -> Cow<'a, str> {
    if let Some(Value::Object(certificate)) = object.get(name) {
        let thumbprint = whole(certificate, "Thumbprint");
        if !thumbprint.is_empty() {
            return thumbprint;
        }
    }
    match whole(object, name) {
        Cow::Borrowed(text) => Cow::Borrowed(thumbprint_in(text).unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(thumbprint_in(&text).map_or(text.clone(), str::to_owned)),
    }
}

/// The thumbprint in `Subject: CN=..., Thumbprint: 0123...`.
fn thumbprint_in(text: &str) -> Option<&str> {
    let after = &text[find_ignore_case(text.as_bytes(), b"thumbprint")? + "thumbprint".len()..];
    let rest = after.trim_start_matches([' ', ':', '=']);
    let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
    // SHA-1 has 40 digits, SHA-256 has 64.
    (40..=64).contains(&end).then(|| &rest[..end])
}

/// Any value as text. The depth bounds the recursion, [`MAX_ITEMS`] each list,
/// and [`MAX_WORDS`] all of them together.
fn words(value: &Value, depth: usize) -> String {
    let mut out = String::new();
    write_words(&mut out, value, depth);
    out
}

/// Where putting nested values together ends: far more than is ever shown of one.
const MAX_WORDS: usize = 64 << 10;

fn write_words(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Nothing => {}
        Value::Text(text) => out.push_str(text.trim()),
        Value::Bytes(bytes) => out.push_str(&format!("({} bytes)", bytes.len())),
        _ if depth == 0 || out.len() > MAX_WORDS => out.push_str("..."),
        Value::List(items) => {
            for item in items.iter().take(MAX_ITEMS) {
                separate(out, "", |out| write_words(out, item, depth - 1));
            }
        }
        Value::Object(object) => match &object.display {
            Some(text) => out.push_str(text),
            None => {
                for (name, value) in object.properties().take(MAX_ITEMS) {
                    separate(out, name, |out| write_words(out, value, depth - 1));
                }
            }
        },
    }
}

/// What `write` adds, after a comma and its name; nothing where it adds nothing.
fn separate(out: &mut String, name: &str, write: impl FnOnce(&mut String)) {
    let start = out.len();
    if !out.is_empty() && !out.ends_with(": ") {
        out.push_str(", ");
    }
    if !name.is_empty() {
        out.push_str(name);
        out.push_str(": ");
    }
    let empty = out.len();
    write(out);
    if out.len() == empty {
        out.truncate(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_named_in_every_shape() {
        let print = "5B1D0C7A9E3F4628B0D1E2F3A4B5C6D7E8F90A1B";
        let mut certificate = Object::default();
        certificate.set("Thumbprint", print);
        let mut object = Object::default();
        object.put("Certificate", Value::Object(Box::new(certificate)));
        assert_eq!(thumbprint(&object, "Certificate"), print);
        for text in [
            format!("Subject: CN=a, Thumbprint: {print}"),
            format!("@{{Subject=CN=a; Thumbprint={print}; NotAfter=x}}"),
            format!("Subject CN=a Thumbprint     {print} NotAfter x"),
        ] {
            object.set("Certificate", &text);
            assert_eq!(thumbprint(&object, "Certificate"), print, "{text}");
        }
        object.set("Certificate", "CN=only");
        assert_eq!(thumbprint(&object, "Certificate"), "CN=only");
        assert_eq!(thumbprint(&object, "RemoteCertificate"), "");
    }

    #[test]
    fn long_commands_are_never_cut() {
        let mut object = Object::default();
        let long = Value::Text("Remove-Item ".repeat(1000));
        object.put("Remedy", Value::List(vec![Value::Text("Get-Queue".to_owned()), long]));
        let lines = commands(&object, "Remedy");
        assert_eq!(lines[0], "Get-Queue");
        assert!(lines[1].starts_with("# (a command of 11999 bytes"), "{}", lines[1]);
        object.put("Remedy", Value::List(vec![Value::Text("x".to_owned()); 100]));
        assert_eq!(commands(&object, "Remedy").len(), MAX_ITEMS + 1);
    }
}
