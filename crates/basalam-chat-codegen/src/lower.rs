//! Validation of a document and lowering to the subset of OpenAPI that progenitor supports.
//!
//! One pass does both: it copies supported constructs to the lowered document and reports the others as
//! [`Diagnostic`](crate::error::Diagnostic)s. It continues after a problem, so one run reports all of
//! them.

mod classify;
mod components;
mod field_names;
mod keywords;
mod lowering;
mod model;
mod oauth;
mod operations;
mod parameters;
mod paths;
mod reachability;
mod references;
mod schemas;
mod security;
mod structs;

use basalam_chat_openapi::{Document, Pointer, Version};
use serde_json::{Map, Value, json};

use crate::error::Error;
use lowering::Lowering;
use reachability::ReachableSchemas;

pub(crate) use model::{
    Authorization, Decoding, Lowered, LoweredOperation, Newtype, NewtypeKind, OAuthEndpoints,
    StructNames, Variant,
};

/// Validates and lowers `document`.
pub(crate) fn lower(document: &Document) -> Result<Lowered, Error> {
    let mut lowering = Lowering::new(document);
    if document.version() != Version::V3_0 {
        lowering.report(
            &Pointer::default().child("openapi"),
            "only OpenAPI 3.0 is supported",
            "write the document in OpenAPI 3.0.3",
        );
        return Err(Error::unsupported(lowering.diagnostics));
    }
    let operations = document.operations()?;
    let reachable = ReachableSchemas::collect(document, &operations);
    lowering.classify_components(&reachable);
    lowering.check_paths(&operations);
    let (paths, operations) = lowering.lower_operations(&operations);
    lowering.check_required_response_fields(&reachable.response_types);
    let schemas = lowering.lower_components(&reachable);
    let structs = StructNames {
        boxed: lowering.boxed_types(),
        responses: lowering.response_types(&reachable),
        requests: reachable.request_types.clone(),
    };
    let mut newtypes = lowering.newtypes(&reachable);
    let (oauth_endpoints, scope) = lowering.lower_oauth();
    newtypes.extend(scope);
    newtypes.sort_by(|one, other| one.name.cmp(&other.name));
    let info = lowering.lower_info();
    if !lowering.diagnostics.is_empty() {
        return Err(Error::unsupported(lowering.diagnostics));
    }
    Ok(Lowered {
        openapi: json!({
            "openapi": "3.0.3",
            "info": info,
            "paths": paths,
            "components": { "schemas": schemas },
        }),
        newtypes,
        structs,
        operations,
        field_names: field_names::collect(document.root()),
        oauth_endpoints,
    })
}

impl Lowering<'_> {
    /// Lowers `info`, which progenitor writes to the docs of the client.
    fn lower_info(&mut self) -> Value {
        let at = Pointer::default().child("info");
        let mut lowered = Map::new();
        let Some(info) = self.document.root().get("info") else {
            self.report(&at, "`info` is missing", "add `title` and `version`");
            return Value::Object(lowered);
        };
        for field in ["title", "version", "description"] {
            self.copy_string(info, field, &at, &mut lowered);
        }
        for field in ["title", "version"] {
            if info.get(field).is_none() {
                self.report(&at, format!("`{field}` is missing"), "add it as a string");
            }
        }
        Value::Object(lowered)
    }
}
