//! What a type expects in JSON.

use serde_json::value::RawValue;

/// What a type expects in JSON.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A string, a float, an integer that is not an id, or a boolean.
    Scalar,
    /// An id. A response with an invalid id is never used without it.
    Id,
    /// A list, which may also be an object with indices as names.
    List,
    /// An object with any properties.
    Map,
    /// Any value.
    Any,
    /// An object of the document.
    Object,
    /// An object of the document with a meaning of its own, such as a message: if it cannot be decoded, the
    /// object around it can still be used.
    Item,
    /// An object with a list of items.
    Page,
}

impl Kind {
    /// Returns `true` if a value that could not be decoded is of this kind, so the failure is inside it.
    pub(super) fn contains_failure(self, raw: &RawValue) -> bool {
        let json = raw.get();
        match self {
            Kind::Scalar => false,
            Kind::Id | Kind::Any => true,
            Kind::List => json.starts_with('[') || starts_with_index(json),
            Kind::Map | Kind::Object | Kind::Item | Kind::Page => {
                json.starts_with('{') && !is_empty(json)
            }
        }
    }

    /// Returns `true` for objects, including those with any properties.
    pub(super) fn is_object(self) -> bool {
        matches!(self, Kind::Map | Kind::Object | Kind::Item | Kind::Page)
    }
}

/// Returns `true` for an empty array or object.
fn is_empty(json: &str) -> bool {
    let inner = json.get(1..json.len().saturating_sub(1));
    inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

/// Returns `true` for an empty array.
pub(super) fn is_empty_array(raw: &RawValue) -> bool {
    raw.get().starts_with('[') && is_empty(raw.get())
}

/// Returns `true` for an object whose first name is an index.
fn starts_with_index(json: &str) -> bool {
    let Some(inner) = json.strip_prefix('{') else {
        return false;
    };
    let name = inner.trim_ascii_start().strip_prefix('"');
    name.is_some_and(|name| name.starts_with(|first: char| first.is_ascii_digit()))
}
