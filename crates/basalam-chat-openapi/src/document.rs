//! An OpenAPI document and the lookups in it.

mod duplicate_keys;
mod operations;
mod references;

pub use references::reference_target;

use std::fmt;

use serde_json::{Map, Value};

use crate::{Error, Operation, Pointer};

/// The maximum nesting depth of arrays and objects in a document.
pub const MAX_DEPTH: usize = 128;

/// An OpenAPI document of version 3.0 or 3.1.
///
/// `Debug` prints only the title and the version.
#[derive(Clone)]
pub struct Document {
    root: Value,
    version: Version,
}

/// The OpenAPI version of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// OpenAPI 3.0, which has its own dialect of JSON Schema.
    V3_0,
    /// OpenAPI 3.1, whose schemas are JSON Schema draft 2020-12.
    V3_1,
}

impl Document {
    /// Parses a document from a JSON string.
    ///
    /// # Errors
    ///
    /// [`Error::is_syntax`] if `json` is not valid JSON; [`Error::is_structure`] if an object has the same
    /// key twice; otherwise the errors of [`Document::from_value`].
    pub fn parse(json: &str) -> Result<Document, Error> {
        let (document, duplicates) = Self::parse_with_duplicates(json)?;
        match duplicates.into_iter().next() {
            Some(duplicate) => Err(duplicate),
            None => Ok(document),
        }
    }

    /// Like [`Document::parse`], but returns an error for every repeated key beside the document, in which
    /// the last value of the key counts.
    ///
    /// # Errors
    ///
    /// The errors of [`Document::parse`], except for repeated keys.
    pub fn parse_with_duplicates(json: &str) -> Result<(Document, Vec<Error>), Error> {
        let root = serde_json::from_str(json).map_err(|error| {
            // serde_json has no predicate for its recursion limit, which equals `MAX_DEPTH`.
            if error.to_string().starts_with("recursion limit") {
                too_deep(&Pointer::default())
            } else {
                Error::syntax(format!(
                    "not JSON ({error}); convert a YAML document to JSON first"
                ))
            }
        })?;
        Ok((Self::from_value(root)?, duplicate_keys::find(json)))
    }

    /// Creates a document from a parsed JSON value.
    ///
    /// # Errors
    ///
    /// [`Error::is_unsupported`] if the document is not OpenAPI 3.0 or 3.1 or is nested
    /// deeper than [`MAX_DEPTH`]; [`Error::is_structure`] if `openapi` or `paths` is missing,
    /// or if `paths`, `components` or `components.schemas` is not an object.
    pub fn from_value(root: Value) -> Result<Document, Error> {
        if is_deeper_than(&root, MAX_DEPTH) {
            drop_iteratively(root);
            return Err(too_deep(&Pointer::default()));
        }
        let version = read_version(&root)?;
        let at = Pointer::default();
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(Error::structure(
                &at.child("paths"),
                "must be an object that maps path templates to path items",
            ));
        }
        let at = at.child("components");
        if let Some(components) = root.get("components") {
            expect_object(components, &at)?;
            if let Some(schemas) = components.get("schemas") {
                expect_object(schemas, &at.child("schemas"))?;
            }
        }
        Ok(Document { root, version })
    }

    /// Returns the whole document as JSON.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Returns the OpenAPI version of the document.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the schemas under `components.schemas`, sorted by name.
    ///
    /// References are not followed: a schema may itself be a reference.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        let schemas = self.root.pointer("/components/schemas");
        let schemas = schemas.and_then(Value::as_object).map(sorted_entries);
        schemas.into_iter().flatten()
    }

    /// Follows the `$ref` of `value`, repeatedly, to a value that is not a reference.
    ///
    /// Returns `value` itself if it is not a reference. `at` is the location of `value`,
    /// which errors report.
    ///
    /// # Errors
    ///
    /// [`Error::is_reference`] if a reference has no target, is circular or points outside
    /// the document.
    pub fn resolve<'a>(&'a self, value: &'a Value, at: &Pointer) -> Result<&'a Value, Error> {
        Ok(self.locate(value, at)?.0)
    }

    /// Like [`Document::resolve`], but also returns the location of the resolved value.
    ///
    /// # Errors
    ///
    /// The errors of [`Document::resolve`].
    pub fn locate<'a>(
        &'a self,
        value: &'a Value,
        at: &Pointer,
    ) -> Result<(&'a Value, Pointer), Error> {
        references::follow(self, value, at)
    }

    /// Returns every operation, sorted by path and then in the order of [`Method`].
    ///
    /// Parameters of the path item are merged in; those of the operation take precedence.
    /// References of path items, parameters, request bodies and responses are followed, those of
    /// schemas are not. This method does not check that an `operationId` is present and unique.
    ///
    /// # Errors
    ///
    /// [`Error::is_structure`] at the first part that is missing or has the wrong type, and
    /// [`Error::is_reference`] for a reference that cannot be resolved.
    ///
    /// [`Method`]: crate::Method
    pub fn operations(&self) -> Result<Vec<Operation<'_>>, Error> {
        let (operations, errors) = self.operations_and_errors();
        match errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(operations),
        }
    }

    /// Like [`Document::operations`], but returns every error, and the operations without their invalid
    /// parts.
    #[must_use]
    pub fn operations_and_errors(&self) -> (Vec<Operation<'_>>, Vec<Error>) {
        let mut errors = Vec::new();
        let operations = operations::read(self, &mut errors);
        (operations, errors)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = |name: &str| {
            let value = self.root.get("info").and_then(|info| info.get(name));
            value.and_then(Value::as_str).unwrap_or_default()
        };
        formatter
            .debug_struct("Document")
            .field("title", &info("title"))
            .field("version", &info("version"))
            .finish_non_exhaustive()
    }
}

