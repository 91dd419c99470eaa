//! Names of schemas, properties, operations and parameters.

use serde_json::json;

use crate::test_document::{GET_NOTE, LIST_NOTES, RESPONSE_PROPERTY, small_document};

/// Names in the prelude, in progenitor and in its output that schemas may also have.
const TYPES_IN_SCOPE: &[&str] = &[
    "Error",
    "Client",
    "Option",
    "String",
    "Vec",
    "Result",
    "ResponseValue",
    "Default",
    "Box",
    "Into",
    "Clone",
    "Debug",
    "PartialEq",
    "Some",
    "None",
    "Ok",
    "Err",
    "ConversionError",
    "Inner",
    "Operation",
    "Authorization",
    "Value",
    "Map",
    "Serialize",
    "Deserialize",
    "MockServerExt",
    "GetNoteWhen",
    "GetNoteResponse",
    "NoteExtra",
    "T",
];

/// Names of progenitor's local variables and of other items in scope.
const LOCALS_IN_SCOPE: &[&str] = &[
    "url",
    "request",
    "response",
    "result",
    "info",
    "value",
    "client",
    "self",
    "body",
    "format",
    "append",
    "encode_path",
    "api-version",
    "baseurl",
    "inner",
    "reqwest",
    "types",
    "status",
    "headers",
    "re",
    "type",
    "2fa",
    "+1",
    "'",
];

#[test]
fn schemas_may_have_names_of_types_in_scope() {
    let (mut structs, mut ids) = (small_document("structs"), small_document("ids"));
    for name in TYPES_IN_SCOPE {
        let at = format!("/components/schemas/{name}");
        let property = format!(
            "/components/schemas/NewNote/properties/{}",
            name.to_lowercase()
        );
        let structure = json!({ "type": "object", "required": ["a"], "properties": { "a": {} } });
        structs = structs
            .set(&at, structure)
            .set(&property, json!({ "$ref": format!("#{at}") }));
        ids = ids
            .set(&at, json!({ "type": "integer" }))
            .set(&property, json!({ "$ref": format!("#{at}") }));
    }
    let (structs, ids) = (structs.expect_generated(), ids.expect_generated());
    for name in TYPES_IN_SCOPE {
        assert_eq!(
            structs.constructor_arguments(name).unwrap(),
            "a:::serde_json::Value"
        );
        assert!(ids.newtypes_contain(&format!("pub struct {name};")));
        assert!(ids.client_contains(&format!(
            "::std::option::Option<super::super::newtypes::{name}>"
        )));
    }
}

#[test]
fn rejects_schema_names_without_a_unique_type_name() {
    for name in [
        // The name in PascalCase is taken.
        "note", "3d", "Self", "", "Nóte", "سلام",
    ] {
        let at = format!("/components/schemas/{name}");
        small_document(name)
            .set(&at, json!({ "type": "string" }))
            .set(RESPONSE_PROPERTY, json!({ "$ref": format!("#{at}") }))
            .expect_diagnostic_at(&at);
    }
}

#[test]
fn properties_may_have_names_of_locals_and_keywords() {
    let more = ["crate", "fn", "async", "gen", "a,b", "__x1"];
    let names: Vec<&str> = LOCALS_IN_SCOPE.iter().copied().chain(more).collect();
    let mut document = small_document("properties");
    for name in &names {
        let at = format!("/components/schemas/NewNote/properties/{name}");
        document = document.set(&at, json!({ "type": "string" }));
    }
    let generated = document.expect_generated();
    let fields = generated.field_names("NewNote");
    assert_eq!(fields.len(), 4 + names.len(), "{fields:?}");
    for name in names {
        let has_name = |field: &&String| {
            let serde = generated.serde_attributes("NewNote", field);
            *field == name || serde.contains(&format!("rename={name:?}"))
        };
        assert_eq!(
            fields.iter().filter(has_name).count(),
            1,
            "{name} in {fields:?}"
        );
    }
}

#[test]
fn rejects_properties_without_a_unique_field_name() {
    for (one, other) in [
        ("a-b", "a_b"),
        ("+1", "plus1"),
        ("-1", "minus1"),
        ("type", "type_"),
        ("2fa", "x2fa"),
        ("users", "user's"),
        ("aB", "a_b"),
    ] {
        let at = "/components/schemas/Link/properties";
        let diagnostic = small_document(format!("{one} and {other}"))
            .set(&format!("{at}/{one}"), json!({}))
            .set(&format!("{at}/{other}"), json!({}))
            .expect_diagnostic_at(&format!("{at}/{}", one.max(other)));
        assert!(
            diagnostic.message.contains("the same field"),
            "{diagnostic}"
        );
    }
    small_document("a name that is not ASCII")
        .set("/components/schemas/Link/properties/نام", json!({}))
        .expect_diagnostic_at("/components/schemas/Link/properties/نام");
}

