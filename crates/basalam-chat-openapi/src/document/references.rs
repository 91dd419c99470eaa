//! Following `$ref`.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Document;
use crate::{Error, Pointer};

/// Follows a chain of references to its end and tells where that is.
pub(super) fn follow<'a>(
    document: &'a Document,
    mut value: &'a Value,
    at: &Pointer,
) -> Result<(&'a Value, Pointer), Error> {
    let mut at = at.clone();
    let mut visited = BTreeSet::new();
    while let Some(reference) = value.as_object().and_then(|object| object.get("$ref")) {
        let place = at.child("$ref");
        let target = target(reference, &place)?;
        if !visited.insert(target.clone()) {
            return Err(Error::reference(
                &place,
                format!("refers in a circle through \"#{target}\"; let one of them hold the value"),
            ));
        }
        value = target.find(document.root()).ok_or_else(|| {
            Error::reference(
                &place,
                format!(
                    "nothing is found at \"#{target}\"; correct the reference or add its target"
                ),
            )
        })?;
        at = target;
    }
    Ok((value, at))
}

/// Reads a reference into the place it names, which need not exist.
pub(crate) fn target(reference: &Value, at: &Pointer) -> Result<Pointer, Error> {
    let Some(reference) = reference.as_str() else {
        return Err(Error::structure(
            at,
            "must be a string such as \"#/components/schemas/Name\"",
        ));
    };
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(Error::reference(
            at,
            format!("{reference:?} leads out of the document; copy its target into `components`"),
        ));
    };
    percent_decode_str(fragment)
        .decode_utf8()
        .ok()
        .and_then(|fragment| Pointer::from_fragment(&fragment))
        .ok_or_else(|| {
            Error::reference(
                at,
                format!("{reference:?} is no JSON pointer; write it as \"#/components/…\""),
            )
        })
}
