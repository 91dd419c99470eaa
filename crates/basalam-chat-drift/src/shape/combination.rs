//! The union and the intersection of two values.

use std::collections::BTreeMap;

use super::operator::Operator::{self, Intersection, Union};
use super::operator::defaults;
use super::schema_reader::SchemaReader;
use super::{AdditionalProperties, ArrayShape, ObjectShape, PropertyShape, ValueShape};

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
                min_items: operator.minimum(left.min_items, right.min_items),
                max_items: operator.maximum(left.max_items, right.max_items),
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
        ObjectShape {
            properties,
            additional: match (operator, left.additional, right.additional) {
                (Union, Any, _) | (Union, _, Any) => Any,
                (Intersection, Any, other) | (Intersection, other, Any) => other,
                (_, Schema(left), Schema(right)) => Schema(self.combined_id(operator, left, right)),
                (Union, Schema(only), _) | (Union, _, Schema(only)) => Schema(only),
                _ => Forbidden,
            },
            min_properties: operator.minimum(left.min_properties, right.min_properties),
            max_properties: operator.maximum(left.max_properties, right.max_properties),
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
