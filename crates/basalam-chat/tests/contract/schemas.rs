//! The schemas that schemars derives from the generated types say what the document says: the same
//! members, types in JSON and requiredness, but for a list of known losses.

mod derived;
mod losses;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use basalam_chat_openapi::Document;
use serde_json::{Map, Value, json};

use crate::schema::{Facets, MAX_DEPTH, Schema};

/// Where the derived schemas and a document differ, the known losses aside.
pub(crate) fn violations(document: &Document) -> Vec<String> {
    let differences = differences(document);
    let known = losses::all();
    let unknown = differences
        .iter()
        .filter(|it| !known.contains_key(it.as_str()));
    let stale = known
        .iter()
        .filter(|(loss, _)| !differences.contains(**loss))
        .map(|(loss, reason)| format!("{loss}: is none any more, though {reason}"));
    unknown.cloned().chain(stale).collect()
}

/// The schemas of the generated types, which no document changes.
static DERIVED: LazyLock<Schema> = LazyLock::new(|| {
    let definitions = derived::definitions();
    let names = definitions.keys();
    let refer = |name: &String| (name.clone(), json!({ "$ref": format!("#/$defs/{name}") }));
    let properties: Map<String, Value> = names.map(refer).collect();
    Schema::from_json_schema(json!({ "properties": properties, "$defs": definitions }))
});

/// Every difference, each as a text that begins with its place.
fn differences(document: &Document) -> BTreeSet<String> {
    let mut differences = BTreeSet::new();
    // One object with every named schema in it, so that the document is translated once.
    let refer = |(name, _): (&str, _)| {
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        (name.to_owned(), reference)
    };
    let properties: Map<String, Value> = document.schemas().map(refer).collect();
    let documented = match Schema::of(document, &json!({ "properties": properties })) {
        Ok(documented) => documented,
        Err(error) => return BTreeSet::from([error]),
    };
    let ours = documented.facets(documented.root()).properties;
    let theirs = DERIVED.facets(DERIVED.root()).properties;
    for name in theirs.keys().filter(|name| !ours.contains_key(**name)) {
        differences.insert(format!("{name}: the document does not have it"));
    }
    for (name, ours) in ours {
        let Some(theirs) = theirs.get(name) else {
            differences.insert(format!("{name}: no type is made for it"));
            continue;
        };
        let mut comparison = Comparison {
            document: &documented,
            derived: &DERIVED,
            differences: &mut differences,
        };
        comparison.compare(ours, theirs, name, 0);
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
        let ours = self.document.facets(document);
        let theirs = self.derived.facets(derived);
        self.differ(at, "type", types(&ours), types(&theirs));
        if !ours.values.0.is_empty() || !theirs.values.0.is_empty() {
            self.differ(at, "values", &ours.values.0, &theirs.values.0);
            self.differ(at, "any text", ours.takes_any_text, theirs.takes_any_text);
        }
        // An object inside another is named, and compared under its own name.
        let is_elsewhere = depth > 0 && !ours.properties.is_empty();
        if is_elsewhere || depth > MAX_DEPTH {
            return;
        }
        self.differ(at, "required", &ours.required, &theirs.required);
        self.members(&ours, &theirs, at, depth);
        match (ours.items, theirs.items) {
            (Some(ours), Some(theirs)) => {
                self.compare(ours, theirs, &format!("{at}[]"), depth + 1);
            }
            (ours, theirs) => self.differ(at, "items", ours.is_some(), theirs.is_some()),
        }
    }

    fn members(&mut self, ours: &Facets<'_>, theirs: &Facets<'_>, at: &str, depth: usize) {
        let names = ours.properties.keys().chain(theirs.properties.keys());
        for name in names.copied().collect::<BTreeSet<&str>>() {
            let at = format!("{at}.{name}");
            match (ours.properties.get(name), theirs.properties.get(name)) {
                (Some(ours), Some(theirs)) => self.compare(ours, theirs, &at, depth + 1),
                (ours, theirs) => self.differ(&at, "there", ours.is_some(), theirs.is_some()),
            }
        }
        let (kept, keeps) = (ours.keeps_others(), theirs.keeps_others());
        self.differ(at, "other members", kept, keeps);
        let is_map = ours.properties.is_empty() && kept && keeps;
        if let (true, Some(ours), Some(theirs)) = (is_map, ours.others, theirs.others) {
            self.compare(ours, theirs, &format!("{at}{{}}"), depth + 1);
        }
    }

    fn differ<T: PartialEq + std::fmt::Debug>(&mut self, at: &str, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            let text = format!("{at}: {what}: the document has {ours:?}, the type {theirs:?}");
            self.differences.insert(text);
        }
    }
}

/// The types of a place in words.
fn types(facets: &Facets<'_>) -> String {
    let names: Vec<&str> = facets.types.iter().copied().collect();
    match names.is_empty() {
        true => "anything".to_owned(),
        false => names.join(" or "),
    }
}

#[test]
fn the_derived_schemas_say_what_the_document_says_but_for_the_known_losses() {
    crate::assert_none(&violations(&crate::committed()));
}
