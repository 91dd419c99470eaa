//! The named schemas of a document that describe values of a contract.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Document, Method, StatusPattern};
use serde_json::{Map, Value, json};

use super::editor::{DocumentEditor, reference};
use crate::difference::{Difference, Kind, Severity, compare_values};
use crate::locate::described;
use crate::place::{Part, Place, Step};
use crate::shape::{ShapeId, ValueShape, WireShape, similarity};

/// The share of common property names from which a named schema can describe a value.
const SIMILAR: f64 = 0.5;

/// The named schemas of a document, as the properties of one response.
pub(super) struct Components {
    pub(super) shape: WireShape,
    ids: BTreeMap<String, ShapeId>,
    document: Value,
    place: Place,
}

impl Components {
    pub(super) fn read(document: &Value) -> anyhow::Result<Components> {
        let schemas = document.pointer("/components/schemas");
        let names = schemas
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys);
        let properties: Map<String, Value> = names
            .map(|name| {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                (name.clone(), reference(&escaped))
            })
            .collect();
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
        let object = place
            .value_in(&shape)
            .and_then(|it| shape.value(it).object.as_ref());
        let properties = object.into_iter().flat_map(|it| &it.properties);
        let ids = properties
            .map(|(name, it)| (name.clone(), it.value))
            .collect();
        Ok(Components {
            shape,
            ids,
            document,
            place,
        })
    }

    /// Returns the named schemas.
    pub(super) fn named(&self) -> impl Iterator<Item = (&String, &ValueShape)> {
        self.ids
            .iter()
            .map(|(name, id)| (name, self.shape.value(*id)))
    }
}

impl DocumentEditor<'_> {
    /// Returns the named schema that describes the object, except for additions and differences
    /// that are known for the schema; the one with the most property names in common.
    pub(super) fn known_type(&mut self, place: &Place, id: ShapeId) -> Option<String> {
        // A value can be nullable in one place and not in the other.
        let object = &self.source.shape.value(id).object;
        let is_same = |it: &&ShapeId| self.source.shape.value(**it).object == *object;
        let started = self.started.keys().find(is_same);
        let started = started.and_then(|it| self.started.get(it));
        if let Some(known) = self.known.get(&id).or(started) {
            return Some(known.clone());
        }
        let names = self.source.shape.names(id);
        let mut similar: Vec<(f64, &String, ShapeId)> = Vec::new();
        for (name, ours) in &self.components.ids {
            if self.components.shape.value(*ours).object.is_some() {
                let similarity = similarity(&self.components.shape.names(*ours), &names);
                similar.push((similarity, name, *ours));
            }
        }
        similar.retain(|(similarity, ..)| *similarity >= SIMILAR);
        similar.sort_by(|left, right| right.0.total_cmp(&left.0));
        let is_request = !matches!(place.part, Part::Response(..) | Part::Header(..));
        let (_, name, _) = similar.into_iter().find(|(_, name, ours)| {
            let ours_at = self.components.place.child(Step::Property((*name).clone()));
            let shapes = (&self.components.shape, self.source.shape);
            let differences = compare_values(shapes, &ours_at, (*ours, id), is_request);
            differences
                .iter()
                .all(|it| !names.is_empty() && self.is_tolerated(it, place))
        })?;
        let name = name.clone();
        self.known.insert(id, name.clone());
        Some(name)
    }

    /// Returns `true` if a named schema with this difference still describes the value at `place`.
    fn is_tolerated(&self, difference: &Difference, place: &Place) -> bool {
        use Kind::{AdditionalProperties, Binary, Rule, Type};

        let loses_type = [AdditionalProperties, Binary, Rule, Type].contains(&difference.kind);
        let is_known = || {
            let schema = described(&self.components.document, &difference.place);
            let mut place = place.clone();
            // The first step is the name of the schema.
            place
                .steps
                .extend(difference.place.steps.iter().skip(1).cloned());
            let statement = difference.statement();
            self.source.deviations.contains(&place, &statement)
                || schema.is_some_and(|it| self.explained.contains(&(it, statement)))
        };
        (difference.severity != Severity::Breaking && !loses_type) || is_known()
    }
}
