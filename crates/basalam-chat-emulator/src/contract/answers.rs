//! Answers of the service itself.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Response, StatusPattern};
use jsonschema::Validator;
use serde_json::Value;

use super::{is_json, validator};
use crate::error::Error;

/// The JSON answers that an operation documents, the most specific status first.
pub(super) struct Answers(Vec<(StatusPattern, Arc<Validator>)>);

impl Answers {
    pub(super) fn read(document: &Document, responses: &[Response<'_>]) -> Result<Self, Error> {
        let mut answers = Vec::new();
        for response in responses {
            let json = response.content.iter().find(|it| is_json(it.name));
            if let Some((schema, at)) = json.and_then(|it| Some((it.schema?, &it.pointer))) {
                let validator = validator(document, schema, &at.child("schema"))?;
                answers.push((response.status, validator));
            }
        }
        Ok(Self(answers))
    }

    /// Tells what is wrong with an answer. Values are masked: they may be private.
    pub(super) fn check(&self, status: u16, body: &Value) -> Result<(), String> {
        let Some((_, validator)) = self.0.iter().find(|(pattern, _)| pattern.covers(status)) else {
            return Err(format!(
                "no JSON answer is documented for the status {status}"
            ));
        };
        validator
            .validate(body)
            .map_err(|error| format!("at #{}: {}", error.instance_path(), error.masked()))
    }
}
