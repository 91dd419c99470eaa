//! Malformed and extreme documents.

use serde_json::{Map, Value, json};

use crate::documents::{
    differences, document, request_property, response, response_property, shape,
};

fn with_schemas(mut document: Value, schemas: Value) -> Value {
    document["components"] = json!({ "schemas": schemas });
    document
}

fn reference(name: impl std::fmt::Display) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn rejects_dangling_reference() {
    let document = response(reference("Gone"));
    let error = shape(&document).unwrap_err();
    assert!(error.is_reference());
    let message = error.to_string();
    assert!(
        message.contains("#/paths/~1chats/post/responses/200"),
        "{message}"
    );
    assert!(message.contains("Gone"), "{message}");
}

#[test]
fn rejects_schema_that_refers_to_itself() {
    for schemas in [
        json!({"A": {"$ref": "#/components/schemas/A"}}),
        json!({"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}),
        json!({"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}}),
        json!({"A": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/A"}]}}),
    ] {
        let error = shape(&with_schemas(response(reference("A")), schemas)).unwrap_err();
        assert!(error.is_reference(), "{error}");
        assert!(error.to_string().contains("circular"), "{error}");
    }
}

#[test]
fn rejects_keywords_of_the_wrong_type() {
    for (schema, pointer_end) in [
        (json!({"type": 7}), "/type"),
        (json!({"type": []}), "/type"),
        (json!({"type": "text"}), "/type"),
        (json!({"properties": []}), "/properties"),
        (json!({"properties": {"a": 7}}), "/properties/a"),
        (json!({"required": "a"}), "/required"),
        (json!({"enum": "a"}), "/enum"),
        (json!({"allOf": {}}), "/allOf"),
        (json!({"anyOf": []}), "/anyOf"),
        (json!({"items": "a"}), "/items"),
        (json!({"minimum": "1"}), "/minimum"),
        (json!({"maxLength": -1}), "/maxLength"),
        (json!({"pattern": 1}), "/pattern"),
        (json!({"exclusiveMinimum": "1"}), "/exclusiveMinimum"),
        (json!({"$ref": 1}), "/$ref"),
        (json!({"$ref": "other.json"}), "/$ref"),
        (json!({"$id": "https://example.org"}), "/$id"),
        (json!({"patternProperties": 1}), "/patternProperties"),
    ] {
        let error = shape(&response_property(schema.clone())).unwrap_err();
        let pointer = error.pointer().as_str();
        assert!(
            pointer.ends_with(&format!("/text{pointer_end}")),
            "{schema}: {error}"
        );
    }
}

#[test]
fn rejects_too_long_chain_of_references() {
    let mut schemas: Map<String, Value> = (0..10_000)
        .map(|it| (format!("S{it}"), reference(format!("S{}", it + 1))))
        .collect();
    schemas.insert("S10000".to_owned(), json!({}));
    let error = shape(&with_schemas(
        response(reference("S0")),
        Value::Object(schemas),
    ))
    .unwrap_err();
    assert!(error.is_unsupported(), "{error}");
}

#[test]
fn deep_nesting_is_compared_up_to_a_limit() {
    let chain = |last: Value| {
        let mut schemas: Map<String, Value> = (0..5_000)
            .map(|it| {
                let next = reference(format!("S{}", it + 1));
                (
                    format!("S{it}"),
                    json!({"type": "object", "properties": {"next": next}}),
                )
            })
            .collect();
        schemas.insert("S5000".to_owned(), last);
        with_schemas(response(reference("S0")), Value::Object(schemas))
    };
    let (base, other) = (
        chain(json!({"type": "string"})),
        chain(json!({"type": "integer"})),
    );
    assert_eq!(differences(&base, &base), Vec::<String>::new());
    let found = differences(&base, &other);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].ends_with("values are too deep or too many to compare"),
        "{found:?}"
    );
}

#[test]
fn exponentially_many_places_are_compared_up_to_a_limit() {
    // Each level refers to the next one twice.
    let levels = |last: Value| {
        let mut schemas: Map<String, Value> = (0..100)
            .map(|it| {
                let next = reference(format!("S{}", it + 1));
                (
                    format!("S{it}"),
                    json!({"type": "object", "properties": {"one": next, "two": next}}),
                )
            })
            .collect();
        schemas.insert("S100".to_owned(), last);
        with_schemas(response(reference("S0")), Value::Object(schemas))
    };
    let (base, other) = (
        levels(json!({"type": "string"})),
        levels(json!({"type": "integer"})),
    );
    assert_eq!(differences(&base, &base), Vec::<String>::new());
    let found = differences(&base, &other);
    assert!(found.len() < 10_000);
    assert!(
        found
            .iter()
            .any(|it| it.contains("too many differences to list")),
        "{:?}",
        found.first()
    );
}

#[test]
fn densely_recursive_schemas_are_compared() {
    let dense = |mark: Value| {
        let names: Vec<String> = (0..20).map(|it| format!("S{it}")).collect();
        let schemas: Map<String, Value> = names
            .iter()
            .map(|name| {
                let mut properties: Map<String, Value> =
                    names.iter().map(|it| (it.clone(), reference(it))).collect();
                properties.insert(
                    "mark".to_owned(),
                    if name == "S7" {
                        mark.clone()
                    } else {
                        json!({})
                    },
                );
                (
                    name.clone(),
                    json!({"type": "object", "properties": properties}),
                )
            })
            .collect();
        with_schemas(response(reference("S0")), Value::Object(schemas))
    };
    let (base, other) = (
        dense(json!({"type": "string"})),
        dense(json!({"type": "integer"})),
    );
    assert_eq!(differences(&base, &base), Vec::<String>::new());
    assert!(!differences(&base, &other).is_empty());
}

#[test]
fn recursive_combinations_terminate() {
    let mut document = response(reference("A"));
    document["components"] = json!({"schemas": {
        "A": {"anyOf": [{"type": "object", "properties": {"x": {"allOf": [reference("A"), reference("B")]}}}, reference("B")]},
        "B": {"type": "object", "properties": {"x": {"anyOf": [reference("A"), reference("C")]}, "y": reference("B")}},
        "C": {"allOf": [reference("B"), {"type": "object", "properties": {"x": {"anyOf": [reference("C"), reference("A")]}}}]}
    }});
    // Reading may fail, but it terminates.
    match shape(&document) {
        Ok(_) => assert_eq!(differences(&document, &document), Vec::<String>::new()),
        Err(error) => assert!(error.is_unsupported(), "{error}"),
    }
}

#[test]
fn boolean_schemas_are_compared() {
    assert_eq!(
        differences(&request_property(json!(true)), &request_property(json!(false))),
        [
            "breaking  POST /chats → body → text: nullable in the document, not nullable in the contract",
            "breaking  POST /chats → body → text: anything in the document, no value in the contract",
        ]
        .map(str::to_owned)
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
    );
    assert_eq!(
        differences(&request_property(json!(true)), &request_property(json!({}))),
        Vec::<String>::new()
    );
}

#[test]
fn rejects_paths_that_differ_only_in_parameter_names() {
    let error = shape(&document(json!({
        "/chats/{id}": {"get": {}}, "/chats/{chat_id}": {"get": {}}
    })))
    .unwrap_err();
    assert!(error.is_structure(), "{error}");
}
