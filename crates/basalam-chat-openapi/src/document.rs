//! The document as a whole.

mod operations;
mod references;

pub(crate) use references::target;

use std::fmt;

use serde_json::Value;

use crate::{Error, Operation, Pointer};

/// How many levels of arrays and objects a document may nest.
pub const MAX_DEPTH: usize = 128;

/// An OpenAPI document of version 3.0 or 3.1.
///
/// `Debug` prints the title and the version only.
#[derive(Clone)]
pub struct Document {
    root: Value,
    version: Version,
}

/// The version of OpenAPI that a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// OpenAPI 3.0, with a dialect of JSON Schema of its own.
    V3_0,
    /// OpenAPI 3.1, whose schemas are JSON Schema draft 2020-12.
    V3_1,
}

impl Document {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    ///
    /// [`Error::is_syntax`] when the text is not JSON; else as [`Document::from_value`].
    pub fn parse(text: &str) -> Result<Document, Error> {
        let root = serde_json::from_str(text).map_err(|error| {
            // serde_json has no predicate for its own limit, which equals ours.
            if error.to_string().starts_with("recursion limit") {
                too_deep(&Pointer::default())
            } else {
                Error::syntax(format!(
                    "the text is not JSON ({error}); a document in YAML must be converted to JSON first"
                ))
            }
        })?;
        Self::from_value(root)
    }

    /// Takes a document that was read already.
    ///
    /// # Errors
    ///
    /// [`Error::is_unsupported`] when it is not OpenAPI 3.0 or 3.1 or nests deeper than
    /// [`MAX_DEPTH`]; [`Error::is_structure`] when `openapi` or `paths` is missing, or
    /// when one of `paths`, `components` and `components.schemas` is not an object.
    pub fn from_value(root: Value) -> Result<Document, Error> {
        if nests_deeper_than(&root, MAX_DEPTH) {
            dismantle(root);
            return Err(too_deep(&Pointer::default()));
        }
        let version = version_of(&root)?;
        let at = Pointer::default();
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(Error::structure(
                &at.child("paths"),
                "must be an object that maps path templates to their operations",
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

    /// Gives the whole document as JSON.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Gives the version of OpenAPI that the document is written in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Gives the named schemas of the document, sorted by name.
    ///
    /// The values are as they stand: a schema may itself be a reference.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        let mut schemas: Vec<_> = self
            .root
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema))
            .collect();
        // The map's own order depends on a feature of serde_json that any crate of a
        // build can turn on.
        schemas.sort_unstable_by_key(|(name, _)| *name);
        schemas.into_iter()
    }

    /// Follows the `$ref` of `value`, and the one found there, to what they lead to.
    ///
    /// A value that is not a reference is given back as it is. `at` is the place of
    /// `value`, for the error.
    ///
    /// # Errors
    ///
    /// [`Error::is_reference`] when the chain leads nowhere, in a circle, or out of
    /// the document.
    pub fn resolve<'a>(&'a self, value: &'a Value, at: &Pointer) -> Result<&'a Value, Error> {
        Ok(self.locate(value, at)?.0)
    }

    /// Does what [`Document::resolve`] does, and tells the place where the chain ends.
    ///
    /// # Errors
    ///
    /// As [`Document::resolve`].
    pub fn locate<'a>(
        &'a self,
        value: &'a Value,
        at: &Pointer,
    ) -> Result<(&'a Value, Pointer), Error> {
        references::follow(self, value, at)
    }

    /// Gives every operation, sorted by path, and within a path in the order of [`Method`].
    ///
    /// Parameters of the path item are merged in, those of the operation winning;
    /// references of path items, parameters, request bodies and responses are
    /// followed. Schemas are given as they stand. Identifiers of operations may be
    /// missing or repeated: that is for the caller to judge.
    ///
    /// # Errors
    ///
    /// [`Error::is_structure`] naming the first wrongly typed or missing part, and
    /// [`Error::is_reference`] for a reference that cannot be followed.
    ///
    /// [`Method`]: crate::Method
    pub fn operations(&self) -> Result<Vec<Operation<'_>>, Error> {
        operations::read(self)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = |name: &str| {
            let text = self.root.get("info").and_then(|info| info.get(name));
            text.and_then(Value::as_str).unwrap_or_default()
        };
        formatter
            .debug_struct("Document")
            .field("title", &info("title"))
            .field("version", &info("version"))
            .finish_non_exhaustive()
    }
}

fn version_of(root: &Value) -> Result<Version, Error> {
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
            "missing; an OpenAPI document states its version here, such as \"3.0.3\"",
        ));
    };
    let at = at.child("openapi");
    let Some(openapi) = openapi.as_str() else {
        return Err(Error::structure(
            &at,
            "must be a string such as \"3.0.3\"; put the version in quotation marks",
        ));
    };
    let mut parts = openapi.split('.');
    match (parts.next(), parts.next()) {
        (Some("3"), Some("0")) => Ok(Version::V3_0),
        (Some("3"), Some("1")) => Ok(Version::V3_1),
        _ => Err(Error::unsupported(
            &at,
            format!("OpenAPI {openapi:?} is not read; convert the document to 3.0 or 3.1"),
        )),
    }
}

pub(crate) fn too_deep(at: &Pointer) -> Error {
    Error::unsupported(
        at,
        format!("nests deeper than {MAX_DEPTH} levels; move inner parts to `components`"),
    )
}

pub(crate) fn nests_deeper_than(root: &Value, limit: usize) -> bool {
    let mut open = vec![(root, 0)];
    while let Some((value, depth)) = open.pop() {
        let depth = depth + usize::from(value.is_array() || value.is_object());
        if depth > limit {
            return true;
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth))),
            Value::Object(members) => open.extend(members.values().map(|item| (item, depth))),
            _ => {}
        }
    }
    false
}

/// Drops a value level by level: the derived drop recurses once per level, which
/// overflows the stack for a value nested absurdly deep.
fn dismantle(root: Value) {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.into_iter().map(|(_, member)| member)),
            _ => {}
        }
    }
}

fn expect_object<'a>(
    value: &'a Value,
    at: &Pointer,
) -> Result<&'a serde_json::Map<String, Value>, Error> {
    value
        .as_object()
        .ok_or_else(|| Error::structure(at, "must be an object"))
}

#[cfg(test)]
mod tests;
