//! Renamed schemas and operations do not change the differences.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::documents::differences;

/// The number of random contracts.
const SEEDS: u64 = 16;

/// A reproducible random number generator (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

fn document() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/chat.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns the document with random changes.
fn contract(random: &mut Random) -> Value {
    let mut contract = document();
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    let names: Vec<String> = schemas.keys().cloned().collect();
    for _ in 0..8 {
        let schema = &mut schemas[&names[random.below(names.len())]];
        let change = random.below(4);
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        // Earlier changes can have removed every property.
        match properties.filter(|it| !it.is_empty()) {
            Some(properties) => {
                let names: Vec<String> = properties.keys().cloned().collect();
                let name = &names[random.below(names.len())];
                match change {
                    0 => drop(properties.remove(name)),
                    1 => properties[name] = json!({"type": "boolean", "nullable": true}),
                    2 => drop(properties.insert("news".to_owned(), json!({"type": "string"}))),
                    _ => schema["required"] = json!([name]),
                }
            }
            None => schema["maxLength"] = json!(change),
        }
    }
    let paths = contract["paths"].as_object_mut().unwrap();
    let names: Vec<String> = paths.keys().cloned().collect();
    let moved = paths.remove(&names[random.below(names.len())]).unwrap();
    paths.insert("/v9/moved/{chat_id}/{token}".to_owned(), moved);
    contract
}

/// Calls `change` with every JSON object of a document.
fn for_each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| for_each_object(it, change)),
        Value::Object(object) => {
            change(object);
            object
                .values_mut()
                .for_each(|it| for_each_object(it, change));
        }
        _ => {}
    }
}

fn with_equal_operation_ids(mut contract: Value) -> Value {
    for_each_object(&mut contract, &mut |object| {
        if object.contains_key("operationId") {
            object.insert("operationId".to_owned(), json!("handler"));
        }
    });
    contract
}

fn with_renamed_schemas(mut contract: Value, random: &mut Random) -> Value {
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    let names: BTreeMap<String, String> = schemas
        .keys()
        .map(|name| {
            (
                name.clone(),
                format!("shop_{:06x}_{:x}", random.next() & 0xff_ffff, random.next()),
            )
        })
        .collect();
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (names[&name].clone(), schema))
        .collect();
    for_each_object(&mut contract, &mut |object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref")
            && let Some(name) = reference.strip_prefix("#/components/schemas/")
        {
            *reference = format!("#/components/schemas/{}", names[name]);
        }
    });
    contract
}

/// Inlines all references, which must not be recursive.
fn inlined(value: &Value, contract: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|it| inlined(it, contract)).collect(),
        Value::Object(object) => match object.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let target = contract
                    .pointer(reference.strip_prefix('#').unwrap())
                    .unwrap();
                inlined(target, contract)
            }
            None => object
                .iter()
                .map(|(name, it)| (name.clone(), inlined(it, contract)))
                .collect(),
        },
        other => other.clone(),
    }
}

#[test]
fn equal_operation_ids_do_not_change_the_differences() {
    for seed in 0..SEEDS {
        let contract = contract(&mut Random(seed));
        let expected = differences(&document(), &contract);
        assert!(!expected.is_empty());
        assert_eq!(
            differences(&document(), &with_equal_operation_ids(contract)),
            expected,
            "{seed}"
        );
    }
}

#[test]
fn renamed_schemas_do_not_change_the_differences() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let contract = contract(&mut random);
        let expected = differences(&document(), &contract);
        let renamed = with_renamed_schemas(contract, &mut random);
        assert_eq!(differences(&document(), &renamed), expected, "{seed}");
    }
}

#[test]
fn inlined_references_do_not_change_the_differences() {
    for seed in 0..SEEDS {
        let contract = contract(&mut Random(seed));
        let expected = differences(&document(), &contract);
        let mut without_references = inlined(&contract, &contract);
        without_references["components"] = json!({});
        assert!(!without_references.to_string().contains("$ref"));
        // The security schemes were removed with the components.
        let expected: Vec<&String> = expected
            .iter()
            .filter(|it| !it.contains("→ security"))
            .collect();
        let found = differences(&document(), &without_references);
        let found: Vec<&String> = found
            .iter()
            .filter(|it| !it.contains("→ security"))
            .collect();
        assert_eq!(found, expected, "{seed}");
    }
}

#[test]
fn inlined_document_has_no_differences() {
    let document = document();
    let mut without_references = inlined(&document, &document);
    let schemes = document["components"]["securitySchemes"].clone();
    without_references["components"] = json!({ "securitySchemes": schemes });
    assert_eq!(
        differences(&document, &without_references),
        Vec::<String>::new()
    );
}
