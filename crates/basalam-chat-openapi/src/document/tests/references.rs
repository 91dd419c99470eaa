use super::*;

fn chain() -> Document {
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

fn failure(reference: Value) -> Error {
    let at = Pointer::default().child("here");
    let error = chain().resolve(&json!({ "$ref": reference }), &at).err();
    error.expect("the reference cannot be followed")
}

#[test]
fn a_chain_is_followed_to_its_end_with_escapes_undone() {
    let document = chain();
    let start = json!({ "$ref": "#/components/schemas/A" });
    let (value, at) = document.locate(&start, &Pointer::default()).unwrap();
    assert_eq!(value, &json!({ "type": "string" }));
    assert_eq!(at.to_string(), "/components/schemas/a b~1c");
    assert_eq!(document.resolve(&start, &at).unwrap(), value);
}

#[test]
fn a_value_without_a_reference_is_given_back() {
    let at = Pointer::default().child("here");
    for value in [json!(null), json!({ "type": "string" }), json!([1])] {
        let document = chain();
        let (found, place) = document.locate(&value, &at).unwrap();
        assert_eq!((found, place), (&value, at.clone()));
    }
}

#[test]
fn dangling_circular_and_external_references_name_the_place() {
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
        let error = failure(json!(reference));
        assert!(error.is_reference(), "{reference}: {error}");
        let place = error.pointer().to_string();
        assert!(place.ends_with("/$ref"), "{reference}: {error}");
    }
    assert_eq!(failure(json!("#/x")).pointer().to_string(), "/here/$ref");
}

#[test]
fn a_reference_that_is_no_string_is_a_structural_error() {
    assert!(failure(json!(7)).is_structure());
}
