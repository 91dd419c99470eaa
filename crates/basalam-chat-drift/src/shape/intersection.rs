//! The intersection of two values.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AdditionalProperties, ArrayShape, Bound, NumberShape, ObjectShape, PropertyShape, ShapeId,
    StringShape, ValueShape,
};

/// Returns the shape that accepts what both `left` and `right` accept. `intersection_id` returns
/// the id of the intersection of two shapes.
pub(super) fn intersection(
    left: ValueShape,
    right: ValueShape,
    intersection_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ValueShape {
    ValueShape {
        nullable: left.nullable && right.nullable,
        deprecated: left.deprecated || right.deprecated,
        boolean: combine(left.boolean, right.boolean, enum_values),
        number: combine(left.number, right.number, numbers),
        string: combine(left.string, right.string, strings),
        array: combine(left.array, right.array, |left, right| {
            Some(ArrayShape {
                items: intersection_id(left.items, right.items),
                min_items: left.min_items.max(right.min_items),
                max_items: tighter(left.max_items, right.max_items, |left, right| left < right),
            })
        }),
        object: combine(left.object, right.object, |left, right| {
            Some(objects(left, right, intersection_id))
        }),
        // The keywords next to a reference are on the left, and take precedence.
        default: left.default.or(right.default),
        rules: left.rules.into_iter().chain(right.rules).collect(),
        origin: if left.origin.0.is_some() {
            left.origin
        } else {
            right.origin
        },
    }
}

fn combine<T>(
    left: Option<T>,
    right: Option<T>,
    both: impl FnOnce(T, T) -> Option<T>,
) -> Option<T> {
    both(left?, right?)
}

/// Returns the common values, or `None` if there are none. An empty set accepts any value.
fn enum_values<T: Ord + Clone>(left: BTreeSet<T>, right: BTreeSet<T>) -> Option<BTreeSet<T>> {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => Some(right),
        (_, true) => Some(left),
        _ => {
            let common: BTreeSet<T> = left.intersection(&right).cloned().collect();
            (!common.is_empty()).then_some(common)
        }
    }
}

fn tighter<T: Copy>(
    left: Option<T>,
    right: Option<T>,
    is_tighter: impl Fn(T, T) -> bool,
) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(if is_tighter(left, right) { left } else { right }),
        (left, right) => left.or(right),
    }
}

fn numbers(left: NumberShape, right: NumberShape) -> Option<NumberShape> {
    let mut number = NumberShape {
        integer: left.integer || right.integer,
        minimum: tighter(left.minimum, right.minimum, Bound::is_tighter_minimum),
        maximum: tighter(left.maximum, right.maximum, Bound::is_tighter_maximum),
        values: enum_values(left.values, right.values)?,
    };
    number.normalize();
    Some(number)
}

fn strings(mut left: StringShape, mut right: StringShape) -> Option<StringShape> {
    left.patterns.append(&mut right.patterns);
    Some(StringShape {
        values: enum_values(left.values, right.values)?,
        patterns: left.patterns,
        min_length: left.min_length.max(right.min_length),
        max_length: tighter(left.max_length, right.max_length, |left, right| {
            left < right
        }),
        binary: left.binary || right.binary,
    })
}

fn objects(
    left: ObjectShape,
    mut right: ObjectShape,
    intersection_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ObjectShape {
    use AdditionalProperties::{Any, Schema};

    let mut properties = BTreeMap::new();
    for (name, property) in left.properties {
        let property = match right.properties.remove(&name) {
            Some(other) => PropertyShape {
                required: property.required || other.required,
                value: intersection_id(property.value, other.value),
            },
            None => restricted(property, right.additional, intersection_id),
        };
        properties.insert(name, property);
    }
    for (name, property) in right.properties {
        let property = restricted(property, left.additional, intersection_id);
        properties.insert(name, property);
    }
    ObjectShape {
        properties,
        additional: match (left.additional, right.additional) {
            (Any, other) | (other, Any) => other,
            (Schema(left), Schema(right)) => Schema(intersection_id(left, right)),
            _ => AdditionalProperties::Forbidden,
        },
        min_properties: left.min_properties.max(right.min_properties),
        max_properties: tighter(left.max_properties, right.max_properties, |left, right| {
            left < right
        }),
    }
}

/// Restricts a property that only one side names by the additional properties of the other. If the
/// other forbids them, the property stays: authors of such schemas mean the properties of both.
fn restricted(
    property: PropertyShape,
    additional: AdditionalProperties,
    intersection_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> PropertyShape {
    match additional {
        AdditionalProperties::Schema(value) => PropertyShape {
            value: intersection_id(property.value, value),
            ..property
        },
        AdditionalProperties::Any | AdditionalProperties::Forbidden => property,
    }
}
