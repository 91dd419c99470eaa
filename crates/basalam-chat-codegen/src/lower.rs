//! Validation of a document and lowering to the subset of OpenAPI that progenitor supports.
//!
//! One pass does both: it copies supported constructs to the lowered document and reports the others as
//! [`Diagnostic`](crate::error::Diagnostic)s. It continues after a problem, so one run reports all of
//! them.

mod classify;
mod components;
mod features;
mod field_names;
mod keywords;
mod lowering;
mod model;
mod oauth;
mod operations;
mod parameters;
mod paths;
mod reachability;
mod schemas;
mod security;
mod servers;
mod structs;

use basalam_chat_openapi::{Document, Pointer};
use serde_json::{Value, json};

use crate::error::Error;
use crate::normalize::Origins;
use lowering::Lowering;
use reachability::ReachableSchemas;

pub(crate) use model::{
    ArrayParameter, Authorization, Decoding, Features, Lowered, LoweredOperation, Newtype,
    NewtypeKind, OAuthEndpoints, StructNames, Variant,
};

/// Validates and lowers a normalized document. `errors` holds the problems found before.
pub(crate) fn lower(
    document: &Document,
    origins: &Origins,
    errors: &[basalam_chat_openapi::Error],
) -> Result<Lowered, Error> {
    let mut lowering = Lowering::new(document, origins);
    let (mut operations, invalid) = document.operations_and_errors();
    for operation in &mut operations {
        operation.parameters.retain(|it| !it.is_ignored());
    }
    for error in errors.iter().chain(&invalid) {
        lowering.report_error(error);
    }
    lowering.base_path = lowering.lower_servers();
    let reachable = ReachableSchemas::collect(document, &operations);
    lowering.classify_components(&reachable);
    lowering.check_paths(&operations);
    let features = lowering.lower_features(&operations);
    let (paths, operations) = lowering.lower_operations(&operations);
    lowering.check_required_response_fields(&reachable);
    let schemas = lowering.lower_components(&reachable);
    let structs = StructNames {
        boxed: lowering.boxed_types(),
        secrets: lowering.secret_properties(),
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
        features,
        arrays: lowering.arrays,
        operations,
        field_names: field_names::collect(document.root()),
        oauth_endpoints,
    })
}

impl Lowering<'_> {
    /// Lowers `info`, which progenitor writes to the docs of the client.
    fn lower_info(&mut self) -> Value {
        let at = Pointer::default().child("info");
        let mut lowered = json!({});
        let Some(info) = self.document.root().get("info") else {
            return self.reject(&at, "`info` is missing", "add `title` and `version`");
        };
        for field in ["title", "version", "description"] {
            self.copy_string(info, field, &at, &mut lowered);
        }
        for field in ["title", "version"] {
            if info.get(field).is_none() {
                self.report(&at, format!("`{field}` is missing"), "add it as a string");
            }
        }
        lowered
    }
}
