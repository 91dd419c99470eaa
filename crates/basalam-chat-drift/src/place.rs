//! Places on the wire.

use std::fmt;

use basalam_chat_openapi::{Method, ParameterLocation, StatusPattern};
use serde_json::Value;

use crate::shape::{OperationShape, ShapeId, ValueShape, WireShape};

/// The default media type, which is not displayed.
const JSON: &str = "application/json";

/// A place on the wire, displayed as `GET /v1/chats → 200 → data.chats[].bot`.
///
/// A media type other than JSON precedes the value: `POST /v1/files → body → multipart/form-data →
/// file`. `[]` is an item of an array, `.*` an additional property; a property name with characters
/// other than letters, digits, `_` and `-` is displayed as a JSON string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The path of the operation.
    pub path: String,
    /// The method of the operation.
    pub method: Method,
    /// The part of the operation.
    pub part: Part,
    /// The steps from the part to a value in it.
    pub steps: Vec<Step>,
}

/// A part of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The whole operation.
    Whole,
    /// The security requirements.
    Security,
    /// A parameter.
    Parameter(ParameterLocation, String),
    /// The request body, in one media type or in all.
    Body(Option<String>),
    /// The response with a status, in one media type or in all.
    Response(StatusPattern, Option<String>),
    /// A header of the response with a status.
    Header(StatusPattern, String),
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To a named property of an object.
    Property(String),
    /// To the additional properties of an object.
    AdditionalProperties,
    /// To the items of an array.
    Items,
}

impl Place {
    /// Returns the place of a whole part.
    #[must_use]
    pub fn new(method: Method, path: &str, part: Part) -> Place {
        Place {
            path: path.to_owned(),
            method,
            part,
            steps: Vec::new(),
        }
    }

    /// Returns the place one step into this one.
    #[must_use]
    pub fn child(&self, step: Step) -> Place {
        let mut place = self.clone();
        place.steps.push(step);
        place
    }

    /// Returns the id of the value at this place in a wire shape.
    #[must_use]
    pub fn value_in(&self, shape: &WireShape) -> Option<ShapeId> {
        let operation = shape.operation(self.method, &self.path)?;
        let is_here = |part: &Part| match (part, &self.part) {
            (Part::Header(status, name), Part::Header(here, wanted)) => {
                status == here && name.eq_ignore_ascii_case(wanted)
            }
            (part, here) => part == here,
        };
        let mut values = values(operation).into_iter();
        let (_, start) = values.find(|(part, _)| is_here(part))?;
        self.steps.iter().try_fold(start, |id, step| {
            let mut children = children(shape.value(id)).into_iter();
            children.find(|(it, _)| it == step).map(|(_, id)| id)
        })
    }

    /// Returns the name of the property at this place, or an empty string if it is not a property.
    pub(crate) fn property_name(&self) -> &str {
        match self.steps.last() {
            Some(Step::Property(name)) => name,
            _ => "",
        }
    }

    /// Returns the operation, such as `GET /v1/chats`.
    #[must_use]
    pub fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns the place in its operation, such as `200 → data.chats[].bot`; empty for the whole
    /// operation.
    #[must_use]
    pub fn in_operation(&self) -> String {
        let mut segments = self.part.segments();
        let mut steps = String::new();
        for step in &self.steps {
            match step {
                Step::Items => steps += "[]",
                Step::AdditionalProperties => steps += if steps.is_empty() { "*" } else { ".*" },
                Step::Property(name) => {
                    if !steps.is_empty() {
                        steps.push('.');
                    }
                    steps += &quoted(name);
                }
            }
        }
        if !steps.is_empty() {
            segments.push(steps);
        }
        segments.join(" → ")
    }
}

impl Part {
    fn segments(&self) -> Vec<String> {
        let with_media_type = |first: String, media_type: &Option<String>| {
            let shown = media_type.iter().filter(|it| *it != JSON).cloned();
            std::iter::once(first).chain(shown).collect()
        };
        match self {
            Part::Whole => Vec::new(),
            Part::Security => vec!["security".to_owned()],
            Part::Parameter(location, name) => vec![location.to_string(), name.clone()],
            Part::Body(media_type) => with_media_type("body".to_owned(), media_type),
            Part::Response(status, media_type) => with_media_type(status.to_string(), media_type),
            Part::Header(status, name) => {
                vec![status.to_string(), "header".to_owned(), name.clone()]
            }
        }
    }
}

/// Returns the values of an operation, with the parts that hold them.
pub(crate) fn values(operation: &OperationShape) -> Vec<(Part, ShapeId)> {
    let mut values = Vec::new();
    for ((location, _), parameter) in &operation.parameters {
        let part = Part::Parameter(*location, parameter.name.clone());
        values.push((part, parameter.value));
    }
    for (media_type, id) in operation.body.iter().flat_map(|it| &it.content) {
        values.push((Part::Body(Some(media_type.clone())), *id));
    }
    for (status, response) in &operation.responses {
        for (media_type, id) in &response.content {
            let part = Part::Response(*status, Some(media_type.clone()));
            values.push((part, *id));
        }
        for header in response.headers.values() {
            let part = Part::Header(*status, header.name.clone());
            values.push((part, header.value));
        }
    }
    values
}

/// Returns the direct children of a value. Rules count as properties, named by their keywords.
pub(crate) fn children(value: &ValueShape) -> Vec<(Step, ShapeId)> {
    let mut children = Vec::new();
    if let Some(array) = &value.array {
        children.push((Step::Items, array.items));
    }
    if let Some(object) = &value.object {
        for (name, property) in &object.properties {
            children.push((Step::Property(name.clone()), property.value));
        }
        if let Some(id) = object.additional.schema() {
            children.push((Step::AdditionalProperties, *id));
        }
    }
    for rule in &value.rules {
        for (name, id) in &rule.schemas {
            let name = format!("({} {name})", rule.keyword);
            children.push((Step::Property(name), *id));
        }
    }
    children
}

fn quoted(name: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
    match !name.is_empty() && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => Value::from(name).to_string(),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.operation())?;
        let in_operation = self.in_operation();
        if !in_operation.is_empty() {
            write!(formatter, " → {in_operation}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_part_and_steps() {
        let mut place = Place::new(
            Method::Get,
            "/v1/chats",
            Part::Response(StatusPattern::Code(200), Some(JSON.to_owned())),
        );
        assert_eq!(place.to_string(), "GET /v1/chats → 200");
        place.steps = vec![
            Step::Property("data".to_owned()),
            Step::Items,
            Step::Items,
            Step::Property("a.b".to_owned()),
            Step::AdditionalProperties,
        ];
        assert_eq!(
            place.to_string(),
            r#"GET /v1/chats → 200 → data[][]."a.b".*"#
        );
        place.part = Part::Body(Some("multipart/form-data".to_owned()));
        place.steps.truncate(1);
        assert_eq!(
            place.to_string(),
            "GET /v1/chats → body → multipart/form-data → data"
        );
    }
}
