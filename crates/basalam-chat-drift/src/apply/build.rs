//! Adding to a document what a contract has more.

use std::collections::BTreeMap;

use crate::difference::{Part, Place, Step, alike};
use crate::shape::{ParameterShape, ValueShape};
use crate::{ShapeId, WireShape};
use basalam_chat_openapi::Document;
use serde_json::{Map, Value, json};

use super::json::Json;
use super::{Source, locate, schemas};

/// Says which sentences and decisions are still missing beside what was taken over.
pub(super) const NEEDS: &str = "x-needs";

/// What a document is added to with.
pub(super) struct Builder<'a> {
    pub(super) document: &'a mut Json,
    pub(super) source: &'a Source<'a>,
    pub(super) contracts: &'a [Json],
    /// The named schemas of the document, with what they take.
    pub(super) named: BTreeMap<String, ValueShape>,
    /// The named schema that takes just what a value of the contract does, null and default aside.
    pub(super) alike: BTreeMap<ShapeId, String>,
    /// Named schemas that were begun for values of the contract.
    pub(super) begun: BTreeMap<ShapeId, String>,
}

/// Why something cannot be taken over.
pub(super) type Taken<T> = Result<T, String>;

impl<'a> Builder<'a> {
    pub(super) fn new(
        document: &'a mut Json,
        source: &'a Source<'a>,
        contracts: &'a [Json],
    ) -> anyhow::Result<Builder<'a>> {
        let shape = components(document)?;
        let mut names: BTreeMap<ShapeId, String> = BTreeMap::new();
        let mut named = BTreeMap::new();
        for answer in shape.operations().flat_map(|it| it.answers.values()) {
            for (name, id) in &answer.content {
                let name = original(document, name);
                named.insert(name.clone(), shape.value(*id).clone());
                names.entry(*id).or_insert(name);
            }
        }
        let mut alike_names = BTreeMap::new();
        for (ours, theirs) in alike(&shape, source.there) {
            if let Some(name) = names.get(&ours) {
                alike_names.entry(theirs).or_insert_with(|| name.clone());
            }
        }
        Ok(Builder {
            document,
            source,
            contracts,
            named,
            alike: alike_names,
            begun: BTreeMap::new(),
        })
    }

    /// Adds a value to the vocabulary at a place.
    pub(super) fn text(&mut self, place: &Place, text: &str, neighbours: &[String]) -> Taken<()> {
        let holder = locate::schema(self.document, place)
            .and_then(|at| locate::holder(self.document, &at, |it| it.get("enum").is_some()))
            .ok_or("no list of values was found here")?;
        let list = self.document.find_mut(&holder.child("enum"));
        list.ok_or("no list of values was found here")?
            .push(text, neighbours);
        Ok(())
    }

    /// Adds a member to the object around a place.
    pub(super) fn member(
        &mut self,
        place: &Place,
        required: bool,
        value: ShapeId,
        neighbours: &[String],
    ) -> Taken<()> {
        let mut around = place.clone();
        let Some(Step::Member(name)) = around.steps.pop() else {
            return Err("this is no member of an object".to_owned());
        };
        let holder = locate::schema(self.document, &around)
            .and_then(|at| locate::holder(self.document, &at, |it| it.get("properties").is_some()))
            .ok_or("the document names no members here; give the object a named schema first")?;
        self.know_around(&around);
        let member = self.described_member(place, required, value)?;
        let object = self
            .document
            .find_mut(&holder)
            .ok_or("no object was found here")?;
        if member.required {
            require(object, &name, neighbours);
        }
        let properties = object
            .get_mut("properties")
            .ok_or("no object was found here")?;
        let mut schema = member.schema;
        mark(&mut schema, &["description"]);
        properties.insert(&name, schema, neighbours);
        Ok(())
    }

    /// Notes which named schemas the values around a place have, for values that hold their like.
    fn know_around(&mut self, place: &Place) {
        let mut at = place.clone();
        loop {
            let ours = locate::schema(self.document, &at);
            let ours = ours.and_then(|it| locate::component(self.document, &it));
            if let (Some(ours), Some(theirs)) = (ours, at.find(self.source.there)) {
                let same = alike(self.source.there, self.source.there);
                for (_, id) in same.into_iter().filter(|(it, _)| *it == theirs) {
                    self.begun.entry(id).or_insert_with(|| ours.clone());
                }
            }
            if at.steps.pop().is_none() {
                break;
            }
        }
    }

    /// Adds a parameter to the operation around a place.
    pub(super) fn new_parameter(&mut self, place: &Place, key: &str) -> Taken<()> {
        let Part::Parameter(location, _) = place.part else {
            return Err("this is no parameter".to_owned());
        };
        let there = self.source.there.operation(place.method, &place.path);
        let there = there.and_then(|it| it.parameters.get(&(location, key.to_owned())));
        let parameter = there.ok_or("the contract has no such parameter")?.clone();
        let described = self.parameter(place, &parameter, &parameter.name)?;
        let at = locate::operation(self.document, place.method, &place.path);
        let operation = at.and_then(|at| self.document.find_mut(&at));
        let operation = operation.ok_or("no operation was found here")?;
        match operation.get_mut("parameters") {
            Some(Json::Array(parameters)) => parameters.push(described),
            _ => {
                let neighbours = [
                    "x-idempotent",
                    "security",
                    "description",
                    "summary",
                    "operationId",
                ];
                let neighbours = neighbours.map(str::to_owned);
                operation.insert("parameters", Json::Array(vec![described]), &neighbours);
            }
        }
        Ok(())
    }

    /// Describes a parameter, which has no way to be null.
    pub(super) fn parameter(
        &mut self,
        place: &Place,
        parameter: &ParameterShape,
        name: &str,
    ) -> Taken<Json> {
        let mut value = self.source.there.value(parameter.value).clone();
        value.null = false;
        let schema = self.value(place, &value, Some(parameter.value), name)?;
        let Part::Parameter(location, _) = &place.part else {
            return Err("this is no parameter".to_owned());
        };
        Ok(Json::object([
            ("name", Json::from(name)),
            ("in", Json::from(location.as_str())),
            ("required", Json::from(parameter.required)),
            ("schema", schema),
            (NEEDS, Json::strings(["description"])),
        ]))
    }

    /// Puts a named schema behind all others.
    pub(super) fn add_named(&mut self, name: &str, schema: Json) -> Taken<()> {
        let schemas = self.document.find_mut(&schemas());
        let schemas = schemas.ok_or("the document has no `components.schemas`")?;
        schemas.set(name, schema);
        Ok(())
    }

    /// A name that no schema of the document has yet.
    pub(super) fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| {
            let at = schemas().child(name);
            self.document.find(&at).is_some() || self.begun.values().any(|it| it == name)
        };
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.to_owned())
    }
}

