//! Answers of the service itself.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Response, StatusPattern};
use jsonschema::Validator;
use serde_json::Value;

use super::list::List;
use super::{is_json, validator};
use crate::error::Error;

/// The JSON answers that an operation documents, the most specific status first.
pub(super) struct Answers {
    by_status: Vec<(StatusPattern, Arc<Validator>)>,
    /// Of the success.
    pub(super) list: Option<List>,
}

impl Answers {
    pub(super) fn read(document: &Document, responses: &[Response<'_>]) -> Result<Self, Error> {
        let mut by_status = Vec::new();
        let mut list = None;
        for response in responses {
            let json = response.content.iter().find(|it| is_json(it.name));
            if let Some((schema, at)) = json.and_then(|it| Some((it.schema?, &it.pointer))) {
                let at = at.child("schema");
                let validator = validator(document, schema, &at)?;
                if response.status.covers(200) {
                    list = List::read(document, schema, &at, &validator)?;
                }
                by_status.push((response.status, validator));
            }
        }
        Ok(Self { by_status, list })
    }

    /// Tells what is wrong with an answer. Values are masked: they may be private.
    pub(super) fn check(&self, status: u16, body: &Value) -> Result<(), String> {
        let Some((_, validator)) = self
            .by_status
            .iter()
            .find(|(pattern, _)| pattern.covers(status))
        else {
            return Err(format!(
                "no JSON answer is documented for the status {status}"
            ));
        };
        if validator.is_valid(body) {
            // Twice as fast as looking for what is wrong.
            return Ok(());
        }
        validator
            .validate(body)
            .map_err(|error| format!("at #{}: {}", error.instance_path(), error.masked()))
    }
}
