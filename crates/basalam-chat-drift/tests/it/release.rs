//! A contract with the changes of a plausible release, from the report to the applied document.

use std::fs;
use std::path::{Path, PathBuf};

use basalam_chat_drift::{DOCUMENT, Options, Report, run};
use serde_json::{Value, json};

/// The number of places that a person may have to edit after `--apply`.
const MAX_PLACES: usize = 15;

fn committed() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(DOCUMENT)).unwrap()
}

fn properties<'a>(contract: &'a mut Value, schema: &str) -> &'a mut Value {
    &mut contract["components"]["schemas"][schema]["properties"]
}

fn remove(object: &mut Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name).unwrap()
}

/// Returns the committed document after 20 changes.
fn contract() -> Value {
    let mut contract: Value = serde_json::from_str(&committed()).unwrap();
    let time = json!({"type": "string", "nullable": true});

    // Additions to known types, among them an enum whose name the generator uses.
    let chat = properties(&mut contract, "Chat");
    chat["pinned_at"] = time.clone();
    chat["muted_until"] = time.clone();
    chat["scope"] = json!({"type": "string", "enum": ["personal", "business"]});
    chat["pinned_message"] =
        json!({"allOf": [{"$ref": "#/components/schemas/MessageResource"}], "nullable": true});
    properties(&mut contract, "Message")["edited_at"] = time;
    properties(&mut contract, "Group")["topic"] = json!({"type": "string"});
    properties(&mut contract, "CreateMessageBody")["silent"] = json!({"type": "boolean"});

    // A new type of messages, a new value of a filter, and a new filter.
    let values = contract["components"]["schemas"]["MessageType"]["enum"].as_array_mut();
    values.unwrap().push(json!("poll"));
    let values = contract["components"]["schemas"]["ChatFilter"]["enum"].as_array_mut();
    values.unwrap().push(json!("forum"));
    properties(&mut contract, "MessageContent")["poll"] = json!({
        "type": "object", "required": ["id"],
        "properties": {"id": {"type": "integer"}, "question": {"type": "string"}}
    });
    let parameters = contract["paths"]["/v1/chats"]["get"]["parameters"].as_array_mut();
    parameters
        .unwrap()
        .push(json!({"name": "archived", "in": "query", "schema": {"type": "boolean"}}));

    // Deprecations.
    properties(&mut contract, "Chat")["show_approvals"]["deprecated"] = json!(true);
    properties(&mut contract, "Chat")["marked_as_unread"]["deprecated"] = json!(true);
    contract["paths"]["/v1/chats/unseen-count"]["get"]["deprecated"] = json!(true);

    // Changes that break clients.
    remove(properties(&mut contract, "Chat"), "archive_state");
    properties(&mut contract, "Chat")["unseen_message_count"] = json!({"type": "string"});
    let get_messages = &mut contract["paths"]["/v1/chats/{chat_id}/messages"]["get"];
    let parameters = get_messages["parameters"].as_array_mut().unwrap();
    parameters.retain(|it| it["name"] != "cmp");
    let forward = remove(&mut contract["paths"], "/v1/chats/messages/forward");
    contract["paths"]["/v2/chats/messages/forward"] = forward;

    // Two operations, with a body, a list, security, and a known type under another name.
    let resource = contract["components"]["schemas"]["Message"].clone();
    contract["components"]["schemas"]["MessageResource"] = resource;
    let chat_id =
        json!({"name": "chat_id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let list = json!({"type": "object", "required": ["data"], "properties": {"data": {"type": "object", "required": ["messages"], "properties": {
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/MessageResource"}}
    }}}});
    let body = json!({"type": "object", "required": ["message_ids"], "properties": {
        "message_ids": {"type": "array", "items": {"type": "integer"}},
        "silent": {"type": "boolean"}
    }});
    contract["paths"]["/v1/chats/{chat_id}/pins"] = json!({
        "parameters": [chat_id],
        "get": {
            "operationId": "get_pins_v3_pins_get",
            "security": [{"oauth2": ["customer.chat.read"]}, {"personal_token": []}],
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": list}}}}
        },
        "post": {
            "operationId": "pin_messages_v3_pins_post",
            "security": [{"oauth2": ["customer.chat.write"]}, {"personal_token": []}],
            "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
            "responses": {"200": {"description": "", "content": {"application/json": {"schema": list}}}}
        }
    });
    contract
}

