//! Mutations of responses, determined by a seed.

use serde_json::{Map, Value, json};

use crate::schema::Schema;

/// Strings that stand for JSON that `Value` cannot represent.
const PLACEHOLDERS: [(&str, &str); 4] = [
    ("@number", "1e400"),
    ("@surrogate", r#""\ud83d""#),
    ("@text", r#""a cut emoji \ud83d""#),
    ("@deep", ""),
];

/// JSON that is nested deeper than serde_json decodes.
fn deep() -> String {
    format!("{}{}", "[".repeat(140), "]".repeat(140))
}

/// Replaces the placeholders in JSON by what they stand for.
pub(super) fn expand(json: &str) -> String {
    let mut json = json.to_owned();
    for (placeholder, stands_for) in PLACEHOLDERS {
        if !json.contains('@') {
            break;
        }
        let quoted = format!("\"{placeholder}\"");
        match stands_for {
            "" => json = json.replace(&quoted, &deep()),
            _ => json = json.replace(&quoted, stands_for),
        }
    }
    json
}

/// Replaces JSON that `Value` cannot represent by the placeholders.
pub(super) fn collapse(json: &str) -> String {
    let mut json = json.to_owned();
    for (placeholder, stands_for) in PLACEHOLDERS {
        let quoted = format!("\"{placeholder}\"");
        match stands_for {
            "" => json = json.replace(&deep(), &quoted),
            _ => json = json.replace(stands_for, &quoted),
        }
    }
    json
}

/// A small random number generator (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % bound as u64).unwrap()
    }
}

/// A step from a value to one inside it.
enum Step {
    Name(String),
    Index(usize),
}

/// Mutates a response.
pub(super) struct Mutator<'a> {
    schema: &'a Schema,
    pub(super) response: Value,
    pub(super) random: Random,
    /// The values that were mutated.
    paths: Vec<Vec<Step>>,
}

impl<'a> Mutator<'a> {
    pub(super) fn new(schema: &'a Schema, response: Value, random: Random) -> Mutator<'a> {
        Mutator {
            schema,
            response,
            random,
            paths: Vec::new(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        expand(&self.response.to_string())
    }

    /// Mutates a random value inside the response.
    pub(super) fn mutate(&mut self) {
        let count = count_inner(&self.response);
        if count == 0 {
            return;
        }
        let mut path = Vec::new();
        find(&self.response, &mut self.random.below(count), &mut path);
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let mut parent = &mut self.response;
        for step in parents {
            parent = match step {
                Step::Name(name) => &mut parent[name.as_str()],
                Step::Index(index) => &mut parent[*index],
            };
        }
        match (self.random.below(8), last, parent) {
            (0, Step::Name(name), Value::Object(parent)) => {
                parent.remove(name);
            }
            (0, Step::Index(index), Value::Array(parent)) => {
                parent.remove(*index);
            }
            (1, _, Value::Object(parent)) => {
                let name = format!("added_{}", self.random.below(3));
                parent.insert(name, odd_value(&mut self.random));
            }
            (_, step, parent) => {
                let value = match step {
                    Step::Name(name) => &mut parent[name.as_str()],
                    Step::Index(index) => &mut parent[*index],
                };
                *value = changed(value.take(), &mut self.random);
                // The list of a page stays one that can be compared.
                if is_page_or_list(&path) && value.is_string() {
                    *value = Value::Null;
                }
            }
        }
        self.paths.push(path);
    }

    /// Returns `true` if a required part of the whole response was mutated, so it cannot always be decoded.
    pub(super) fn may_fail(&self) -> bool {
        self.paths.iter().any(|path| self.is_required(path))
    }

    /// Returns `true` if no object around the value could be used without it.
    fn is_required(&self, path: &[Step]) -> bool {
        let mut schema = self.schema.root();
        for (depth, step) in path.iter().enumerate() {
            let keywords = self.schema.keywords(schema);
            let inner = match step {
                // What the response is about.
                Step::Name(name) if depth == 0 && name == "data" => keywords.properties.get("data"),
                Step::Name(name) if !keywords.required.contains(name.as_str()) => return false,
                Step::Name(name) => keywords.properties.get(name.as_str()),
                // An item of the list of a page.
                Step::Index(_) => return false,
            };
            match inner {
                Some(inner) => schema = inner,
                None => return false,
            }
        }
        true
    }
}

fn is_page_or_list(path: &[Step]) -> bool {
    let is_name = |step: &Step| matches!(step, Step::Name(name) if ["data", "messages", "chats"].contains(&name.as_str()));
    path.len() <= 2 && path.iter().all(is_name)
}

fn inner(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Object(fields) => Box::new(fields.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Returns the number of values inside a value, at any depth.
fn count_inner(value: &Value) -> usize {
    inner(value).map(|value| 1 + count_inner(value)).sum()
}

/// Finds a value inside a value by its position.
fn find(value: &Value, position: &mut usize, path: &mut Vec<Step>) -> bool {
    for (index, inner) in inner(value).enumerate() {
        path.push(match value {
            Value::Object(fields) => Step::Name(fields.keys().nth(index).unwrap().clone()),
            _ => Step::Index(index),
        });
        if *position == 0 {
            return true;
        }
        *position -= 1;
        if find(inner, position, path) {
            return true;
        }
        path.pop();
    }
    false
}

/// Returns a value in another form, or another value.
fn changed(value: Value, random: &mut Random) -> Value {
    match (random.below(6), value) {
        (0, Value::Number(number)) => Value::from(number.to_string()),
        (1, Value::Number(number)) => number.as_i64().map_or(Value::Null, |integer| {
            // Exact up to 2^53.
            #[allow(clippy::cast_precision_loss)]
            Value::from((integer % (1 << 53)) as f64)
        }),
        (0, Value::Bool(value)) => json!(u8::from(value)),
        (1, Value::Bool(value)) => json!(value.to_string()),
        (0, Value::String(string)) => json!(string.len()),
        (1, Value::String(string)) => json!({ "value": string }),
        (0, Value::Array(items)) => {
            let items = items.into_iter().enumerate();
            Value::Object(
                items
                    .map(|(index, item)| (index.to_string(), item))
                    .collect(),
            )
        }
        (1, Value::Array(_)) => json!({}),
        (0, Value::Object(_)) => json!([]),
        (1, Value::Object(fields)) => Value::Array(fields.into_iter().map(|(_, it)| it).collect()),
        (2, value) => json!([value]),
        (3, value) => json!({ "value": value }),
        _ => odd_value(random),
    }
}

fn odd_value(random: &mut Random) -> Value {
    match random.below(24) {
        0..=2 => Value::Null,
        3 => json!(true),
        4 => json!(false),
        5 => json!(0),
        6 => json!(1),
        7 => json!(-7),
        8 => json!(1.0),
        9 => json!(12.5),
        10 => json!(u64::MAX),
        11 => json!(1e300),
        12 => json!(""),
        13 => json!("12"),
        14 => json!("true"),
        15 => json!("۱۲"),
        16 => json!("a text with \" and \\ and \u{0}"),
        17 => json!([]),
        18 => json!({}),
        19 => json!([[], [null]]),
        20 => json!({ "0": 1, "2": { "id": 3 } }),
        21 => Value::Object(Map::from_iter([("id".to_owned(), json!("system"))])),
        _ => json!(PLACEHOLDERS[random.below(PLACEHOLDERS.len())].0),
    }
}
