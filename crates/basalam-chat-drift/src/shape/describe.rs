//! Saying in a few words which values fit.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{
    ArrayShape, Bound, NumberShape, ObjectShape, Others, ShapeId, TextShape, ValueShape, WireShape,
};

/// Every type that fits, and null; `inner` says also what is inside of arrays and objects.
pub(crate) fn value(shape: &WireShape, id: ShapeId, inner: bool) -> String {
    let value = shape.value(id);
    if value.is_anything() {
        return "anything".to_owned();
    }
    let mut kinds = kinds(shape, value, |_| inner);
    if value.null {
        kinds.push("null".to_owned());
    }
    match kinds.is_empty() {
        true => "nothing".to_owned(),
        false => kinds.join(" or "),
    }
}

/// Every type that fits but null; `inner` tells for which of them the conditions are said too.
pub(crate) fn kinds(
    shape: &WireShape,
    value: &ValueShape,
    inner: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut add = |kind: &str, full: &dyn Fn() -> String| {
        kinds.push(match inner(kind) {
            true => full(),
            false => kind.to_owned(),
        });
    };
    if let Some(values) = &value.boolean {
        add("boolean", &|| one_of("boolean", values));
    }
    if let Some(it) = &value.number {
        add(number_kind(it), &|| number(it));
    }
    if let Some(it) = &value.text {
        add("text", &|| text(it));
    }
    if let Some(it) = &value.array {
        add("array", &|| array(shape, it));
    }
    if let Some(it) = &value.object {
        add("object", &|| object(shape, it));
    }
    kinds
}

pub(crate) fn number_kind(number: &NumberShape) -> &'static str {
    match number.whole {
        true => "integer",
        false => "number",
    }
}

fn one_of<T: Display>(kind: &str, values: &BTreeSet<T>) -> String {
    let listed: Vec<String> = values.iter().map(T::to_string).collect();
    match listed.as_slice() {
        [] => kind.to_owned(),
        [only] => format!("{kind} {only}"),
        _ => format!("{kind}, one of {}", listed.join(", ")),
    }
}

fn number(number: &NumberShape) -> String {
    let mut said = one_of(number_kind(number), &number.values);
    if let Some(minimum) = number.minimum {
        said += &format!(" {}", lower(minimum));
    }
    if let Some(maximum) = number.maximum {
        said += &format!(" {}", upper(maximum));
    }
    said
}

pub(crate) fn lower(bound: Bound) -> String {
    match bound.exclusive {
        true => format!("above {}", bound.number),
        false => format!("from {}", bound.number),
    }
}

pub(crate) fn upper(bound: Bound) -> String {
    match bound.exclusive {
        true => format!("below {}", bound.number),
        false => format!("up to {}", bound.number),
    }
}

fn text(text: &TextShape) -> String {
    let kind = if text.binary { "bytes" } else { "text" };
    let mut said = one_of(kind, &text.values);
    for pattern in &text.patterns {
        said += &format!(" matching {pattern}");
    }
    said + &counts(text.min_length, text.max_length, "characters")
}

fn counts(least: Option<u64>, most: Option<u64>, what: &str) -> String {
    match (least, most) {
        (None, None) => String::new(),
        (Some(least), None) => format!(" of at least {least} {what}"),
        (None, Some(most)) => format!(" of at most {most} {what}"),
        (Some(least), Some(most)) => format!(" of {least} to {most} {what}"),
    }
}

fn array(shape: &WireShape, array: &ArrayShape) -> String {
    let items = value(shape, array.items, false);
    let counts = counts(array.min_items, array.max_items, "items");
    match items.contains(" or ") {
        true => format!("array of ({items}){counts}"),
        false => format!("array of {items}{counts}"),
    }
}

fn object(shape: &WireShape, object: &ObjectShape) -> String {
    let names: Vec<&str> = object.members.keys().map(String::as_str).collect();
    let counts = counts(object.min_members, object.max_members, "members");
    let others = match object.others {
        Others::Anything => String::new(),
        Others::Nothing => ", no others".to_owned(),
        Others::Each(id) => format!(", others {}", value(shape, id, false)),
    };
    match names.is_empty() {
        true => format!("object{counts}{others}"),
        false => format!("object with {}{counts}{others}", names.join(", ")),
    }
}
