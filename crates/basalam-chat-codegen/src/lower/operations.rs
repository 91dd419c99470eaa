//! Operations: one body, one success answer, and the facts that only we read.

use std::collections::BTreeMap;

use basalam_chat_openapi::{MediaType, Method, Operation, Pointer, Response, StatusPattern};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::parameters::template_names;
use crate::names;

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

/// Names that the generated client has for itself.
const RESERVED: &[&str] = &[
    "new",
    "new_with_client",
    "api_version",
    "baseurl",
    "client",
    "inner",
    "pre",
    "post",
    "exec",
    "clone",
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

/// Who may call an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Authorization {
    /// Nobody is asked for a token.
    None,
    /// A bearer token, with these OAuth scopes where the token has scopes.
    Bearer(Vec<String>),
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
        for keyword in operation.value.as_object().into_iter().flat_map(Map::keys) {
            if !KEYWORDS.contains(&keyword.as_str()) && !keyword.starts_with("x-") {
                self.refuse(
                    &at.child(keyword),
                    format!("`{keyword}` of an operation is not on the list"),
                    "leave it out",
                );
            }
            // Extensions that change what progenitor writes.
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
            match operation.value.get(keyword) {
                Some(Value::String(text)) => {
                    lowered.insert(keyword.to_owned(), json!(text));
                }
                Some(_) => self.refuse(
                    &at.child(keyword),
                    format!("`{keyword}` must be a text"),
                    "write a text",
                ),
                None => {}
            }
        }
        if let Some(body) = body {
            lowered.insert("requestBody".to_owned(), body);
        }
        Value::Object(lowered)
    }

    fn body(&mut self, operation: &Operation<'a>, is_multipart: bool) -> Option<Value> {
        let body = operation.request_body.as_ref()?;
        let at = &body.pointer;
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
        let mut lowered = json!({
            "required": true,
            "content": { JSON: { "schema": schema } },
        });
        if let Some(Value::String(description)) = body.value.get("description") {
            lowered["description"] = json!(description);
        }
        Some(lowered)
    }

    fn responses(&mut self, operation: &Operation<'a>) -> Value {
        let Some((status, response)) = self.success(operation) else {
            return json!({});
        };
        let description = response.value.get("description").and_then(Value::as_str);
        let mut lowered = json!({ "description": description.unwrap_or_default() });
        match response.content.as_slice() {
            [] => {}
            [media_type] => {
                if let Some(schema) = self.json_schema(media_type, "a success answer") {
                    lowered["content"] = json!({ JSON: { "schema": schema } });
                }
            }
            _ => self.refuse(
                &response.pointer.child("content"),
                "a success answer must come in exactly one media type",
                format!("keep `{JSON}` alone"),
            ),
        }
        json!({ status.to_string(): lowered })
    }

    /// The one success answer. Error answers are read by the facade, which knows more shapes.
    fn success<'b>(&mut self, operation: &'b Operation<'a>) -> Option<(u16, &'b Response<'a>)> {
        let mut successes = operation
            .responses
            .iter()
            .filter(|response| is_success(response.status));
        let at = operation.pointer.child("responses");
        let (first, second) = (successes.next(), successes.next());
        match (first, second) {
            (Some(response), None) => Some((success_code(response.status), response)),
            (Some(_), Some(second)) => {
                self.refuse(
                    &second.pointer,
                    "an operation has one success answer; a second one has no type to be read into",
                    "keep the one with a body: every 2xx is read as it",
                );
                None
            }
            (None, _) => {
                self.refuse(
                    &at,
                    "the operation documents no success answer",
                    "add `200` with its content",
                );
                None
            }
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

    fn authorization(&mut self, operation: &Operation<'a>) -> Authorization {
        let at = operation.pointer.child("security");
        let Some(requirements) = operation.value.get("security").and_then(Value::as_array) else {
            self.refuse(
                &at,
                "the operation does not say who may call it",
                "add `security`, `[]` where no token is needed",
            );
            return Authorization::None;
        };
        if requirements.is_empty() {
            return Authorization::None;
        }
        let mut scopes = Vec::new();
        for (index, requirement) in requirements.iter().enumerate() {
            let at = at.child(index.to_string());
            for (scheme, wanted) in requirement.as_object().into_iter().flatten() {
                self.check_scheme(scheme, &at);
                for scope in wanted.as_array().into_iter().flatten() {
                    match scope.as_str() {
                        Some(scope) if !scopes.iter().any(|known| known == scope) => {
                            scopes.push(scope.to_owned());
                        }
                        Some(_) => {}
                        None => self.refuse(&at.child(scheme), "a scope must be a text", "name it"),
                    }
                }
            }
        }
        Authorization::Bearer(scopes)
    }

    fn check_scheme(&mut self, scheme: &str, at: &Pointer) {
        let schemes = Pointer::default()
            .child("components")
            .child("securitySchemes");
        let known = self
            .document
            .root()
            .pointer(&schemes.child(scheme).to_string());
        let kind = known
            .and_then(|known| known.get("type"))
            .and_then(Value::as_str);
        let bearer = known
            .and_then(|known| known.get("scheme"))
            .and_then(Value::as_str);
        match (kind, bearer) {
            (Some("oauth2"), _) => {}
            (Some("http"), Some(bearer)) if bearer.eq_ignore_ascii_case("bearer") => {}
            (None, _) => self.refuse(
                &at.child(scheme),
                "no such security scheme is described",
                "add it to `components.securitySchemes`",
            ),
            _ => self.refuse(
                &at.child(scheme),
                "only bearer tokens are generated for",
                "use a scheme of type `oauth2`, or `http` with `bearer`",
            ),
        }
    }

    /// What holds between operations: names and paths that must be apart.
    pub(super) fn check_document_rules(&mut self, operations: &[Operation<'a>]) {
        let mut ids: BTreeMap<&str, &Pointer> = BTreeMap::new();
        let mut shapes: BTreeMap<String, &str> = BTreeMap::new();
        for operation in operations {
            let at = operation.pointer.child("operationId");
            match operation.id {
                None => self.refuse(&at, "the operation has no `operationId`", "name it"),
                Some(id) => {
                    if !names::is_function(id) || RESERVED.contains(&id) {
                        self.refuse(
                            &at,
                            format!("`{id}` is no name that the client can give a method"),
                            "use snake_case, and none of the client's own names",
                        );
                    }
                    if let Some(other) = ids.insert(id, &operation.pointer) {
                        self.refuse(
                            &at,
                            format!("`{id}` is already the name of {other}"),
                            "give each operation its own",
                        );
                    }
                }
            }
            self.check_path(operation);
            let shape = path_shape(operation.path);
            if let Some(other) = shapes.insert(shape, operation.path)
                && other != operation.path
            {
                self.refuse(
                    &operation.pointer,
                    format!("the path cannot be told apart from {other}"),
                    "use the same parameter names in both",
                );
            }
        }
    }

    fn check_path(&mut self, operation: &Operation<'a>) {
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        let segments = operation.path.strip_prefix('/').map(|path| path.split('/'));
        let right = segments.is_some_and(|mut segments| {
            segments.all(|segment| match segment.strip_prefix('{') {
                Some(rest) => rest.strip_suffix('}').is_some_and(plain),
                None => plain(segment),
            })
        });
        if !right
            || template_names(operation.path)
                .iter()
                .any(|name| name.contains('.'))
        {
            self.refuse(
                &operation.pointer,
                format!("the path `{}` is not on the list", operation.path),
                "write `/`, then segments of letters, digits, `-`, `.`, `_`, `~`, or a whole `{name}`",
            );
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

fn path_shape(path: &str) -> String {
    path.split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}
