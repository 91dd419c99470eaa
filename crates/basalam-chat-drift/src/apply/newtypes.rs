//! Writing numbers and texts of a contract as schemas of the document, by a named one where it has the like.

use crate::difference::{Part, Place};
use crate::shape::{Bound, Number, NumberShape, TextShape, ValueShape};
use basalam_chat_openapi::ParameterLocation;
use heck::{ToPascalCase, ToSnakeCase};

use super::build::{Builder, Taken, mark};
use super::json::Json;
use super::values::{counts, reference};
use super::{names, schemas};

impl Builder<'_> {
    pub(super) fn number(&mut self, number: &NumberShape, name: &str) -> Taken<Json> {
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

    pub(super) fn text_schema(
        &mut self,
        place: &Place,
        text: &TextShape,
        name: &str,
    ) -> Taken<Json> {
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

fn plain_number(number: Number) -> Taken<Json> {
    let number = match number {
        Number::Whole(whole) => i64::try_from(whole).ok().map(serde_json::Number::from),
        Number::Real(real) => serde_json::Number::from_f64(real),
    };
    number
        .map(Json::Number)
        .ok_or_else(|| "its bounds are too large".to_owned())
}
