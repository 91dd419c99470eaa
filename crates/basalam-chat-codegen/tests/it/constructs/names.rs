//! Names: of schemas, members, operations and parameters.

use serde_json::json;

use crate::change::{ANSWERED, GET, LIST, small_with};

/// Names of the prelude, of progenitor and of its output, which a schema may have all the same.
const TAKEN: &[&str] = &[
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

/// Names of progenitor's local variables and of what is in scope beside them.
const LOCAL: &[&str] = &[
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
fn a_schema_may_be_called_like_anything_in_scope() {
    let (mut structs, mut ids) = (small_with("structs"), small_with("ids"));
    for name in TAKEN {
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
    let (structs, ids) = (structs.is_accepted(), ids.is_accepted());
    for name in TAKEN {
        assert_eq!(structs.new_of(name).unwrap(), "a:::serde_json::Value");
        assert!(ids.scalars_have(&format!("pub struct {name};")));
        assert!(ids.client_has(&format!("::std::option::Option<crate::newtypes::{name}>")));
    }
}

#[test]
fn a_schema_name_that_rust_would_write_otherwise_is_refused() {
    for name in [
        "note",
        "HTTPError",
        "Note_Text",
        "3d",
        "Self",
        "",
        "Note.Text",
        "Nóte",
        "سلام",
    ] {
        let at = format!("/components/schemas/{name}");
        small_with(name)
            .set(&at, json!({ "type": "string" }))
            .set(ANSWERED, json!({ "$ref": format!("#{at}") }))
            .is_refused_at(&at);
    }
}

#[test]
fn members_may_be_called_like_anything_in_scope() {
    let more = ["crate", "fn", "async", "gen", "a,b", "__x1"];
    let names: Vec<&str> = LOCAL.iter().copied().chain(more).collect();
    let mut changed = small_with("members");
    for name in &names {
        let at = format!("/components/schemas/NewNote/properties/{name}");
        changed = changed.set(&at, json!({ "type": "string" }));
    }
    let generated = changed.is_accepted();
    let fields = generated.fields("NewNote");
    assert_eq!(fields.len(), 4 + names.len(), "{fields:?}");
    for name in names {
        let is_of = |field: &&String| {
            let serde = generated.serde("NewNote", field);
            *field == name || serde.contains(&format!("rename={name:?}"))
        };
        assert_eq!(
            fields.iter().filter(is_of).count(),
            1,
            "{name} in {fields:?}"
        );
    }
}

#[test]
fn members_that_give_the_same_field_or_none_are_refused() {
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
        let problem = small_with(format!("{one} and {other}"))
            .set(&format!("{at}/{one}"), json!({}))
            .set(&format!("{at}/{other}"), json!({}))
            .is_refused_at(&format!("{at}/{}", one.max(other)));
        assert!(problem.problem.contains("the same field"), "{problem}");
    }
    small_with("a name that is not ASCII")
        .set("/components/schemas/Link/properties/نام", json!({}))
        .is_refused_at("/components/schemas/Link/properties/نام");
}

#[test]
fn operations_may_be_called_like_local_variables_and_not_like_the_clients_own_methods() {
    let at = format!("{GET}/operationId");
    for id in [
        "request", "response", "info", "value", "body", "format", "types", "status",
    ] {
        let generated = small_with(id).set(&at, json!(id)).is_accepted();
        assert_eq!(generated.answer(id), "types::Note");
        assert!(generated.operations_have(&format!("id: \"{id}\",")));
    }
    for id in [
        "",
        "_",
        "getNote",
        "get-note",
        "GetNote",
        "2get",
        "fn",
        "self",
        "gen",
        "get__note",
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
        "url",
        "mock",
        "reset",
        "address",
    ] {
        small_with(id).set(&at, json!(id)).is_refused_at(&at);
    }
}

#[test]
fn operations_without_a_name_of_their_own_are_refused() {
    let at = format!("{GET}/operationId");
    small_with("no operationId").remove(&at).is_refused_at(&at);
    small_with("a repeated operationId")
        .set(&at, json!("create_note"))
        .is_refused_at(&at);
    let problem = small_with("names that give the same mock")
        .set(&at, json!("create_note1"))
        .set(
            "/paths/~1v1~1notes/post/operationId",
            json!("create_note_1"),
        )
        .is_refused_at(&at);
    assert!(problem.problem.contains("the same mock"), "{problem}");
    small_with("an operationId that is a number")
        .set(&at, json!(3))
        .is_unreadable_at(&at);
}

#[test]
fn parameters_may_be_called_like_local_variables() {
    let mut changed = small_with("parameters");
    let names = LOCAL.iter().filter(|name| !matches!(**name, "+1" | "'"));
    let names: Vec<(&str, &str)> = names
        .flat_map(|it| [(*it, "query"), (*it, "header")])
        .collect();
    for (index, (name, location)) in names.iter().enumerate() {
        let parameter = json!({ "name": name, "in": location, "schema": { "type": "string" } });
        changed = changed.set(
            &format!("/paths/~1odd{index}"),
            json!({ "get": {
            "operationId": format!("odd{index}"),
            "x-idempotent": true,
            "security": [],
            "parameters": [parameter],
            "responses": { "204": { "description": "" } },
        } }),
        );
    }
    let generated = changed.is_accepted();
    for (index, (name, location)) in names.iter().enumerate() {
        let sent = match *location {
            "query" => format!(r#".query(&progenitor_client::QueryParam::new({name:?}, &"#),
            _ => format!(r#"header_map.append({name:?}, value.to_string().try_into()?)"#),
        };
        assert!(generated.client_has(&sent), "{name} in {location}");
        let arguments = generated.arguments(&format!("odd{index}"));
        assert!(arguments.ends_with(":Option<&'astr>"), "{arguments}");
    }
}

#[test]
fn parameters_without_a_name_of_their_own_are_refused() {
    let at = format!("{LIST}/parameters/3/name");
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
        ("Accept", "header"),
        ("content-type", "header"),
        ("Authorization", "header"),
    ] {
        let parameter = json!({ "name": name, "in": location, "schema": { "type": "string" } });
        small_with(format!("{location} {name}"))
            .set(&format!("{LIST}/parameters/-"), parameter)
            .is_refused_at(&at);
    }
    let body = json!({ "name": "body", "in": "query", "schema": { "type": "string" } });
    small_with("a parameter called body beside a body")
        .set("/paths/~1v1~1notes/post/parameters", json!([body]))
        .is_refused_at("/paths/~1v1~1notes/post/parameters/0/name");
}
