//! The named schemas of a document, as shapes.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Document, Method, StatusPattern};
use serde_json::{Map, Value, json};

use crate::place::{Part, Place};
use crate::shape::{ShapeId, ValueShape, WireShape};

/// The named schemas of a document, as the properties of one response.
pub(super) struct Components {
    pub(super) shape: WireShape,
    pub(super) ids: BTreeMap<String, ShapeId>,
    pub(super) document: Value,
    pub(super) place: Place,
}

impl Components {
    pub(super) fn read(document: &Value) -> anyhow::Result<Components> {
        let schemas = document["components"]["schemas"].as_object();
        let names = schemas.into_iter().flat_map(Map::keys);
        let properties = names.map(|name| {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            (name.clone(), reference(&escaped))
        });
        let properties: Map<String, Value> = properties.collect();
        let schema = json!({ "type": "object", "properties": properties });
        let content = json!({ "application/json": { "schema": schema } });
        let document = json!({
            "openapi": document["openapi"],
            "paths": { "/": { "get": { "responses": { "200": { "content": content } } } } },
            "components": document["components"],
        });
        let shape = WireShape::read(&Document::from_value(document.clone())?)?;
        let media_type = Some("application/json".to_owned());
        let part = Part::Response(StatusPattern::Code(200), media_type);
        let place = Place::new(Method::Get, "/", part);
        let id = place.value_in(&shape);
        let object = id.and_then(|it| shape.value(it).object.as_ref());
        let properties = object.into_iter().flat_map(|it| &it.properties);
        let ids = properties.map(|(name, it)| (name.clone(), it.value));
        Ok(Components {
            ids: ids.collect(),
            shape,
            document,
            place,
        })
    }

    /// Returns the named schemas.
    pub(super) fn named(&self) -> impl Iterator<Item = (&String, &ValueShape)> {
        let ids = self.ids.iter();
        ids.map(|(name, id)| (name, self.shape.value(*id)))
    }
}

/// Returns a reference to a named schema.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
