//! The parts of a value's shape, and the ids in them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ArrayShape, NumberShape, ObjectShape, OperationShape, Origin, Others, ShapeId, TextShape,
    ValueShape,
};

impl ValueShape {
    /// What no value fits.
    #[must_use]
    pub const fn nothing() -> ValueShape {
        ValueShape {
            null: false,
            boolean: None,
            number: None,
            text: None,
            array: None,
            object: None,
            default: None,
            rules: BTreeSet::new(),
            origin: Origin(None),
        }
    }

    /// Tells whether no value fits.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == ValueShape::nothing()
    }

    /// What every value fits, arrays holding `items`, which must be the same.
    pub(crate) fn anything(items: ShapeId) -> ValueShape {
        ValueShape {
            null: true,
            boolean: Some(BTreeSet::new()),
            number: Some(NumberShape::default()),
            text: Some(TextShape::default()),
            array: Some(ArrayShape::of(items)),
            object: Some(ObjectShape::default()),
            ..ValueShape::nothing()
        }
    }

    /// Tells whether every type of JSON can stand here without a condition on the value itself.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        self.null
            && self.boolean.as_ref().is_some_and(BTreeSet::is_empty)
            && self.number.as_ref() == Some(&NumberShape::default())
            && self.text.as_ref() == Some(&TextShape::default())
            && self
                .array
                .as_ref()
                .is_some_and(|array| array.min_items.is_none() && array.max_items.is_none())
            && self.object.as_ref() == Some(&ObjectShape::default())
            && self.rules.is_empty()
    }

    /// Calls `found` with every shape directly inside, always in the same order.
    pub(crate) fn for_each_id(&self, mut found: impl FnMut(ShapeId)) {
        if let Some(array) = &self.array {
            found(array.items);
        }
        if let Some(object) = &self.object {
            object.members.values().for_each(|it| found(it.value));
            if let Others::Each(value) = object.others {
                found(value);
            }
        }
        for rule in &self.rules {
            rule.values.values().copied().for_each(&mut found);
        }
    }

    /// Puts other ids in place of those directly inside.
    pub(crate) fn map_ids(&mut self, to: impl Fn(ShapeId) -> ShapeId) {
        if let Some(array) = &mut self.array {
            array.items = to(array.items);
        }
        if let Some(object) = &mut self.object {
            for member in object.members.values_mut() {
                member.value = to(member.value);
            }
            if let Others::Each(value) = &mut object.others {
                *value = to(*value);
            }
        }
        if self.rules.iter().any(|rule| !rule.values.is_empty()) {
            self.rules = std::mem::take(&mut self.rules)
                .into_iter()
                .map(|mut rule| {
                    rule.values.values_mut().for_each(|id| *id = to(*id));
                    rule
                })
                .collect();
        }
    }
}

impl ArrayShape {
    /// Arrays of any length.
    pub(crate) fn of(items: ShapeId) -> ArrayShape {
        ArrayShape {
            items,
            min_items: None,
            max_items: None,
        }
    }
}

impl OperationShape {
    /// Calls `found` with every shape directly inside, always in the same order.
    pub(crate) fn for_each_id(&self, mut found: impl FnMut(ShapeId)) {
        self.parameters.values().for_each(|it| found(it.value));
        let contents = |content: &BTreeMap<String, ShapeId>, found: &mut dyn FnMut(ShapeId)| {
            content.values().copied().for_each(found);
        };
        if let Some(body) = &self.body {
            contents(&body.content, &mut found);
        }
        for answer in self.answers.values() {
            answer.headers.values().for_each(|it| found(it.value));
            contents(&answer.content, &mut found);
        }
    }

    /// Puts other ids in place of those directly inside.
    pub(crate) fn map_ids(&mut self, to: impl Fn(ShapeId) -> ShapeId) {
        for parameter in self.parameters.values_mut() {
            parameter.value = to(parameter.value);
        }
        if let Some(body) = &mut self.body {
            body.content.values_mut().for_each(|id| *id = to(*id));
        }
        for answer in self.answers.values_mut() {
            for header in answer.headers.values_mut() {
                header.value = to(header.value);
            }
            answer.content.values_mut().for_each(|id| *id = to(*id));
        }
    }
}
