//! Applying additions that repeat or resemble the types of a small document.

use super::*;
use crate::apply::parse;

const DOCUMENT_TEXT: &str = include_str!("shop.json");
const GET: &str = "/paths/~1v1~1orders~1{order_id}/get";

/// Applies a contract that differs from the small document by `change`.
fn apply_change(change: impl Fn(&mut Value)) -> (Report, Value) {
    let mut contract = parse(DOCUMENT_TEXT).unwrap();
    change(&mut contract);
    let folder = workspace(DOCUMENT_TEXT);
    let options = Options {
        apply: true,
        ..with_contract(&folder, contract.to_string().as_bytes())
    };
    let report = run(folder.path(), &options).unwrap();
    let json = fs::read_to_string(folder.path().join(DOCUMENT)).unwrap();
    basalam_chat_codegen::generate(&json).unwrap();
    (report, parse(&json).unwrap())
}

/// Applies a contract in which an order has one more property.
fn apply_property(name: &str, schema: Value) -> (Report, Value) {
    apply_change(|contract| {
        contract["components"]["schemas"]["Order"]["properties"][name] = schema.clone();
    })
}

fn new_schemas(document: &Value) -> Vec<String> {
    let before = parse(DOCUMENT_TEXT).unwrap();
    let names = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys();
    names
        .filter(|it| before["components"]["schemas"].get(it).is_none())
        .cloned()
        .collect()
}

fn poll() -> Value {
    json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "integer"}, "question": {"type": "string"}
    }})
}

#[test]
fn id_of_a_new_object_is_a_plain_integer() {
    for (name, schema, inner) in [
        ("poll", poll(), "/Poll/properties/id"),
        (
            "polls",
            json!({"type": "array", "items": poll()}),
            "/Poll/properties/id",
        ),
        (
            "poll",
            json!({"type": "object", "properties": {"basket": poll()}}),
            "/Basket/properties/id",
        ),
    ] {
        let (report, document) = apply_property(name, schema);
        assert!(report.is_clean(), "{}", report.text(false));
        let id = document["components"]["schemas"].pointer(inner).unwrap();
        assert_eq!(id, &json!({"type": "integer", "format": "int64"}), "{name}");
    }
}

#[test]
fn id_that_is_named_after_a_known_type_is_of_its_id_type() {
    for (name, schema) in [
        ("order_id", json!({"type": "integer"})),
        (
            "poll",
            json!({"type": "object", "properties": {"order_id": {"type": "integer"}, "text": {"type": "string"}}}),
        ),
    ] {
        let (_, document) = apply_property(name, schema);
        let text = document.to_string();
        let count = |text: &str| text.matches("schemas/OrderId\"").count();
        assert_eq!(
            count(&text),
            count(&parse(DOCUMENT_TEXT).unwrap().to_string()) + 1,
            "{text}"
        );
    }
}

/// A contract that has an operation with this response, whose schemas have other names.
fn with_operation(contract: &mut Value, schema: &Value) {
    let resource = contract["components"]["schemas"]["Order"].clone();
    contract["components"]["schemas"]["OrderResource"] = resource;
    contract["paths"]["/v1/orders/latest"] = json!({"get": {
        "operationId": "latest_order",
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    }});
}

#[test]
fn response_that_repeats_a_known_type_uses_it() {
    let resource = json!({"$ref": "#/components/schemas/OrderResource"});
    let list = json!({"type": "array", "items": resource});
    let renamed_and_stricter = json!({"allOf": [resource, {"required": ["price"]}]});
    for schema in [resource.clone(), list, renamed_and_stricter] {
        let (report, document) = apply_change(|contract| with_operation(contract, &schema));
        assert_eq!(report.skipped, []);
        assert_eq!(new_schemas(&document), Vec::<String>::new(), "{schema}");
        let operation = &document["paths"]["/v1/orders/latest"]["get"];
        assert!(
            operation.to_string().contains("schemas/Order\""),
            "{operation}"
        );
    }
}

#[test]
fn response_that_extends_a_known_type_uses_it() {
    let with = |property: Value| {
        json!({"type": "object", "required": ["id"], "properties": {
            "id": {"type": "integer"}, "price": {"type": "integer"}, "extra": property
        }})
    };
    for property in [
        json!({"type": "string"}),
        json!({"type": "object", "properties": {}}),
    ] {
        let schema = with(property);
        let (report, document) = apply_change(|contract| with_operation(contract, &schema));
        assert_eq!(new_schemas(&document), Vec::<String>::new());
        // The type is shared with operations that do not return it.
        assert_eq!(report.skipped.len(), 1, "{}", report.text(false));
        assert!(report.skipped[0].0.contains("→ extra"));
    }
}

