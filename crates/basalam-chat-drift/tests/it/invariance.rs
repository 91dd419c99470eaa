//! Names that a contract changes for no reason change nothing in the report.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::documents::lines;

/// How many contracts are made up.
const SEEDS: u64 = 4;

/// Numbers that look random and are the same on every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
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

/// A contract that differs from the document here and there.
fn contract(numbers: &mut Numbers) -> Value {
    let mut contract = document();
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    let names: Vec<String> = schemas.keys().cloned().collect();
    for _ in 0..8 {
        let schema = &mut schemas[&names[numbers.below(names.len())]];
        let change = numbers.below(4);
        match schema.get_mut("properties").and_then(Value::as_object_mut) {
            Some(properties) => {
                let names: Vec<String> = properties.keys().cloned().collect();
                let name = &names[numbers.below(names.len())];
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
    let moved = paths.remove(&names[numbers.below(names.len())]).unwrap();
    paths.insert("/v9/moved/{chat_id}/{token}".to_owned(), moved);
    contract
}

/// Calls `change` with every object of a document.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| each(it, change)),
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|it| each(it, change));
        }
        _ => {}
    }
}

fn with_one_operation_id(mut contract: Value) -> Value {
    each(&mut contract, &mut |members| {
        if members.contains_key("operationId") {
            members.insert("operationId".to_owned(), json!("handler"));
        }
    });
    contract
}

fn with_other_names(mut contract: Value, numbers: &mut Numbers) -> Value {
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    let names: BTreeMap<String, String> = schemas
        .keys()
        .map(|name| {
            (
                name.clone(),
                format!(
                    "shop_{:06x}_{:x}",
                    numbers.next() & 0xff_ffff,
                    numbers.next()
                ),
            )
        })
        .collect();
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (names[&name].clone(), schema))
        .collect();
    each(&mut contract, &mut |members| {
        if let Some(Value::String(reference)) = members.get_mut("$ref")
            && let Some(name) = reference.strip_prefix("#/components/schemas/")
        {
            *reference = format!("#/components/schemas/{}", names[name]);
        }
    });
    contract
}

/// Puts in the place of each reference what it leads to, which must not lead back.
fn without_references(value: &Value, contract: &Value) -> Value {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|it| without_references(it, contract))
            .collect(),
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let target = contract
                    .pointer(reference.strip_prefix('#').unwrap())
                    .unwrap();
                without_references(target, contract)
            }
            None => members
                .iter()
                .map(|(name, it)| (name.clone(), without_references(it, contract)))
                .collect(),
        },
        other => other.clone(),
    }
}

#[test]
fn a_contract_with_one_operation_id_for_all_gives_the_same_report() {
    for seed in 0..SEEDS {
        let contract = contract(&mut Numbers(seed));
        let report = lines(&document(), &contract);
        assert!(!report.is_empty());
        assert_eq!(
            lines(&document(), &with_one_operation_id(contract)),
            report,
            "{seed}"
        );
    }
}

#[test]
fn a_contract_with_every_schema_renamed_gives_the_same_report() {
    for seed in 0..SEEDS {
        let mut numbers = Numbers(seed);
        let contract = contract(&mut numbers);
        let report = lines(&document(), &contract);
        let renamed = with_other_names(contract, &mut numbers);
        assert_eq!(lines(&document(), &renamed), report, "{seed}");
    }
}

#[test]
fn a_contract_without_references_gives_the_same_report() {
    for seed in 0..SEEDS {
        let contract = contract(&mut Numbers(seed));
        let report = lines(&document(), &contract);
        let mut inlined = without_references(&contract, &contract);
        inlined["components"] = json!({});
        assert!(!inlined.to_string().contains("$ref"));
        // Nobody calls by names that are gone, so security is left aside.
        let report: Vec<&String> = report
            .iter()
            .filter(|it| !it.contains("→ security"))
            .collect();
        let found = lines(&document(), &inlined);
        let found: Vec<&String> = found
            .iter()
            .filter(|it| !it.contains("→ security"))
            .collect();
        assert_eq!(found, report, "{seed}");
    }
}

#[test]
fn the_document_differs_in_nothing_from_itself_without_names() {
    let document = document();
    let mut inlined = without_references(&document, &document);
    let schemes = document["components"]["securitySchemes"].clone();
    inlined["components"] = json!({ "securitySchemes": schemes });
    assert_eq!(lines(&document, &inlined), Vec::<String>::new());
}
