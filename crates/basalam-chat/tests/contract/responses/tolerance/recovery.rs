//! Finds a received response again in its decoded form.

use serde_json::Value;

use super::Decoded;
use super::mutation::{collapse, expand};

/// Compares a response with its decoded form.
///
/// # Errors
///
/// Returns the first part of the response that is not found again.
pub(super) fn losses(received: &Value, decoded: &Decoded) -> Result<(), String> {
    if decoded.unreadable.is_empty() {
        return compare(received, &decoded.encoded);
    }
    let mut encoded = decoded.encoded.clone();
    insert_unreadable(&mut encoded, decoded)?;
    compare(received, &encoded)
}

/// Inserts the unreadable items in the list of a page: `data`, or a property of it.
fn insert_unreadable(encoded: &mut Value, decoded: &Decoded) -> Result<(), String> {
    let list = match encoded.get_mut("data") {
        Some(Value::Object(page)) => {
            let lists = ["messages", "chats"];
            let mut properties = page.iter_mut();
            let list = properties.find(|(name, _)| lists.contains(&name.as_str()));
            list.and_then(|(_, list)| list.as_array_mut())
        }
        Some(Value::Array(list)) => Some(list),
        _ => None,
    };
    let list = list.ok_or("there is no list for the unreadable items")?;
    for item in &decoded.unreadable {
        let value = serde_json::from_str(&collapse(item.raw()));
        let value = value.map_err(|error| format!("{error} in {}", item.raw()))?;
        if item.index() > list.len() || item.error().is_empty() {
            return Err(format!("{item:?} has no position or no error"));
        }
        if item.error().contains("emoji") {
            return Err(format!("{item:?} shows its content"));
        }
        list.insert(item.index(), value);
    }
    Ok(())
}

fn compare(received: &Value, encoded: &Value) -> Result<(), String> {
    if received == encoded || is_same_scalar(received, encoded) {
        return Ok(());
    }
    match (received, encoded) {
        (Value::Object(received), Value::Object(encoded)) => {
            if let Some(name) = encoded.keys().find(|name| !received.contains_key(*name)) {
                return Err(format!(".{name} was not received"));
            }
            for (name, value) in received {
                match encoded.get(name) {
                    Some(encoded) => {
                        compare(value, encoded).map_err(|loss| format!(".{name}{loss}"))?
                    }
                    // Null and absent are the same.
                    None if value.is_null() => {}
                    None => return Err(format!(".{name}: {value} is lost")),
                }
            }
            Ok(())
        }
        (Value::Array(received), Value::Array(encoded)) if received.len() == encoded.len() => {
            let items = received.iter().zip(encoded).enumerate();
            for (index, (received, encoded)) in items {
                compare(received, encoded).map_err(|loss| format!("[{index}]{loss}"))?;
            }
            Ok(())
        }
        // Sparse lists.
        (Value::Object(received), Value::Array(encoded)) if received.len() == encoded.len() => {
            let is_index = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
            if !received.keys().all(is_index) {
                return Err(": names are lost".to_owned());
            }
            for (received, encoded) in received.values().zip(encoded) {
                compare(received, encoded)?;
            }
            Ok(())
        }
        // An empty object, as PHP writes it.
        (Value::Array(received), Value::Object(encoded))
            if received.is_empty() && encoded.is_empty() =>
        {
            Ok(())
        }
        // A value that cannot be represented is kept as a string that contains its JSON.
        (received, Value::String(json)) if kept_as_string(received, json) => Ok(()),
        (received, encoded) => Err(format!(": {received} became {encoded}")),
    }
}

fn kept_as_string(received: &Value, json: &str) -> bool {
    expand(json) == json
        && serde_json::from_str::<Value>(&collapse(json)).is_ok_and(|it| it == *received)
}

/// Returns `true` for the forms of scalars that are decoded to the same value.
fn is_same_scalar(received: &Value, encoded: &Value) -> bool {
    match (received, encoded) {
        (Value::String(received), Value::Number(encoded)) => {
            let parsed: Option<f64> = received.parse().ok();
            parsed.is_some() && parsed == encoded.as_f64()
        }
        (Value::Number(received), Value::Number(encoded)) => received.as_f64() == encoded.as_f64(),
        (Value::Number(received), Value::Bool(encoded)) => {
            received.as_f64() == Some(f64::from(u8::from(*encoded)))
        }
        (Value::String(received), Value::Bool(encoded)) => match encoded {
            true => ["true", "1"].contains(&received.as_str()),
            false => ["false", "0"].contains(&received.as_str()),
        },
        _ => false,
    }
}