#[test]
fn operations_may_have_names_of_locals_but_not_of_client_methods() {
    let at = format!("{GET_NOTE}/operationId");
    for id in [
        "request", "response", "info", "value", "body", "format", "types", "status",
    ] {
        let generated = small_document(id).set(&at, json!(id)).expect_generated();
        assert_eq!(generated.response_type(id), "types::Note");
        assert!(generated.operations_contain(&format!("id: \"{id}\",")));
    }
    for id in [
        "",
        "_",
        "2get",
        "fn",
        "self",
        "gen",
        "récup",
        "new",
        "client",
        "baseurl",
        "inner",
        "pre",
        "post",
        "exec",
        "clone",
        "all",
        "into",
        "try_into",
        "oauth_token",
        "authorization_url",
        "token_base_url",
        "url",
        "mock",
        "reset",
        "address",
    ] {
        small_document(id)
            .set(&at, json!(id))
            .expect_diagnostic_at(&at);
    }
}

#[test]
fn rejects_missing_and_duplicate_operation_ids() {
    let at = format!("{GET_NOTE}/operationId");
    small_document("no operationId")
        .remove(&at)
        .expect_diagnostic_at(&at);
    small_document("a repeated operationId")
        .set(&at, json!("create_note"))
        .expect_diagnostic_at(&at);
    let diagnostic = small_document("operation ids with the same mock")
        .set(&at, json!("create_note1"))
        .set(
            "/paths/~1v1~1notes/post/operationId",
            json!("create_note_1"),
        )
        .expect_diagnostic_at(&at);
    assert!(diagnostic.message.contains("the same mock"), "{diagnostic}");
    small_document("a numeric operationId")
        .set(&at, json!(3))
        .expect_diagnostic_among_others_at(&at);
}

#[test]
fn parameters_may_have_names_of_locals() {
    let mut document = small_document("parameters");
    let names = LOCALS_IN_SCOPE
        .iter()
        .filter(|name| !matches!(**name, "+1" | "'"));
    let names: Vec<(&str, &str)> = names
        .flat_map(|it| [(*it, "query"), (*it, "header")])
        .collect();
    for (index, (name, location)) in names.iter().enumerate() {
        let parameter = json!({ "name": name, "in": location, "schema": { "type": "string" } });
        document = document.set(
            &format!("/paths/~1probe{index}"),
            json!({ "get": {
            "operationId": format!("probe{index}"),
            "x-idempotent": true,
            "security": [],
            "parameters": [parameter],
            "responses": { "204": { "description": "" } },
        } }),
        );
    }
    let generated = document.expect_generated();
    for (index, (name, location)) in names.iter().enumerate() {
        let expected = match *location {
            "query" => format!(r#".query(&progenitor_client::QueryParam::new({name:?}, &"#),
            _ => format!(r#"header_map.append({name:?}, value.to_string().try_into()?)"#),
        };
        assert!(generated.client_contains(&expected), "{name} in {location}");
        let arguments = generated.operation_arguments(&format!("probe{index}"));
        assert!(arguments.ends_with(":Option<&'astr>"), "{arguments}");
    }
}

#[test]
fn rejects_parameters_without_a_unique_argument_name() {
    let at = format!("{LIST_NOTES}/parameters/3/name");
    for (name, location) in [
        ("x-language", "query"),
        ("X_Language", "query"),
        ("kind", "header"),
        ("header_map", "query"),
        ("header-map", "header"),
        ("new", "query"),
        ("into_inner", "header"),
        ("نوع", "query"),
        ("", "query"),
        ("a b", "header"),
        ("a:b", "header"),
    ] {
        let parameter = json!({ "name": name, "in": location, "schema": { "type": "string" } });
        small_document(format!("{location} {name}"))
            .set(&format!("{LIST_NOTES}/parameters/-"), parameter)
            .expect_diagnostic_at(&at);
    }
    let body = json!({ "name": "body", "in": "query", "schema": { "type": "string" } });
    small_document("a parameter named body and a request body")
        .set("/paths/~1v1~1notes/post/parameters", json!([body]))
        .expect_diagnostic_at("/paths/~1v1~1notes/post/parameters/0/name");
}
