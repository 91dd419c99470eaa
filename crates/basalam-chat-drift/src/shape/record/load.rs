//! From JSON back to a wire shape.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::{
    AnswerShape, ArrayShape, BodyShape, Bound, Member, Number, NumberShape, ObjectShape,
    OperationKey, OperationShape, Others, ParameterShape, Rule, ShapeId, TextShape, ValueShape,
    WireShape, canonical,
};
use super::LISTED;
use basalam_chat_openapi::{Error, Method, ParameterLocation, Pointer, StatusPattern};

pub(super) fn load(value: &Value, at: &Pointer) -> Result<WireShape, Error> {
    let record = Fields::of(value, at, &["operations", "values"])?;
    let mut loader = Loader {
        listed: BTreeMap::new(),
        values: vec![ValueShape::anything(ShapeId(0))],
    };
    let listed = record.object("values")?;
    for (name, _, _) in &listed {
        let id = loader.keep(ValueShape::nothing());
        loader.listed.insert((*name).to_owned(), id);
    }
    for (name, value, at) in &listed {
        let shape = loader.value(value, at)?;
        if let Some(id) = loader.listed.get(*name) {
            loader.values[id.0] = shape;
        }
    }
    let mut operations = BTreeMap::new();
    for (name, value, at) in record.object("operations")? {
        let operation = loader.operation(name, value, &at)?;
        let key = OperationKey::new(operation.method, &operation.path);
        operations.insert(key, operation);
    }
    let values = loader.values;
    canonical::tidy(WireShape { operations, values })
}

struct Loader {
    listed: BTreeMap<String, ShapeId>,
    values: Vec<ValueShape>,
}

impl Loader {
    fn keep(&mut self, value: ValueShape) -> ShapeId {
        self.values.push(value);
        ShapeId(self.values.len() - 1)
    }

    fn operation(
        &mut self,
        name: &str,
        value: &Value,
        at: &Pointer,
    ) -> Result<OperationShape, Error> {
        let (method, path) = name.split_once(' ').unwrap_or((name, ""));
        let method = Method::ALL.into_iter().find(|it| it.as_str() == method);
        let Some(method) = method else {
            return Err(Error::structure(at, "must be named by a method and a path"));
        };
        let known = ["deprecated", "security", "parameters", "body", "answers"];
        let fields = Fields::of(value, at, &known)?;
        let mut parameters = BTreeMap::new();
        for (location, value, at) in fields.object("parameters")? {
            let Some(location) = ParameterLocation::from_name(location) else {
                return Err(Error::structure(&at, "is no place for parameters"));
            };
            for (name, value, at) in Fields::of_any(value, &at)?.all() {
                let key = super::super::operations::key(path, location, name);
                parameters.insert((location, key), self.parameter(name, value, &at)?);
            }
        }
        let body = match fields.get("body") {
            None => None,
            Some((value, at)) => {
                let body = Fields::of(value, &at, &["required", "content"])?;
                Some(BodyShape {
                    required: body.flag("required")?,
                    content: self.content(&body)?,
                })
            }
        };
        let mut answers = BTreeMap::new();
        for (status, value, at) in fields.object("answers")? {
            let Some(status) = StatusPattern::from_key(status) else {
                return Err(Error::structure(&at, "is no status"));
            };
            let answer = Fields::of(value, &at, &["content", "headers"])?;
            let mut headers = BTreeMap::new();
            for (name, value, at) in answer.object("headers")? {
                headers.insert(name.to_ascii_lowercase(), self.parameter(name, value, &at)?);
            }
            let content = self.content(&answer)?;
            answers.insert(status, AnswerShape { headers, content });
        }
        Ok(OperationShape {
            method,
            path: path.to_owned(),
            deprecated: fields.flag("deprecated")?,
            security: match fields.get("security") {
                None => None,
                Some(_) => Some(fields.texts("security")?),
            },
            parameters,
            body,
            answers,
        })
    }

    fn parameter(
        &mut self,
        name: &str,
        value: &Value,
        at: &Pointer,
    ) -> Result<ParameterShape, Error> {
        let fields = Fields::of(value, at, &["required", "style", "value", "deprecated"])?;
        Ok(ParameterShape {
            name: name.to_owned(),
            required: fields.flag("required")?,
            deprecated: fields.flag("deprecated")?,
            style: fields.text("style")?,
            value: match fields.get("value") {
                Some((value, at)) => self.id(value, &at)?,
                None => return Err(Error::structure(at, "has no `value`")),
            },
        })
    }

