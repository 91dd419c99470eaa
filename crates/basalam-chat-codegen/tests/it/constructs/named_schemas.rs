//! Named schemas.

use serde_json::{Value, json};

use crate::test_document::{NAMED_SCHEMA, REQUEST_PROPERTY, RESPONSE_PROPERTY, small_document};

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

#[test]
fn named_objects_become_non_exhaustive_structs() {
    let generated = small_document("an object")
        .set_named_schema(json!({
            "type": "object",
            "required": ["b", "a"],
            "properties": {
                "b": { "type": "string" },
                "a": { "type": "integer" },
                "c": { "type": "boolean" },
            },
        }))
        .expect_generated();
    assert!(generated.client_contains("#[non_exhaustive] #[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))] pub struct Probe {"));
    assert_eq!(generated.field_names("Probe"), ["a", "b", "c", "extra"]);
    assert_eq!(generated.field_type("Probe", "a"), "i64");
    assert_eq!(
        generated.field_type("Probe", "c"),
        "::std::option::Option<bool>"
    );
    assert_eq!(
        generated.constructor_arguments("Probe"),
        None,
        "not in a request"
    );
}

#[test]
fn constructors_take_required_fields_whatever_their_names() {
    let generated = small_document("properties named like arguments of serde")
        .set(REQUEST_PROPERTY, json!({ "type": "string" }))
        .set(
            "/components/schemas/NewNote/properties/a, default, b",
            json!({ "type": "string" }),
        )
        .set(
            "/components/schemas/NewNote/properties/flatten",
            json!({ "type": "integer" }),
        )
        .set(
            "/components/schemas/NewNote/required",
            json!(["text", "a, default, b", "flatten"]),
        )
        .expect_generated();
    assert_eq!(
        generated.constructor_arguments("NewNote").unwrap(),
        "a_default_b:::std::string::String,flatten:i64,text:::std::string::String"
    );
}

#[test]
fn constructors_without_required_fields_take_no_arguments() {
    let generated = small_document("nothing required")
        .remove("/components/schemas/NewNote/required")
        .expect_generated();
    assert_eq!(generated.constructor_arguments("NewNote").unwrap(), "");
}

#[test]
fn responses_preserve_additional_properties() {
    let at = format!("{NAMED_SCHEMA}/additionalProperties");
    for additional in [json!(true), json!({}), json!(false)] {
        let generated = small_document(format!("additionalProperties {additional}"))
            .set_named_schema(object(json!({ "a": {} })))
            .set(&at, additional)
            .expect_generated();
        assert_eq!(
            generated.field_type("Probe", "extra"),
            "::basalam_chat_api::Extra"
        );
        assert_eq!(
            generated.serde_attributes("Probe", "extra"),
            "#[serde(flatten)]"
        );
        assert!(
            generated.client_contains("::basalam_chat_api::decode::impl_object!(Probe, Object);")
        );
    }
    for additional in [
        json!({ "type": "string" }),
        json!({ "$ref": "#/components/schemas/Link" }),
    ] {
        small_document(format!("additionalProperties {additional}"))
            .set_named_schema(object(json!({ "a": {} })))
            .set(&at, additional)
            .expect_diagnostic_at(&at);
    }
}

#[test]
fn requests_preserve_additional_properties_if_the_document_allows_them() {
    for (additional, is_preserved) in [(json!({}), true), (json!(false), false)] {
        let generated = small_document(format!("additionalProperties {additional}"))
            .set(
                "/components/schemas/NewNote/additionalProperties",
                additional,
            )
            .expect_generated();
        let names = generated.field_names("NewNote");
        assert_eq!(names.contains(&"extra".to_owned()), is_preserved);
        assert!(
            generated.client_contains("::basalam_chat_api::decode::impl_decode!(NewNote, Object);")
        );
    }
    small_document("extra and additional properties")
        .set(
            "/components/schemas/NewNote/additionalProperties",
            json!({}),
        )
        .set(
            "/components/schemas/NewNote/properties/Extra",
            json!({ "type": "string" }),
        )
        .expect_diagnostic_at("/components/schemas/NewNote/properties/Extra");
}

