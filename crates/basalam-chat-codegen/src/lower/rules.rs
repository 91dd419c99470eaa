//! What holds for paths, methods and names: between operations, and between them and the client.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Method, Operation, Pointer};
use serde_json::Value;

use super::Lowering;
use super::parameters::template_names;
use crate::names;

/// Names that the generated client and its table have for themselves.
const CLIENT_NAMES: &[&str] = &[
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
    "all",
];

/// Methods of httpmock's server, which would hide the mock of an operation of that name.
const MOCK_SERVER_NAMES: &[&str] = &[
    "address",
    "base_url",
    "forward_to",
    "forward_to_async",
    "host",
    "mock",
    "mock_async",
    "playback",
    "playback_async",
    "playback_from_yaml",
    "playback_from_yaml_async",
    "port",
    "proxy",
    "proxy_async",
    "record",
    "record_async",
    "reset",
    "reset_async",
    "url",
];

const PATH_ITEM: &[&str] = &[
    "parameters",
    "summary",
    "description",
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
];

impl<'a> Lowering<'a> {
    /// Checks what must be apart: names and paths.
    pub(super) fn check_document_rules(&mut self, operations: &[Operation<'a>]) {
        let paths = Pointer::default().child("paths");
        if operations.is_empty() {
            self.refuse(
                &paths,
                "the document describes no operation",
                "add one: there is no client without",
            );
        }
        self.check_path_items(&paths);
        self.check_ids(operations);
        let mut shapes: BTreeMap<String, &str> = BTreeMap::new();
        for operation in operations {
            self.check_method(operation);
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

    /// Refuses what a path item says beside its operations and would be passed over in silence.
    fn check_path_items(&mut self, at: &Pointer) {
        let document = self.document;
        let items = document.root().get("paths").and_then(Value::as_object);
        let mut items: Vec<(&String, &Value)> = items.into_iter().flatten().collect();
        items.sort_unstable_by_key(|(path, _)| *path);
        for (path, item) in items {
            if path.starts_with("x-") {
                continue;
            }
            let at = at.child(path);
            if item.get("$ref").is_some() {
                self.members(item, &at, "a path item that is a reference", &["$ref"]);
            }
            if let Ok((item, at)) = document.locate(item, &at) {
                self.members(item, &at, "a path item", PATH_ITEM);
            }
        }
    }

    fn check_ids(&mut self, operations: &[Operation<'a>]) {
        let mut types: BTreeMap<String, (&str, &Pointer)> = BTreeMap::new();
        for operation in operations {
            let at = operation.pointer.child("operationId");
            let Some(id) = operation.id else {
                self.refuse(&at, "the operation has no `operationId`", "name it");
                continue;
            };
            if !names::is_function(id) || CLIENT_NAMES.contains(&id) {
                self.refuse(
                    &at,
                    format!("`{id}` is no name that the client can give a method"),
                    "use snake_case in ASCII, no keyword, and none of the client's own names",
                );
            }
            if MOCK_SERVER_NAMES.contains(&id) {
                self.refuse(
                    &at,
                    format!("`{id}` is a method of the mock server, which would hide the mock"),
                    "say what is done to what, such as `reset_chat`",
                );
            }
            let other = types.insert(names::operation_type(id), (id, &operation.pointer));
            if let Some((other, place)) = other {
                self.refuse(
                    &at,
                    match other == id {
                        true => format!("`{id}` is already the name of {place}"),
                        false => format!("`{id}` and `{other}` of {place} give the same mock"),
                    },
                    "give each operation a name of its own",
                );
            }
        }
    }

    fn check_method(&mut self, operation: &Operation<'a>) {
        if matches!(operation.method, Method::Options | Method::Trace) {
            self.refuse(
                &operation.pointer,
                format!("reqwest's client sends no {}", operation.method),
                "leave the operation out",
            );
        }
    }

    fn check_path(&mut self, operation: &Operation<'a>) {
        let segments = operation.path.strip_prefix('/').map(|path| path.split('/'));
        let right = segments.is_some_and(|mut segments| {
            segments.all(|segment| match segment.strip_prefix('{') {
                Some(rest) => rest
                    .strip_suffix('}')
                    .is_some_and(|name| is_plain(name) && !name.contains('.')),
                None => is_plain(segment),
            })
        });
        if !right {
            self.refuse(
                &operation.pointer,
                format!("the path `{}` is not on the list", operation.path),
                "write segments of letters, digits, `-`, `.`, `_`, `~`, or a whole `{name}`, each \
                 after a `/`",
            );
        }
        let mut names = template_names(operation.path);
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            self.refuse(
                &operation.pointer,
                format!("`{{{}}}` stands in the path twice", twice[0]),
                "give each place a name of its own",
            );
        }
    }
}

/// Whether a text stands in a path as it is. `.` and `..` are steps, which URL parsers take.
fn is_plain(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
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
