//! Checks of paths, methods and operation ids, and of conflicts between operations.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Method, Operation, Pointer};

use super::keywords::is_listed;
use super::lowering::Lowering;
use crate::names;

/// Names of items in the generated client and the operation table, and `into` and `try_into`: methods of
/// every value, which take precedence.
const CLIENT_NAMES: &str = "new new_with_client api_version baseurl client inner pre post exec clone all \
                            oauth_token authorization_url token_base_url into try_into";

/// Methods of httpmock's server: one of the same name hides the mock of an operation.
const MOCK_SERVER_NAMES: &str = "address base_url forward_to forward_to_async host mock mock_async playback \
                                 playback_async playback_from_yaml playback_from_yaml_async port proxy \
                                 proxy_async record record_async reset reset_async url";

const PATH_ITEM: &str =
    "parameters summary description get put post delete options head patch trace";

impl<'a> Lowering<'a> {
    /// Checks paths, methods and operation ids.
    pub(super) fn check_paths(&mut self, operations: &[Operation<'a>]) {
        let paths = Pointer::default().child("paths");
        if operations.is_empty() {
            let message = "the document has no operations";
            self.report(&paths, message, "add at least one operation");
        }
        self.check_path_items(&paths);
        self.check_operation_ids(operations);
        let mut routes: BTreeMap<String, &str> = BTreeMap::new();
        for operation in operations {
            self.check_method(operation);
            self.check_path(operation);
            if let Some(other) = routes.insert(route(operation.path), operation.path)
                && other != operation.path
            {
                let message = format!("the path matches the same URLs as {other}");
                let remedy = "use the same parameter names in both";
                self.report(&operation.pointer, message, remedy);
            }
        }
    }

    /// Reports fields of path items that progenitor would ignore.
    fn check_path_items(&mut self, at: &Pointer) {
        let document = self.document;
        let items = document.root()["paths"].as_object();
        let items = items.into_iter().flatten();
        for (path, item) in items.filter(|(path, _)| !path.starts_with("x-")) {
            let at = at.child(path);
            if item.get("$ref").is_some() {
                self.check_fields(item, &at, "a path item with a reference", "$ref");
            }
            if let Ok((item, at)) = document.locate(item, &at) {
                self.check_fields(item, &at, "a path item", PATH_ITEM);
            }
        }
    }

    fn check_operation_ids(&mut self, operations: &[Operation<'a>]) {
        let mut types: BTreeMap<String, (&str, &Pointer)> = BTreeMap::new();
        for operation in operations {
            let at = operation.pointer.child("operationId");
            let Some(id) = operation.id else {
                let message = "the operation has no `operationId`";
                self.report(&at, message, "add one in snake_case");
                continue;
            };
            let name = names::function_name(id).unwrap_or_default();
            if name.is_empty() || is_listed(CLIENT_NAMES, &name) {
                self.report(
                    &at,
                    format!("`{id}` cannot be the name of a client method"),
                    "use an ASCII name that is not a Rust keyword or an existing name of the client",
                );
            }
            if is_listed(MOCK_SERVER_NAMES, &name) {
                self.report(
                    &at,
                    format!("`{id}` is a method of the mock server, which hides the mock"),
                    "use a more specific name, such as `reset_chat`",
                );
            }
            let type_prefix = names::pascal_case(id);
            if let Some((other, place)) = types.insert(type_prefix, (id, &operation.pointer)) {
                let message = match other == id {
                    true => format!("`{id}` is already the `operationId` of {place}"),
                    false => format!("`{id}` and `{other}` of {place} become the same mock"),
                };
                self.report(&at, message, "use a unique `operationId`");
            }
        }
    }

    fn check_method(&mut self, operation: &Operation<'a>) {
        if matches!(operation.method, Method::Options | Method::Trace) {
            let message = format!("the method {} is not supported", operation.method);
            self.report(&operation.pointer, message, "remove the operation");
        }
    }

    fn check_path(&mut self, operation: &Operation<'a>) {
        let segments = operation.path.strip_prefix('/').map(|path| path.split('/'));
        let is_valid = segments.is_some_and(|mut segments| {
            segments.all(|segment| match segment.strip_prefix('{') {
                Some(rest) => rest
                    .strip_suffix('}')
                    .is_some_and(|name| is_literal(name) && !name.contains('.')),
                None => is_literal(segment),
            })
        });
        if !is_valid {
            self.report(
                &operation.pointer,
                format!("the path `{}` is not supported", operation.path),
                "after each `/`, write a segment of ASCII letters, digits, `-`, `.`, `_` and `~`, or \
                 one `{name}`",
            );
        }
        let mut names = template_names(operation.path);
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!("the path contains `{{{}}}` twice", pair[0]);
            let remedy = "use a different name for each parameter";
            self.report(&operation.pointer, message, remedy);
        }
    }
}

/// Returns the parameter names in a path template.
pub(super) fn template_names(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// Returns `true` if a segment needs no percent-encoding. URL parsers resolve `.` and `..`.
pub(super) fn is_literal(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Returns the path without the names of its parameters.
fn route(path: &str) -> String {
    let segments = path.split('/');
    let segments = segments.map(|it| if it.starts_with('{') { "{}" } else { it });
    segments.collect::<Vec<_>>().join("/")
}
