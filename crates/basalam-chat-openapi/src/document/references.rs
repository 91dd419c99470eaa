//! Resolution of `$ref`.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Document;
use crate::{Error, Pointer};

/// Follows a chain of references and returns the final value and its location.
pub(super) fn follow<'a>(
    document: &'a Document,
    mut value: &'a Value,
    at: &Pointer,
) -> Result<(&'a Value, Pointer), Error> {
    let mut at = at.clone();
    let mut visited = BTreeSet::new();
    while let Some(reference) = value.as_object().and_then(|object| object.get("$ref")) {
        let at_reference = at.child("$ref");
        let target = reference_target(reference, &at_reference)?;
        if !visited.insert(target.clone()) {
            return Err(Error::reference(
                &at_reference,
                format!(
                    "circular reference through \"#{target}\"; replace one reference by the value"
                ),
            ));
        }
        value = target.find(document.root()).ok_or_else(|| {
            Error::reference(
                &at_reference,
                format!("\"#{target}\" does not exist; correct the reference or add its target"),
            )
        })?;
        at = target;
    }
    Ok((value, at))
}

/// Returns the location that the value of a `$ref` points to, whether or not it exists.
///
/// `at` is the location of the reference, which errors report.
///
/// # Errors
///
/// [`Error::is_structure`] if `reference` is not a string; [`Error::is_reference`] if it
/// points outside the document or is not a JSON pointer.
pub fn reference_target(reference: &Value, at: &Pointer) -> Result<Pointer, Error> {
    let Some(reference) = reference.as_str() else {
        return Err(Error::structure(
            at,
            "must be a string such as \"#/components/schemas/Name\"",
        ));
    };
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(Error::reference(
            at,
            format!("{reference:?} points outside the document; copy its target into `components`"),
        ));
    };
    percent_decode_str(fragment)
        .decode_utf8()
        .ok()
        .and_then(|fragment| Pointer::from_fragment(&fragment))
        .ok_or_else(|| {
            Error::reference(
                at,
                format!("{reference:?} is not a JSON pointer; write it as \"#/components/…\""),
            )
        })
}
