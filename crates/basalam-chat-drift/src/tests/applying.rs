//! Taking over, in small.

use super::*;

/// A document in the house's style.
const HERE: &str = r##"{
  "openapi": "3.0.3",
  "info": {
    "title": "Shop",
    "version": "1"
  },
  "tags": [
    {
      "name": "orders",
      "description": "What was bought."
    }
  ],
  "paths": {
    "/v1/orders/{order_id}": {
      "get": {
        "tags": [
          "orders"
        ],
        "operationId": "get_order",
        "summary": "Show an order.",
        "security": [
          {
            "bearer": []
          }
        ],
        "x-idempotent": true,
        "parameters": [
          {
            "name": "order_id",
            "in": "path",
            "required": true,
            "schema": {
              "$ref": "#/components/schemas/OrderId"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The order.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Order"
                }
              }
            }
          }
        }
      }
    },
    "/v1/orders": {
      "post": {
        "tags": [
          "orders"
        ],
        "operationId": "create_order",
        "summary": "Buy.",
        "security": [
          {
            "bearer": []
          }
        ],
        "x-idempotent": false,
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/CreateOrderBody"
              }
            }
          }
        },
        "responses": {
          "200": {
            "description": "The order.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Order"
                }
              }
            }
          }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "OrderId": {
        "description": "Names an order.",
        "type": "integer",
        "format": "int64"
      },
      "OrderState": {
        "description": "How far an order has come.",
        "type": "string",
        "enum": [
          "paid",
          "sent"
        ]
      },
      "CreateOrderBody": {
        "description": "What to buy.",
        "type": "object",
        "required": [
          "state"
        ],
        "properties": {
          "state": {
            "description": "How far it has come already.",
            "allOf": [
              {
                "$ref": "#/components/schemas/OrderState"
              }
            ]
          },
          "note": {
            "description": "A word to the seller.",
            "type": "string",
            "nullable": true
          }
        }
      },
      "Order": {
        "description": "What was bought.",
        "type": "object",
        "required": [
          "id"
        ],
        "properties": {
          "id": {
            "description": "Its number.",
            "allOf": [
              {
                "$ref": "#/components/schemas/OrderId"
              }
            ]
          },
          "price": {
            "description": "What it cost.",
            "type": "integer",
            "format": "int64"
          }
        }
      }
    },
    "securitySchemes": {
      "bearer": {
        "type": "http",
        "scheme": "bearer"
      }
    }
  }
}
"##;

fn order() -> Value {
    json!({"type": "object", "title": "Order", "required": ["id", "buyer"], "properties": {
        "id": {"type": "integer", "title": "Id"},
        "buyer": {"$ref": "#/components/schemas/shop_aa8af3_BuyerModelV3_Modified_c056111f", "description": "Their words."},
        "price": {"type": "integer"},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/shop_aa8af3_OrderV3"}, {"type": "null"}]}
    }})
}

