//! Writing values of a contract as schemas of the document.

use basalam_chat_openapi::difference::{Part, Place, Step};
use basalam_chat_openapi::shape::{Bound, Number, NumberShape, Others, TextShape, ValueShape};
use basalam_chat_openapi::{ParameterLocation, ShapeId};
use heck::{ToPascalCase, ToSnakeCase};

use super::build::{Builder, Taken, mark};
use super::json::Json;
use super::{locate, names, schemas};

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

    fn name_of_place(&self, place: &Place, name: &str) -> String {
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

    fn number(&mut self, number: &NumberShape, name: &str) -> Taken<Json> {
        if !number.values.is_empty() {
            return Err("it lists the numbers that it takes; write it by hand".to_owned());
        }
        let plain = NumberShape::default();
        let mut schema = match self.like_others(name, |it| {
            let takes_all =
                |it: &NumberShape| it.minimum == plain.minimum && it.maximum == plain.maximum;
            it.number
                .as_ref()
                .is_some_and(|it| it.whole && number.whole && takes_all(it))
        }) {
            Some(ours) => reference(&ours),
            None if number.whole => Json::object([
                ("type", Json::from("integer")),
                ("format", Json::from("int64")),
            ]),
            None => Json::object([("type", Json::from("number"))]),
        };
        let bounds = [
            ("minimum", "exclusiveMinimum", number.minimum),
            ("maximum", "exclusiveMaximum", number.maximum),
        ];
        if bounds.iter().any(|(_, _, bound)| bound.is_some()) && schema.get("$ref").is_some() {
            schema = Json::object([("allOf", Json::Array(vec![schema]))]);
        }
        for (name, strict, bound) in bounds {
            if let Some(Bound {
                number, exclusive, ..
            }) = bound
            {
                schema.set(name, plain_number(number)?);
                if exclusive {
                    schema.set(strict, Json::from(true));
                }
            }
        }
        Ok(schema)
    }

    fn text_schema(&mut self, place: &Place, text: &TextShape, name: &str) -> Taken<Json> {
        let mut text = text.clone();
        let said = text
            .patterns
            .iter()
            .cloned()
            .collect::<Vec<_>>()
            .join(" and ");
        if let Some(pattern) = self
            .source
            .deviations
            .here(place, &said)
            .filter(|_| !said.is_empty())
        {
            text.patterns = [pattern].into();
        }
        let is_telling = !text.values.is_empty() || !text.patterns.is_empty();
        let same = self
            .named
            .iter()
            .find(|(_, it)| is_telling && is_only_text(it, &text));
        if let Some((ours, _)) = same {
            return Ok(reference(ours));
        }
        let mut schema = Json::object([("type", Json::from("string"))]);
        match text.patterns.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [pattern] => schema.set("pattern", Json::from(pattern.as_str())),
            _ => return Err("it matches several patterns; write it by hand".to_owned()),
        }
        if text.binary {
            schema.set("format", Json::from("binary"));
        }
        counts(
            &mut schema,
            [
                ("minLength", text.min_length),
                ("maxLength", text.max_length),
            ],
        );
        if is_secret(place, name) {
            schema.set("format", Json::from("password"));
            let around = place
                .path
                .split('/')
                .rev()
                .skip_while(|it| *it != format!("{{{name}}}"));
            let around = around
                .skip(1)
                .find(|it| !it.starts_with('{'))
                .unwrap_or_default();
            let wanted = format!("{} {name}", names::singular(around)).to_pascal_case();
            return self.new_named(&wanted, schema);
        }
        if !text.values.is_empty() {
            schema.set(
                "enum",
                Json::strings(text.values.iter().map(String::as_str)),
            );
            return self.new_named(&self.name_of_place(place, name), schema);
        }
        let plain = text == TextShape::default();
        match self.like_others(name, |it| plain && is_only_text(it, &text)) {
            Some(ours) => Ok(reference(&ours)),
            None => Ok(schema),
        }
    }

    fn new_named(&mut self, wanted: &str, mut schema: Json) -> Taken<Json> {
        // Another place of the same change may have begun it.
        let ours = match self.document.find(&schemas().child(wanted)) {
            Some(found) if same_but_prose(found, &schema) => return Ok(reference(wanted)),
            _ => self.free_name(wanted),
        };
        mark(&mut schema, &["description"]);
        self.add_named(&ours, schema)?;
        Ok(reference(&ours))
    }

    /// The named schema that values of this name have elsewhere in the document, or that is called
    /// like them, if it takes the same.
    fn like_others(&self, name: &str, takes: impl Fn(&ValueShape) -> bool) -> Option<String> {
        let mut found: Vec<String> = self
            .named
            .keys()
            .filter(|it| it.to_snake_case() == name.to_snake_case())
            .cloned()
            .collect();
        collect_references(self.document, name, &mut found);
        found.into_iter().find(|it| {
            self.named
                .get(it)
                .is_some_and(|value| !value.null && takes(value))
        })
    }
}

/// What members and parameters called `name` refer to, in the order of the document.
fn collect_references(json: &Json, name: &str, found: &mut Vec<String>) {
    let referred = |schema: &Json| -> Option<String> {
        let reference = schema
            .get("$ref")
            .or_else(|| schema.get("allOf")?.items().first()?.get("$ref"));
        let name = reference?.as_str()?.strip_prefix("#/components/schemas/")?;
        Some(name.to_owned())
    };
    match json {
        Json::Array(items) => items
            .iter()
            .for_each(|it| collect_references(it, name, found)),
        Json::Object(members) => {
            if json.get("name").and_then(Json::as_str) == Some(name) {
                found.extend(json.get("schema").and_then(referred));
            }
            let property = json.get("properties").and_then(|it| it.get(name));
            found.extend(property.and_then(referred));
            members
                .iter()
                .for_each(|(_, it)| collect_references(it, name, found));
        }
        _ => {}
    }
}

fn is_only_text(value: &ValueShape, text: &TextShape) -> bool {
    let kinds = [
        value.null,
        value.boolean.is_some(),
        value.number.is_some(),
        value.array.is_some(),
        value.object.is_some(),
    ];
    value.text.as_ref() == Some(text) && !kinds.contains(&true)
}

/// Whether the text at this place lets its holder in: such a thing is never shown.
fn is_secret(place: &Place, name: &str) -> bool {
    matches!(place.part, Part::Parameter(ParameterLocation::Path, _))
        && ["token", "secret", "password"]
            .iter()
            .any(|it| name.to_snake_case().ends_with(it))
}

fn same_but_prose(found: &Json, wanted: &Json) -> bool {
    let told = |it: &Json| {
        let mut members: Vec<(String, Json)> = it.members().to_vec();
        members.retain(|(name, _)| {
            name != "description" && name != "example" && !name.starts_with("x-")
        });
        members.sort_by(|one, two| one.0.cmp(&two.0));
        members
    };
    told(found) == told(wanted)
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

fn counts(schema: &mut Json, counts: [(&str, Option<u64>); 2]) {
    for (name, count) in counts {
        if let Some(count) = count {
            schema.set(name, Json::from(count));
        }
    }
}

fn plain_number(number: Number) -> Taken<Json> {
    let number = match number {
        Number::Whole(whole) => i64::try_from(whole).ok().map(serde_json::Number::from),
        Number::Real(real) => serde_json::Number::from_f64(real),
    };
    number
        .map(Json::Number)
        .ok_or_else(|| "its bounds are too large".to_owned())
}

fn below(place: &Place, step: Step) -> Place {
    let mut place = place.clone();
    place.steps.push(step);
    place
}
