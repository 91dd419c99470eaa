//! The small test document with one change, and assertions on the result of generating from it.

use basalam_chat_codegen::{Diagnostic, Error};
use serde_json::Value;

use crate::generated::Generated;

/// The small document, which uses every supported construct.
pub(crate) const SMALL: &str = include_str!("documents/small.json");

/// A property of a struct in responses.
pub(crate) const RESPONSE_PROPERTY: &str = "/components/schemas/Note/properties/probe";
/// A property of a struct in request bodies.
pub(crate) const REQUEST_PROPERTY: &str = "/components/schemas/NewNote/properties/probe";
/// The schema that [`TestDocument::set_named_schema`] sets.
pub(crate) const NAMED_SCHEMA: &str = "/components/schemas/Probe";
/// An operation with parameters.
pub(crate) const LIST_NOTES: &str = "/paths/~1v1~1notes/get";
/// An operation with a request body.
pub(crate) const CREATE_NOTE: &str = "/paths/~1v1~1notes/post";
/// An operation with a response.
pub(crate) const GET_NOTE: &str = "/paths/~1v1~1notes~1{note_id}/get";

/// A document to generate from.
pub(crate) struct TestDocument {
    label: String,
    document: Value,
}

/// Returns the small document. `label` names the construct under test in failures.
pub(crate) fn small_document(label: impl Into<String>) -> TestDocument {
    TestDocument {
        label: label.into(),
        document: serde_json::from_str(SMALL).unwrap(),
    }
}

impl TestDocument {
    /// Sets the value at `pointer`, whose parent must exist. The last segment `-` appends to an array.
    pub(crate) fn set(mut self, pointer: &str, value: Value) -> TestDocument {
        let (parent, key) = split(pointer);
        match self.document.pointer_mut(parent) {
            Some(Value::Object(object)) => {
                object.insert(key, value);
            }
            Some(Value::Array(items)) if key == "-" => items.push(value),
            Some(Value::Array(items)) => items[key.parse::<usize>().unwrap()] = value,
            _ => panic!("{}: {parent} does not exist", self.label),
        }
        self
    }

    /// Removes the value at `pointer`, which must exist.
    pub(crate) fn remove(mut self, pointer: &str) -> TestDocument {
        let (parent, key) = split(pointer);
        let parent = self.document.pointer_mut(parent).unwrap();
        let removed = parent.as_object_mut().unwrap().remove(&key);
        assert!(
            removed.is_some(),
            "{}: {pointer} does not exist",
            self.label
        );
        self
    }

    /// Sets [`NAMED_SCHEMA`] and a response property that refers to it.
    pub(crate) fn set_named_schema(self, schema: Value) -> TestDocument {
        let reference = serde_json::json!({ "$ref": "#/components/schemas/Probe" });
        self.set(NAMED_SCHEMA, schema)
            .set(RESPONSE_PROPERTY, reference)
    }

    pub(crate) fn json(&self) -> String {
        self.document.to_string()
    }

    pub(crate) fn generate(&self) -> Result<Generated, Error> {
        let sources = basalam_chat_codegen::generate(&self.document.to_string())?;
        Ok(Generated::new(&self.label, sources))
    }

    /// Asserts that generation succeeds.
    pub(crate) fn expect_generated(&self) -> Generated {
        self.generate()
            .unwrap_or_else(|error| panic!("{} is not generated: {error}", self.label))
    }

    /// Asserts that generation fails with one diagnostic, at `pointer`.
    pub(crate) fn expect_diagnostic_at(&self, pointer: &str) -> Diagnostic {
        let diagnostics = self.expect_unsupported();
        let places: Vec<&str> = diagnostics.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(places, [pointer], "{}: {diagnostics:#?}", self.label);
        diagnostics.into_iter().next().unwrap()
    }

    /// Asserts that generation fails with a diagnostic at `pointer`, and possibly others.
    pub(crate) fn expect_diagnostic_among_others_at(&self, pointer: &str) {
        let diagnostics = self.expect_unsupported();
        assert!(
            diagnostics.iter().any(|it| it.pointer == pointer),
            "{}: {diagnostics:#?}",
            self.label
        );
    }

    /// Asserts that generation fails with diagnostics.
    pub(crate) fn expect_unsupported(&self) -> Vec<Diagnostic> {
        let error = self.expect_error();
        assert!(error.is_unsupported(), "{}: {error}", self.label);
        assert!(!error.is_generator() && !error.is_parse());
        for diagnostic in error.diagnostics() {
            assert!(!diagnostic.message.is_empty() && !diagnostic.remedy.is_empty());
            assert!(error.to_string().contains(&diagnostic.to_string()));
        }
        error.diagnostics().to_vec()
    }

    /// Asserts that parsing fails with an error at `pointer`.
    pub(crate) fn expect_parse_error_at(&self, pointer: &str) {
        let error = self.expect_error();
        assert!(error.is_parse(), "{}: {error}", self.label);
        assert!(error.diagnostics().is_empty());
        let message = error.to_string();
        assert!(
            message.contains(&format!("#{pointer}: ")),
            "{}: {message}",
            self.label
        );
    }

    fn expect_error(&self) -> Error {
        match self.generate() {
            Ok(_) => panic!("{} is generated", self.label),
            Err(error) => error,
        }
    }
}

fn split(pointer: &str) -> (&str, String) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    (parent, key.replace("~1", "/").replace("~0", "~"))
}
