//! The marks in the document at what a person still has to write or decide.

use basalam_chat_openapi::Pointer;
use serde_json::Value;

/// The extension of the document that lists what a person still has to write or decide.
pub(crate) const NEEDS: &str = "x-needs";

/// A mark in the document: its line, its owner, and what a person has to write.
pub(crate) struct Need {
    pub(crate) line: usize,
    pub(crate) at: Pointer,
    pub(crate) what: String,
}

/// Returns the marks in a formatted document, in the order of their lines.
pub(crate) fn needs(json: &str, document: &Value) -> Vec<Need> {
    let mut found = Vec::new();
    add_needs(document, &Pointer::default(), &mut found);
    let is_mark = |(_, line): &(usize, &str)| line.trim_start().starts_with("\"x-needs\"");
    let lines = json.lines().enumerate().filter(is_mark);
    for (need, (index, _)) in found.iter_mut().zip(lines) {
        need.line = index + 1;
    }
    found
}

fn add_needs(value: &Value, at: &Pointer, found: &mut Vec<Need>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => (0..).map(|it: usize| it.to_string()).zip(items).collect(),
        _ => return,
    };
    for (name, child) in children {
        match child.as_array().filter(|_| name == NEEDS) {
            Some(list) => {
                let what: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                found.push(Need {
                    line: 0,
                    at: at.clone(),
                    what: what.join(", "),
                });
            }
            None => add_needs(child, &at.child(name), found),
        }
    }
}