    fn content(&mut self, fields: &Fields<'_>) -> Result<BTreeMap<String, ShapeId>, Error> {
        let mut content = BTreeMap::new();
        for (name, value, at) in fields.object("content")? {
            content.insert(name.to_owned(), self.id(value, &at)?);
        }
        Ok(content)
    }

    fn id(&mut self, value: &Value, at: &Pointer) -> Result<ShapeId, Error> {
        if let Some(listed) = value.get(LISTED) {
            let listed = listed.as_str().and_then(|it| self.listed.get(it));
            return listed
                .copied()
                .ok_or_else(|| Error::structure(at, "names a place that `values` does not list"));
        }
        if value.as_object().is_some_and(Map::is_empty) {
            return Ok(ShapeId(0));
        }
        let shape = self.value(value, at)?;
        Ok(self.keep(shape))
    }

    fn value(&mut self, value: &Value, at: &Pointer) -> Result<ValueShape, Error> {
        let known = [
            "null", "boolean", "number", "text", "array", "object", "default", "rules", "nothing",
            // Said of a member beside its value.
            "required",
        ];
        let fields = Fields::of(value, at, &known)?;
        let mut shape = ValueShape {
            null: fields.flag("null")?,
            ..ValueShape::nothing()
        };
        if let Some((values, at)) = fields.get("boolean") {
            let values = values
                .as_array()
                .map(|list| list.iter().map(Value::as_bool).collect());
            let wrong = || Error::structure(&at, "must be an array of true and false");
            shape.boolean = Some(values.flatten().ok_or_else(wrong)?);
        }
        if let Some((value, at)) = fields.get("number") {
            shape.number = Some(number(value, &at)?);
        }
        if let Some((value, at)) = fields.get("text") {
            shape.text = Some(text(value, &at)?);
        }
        if let Some((value, at)) = fields.get("array") {
            let array = Fields::of(value, &at, &["items", "least", "most"])?;
            let items = match array.get("items") {
                Some((value, at)) => self.id(value, &at)?,
                None => ShapeId(0),
            };
            shape.array = Some(ArrayShape {
                items,
                min_items: array.count("least")?,
                max_items: array.count("most")?,
            });
        }
        if let Some((value, at)) = fields.get("object") {
            shape.object = Some(self.object(value, &at)?);
        }
        if fields.get("default").is_some() {
            shape.default = Some(fields.text("default")?);
        }
        if let Some((rules, at)) = fields.get("rules") {
            let rules = rules.as_array().map(Vec::as_slice).unwrap_or_default();
            for (index, rule) in rules.iter().enumerate() {
                shape.rules.insert(self.rule(rule, &at.child(index))?);
            }
        }
        Ok(shape)
    }

    fn object(&mut self, value: &Value, at: &Pointer) -> Result<ObjectShape, Error> {
        let fields = Fields::of(value, at, &["members", "others", "least", "most"])?;
        let mut members = BTreeMap::new();
        for (name, value, at) in fields.object("members")? {
            let required = Fields::of_any(value, &at)?.flag("required")?;
            let only_required = value.as_object().is_some_and(|it| it.len() == 1) && required;
            let value = match only_required {
                true => ShapeId(0),
                false => self.id(value, &at)?,
            };
            members.insert(name.to_owned(), Member { required, value });
        }
        Ok(ObjectShape {
            members,
            others: match fields.get("others") {
                None => Others::Anything,
                Some((Value::Bool(false), _)) => Others::Nothing,
                Some((value, at)) => Others::Each(self.id(value, &at)?),
            },
            min_members: fields.count("least")?,
            max_members: fields.count("most")?,
        })
    }

    fn rule(&mut self, value: &Value, at: &Pointer) -> Result<Rule, Error> {
        let fields = Fields::of(value, at, &["keyword", "value", "values"])?;
        let mut values = BTreeMap::new();
        for (name, value, at) in fields.object("values")? {
            values.insert(name.to_owned(), self.id(value, &at)?);
        }
        Ok(Rule {
            keyword: fields.text("keyword")?,
            value: fields.text("value")?,
            values,
        })
    }
}