fn compared(folder: &Path, apply: bool) -> Report {
    let options = Options {
        files: vec![folder.join("contract.json").to_str().unwrap().to_owned()],
        apply,
        ..Options::default()
    };
    run(folder, &options).unwrap()
}

#[test]
fn release_is_reported_applied_and_listed_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    fs::write(folder.path().join(DOCUMENT), committed()).unwrap();
    fs::write(folder.path().join("contract.json"), contract().to_string()).unwrap();

    // Each change is reported once.
    let json = compared(folder.path(), false).json();
    let lines: Vec<String> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["line"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(lines.len(), 20, "{lines:#?}");
    for (severity, place) in EXPECTED {
        let is = |it: &&String| it.starts_with(severity) && it.contains(place);
        assert_eq!(
            lines.iter().filter(is).count(),
            1,
            "{severity} {place} in {lines:#?}"
        );
    }

    // What is additive is applied, without new types for known ones.
    let report = compared(folder.path(), true);
    let json = report.json();
    assert_eq!(json["skipped"], json!([]), "{}", report.text(false));
    let left: Vec<&str> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["severity"].as_str().unwrap())
        .collect();
    assert_eq!(left, ["breaking"; 4], "{}", report.text(false));
    let applied = fs::read_to_string(folder.path().join(DOCUMENT)).unwrap();
    let new = new_schemas(&applied);
    assert_eq!(new.len(), 3, "{new:?}");
    assert!(new.contains(&"Poll".to_owned()), "{new:?}");

    // CI compiles the client of this document.
    basalam_chat_codegen::generate(&applied).unwrap();
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("applied-chat.json");
    fs::write(path, &applied).unwrap();

    // The rest is listed for a person, with lines.
    let checklist = report.checklist();
    let (document, _) = checklist.split_once("2. ").unwrap();
    let places = document.matches("- [ ]").count();
    assert!(places <= MAX_PLACES, "{places} places: {checklist}");
    assert_eq!(
        places,
        applied.matches("\"x-needs\"").count() + 4,
        "{checklist}"
    );
    for (index, line) in applied.lines().enumerate() {
        let is_listed = checklist.contains(&format!("line {}, ", index + 1));
        assert_eq!(is_listed, line.contains("\"x-needs\""), "{line}");
    }
    for file in [
        "emulator/src/operations.rs",
        "CHANGELOG.md",
        "docs/public-api",
        "vendor-shape.json",
    ] {
        assert!(checklist.contains(file), "{file} in {checklist}");
    }
}

const EXPECTED: [(&str, &str); 20] = [
    ("additive", ".pinned_at:"),
    ("additive", ".muted_until:"),
    ("additive", ".scope:"),
    ("additive", ".pinned_message:"),
    ("additive", ".edited_at:"),
    ("additive", ".topic:"),
    ("additive", "body → silent:"),
    ("additive", "enum value poll"),
    ("additive", "enum value forum"),
    ("additive", "content.poll:"),
    ("additive", "query → archived:"),
    ("harmless", ".show_approvals: not deprecated"),
    ("harmless", ".marked_as_unread: not deprecated"),
    ("harmless", "unseen-count: not deprecated"),
    ("breaking", ".archive_state:"),
    (
        "breaking",
        ".unseen_message_count: integer in the document, string in the contract",
    ),
    ("breaking", "query → cmp:"),
    (
        "breaking",
        "POST /v1/chats/messages/forward: moved to POST /v2/chats/messages/forward",
    ),
    ("additive", "GET /v1/chats/{chat_id}/pins:"),
    ("additive", "POST /v1/chats/{chat_id}/pins:"),
];

fn new_schemas(applied: &str) -> Vec<String> {
    let names = |json: &str| -> Vec<String> {
        let document: Value = serde_json::from_str(json).unwrap();
        document["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let before = names(&committed());
    names(applied)
        .into_iter()
        .filter(|it| !before.contains(it))
        .collect()
}
