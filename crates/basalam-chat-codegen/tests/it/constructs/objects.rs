//! Named schemas, above all objects with properties.

use serde_json::{Value, json};

use crate::change::{ANSWERED, NAMED, SENT, small_with};

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

#[test]
fn a_named_object_becomes_a_struct_that_may_grow() {
    let generated = small_with("an object")
        .name(json!({
            "type": "object",
            "required": ["b", "a"],
            "properties": {
                "b": { "type": "string" },
                "a": { "type": "integer" },
                "c": { "type": "boolean" },
            },
        }))
        .is_accepted();
    assert!(generated.client_has("#[non_exhaustive] #[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))] pub struct Odd {"));
    assert_eq!(generated.fields("Odd"), ["a", "b", "c"]);
    assert_eq!(generated.field("Odd", "a"), "i64");
    assert_eq!(generated.field("Odd", "c"), "::std::option::Option<bool>");
    assert_eq!(generated.new_of("Odd"), None, "nobody sends it");
}

#[test]
fn what_is_sent_is_made_from_what_is_required_however_members_are_called() {
    let generated = small_with("members called like serde's arguments")
        .set(SENT, json!({ "type": "string" }))
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
        .is_accepted();
    assert_eq!(
        generated.new_of("NewNote").unwrap(),
        "a_default_b:::std::string::String,flatten:i64,text:::std::string::String"
    );
}

#[test]
fn an_object_without_required_members_is_made_from_nothing() {
    let generated = small_with("nothing required")
        .remove("/components/schemas/NewNote/required")
        .is_accepted();
    assert_eq!(generated.new_of("NewNote").unwrap(), "");
    assert!(generated.client_has("/// Starts with every field left out."));
}

#[test]
fn members_that_nobody_has_named_are_kept_where_the_document_allows_them() {
    let at = format!("{NAMED}/additionalProperties");
    for (others, kept) in [
        (json!(true), true),
        (json!({}), true),
        (json!(false), false),
    ] {
        let generated = small_with(format!("additionalProperties {others}"))
            .name(object(json!({ "a": {} })))
            .set(&at, others)
            .is_accepted();
        assert_eq!(generated.fields("Odd").contains(&"extra".to_owned()), kept);
        assert!(!generated.client_has("deny_unknown_fields"));
        if kept {
            assert_eq!(generated.serde("Odd", "extra"), "#[serde(flatten)]");
        }
    }
    for others in [
        json!({ "type": "string" }),
        json!({ "$ref": "#/components/schemas/Link" }),
    ] {
        small_with(format!("additionalProperties {others}"))
            .name(object(json!({ "a": {} })))
            .set(&at, others)
            .is_refused_at(&at);
    }
}

#[test]
fn a_member_called_extra_is_a_field_unless_other_members_are_kept() {
    let generated = small_with("extra alone")
        .name(object(json!({ "extra": { "type": "string" } })))
        .is_accepted();
    assert_eq!(
        generated.serde("Odd", "extra").matches("flatten").count(),
        0
    );
    assert!(!generated.client_has("nobody has named yet, as they came. pub extra: ::std::option"));

    small_with("extra beside other members")
        .name(object(json!({ "Extra": { "type": "string" } })))
        .set(&format!("{NAMED}/additionalProperties"), json!({}))
        .is_refused_at(&format!("{NAMED}/properties/Extra"));
}

#[test]
fn an_object_that_is_wanted_in_boxes_is_in_one_where_it_may_be_missing() {
    let at = format!("{NAMED}/x-boxed");
    for (boxed, field) in [
        (json!(true), "::std::option::Option<::std::boxed::Box<Odd>>"),
        (json!(false), "::std::option::Option<Odd>"),
    ] {
        let generated = small_with(format!("x-boxed {boxed}"))
            .name(object(json!({ "a": {} })))
            .set(&at, boxed)
            .is_accepted();
        assert_eq!(generated.field("Note", "odd"), field);
    }
    for boxed in [json!("true"), json!(1), json!(null), json!({})] {
        small_with(format!("x-boxed {boxed}"))
            .name(object(json!({ "a": {} })))
            .set(&at, boxed)
            .is_refused_at(&at);
    }
    for other in [
        json!({ "type": "string", "x-boxed": true }),
        json!({ "type": "integer", "x-boxed": false }),
    ] {
        small_with(format!("{other}"))
            .name(other)
            .is_refused_at(&at);
    }
    for inline in [
        json!({ "type": "object", "x-boxed": true }),
        json!({ "type": "string", "x-boxed": true }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Link" }], "x-boxed": true }),
    ] {
        small_with(format!("inline {inline}"))
            .set(ANSWERED, inline)
            .is_refused_at(&format!("{ANSWERED}/x-boxed"));
    }
}

#[test]
fn a_required_member_must_be_described() {
    let at = format!("{NAMED}/required");
    small_with("required and no property")
        .name(object(json!({ "a": {} })))
        .set(&at, json!(["a", "b"]))
        .is_refused_at(&format!("{at}/1"));
    for required in [json!("a"), json!([1]), json!({ "a": true }), json!(null)] {
        small_with(format!("required {required}"))
            .name(object(json!({ "a": {} })))
            .set(&at, required)
            .is_refused_at(&at);
    }
}

#[test]
fn named_schemas_of_other_forms_are_refused() {
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let text = json!({ "type": "string" });
    let id = json!({ "$ref": "#/components/schemas/NoteId" });
    let list = json!({ "type": "array", "items": link });
    let empty = json!({ "type": "object", "maxProperties": 0 });
    let cases = [
        (json!("text"), ""),
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
            json!({ "anyOf": [id, text], "nullable": true }),
            "/nullable",
        ),
        (json!({ "anyOf": [link, text] }), "/anyOf/0"),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/Nowhere" }, text] }),
            "/anyOf/0",
        ),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/ReceivedNoteId" }, text] }),
            "/anyOf/0",
        ),
        (
            json!({ "anyOf": [{ "$ref": "#/components/schemas/ShareToken" }, text] }),
            "/anyOf/0",
        ),
        (json!({ "anyOf": [text, id] }), "/anyOf"),
        (json!({ "anyOf": [id, text, text] }), "/anyOf"),
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
            json!({ "anyOf": [{ "type": "array", "items": text }, empty] }),
            "/anyOf",
        ),
        (
            json!({ "anyOf": [{ "type": "array", "items": link, "nullable": true }, empty] }),
            "/anyOf",
        ),
    ];
    for (schema, place) in cases {
        small_with(schema.to_string())
            .name(schema)
            .is_refused_also_at(&format!("{NAMED}{place}"));
    }
}

