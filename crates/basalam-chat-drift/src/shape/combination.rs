//! The union and the intersection of two values.

use std::collections::{BTreeMap, BTreeSet};

use Operator::{Intersection, Union};

use super::schema_reader::SchemaReader;
use super::{
    AdditionalProperties, ArrayShape, Bound, NumberShape, ObjectShape, PropertyShape, StringShape,
    ValueShape,
};

/// The values that a combination of shapes accepts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    /// Those that at least one of the shapes accepts.
    Union,
    /// Those that all shapes accept.
    Intersection,
}

impl SchemaReader<'_> {
    /// Returns the combination of two values.
    pub(super) fn combine(
        &mut self,
        operator: Operator,
        left: ValueShape,
        right: ValueShape,
    ) -> ValueShape {
        let array = |left: ArrayShape, right: ArrayShape| {
            Some(ArrayShape {
                items: self.combined_id(operator, left.items, right.items),
                min_items: operator
                    .limit(left.min_items, right.min_items, |left, right| left > right),
                max_items: operator
                    .limit(left.max_items, right.max_items, |left, right| left < right),
            })
        };
        ValueShape {
            nullable: !operator.is_restricted(!left.nullable, !right.nullable),
            deprecated: operator.is_restricted(left.deprecated, right.deprecated),
            array: operator.type_of(left.array, right.array, array),
            boolean: operator.type_of(left.boolean, right.boolean, |left, right| {
                operator.enum_values(&left, &right)
            }),
            number: operator.type_of(left.number, right.number, |left, right| {
                operator.numbers(&left, &right)
            }),
            string: operator.type_of(left.string, right.string, |left, right| {
                operator.strings(left, right)
            }),
            object: operator.type_of(left.object, right.object, |left, right| {
                Some(self.objects(operator, left, right))
            }),
            default: match operator {
                Union => defaults(left.default, right.default),
                // The keywords next to a reference are on the left, and take precedence.
                Intersection => left.default.or(right.default),
            },
            rules: left.rules.into_iter().chain(right.rules).collect(),
            origin: left.origin.or(right.origin),
        }
    }

    fn objects(
        &mut self,
        operator: Operator,
        left: ObjectShape,
        mut right: ObjectShape,
    ) -> ObjectShape {
        use AdditionalProperties::{Any, Forbidden, Schema};

        let mut properties = BTreeMap::new();
        for (name, property) in left.properties {
            let property = match right.properties.remove(&name) {
                Some(other) => PropertyShape {
                    required: operator.is_restricted(property.required, other.required),
                    value: self.combined_id(operator, property.value, other.value),
                },
                None => self.property(operator, property, right.additional),
            };
            properties.insert(name, property);
        }
        for (name, property) in right.properties {
            let property = self.property(operator, property, left.additional);
            properties.insert(name, property);
        }
        let min = (left.min_properties, right.min_properties);
        let max = (left.max_properties, right.max_properties);
        ObjectShape {
            properties,
            additional: match (operator, left.additional, right.additional) {
                (Union, Any, _) | (Union, _, Any) => Any,
                (Intersection, Any, other) | (Intersection, other, Any) => other,
                (_, Schema(left), Schema(right)) => Schema(self.combined_id(operator, left, right)),
                (Union, Schema(only), _) | (Union, _, Schema(only)) => Schema(only),
                _ => Forbidden,
            },
            min_properties: operator.limit(min.0, min.1, |left, right| left > right),
            max_properties: operator.limit(max.0, max.1, |left, right| left < right),
        }
    }

    /// Combines a property that only one side names with the additional properties of the other. If
    /// an intersection forbids them, the property stays: authors of such schemas mean the properties
    /// of both.
    fn property(
        &mut self,
        operator: Operator,
        mut property: PropertyShape,
        additional: AdditionalProperties,
    ) -> PropertyShape {
        match (operator, additional) {
            (Union, _) => property.required = false,
            (Intersection, AdditionalProperties::Schema(value)) => {
                property.value = self.combined_id(operator, property.value, value);
            }
            (Intersection, _) => {}
        }
        property
    }
}

impl Operator {
    /// Combines a restriction of both sides.
    fn is_restricted(self, left: bool, right: bool) -> bool {
        match self {
            Union => left && right,
            Intersection => left || right,
        }
    }

    /// Combines the constraints on one JSON type; `None` accepts no value of the type.
    fn type_of<T>(
        self,
        left: Option<T>,
        right: Option<T>,
        both: impl FnOnce(T, T) -> Option<T>,
    ) -> Option<T> {
        match (self, left, right) {
            (_, Some(left), Some(right)) => both(left, right),
            (Union, left, right) => left.or(right),
            (Intersection, ..) => None,
        }
    }

    /// An empty set accepts any value.
    fn enum_values<T: Ord + Clone>(
        self,
        left: &BTreeSet<T>,
        right: &BTreeSet<T>,
    ) -> Option<BTreeSet<T>> {
        match (self, left.is_empty() || right.is_empty()) {
            (Union, true) => Some(BTreeSet::new()),
            (Union, false) | (Intersection, true) => Some(left | right),
            (Intersection, false) => Some(left & right).filter(|it| !it.is_empty()),
        }
    }

    /// Returns the looser limit for a union, and the tighter one for an intersection.
    pub(super) fn limit<T: Copy>(
        self,
        left: Option<T>,
        right: Option<T>,
        is_tighter: impl Fn(T, T) -> bool,
    ) -> Option<T> {
        let is_left_tighter = match (left, right) {
            (Some(left), Some(right)) => is_tighter(left, right),
            _ => left.is_some(),
        };
        if is_left_tighter == (self == Intersection) {
            left
        } else {
            right
        }
    }

    fn numbers(self, left: &NumberShape, right: &NumberShape) -> Option<NumberShape> {
        let mut number = NumberShape {
            integer: self.is_restricted(left.integer, right.integer),
            minimum: self.limit(left.minimum, right.minimum, Bound::is_tighter_minimum),
            maximum: self.limit(left.maximum, right.maximum, Bound::is_tighter_maximum),
            values: self.enum_values(&left.values, &right.values)?,
        };
        number.normalize();
        Some(number)
    }

    fn strings(self, left: StringShape, right: StringShape) -> Option<StringShape> {
        let (min, max) = (left.min_length, left.max_length);
        Some(StringShape {
            values: self.enum_values(&left.values, &right.values)?,
            patterns: match self {
                Union => either_pattern(left.patterns, right.patterns),
                Intersection => &left.patterns | &right.patterns,
            },
            min_length: self.limit(min, right.min_length, |left, right| left > right),
            max_length: self.limit(max, right.max_length, |left, right| left < right),
            binary: self.is_restricted(left.binary, right.binary),
        })
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

fn either_pattern(left: BTreeSet<String>, right: BTreeSet<String>) -> BTreeSet<String> {
    if left == right {
        return left;
    }
    if left.is_empty() || right.is_empty() {
        return BTreeSet::new();
    }
    let [left, right] = [left, right].map(|all| all.into_iter().collect::<Vec<_>>().join(" and "));
    BTreeSet::from([merge_sorted(&left, &right, " or ")])
}