/// Adds a name to what an object requires, in the order of its members.
fn require(object: &mut Json, name: &str, neighbours: &[String]) {
    match object.get_mut("required") {
        Some(list) => list.push(name, neighbours),
        None => {
            let list = Json::strings([name]);
            object.insert(
                "required",
                list,
                &["type".to_owned(), "description".to_owned()],
            );
        }
    }
}

/// Says in a schema what it still needs, where a reference alone cannot.
pub(super) fn mark(schema: &mut Json, needs: &[&str]) {
    if schema.get("$ref").is_some() {
        let reference = std::mem::replace(schema, Json::Null);
        *schema = Json::object([("allOf", Json::Array(vec![reference]))]);
    }
    schema.set(NEEDS, Json::strings(needs.iter().copied()));
}

/// The named schemas of a document, each as an answer of its own.
fn components(document: &Json) -> anyhow::Result<WireShape> {
    let mut root: Value = serde_json::from_str(&document.text()?)?;
    let names = document
        .find(&schemas())
        .map(Json::members)
        .unwrap_or_default();
    let content: Map<String, Value> = names
        .iter()
        .map(|(name, _)| {
            let reference = format!(
                "#/components/schemas/{}",
                name.replace('~', "~0").replace('/', "~1")
            );
            (name.clone(), json!({ "schema": { "$ref": reference } }))
        })
        .collect();
    root["paths"] = json!({ "/": { "get": { "responses": { "200": { "content": content } } } } });
    Ok(WireShape::read(&Document::from_value(root)?)?)
}

/// Media types are read in lower case.
fn original(document: &Json, name: &str) -> String {
    let names = document
        .find(&schemas())
        .map(Json::members)
        .unwrap_or_default();
    let found = names.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), |(name, _)| name.clone())
}