#[test]
fn response_that_only_resembles_a_known_type_is_a_new_type() {
    for schema in [
        json!({"type": "object", "properties": {"id": {"type": "string"}, "price": {"type": "integer"}}}),
        json!({"type": "object", "properties": {"id": {"type": "integer"}, "a": {}, "b": {}, "c": {}}}),
    ] {
        let (report, document) = apply_change(|contract| with_operation(contract, &schema));
        assert!(report.is_clean(), "{}", report.text(false));
        assert_eq!(new_schemas(&document).len(), 1, "{schema}");
    }
}

#[test]
fn enum_that_extends_a_known_one_uses_it_in_responses() {
    let (report, document) = apply_property("state", json!({"enum": ["paid", "sent", "lost"]}));
    assert_eq!(new_schemas(&document), Vec::<String>::new());
    // Requests with this enum would accept the new value too.
    let skipped: Vec<&str> = report
        .skipped
        .iter()
        .map(|(line, _)| line.as_str())
        .collect();
    assert!(
        skipped.iter().all(|it| it.ends_with("enum value lost")),
        "{skipped:?}"
    );
    assert_eq!(report.differences.len(), 1, "{}", report.text(false));
    let (_, document) = apply_property("kind", json!({"enum": ["paid", "lost"]}));
    assert_eq!(new_schemas(&document), ["Kind"]);
}

#[test]
fn operation_with_other_security_is_applied_and_left_to_a_person() {
    for scheme in [
        json!({"type": "apiKey", "in": "header", "name": "X-Key"}),
        json!({"type": "http", "scheme": "basic"}),
        json!({"type": "oauth2", "flows": {}}),
    ] {
        let (report, document) = apply_change(|contract| {
            with_operation(contract, &json!({"type": "boolean"}));
            contract["paths"]["/v1/orders/latest"]["get"]["security"] = json!([{"other": []}]);
            contract["components"]["securitySchemes"]["other"] = scheme.clone();
        });
        assert_eq!(report.skipped, []);
        let operation = &document["paths"]["/v1/orders/latest"]["get"];
        assert!(
            operation["x-needs"]
                .as_array()
                .unwrap()
                .contains(&json!("security"))
        );
        let lines: Vec<String> = report
            .differences
            .iter()
            .map(|it| it.place.to_string())
            .collect();
        assert_eq!(lines, ["GET /v1/orders/latest → security"]);
    }
}

#[test]
fn enums_named_like_types_of_the_generator_find_a_free_name() {
    for name in ["scope", "error", "client", "option", "order"] {
        let (report, document) = apply_property(name, json!({"enum": ["a", "b"]}));
        assert!(report.is_clean(), "{name}: {}", report.text(false));
        assert_eq!(new_schemas(&document).len(), 1, "{name}");
    }
}

#[test]
fn field_of_a_known_type_is_applied_although_another_operation_differs_harmlessly() {
    for strict in [
        json!({"required": ["id", "price"]}),
        json!({"properties": {"price": {"minimum": 1}}}),
    ] {
        let (report, document) = apply_change(|contract| {
            let order = json!({"$ref": "#/components/schemas/Order"});
            contract["components"]["schemas"]["Order"]["properties"]["previous"] = order.clone();
            let schema = json!({"allOf": [order, strict]});
            let response = contract.pointer_mut(GET).unwrap();
            response["responses"]["200"]["content"]["application/json"]["schema"] = schema;
        });
        assert_eq!(report.skipped, [], "{}", report.text(false));
        let previous = &document["components"]["schemas"]["Order"]["properties"]["previous"];
        assert!(
            previous.to_string().contains("schemas/Order\""),
            "{previous}"
        );
    }
}

#[test]
fn deprecations_are_applied() {
    let (report, document) = apply_change(|contract| {
        contract["components"]["schemas"]["Order"]["properties"]["price"]["deprecated"] =
            json!(true);
        contract.pointer_mut(GET).unwrap()["deprecated"] = json!(true);
    });
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(document.pointer(GET).unwrap()["deprecated"], true);
    let price = "/components/schemas/Order/properties/price/deprecated";
    assert_eq!(document.pointer(price).unwrap(), true);
}

#[test]
fn operation_of_a_server_with_a_path_is_inserted_without_it() {
    let folder = workspace(&DOCUMENT_TEXT.replace("/v1/orders", "/orders").replace(
        "\"info\"",
        "\"servers\": [{\"url\": \"https://x.example/v1\"}], \"info\"",
    ));
    let mut contract = parse(DOCUMENT_TEXT).unwrap();
    with_operation(&mut contract, &json!({"type": "boolean"}));
    let options = Options {
        apply: true,
        ..with_contract(&folder, contract.to_string().as_bytes())
    };
    let report = run(folder.path(), &options).unwrap();
    assert!(report.is_clean(), "{}", report.text(false));
    let json = fs::read_to_string(folder.path().join(DOCUMENT)).unwrap();
    assert!(json.contains("\"/orders/latest\""), "{json}");
}
