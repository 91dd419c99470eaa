//! Short descriptions of values.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{
    AdditionalProperties, ArrayShape, Bound, NumberShape, ObjectShape, ShapeId, StringShape,
    ValueShape, WireShape,
};

/// Describes the valid types, including null; with `detailed`, also their constraints.
pub(super) fn describe(shape: &WireShape, id: ShapeId, detailed: bool) -> String {
    let value = shape.value(id);
    if value.is_anything() {
        return "anything".to_owned();
    }
    let mut types = describe_types(shape, value, |_| detailed);
    if value.nullable {
        types.push("null".to_owned());
    }
    join(types, " or ", "nothing")
}

/// Joins items, or returns `if_empty` if there are none.
pub(crate) fn join(
    items: impl IntoIterator<Item = impl Display>,
    separator: &str,
    if_empty: &str,
) -> String {
    let items: Vec<String> = items.into_iter().map(|it| it.to_string()).collect();
    match items.is_empty() {
        true => if_empty.to_owned(),
        false => items.join(separator),
    }
}

/// Describes each valid type except null, with its constraints if `detailed` returns `true` for it.
pub(crate) fn describe_types(
    shape: &WireShape,
    value: &ValueShape,
    detailed: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut types = Vec::new();
    let mut add = |name: &str, details: &dyn Fn() -> String| {
        types.push(match detailed(name) {
            true => details(),
            false => name.to_owned(),
        });
    };
    if let Some(values) = &value.boolean {
        add("boolean", &|| one_of("boolean", values));
    }
    if let Some(it) = &value.number {
        add(number_type(it), &|| number(it));
    }
    if let Some(it) = &value.string {
        add("string", &|| string(it));
    }
    if let Some(it) = &value.array {
        add("array", &|| array(shape, it));
    }
    if let Some(it) = &value.object {
        add("object", &|| object(shape, it));
    }
    types
}

pub(super) fn number_type(number: &NumberShape) -> &'static str {
    match number.integer {
        true => "integer",
        false => "number",
    }
}

/// Describes a bound; `keyword` is `minimum` or `maximum`.
pub(crate) fn describe_bound(keyword: &str, bound: Bound) -> String {
    match bound.exclusive {
        true => format!("exclusive {keyword} {}", bound.number),
        false => format!("{keyword} {}", bound.number),
    }
}

fn one_of<T: Display>(name: &str, values: &BTreeSet<T>) -> String {
    let listed: Vec<String> = values.iter().map(T::to_string).collect();
    match listed.as_slice() {
        [] => name.to_owned(),
        [only] => format!("{name} {only}"),
        _ => format!("{name}, one of {}", listed.join(", ")),
    }
}

fn number(number: &NumberShape) -> String {
    let minimum = number.minimum.map(|it| describe_bound("minimum", it));
    let maximum = number.maximum.map(|it| describe_bound("maximum", it));
    one_of(number_type(number), &number.values) + &in_parentheses([minimum, maximum])
}

fn string(string: &StringShape) -> String {
    let name = if string.binary { "binary" } else { "string" };
    let mut description = one_of(name, &string.values);
    for pattern in &string.patterns {
        description += &format!(" matching {pattern}");
    }
    description + &limits("Length", string.min_length, string.max_length)
}

fn limits(quantity: &str, minimum: Option<u64>, maximum: Option<u64>) -> String {
    let minimum = minimum.map(|it| format!("min{quantity} {it}"));
    let maximum = maximum.map(|it| format!("max{quantity} {it}"));
    in_parentheses([minimum, maximum])
}

fn in_parentheses(constraints: [Option<String>; 2]) -> String {
    let constraints: Vec<String> = constraints.into_iter().flatten().collect();
    match constraints.is_empty() {
        true => String::new(),
        false => format!(" ({})", constraints.join(", ")),
    }
}

fn array(shape: &WireShape, array: &ArrayShape) -> String {
    let items = describe(shape, array.items, false);
    let limits = limits("Items", array.min_items, array.max_items);
    match items.contains(" or ") {
        true => format!("array of ({items}){limits}"),
        false => format!("array of {items}{limits}"),
    }
}

fn object(shape: &WireShape, object: &ObjectShape) -> String {
    let names = join(object.properties.keys(), ", ", "");
    let limits = limits("Properties", object.min_properties, object.max_properties);
    let additional = match object.additional {
        AdditionalProperties::Any => String::new(),
        AdditionalProperties::Forbidden => ", no additional properties".to_owned(),
        AdditionalProperties::Schema(id) => {
            format!(", additional properties {}", describe(shape, id, false))
        }
    };
    match object.properties.is_empty() {
        true => format!("object{limits}{additional}"),
        false => format!("object with {names}{limits}{additional}"),
    }
}
