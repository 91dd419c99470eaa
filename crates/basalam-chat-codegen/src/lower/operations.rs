//! Operations: one body, one success answer, and the facts that only we read.

use std::collections::BTreeMap;

use basalam_chat_openapi::{MediaType, Method, Operation, Pointer, Response, StatusPattern};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::authorization::Authorization;

pub(super) const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data";

const KEYWORDS: &[&str] = &[
    "operationId",
    "summary",
    "description",
    "tags",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "deprecated",
    "externalDocs",
];

/// What the operation table says of one operation.
pub(crate) struct LoweredOperation {
    pub(crate) id: String,
    pub(crate) summary: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) idempotent: bool,
    pub(crate) authorization: Authorization,
    pub(crate) success: u16,
    pub(crate) secret_path: bool,
}

impl<'a> Lowering<'a> {
    /// Lowers every operation, in the order of path and method.
    pub(super) fn operations(
        &mut self,
        operations: &[Operation<'a>],
    ) -> (Value, Vec<LoweredOperation>) {
        let mut sorted: Vec<&Operation<'a>> = operations.iter().collect();
        sorted.sort_by_key(|operation| (operation.path, operation.method.as_str()));
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        let mut table = Vec::with_capacity(sorted.len());
        for operation in sorted {
            let is_multipart = operation
                .request_body
                .as_ref()
                .is_some_and(|body| body.content.iter().any(|media| media.name == MULTIPART));
            let lowered = self.operation(operation, is_multipart);
            table.push(self.table_row(operation));
            if !is_multipart {
                let method = operation.method.as_str().to_ascii_lowercase();
                paths
                    .entry(operation.path)
                    .or_default()
                    .insert(method, lowered);
            }
        }
        (json!(paths), table)
    }

    fn operation(&mut self, operation: &Operation<'a>, is_multipart: bool) -> Value {
        let at = &operation.pointer;
        self.members(operation.value, at, "an operation", KEYWORDS);
        for keyword in operation.value.as_object().into_iter().flat_map(Map::keys) {
            if keyword.starts_with("x-dropshot") {
                self.refuse(
                    &at.child(keyword),
                    "this extension changes what is generated",
                    "leave it out",
                );
            }
        }
        let body = self.body(operation, is_multipart);
        let parameters = self.parameters(operation, body.is_some());
        let mut lowered = Map::from_iter([
            ("operationId".to_owned(), json!(operation.id)),
            ("parameters".to_owned(), parameters),
            ("responses".to_owned(), self.responses(operation)),
        ]);
        for keyword in ["summary", "description"] {
            self.prose(operation.value, keyword, at, &mut lowered);
        }
        if let Some(body) = body {
            lowered.insert("requestBody".to_owned(), body);
        }
        Value::Object(lowered)
    }

    fn body(&mut self, operation: &Operation<'a>, is_multipart: bool) -> Option<Value> {
        let body = operation.request_body.as_ref()?;
        let at = &body.pointer;
        let accepted = &["description", "content", "required"];
        self.members(body.value, at, "a body", accepted);
        if !body.required {
            self.refuse(
                &at.child("required"),
                "an optional body that is left out would be sent as an empty object",
                "write `required: true`, or take the body out",
            );
        }
        let [media_type] = body.content.as_slice() else {
            self.refuse(
                &at.child("content"),
                "a body must come in exactly one media type",
                format!("keep `{JSON}` alone"),
            );
            return None;
        };
        if is_multipart {
            // The facade sends these by hand, under the same rules of the same table.
            return None;
        }
        let schema = self.json_schema(media_type, "a body")?;
        let mut lowered = Map::from_iter([
            ("required".to_owned(), json!(true)),
            ("content".to_owned(), json!({ JSON: { "schema": schema } })),
        ]);
        self.prose(body.value, "description", at, &mut lowered);
        Some(Value::Object(lowered))
    }

    fn responses(&mut self, operation: &Operation<'a>) -> Value {
        let Some(response) = self.success(operation) else {
            return json!({});
        };
        let at = &response.pointer;
        let accepted = &["description", "headers", "content", "links"];
        self.members(response.value, at, "an answer", accepted);
        // OpenAPI demands the description, so progenitor's reader does.
        let mut lowered = Map::from_iter([("description".to_owned(), json!(""))]);
        self.prose(response.value, "description", at, &mut lowered);
        self.check_status(operation, response);
        match response.content.as_slice() {
            [] => {}
            [media_type] => {
                if let Some(schema) = self.json_schema(media_type, "a success answer") {
                    lowered.insert("content".to_owned(), json!({ JSON: { "schema": schema } }));
                }
            }
            _ => self.refuse(
                &at.child("content"),
                "a success answer must come in exactly one media type",
                format!("keep `{JSON}` alone"),
            ),
        }
        json!({ success_code(response.status).to_string(): lowered })
    }

    /// The one success answer. Error answers are read by the facade, which knows more shapes.
    fn success<'b>(&mut self, operation: &'b Operation<'a>) -> Option<&'b Response<'a>> {
        let mut successes = operation
            .responses
            .iter()
            .filter(|response| is_success(response.status));
        match (successes.next(), successes.next()) {
            (Some(response), None) => Some(response),
            (Some(_), Some(second)) => {
                self.refuse(
                    &status_place(operation, second),
                    "an operation has one success answer; a second one has no type to be read into",
                    "keep the one with a body: every 2xx is read as it",
                );
                None
            }
            (None, _) => {
                self.refuse(
                    &operation.pointer.child("responses"),
                    "the operation documents no success answer",
                    "add `200` with its content",
                );
                None
            }
        }
    }

