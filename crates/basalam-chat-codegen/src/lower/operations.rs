//! Lowering of operations, their bodies and success responses, and of the operation table.

use basalam_chat_openapi::{MediaType, Method, Operation, Pointer, Response, StatusPattern};
use serde_json::{Map, Value, json};

use super::lowering::Lowering;
use super::model::LoweredOperation;
use super::reachability::JSON;
use crate::names;

const MULTIPART: &str = "multipart/form-data";

const FIELDS: &str = "operationId summary description tags parameters requestBody responses \
                      security deprecated externalDocs";

impl<'a> Lowering<'a> {
    /// Lowers every operation, ordered by path and method.
    pub(super) fn lower_operations(
        &mut self,
        operations: &[Operation<'a>],
    ) -> (Value, Vec<LoweredOperation>) {
        let mut sorted: Vec<&Operation<'a>> = operations.iter().collect();
        sorted.sort_by_key(|operation| (operation.path, operation.method.as_str()));
        let mut paths = json!({});
        let mut table = Vec::with_capacity(sorted.len());
        for operation in sorted {
            let mut content = operation.request_body.iter().flat_map(|it| &it.content);
            let is_multipart = content.any(|media| media.name == MULTIPART);
            let lowered = self.lower_operation(operation, is_multipart);
            table.push(self.table_row(operation));
            if !is_multipart {
                paths[self.full_path(operation)][operation.method.key()] = lowered;
            }
        }
        (paths, table)
    }

    fn lower_operation(&mut self, operation: &Operation<'a>, is_multipart: bool) -> Value {
        let at = &operation.pointer;
        self.check_fields(operation.value, at, "an operation", FIELDS);
        for field in operation.value.as_object().into_iter().flat_map(Map::keys) {
            if field.starts_with("x-dropshot") {
                let message = "this extension changes the output of progenitor";
                self.report(&at.child(field), message, "remove it");
            }
        }
        let body = self.lower_body(operation, is_multipart);
        let parameters = self.lower_parameters(operation, body.is_some());
        let mut lowered = json!({
            "operationId": operation.id.and_then(names::function_name),
            "parameters": parameters,
            "responses": self.lower_responses(operation),
        });
        for field in ["summary", "description"] {
            self.copy_string(operation.value, field, at, &mut lowered);
        }
        if let Some(body) = body {
            lowered["requestBody"] = body;
        }
        lowered
    }

    fn lower_body(&mut self, operation: &Operation<'a>, is_multipart: bool) -> Option<Value> {
        let body = operation.request_body.as_ref()?;
        let at = &body.pointer;
        let fields = "description content required";
        self.check_fields(body.value, at, "a request body", fields);
        if !body.required {
            self.report(
                &at.child("required"),
                "optional request bodies are not supported: a missing one is sent as `{}`",
                "write `required: true`, or remove the body",
            );
        }
        let [media_type] = body.content.as_slice() else {
            return self.reject(
                &at.child("content"),
                "a request body must have exactly one media type",
                format!("keep only `{JSON}`"),
            );
        };
        if is_multipart {
            // Hand-written code in the facade sends multipart bodies, with the same operation table.
            return None;
        }
        let schema = self.lower_content(media_type, "a request body")?;
        let mut lowered = json!({ "required": true, "content": { JSON: { "schema": schema } } });
        self.copy_string(body.value, "description", at, &mut lowered);
        Some(lowered)
    }

    fn lower_responses(&mut self, operation: &Operation<'a>) -> Value {
        let Some(response) = self.success_response(operation) else {
            return json!({});
        };
        let at = &response.pointer;
        let fields = "description headers content links";
        self.check_fields(response.value, at, "a response", fields);
        // progenitor requires a description, as OpenAPI does.
        let mut lowered = json!({ "description": "" });
        self.copy_string(response.value, "description", at, &mut lowered);
        self.check_status(operation, response);
        match response.content.as_slice() {
            [] => {}
            [media_type] => {
                if let Some(schema) = self.lower_content(media_type, "a success response") {
                    lowered["content"] = json!({ JSON: { "schema": schema } });
                }
            }
            _ => self.report(
                &at.child("content"),
                "a success response must have exactly one media type",
                format!("keep only `{JSON}`"),
            ),
        }
        json!({ status_code(response.status).to_string(): lowered })
    }

    /// Returns the only success response. Error responses vary more than the document describes, and
    /// hand-written code in the facade reads them.
    fn success_response<'b>(&mut self, operation: &'b Operation<'a>) -> Option<&'b Response<'a>> {
        let responses = operation.responses.iter();
        let mut successes = responses.filter(|response| response.status.is_success());
        match (successes.next(), successes.next()) {
            (Some(response), None) => Some(response),
            (Some(_), Some(second)) => self.reject(
                &response_pointer(operation, second),
                "an operation must have exactly one success response",
                "keep only the one with a body: it is used for every 2xx status",
            ),
            (None, _) => self.reject(
                &operation.pointer.child("responses"),
                "the operation has no success response",
                "add `200` with its content",
            ),
        }
    }

