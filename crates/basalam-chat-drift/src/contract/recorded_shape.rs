//! Wire shapes as JSON.
//!
//! Values are in one flat map, under the first place that refers to them: the file contains no
//! schema names of the document, has little nesting, and changes only if the wire changes.

use std::collections::{BTreeMap, VecDeque};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::place::{Place, children, values};
use crate::shape::{OperationKey, OperationShape, ShapeId, ValueShape, WireShape, canonicalize};

/// A wire shape whose values refer to each other by place.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedShape {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    not_compared: BTreeMap<String, usize>,
    operations: Vec<OperationShape<String>>,
    values: BTreeMap<String, ValueShape<String>>,
}

pub(super) fn serialize<S: Serializer>(shape: &WireShape, to: S) -> Result<S::Ok, S::Error> {
    let places = first_places(shape);
    let place = |id: &ShapeId| places.get(id).cloned().unwrap_or_default();
    let values = places
        .keys()
        .map(|id| (place(id), shape.value(*id).map_ids(place)));
    let recorded = RecordedShape {
        not_compared: shape.not_compared.clone(),
        operations: shape.operations().map(|it| it.map_ids(place)).collect(),
        values: values.collect(),
    };
    recorded.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<WireShape, D::Error> {
    let recorded = RecordedShape::deserialize(from)?;
    let places = recorded.values.keys().cloned().zip((0..).map(ShapeId));
    let ids: BTreeMap<String, ShapeId> = places.collect();
    let in_operations = recorded.operations.iter().flat_map(OperationShape::ids);
    let in_values = recorded.values.values().flat_map(ValueShape::ids);
    if let Some(place) = in_operations
        .chain(in_values)
        .find(|it| !ids.contains_key(*it))
    {
        let message = format!("{place:?} is not listed in `values`");
        return Err(D::Error::custom(message));
    }
    let id = |place: &String| ids[place];
    let operations = recorded.operations.iter().map(|operation| {
        let key = OperationKey::new(operation.method, &operation.path);
        (key, operation.map_ids(id))
    });
    let shape = WireShape {
        not_compared: recorded.not_compared.clone(),
        operations: operations.collect(),
        values: recorded.values.values().map(|it| it.map_ids(id)).collect(),
    };
    canonicalize(shape).map_err(D::Error::custom)
}

/// Returns the first place of every value, searching the operations breadth-first.
fn first_places(shape: &WireShape) -> BTreeMap<ShapeId, String> {
    let mut queue: VecDeque<(ShapeId, Place)> = VecDeque::new();
    for operation in shape.operations() {
        let place = |part| Place::new(operation.method, &operation.path, part);
        let values = values(operation).into_iter();
        queue.extend(values.map(|(part, id)| (id, place(part))));
    }
    let mut places: BTreeMap<ShapeId, String> = BTreeMap::new();
    while let Some((id, place)) = queue.pop_front() {
        if places.contains_key(&id) {
            continue;
        }
        places.insert(id, place.to_string());
        let children = children(shape.value(id)).into_iter();
        queue.extend(children.map(|(step, id)| (id, place.child(step))));
    }
    places
}

#[cfg(test)]
mod tests {
    use basalam_chat_openapi::Document;
    use serde_json::{Value, json};

    use super::*;
    use crate::difference::compare;

    fn shape() -> WireShape {
        let document = json!({
            "openapi": "3.1.0",
            "paths": {"/a/{id}": {"post": {
                "deprecated": true,
                "security": [{"key": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "exclusiveMaximum": 10}},
                    {"name": "X-Mark", "in": "header", "schema": {"enum": ["a", "b"], "default": "a"}}
                ],
                "requestBody": {"content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Tree"}},
                    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
                }},
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": {"anyOf": [
                        {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "minItems": 1},
                        {"type": "number", "minimum": 0.5, "exclusiveMinimum": true},
                        {"type": "boolean", "const": true},
                        {"type": "null"}
                    ]}}}},
                    "4XX": {"description": "", "headers": {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$", "maxLength": 4}}}},
                    "default": {"description": "", "content": {"application/json": {"schema": {}}}}
                }
            }}},
            "components": {
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
                "schemas": {"Tree": {
                    "type": "object", "required": ["name"], "maxProperties": 9,
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "not": {"const": "root"}},
                        "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 5, "uniqueItems": true},
                        "marks": {"type": "object", "additionalProperties": {"type": "integer", "enum": [1, 2]}}
                    },
                    "additionalProperties": false
                }}
            }
        });
        WireShape::read(&Document::from_value(document).unwrap()).unwrap()
    }

    #[test]
    fn recorded_shape_round_trips() {
        let shape = shape();
        let recorded = serialize(&shape, serde_json::value::Serializer).unwrap();
        let restored = deserialize(&recorded).unwrap();
        assert_eq!(compare(&shape, &restored), []);
        assert_eq!(compare(&restored, &shape), []);
        let again = serialize(&restored, serde_json::value::Serializer).unwrap();
        assert_eq!(again, recorded);
        assert!(!recorded.to_string().contains("Tree"), "{recorded}");
    }

    #[test]
    fn rejects_malformed_recorded_shape() {
        let recorded = serialize(&shape(), serde_json::value::Serializer).unwrap();
        for (pointer, value, path) in [
            ("/operations", json!({}), "operations"),
            (
                "/operations/0/method",
                json!("LOOK"),
                "operations[0].method",
            ),
            (
                "/operations/0/responses",
                json!({"2xy": {}}),
                "operations[0].responses",
            ),
            (
                "/operations/0/responses/200",
                json!(7),
                "operations[0].responses.200",
            ),
            (
                "/operations/0/parameters",
                json!({"body x": {}}),
                "operations[0].parameters",
            ),
            (
                "/operations/0/body/content/application~1json",
                json!("elsewhere"),
                "elsewhere",
            ),
            (
                "/values/POST ~1a~1{id} → 200",
                json!({"text": {}}),
                "values.POST /a/{id} → 200.text",
            ),
            (
                "/values/POST ~1a~1{id} → 200/number",
                json!({"minimum": "1"}),
                ".number.minimum",
            ),
        ] {
            let mut recorded = recorded.clone();
            let part: &mut Value = recorded.pointer_mut(pointer).unwrap();
            *part = value;
            let mut track = serde_path_to_error::Track::new();
            let tracked = serde_path_to_error::Deserializer::new(&recorded, &mut track);
            let error = deserialize(tracked).unwrap_err().to_string();
            let error = format!("{}: {error}", track.path());
            assert!(error.contains(path), "{path} in {error}");
        }
    }
}
