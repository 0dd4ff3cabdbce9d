//! Objects of the Exchange shell: what `Get-Queue`, `Get-SendConnector` and their
//! kin give, live, deserialized or exported to a file.
//!
//! What an object does not tell is `None`, never a default: over remoting, and
//! without Exchange's type data, properties go missing. Names of properties are
//! found in any case, as PowerShell does it.
//!
//! ```
//! use exchange_tls::object::{Kind, Object};
//!
//! let mut queue = Object::default();
//! queue.set("NextHopDomain", "contoso.com");
//! queue.set("LastError", "421 4.4.1\n Connection timed out");
//! assert_eq!(queue.kind(), Some(Kind::Queue));
//! assert_eq!(queue.text("lasterror"), Some("421 4.4.1 Connection timed out"));
//! assert_eq!(queue.text("Identity"), None);
//! ```

mod budget;
mod clixml;
mod json;
mod kind;

pub use budget::MAX_PROPERTIES;
pub use kind::Kind;

use crate::error::{Error, ErrorKind};
use crate::text::clean_str;

/// What a property holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, though the property is there.
    Nothing,
    /// Text, or anything that has a text: numbers, times, enumerations.
    Text(String),
    /// Bytes, as of a certificate.
    Bytes(Vec<u8>),
    /// Several values.
    List(Vec<Value>),
    /// An object without a text of its own.
    Object(Box<Object>),
}

/// Properties that say what an object is that has no text of its own, as JSON
/// leaves hosts, enumerations and addresses.
const TELLING: [&str; 4] = ["Name", "Domain", "Value", "IPAddressToString"];

/// An object: its type names, its text and its properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// The names of its type and of those it derives from, without `Deserialized.`.
    pub type_names: Vec<String>,
    /// What ToString() gave.
    pub display: Option<String>,
    /// Where it came from: a file, a command, a server.
    pub source: String,
    properties: Vec<(String, Value)>,
}

impl Object {
    /// What kind of object it is, by its type names, else by its properties.
    pub fn kind(&self) -> Option<Kind> {
        Kind::of(self)
    }

    /// Sets a property to a text.
    pub fn set(&mut self, name: &str, text: &str) {
        self.put(name, Value::Text(one_line(text)));
    }

    /// Sets a property; one of the same name is replaced.
    pub fn put(&mut self, name: &str, value: Value) {
        match self.properties.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) => *known = value,
            None => self.properties.push((clean_str(name).into_owned(), value)),
        }
    }

    /// Whether the property is there, though it may be empty.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A property.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The names and values of all properties, in their order.
    pub fn properties(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.properties.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// A property as one text; `None` where it is absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::text)
    }

    /// [`text`](Self::text), as a string of its own.
    pub fn string(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// The texts of a property that holds several, or one; none where it is
    /// absent or empty.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        if let Some(value) = self.get(name) {
            value.collect(&mut texts);
        }
        texts
    }

    /// The names that an enumeration of flags holds (`Tls, ExchangeServer`),
    /// also where it became a list.
    pub fn flags(&self, name: &str) -> Vec<String> {
        let texts = self.texts(name);
        let parts = texts.iter().flat_map(|text| text.split([',', ' ', ';', '|']));
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A property of yes or no.
    pub fn answer(&self, name: &str) -> Option<bool> {
        match self.text(name)? {
            text if text.eq_ignore_ascii_case("true") || text == "$true" => Some(true),
            text if text.eq_ignore_ascii_case("false") || text == "$false" => Some(false),
            _ => None,
        }
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// The bytes of a property; base64 where they became text.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        match self.get(name)? {
            Value::Bytes(bytes) => Some(bytes.clone()),
            Value::Text(text) => crate::cert::read::base64(text.as_bytes()),
            // As JSON writes an array of bytes.
            Value::List(items) => items.iter().map(|item| item.text()?.parse().ok()).collect(),
            _ => None,
        }
        .filter(|bytes| !bytes.is_empty())
    }

    /// The server it is from: its own word, else the computer it came from by remoting.
    pub fn server(&self) -> Option<String> {
        let named = self.string("Server").or_else(|| {
            // `SERVER\name`, as Exchange identifies what belongs to a server.
            let (server, _) = self.text("Identity")?.split_once('\\')?;
            Some(server.to_owned())
        });
        named.or_else(|| self.string("PSComputerName"))
    }
}