    fn check_status(&mut self, operation: &Operation<'a>, response: &Response<'a>) {
        let code = status_code(response.status);
        if !matches!(code, 200..=208 | 226) {
            let message =
                format!("{code} is not a registered status code, so its mock has no name");
            let remedy = "write `200`: it is used for every 2xx status";
            self.report(&response_pointer(operation, response), message, remedy);
        }
        let has_no_body = matches!(code, 204 | 205) || operation.method == Method::Head;
        if has_no_body && !response.content.is_empty() {
            let method = operation.method;
            let message = format!("a response to {method} with status {code} never has a body");
            let remedy = "remove `content`, or correct the status";
            self.report(&response.pointer.child("content"), message, remedy);
        }
    }

    fn lower_content(&mut self, media_type: &MediaType<'a>, item_kind: &str) -> Option<Value> {
        let at = &media_type.pointer;
        if media_type.name != JSON {
            let message = format!("{item_kind} of type `{}` is not supported", media_type.name);
            return self.reject(at, message, format!("write `{JSON}`"));
        }
        let fields = "schema example examples";
        self.check_fields(media_type.value, at, "a media type", fields);
        let Some(schema) = media_type.schema else {
            let message = format!("{item_kind} has no `schema`");
            return self.reject(at, message, "add one, as `{}` for any value");
        };
        Some(self.lower_schema(schema, &at.child("schema")))
    }

    fn full_path(&self, operation: &Operation<'_>) -> String {
        format!("{}{}", self.base_path, operation.path)
    }

    fn table_row(&mut self, operation: &Operation<'a>) -> LoweredOperation {
        let at = &operation.pointer;
        let idempotent = match operation.value.get("x-idempotent") {
            None => !matches!(operation.method, Method::Post | Method::Patch),
            Some(Value::Bool(idempotent)) => *idempotent,
            Some(_) => self.reject(
                &at.child("x-idempotent"),
                "`x-idempotent` must be true or false",
                "write whether the operation is idempotent, or remove it for the default of its method",
            ),
        };
        let mut statuses = operation.responses.iter().map(|response| response.status);
        let success = statuses.find(|status| status.is_success());
        let summary = operation.value["summary"].as_str();
        LoweredOperation {
            id: operation.id.unwrap_or_default().to_owned(),
            summary: summary.unwrap_or_default().to_owned(),
            method: operation.method,
            path: self.full_path(operation),
            idempotent,
            authorization: self.authorization(operation),
            success: success.map_or(200, status_code),
            secret_path: self.has_secret_path(operation),
        }
    }
}

fn status_code(status: StatusPattern) -> u16 {
    match status {
        StatusPattern::Code(code) => code,
        StatusPattern::Range(_) | StatusPattern::Default => 200,
    }
}

/// Returns the pointer to a response in the operation, even if it is a reference.
fn response_pointer(operation: &Operation<'_>, response: &Response<'_>) -> Pointer {
    let status = response.status.to_string();
    let responses = operation.value["responses"].as_object();
    let mut keys = responses.into_iter().flat_map(Map::keys);
    let key = keys.find(|it| it.eq_ignore_ascii_case(&status));
    let at = operation.pointer.child("responses");
    at.child(key.unwrap_or(&status))
}
