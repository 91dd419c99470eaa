//! Checks of responses.

use std::sync::Arc;

use basalam_chat_openapi::{Document, Response, StatusPattern};
use jsonschema::Validator;
use serde_json::Value;

use super::list_schema::ListSchema;
use super::schema::{is_json, validator};
use crate::error::Error;

/// The documented JSON responses of an operation, the most specific status first.
pub(super) struct Responses {
    by_status: Vec<(StatusPattern, Arc<Validator>)>,
    /// The list schema of the success response, if it consists of nothing but a list.
    pub(super) list: Option<ListSchema>,
}

impl Responses {
    pub(super) fn compile(document: &Document, responses: &[Response<'_>]) -> Result<Self, Error> {
        let mut by_status = Vec::new();
        let mut list = None;
        for response in responses {
            let json = response.content.iter().find(|it| is_json(it.name));
            if let Some((schema, at)) = json.and_then(|it| Some((it.schema?, &it.pointer))) {
                let at = at.child("schema");
                let validator = validator(document, schema, &at)?;
                if response.status.covers(200) {
                    list = ListSchema::compile(document, schema, &at, &validator)?;
                }
                by_status.push((response.status, validator));
            }
        }
        Ok(Self { by_status, list })
    }

    /// Checks a response. The error describes the first violation with masked values, which
    /// may be private.
    pub(super) fn check(&self, status: u16, body: &Value) -> Result<(), String> {
        let mut responses = self.by_status.iter();
        let Some((_, validator)) = responses.find(|(pattern, _)| pattern.covers(status)) else {
            return Err(format!("no JSON response is documented for {status}"));
        };
        if validator.is_valid(body) {
            // Twice as fast as `validate`.
            return Ok(());
        }
        validator
            .validate(body)
            .map_err(|error| format!("at #{}: {}", error.instance_path(), error.masked()))
    }
}
