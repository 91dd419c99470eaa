//! Writing values of a contract as schemas of the document.

use crate::ShapeId;
use crate::difference::{Part, Place, Step};
use crate::shape::{Others, ValueShape};
use heck::ToPascalCase;

use super::build::{Builder, Taken, mark};
use super::json::Json;
use super::{locate, names};

/// How deep arrays and maps may hold each other without a name between.
const MAX_DEPTH: usize = 16;

/// A member of an object, as it is to be written.
pub(super) struct DescribedMember {
    pub(super) required: bool,
    pub(super) schema: Json,
}

impl Builder<'_> {
    /// Describes a member, with what is already known of the service at its place.
    pub(super) fn described_member(
        &mut self,
        place: &Place,
        required: bool,
        value: ShapeId,
    ) -> Taken<DescribedMember> {
        let mut shape = self.source.there.value(value).clone();
        let known = |there: &str| self.source.deviations.here(place, there);
        let mut required = match known(if required { "required" } else { "optional" }).as_deref() {
            Some("optional") => false,
            Some("required") => true,
            _ => required,
        };
        match known(if shape.null {
            "may be null"
        } else {
            "never null"
        })
        .as_deref()
        {
            Some("may be null") => shape.null = true,
            Some("never null") => shape.null = false,
            _ => {}
        }
        let is_answer = matches!(place.part, Part::Answer(..));
        if is_answer && shape.null && !shape.is_anything() {
            // One missing member would fail a whole page, and null and missing are read alike.
            required = false;
        }
        let name = match place.steps.last() {
            Some(Step::Member(name)) => name.clone(),
            _ => String::new(),
        };
        let schema = self.value(place, &shape, Some(value), &name)?;
        Ok(DescribedMember { required, schema })
    }

    /// Writes a value as a schema; `id` is where the contract has it, `name` what it is called.
    pub(super) fn value(
        &mut self,
        place: &Place,
        value: &ValueShape,
        id: Option<ShapeId>,
        name: &str,
    ) -> Taken<Json> {
        if place.steps.len() > MAX_DEPTH * 2 {
            return Err("it is nested too deep".to_owned());
        }
        if !value.rules.is_empty() {
            let keyword = value.rules.first().map_or("", |it| it.keyword.as_str());
            return Err(format!(
                "nothing here says what `{keyword}` does; write it by hand"
            ));
        }
        let mut schema = match value.is_anything() {
            true => Json::Object(Vec::new()),
            false => self.typed(place, value, id, name)?,
        };
        if value.null && !value.is_anything() {
            schema = with_null(schema);
        }
        if let Some(default) = &value.default {
            let default = Json::parse(default).map_err(|error| error.to_string())?;
            if schema.get("$ref").is_some() {
                schema = Json::object([("allOf", Json::Array(vec![schema]))]);
            }
            schema.set("default", default);
        }
        Ok(schema)
    }

    fn typed(
        &mut self,
        place: &Place,
        value: &ValueShape,
        id: Option<ShapeId>,
        name: &str,
    ) -> Taken<Json> {
        let types = [
            value.boolean.is_some(),
            value.number.is_some(),
            value.text.is_some(),
            value.array.is_some(),
            value.object.is_some(),
        ];
        if types.into_iter().filter(|it| *it).count() != 1 {
            return Err("it can be of several types, or of none; write it by hand".to_owned());
        }
        if let Some(values) = &value.boolean {
            return match values.is_empty() {
                true => Ok(Json::object([("type", Json::from("boolean"))])),
                false => Err("it is one truth value alone; write it by hand".to_owned()),
            };
        }
        if let Some(number) = &value.number {
            return self.number(number, name);
        }
        if let Some(text) = &value.text {
            return self.text_schema(place, text, name);
        }
        if let Some(array) = &value.array {
            let inner = below(place, Step::Items);
            let items = self.source.there.value(array.items).clone();
            let items = self.value(&inner, &items, Some(array.items), names::singular(name))?;
            let mut schema = Json::object([("type", Json::from("array")), ("items", items)]);
            counts(
                &mut schema,
                [("minItems", array.min_items), ("maxItems", array.max_items)],
            );
            return Ok(schema);
        }
        self.object(place, value, id, name)
    }

    fn object(
        &mut self,
        place: &Place,
        value: &ValueShape,
        id: Option<ShapeId>,
        name: &str,
    ) -> Taken<Json> {
        let Some(object) = &value.object else {
            return Err("it takes no value".to_owned());
        };
        if let Some(name) = id.and_then(|id| self.alike.get(&id).or(self.begun.get(&id))) {
            return Ok(reference(name));
        }
        let others = match object.others {
            Others::Anything => None,
            Others::Nothing => Some(Json::from(false)),
            Others::Each(each) => {
                let inner = below(place, Step::Others);
                let shape = self.source.there.value(each).clone();
                Some(self.value(&inner, &shape, Some(each), names::singular(name))?)
            }
        };
        let mut schema = Json::object([("type", Json::from("object"))]);
        counts(
            &mut schema,
            [
                ("minProperties", object.min_members),
                ("maxProperties", object.max_members),
            ],
        );
        if object.members.is_empty() {
            schema.set(
                "additionalProperties",
                others.unwrap_or(Json::Object(Vec::new())),
            );
            return Ok(schema);
        }
        let wanted = self.wanted_name(place, id, name);
        let ours = self.free_name(&wanted);
        if let Some(id) = id {
            self.begun.insert(id, ours.clone());
        }
        // Its place is taken before what is inside of it, so that neighbours stay together.
        self.add_named(&ours, Json::Null)?;
        let (mut required, mut properties) = (Vec::new(), Vec::new());
        for name in self.ordered(id, object.members.keys()) {
            let Some(member) = object.members.get(&name) else {
                continue;
            };
            let inner = below(place, Step::Member(name.clone()));
            let described = self.described_member(&inner, member.required, member.value)?;
            if described.required {
                required.push(Json::from(name.as_str()));
            }
            let mut schema = described.schema;
            mark(&mut schema, &["description"]);
            properties.push((name, schema));
        }
        if !required.is_empty() {
            schema.set("required", Json::Array(required));
        }
        schema.set("properties", Json::Object(properties));
        if let Some(others) = others {
            schema.set("additionalProperties", others);
        }
        mark(&mut schema, &["description"]);
        self.add_named(&ours, schema)?;
        Ok(reference(&ours))
    }

    /// The members in the order of the contract.
    fn ordered<'b>(
        &self,
        id: Option<ShapeId>,
        members: impl Iterator<Item = &'b String>,
    ) -> Vec<String> {
        let mut members: Vec<String> = members.cloned().collect();
        let origin = id.and_then(|id| self.source.there.origin(id));
        let order = origin.and_then(|origin| {
            self.contracts.iter().find_map(|contract| {
                let holder = locate::holder(contract, origin, |it| it.get("properties").is_some())?;
                contract.find(&holder.child("properties"))
            })
        });
        if let Some(order) = order {
            let place = |name: &String| order.members().iter().position(|(it, _)| it == name);
            members.sort_by_key(|name| place(name).unwrap_or(usize::MAX));
        }
        members
    }

    /// What a named schema should be called: as the vendor calls it, cleaned, else after its place.
    fn wanted_name(&self, place: &Place, id: Option<ShapeId>, name: &str) -> String {
        let origin = id.and_then(|id| self.source.there.origin(id));
        let theirs = origin.and_then(|origin| {
            self.contracts
                .iter()
                .find_map(|it| locate::component(it, origin))
        });
        let cleaned = theirs.and_then(|theirs| names::schema(&theirs));
        cleaned.unwrap_or_else(|| self.name_of_place(place, name))
    }

    pub(super) fn name_of_place(&self, place: &Place, name: &str) -> String {
        let name = name.to_pascal_case();
        if names::is_type(&name) {
            return name;
        }
        let operation = names::from_path(place.method.key(), &place.path).to_pascal_case();
        match place.part {
            Part::Body(_) => format!("{operation}Body"),
            Part::Answer(..) => format!("{operation}Answer"),
            _ => format!("{operation}Value"),
        }
    }
}

pub(super) fn reference(name: &str) -> Json {
    Json::object([("$ref", Json::String(format!("#/components/schemas/{name}")))])
}

fn with_null(schema: Json) -> Json {
    let nullable = ("nullable".to_owned(), Json::from(true));
    match schema {
        Json::Object(mut members) if members.iter().all(|(it, _)| it != "$ref") => {
            let place = members
                .iter()
                .position(|(it, _)| it == "format" || it == "type");
            members.insert(place.map_or(0, |it| it + 1), nullable);
            Json::Object(members)
        }
        reference => Json::Object(vec![
            nullable,
            ("allOf".to_owned(), Json::Array(vec![reference])),
        ]),
    }
}

pub(super) fn counts(schema: &mut Json, counts: [(&str, Option<u64>); 2]) {
    for (name, count) in counts {
        if let Some(count) = count {
            schema.set(name, Json::from(count));
        }
    }
}

fn below(place: &Place, step: Step) -> Place {
    let mut place = place.clone();
    place.steps.push(step);
    place
}