#[test]
fn a_property_named_extra_does_not_conflict_with_additional_properties() {
    for name in ["extra", "Extra"] {
        let generated = small_document(format!("the property {name}"))
            .set_named_schema(object(json!({ name: { "type": "string" } })))
            .set(&format!("{NAMED_SCHEMA}/additionalProperties"), json!({}))
            .expect_generated();
        assert_eq!(generated.field_names("Probe"), ["extra", "extra_"]);
        assert_eq!(
            generated.field_type("Probe", "extra_"),
            "::basalam_chat_api::Extra"
        );
    }
}

#[test]
fn x_decode_selects_how_failures_are_handled() {
    let at = format!("{NAMED_SCHEMA}/x-decode");
    let links = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Link" } });
    let generated = small_document("a page")
        .set_named_schema(object(json!({ "unreadable": {}, "links": links })))
        .set(&at, json!("page"))
        .expect_generated();
    assert!(generated.client_contains("::basalam_chat_api::decode::impl_object!(Probe, Page);"));
    assert!(
        generated.client_contains(r#"__fields.items("links", &mut links, &mut __unreadable)?"#)
    );
    assert_eq!(
        generated.serde_attributes("Probe", "unreadable_"),
        "#[serde(skip)]"
    );

    let mut nullable = links.clone();
    nullable["nullable"] = json!(true);
    let generated = small_document("a page that can be null")
        .set_named_schema(object(json!({ "links": nullable })))
        .set(&at, json!("page"))
        .expect_generated();
    assert!(
        generated
            .client_contains(r#"__fields.nullable_items("links", &mut links, &mut __unreadable)?"#)
    );

    let generated = small_document("an item")
        .set_named_schema(object(json!({ "a": {} })))
        .set(&at, json!("item"))
        .expect_generated();
    assert!(generated.client_contains("::basalam_chat_api::decode::impl_object!(Probe, Item);"));

    for (properties, decode) in [
        (json!({ "a": {} }), json!("page")),
        (json!({ "links": links, "others": links }), json!("page")),
        (
            json!({ "links": { "type": "array", "items": {} } }),
            json!("page"),
        ),
        (json!({ "a": {} }), json!("list")),
        (json!({ "a": {} }), json!(true)),
    ] {
        small_document(format!("x-decode {decode} of {properties}"))
            .set_named_schema(object(properties))
            .set(&at, decode)
            .expect_diagnostic_at(&at);
    }
    small_document("x-decode of a string")
        .set_named_schema(json!({ "type": "string", "x-decode": "item" }))
        .expect_diagnostic_at(&at);
}

#[test]
fn x_boxed_puts_optional_fields_into_boxes() {
    let at = format!("{NAMED_SCHEMA}/x-boxed");
    for (boxed, field) in [
        (
            json!(true),
            "::std::option::Option<::std::boxed::Box<Probe>>",
        ),
        (json!(false), "::std::option::Option<Probe>"),
    ] {
        let generated = small_document(format!("x-boxed {boxed}"))
            .set_named_schema(object(json!({ "a": {} })))
            .set(&at, boxed)
            .expect_generated();
        assert_eq!(generated.field_type("Note", "probe"), field);
    }
    for boxed in [json!("true"), json!(1), json!(null), json!({})] {
        small_document(format!("x-boxed {boxed}"))
            .set_named_schema(object(json!({ "a": {} })))
            .set(&at, boxed)
            .expect_diagnostic_at(&at);
    }
    for other in [
        json!({ "type": "string", "x-boxed": true }),
        json!({ "type": "integer", "x-boxed": false }),
    ] {
        small_document(format!("{other}"))
            .set_named_schema(other)
            .expect_diagnostic_at(&at);
    }
    for inline in [
        json!({ "type": "object", "x-boxed": true }),
        json!({ "type": "string", "x-boxed": true }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Link" }], "x-boxed": true }),
    ] {
        small_document(format!("inline {inline}"))
            .set(RESPONSE_PROPERTY, inline)
            .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/x-boxed"));
    }
}

#[test]
fn required_names_must_be_properties() {
    let at = format!("{NAMED_SCHEMA}/required");
    small_document("a required name without a property")
        .set_named_schema(object(json!({ "a": {} })))
        .set(&at, json!(["a", "b"]))
        .expect_diagnostic_at(&format!("{at}/1"));
    for required in [json!("a"), json!([1]), json!({ "a": true }), json!(null)] {
        small_document(format!("required {required}"))
            .set_named_schema(object(json!({ "a": {} })))
            .set(&at, required)
            .expect_diagnostic_at(&at);
    }
}

#[test]
fn rejects_unsupported_named_schemas() {
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let string = json!({ "type": "string" });
    let id = json!({ "$ref": "#/components/schemas/NoteId" });
    let list = json!({ "type": "array", "items": link });
    let empty = json!({ "type": "object", "maxProperties": 0 });
    let cases = [
        (json!("string"), ""),
        (json!({}), ""),
        (json!({ "type": "object" }), ""),
        (
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            "",
        ),
        (json!({ "type": "object", "properties": {} }), "/properties"),
        (json!({ "type": "object", "properties": [] }), "/properties"),
        (json!({ "type": "boolean" }), ""),
        (json!({ "type": "number" }), ""),
        (list.clone(), ""),
        (link.clone(), ""),
        (json!({ "allOf": [link] }), ""),
        (json!({ "oneOf": [link] }), ""),
        (json!({ "type": ["string", "null"] }), ""),
        (json!({ "type": "integer", "enum": [1, 2] }), "/enum"),
        (json!({ "type": "integer", "nullable": true }), "/nullable"),
        (json!({ "type": "string", "nullable": true }), "/nullable"),
        (json!({ "type": "string", "const": "a" }), "/const"),
        (
            json!({ "type": "object", "properties": { "a": {} }, "nullable": true }),
            "/nullable",
        ),
        (
            json!({ "anyOf": [id, string], "nullable": true }),
            "/nullable",
        ),
        (json!({ "anyOf": [link, string] }), "/anyOf/0"),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/Nowhere" }, string] }),
            "/anyOf/0",
        ),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/ReceivedNoteId" }, string] }),
            "/anyOf/0",
        ),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/ShareToken" }, string] }),
            "/anyOf/0",
        ),
        (json!({ "anyOf": [string, id] }), "/anyOf"),
        (json!({ "anyOf": [id, string, string] }), "/anyOf"),
        (
            json!({ "anyOf": [id, { "type": "string", "enum": ["a"] }] }),
            "/anyOf",
        ),
        (json!({ "anyOf": [id, { "type": "null" }] }), "/anyOf"),
        (
            json!({ "anyOf": [list, { "type": "object", "maxProperties": 1 }] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [{ "type": "array", "items": id }, empty] }),
            "/anyOf/0/items",
        ),
        (
            json!({ "anyOf": [{ "type": "array", "items": string }, empty] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [{ "type": "array", "items": link, "nullable": true }, empty] }),
            "/anyOf",
        ),
    ];
    for (schema, place) in cases {
        small_document(schema.to_string())
            .set_named_schema(schema)
            .expect_diagnostic_among_others_at(&format!("{NAMED_SCHEMA}{place}"));
    }
}