impl Value {
    /// A text from outside, on one line and fit to be shown.
    pub fn from_text(text: &str) -> Value {
        Value::Text(one_line(text))
    }

    fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            // One where one is wanted.
            Value::List(items) if items.len() == 1 => items[0].text(),
            Value::Object(object) => object
                .display
                .as_deref()
                .or_else(|| TELLING.iter().find_map(|name| object.text(name))),
            _ => None,
        }
    }

    fn collect(&self, texts: &mut Vec<String>) {
        match self {
            Value::List(items) => items.iter().for_each(|item| item.collect(texts)),
            // An endpoint that lost its text: Bindings, as JSON gives them.
            Value::Object(object) if object.display.is_none() && object.has("Port") => {
                if let (Some(address), Some(port)) = (object.text("Address"), object.text("Port")) {
                    let is_v6 = address.contains(':');
                    texts.push(if is_v6 {
                        format!("[{address}]:{port}")
                    } else {
                        format!("{address}:{port}")
                    });
                }
            }
            other => texts.extend(other.text().map(str::to_owned)),
        }
    }
}

/// Reads the objects of a file of `Export-Clixml` or `ConvertTo-Json`; `None`
/// where it is neither.
pub fn read(bytes: &[u8], source: &str) -> Option<Result<Vec<Object>, Error>> {
    let decoded = decode(bytes);
    let start = decoded.trim_start();
    let looks_like = if start.starts_with("<Objs") || start.starts_with("<?xml") {
        clixml::read
    } else if start.starts_with('{') || start.starts_with('[') {
        json::read
    } else {
        return None;
    };
    Some(match looks_like(start) {
        Ok(mut objects) => {
            objects.iter_mut().for_each(|object| object.source = clean_str(source).into_owned());
            Ok(objects)
        }
        Err((text, line)) => {
            let error = Error::new(ErrorKind::Unreadable, text).at_path(source);
            Err(if line > 0 { error.at_line(line) } else { error })
        }
    })
}

/// UTF-8, or the UTF-16 that Windows PowerShell writes.
fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, length)) => encoding.decode_without_bom_handling(&bytes[length..]).0,
        None => String::from_utf8_lossy(bytes),
    }
}

/// A text from outside on one line: a line end stands for a blank, and so do
/// the blanks around it. What a terminal would obey is escaped.
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return clean_str(text).into_owned();
    }
    let parts = text.split(['\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty());
    clean_str(&parts.collect::<Vec<_>>().join(" ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_property_is_not_an_empty_one() {
        let mut object = Object::default();
        object.put("TlsCertificateName", Value::Nothing);
        assert!(object.has("tlscertificatename") && !object.has("Fqdn"));
        assert_eq!(object.text("TlsCertificateName"), None);
        assert_eq!(object.answer("RequireTLS"), None);
        object.set("RequireTLS", "False");
        assert_eq!(object.answer("RequireTls"), Some(false));
    }

    #[test]
    fn lists_flags_and_endpoints_become_texts() {
        let mut object = Object::default();
        object.set("AuthMechanism", "Tls, ExchangeServer");
        assert_eq!(object.flags("AuthMechanism"), ["Tls", "ExchangeServer"]);
        let mut binding = Object::default();
        binding.set("Address", "::");
        binding.set("Port", "25");
        let bindings = vec![Value::Text("0.0.0.0:25".to_owned()), Value::Object(Box::new(binding))];
        object.put("Bindings", Value::List(bindings));
        assert_eq!(object.texts("Bindings"), ["0.0.0.0:25", "[::]:25"]);
        assert_eq!(object.text("Bindings"), None);
    }

    #[test]
    fn the_server_is_told_by_property_identity_or_remoting() {
        let mut object = Object::default();
        object.set("PSComputerName", "ex01.contoso.com");
        assert_eq!(object.server().as_deref(), Some("ex01.contoso.com"));
        object.set("Identity", "EX02\\Submission");
        assert_eq!(object.server().as_deref(), Some("EX02"));
        object.set("Server", "EX03");
        assert_eq!(object.server().as_deref(), Some("EX03"));
    }
}