#[test]
fn named_texts_numbers_and_lists_become_types_of_our_own() {
    let link = json!({ "$ref": "#/components/schemas/Link" });
    let cases = [
        (
            json!({ "type": "integer" }),
            "crate::define::id! { /// `Odd`. \n pub struct Odd; }",
        ),
        (
            json!({ "type": "string" }),
            "crate::define::string! { /// `Odd`. \n pub struct Odd; }",
        ),
        (
            json!({ "type": "string", "format": "uuid", "description": "Odd one." }),
            "crate::define::string! { /// Odd one. \n pub struct Odd; }",
        ),
        (
            json!({ "anyOf": [
                { "type": "array", "items": link },
                { "type": "object", "maxProperties": 0 },
            ] }),
            "crate::define::lenient_list! { /// `Odd`. \n pub struct Odd(crate::types::Link); }",
        ),
    ];
    for (schema, expected) in cases {
        let generated = small_with(schema.to_string()).name(schema).is_accepted();
        assert!(
            generated.scalars_have(expected),
            "{}",
            generated.sources.newtypes
        );
        assert!(!generated.has_structure("Odd"));
        assert_eq!(
            generated.field("Note", "odd"),
            "::std::option::Option<crate::newtypes::Odd>"
        );
    }
}

#[test]
fn a_list_that_only_a_body_sent_by_hand_holds_is_not_generated() {
    let generated = small_with("a list in an upload")
        .set(
            NAMED,
            json!({ "anyOf": [
            { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
            { "type": "object", "maxProperties": 0 },
        ] }),
        )
        .set("/components/schemas/Part", object(json!({ "a": {} })))
        .set(
            "/components/schemas/UploadBody/properties/parts",
            json!({ "$ref": "#/components/schemas/Odd" }),
        )
        .is_accepted();
    assert!(!generated.scalars_have("struct Odd") && !generated.has_structure("Part"));
}

#[test]
fn objects_may_hold_themselves_and_each_other() {
    let odd = json!({ "$ref": "#/components/schemas/Odd" });
    let generated = small_with("an object in itself")
        .name(object(json!({
            "next": odd,
            "all": { "type": "array", "items": odd },
            "by_name": { "type": "object", "additionalProperties": odd },
        })))
        .is_accepted();
    assert_eq!(
        generated.field("Odd", "next"),
        "::std::option::Option<::std::boxed::Box<Odd>>"
    );
    assert_eq!(generated.field("Odd", "all"), "::std::vec::Vec<Odd>");

    let generated = small_with("objects in each other")
        .name(json!({ "type": "object", "required": ["b"], "properties": {
            "b": { "$ref": "#/components/schemas/Other" },
        } }))
        .set("/components/schemas/Other", object(json!({ "a": odd })))
        .is_accepted();
    assert!(
        generated.client_has("::std::boxed::Box<"),
        "one of the two is boxed"
    );
}

#[test]
fn references_in_a_circle_are_refused() {
    small_with("an alias of itself")
        .name(json!({ "$ref": "#/components/schemas/Odd" }))
        .is_refused_at(NAMED);
    small_with("aliases of each other")
        .name(json!({ "$ref": "#/components/schemas/Other" }))
        .set(
            "/components/schemas/Other",
            json!({ "$ref": "#/components/schemas/Odd" }),
        )
        .is_refused_also_at("/components/schemas/Other");
    let both = json!({ "allOf": [
        { "$ref": "#/components/schemas/Odd" },
        { "$ref": "#/components/schemas/Link" },
    ] });
    small_with("an allOf of itself and another")
        .name(both.clone())
        .is_refused_at(NAMED);
    small_with("an allOf of itself and another, unnamed")
        .set(ANSWERED, both)
        .is_refused_also_at(&format!("{ANSWERED}/allOf"));
    small_with("an anyOf of itself")
        .name(json!({ "anyOf": [{ "$ref": "#/components/schemas/Odd" }, { "type": "string" }] }))
        .is_refused_also_at(&format!("{NAMED}/anyOf/0"));
}
