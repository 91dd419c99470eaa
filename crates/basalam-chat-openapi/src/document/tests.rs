mod loading;
mod operations;
mod references;

use serde_json::json;

use super::*;
use crate::{Method, ParameterLocation, StatusPattern};

fn document(root: Value) -> Document {
    Document::from_value(root).unwrap()
}

fn with_paths(paths: Value) -> Document {
    document(json!({ "openapi": "3.0.3", "paths": paths }))
}

/// Returns the error for a document with this operation.
fn operation_error(operation: Value) -> Error {
    let document = with_paths(json!({ "/a": { "get": operation } }));
    document.operations().unwrap_err()
}