/// The contract for it: other names, other order, and more of everything.
fn there() -> Value {
    let answer = json!({"200": {"description": "Their words.", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/shop_aa8af3_OrderV3"}
    }}}});
    let order_id =
        json!({"name": "order_id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let token = json!({"name": "token", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[a-z]{35,}$"}});
    let who = |id: &str| {
        json!({"operationId": id, "description": "Their words.", "parameters": [token.clone()], "responses": {"200": {"description": "", "content": {"application/json": {
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
                ], "responses": answer.clone()},
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
                "responses": answer
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
    applied_text(folder, &contract.to_string())
}

fn applied_text(folder: &tempfile::TempDir, contract: &str) -> Report {
    let options = Options {
        apply: true,
        ..with_contract(folder, contract.as_bytes())
    };
    run(folder.path(), &options).unwrap()
}

fn document(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join(DOCUMENT)).unwrap()
}

#[test]
fn what_is_additive_is_taken_over_and_a_second_drift_is_clean() {
    let folder = workspace(HERE);
    let report = applied(&folder, &there());
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(report.left, []);
    assert_eq!(
        report.applied,
        [
            "POST /v1/orders → body → order_id: only there: optional integer or null",
            "POST /v1/orders → body → previous_id: only there: optional integer from 1 up to 2147483647 or null",
            "POST /v1/orders → body → state: only there: the value packed",
            "POST /v1/orders → body → state: only there: the value returned",
            "POST /v1/orders → 200 → buyer: only there: required object with level, name",
            "POST /v1/orders → 200 → parent: only there: optional object with buyer, id, parent, price or null",
            "GET /v1/orders/{order_id} → query → language: only there: optional text",
            "DELETE /v1/orders/{order_id}: only there: the operation",
            "GET /v1/shops/{token}/whoAmI: only there: the operation",
            "POST /v1/shops/{token}/whoAmI: only there: the operation",
        ]
    );
}

#[test]
fn taking_over_twice_changes_nothing() {
    let folder = workspace(HERE);
    applied(&folder, &there());
    let first = document(&folder);
    let report = applied(&folder, &there());
    assert!(report.applied.is_empty() && report.is_clean());
    assert!(document(&folder) == first);
}

#[test]
fn new_things_have_clean_names_stand_beside_their_neighbours_and_say_what_they_need() {
    let folder = workspace(HERE);
    let text = there().to_string();
    // In an order that is not that of the alphabet.
    let order = r#""order_id":{"anyOf":[{"type":"integer"},{"type":"null"}]},"#;
    let text = text.replace(order, "");
    let contract = text.replace(
        "\"state\":{\"enum\"",
        &format!("{order}\"state\":{{\"enum\""),
    );
    assert!(contract.contains(order));
    applied_text(&folder, &contract);
    let text = document(&folder);
    for theirs in [
        "aa8af3",
        "c056111f",
        "Modified",
        "V3",
        "Their words",
        "BuyerModelV3",
        "Gateway",
    ] {
        assert!(!text.contains(theirs), "{theirs} in {text}");
    }
    let place = |what: &str| {
        text.find(what)
            .unwrap_or_else(|| panic!("no {what} in {text}"))
    };
    // All that was there is there, in its order, and what is new has its place in it.
    for (one, two) in [
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
        assert!(place(one) < place(two), "{one} before {two} in {text}");
    }
    let document: Value = serde_json::from_str(&text).unwrap();
    let at = |pointer: &str| {
        document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("no {pointer}"))
    };
    let schemas = "/components/schemas";
    assert_eq!(
        at(&format!("{schemas}/BuyerModel/properties/name/x-needs")),
        &json!(["description"])
    );
    assert_eq!(
        at(&format!(
            "{schemas}/CreateOrderBody/properties/order_id/allOf/0/$ref"
        )),
        "#/components/schemas/OrderId"
    );
    // A value that holds its like does so here too.
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
        json!(["summary", "description", "security", "x-idempotent"])
    );
}

#[test]
fn the_generated_client_has_what_was_taken_over() {
    let folder = workspace(HERE);
    applied(&folder, &there());
    let client = basalam_chat_codegen::generate(&document(&folder))
        .unwrap()
        .client;
    for method in ["fn cancel_order", "fn who_am_i", "fn who_am_i_post"] {
        assert!(client.contains(method), "{method}");
    }
    assert!(client.contains("pub previous_id"));
}

#[test]
fn what_breaks_or_has_no_form_here_is_left_and_listed() {
    let mut there = there();
    let body = "/paths/~1v1~1orders/post/requestBody/content/application~1json/schema";
    let body = there.pointer_mut(body).unwrap();
    body["required"] = json!(["state", "address"]);
    body["properties"]["address"] = json!({"type": "string"});
    body["properties"]["gift"] = json!({"anyOf": [{"type": "string"}, {"type": "boolean"}]});
    let folder = workspace(HERE);
    let report = applied(&folder, &there);
    let text = report.text(false);
    assert!(!report.is_clean());
    assert!(
        text.contains("breaking  POST /v1/orders → body → address: only there: required text"),
        "{text}"
    );
    assert_eq!(report.left.len(), 1, "{text}");
    assert!(report.left[0].0.contains("→ body → gift"));
    assert!(report.left[0].1.contains("several types"), "{text}");
    assert!(document(&folder).contains("previous_id"));
    assert!(!document(&folder).contains("gift"));
}

#[test]
fn a_schema_that_other_places_share_is_not_widened_for_one_of_them() {
    let mut there = there();
    let order = &mut there["components"]["schemas"]["shop_aa8af3_OrderV3"];
    let mut received = order.clone();
    received["properties"]["paid_at"] = json!({"type": "string"});
    there["components"]["schemas"]["Received"] = received;
    there["paths"]["/v1/orders"]["post"]["responses"]["200"]["content"]["application/json"]["schema"] =
        json!({"$ref": "#/components/schemas/Received"});
    let folder = workspace(HERE);
    let report = applied(&folder, &there);
    let left: Vec<_> = report
        .left
        .iter()
        .filter(|it| it.0.contains("paid_at"))
        .collect();
    assert_eq!(left.len(), 1, "{}", report.text(false));
    assert!(left[0].1.contains("other places"), "{}", left[0].1);
    assert!(!document(&folder).contains("paid_at"));
}

#[test]
fn what_is_known_of_the_service_holds_for_what_comes_back() {
    let folder = workspace(HERE);
    let deviations = json!({"about": "", "deviations": [{
        "differences": [{
            "is": ["^[a-z]+$ here, ^[a-z]{35,}$ there"],
            "at": ["GET /v1/shops/{token}/whoAmI → path → token", "POST /v1/shops/{token}/whoAmI → path → token"]
        }],
        "why": "Shorter ones work.",
        "certainty": "certain"
    }]});
    fs::write(folder.path().join(deviations::PATH), deviations.to_string()).unwrap();
    let report = applied(&folder, &there());
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(report.explained, 2);
    assert!(document(&folder).contains("\"^[a-z]+$\""));
}

#[test]
fn a_document_that_cannot_be_generated_from_is_not_written() {
    let broken = HERE.replace("\"x-idempotent\": false,", "");
    let folder = workspace(&broken);
    let options = Options {
        apply: true,
        ..with_contract(&folder, there().to_string().as_bytes())
    };
    let error = run(folder.path(), &options).err().unwrap();
    let message = format!("{error:#}");
    assert!(message.contains("x-idempotent"), "{message}");
    assert!(document(&folder) == broken);
}
