//! Checks of request bodies.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use basalam_chat_openapi::Document;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::body_shape::BodyShape;
use super::form_body::FormBody;
use super::parameters::RequestParts;
use super::schema::{is_json, validator};
use super::violations;
use crate::error::Error;
use crate::service_error::Violation;

/// The request body of an operation.
pub(super) struct RequestBody {
    required: bool,
    content: Content,
}

enum Content {
    Json(Arc<Validator>, BodyShape),
    Form(FormBody),
    /// Not checked; no operation uses it.
    Other,
}

impl RequestBody {
    pub(super) fn compile(
        document: &Document,
        body: &basalam_chat_openapi::RequestBody<'_>,
    ) -> Result<Self, Error> {
        let schema = |matches: fn(&str) -> bool| {
            let found = body.content.iter().find(|it| matches(it.name));
            found.and_then(|it| Some((it.schema?, it.pointer.child("schema"))))
        };
        let content = if let Some((schema, at)) = schema(is_json) {
            // The validator is compiled first, since it rejects reference cycles.
            let validator = validator(document, schema, &at)?;
            Content::Json(validator, BodyShape::compile(document, schema, &at)?)
        } else if let Some((schema, at)) = schema(|it| it == "multipart/form-data") {
            Content::Form(FormBody::compile(document, schema, &at)?)
        } else {
            Content::Other
        };
        Ok(Self {
            required: body.required,
            content,
        })
    }

    pub(super) fn is_form(&self) -> bool {
        matches!(self.content, Content::Form(_))
    }

    /// Checks the body and returns it, with `{}` for each `[]` that stands for an object.
    pub(super) fn check(
        &self,
        request: &RequestParts<'_>,
        violations: &mut Vec<Violation>,
    ) -> Option<Value> {
        let (validator, shape) = match &self.content {
            Content::Json(validator, shape) => (validator, shape),
            Content::Form(form) => return form.check(request.form, violations),
            Content::Other => return None,
        };
        if request.body.is_empty() {
            if self.required {
                violations.push(Violation::new(["body"], "a body is required", "missing"));
            }
            return None;
        }
        let content_type = request.headers.get(CONTENT_TYPE);
        if !content_type.is_some_and(|it| it.to_str().is_ok_and(is_json)) {
            violations.push(Violation::new(
                ["body"],
                "must be sent with the header `Content-Type: application/json`",
                "model_attributes_type",
            ));
            return None;
        }
        match serde_json::from_slice(request.body) {
            Ok(mut body) => {
                if !validator.is_valid(&body) {
                    shape.coerce_empty_arrays(&mut body);
                    if !validator.is_valid(&body) {
                        let shortened = shape.shorten(&mut body);
                        violations::collect(validator, &body, &shortened, violations);
                    }
                }
                Some(body)
            }
            Err(error) => {
                let location = [json!("body"), json!(error.column())];
                let message = format!("must be JSON: {error}");
                violations.push(Violation::new(location, message, "json_invalid"));
                None
            }
        }
    }
}
