//! Small documents, one for each accepted construct.

use serde_json::{Value, json};

use super::Module;
use crate::read_workspace_file;
use crate::test_document::{
    CREATE_NOTE, GET_NOTE, LIST_NOTES, REQUEST_PROPERTY, RESPONSE_PROPERTY, SMALL, TestDocument,
    small_document,
};

/// A document in OpenAPI 3.1, with the constructs that FastAPI generates.
pub(crate) const WEBHOOKS: &str = include_str!("../documents/webhooks.json");

/// Returns the module `small` of the small document, `webhooks`, and one for each construct.
pub(super) fn modules() -> Vec<Module> {
    let documents = [("small", SMALL), ("webhooks", WEBHOOKS)];
    let mut modules: Vec<Module> = documents
        .into_iter()
        .map(|(name, document)| Module {
            name: name.to_owned(),
            document: document.to_owned(),
        })
        .collect();
    let constructs = schemas()
        .into_iter()
        .chain(named_schemas())
        .chain(operations());
    modules.extend(constructs.enumerate().map(|(index, document)| Module {
        name: format!("construct{index}"),
        document: document.json(),
    }));
    modules
}

/// Returns `openapi/chat.json` without some of the types that the API crate adds methods to.
pub(super) fn chat_document_without_some_types() -> String {
    let mut document: Value =
        serde_json::from_str(&read_workspace_file("openapi/chat.json")).unwrap();
    let schemas = &mut document["components"]["schemas"];
    schemas["Timestamp"] = json!({ "type": "integer" });
    schemas["MessageFile"]["properties"]["url"] = json!({ "type": "integer" });
    let button = schemas["NewButton"].as_object_mut().unwrap();
    button.insert("required".to_owned(), json!(["id"]));
    schemas["ChatType"]["enum"] = json!(["private"]);
    document.to_string()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Schemas of properties, in a request and in a response.
fn schemas() -> Vec<TestDocument> {
    let object = json!({ "type": "object", "required": ["a"], "properties": {
        "a": { "type": "object", "properties": { "b": { "type": "string", "enum": ["c"] } } },
        "d": { "type": "array", "items": { "type": "object", "properties": { "e": {} } } },
        "f": { "type": "object", "additionalProperties": { "type": "string", "enum": ["g", "h"] } },
    } });
    let schemas = [
        json!({}),
        json!({ "nullable": true }),
        json!({ "type": "string", "nullable": true }),
        json!({ "type": "integer" }),
        json!({ "type": "number", "nullable": true }),
        json!({ "type": "boolean", "default": true }),
        json!({ "type": "array", "items": {} }),
        json!({ "type": "array", "nullable": true, "items": { "type": "array", "items": reference("Link") } }),
        json!({ "type": "array", "items": { "nullable": true, "allOf": [reference("NoteKind")] } }),
        json!({ "type": "object" }),
        json!({ "type": "object", "additionalProperties": reference("Note") }),
        json!({ "type": "string", "enum": ["a", "b"] }),
        json!({ "enum": ["a", null], "nullable": true, "description": "Nullable." }),
        object,
        json!({ "nullable": true, "allOf": [reference("Link")] }),
        json!({ "type": "string", "nullable": true, "format": "password" }),
        json!({ "anyOf": [reference("NoteKind"), { "type": "string" }] }),
        reference("Links"),
        reference("ReceivedNoteId"),
    ];
    let document = |schema: &Value, is_required: bool| {
        let document = small_document(schema.to_string())
            .set(RESPONSE_PROPERTY, schema.clone())
            .set(REQUEST_PROPERTY, schema.clone());
        match is_required {
            true => document
                .set("/components/schemas/Note/required", json!(["id", "probe"]))
                .set("/components/schemas/NewNote/required", json!(["probe"])),
            false => document,
        }
    };
    let required = schemas.iter().map(|schema| document(schema, true));
    let optional = schemas.iter().map(|schema| document(schema, false));
    required.chain(optional).collect()
}

fn named_schemas() -> Vec<TestDocument> {
    let recursive = json!({ "type": "object", "properties": {
        "next": { "nullable": true, "allOf": [reference("Probe")] },
        "others": { "type": "array", "items": reference("Probe") },
        "map": { "type": "object", "additionalProperties": reference("Probe") },
    }, "additionalProperties": {} });
    let boxed = json!({ "type": "object", "x-boxed": true, "properties": { "a": {} } });
    [
        json!({ "type": "integer" }),
        json!({ "type": "string" }),
        json!({ "type": "string", "enum": ["err", "ok", "some", "none", "self", "unknown", "*"] }),
        json!({ "anyOf": [
            { "type": "array", "items": reference("Note") },
            { "type": "object", "maxProperties": 0 },
        ] }),
        recursive,
        boxed,
    ]
    .map(|schema| small_document(schema.to_string()).set_named_schema(schema))
    .into()
}

fn operations() -> Vec<TestDocument> {
    let mut documents = Vec::new();
    for schema in [
        json!({ "type": "integer" }),
        json!({ "type": "boolean", "nullable": true }),
        json!({ "type": "array", "items": reference("Note") }),
        json!({ "type": "array", "items": { "type": "string", "enum": ["a"] } }),
        json!({ "type": "object", "additionalProperties": { "type": "number" } }),
        json!({ "type": "object", "properties": { "a": {} } }),
        json!({}),
        reference("NoteId"),
        reference("NoteKind"),
        reference("Links"),
    ] {
        let content = json!({ "application/json": { "schema": schema } });
        documents.push(small_document(format!("response {schema}")).set(
            &format!("{GET_NOTE}/responses/200/content"),
            content.clone(),
        ));
        documents.push(
            small_document(format!("body {schema}"))
                .set(&format!("{CREATE_NOTE}/requestBody/content"), content),
        );
    }
    for location in ["query", "header"] {
        for required in [true, false] {
            let scalars = [
                json!({ "type": "integer" }),
                json!({ "type": "number" }),
                json!({ "type": "boolean" }),
                json!({ "type": "string", "enum": ["a", "b"] }),
                reference("NoteId"),
                reference("Colour"),
            ];
            let mut document = small_document(format!("{location} {required}"));
            for (index, schema) in scalars.into_iter().enumerate() {
                let array = json!({ "type": "array", "items": schema });
                let parameter = |kind: &str, schema: Value, explode: bool| {
                    let name = format!("{kind}{index}");
                    json!({ "name": name, "in": location, "required": required, "explode": explode,
                        "schema": schema })
                };
                let mut parameters = vec![parameter("scalar", schema, false)];
                if location == "query" {
                    parameters.push(parameter("exploded", array.clone(), true));
                    parameters.push(parameter("joined", array, false));
                }
                for parameter in parameters {
                    document = document.set(&format!("{LIST_NOTES}/parameters/-"), parameter);
                }
            }
            documents.push(document);
        }
    }
    documents.push(small_document("a path in the server's URL").set(
        "/servers",
        json!([{ "url": "https://notes.example/api/v2" }]),
    ));
    documents.push(
        small_document("no security, HEAD and PUT")
            .remove("/components/securitySchemes")
            .set(
                "/paths",
                json!({ "/a": {
                "head": { "operationId": "headA", "responses": { "204": { "description": "" } } },
                "put": { "operationId": "putA", "responses": { "2XX": { "description": "" } } },
                "patch": { "operationId": "patchA", "responses": { "200": { "description": "" } } },
            } }),
            ),
    );
    documents
}
