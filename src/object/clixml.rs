//! CLIXML, as `Export-Clixml` writes it ([MS-PSRP] 2.2.5).
//!
//! Objects that stand in the file twice are written once and referred to by
//! number; so are lists of type names.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId};

use super::budget::{Budget, VALUE};
use super::{one_line, Object, Value};
use crate::text::clean_str;

/// How deep properties are followed. What is needed stands in the object itself
/// and in the items of its lists; the shell itself stops at 2 where nobody says more.
const MAX_DEPTH: usize = 4;

/// Containers, which hold the items of a list.
const LISTS: [&str; 4] = ["LST", "IE", "STK", "QUE"];

/// Values that an object can be beside its properties.
const PLAIN: [&str; 12] =
    ["S", "DT", "I32", "I64", "U32", "U64", "By", "B", "Db", "G", "Version", "BA"];

/// The objects of a file; an error with the line where it stands, 0 for the whole.
pub fn read(text: &str) -> Result<Vec<Object>, (String, u64)> {
    let document = Document::parse(text).map_err(|error| {
        let line = match error {
            roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode => {
                text.lines().count()
            }
            _ => usize::try_from(error.pos().row).unwrap_or(0),
        };
        let error = clean_str(&error.to_string()).into_owned();
        let text = format!("this is not XML as Export-Clixml writes it: {error}");
        (text, u64::try_from(line).unwrap_or(0))
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "Objs" {
        let name = clean_str(root.tag_name().name()).into_owned();
        return Err((
            format!("the file begins with <{name}>; expected <Objs>, as Export-Clixml writes it"),
            1,
        ));
    }
    let mut reader = Reader {
        document: &document,
        objects: HashMap::new(),
        types: HashMap::new(),
        budget: Budget::of(text),
    };
    for node in root.descendants().filter(Node::is_element) {
        if let Some(number) = node.attribute("RefId") {
            let known = match node.tag_name().name() {
                "Obj" => &mut reader.objects,
                "TN" => &mut reader.types,
                _ => continue,
            };
            known.insert(number, node.id());
        }
    }
    let mut objects = Vec::new();
    for node in root.children().filter(Node::is_element) {
        reader.top(node, &mut objects);
        reader.budget.check().map_err(|text| (text, 0))?;
    }
    Ok(objects)
}

struct Reader<'a> {
    document: &'a Document<'a>,
    objects: HashMap<&'a str, NodeId>,
    types: HashMap<&'a str, NodeId>,
    budget: Budget,
}

impl<'a> Reader<'a> {
    /// An object of the file, or each item of the list that was exported as one.
    fn top(&self, node: Node<'a, 'a>, objects: &mut Vec<Object>) {
        match self.list(node) {
            Some(items) => items.for_each(|item| objects.extend(self.whole(item))),
            None => objects.extend(self.whole(node)),
        }
    }

    /// An object, also where it stands in the file for the second time.
    fn whole(&self, node: Node<'a, 'a>) -> Option<Object> {
        let node = if node.tag_name().name() == "Ref" { self.target(node)? } else { node };
        (node.tag_name().name() == "Obj" && self.budget.spend(VALUE))
            .then(|| self.object(node, MAX_DEPTH))
    }

    /// The object that a `Ref` refers to.
    fn target(&self, node: Node<'a, 'a>) -> Option<Node<'a, 'a>> {
        self.document.get_node(*self.objects.get(node.attribute("RefId")?)?)
    }

    fn list(&self, node: Node<'a, 'a>) -> Option<impl Iterator<Item = Node<'a, 'a>>> {
        let list = node.children().find(|child| LISTS.contains(&child.tag_name().name()))?;
        Some(list.children().filter(Node::is_element))
    }

    fn object(&self, node: Node<'a, 'a>, depth: usize) -> Object {
        // Each of its children is looked at for each part of the object.
        if !self.budget.spend(node.children().count()) {
            return Object::default();
        }
        let mut object = Object { type_names: self.type_names(node), ..Object::default() };
        object.display = child(node, "ToString")
            .map(|node| node.text().unwrap_or_default())
            .filter(|text| self.budget.spend(text.len()))
            .map(|text| one_line(&unescape(text)))
            .filter(|text| !text.is_empty());
        for group in ["Props", "MS"] {
            for property in child(node, group).into_iter().flat_map(|group| group.children()) {
                if let Some(name) = property.attribute("N") {
                    self.put(&mut object, name, self.value(property, depth));
                }
            }
        }
        for entry in child(node, "DCT").into_iter().flat_map(|entries| entries.children()) {
            let part = |name| entry.children().find(|one| one.attribute("N") == Some(name));
            if let (Some(key), Some(value)) =
                (part("Key").and_then(|key| key.text()), part("Value"))
            {
                self.put(&mut object, key, self.value(value, depth));
            }
        }
        object
    }

    fn put(&self, object: &mut Object, name: &str, value: Value) {
        if self.budget.spend_on_property(object, name) {
            object.put(&unescape(name), value);
        }
    }

    fn type_names(&self, node: Node<'a, 'a>) -> Vec<String> {
        let names = child(node, "TN").or_else(|| {
            let number = child(node, "TNRef")?.attribute("RefId")?;
            self.document.get_node(*self.types.get(number)?)
        });
        let names = names.into_iter().flat_map(|names| names.children().filter(Node::is_element));
        names
            .filter_map(|name| name.text())
            .take_while(|name| self.budget.spend(name.len()))
            .map(|name| clean_str(name.strip_prefix("Deserialized.").unwrap_or(name)).into_owned())
            .collect()
    }

    fn value(&self, node: Node<'a, 'a>, depth: usize) -> Value {
        if depth == 0 || !self.budget.spend(VALUE + node.text().map_or(0, str::len)) {
            return Value::Nothing;
        }
        match node.tag_name().name() {
            "Nil" => Value::Nothing,
            "BA" => crate::cert::read::base64(node.text().unwrap_or_default().as_bytes())
                .map_or(Value::Nothing, Value::Bytes),
            "Ref" => {
                self.target(node).map_or(Value::Nothing, |target| self.value(target, depth - 1))
            }
            "Obj" => self.nested(node, depth),
            _ => Value::from_text(&unescape(node.text().unwrap_or_default())),
        }
    }

    /// A list by its items; what has a text, like an enumeration, by that; an
    /// enumeration that lost it by its number, and a plain value to which someone
    /// added properties (`Get-Date` does) by the value.
    fn nested(&self, node: Node<'a, 'a>, depth: usize) -> Value {
        if let Some(items) = self.list(node) {
            return Value::List(items.map(|item| self.value(item, depth - 1)).collect());
        }
        let object = self.object(node, depth - 1);
        if let Some(text) = object.display {
            return Value::Text(text);
        }
        let plain = node.children().find(|child| PLAIN.contains(&child.tag_name().name()));
        match plain {
            Some(plain) => self.value(plain, depth - 1),
            None => Value::Object(Box::new(object)),
        }
    }
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// `_x000A_` stands for a character that XML cannot hold ([MS-PSRP] 2.2.5.3.2).
fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        units.extend(rest[..at].encode_utf16());
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|code| u16::from_str_radix(code, 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = &rest[at + 7..];
            }
            None => {
                units.extend("_x".encode_utf16());
                rest = &rest[at + 2..];
            }
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUES: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T><T>Deserialized.System.Object</T></TN>
    <ToString>EX01\3</ToString>
    <Props>
      <S N="NextHopDomain">contoso.com</S>
      <I32 N="MessageCount">42</I32>
      <S N="LastError">451 4.4.0 Primary target IP address responded with: "421 4.4.1_x000D__x000A_ Connection timed out."</S>
      <Obj N="Status" RefId="1"><TN RefId="1"><T>X.QueueStatus</T></TN><ToString>Retry</ToString><I32>4</I32></Obj>
      <Nil N="Fqdn" />
    </Props>
    <MS><S N="PSComputerName">ex01</S><BA N="RawData">AQID</BA></MS>
  </Obj>
  <Obj RefId="2">
    <TNRef RefId="0" />
    <Props>
      <Ref N="Same" RefId="1" />
      <Obj N="SmartHosts" RefId="3"><LST><S>a.example</S><Obj RefId="4"><ToString>b.example</ToString></Obj></LST></Obj>
      <Obj N="Level" RefId="5"><I32>7</I32></Obj>
      <Obj N="When" RefId="6"><DT>2024-01-02T03:04:05Z</DT><MS><Obj N="DisplayHint" RefId="7"><I32>2</I32></Obj></MS></Obj>
    </Props>
  </Obj>
  <Ref RefId="2" />
  <Obj RefId="8"><DCT><En><S N="Key">LastError</S><S N="Value">421</S></En></DCT>
  </Obj>
</Objs>"#;

    #[test]
    fn reads_what_the_shell_exports() {
        let objects = read(QUEUES).unwrap();
        assert_eq!(objects.len(), 4);
        assert_eq!(objects[2], objects[1]);
        assert_eq!(objects[3].text("LastError"), Some("421"));
        let queue = &objects[0];
        assert_eq!(queue.kind(), Some(super::super::Kind::Queue));
        assert_eq!(queue.display.as_deref(), Some("EX01\\3"));
        assert_eq!(queue.text("Status"), Some("Retry"));
        assert_eq!(queue.number("MessageCount"), Some(42));
        assert!(queue.text("LastError").unwrap().ends_with("421 4.4.1 Connection timed out.\""));
        assert!(queue.has("Fqdn") && queue.text("Fqdn").is_none());
        assert_eq!(queue.bytes("RawData"), Some(vec![1, 2, 3]));
        assert_eq!(queue.server().as_deref(), Some("ex01"));
        let second = &objects[1];
        assert_eq!(second.type_names, queue.type_names);
        assert_eq!(second.text("Same"), Some("Retry"));
        assert_eq!(second.texts("SmartHosts"), ["a.example", "b.example"]);
        assert_eq!(second.text("Level"), Some("7"));
        assert_eq!(second.text("When"), Some("2024-01-02T03:04:05Z"));
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        for lost in [8, 10, 20] {
            let cut = &QUEUES[..QUEUES.len() - lost];
            let (text, line) = read(cut).unwrap_err();
            assert!(text.contains("Export-Clixml") && line > 15, "{text} {line}");
        }
        assert!(read("<html/>").unwrap_err().0.contains("<html>"));
    }

    #[test]
    fn references_in_a_circle_end() {
        let circle = r#"<Objs><Obj RefId="0"><Props><Ref N="Me" RefId="0" /><Obj N="In" RefId="1"><Props><Ref N="Up" RefId="0" /></Props></Obj></Props></Obj></Objs>"#;
        assert_eq!(read(circle).unwrap().len(), 1);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape("a_x000A_b_xZZ_c_x"), "a\nb_xZZ_c_x");
        assert_eq!(unescape("_xD83D__xDE00_"), "\u{1F600}");
        assert_eq!(unescape("_x\u{fc}\u{fc}\u{fc}_"), "_x\u{fc}\u{fc}\u{fc}_");
    }
}
