//! The schemas that schemars derives from the generated types match the document: they have the same
//! properties, JSON types and requiredness, except for a list of known differences.

mod definitions;
mod known_differences;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use basalam_chat_openapi::Document;
use serde_json::{Map, Value, json};

use crate::schema::{Keywords, MAX_DEPTH, Schema};

/// Returns the unexpected differences between the derived schemas and a document.
pub(crate) fn violations(document: &Document) -> Vec<String> {
    let differences = differences(document);
    let known = known_differences::all();
    let unknown = differences
        .iter()
        .filter(|it| !known.contains_key(it.as_str()));
    let stale = known
        .iter()
        .filter(|(difference, _)| !differences.contains(**difference))
        .map(|(difference, reason)| {
            format!("{difference}: is not found any longer, though {reason}")
        });
    unknown.cloned().chain(stale).collect()
}

/// The schemas of the generated types, which do not depend on the document.
static DERIVED: LazyLock<Schema> = LazyLock::new(|| {
    let definitions = definitions::all();
    let names = definitions.keys();
    let refer = |name: &String| (name.clone(), json!({ "$ref": format!("#/$defs/{name}") }));
    let properties: Map<String, Value> = names.map(refer).collect();
    Schema::from_json_schema(json!({ "properties": properties, "$defs": definitions }))
});

/// Returns every difference as a string that starts with its path.
fn differences(document: &Document) -> BTreeSet<String> {
    let mut differences = BTreeSet::new();
    // A single object with every named schema, so that the document is converted once.
    let refer = |(name, _): (&str, _)| {
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        (name.to_owned(), reference)
    };
    let properties: Map<String, Value> = document.schemas().map(refer).collect();
    let documented = match Schema::new(document, &json!({ "properties": properties })) {
        Ok(documented) => documented,
        Err(error) => return BTreeSet::from([error]),
    };
    let expected = documented.keywords(documented.root()).properties;
    let actual = DERIVED.keywords(DERIVED.root()).properties;
    for name in actual.keys().filter(|name| !expected.contains_key(**name)) {
        differences.insert(format!("{name}: the document does not have it"));
    }
    for (name, document) in expected {
        let Some(derived) = actual.get(name) else {
            differences.insert(format!("{name}: no type is generated for it"));
            continue;
        };
        let mut comparison = Comparison {
            document: &documented,
            derived: &DERIVED,
            differences: &mut differences,
        };
        comparison.compare(document, derived, name, 0);
    }
    differences
}

struct Comparison<'a> {
    document: &'a Schema,
    derived: &'a Schema,
    differences: &'a mut BTreeSet<String>,
}

impl Comparison<'_> {
    fn compare(&mut self, document: &Value, derived: &Value, at: &str, depth: usize) {
        let expected = self.document.keywords(document);
        let actual = self.derived.keywords(derived);
        self.differ(at, "type", types(&expected), types(&actual));
        if !expected.values.is_empty() || !actual.values.is_empty() {
            self.differ(at, "values", &expected.values, &actual.values);
            let (expected, actual) = (expected.allows_any_string, actual.allows_any_string);
            self.differ(at, "any string", expected, actual);
        }
        // A nested object has a name, and is compared under that name.
        let is_named = depth > 0 && !expected.properties.is_empty();
        if is_named || depth > MAX_DEPTH {
            return;
        }
        self.differ(at, "required", &expected.required, &actual.required);
        self.compare_properties(&expected, &actual, at, depth);
        match (expected.items, actual.items) {
            (Some(expected), Some(actual)) => {
                self.compare(expected, actual, &format!("{at}[]"), depth + 1);
            }
            (expected, actual) => self.differ(at, "items", expected.is_some(), actual.is_some()),
        }
    }

    fn compare_properties(
        &mut self,
        expected: &Keywords<'_>,
        actual: &Keywords<'_>,
        at: &str,
        depth: usize,
    ) {
        let names = expected.properties.keys().chain(actual.properties.keys());
        for name in names.copied().collect::<BTreeSet<&str>>() {
            let at = format!("{at}.{name}");
            match (expected.properties.get(name), actual.properties.get(name)) {
                (Some(expected), Some(actual)) => self.compare(expected, actual, &at, depth + 1),
                (expected, actual) => {
                    self.differ(&at, "present", expected.is_some(), actual.is_some());
                }
            }
        }
        let is_open = (expected.allows_additional(), actual.allows_additional());
        self.differ(at, "additional properties", is_open.0, is_open.1);
        let is_map = expected.properties.is_empty() && is_open == (true, true);
        if let (true, Some(expected), Some(actual)) =
            (is_map, expected.additional, actual.additional)
        {
            self.compare(expected, actual, &format!("{at}{{}}"), depth + 1);
        }
    }

    fn differ<T: PartialEq + Debug>(&mut self, at: &str, keyword: &str, expected: T, actual: T) {
        if expected != actual {
            let difference = format!("the document has {expected:?}, the type {actual:?}");
            self.differences
                .insert(format!("{at}: {keyword}: {difference}"));
        }
    }
}

/// Returns the types for display.
fn types(keywords: &Keywords<'_>) -> String {
    let names: Vec<&str> = keywords.types.iter().copied().collect();
    match names.is_empty() {
        true => "anything".to_owned(),
        false => names.join(" or "),
    }
}

#[test]
fn derived_schemas_match_the_document_except_for_known_differences() {
    crate::assert_no_violations(&violations(&crate::committed_document()));
}
