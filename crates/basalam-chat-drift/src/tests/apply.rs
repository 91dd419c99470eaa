//! Applying additions to a small document.

use super::*;

/// A document in the style of the committed one.
const DOCUMENT_TEXT: &str = include_str!("shop.json");

fn order() -> Value {
    json!({"type": "object", "title": "Order", "required": ["id", "buyer"], "properties": {
        "id": {"type": "integer", "title": "Id"},
        "buyer": {"$ref": "#/components/schemas/shop_aa8af3_BuyerModelV3_Modified_c056111f", "description": "Vendor prose."},
        "price": {"type": "integer"},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/shop_aa8af3_OrderV3"}, {"type": "null"}]}
    }})
}

/// Returns a contract with other names, another order and additions.
fn contract_json() -> Value {
    let response = json!({"200": {"description": "Vendor prose.", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/shop_aa8af3_OrderV3"}
    }}}});
    let order_id =
        json!({"name": "order_id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let token = json!({"name": "token", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[a-z]{35,}$"}});
    let who = |id: &str| {
        json!({"operationId": id, "description": "Vendor prose.", "parameters": [token.clone()], "responses": {"200": {"description": "", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/shop_aa8af3_BuyerModelV3_Modified_c056111f"}
        }}}}})
    };
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Gateway", "version": "1.0.0"},
        "paths": {
            "/v1/shops/{token}/whoAmI": {"post": who("who_am_i_post"), "get": who("who_am_i_get")},
            "/v1/orders/{order_id}": {
                "get": {"operationId": "read_v3_orders_get", "parameters": [
                    order_id.clone(),
                    {"name": "language", "in": "query", "schema": {"type": "string", "title": "Language"}}
                ], "responses": response.clone()},
                "delete": {"operationId": "cancel_order_v3_orders_delete", "parameters": [order_id], "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"type": "object", "required": ["done"], "properties": {"done": {"type": "boolean"}}}
                }}}}}
            },
            "/v1/orders": {"post": {
                "operationId": "x",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "type": "object", "required": ["state"], "properties": {
                        "state": {"type": "string", "enum": ["paid", "packed", "sent", "returned"]},
                        "previous_id": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 2147483647}, {"type": "null"}]},
                        "order_id": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                        "note": {"type": ["string", "null"]}
                    }
                }}}},
                "responses": response
            }}
        },
        "components": {"schemas": {
            "shop_aa8af3_OrderV3": order(),
            "shop_aa8af3_BuyerModelV3_Modified_c056111f": {"type": "object", "title": "BuyerModelV3", "required": ["name"], "properties": {
                "name": {"type": "string"},
                "level": {"anyOf": [{"type": "string", "enum": ["new", "old"]}, {"type": "null"}]}
            }}
        }}
    })
}

fn applied(folder: &tempfile::TempDir, contract: &Value) -> Report {
    let options = Options {
        apply: true,
        ..with_contract(folder, contract.to_string().as_bytes())
    };
    run(folder.path(), &options).unwrap()
}

fn document(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join(DOCUMENT)).unwrap()
}

#[test]
fn applies_additions_until_nothing_is_left() {
    let folder = workspace(DOCUMENT_TEXT);
    let report = applied(&folder, &contract_json());
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(report.skipped, []);
    assert_eq!(
        report.applied,
        [
            "POST /v1/orders → body → order_id: only in the contract: optional integer or null",
            "POST /v1/orders → body → previous_id: only in the contract: optional integer (minimum 1, maximum 2147483647) or null",
            "POST /v1/orders → body → state: only in the contract: enum value packed",
            "POST /v1/orders → body → state: only in the contract: enum value returned",
            "POST /v1/orders → 200 → buyer: only in the contract: required object with level, name",
            "POST /v1/orders → 200 → parent: only in the contract: optional object with buyer, id, parent, price or null",
            "GET /v1/orders/{order_id} → query → language: only in the contract: optional string",
            "DELETE /v1/orders/{order_id}: only in the contract: the operation",
            "GET /v1/shops/{token}/whoAmI: only in the contract: the operation",
            "POST /v1/shops/{token}/whoAmI: only in the contract: the operation",
        ]
    );
}

#[test]
fn applying_twice_changes_nothing() {
    let folder = workspace(DOCUMENT_TEXT);
    applied(&folder, &contract_json());
    let first = document(&folder);
    let report = applied(&folder, &contract_json());
    assert!(report.applied.is_empty() && report.is_clean());
    assert!(document(&folder) == first);
}

