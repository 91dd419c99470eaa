//! The objects and arrays of a request body.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Pointer};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::schema::{unusable, validator};
use crate::error::Error;

/// Deeper parts of a body are treated as any value, since schemas can be recursive.
const MAX_DEPTH: usize = 12;

/// The maximum number of items that remain of a long array, which is above every `minItems` and `maxItems` of the
/// document.
const MAX_ITEMS: usize = 100;

/// The maximum number of items that remain of all long arrays of a body, except one item of each.
const MAX_TOTAL_ITEMS: usize = 1000;

/// The objects and arrays of a schema.
#[derive(Default)]
pub(super) struct BodyShape {
    is_object: bool,
    properties: Vec<(String, BodyShape)>,
    items: Option<Box<Items>>,
}

/// The items of an array.
struct Items {
    validator: Arc<Validator>,
    shape: BodyShape,
}

/// A body whose long arrays were shortened.
#[derive(Default)]
pub(super) struct Shortened {
    /// The JSON pointers of shortened arrays, with the original indexes of the remaining items.
    indexes: Vec<(String, Vec<usize>)>,
    items: usize,
    /// The number of removed items that are invalid.
    pub(super) removed_invalid: usize,
}

impl BodyShape {
    pub(super) fn compile(
        document: &Document,
        schema: &Value,
        at: &Pointer,
    ) -> Result<Self, Error> {
        let mut shape = Self::default();
        shape.add(document, schema, at, MAX_DEPTH)?;
        Ok(shape)
    }

    fn add(
        &mut self,
        document: &Document,
        schema: &Value,
        at: &Pointer,
        depth: usize,
    ) -> Result<(), Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(());
        };
        let (schema, at) = document.locate(schema, at).map_err(unusable)?;
        self.is_object |= schema.get("type").and_then(Value::as_str) == Some("object");
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let mut shape = Self::default();
            let at = at.child("properties").child(name);
            shape.add(document, schema, &at, depth)?;
            self.properties.push((name.clone(), shape));
        }
        if let Some(items) = schema.get("items") {
            let at = at.child("items");
            let mut shape = Self::default();
            shape.add(document, items, &at, depth)?;
            let validator = validator(document, items, &at)?;
            self.items = Some(Box::new(Items { validator, shape }));
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            self.add(document, part, &at.child("allOf").child(index), depth)?;
        }
        Ok(())
    }

    /// Replaces `[]` by `{}` wherever an object is required: the official PHP SDK serializes
    /// empty objects as `[]`, and the service accepts them.
    pub(super) fn coerce_empty_arrays(&self, value: &mut Value) {
        if self.is_object && value.as_array().is_some_and(Vec::is_empty) {
            *value = json!({});
        }
        for (name, shape) in &self.properties {
            if let Some(value) = value.get_mut(name) {
                shape.coerce_empty_arrays(value);
            }
        }
        if let (Some(items), Some(array)) = (&self.items, value.as_array_mut()) {
            for item in array {
                items.shape.coerce_empty_arrays(item);
            }
        }
    }

    /// Removes items of long arrays, valid ones first, so that the number of violations is bounded.
    pub(super) fn shorten(&self, value: &mut Value) -> Shortened {
        let mut shortened = Shortened::default();
        self.shorten_at(value, &mut String::new(), &mut shortened);
        shortened
    }

    fn shorten_at(&self, value: &mut Value, pointer: &mut String, shortened: &mut Shortened) {
        let length = pointer.len();
        if let (Some(items), Some(array)) = (&self.items, value.as_array_mut()) {
            shortened.shorten(array, pointer, &items.validator);
            for (index, item) in array.iter_mut().enumerate() {
                pointer.push_str(&format!("/{index}"));
                items.shape.shorten_at(item, pointer, shortened);
                pointer.truncate(length);
            }
        }
        for (name, shape) in &self.properties {
            if let Some(value) = value.get_mut(name) {
                pointer.push_str(&format!("/{name}"));
                shape.shorten_at(value, pointer, shortened);
                pointer.truncate(length);
            }
        }
    }
}

impl Shortened {
    /// Returns the original index of an item of the array at a pointer.
    pub(super) fn original_index(&self, pointer: &str, index: usize) -> usize {
        let found = self.indexes.iter().find(|it| it.0 == pointer);
        let original = found.and_then(|it| it.1.get(index));
        original.copied().unwrap_or(index)
    }

    fn shorten(&mut self, array: &mut Vec<Value>, pointer: &str, validator: &Validator) {
        let max = MAX_TOTAL_ITEMS
            .saturating_sub(self.items)
            .clamp(1, MAX_ITEMS);
        self.items += array.len().min(max);
        if array.len() <= max {
            return;
        }
        let is_invalid = |index: &usize| !validator.is_valid(&array[*index]);
        let mut kept = Vec::with_capacity(max);
        let mut valid = Vec::with_capacity(max);
        for index in 0..array.len() {
            if !is_invalid(&index) {
                if valid.len() < max {
                    valid.push(index);
                }
            } else if kept.len() < max {
                kept.push(index);
            } else {
                self.removed_invalid += 1;
            }
        }
        // The length of the array remains valid or invalid.
        let missing = max - kept.len();
        kept.extend(valid.into_iter().take(missing));
        kept.sort_unstable();
        *array = kept.iter().map(|it| array[*it].take()).collect();
        self.indexes.push((pointer.to_owned(), kept));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_arrays_keep_invalid_items_and_their_indexes() {
        let items = json!({ "type": "integer" });
        let validator = jsonschema::draft202012::new(&items).unwrap();
        let shape = BodyShape {
            items: Some(Box::new(Items {
                validator: Arc::new(validator),
                shape: BodyShape::default(),
            })),
            ..BodyShape::default()
        };
        let mut value = Value::from(vec![1; 5000]);
        for invalid in [0, 3000, 4999] {
            value[invalid] = json!("a");
        }
        let shortened = shape.shorten(&mut value);
        let array = value.as_array().unwrap();
        assert_eq!(array.len(), MAX_ITEMS);
        assert_eq!(array.iter().filter(|it| it.is_string()).count(), 3);
        assert_eq!(shortened.original_index("", MAX_ITEMS - 1), 4999);
        assert_eq!(shortened.original_index("", MAX_ITEMS - 2), 3000);
        assert_eq!(shortened.removed_invalid, 0);

        let mut value = Value::from(vec!["a"; 5000]);
        let shortened = shape.shorten(&mut value);
        assert_eq!(shortened.removed_invalid, 5000 - MAX_ITEMS);
    }
}
