//! Lookup of the part of a document that describes a place on the wire.

use basalam_chat_openapi::{Method, Pointer, reference_target};
use serde_json::Value;

use crate::place::{Part, Place, Step};
use crate::shape::{media_type_name, without_names};

/// The number of references and combined schemas that are searched for a keyword.
const MAX_STEPS: usize = 64;

/// Returns the location of the named schemas.
pub(crate) fn schemas() -> Pointer {
    Pointer::default().child("components").child("schemas")
}

/// Returns the schema at a place, without following its references.
pub(crate) fn schema(document: &Value, place: &Place) -> Option<Pointer> {
    let operation = operation(document, place.method, &place.path)?;
    let start = match &place.part {
        Part::Whole | Part::Security | Part::Header(..) => return None,
        Part::Parameter(location, name) => {
            let list = operation.child("parameters");
            let is = |it: &Value| it["in"] == location.as_str() && it["name"] == name.as_str();
            let index = list.find(document)?.as_array()?.iter().position(is)?;
            list.child(index).child("schema")
        }
        Part::Body(media_type) => {
            let body = follow(document, operation.child("requestBody"))?;
            content(document, &body, media_type.as_deref())?
        }
        Part::Response(status, media_type) => {
            let response = follow(document, operation.child("responses").child(status))?;
            content(document, &response, media_type.as_deref())?
        }
    };
    place.steps.iter().try_fold(start, |at, step| match step {
        Step::Property(name) => {
            let has_property = |it: &Value| it["properties"].get(name).is_some();
            let holder = holder(document, &at, has_property)?;
            Some(holder.child("properties").child(name))
        }
        Step::Items => Some(with_keyword(document, &at, "items")?.child("items")),
        Step::AdditionalProperties => {
            let holder = holder(document, &at, |it| it["additionalProperties"].is_object())?;
            Some(holder.child("additionalProperties"))
        }
    })
}

/// Returns the location that describes a place or, for a property that is missing, would.
pub(crate) fn described(document: &Value, place: &Place) -> Option<Pointer> {
    schema(document, place).or_else(|| {
        let mut parent = place.clone();
        let Some(Step::Property(name)) = parent.steps.pop() else {
            return None;
        };
        let holder = with_keyword(document, &schema(document, &parent)?, "properties")?;
        Some(holder.child("properties").child(name))
    })
}

/// Returns the operation with this method and path. The path of its server can precede it, and the
/// parameters can have other names.
pub(crate) fn operation(document: &Value, method: Method, path: &str) -> Option<Pointer> {
    let method = method.key();
    let paths = document.get("paths")?.as_object()?;
    let is = |(ours, item): &(&String, &Value)| {
        item.get(method).is_some() && without_names(path).ends_with(&without_names(ours))
    };
    let (ours, _) = paths.iter().filter(is).max_by_key(|(ours, _)| ours.len())?;
    Some(Pointer::default().child("paths").child(ours).child(method))
}

fn content(document: &Value, at: &Pointer, media_type: Option<&str>) -> Option<Pointer> {
    let at = at.child("content");
    let is = |name: &&String| media_type == Some(&media_type_name(name));
    let name = at.find(document)?.as_object()?.keys().find(is)?;
    Some(at.child(name).child("schema"))
}

/// Returns the end of a chain of references.
fn follow(document: &Value, mut at: Pointer) -> Option<Pointer> {
    for _ in 0..MAX_STEPS {
        match at.find(document)?.get("$ref") {
            None => return Some(at),
            Some(reference) => at = reference_target(reference, &at).ok()?,
        }
    }
    None
}

/// Returns the first schema at `at` with this keyword, searching references and combinations.
pub(crate) fn with_keyword(document: &Value, at: &Pointer, keyword: &str) -> Option<Pointer> {
    holder(document, at, |it| it.get(keyword).is_some())
}

/// Returns the first schema at `at` that satisfies `is`, searching references and combinations.
fn holder(document: &Value, at: &Pointer, is: impl Fn(&Value) -> bool) -> Option<Pointer> {
    let mut pending = vec![at.clone()];
    for _ in 0..MAX_STEPS {
        let at = pending.pop()?;
        let Some(schema) = at.find(document) else {
            continue;
        };
        if is(schema) {
            return Some(at);
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let count = schema[keyword].as_array().map_or(0, Vec::len);
            pending.extend((0..count).rev().map(|it| at.child(keyword).child(it)));
        }
        if let Some(reference) = schema.get("$ref") {
            pending.extend(reference_target(reference, &at));
        }
    }
    None
}

/// Returns the name of the schema at a location, if it is a named schema.
pub(crate) fn component(document: &Value, at: &Pointer) -> Option<String> {
    let mut at = at.clone();
    for _ in 0..MAX_STEPS {
        let segments: Vec<String> = at.segments().collect();
        if let [components, schemas, name] = segments.as_slice()
            && components == "components"
            && schemas == "schemas"
        {
            return Some(name.clone());
        }
        let schema = at.find(document)?;
        let combined = ["allOf", "anyOf", "oneOf"]
            .iter()
            .find_map(|it| schema.get(it)?.as_array());
        let reference = match combined {
            Some(schemas) => {
                let mut references = schemas.iter().filter_map(|it| it.get("$ref"));
                let only = references.next();
                only.filter(|_| references.next().is_none())
            }
            None => schema.get("$ref"),
        };
        at = reference_target(reference?, &at).ok()?;
    }
    None
}