fn read_version(root: &Value) -> Result<Version, Error> {
    let at = Pointer::default();
    if root.get("swagger").is_some() {
        return Err(Error::unsupported(
            &at.child("swagger"),
            "this is a Swagger 2 document; convert it to OpenAPI 3.0 or 3.1",
        ));
    }
    let Some(openapi) = root.get("openapi") else {
        return Err(Error::structure(
            &at.child("openapi"),
            "missing; set it to the OpenAPI version, such as \"3.0.3\"",
        ));
    };
    let at = at.child("openapi");
    let Some(openapi) = openapi.as_str() else {
        return Err(Error::structure(
            &at,
            "must be a string such as \"3.0.3\"; quote the version",
        ));
    };
    let mut parts = openapi.split('.');
    match (parts.next(), parts.next()) {
        (Some("3"), Some("0")) => Ok(Version::V3_0),
        (Some("3"), Some("1")) => Ok(Version::V3_1),
        _ => Err(Error::unsupported(
            &at,
            format!("OpenAPI {openapi:?} is not supported; convert the document to 3.0 or 3.1"),
        )),
    }
}

pub(crate) fn too_deep(at: &Pointer) -> Error {
    Error::unsupported(
        at,
        format!("nested deeper than {MAX_DEPTH} levels; move inner parts to `components`"),
    )
}

pub(crate) fn is_deeper_than(root: &Value, limit: usize) -> bool {
    let mut stack = vec![(root, 0)];
    while let Some((value, depth)) = stack.pop() {
        let depth = depth + usize::from(value.is_array() || value.is_object());
        if depth > limit {
            return true;
        }
        match value {
            Value::Array(items) => stack.extend(items.iter().map(|item| (item, depth))),
            Value::Object(fields) => stack.extend(fields.values().map(|item| (item, depth))),
            _ => {}
        }
    }
    false
}

/// Drops a value without recursion: the derived `Drop` recurses once per level and can
/// overflow the stack.
fn drop_iteratively(root: Value) {
    let mut stack = vec![root];
    while let Some(value) = stack.pop() {
        match value {
            Value::Array(items) => stack.extend(items),
            Value::Object(fields) => stack.extend(fields.into_iter().map(|(_, field)| field)),
            _ => {}
        }
    }
}

/// Returns the entries sorted by name. The map's own order depends on a feature of
/// serde_json that any crate of a build can enable.
fn sorted_entries(object: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = object
        .iter()
        .map(|(name, it)| (name.as_str(), it))
        .collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    entries
}

fn expect_object<'a>(value: &'a Value, at: &Pointer) -> Result<&'a Map<String, Value>, Error> {
    value
        .as_object()
        .ok_or_else(|| Error::structure(at, "must be an object"))
}

#[cfg(test)]
mod tests;
