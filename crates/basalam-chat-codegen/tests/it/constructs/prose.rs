//! Prose: it reaches the docs and nothing else.

use serde_json::json;

use crate::change::{ANSWERED, GET, LIST, small_with};

/// Where the small document has or may have prose.
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
    "/components/schemas/Note/properties/answered/description",
    "/components/schemas/NoteId/description",
    "/components/schemas/NoteKind/description",
    "/components/schemas/ShareToken/description",
    "/components/schemas/Colour/description",
    "/components/schemas/Links/description",
];

const TEXTS: &[&str] = &[
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
fn prose_of_every_kind_is_accepted_in_every_place() {
    for text in TEXTS {
        let mut changed = small_with(format!("{text:?}"));
        for place in PLACES {
            changed = changed.set(place, json!(text));
        }
        let generated = changed.is_accepted();
        assert_eq!(generated.fields("Note").len(), 9);
        for source in [
            &generated.sources.client,
            &generated.sources.newtypes,
            &generated.sources.operations,
        ] {
            assert!(!source.contains(['\r', '\u{202e}', '\u{2066}']), "{text:?}");
            assert!(!source.contains("/**") || text.contains("/**"), "{text:?}");
        }
    }
}

#[test]
fn prose_is_kept_to_the_last_word() {
    let text = "First.\n\n<details><summary>JSON schema</summary>\nmiddle\n</details>\n\nLast.";
    let generated = small_with("prose that looks like progenitor's")
        .set("/components/schemas/Note/description", json!(text))
        .is_accepted();
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
fn code_in_prose_is_never_tested_as_rust() {
    let text = "Like so:\n\n```\nlet x = {;\n```\n\nor\n\n    let y = {;\n\n```json\n{}\n```";
    let generated = small_with("code")
        .set("/components/schemas/Note/description", json!(text))
        .set("/components/schemas/Colour/description", json!(text))
        .set(&format!("{LIST}/summary"), json!(text))
        .is_accepted();
    let expected = [
        " Like so:",
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
        generated.operations_have(&lines),
        "{}",
        generated.sources.operations
    );
    assert!(generated.scalars_have(&lines));
}

#[test]
fn huge_prose_is_broken_into_lines() {
    for huge in [
        "word ".repeat(40_000),
        "# ".repeat(40_000),
        "x".repeat(200_000),
    ] {
        let generated = small_with(&huge[..10])
            .set(ANSWERED, json!({ "type": "string", "description": huge }))
            .set(&format!("{GET}/description"), json!(huge))
            .is_accepted();
        assert!(generated.sources.client.len() > huge.len());
    }
}
