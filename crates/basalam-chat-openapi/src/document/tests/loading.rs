use super::*;

#[test]
fn invalid_json_is_a_syntax_error_with_line_and_remedy() {
    let error = Document::parse("openapi: 3.0.3\npaths: {}").unwrap_err();
    assert!(error.is_syntax());
    assert!(error.to_string().contains("line 1"), "{error}");
    assert!(error.to_string().contains("YAML"), "{error}");
}

#[test]
fn detects_openapi_3_0_and_3_1() {
    for (openapi, version) in [
        ("3.0.0", Version::V3_0),
        ("3.0.3", Version::V3_0),
        ("3.1.1", Version::V3_1),
    ] {
        let document = document(json!({ "openapi": openapi, "paths": {} }));
        assert_eq!(document.version(), version, "{openapi}");
    }
}

#[test]
fn rejects_swagger_2_and_other_versions() {
    for root in [
        json!({ "swagger": "2.0", "paths": {} }),
        json!({ "openapi": "2.0", "paths": {} }),
        json!({ "openapi": "3.2.0", "paths": {} }),
        json!({ "openapi": "3.10.0", "paths": {} }),
        json!({ "openapi": "", "paths": {} }),
    ] {
        let error = Document::from_value(root.clone()).unwrap_err();
        assert!(error.is_unsupported(), "{root}: {error}");
        assert!(error.to_string().contains("convert"), "{root}: {error}");
    }
}

#[test]
fn reports_pointer_of_missing_or_mistyped_parts() {
    for (root, pointer) in [
        (json!({ "paths": {} }), "/openapi"),
        (json!([]), "/openapi"),
        (json!(null), "/openapi"),
        (json!({ "openapi": 3.0, "paths": {} }), "/openapi"),
        (json!({ "openapi": "3.0.3" }), "/paths"),
        (json!({ "openapi": "3.1.0", "paths": [] }), "/paths"),
        (
            json!({ "openapi": "3.0.3", "paths": {}, "components": [] }),
            "/components",
        ),
        (
            json!({ "openapi": "3.0.3", "paths": {}, "components": { "schemas": 1 } }),
            "/components/schemas",
        ),
    ] {
        let error = Document::from_value(root.clone()).unwrap_err();
        assert!(error.is_structure(), "{root}: {error}");
        assert_eq!(error.pointer().to_string(), pointer, "{root}");
    }
}

#[test]
fn rejects_too_deep_nesting_in_strings_and_values() {
    let json = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert!(Document::parse(&json).unwrap_err().is_unsupported());

    let deep = (0..200_000).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    let root = Value::Object([("paths".to_owned(), deep)].into_iter().collect());
    assert!(Document::from_value(root).unwrap_err().is_unsupported());
}

#[test]
fn debug_prints_only_title_and_version() {
    let document = document(json!({
        "openapi": "3.0.3",
        "info": { "title": "Chats", "version": "7", "description": "prose" },
        "paths": {},
    }));
    let debug = format!("{document:?}");
    assert!(debug.contains("Chats") && debug.contains('7'), "{debug}");
    assert!(!debug.contains("prose"), "{debug}");
}

#[test]
fn schemas_are_sorted_by_name() {
    let document = document(json!({
        "openapi": "3.0.3",
        "paths": {},
        "components": { "schemas": { "B": {}, "A": { "type": "string" } } },
    }));
    let names: Vec<_> = document.schemas().map(|(name, _)| name).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(with_paths(json!({})).schemas().count(), 0);
}

#[test]
fn repeated_keys_are_an_error_at_the_second_occurrence() {
    let json = "{\"openapi\": \"3.0.3\", \"paths\": {\n\"/a\": {\"get\": {}},\n\"/a\": {\"x\": [{\"b\": 1, \"\\u0062\": 2}]}}}";
    let error = Document::parse(json).unwrap_err();
    assert!(error.is_structure());
    assert!(error.to_string().starts_with("#/paths/~1a: "), "{error}");
    assert!(error.message().contains("line 3"), "{error}");
    let (document, errors) = Document::parse_with_duplicates(json).unwrap();
    assert!(document.root()["paths"]["/a"]["get"].is_null());
    let places: Vec<&str> = errors
        .iter()
        .map(|error| error.pointer().as_str())
        .collect();
    assert_eq!(places, ["/paths/~1a", "/paths/~1a/x/0/b"]);
}

#[test]
fn reads_every_operation_beside_the_errors() {
    let document = with_paths(json!({
        "/a": { "get": { "operationId": 1, "parameters": [{ "in": "query" }, { "name": "b", "in": "path" }] } },
        "/b": { "get": { "responses": { "2000": {}, "200": { "content": { "a": 1, "c": {} } } } } },
        "/c": 1,
    }));
    let (operations, errors) = document.operations_and_errors();
    let places: Vec<&str> = errors
        .iter()
        .map(|error| error.pointer().as_str())
        .collect();
    assert_eq!(
        places,
        [
            "/paths/~1a/get/parameters/0/name",
            "/paths/~1a/get/operationId",
            "/paths/~1b/get/responses/200/content/a",
            "/paths/~1b/get/responses/2000",
            "/paths/~1c",
        ]
    );
    assert_eq!(operations[0].parameters[0].name, "b");
    assert_eq!(operations[1].responses[0].content[0].name, "c");
    assert!(document.operations().is_err());
}
