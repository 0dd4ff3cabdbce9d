//! JSON, as `ConvertTo-Json` writes it: an object, a list of them, or one a line.

use serde_json::{Deserializer, Value as Json};

use super::budget::{too_many_properties, MAX_PROPERTIES};
use super::{Object, Value};

/// As for CLIXML: what is needed does not lie deeper.
const MAX_DEPTH: usize = 4;

/// The objects of a file; an error with the line where it stands.
pub fn read(text: &str) -> Result<Vec<Object>, (String, u64)> {
    let mut objects = Vec::new();
    let mut values = Deserializer::from_str(text).into_iter::<Json>();
    loop {
        let start = values.byte_offset();
        let Some(value) = values.next() else { return Ok(objects) };
        let value = value.map_err(|error| {
            let line = u64::try_from(error.line()).unwrap_or(0);
            (format!("this is not JSON as ConvertTo-Json writes it: {error}"), line)
        })?;
        if let Some(count) = crowd(&value) {
            let before = text[..start].bytes().filter(|byte| *byte == b'\n').count();
            return Err((too_many_properties(count), u64::try_from(before).unwrap_or(0) + 1));
        }
        match value {
            Json::Array(items) => {
                objects.extend(items.iter().filter_map(|item| object(item, MAX_DEPTH)))
            }
            one => objects.extend(object(&one, MAX_DEPTH)),
        }
    }
}

/// How many members an object has, in this value, that has too many of them.
fn crowd(json: &Json) -> Option<usize> {
    match json {
        Json::Array(items) => items.iter().find_map(crowd),
        Json::Object(members) if members.len() > MAX_PROPERTIES => Some(members.len()),
        Json::Object(members) => members.values().find_map(crowd),
        _ => None,
    }
}

fn object(json: &Json, depth: usize) -> Option<Object> {
    let mut object = Object::default();
    for (name, value) in json.as_object()? {
        object.put(name, value_of(value, depth));
    }
    Some(object)
}

fn value_of(json: &Json, depth: usize) -> Value {
    match json {
        _ if depth == 0 => Value::Nothing,
        Json::Null => Value::Nothing,
        Json::String(text) => Value::from_text(text),
        Json::Array(items) => {
            Value::List(items.iter().map(|item| value_of(item, depth - 1)).collect())
        }
        Json::Object(members) => {
            // PowerShell 7 and 5.1 write { "value": ..., "Count": n } for some lists.
            match members
                .get("value")
                .filter(|value| value.is_array() && members.contains_key("Count"))
            {
                Some(list) => value_of(list, depth),
                None => object(json, depth - 1)
                    .map_or(Value::Nothing, |object| Value::Object(Box::new(object))),
            }
        }
        other => Value::from_text(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_objects_lists_and_lines() {
        let one = r#"{ "NextHopDomain": "contoso.com", "MessageCount": 3, "Enabled": true, "Nothing": null }"#;
        let queue = &read(one).unwrap()[0];
        assert_eq!(queue.number("MessageCount"), Some(3));
        assert_eq!(queue.answer("Enabled"), Some(true));
        assert!(queue.has("Nothing"));
        assert_eq!(read(&format!("[{one},{one}]")).unwrap().len(), 2);
        assert_eq!(read(&format!("{one}\n{one}\n{one}")).unwrap().len(), 3);
        let listed =
            read(r#"{ "SmartHosts": { "value": ["a", { "Domain": "b" }], "Count": 2 } }"#).unwrap();
        assert_eq!(listed[0].texts("SmartHosts"), ["a", "b"]);
        let members: Vec<String> = (0..=MAX_PROPERTIES).map(|at| format!("\"{at}\": 0")).collect();
        let (text, line) = read(&format!("{one}\n[{{{}}}]", members.join(","))).unwrap_err();
        assert!(text.contains("1001 properties") && line == 1, "{text} {line}");
        let (text, line) = read("{\n\"a\": }").unwrap_err();
        assert!(text.contains("ConvertTo-Json") && line == 2, "{text} {line}");
    }
}
