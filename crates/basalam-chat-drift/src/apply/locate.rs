//! Finding in a document what a place on the wire is described by.

use crate::difference::{Part, Place, Step};
use basalam_chat_openapi::{Method, Pointer};

use super::json::Json;

/// How many references, choices and parts may lie between a schema and what it holds.
const MAX_STEPS: usize = 64;

/// The schema at a place, references not followed.
pub(super) fn schema(document: &Json, place: &Place) -> Option<Pointer> {
    let operation = operation(document, place.method, &place.path)?;
    let start = match &place.part {
        Part::Whole | Part::Security => return None,
        Part::Parameter(location, name) => {
            let list = operation.child("parameters");
            let is = |it: &Json| {
                let text = |member| it.get(member).and_then(Json::as_str);
                text("in") == Some(location.as_str()) && text("name") == Some(name)
            };
            let index = document.find(&list)?.items().iter().position(is)?;
            list.child(index).child("schema")
        }
        Part::Body(media) => {
            let body = follow(document, operation.child("requestBody"))?;
            content(document, &body, media.as_deref())?
        }
        Part::Answer(status, media) => {
            let answer = follow(document, operation.child("responses").child(status))?;
            content(document, &answer, media.as_deref())?
        }
        Part::Header(..) => return None,
    };
    place.steps.iter().try_fold(start, |at, step| match step {
        Step::Member(name) => {
            let holder = holder(document, &at, |it| {
                it.get("properties")
                    .is_some_and(|it| it.get(name).is_some())
            })?;
            Some(holder.child("properties").child(name))
        }
        Step::Items => {
            let holder = holder(document, &at, |it| it.get("items").is_some())?;
            Some(holder.child("items"))
        }
        Step::Others => {
            let is = |it: &Json| matches!(it.get("additionalProperties"), Some(Json::Object(_)));
            Some(holder(document, &at, is)?.child("additionalProperties"))
        }
    })
}

/// The operation with this method at this path.
pub(super) fn operation(document: &Json, method: Method, path: &str) -> Option<Pointer> {
    let at = Pointer::default()
        .child("paths")
        .child(path)
        .child(method.key());
    document.find(&at).map(|_| at)
}

fn content(document: &Json, at: &Pointer, media: Option<&str>) -> Option<Pointer> {
    let at = at.child("content");
    let is = |name: &str| match (media, name.split(';').next()) {
        (Some(wanted), Some(name)) => name.trim().eq_ignore_ascii_case(wanted),
        _ => false,
    };
    let (name, _) = document
        .find(&at)?
        .members()
        .iter()
        .find(|(name, _)| is(name))?;
    Some(at.child(name).child("schema"))
}

/// What a chain of references leads to.
pub(super) fn follow(document: &Json, mut at: Pointer) -> Option<Pointer> {
    for _ in 0..MAX_STEPS {
        match document.find(&at)?.get("$ref").and_then(Json::as_str) {
            None => return Some(at),
            Some(reference) => at = target(reference)?,
        }
    }
    None
}

fn target(reference: &str) -> Option<Pointer> {
    let segments = reference.strip_prefix("#/")?.split('/');
    let unescaped = segments.map(|it| it.replace("~1", "/").replace("~0", "~"));
    Some(unescaped.fold(Pointer::default(), |at, segment| at.child(segment)))
}

/// The first schema that applies at `at` and is what is looked for, through references and choices.
pub(super) fn holder(document: &Json, at: &Pointer, is: impl Fn(&Json) -> bool) -> Option<Pointer> {
    let mut open = vec![at.clone()];
    for _ in 0..MAX_STEPS {
        let at = open.pop()?;
        let Some(schema) = document.find(&at) else {
            continue;
        };
        if is(schema) {
            return Some(at);
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let choices = schema.get(keyword).map_or(0, |it| it.items().len());
            open.extend((0..choices).rev().map(|it| at.child(keyword).child(it)));
        }
        if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
            open.extend(target(reference));
        }
    }
    None
}

/// What the vendor calls the schema at a place, where the place is one with a name.
pub(super) fn component(document: &Json, at: &Pointer) -> Option<String> {
    let mut at = at.clone();
    for _ in 0..MAX_STEPS {
        let segments: Vec<String> = at.segments().collect();
        if let [components, schemas, name] = segments.as_slice()
            && components == "components"
            && schemas == "schemas"
        {
            return Some(name.clone());
        }
        let schema = document.find(&at)?;
        let choices = ["allOf", "anyOf", "oneOf"]
            .iter()
            .find_map(|it| schema.get(it));
        let named = |it: &&Json| it.get("$ref").is_some();
        let reference = match choices {
            Some(choices) if choices.items().iter().filter(named).count() == 1 => {
                choices.items().iter().find(named)?.get("$ref")
            }
            Some(_) => return None,
            None => schema.get("$ref"),
        };
        at = target(reference?.as_str()?)?;
    }
    None
}
