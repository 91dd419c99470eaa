//! Constructors of values, and the ids in values and operations.

use std::collections::{BTreeMap, BTreeSet};

use super::describe::number_type;
use super::{
    AdditionalProperties, ArrayShape, BodyShape, Bound, NumberShape, ObjectShape, OperationShape,
    ParameterShape, PropertyShape, ResponseShape, Rule, ShapeId, StringShape, ValueShape,
};

impl ValueShape {
    /// Returns the shape that accepts no value.
    #[must_use]
    pub fn nothing() -> ValueShape {
        ValueShape::default()
    }

    /// Returns the shape that accepts every value; `items` must be the id of this shape.
    pub(crate) fn anything(items: ShapeId) -> ValueShape {
        ValueShape {
            nullable: true,
            boolean: Some(BTreeSet::new()),
            number: Some(NumberShape::default()),
            string: Some(StringShape::default()),
            array: Some(ArrayShape {
                items,
                min_items: None,
                max_items: None,
            }),
            object: Some(ObjectShape::default()),
            ..ValueShape::nothing()
        }
    }

    /// Returns `true` if every JSON type is valid without constraints, apart from array items.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.nullable
            && self.boolean.as_ref().is_some_and(BTreeSet::is_empty)
            && self.number.as_ref() == Some(&NumberShape::default())
            && self.string.as_ref() == Some(&StringShape::default())
            && self
                .array
                .as_ref()
                .is_some_and(|array| array.min_items.is_none() && array.max_items.is_none())
            && self.object.as_ref() == Some(&ObjectShape::default())
            && self.rules.is_empty()
    }
}

impl<Id> ValueShape<Id> {
    /// Returns the valid types except null.
    pub(crate) fn types(&self) -> BTreeSet<&'static str> {
        let types = [
            self.boolean.as_ref().map(|_| "boolean"),
            self.number.as_ref().map(number_type),
            self.string.as_ref().map(|_| "string"),
            self.array.as_ref().map(|_| "array"),
            self.object.as_ref().map(|_| "object"),
        ];
        types.into_iter().flatten().collect()
    }

    /// Returns the ids of the direct children, always in the same order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &Id> {
        let items = self.array.iter().map(|it| &it.items);
        let objects = self.object.iter();
        let properties = objects.clone().flat_map(|it| it.properties.values());
        let additional = objects.filter_map(|it| it.additional.schema());
        let rules = self.rules.iter().flat_map(|it| it.schemas.values());
        let properties = properties.map(|it| &it.value);
        items.chain(properties).chain(additional).chain(rules)
    }

    /// Returns the same shape with the ids of its direct children replaced.
    pub(crate) fn map_ids<To: Ord>(&self, to: impl Fn(&Id) -> To) -> ValueShape<To> {
        ValueShape {
            nullable: self.nullable,
            deprecated: self.deprecated,
            boolean: self.boolean.clone(),
            number: self.number.clone(),
            string: self.string.clone(),
            array: self.array.as_ref().map(|array| ArrayShape {
                items: to(&array.items),
                min_items: array.min_items,
                max_items: array.max_items,
            }),
            object: self.object.as_ref().map(|object| object.map_ids(&to)),
            default: self.default.clone(),
            rules: self.rules.iter().map(|rule| rule.map_ids(&to)).collect(),
            origin: self.origin.clone(),
        }
    }
}

impl<Id> ObjectShape<Id> {
    fn map_ids<To>(&self, to: impl Fn(&Id) -> To) -> ObjectShape<To> {
        let properties = self.properties.iter().map(|(name, property)| {
            let property = PropertyShape {
                required: property.required,
                value: to(&property.value),
            };
            (name.clone(), property)
        });
        ObjectShape {
            properties: properties.collect(),
            additional: match &self.additional {
                AdditionalProperties::Any => AdditionalProperties::Any,
                AdditionalProperties::Forbidden => AdditionalProperties::Forbidden,
                AdditionalProperties::Schema(id) => AdditionalProperties::Schema(to(id)),
            },
            min_properties: self.min_properties,
            max_properties: self.max_properties,
        }
    }
}

impl NumberShape {
    /// Makes the bounds of integers inclusive.
    pub(super) fn normalize(&mut self) {
        if self.integer {
            self.minimum = self.minimum.map(Bound::minimum_of_integers);
            self.maximum = self.maximum.map(Bound::maximum_of_integers);
        }
    }
}

impl<Id> AdditionalProperties<Id> {
    /// Returns the id of the schema, if there is one.
    pub(crate) fn schema(&self) -> Option<&Id> {
        match self {
            AdditionalProperties::Schema(id) => Some(id),
            AdditionalProperties::Any | AdditionalProperties::Forbidden => None,
        }
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self, AdditionalProperties::Any)
    }
}

impl<Id> Rule<Id> {
    fn map_ids<To>(&self, to: impl Fn(&Id) -> To) -> Rule<To> {
        Rule {
            keyword: self.keyword.clone(),
            value: self.value.clone(),
            schemas: map_values(&self.schemas, to),
        }
    }
}

impl<Id> OperationShape<Id> {
    /// Returns the ids of the values of the operation, always in the same order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &Id> {
        let parameters = self.parameters.values().map(|it| &it.value);
        let bodies = self.body.iter().flat_map(|it| it.content.values());
        let responses = self.responses.values().flat_map(|it| {
            let headers = it.headers.values().map(|it| &it.value);
            headers.chain(it.content.values())
        });
        parameters.chain(bodies).chain(responses)
    }

    /// Returns the same operation with the ids of its values replaced.
    pub(crate) fn map_ids<To>(&self, to: impl Fn(&Id) -> To) -> OperationShape<To> {
        let parameter = |it: &ParameterShape<Id>| ParameterShape {
            name: it.name.clone(),
            required: it.required,
            deprecated: it.deprecated,
            style: it.style.clone(),
            value: to(&it.value),
        };
        OperationShape {
            method: self.method,
            path: self.path.clone(),
            deprecated: self.deprecated,
            security: self.security.clone(),
            parameters: map_values(&self.parameters, parameter),
            body: self.body.as_ref().map(|body| BodyShape {
                required: body.required,
                content: map_values(&body.content, &to),
            }),
            responses: map_values(&self.responses, |response| ResponseShape {
                headers: map_values(&response.headers, parameter),
                content: map_values(&response.content, &to),
            }),
        }
    }
}

fn map_values<K: Ord + Clone, V, W>(map: &BTreeMap<K, V>, to: impl Fn(&V) -> W) -> BTreeMap<K, W> {
    map.iter().map(|(key, it)| (key.clone(), to(it))).collect()
}
