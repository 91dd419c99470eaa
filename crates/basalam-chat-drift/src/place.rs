//! Places on the wire.

use std::fmt;

use basalam_chat_openapi::{Method, ParameterLocation, StatusPattern};
use serde_json::Value;

use crate::shape::{AdditionalProperties, ParameterShape, ShapeId, WireShape};

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
        let start = match &self.part {
            Part::Whole | Part::Security => return None,
            Part::Parameter(location, name) => {
                let mut all = operation.parameters.iter();
                let is = |it: &&ParameterShape| it.name == *name;
                let found = all.find(|(key, it)| key.0 == *location && is(it));
                found?.1.value
            }
            Part::Body(media_type) => {
                let content = &operation.body.as_ref()?.content;
                *content.get(media_type.as_ref()?)?
            }
            Part::Response(status, media_type) => {
                let content = &operation.responses.get(status)?.content;
                *content.get(media_type.as_ref()?)?
            }
            Part::Header(status, name) => {
                let headers = &operation.responses.get(status)?.headers;
                headers.get(&name.to_ascii_lowercase())?.value
            }
        };
        self.steps.iter().try_fold(start, |id, step| {
            let value = shape.value(id);
            match step {
                Step::Property(name) => Some(value.object.as_ref()?.properties.get(name)?.value),
                Step::Items => Some(value.array.as_ref()?.items),
                Step::AdditionalProperties => match value.object.as_ref()?.additional {
                    AdditionalProperties::Schema(id) => Some(id),
                    AdditionalProperties::Any | AdditionalProperties::Forbidden => None,
                },
            }
        })
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