#[test]
fn named_strings_integers_and_lists_become_newtypes() {
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let cases = [
        (
            json!({ "type": "integer" }),
            "::basalam_chat_api::define::id! { /// `Probe`. \n pub struct Probe; }",
        ),
        (
            json!({ "type": "string" }),
            "::basalam_chat_api::define::string! { /// `Probe`. \n pub struct Probe; }",
        ),
        (
            json!({ "type": "string", "format": "uuid", "description": "A probe." }),
            "::basalam_chat_api::define::string! { /// A probe. \n pub struct Probe; }",
        ),
        (
            json!({ "anyOf": [
                { "type": "array", "items": link },
                { "type": "object", "maxProperties": 0 },
            ] }),
            "::basalam_chat_api::define::lenient_list! { /// `Probe`. \n pub struct Probe(super::types::Link); }",
        ),
    ];
    for (schema, expected) in cases {
        let generated = small_document(schema.to_string())
            .set_named_schema(schema)
            .expect_generated();
        assert!(
            generated.newtypes_contain(expected),
            "{}",
            generated.sources.newtypes
        );
        assert!(!generated.has_struct("Probe"));
        assert_eq!(
            generated.field_type("Note", "probe"),
            "::std::option::Option<super::super::newtypes::Probe>"
        );
    }
}

