//! Checks of keyword values that accept both dialects.

use serde_json::{Map, Value};

use super::keywords::{
    KeywordKind, check_value, is_type_name, keyword, unsupported_reference_base,
};
use crate::{Error, Pointer};

/// Checks that every keyword of a schema has a value of the right type in OpenAPI 3.0 or 3.1.
///
/// Does not check subschemas, and accepts unknown keywords. `at` is the location of the schema,
/// which errors report.
///
/// # Errors
///
/// [`Error::is_structure`] if a value has the wrong type; [`Error::is_unsupported`] for a
/// keyword that changes how references resolve, such as `$id`.
pub fn check_keywords(schema: &Map<String, Value>, at: &Pointer) -> Result<(), Error> {
    for (name, value) in schema {
        let Some(kind) = keyword(name).map(|it| it.kind) else {
            continue;
        };
        let expected = match kind {
            KeywordKind::ReferenceBase => {
                return Err(unsupported_reference_base(name, &at.child(name)));
            }
            KeywordKind::ExclusiveBound if !(value.is_boolean() || value.is_number()) => {
                "must be a number or a boolean"
            }
            KeywordKind::Type if !is_type_name(value) && !is_type_list(value) => {
                "must be the name of a type or an array of such names"
            }
            kind => {
                // Most schemas are valid: the pointer is only built for an error.
                if check_value(kind, value, at).is_err() {
                    check_value(kind, value, &at.child(name))?;
                }
                continue;
            }
        };
        return Err(Error::structure(&at.child(name), expected));
    }
    Ok(())
}

fn is_type_list(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|names| !names.is_empty() && names.iter().all(is_type_name))
}
