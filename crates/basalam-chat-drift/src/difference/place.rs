//! Where a difference is.

use std::fmt;

use serde_json::Value;

use crate::shape::{Others, ParameterShape};
use crate::{ShapeId, WireShape};
use basalam_chat_openapi::{Method, ParameterLocation, StatusPattern};

/// The media type that goes without saying.
const JSON: &str = "application/json";

/// A place on the wire, written like `GET /v1/chats → 200 → data.chats[].bot`.
///
/// A media type other than JSON is named before the value: `POST /v1/files → body →
/// multipart/form-data → file`. `[]` is an item of an array, `.*` a member without a
/// name; a name with other characters than letters, digits, `_` and `-` is written as a JSON string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The path of the operation, as this side writes it where it has it.
    pub path: String,
    /// The method of the operation.
    pub method: Method,
    /// The part of the operation.
    pub part: Part,
    /// The way to a value in it.
    pub steps: Vec<Step>,
}

/// A part of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it.
    Whole,
    /// Who may call it.
    Security,
    /// A parameter.
    Parameter(ParameterLocation, String),
    /// The body of a request, in one media type or in all.
    Body(Option<String>),
    /// The answer with a status, in one media type or in all.
    Answer(StatusPattern, Option<String>),
    /// A header of the answer with a status.
    Header(StatusPattern, String),
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To a named member of an object.
    Member(String),
    /// To the members of an object that have no names.
    Others,
    /// To the items of an array.
    Items,
}

impl Place {
    /// Gives the place of a whole part.
    #[must_use]
    pub fn at(method: Method, path: &str, part: Part) -> Place {
        Place {
            path: path.to_owned(),
            method,
            part,
            steps: Vec::new(),
        }
    }

    /// Finds the value at this place in a wire shape.
    #[must_use]
    pub fn find(&self, shape: &WireShape) -> Option<ShapeId> {
        let operation = shape.operation(self.method, &self.path)?;
        let start = match &self.part {
            Part::Whole | Part::Security => return None,
            Part::Parameter(location, name) => {
                let mut all = operation.parameters.iter();
                let is = |it: &&ParameterShape| it.name == *name;
                let found = all.find(|(key, it)| key.0 == *location && is(it));
                found?.1.value
            }
            Part::Body(media) => *operation.body.as_ref()?.content.get(media.as_ref()?)?,
            Part::Answer(status, media) => *operation
                .answers
                .get(status)?
                .content
                .get(media.as_ref()?)?,
            Part::Header(status, name) => {
                let headers = &operation.answers.get(status)?.headers;
                headers.get(&name.to_ascii_lowercase())?.value
            }
        };
        self.steps.iter().try_fold(start, |id, step| {
            let value = shape.value(id);
            match step {
                Step::Member(name) => Some(value.object.as_ref()?.members.get(name)?.value),
                Step::Items => Some(value.array.as_ref()?.items),
                Step::Others => match value.object.as_ref()?.others {
                    Others::Each(id) => Some(id),
                    Others::Anything | Others::Nothing => None,
                },
            }
        })
    }

    /// Gives the operation alone, as `GET /v1/chats`.
    #[must_use]
    pub fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Gives the place within the operation, as `200 → data.chats[].bot`; empty for all of it.
    #[must_use]
    pub fn within(&self) -> String {
        let mut parts = self.part.segments();
        let mut steps = String::new();
        for step in &self.steps {
            match step {
                Step::Items => steps += "[]",
                Step::Others => steps += if steps.is_empty() { "*" } else { ".*" },
                Step::Member(name) => {
                    if !steps.is_empty() {
                        steps.push('.');
                    }
                    steps += &quoted(name);
                }
            }
        }
        if !steps.is_empty() {
            parts.push(steps);
        }
        parts.join(" → ")
    }
}

impl Part {
    fn segments(&self) -> Vec<String> {
        let with_media = |first: String, media: &Option<String>| {
            let media = media.iter().filter(|media| *media != JSON).cloned();
            std::iter::once(first).chain(media).collect()
        };
        match self {
            Part::Whole => Vec::new(),
            Part::Security => vec!["security".to_owned()],
            Part::Parameter(location, name) => vec![location.to_string(), name.clone()],
            Part::Body(media) => with_media("body".to_owned(), media),
            Part::Answer(status, media) => with_media(status.to_string(), media),
            Part::Header(status, name) => {
                vec![status.to_string(), "header".to_owned(), name.clone()]
            }
        }
    }
}

fn quoted(name: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
    match !name.is_empty() && name.chars().all(plain) {
        true => name.to_owned(),
        false => Value::from(name).to_string(),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.operation())?;
        let within = self.within();
        if !within.is_empty() {
            write!(formatter, " → {within}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_people_say_it() {
        let mut place = Place::at(
            Method::Get,
            "/v1/chats",
            Part::Answer(StatusPattern::Code(200), Some(JSON.to_owned())),
        );
        assert_eq!(place.to_string(), "GET /v1/chats → 200");
        place.steps = vec![
            Step::Member("data".to_owned()),
            Step::Items,
            Step::Items,
            Step::Member("a.b".to_owned()),
            Step::Others,
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