#[test]
fn lists_in_multipart_bodies_only_are_not_generated() {
    let generated = small_document("a list in an upload")
        .set(
            NAMED_SCHEMA,
            json!({ "anyOf": [
            { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
            { "type": "object", "maxProperties": 0 },
        ] }),
        )
        .set("/components/schemas/Part", object(json!({ "a": {} })))
        .set(
            "/components/schemas/UploadBody/properties/parts",
            json!({ "$ref": "#/components/schemas/Probe" }),
        )
        .expect_generated();
    assert!(!generated.newtypes_contain("struct Probe") && !generated.has_struct("Part"));
}

#[test]
fn supports_recursive_objects() {
    let reference = json!({ "$ref": "#/components/schemas/Probe" });
    let generated = small_document("a self-recursive object")
        .set_named_schema(object(json!({
            "next": reference,
            "all": { "type": "array", "items": reference },
            "by_name": { "type": "object", "additionalProperties": reference },
        })))
        .expect_generated();
    assert_eq!(
        generated.field_type("Probe", "next"),
        "::std::option::Option<::std::boxed::Box<Probe>>"
    );
    assert_eq!(
        generated.field_type("Probe", "all"),
        "::std::vec::Vec<Probe>"
    );

    let generated = small_document("mutually recursive objects")
        .set_named_schema(json!({ "type": "object", "required": ["b"], "properties": {
            "b": { "$ref": "#/components/schemas/Other" },
        } }))
        .set(
            "/components/schemas/Other",
            object(json!({ "a": reference })),
        )
        .expect_generated();
    assert!(
        generated.client_contains("::std::boxed::Box<"),
        "one of the two is boxed"
    );
}

#[test]
fn rejects_circular_references() {
    small_document("an alias of itself")
        .set_named_schema(json!({ "$ref": "#/components/schemas/Probe" }))
        .expect_diagnostic_at(NAMED_SCHEMA);
    small_document("aliases of each other")
        .set_named_schema(json!({ "$ref": "#/components/schemas/Other" }))
        .set(
            "/components/schemas/Other",
            json!({ "$ref": "#/components/schemas/Probe" }),
        )
        .expect_diagnostic_among_others_at("/components/schemas/Other");
    let both = json!({ "allOf": [
        { "$ref": "#/components/schemas/Probe" },
        { "$ref": "#/components/schemas/Link" },
    ] });
    small_document("an allOf of itself and another")
        .set_named_schema(both.clone())
        .expect_diagnostic_at(NAMED_SCHEMA);
    small_document("an allOf of itself and another, unnamed")
        .set(RESPONSE_PROPERTY, both)
        .expect_diagnostic_among_others_at(&format!("{RESPONSE_PROPERTY}/allOf"));
    small_document("an anyOf of itself")
        .set_named_schema(
            json!({ "anyOf": [{ "$ref": "#/components/schemas/Probe" }, { "type": "string" }] }),
        )
        .expect_diagnostic_among_others_at(&format!("{NAMED_SCHEMA}/anyOf/0"));
}
