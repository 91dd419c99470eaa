//! Enums and objects at their places of use, which get the names of their places.

use serde_json::{Value, json};

use crate::test_document::{
    CREATE_NOTE, GET_NOTE, LIST_NOTES, NAMED_SCHEMA, RESPONSE_PROPERTY, small_document,
};

fn enumeration() -> Value {
    json!({ "type": "string", "enum": ["a", "b"] })
}

fn object() -> Value {
    json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } })
}

#[test]
fn types_have_the_names_of_their_places() {
    let property = |inner: Value| (RESPONSE_PROPERTY.to_owned(), inner);
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let parameter = |schema: Value| json!({ "name": "sort-by", "in": "query", "schema": schema });
    let cases = [
        (property(object()), "NoteProbe"),
        (
            property(json!({ "type": "array", "items": object() })),
            "NoteProbeItem",
        ),
        (
            property(json!({ "type": "array", "items": { "type": "array", "items": object() } })),
            "NoteProbeItemItem",
        ),
        (
            property(json!({ "type": "object", "additionalProperties": object() })),
            "NoteProbeValue",
        ),
        (
            property(json!({ "type": "object", "properties": { "inner_part": object() } })),
            "NoteProbeInnerPart",
        ),
        (
            (
                format!("{GET_NOTE}/responses/200/content"),
                json_of(object()),
            ),
            "GetNoteResponse",
        ),
        (
            (
                format!("{CREATE_NOTE}/requestBody/content"),
                json_of(object()),
            ),
            "CreateNoteBody",
        ),
        (
            (
                format!("{GET_NOTE}/responses/200/content"),
                json_of(json!({ "type": "array", "items": object() })),
            ),
            "GetNoteResponseItem",
        ),
    ];
    for ((at, schema), name) in cases {
        let generated = small_document(name).set(&at, schema).expect_generated();
        assert_eq!(generated.field_type(name, "a"), "i64", "{at}");
    }
    let cases = [
        (property(enumeration()), "NoteProbe"),
        (property(json!({ "enum": ["a", "b"] })), "NoteProbe"),
        (
            (
                format!("{LIST_NOTES}/parameters/0"),
                parameter(enumeration()),
            ),
            "ListNotesSortBy",
        ),
        (
            (
                "/components/parameters/NoteId/schema".to_owned(),
                enumeration(),
            ),
            "NoteId",
        ),
        (
            (
                format!("{LIST_NOTES}/parameters/0"),
                parameter(json!({ "type": "array", "items": enumeration() })),
            ),
            "ListNotesSortByItem",
        ),
    ];
    for ((at, schema), name) in cases {
        let document = small_document(name).set(&at, schema);
        // The parameter `NoteId` has the name of a schema.
        if name == "NoteId" {
            document.expect_diagnostic_at(&format!("{at}/enum"));
            continue;
        }
        let expected = format!("pub enum {name} {{ /// `a`. \n A = \"a\",");
        assert!(
            document.expect_generated().newtypes_contain(&expected),
            "{at}"
        );
    }
}

#[test]
fn uses_keep_their_annotations() {
    let schema = json!({
        "type": "string", "enum": ["a", null], "nullable": true, "description": "Which one.",
    });
    let generated = small_document("nullable")
        .set(RESPONSE_PROPERTY, schema)
        .set("/components/schemas/Note/required", json!(["id", "probe"]))
        .expect_generated();
    assert_eq!(
        generated.field_type("Note", "probe"),
        "::std::option::Option<super::super::newtypes::NoteProbe>"
    );
    assert!(generated.newtypes_contain("/// Which one.\n pub enum NoteProbe"));
}

#[test]
fn reports_types_whose_names_are_taken_or_invalid() {
    let diagnostic = small_document("a schema has the name of the place")
        .set_named_schema(json!({ "type": "object", "properties": { "id": enumeration() } }))
        .set("/components/schemas/ProbeId", json!({ "type": "integer" }))
        .expect_diagnostic_at(&format!("{NAMED_SCHEMA}/properties/id/enum"));
    assert!(diagnostic.message.contains("taken"), "{diagnostic}");
    let properties =
        json!({ "a_b": object(), "a": { "type": "object", "properties": { "b": object() } } });
    let at = format!("{NAMED_SCHEMA}/properties");
    small_document("two places have the same name")
        .set_named_schema(json!({ "type": "object", "properties": properties }))
        .expect_diagnostic_at(&format!("{at}/a_b"));
    let diagnostics = small_document("a word in Persian")
        .set_named_schema(json!({ "type": "object", "properties": { "نوع": enumeration() } }))
        .expect_unsupported();
    assert!(
        diagnostics
            .iter()
            .any(|it| it.pointer == format!("{at}/نوع/enum"))
    );
}

#[test]
fn reports_problems_inside_at_the_place_of_use() {
    let inner = json!({ "type": "object", "properties": { "a": { "type": "file" } } });
    let schema =
        json!({ "type": "array", "items": { "type": "object", "properties": { "b": inner } } });
    small_document("a problem inside")
        .set(RESPONSE_PROPERTY, schema)
        .expect_diagnostic_at(&format!(
            "{RESPONSE_PROPERTY}/items/properties/b/properties/a/type"
        ));
    small_document("an invalid value")
        .set(
            RESPONSE_PROPERTY,
            json!({ "type": "string", "enum": ["a", "A"] }),
        )
        .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/enum/1"));
}

#[test]
fn integer_enums_are_refused_with_a_remedy() {
    for schema in [
        json!({ "type": "integer", "enum": [1, 2] }),
        json!({ "type": "number", "enum": [0.5] }),
        json!({ "type": "boolean", "enum": [true] }),
    ] {
        let diagnostic = small_document(schema.to_string())
            .set(RESPONSE_PROPERTY, schema)
            .expect_diagnostic_at(&format!("{RESPONSE_PROPERTY}/enum"));
        assert!(diagnostic.remedy.contains("description"), "{diagnostic}");
    }
}

#[test]
fn schemas_are_renamed_to_pascal_case_with_their_references() {
    let recursive = json!({ "type": "object", "properties": {
        "next": { "$ref": "#/components/schemas/probe_1.inner~1part" },
        "kind": enumeration(),
    } });
    let generated = small_document("a name with separators")
        .set("/components/schemas/probe_1.inner~1part", recursive)
        .set(
            RESPONSE_PROPERTY,
            json!({ "$ref": "#/components/schemas/probe_1.inner~1part" }),
        )
        .expect_generated();
    assert!(generated.has_struct("Probe1InnerPart"));
    assert!(generated.newtypes_contain("pub enum Probe1InnerPartKind"));
    small_document("a problem in a renamed schema")
        .set(
            "/components/schemas/probe_1",
            json!({ "type": "object", "properties": { "a": { "not": {} } } }),
        )
        .set(
            RESPONSE_PROPERTY,
            json!({ "$ref": "#/components/schemas/probe_1" }),
        )
        .expect_diagnostic_at("/components/schemas/probe_1/properties/a/not");
}
