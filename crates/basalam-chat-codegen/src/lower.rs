//! Checks a document and lowers it to what progenitor can take.
//!
//! One walk does both: what is on the list is written to the lowered copy, what is not becomes a
//! [`Problem`]. The walk goes on after a problem, so that a maintainer sees all of them at once.

mod authorization;
mod components;
mod keywords;
mod oauth;
mod operations;
mod parameters;
mod reach;
mod rules;
mod schemas;
mod structures;

use std::collections::{BTreeMap, BTreeSet};

use basalam_chat_openapi::{Document, Pointer, Version};
use serde_json::{Map, Value, json};

use crate::{Error, Problem};

pub(crate) use authorization::Authorization;
pub(crate) use components::{Scalar, ScalarKind, Variant};
pub(crate) use oauth::Accounts;
pub(crate) use operations::LoweredOperation;

use components::Class;

/// A document that passed every check, in the parts that the writers need.
pub(crate) struct Lowered {
    /// What progenitor reads: success answers only, bounds and formats gone, references resolved.
    pub(crate) openapi: Value,
    /// The named schemas that become types of our own instead of progenitor's.
    pub(crate) newtypes: Vec<Scalar>,
    /// The names of the structures that users send, and so need to make.
    pub(crate) sent: BTreeSet<String>,
    /// The names of the structures that are in a box where they may be missing.
    pub(crate) boxed: BTreeSet<String>,
    /// Every operation of the document, those included that progenitor is not shown.
    pub(crate) operations: Vec<LoweredOperation>,
    /// Where tokens come from, where the document says so.
    pub(crate) accounts: Option<Accounts>,
}

/// Checks and lowers `document`.
pub(crate) fn lower(document: &Document) -> Result<Lowered, Error> {
    let mut lowering = Lowering::new(document);
    if document.version() != Version::V3_0 {
        lowering.refuse(
            &Pointer::default().child("openapi"),
            "only OpenAPI 3.0 is generated from",
            "write the document in OpenAPI 3.0.3",
        );
        return Err(Error::problems(lowering.problems));
    }
    let operations = document.operations()?;
    let reached = reach::Reached::from(document, &operations);
    lowering.classify_components(&reached);
    lowering.check_document_rules(&operations);
    let (paths, operations) = lowering.operations(&operations);
    lowering.check_answers_take_nulls(&reached.answered);
    let schemas = lowering.components(&reached);
    let boxed = lowering.boxed();
    let mut newtypes = lowering.newtypes(&reached);
    let (accounts, scope) = lowering.accounts();
    newtypes.extend(scope);
    newtypes.sort_by(|one, other| one.name.cmp(&other.name));
    let info = lowering.info();
    if !lowering.problems.is_empty() {
        return Err(Error::problems(lowering.problems));
    }
    Ok(Lowered {
        openapi: json!({
            "openapi": "3.0.3",
            "info": info,
            "paths": paths,
            "components": { "schemas": schemas },
        }),
        newtypes,
        sent: reached.sent,
        boxed,
        operations,
        accounts,
    })
}

/// The state of one walk.
struct Lowering<'a> {
    document: &'a Document,
    components: BTreeMap<&'a str, Component<'a>>,
    problems: Vec<Problem>,
    /// How many schemas the one that is being lowered stands in.
    nesting: usize,
    /// Whether the schema that is being lowered is for a place that redacts secrets.
    takes_secrets: bool,
}

/// A named schema, and what becomes of it.
struct Component<'a> {
    schema: &'a Value,
    at: Pointer,
    class: Class,
}

impl<'a> Lowering<'a> {
    fn new(document: &'a Document) -> Lowering<'a> {
        Lowering {
            document,
            components: BTreeMap::new(),
            problems: Vec::new(),
            nesting: 0,
            takes_secrets: false,
        }
    }

    fn refuse(&mut self, at: &Pointer, problem: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(at, problem, remedy));
    }

    /// What the client's own docs say of the service.
    fn info(&mut self) -> Value {
        let at = Pointer::default().child("info");
        let mut lowered = Map::new();
        let Some(info) = self.document.root().get("info") else {
            self.refuse(
                &at,
                "the document has no `info`",
                "add `title` and `version`",
            );
            return Value::Object(lowered);
        };
        for member in ["title", "version", "description"] {
            self.prose(info, member, &at, &mut lowered);
        }
        for member in ["title", "version"] {
            if info.get(member).is_none() {
                self.refuse(&at, format!("`{member}` is missing"), "write a text");
            }
        }
        Value::Object(lowered)
    }

    /// A required field that may be null reads a missing member as an error, so answers have none.
    fn check_answers_take_nulls(&mut self, answered: &BTreeSet<String>) {
        let mut found = Vec::new();
        for name in answered {
            let Some(component) = self.components.get(name.as_str()) else {
                continue;
            };
            let no_properties = Map::new();
            let properties = component
                .schema
                .get("properties")
                .and_then(Value::as_object)
                .unwrap_or(&no_properties);
            for property in schemas::required(component.schema) {
                let nullable = properties
                    .get(property)
                    .and_then(|schema| schema.get("nullable"));
                if nullable == Some(&Value::Bool(true)) {
                    found.push(component.at.child("properties").child(property));
                }
            }
        }
        for at in found {
            self.refuse(
                &at,
                "a field of an answer is required and may be null, so that leaving it out would \
                 make the whole answer unreadable",
                "take it out of `required`",
            );
        }
    }
}
