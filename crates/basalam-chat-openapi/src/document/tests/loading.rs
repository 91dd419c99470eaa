use super::*;

#[test]
fn text_that_is_not_json_is_a_syntax_error_with_line_and_remedy() {
    let error = Document::parse("openapi: 3.0.3\npaths: {}").unwrap_err();
    assert!(error.is_syntax());
    assert!(error.to_string().contains("line 1"), "{error}");
    assert!(error.to_string().contains("YAML"), "{error}");
}

#[test]
fn both_versions_are_read_and_told_apart() {
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
fn swagger_2_and_other_versions_are_refused_with_a_remedy() {
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
fn what_is_missing_or_of_the_wrong_type_is_named_by_its_pointer() {
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
fn absurd_nesting_is_refused_in_text_and_in_values() {
    let text = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert!(Document::parse(&text).unwrap_err().is_unsupported());

    let deep = (0..200_000).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    let root = Value::Object([("paths".to_owned(), deep)].into_iter().collect());
    assert!(Document::from_value(root).unwrap_err().is_unsupported());
}

#[test]
fn debug_prints_title_and_version_and_nothing_else() {
    let document = document(json!({
        "openapi": "3.0.3",
        "info": { "title": "Chats", "version": "7", "description": "prose" },
        "paths": {},
    }));
    let text = format!("{document:?}");
    assert!(text.contains("Chats") && text.contains('7'), "{text}");
    assert!(!text.contains("prose"), "{text}");
}

#[test]
fn schemas_come_sorted_by_name() {
    let document = document(json!({
        "openapi": "3.0.3",
        "paths": {},
        "components": { "schemas": { "B": {}, "A": { "type": "string" } } },
    }));
    let names: Vec<_> = document.schemas().map(|(name, _)| name).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(with_paths(json!({})).schemas().count(), 0);
}
