//! Objects as a C caller gives them.

use super::arguments::{numbers, text};
use super::certs::{maybe, slice};
use super::evidence_types::{extls_object, extls_property};
use super::types::extls_list;
use crate::object::{one_line, Object, Value, MAX_PROPERTIES};
use crate::text::clean_str;

/// Longest bytes of a property: a certificate is some kilobytes.
const MAX_BYTES: usize = 16 << 20;

/// Copies an object.
///
/// # Safety
/// The texts, bytes and properties of the object must be readable.
pub unsafe fn read(given: &extls_object) -> Result<Object, String> {
    let mut object = Object::default();
    // SAFETY: promised by the caller.
    for name in unsafe { lines("object.type_names", given.type_names) }? {
        let name = name.strip_prefix("Deserialized.").unwrap_or(&name).to_owned();
        object.type_names.push(name);
    }
    // SAFETY: promised by the caller.
    let display = unsafe { maybe("object.display", given.display) }?;
    object.display = display.map(|text| one_line(&text)).filter(|text| !text.is_empty());
    // SAFETY: promised by the caller.
    let source = unsafe { maybe("object.source", given.source) }?;
    object.source = clean_str(&source.unwrap_or_default()).into_owned();
    // SAFETY: promised by the caller.
    let properties =
        unsafe { numbers("object.properties", given.properties, given.property_count) }?;
    if properties.len() > MAX_PROPERTIES {
        return Err(format!(
            "object has {} properties; expected at most {MAX_PROPERTIES}",
            properties.len()
        ));
    }
    for (at, property) in properties.iter().enumerate() {
        // SAFETY: promised by the caller.
        unsafe { add(&mut object, at, property) }?;
    }
    Ok(object)
}

/// # Safety
/// The texts and bytes of the property must be readable.
unsafe fn add(object: &mut Object, at: usize, given: &extls_property) -> Result<(), String> {
    // SAFETY: promised by the caller.
    let name = unsafe { text(&format!("object.properties[{at}].name"), given.name) }?;
    if name.is_empty() {
        return Err(format!("object.properties[{at}].name is empty"));
    }
    let value = if given.bytes.len > 0 {
        if given.bytes.len > MAX_BYTES {
            return Err(format!(
                "{name} has {} bytes; expected at most {MAX_BYTES}",
                given.bytes.len
            ));
        }
        // SAFETY: promised by the caller.
        Value::Bytes(unsafe { slice(&name, given.bytes) }?.to_vec())
    } else {
        // SAFETY: promised by the caller.
        let mut texts = unsafe { lines(&name, given.values) }?;
        match texts.len() {
            0 => Value::Nothing,
            1 => Value::Text(texts.remove(0)),
            _ => Value::List(texts.into_iter().map(Value::Text).collect()),
        }
    };
    match name.split_once('.') {
        None => object.put(&name, value),
        Some((outer, inner)) => {
            let mut nested = match object.get(outer) {
                Some(Value::Object(nested)) => nested.clone(),
                _ => Box::default(),
            };
            nested.put(inner, value);
            object.put(outer, Value::Object(nested));
        }
    }
    Ok(())
}

/// Texts, each on one line; empty ones too.
///
/// # Safety
/// As for [`text`], for each item.
unsafe fn lines(name: &str, list: extls_list) -> Result<Vec<String>, String> {
    // SAFETY: promised by the caller.
    let items = unsafe { numbers(name, list.items, list.len) }?;
    // SAFETY: promised by the caller.
    items.iter().map(|item| unsafe { text(name, *item) }.map(|text| one_line(&text))).collect()
}
