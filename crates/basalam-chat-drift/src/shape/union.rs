//! The union of two values.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AdditionalProperties, ArrayShape, Bound, NumberShape, ObjectShape, PropertyShape, ShapeId,
    StringShape, ValueShape,
};

/// Returns the shape that accepts what `left` or `right` accepts. `union_id` returns the id of the
/// union of two shapes.
pub(super) fn union(
    left: ValueShape,
    right: ValueShape,
    union_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ValueShape {
    ValueShape {
        nullable: left.nullable || right.nullable,
        deprecated: left.deprecated && right.deprecated,
        boolean: combine(left.boolean, right.boolean, enum_values),
        number: combine(left.number, right.number, numbers),
        string: combine(left.string, right.string, strings),
        array: combine(left.array, right.array, |left, right| {
            arrays(&left, &right, union_id)
        }),
        object: combine(left.object, right.object, |left, right| {
            objects(left, right, union_id)
        }),
        default: defaults(left.default, right.default),
        rules: left.rules.into_iter().chain(right.rules).collect(),
        origin: left.origin,
    }
}

/// Returns the defaults of both sides as lines, in the same order for every order of the sides.
/// JSON has no line break outside of its strings, and a backslash and `n` in them.
pub(super) fn defaults(left: Option<String>, right: Option<String>) -> Option<String> {
    match (left, right) {
        (Some(left), Some(right)) => Some(merge_sorted(&left, &right, "\n")),
        (left, right) => left.or(right),
    }
}

fn merge_sorted(left: &str, right: &str, separator: &str) -> String {
    let both = left.split(separator).chain(right.split(separator));
    let sorted: BTreeSet<&str> = both.collect();
    sorted.into_iter().collect::<Vec<_>>().join(separator)
}

fn combine<T>(left: Option<T>, right: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(both(left, right)),
        (left, right) => left.or(right),
    }
}

/// An empty set accepts any value.
fn enum_values<T: Ord>(left: BTreeSet<T>, right: BTreeSet<T>) -> BTreeSet<T> {
    if left.is_empty() || right.is_empty() {
        return BTreeSet::new();
    }
    left.into_iter().chain(right).collect()
}

fn numbers(left: NumberShape, right: NumberShape) -> NumberShape {
    NumberShape {
        integer: left.integer && right.integer,
        minimum: looser(left.minimum, right.minimum, Bound::is_tighter_minimum),
        maximum: looser(left.maximum, right.maximum, Bound::is_tighter_maximum),
        values: enum_values(left.values, right.values),
    }
}

fn looser<T: Copy>(
    left: Option<T>,
    right: Option<T>,
    is_tighter: impl Fn(T, T) -> bool,
) -> Option<T> {
    let (left, right) = (left?, right?);
    Some(if is_tighter(left, right) { right } else { left })
}

fn strings(left: StringShape, right: StringShape) -> StringShape {
    StringShape {
        patterns: patterns(left.patterns, right.patterns),
        min_length: left.min_length.min(right.min_length),
        max_length: looser(left.max_length, right.max_length, |left, right| {
            left < right
        }),
        binary: left.binary && right.binary,
        values: enum_values(left.values, right.values),
    }
}

fn patterns(left: BTreeSet<String>, right: BTreeSet<String>) -> BTreeSet<String> {
    if left == right {
        return left;
    }
    if left.is_empty() || right.is_empty() {
        return BTreeSet::new();
    }
    let [left, right] = [left, right].map(|all| all.into_iter().collect::<Vec<_>>().join(" and "));
    BTreeSet::from([merge_sorted(&left, &right, " or ")])
}

fn arrays(
    left: &ArrayShape,
    right: &ArrayShape,
    union_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ArrayShape {
    ArrayShape {
        items: union_id(left.items, right.items),
        min_items: left.min_items.min(right.min_items),
        max_items: looser(left.max_items, right.max_items, |left, right| left < right),
    }
}

fn objects(
    left: ObjectShape,
    mut right: ObjectShape,
    union_id: &mut impl FnMut(ShapeId, ShapeId) -> ShapeId,
) -> ObjectShape {
    use AdditionalProperties::{Any, Forbidden, Schema};

    let mut properties = BTreeMap::new();
    for (name, property) in left.properties {
        let property = match right.properties.remove(&name) {
            Some(other) => PropertyShape {
                required: property.required && other.required,
                value: union_id(property.value, other.value),
            },
            None => optional(property),
        };
        properties.insert(name, property);
    }
    let only_right = right.properties.into_iter();
    properties.extend(only_right.map(|(name, it)| (name, optional(it))));
    ObjectShape {
        properties,
        additional: match (left.additional, right.additional) {
            (Any, _) | (_, Any) => Any,
            (Schema(left), Schema(right)) => Schema(union_id(left, right)),
            (Schema(only), Forbidden) | (Forbidden, Schema(only)) => Schema(only),
            (Forbidden, Forbidden) => Forbidden,
        },
        min_properties: left.min_properties.min(right.min_properties),
        max_properties: looser(left.max_properties, right.max_properties, |left, right| {
            left < right
        }),
    }
}

fn optional(property: PropertyShape) -> PropertyShape {
    PropertyShape {
        required: false,
        ..property
    }
}