#[test]
fn additions_have_clean_names_in_contract_order_and_list_their_needs() {
    let folder = workspace(DOCUMENT_TEXT);
    applied(&folder, &contract_json());
    let text = document(&folder);
    for name in [
        "aa8af3",
        "c056111f",
        "Modified",
        "V3",
        "Vendor prose",
        "BuyerModelV3",
        "Gateway",
    ] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    let position = |fragment: &str| {
        text.find(fragment)
            .unwrap_or_else(|| panic!("no {fragment} in {text}"))
    };
    // The order of the document is kept, and additions follow the order of the contract.
    for (first, second) in [
        ("\"OrderId\": {", "\"OrderState\": {"),
        ("\"paid\"", "\"packed\""),
        ("\"packed\"", "\"sent\""),
        ("\"sent\"", "\"returned\""),
        ("\"previous_id\"", "\"order_id\": {"),
        (
            "\"operationId\": \"get_order\"",
            "\"operationId\": \"cancel_order\"",
        ),
        (
            "\"operationId\": \"cancel_order\"",
            "\"operationId\": \"create_order\"",
        ),
        (
            "\"operationId\": \"who_am_i\"",
            "\"operationId\": \"who_am_i_post\"",
        ),
    ] {
        assert!(
            position(first) < position(second),
            "{first} before {second} in {text}"
        );
    }
    let document: Value = serde_json::from_str(&text).unwrap();
    let at = |pointer: &str| {
        document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("no {pointer}"))
    };
    let schemas = "/components/schemas";
    assert_eq!(
        at(&format!("{schemas}/BuyerModel/x-needs")),
        &json!([
            "description",
            "properties.name.description",
            "properties.level.description"
        ])
    );
    assert_eq!(
        at(&format!(
            "{schemas}/CreateOrderBody/properties/order_id/allOf/0/$ref"
        )),
        "#/components/schemas/OrderId"
    );
    // Recursion is preserved.
    assert_eq!(
        at(&format!("{schemas}/Order/properties/parent/allOf/0/$ref")),
        "#/components/schemas/Order"
    );
    assert_eq!(at(&format!("{schemas}/ShopToken/format")), "password");
    assert_eq!(at("/tags/1/name"), "shops");
    let who = at("/paths/~1v1~1shops~1{token}~1whoAmI/get");
    assert_eq!(who["security"], json!([]));
    assert_eq!(who["x-idempotent"], json!(false));
    assert_eq!(
        who["x-needs"],
        json!([
            "summary",
            "description",
            "security",
            "x-idempotent",
            "parameters.token.description",
            "responses.200.description"
        ])
    );
}

#[test]
fn generated_client_has_the_additions() {
    let folder = workspace(DOCUMENT_TEXT);
    applied(&folder, &contract_json());
    let client = basalam_chat_codegen::generate(&document(&folder))
        .unwrap()
        .client;
    for method in ["fn cancel_order", "fn who_am_i", "fn who_am_i_post"] {
        assert!(client.contains(method), "{method}");
    }
    assert!(client.contains("pub previous_id"));
}

#[test]
fn skips_breaking_and_unsupported_additions() {
    let mut contract = contract_json();
    let body = "/paths/~1v1~1orders/post/requestBody/content/application~1json/schema";
    let body = contract.pointer_mut(body).unwrap();
    body["required"] = json!(["state", "address"]);
    body["properties"]["address"] = json!({"type": "string"});
    body["properties"]["gift"] = json!({"anyOf": [{"type": "string"}, {"type": "boolean"}]});
    let folder = workspace(DOCUMENT_TEXT);
    let report = applied(&folder, &contract);
    let text = report.text(false);
    assert!(!report.is_clean());
    assert!(
        text.contains(
            "breaking  POST /v1/orders → body → address: only in the contract: required string"
        ),
        "{text}"
    );
    assert_eq!(report.skipped.len(), 1, "{text}");
    assert!(report.skipped[0].0.contains("→ body → gift"));
    assert!(report.skipped[0].1.contains("several types"), "{text}");
    assert!(document(&folder).contains("previous_id"));
    assert!(!document(&folder).contains("gift"));
}

#[test]
fn does_not_widen_schema_shared_with_other_places() {
    let mut contract = contract_json();
    let order = &mut contract["components"]["schemas"]["shop_aa8af3_OrderV3"];
    let mut received = order.clone();
    received["properties"]["paid_at"] = json!({"type": "string"});
    contract["components"]["schemas"]["Received"] = received;
    contract["paths"]["/v1/orders"]["post"]["responses"]["200"]["content"]["application/json"]["schema"] =
        json!({"$ref": "#/components/schemas/Received"});
    let folder = workspace(DOCUMENT_TEXT);
    let report = applied(&folder, &contract);
    let skipped: Vec<_> = report
        .skipped
        .iter()
        .filter(|it| it.0.contains("paid_at"))
        .collect();
    assert_eq!(skipped.len(), 1, "{}", report.text(false));
    assert!(skipped[0].1.contains("other places"), "{}", skipped[0].1);
    assert!(!document(&folder).contains("paid_at"));
}

#[test]
fn respects_deviations_of_additions() {
    let folder = workspace(DOCUMENT_TEXT);
    let deviations = json!({"about": "", "deviations": [{
        "differences": [{
            "is": ["^[a-z]+$ in the document, ^[a-z]{35,}$ in the contract"],
            "at": ["GET /v1/shops/{token}/whoAmI → path → token", "POST /v1/shops/{token}/whoAmI → path → token"]
        }],
        "why": "Shorter ones work.",
        "certainty": "certain"
    }]});
    fs::write(folder.path().join(deviations::PATH), deviations.to_string()).unwrap();
    let report = applied(&folder, &contract_json());
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(report.explained, 2);
    assert!(document(&folder).contains("\"^[a-z]+$\""));
}

#[test]
fn does_not_write_document_that_the_generator_rejects() {
    let broken = DOCUMENT_TEXT.replace("\"x-idempotent\": false,", "\"x-idempotent\": 0,");
    let folder = workspace(&broken);
    let options = Options {
        apply: true,
        ..with_contract(&folder, contract_json().to_string().as_bytes())
    };
    let error = run(folder.path(), &options).err().unwrap();
    let message = format!("{error:#}");
    assert!(message.contains("x-idempotent"), "{message}");
    assert!(document(&folder) == broken);
}
