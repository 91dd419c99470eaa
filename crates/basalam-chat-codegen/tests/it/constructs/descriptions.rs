//! Descriptions: they become docs and change nothing else.

use serde_json::json;

use crate::test_document::{GET_NOTE, LIST_NOTES, RESPONSE_PROPERTY, small_document};

/// Places in the small document that may have a description.
const PLACES: &[&str] = &[
    "/info/title",
    "/info/version",
    "/info/description",
    "/paths/~1v1~1notes/get/summary",
    "/paths/~1v1~1notes/get/description",
    "/paths/~1v1~1notes/get/parameters/0/description",
    "/paths/~1v1~1notes/get/responses/200/description",
    "/paths/~1v1~1notes/post/requestBody/description",
    "/components/schemas/Note/description",
    "/components/schemas/Note/title",
    "/components/schemas/Note/properties/type/description",
    "/components/schemas/Note/properties/in_reply_to/description",
    "/components/schemas/NoteId/description",
    "/components/schemas/NoteKind/description",
    "/components/schemas/ShareToken/description",
    "/components/schemas/Colour/description",
    "/components/schemas/Links/description",
];

const DESCRIPTIONS: &[&str] = &[
    "",
    " ",
    "\n",
    "*/ /* // /// //! /** */",
    "/ slash first",
    "! bang first",
    "* star first\nand more",
    "\"quotes\" 'and' \\ backslashes \\n",
    "a\r\nb\rc\r",
    "```\nlet x = {;\n```",
    "```rust\nfn main() { panic!() }",
    "a\n\n    let indented = {;\n\n\tlet tabbed = {;",
    "{} {0} {{ }} {name} #[x] #![x] r#\"",
    "\u{0} \u{b} \u{c} \u{85} \u{2028} \u{feff} \u{202e} \u{2066}",
    "سلام، دنیا 🍕 \u{200c}",
    "<details><summary>JSON schema</summary>",
    "</details> ConversionError encode_path header_map \"api-version\" unwrap",
    "# heading\n## another\n- a\n- b\n1. c\n> d\n| e |\n---",
];

#[test]
fn accepts_any_description_in_every_place() {
    for description in DESCRIPTIONS {
        let mut document = small_document(format!("{description:?}"));
        for place in PLACES {
            document = document.set(place, json!(description));
        }
        let generated = document.expect_generated();
        assert_eq!(generated.field_names("Note").len(), 9);
        for source in [
            &generated.sources.client,
            &generated.sources.newtypes,
            &generated.sources.operations,
        ] {
            assert!(
                !source.contains(['\r', '\u{202e}', '\u{2066}']),
                "{description:?}"
            );
            assert!(
                !source.contains("/**") || description.contains("/**"),
                "{description:?}"
            );
        }
    }
}

#[test]
fn preserves_descriptions_that_look_like_progenitor_docs() {
    let description =
        "First.\n\n<details><summary>JSON schema</summary>\nmiddle\n</details>\n\nLast.";
    let generated = small_document("progenitor's own docs")
        .set("/components/schemas/Note/description", json!(description))
        .expect_generated();
    assert_eq!(
        generated.docs("Note"),
        [
            " First.",
            "",
            " <details><summary>JSON schema</summary>",
            " middle",
            " </details>",
            "",
            " Last."
        ]
    );
}

#[test]
fn marks_code_blocks_as_other_languages() {
    let description =
        "Example:\n\n```\nlet x = {;\n```\n\nor\n\n    let y = {;\n\n```json\n{}\n```";
    let generated = small_document("code blocks")
        .set("/components/schemas/Note/description", json!(description))
        .set("/components/schemas/Colour/description", json!(description))
        .set(&format!("{LIST_NOTES}/summary"), json!(description))
        .expect_generated();
    let expected = [
        " Example:",
        "",
        " ```text",
        " let x = {;",
        " ```",
        "",
        " or",
        "",
        " ```text",
        " let y = {;",
        " ```",
        "",
        " ```json",
        " {}",
        " ```",
    ];
    assert_eq!(generated.docs("Note"), expected);
    let lines: String = expected.map(|line| format!("///{line}\n")).concat();
    assert!(
        generated.operations_contain(&lines),
        "{}",
        generated.sources.operations
    );
    assert!(generated.newtypes_contain(&lines));
}

#[test]
fn accepts_huge_descriptions() {
    for huge in [
        "word ".repeat(40_000),
        "# ".repeat(40_000),
        "x".repeat(200_000),
    ] {
        let generated = small_document(&huge[..10])
            .set(
                RESPONSE_PROPERTY,
                json!({ "type": "string", "description": huge }),
            )
            .set(&format!("{GET_NOTE}/description"), json!(huge))
            .expect_generated();
        assert!(generated.sources.client.len() > huge.len());
    }
}
