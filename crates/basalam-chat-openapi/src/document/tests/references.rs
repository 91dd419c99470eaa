use super::*;

fn reference_chain() -> Document {
    document(json!({
        "openapi": "3.0.3",
        "paths": {},
        "components": { "schemas": {
            "A": { "$ref": "#/components/schemas/B" },
            "B": { "$ref": "#/components/schemas/a%20b~1c" },
            "a b/c": { "type": "string" },
            "Self": { "$ref": "#/components/schemas/Self" },
            "Ping": { "$ref": "#/components/schemas/Pong" },
            "Pong": { "$ref": "#/components/schemas/Ping" },
        } },
    }))
}

fn resolve_error(reference: Value) -> Error {
    let at = Pointer::default().child("here");
    let error = reference_chain()
        .resolve(&json!({ "$ref": reference }), &at)
        .err();
    error.expect("the reference must not resolve")
}

#[test]
fn follows_reference_chain_and_decodes_escapes() {
    let document = reference_chain();
    let start = json!({ "$ref": "#/components/schemas/A" });
    let (value, at) = document.locate(&start, &Pointer::default()).unwrap();
    assert_eq!(value, &json!({ "type": "string" }));
    assert_eq!(at.to_string(), "/components/schemas/a b~1c");
    assert_eq!(document.resolve(&start, &at).unwrap(), value);
}

#[test]
fn returns_value_that_is_not_a_reference() {
    let at = Pointer::default().child("here");
    for value in [json!(null), json!({ "type": "string" }), json!([1])] {
        let document = reference_chain();
        let (found, pointer) = document.locate(&value, &at).unwrap();
        assert_eq!((found, pointer), (&value, at.clone()));
    }
}

#[test]
fn rejects_dangling_circular_and_external_references() {
    for reference in [
        "#/components/schemas/None",
        "#/components/schemas/Self",
        "#/components/schemas/Ping",
        "other.json#/A",
        "https://example.com/a.json",
        "#anchor",
        "#/a~2",
        "#%FF",
        "",
    ] {
        let error = resolve_error(json!(reference));
        assert!(error.is_reference(), "{reference}: {error}");
        let pointer = error.pointer().to_string();
        assert!(pointer.ends_with("/$ref"), "{reference}: {error}");
    }
    assert_eq!(
        resolve_error(json!("#/x")).pointer().to_string(),
        "/here/$ref"
    );
}

#[test]
fn rejects_reference_that_is_not_a_string() {
    assert!(resolve_error(json!(7)).is_structure());
}