    fn check_status(&mut self, operation: &Operation<'a>, response: &Response<'a>) {
        let code = success_code(response.status);
        if !matches!(code, 200..=208 | 226) {
            self.refuse(
                &status_place(operation, response),
                format!("{code} is no registered status, so that its mock has no name"),
                "write `200`: every 2xx is read as it",
            );
        }
        let has_no_body = matches!(code, 204 | 205) || operation.method == Method::Head;
        if has_no_body && !response.content.is_empty() {
            self.refuse(
                &response.pointer.child("content"),
                format!("the answer {code} to {} never has a body", operation.method),
                "take the content out, or write the status that comes with it",
            );
        }
    }

    fn json_schema(&mut self, media_type: &MediaType<'a>, what: &str) -> Option<Value> {
        let at = &media_type.pointer;
        if media_type.name != JSON {
            self.refuse(
                at,
                format!("{what} in `{}` is not generated", media_type.name),
                format!("describe it as `{JSON}`"),
            );
            return None;
        }
        let accepted = &["schema", "example", "examples"];
        self.members(media_type.value, at, "a media type", accepted);
        let Some(schema) = media_type.schema else {
            self.refuse(
                at,
                format!("{what} has no `schema`"),
                "add one, `{}` for anything",
            );
            return None;
        };
        Some(self.schema(schema, &at.child("schema")))
    }

    fn table_row(&mut self, operation: &Operation<'a>) -> LoweredOperation {
        let at = &operation.pointer;
        let idempotent = operation.value.get("x-idempotent").and_then(Value::as_bool);
        if idempotent.is_none() {
            self.refuse(
                &at.child("x-idempotent"),
                "the operation does not say whether repeating it does harm",
                "add `x-idempotent: true` or `false`",
            );
        }
        let success = operation
            .responses
            .iter()
            .find(|response| is_success(response.status))
            .map_or(200, |response| success_code(response.status));
        let summary = operation.value.get("summary").and_then(Value::as_str);
        LoweredOperation {
            id: operation.id.unwrap_or_default().to_owned(),
            summary: summary.unwrap_or_default().to_owned(),
            method: operation.method,
            path: operation.path.to_owned(),
            idempotent: idempotent.unwrap_or(false),
            authorization: self.authorization(operation),
            success,
            secret_path: self.has_secret_path(operation),
        }
    }
}

/// Whether an answer with this status is a success.
pub(super) fn is_success(status: StatusPattern) -> bool {
    matches!(
        status,
        StatusPattern::Code(200..=299) | StatusPattern::Range(2)
    )
}

fn success_code(status: StatusPattern) -> u16 {
    match status {
        StatusPattern::Code(code) => code,
        StatusPattern::Range(_) | StatusPattern::Default => 200,
    }
}

/// Where the operation names the status of an answer, which itself may stand elsewhere.
fn status_place(operation: &Operation<'_>, response: &Response<'_>) -> Pointer {
    let written = response.status.to_string();
    let key = operation
        .value
        .get("responses")
        .and_then(Value::as_object)
        .and_then(|responses| {
            responses
                .keys()
                .find(|it| it.eq_ignore_ascii_case(&written))
        });
    let at = operation.pointer.child("responses");
    at.child(key.unwrap_or(&written))
}