fn number(value: &Value, at: &Pointer) -> Result<NumberShape, Error> {
    let known = ["whole", "values", "minimum", "above", "maximum", "below"];
    let fields = Fields::of(value, at, &known)?;
    let bound = |inclusive, exclusive| -> Result<Option<Bound>, Error> {
        let read = |name| match fields.get(name) {
            None => Ok(None),
            Some((value, at)) => Number::of(value)
                .map(Some)
                .ok_or_else(|| Error::structure(&at, "must be a number")),
        };
        let plain = read(inclusive)?.map(Bound::inclusive);
        Ok(plain.or(read(exclusive)?.map(Bound::exclusive)))
    };
    let values = fields.get("values").map(|(values, _)| values);
    let values = values.and_then(Value::as_array).into_iter().flatten();
    Ok(NumberShape {
        whole: fields.flag("whole")?,
        values: values.filter_map(Number::of).collect(),
        minimum: bound("minimum", "above")?,
        maximum: bound("maximum", "below")?,
    })
}

fn text(value: &Value, at: &Pointer) -> Result<TextShape, Error> {
    let fields = Fields::of(
        value,
        at,
        &["values", "patterns", "binary", "least", "most"],
    )?;
    Ok(TextShape {
        values: fields.texts("values")?,
        patterns: fields.texts("patterns")?,
        min_length: fields.count("least")?,
        max_length: fields.count("most")?,
        binary: fields.flag("binary")?,
    })
}

/// The members of an object of the record.
struct Fields<'a> {
    members: &'a Map<String, Value>,
    at: Pointer,
}

type Field<'a> = (&'a str, &'a Value, Pointer);

impl<'a> Fields<'a> {
    fn of_any(value: &'a Value, at: &Pointer) -> Result<Fields<'a>, Error> {
        let members = value
            .as_object()
            .ok_or_else(|| Error::structure(at, "must be an object"))?;
        Ok(Fields {
            members,
            at: at.clone(),
        })
    }

    fn of(value: &'a Value, at: &Pointer, known: &[&str]) -> Result<Fields<'a>, Error> {
        let fields = Fields::of_any(value, at)?;
        match fields
            .members
            .keys()
            .find(|it| !known.contains(&it.as_str()))
        {
            None => Ok(fields),
            Some(unknown) => Err(Error::structure(
                &at.child(unknown),
                format!("is not known here; one of {} is", known.join(", ")),
            )),
        }
    }

    fn get(&self, name: &str) -> Option<(&'a Value, Pointer)> {
        self.members
            .get(name)
            .map(|value| (value, self.at.child(name)))
    }

    fn all(&self) -> Vec<Field<'a>> {
        let members = self.members.iter();
        members
            .map(|(name, value)| (name.as_str(), value, self.at.child(name)))
            .collect()
    }

    fn object(&self, name: &str) -> Result<Vec<Field<'a>>, Error> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some((value, at)) => Ok(Fields::of_any(value, &at)?.all()),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.get(name) {
            None => Ok(false),
            Some((Value::Bool(flag), _)) => Ok(*flag),
            Some((_, at)) => Err(Error::structure(&at, "must be true or false")),
        }
    }

    fn text(&self, name: &str) -> Result<String, Error> {
        match self.get(name) {
            Some((Value::String(text), _)) => Ok(text.clone()),
            _ => Err(Error::structure(&self.at.child(name), "must be a string")),
        }
    }

    fn texts(&self, name: &str) -> Result<BTreeSet<String>, Error> {
        let Some((list, at)) = self.get(name) else {
            return Ok(BTreeSet::new());
        };
        let texts = list.as_array().map(|list| {
            list.iter()
                .map(|it| it.as_str().map(str::to_owned))
                .collect()
        });
        texts
            .flatten()
            .ok_or_else(|| Error::structure(&at, "must be an array of strings"))
    }

    fn count(&self, name: &str) -> Result<Option<u64>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some((count, at)) => count
                .as_u64()
                .map(Some)
                .ok_or_else(|| Error::structure(&at, "must be a whole number")),
        }
    }
}
