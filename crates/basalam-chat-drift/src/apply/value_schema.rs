//! Conversion of a contract's values to schemas of the document.

use serde_json::{Map, Value, json};

use super::components::reference;
use super::editor::{DocumentEditor, EditResult, add_needs, set_limits, wrap_reference};
use super::names;
use crate::locate;
use crate::place::{Part, Place, Step};
use crate::shape::{AdditionalProperties, ArrayShape, ObjectShape, ShapeId, ValueShape};

/// The number of arrays and maps that can be nested without a named schema between them.
const MAX_DEPTH: usize = 16;

impl DocumentEditor<'_> {
    /// Converts a property to a schema, adjusted by the known deviations at its place. Also returns whether
    /// it is required.
    pub(super) fn property_schema(
        &mut self,
        place: &Place,
        required: bool,
        value: ShapeId,
    ) -> EditResult<(bool, Value)> {
        let mut shape = self.source.shape.value(value).clone();
        let deviations = self.source.deviations;
        let adjusted = |theirs: bool, [set, unset]: [&str; 2]| {
            let ours = deviations.base(place, if theirs { set } else { unset });
            ours.map_or(theirs, |ours| ours == set)
        };
        let mut required = adjusted(required, ["required", "optional"]);
        shape.nullable = adjusted(shape.nullable, ["nullable", "not nullable"]);
        let is_response = matches!(place.part, Part::Response(..));
        if is_response && shape.nullable && !shape.is_anything() {
            // If it were required, a response without it would fail to decode; clients read a
            // missing property like null.
            required = false;
        }
        let schema = self.schema(place, &shape, value, place.property_name())?;
        Ok((required, schema))
    }

    /// Converts a value to a schema. `id` is the id of the value in the contract, and `name` is the
    /// name of the property or parameter that it belongs to.
    pub(super) fn schema(
        &mut self,
        place: &Place,
        value: &ValueShape,
        id: ShapeId,
        name: &str,
    ) -> EditResult<Value> {
        if place.steps.len() > MAX_DEPTH * 2 {
            return Err("it is nested too deeply".to_owned());
        }
        if let Some(rule) = value.rules.first() {
            let keyword = &rule.keyword;
            return Err(format!("`{keyword}` is not supported; write it manually"));
        }
        let mut schema = match value.is_anything() {
            true => json!({}),
            false => self.typed_schema(place, value, id, name)?,
        };
        if value.nullable && !value.is_anything() {
            schema = with_null(schema);
        }
        if value.deprecated {
            wrap_reference(&mut schema);
            schema["deprecated"] = json!(true);
        }
        if let Some(default) = &value.default {
            wrap_reference(&mut schema);
            schema["default"] = serde_json::from_str(default).map_err(|it| it.to_string())?;
        }
        Ok(schema)
    }

    fn typed_schema(
        &mut self,
        place: &Place,
        value: &ValueShape,
        id: ShapeId,
        name: &str,
    ) -> EditResult<Value> {
        if value.types().len() != 1 {
            return Err("it has several types, or none; write it manually".to_owned());
        }
        if let Some(values) = &value.boolean {
            return match values.is_empty() {
                true => Ok(json!({ "type": "boolean" })),
                false => Err("it is an enum of booleans; write it manually".to_owned()),
            };
        }
        if let Some(number) = &value.number {
            return self.number_schema(number, name);
        }
        if let Some(string) = &value.string {
            return self.string_schema(place, string, name);
        }
        if let Some(array) = &value.array {
            return self.array_schema(place, array, name);
        }
        match &value.object {
            Some(object) => self.object_schema(place, object, id, name),
            None => Err("it accepts no value".to_owned()),
        }
    }

    fn array_schema(&mut self, place: &Place, array: &ArrayShape, name: &str) -> EditResult<Value> {
        let inner = place.child(Step::Items);
        let items = self.source.shape.value(array.items).clone();
        let items = self.schema(&inner, &items, array.items, names::singular(name))?;
        let mut schema = json!({ "type": "array", "items": items });
        let limits = [("minItems", array.min_items), ("maxItems", array.max_items)];
        set_limits(&mut schema, limits);
        Ok(schema)
    }

    fn object_schema(
        &mut self,
        place: &Place,
        object: &ObjectShape,
        id: ShapeId,
        name: &str,
    ) -> EditResult<Value> {
        if let Some(known) = self.known_type(place, id) {
            return Ok(reference(&known));
        }
        let additional = match object.additional {
            AdditionalProperties::Any => None,
            AdditionalProperties::Forbidden => Some(json!(false)),
            AdditionalProperties::Schema(id) => {
                let inner = place.child(Step::AdditionalProperties);
                let shape = self.source.shape.value(id).clone();
                Some(self.schema(&inner, &shape, id, names::singular(name))?)
            }
        };
        let mut schema = json!({ "type": "object" });
        let limits = [
            ("minProperties", object.min_properties),
            ("maxProperties", object.max_properties),
        ];
        set_limits(&mut schema, limits);
        if object.properties.is_empty() {
            schema["additionalProperties"] = additional.unwrap_or(json!({}));
            return Ok(schema);
        }
        let component = self.unused_name(&self.wanted_name(place, id, name));
        self.started.insert(id, component.clone());
        // Reserves the position, so that the schema precedes those of its properties.
        self.set_schema(&component, Value::Null)?;
        let owner = std::mem::replace(&mut self.owner, component.clone());
        let mut needs = vec!["description".to_owned()];
        let mut required = Vec::new();
        let mut properties = Map::new();
        let in_contract = self
            .source
            .listed(self.source.shape.origin(id), "properties");
        let position = |name: &String| in_contract.iter().position(|it| it == name);
        let mut sorted: Vec<_> = object.properties.iter().collect();
        sorted.sort_by_key(|(name, _)| position(name).unwrap_or(usize::MAX));
        for (name, property) in sorted {
            let inner = place.child(Step::Property(name.clone()));
            let (is_required, schema) =
                self.property_schema(&inner, property.required, property.value)?;
            if is_required {
                required.push(name.clone());
            }
            needs.push(format!("properties.{name}.description"));
            properties.insert(name.clone(), schema);
        }
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema["properties"] = Value::Object(properties);
        if let Some(additional) = additional {
            schema["additionalProperties"] = additional;
        }
        add_needs(&mut schema, &needs);
        self.owner = owner;
        self.set_schema(&component, schema)?;
        Ok(reference(&component))
    }

    /// Returns the cleaned name of the contract's schema, or else a name derived from the place.
    fn wanted_name(&self, place: &Place, id: ShapeId, name: &str) -> String {
        let origin = self.source.shape.origin(id);
        let theirs = origin.and_then(|at| locate::component(&self.source.contract, at));
        let cleaned = theirs.and_then(|theirs| names::schema(&theirs));
        cleaned.unwrap_or_else(|| names::from_place(place, name))
    }
}

fn with_null(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(keywords) if !keywords.contains_key("$ref") => {
            let is_type = |it: &String| it == "format" || it == "type";
            let index = keywords.keys().position(is_type).map_or(0, |it| it + 1);
            keywords.shift_insert(index, "nullable".to_owned(), json!(true));
            schema
        }
        _ => json!({ "nullable": true, "allOf": [schema] }),
    }
}
