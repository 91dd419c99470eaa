//! Tags whose operations need a Cargo feature.

use serde_json::{Value, json};

use crate::test_document::{CREATE_NOTE, GET_NOTE, LIST_NOTES, TestDocument, small_document};

/// The methods of `Client` are followed by those that build the requests and decode the responses.
const METHODS: usize = 3;

fn tagged(label: &str, operations: &[(&str, &str)], tags: Value) -> TestDocument {
    let document = small_document(label).set("/tags", tags);
    operations
        .iter()
        .fold(document, |document, (operation, tag)| {
            document.set(&format!("{operation}/tags"), json!([tag]))
        })
}

/// Returns how often an item follows the attribute of the feature.
fn gated(document: &TestDocument, feature: &str, item: &str) -> usize {
    let client = document.expect_generated().client_without_spaces();
    let (attribute, item) = (
        format!("#[cfg(feature=\"{feature}\")]"),
        item.replace(' ', ""),
    );
    let after = client.split(attribute.as_str()).skip(1);
    after.filter(|after| after.starts_with(&item)).count()
}

#[test]
fn operations_of_a_tag_and_what_only_they_use_need_its_feature() {
    let tags = json!([{ "name": "writing", "x-feature": "write" }, { "name": "reading" }]);
    let operations = [(CREATE_NOTE, "writing"), (GET_NOTE, "reading")];
    let document = tagged("one feature", &operations, tags);
    assert_eq!(gated(&document, "write", "pub async fn create_note<"), 1);
    assert_eq!(
        gated(&document, "write", "pub async fn create_note<")
            + gated(&document, "write", "fn create_note<")
            + gated(&document, "write", "fn create_note("),
        METHODS
    );
    assert_eq!(gated(&document, "write", "pub struct NewNote {"), 1);
    assert_eq!(gated(&document, "write", "impl NewNote {"), 1);
    let generated = document.expect_generated();
    for mock in [
        "pub struct CreateNoteWhen(",
        "impl CreateNoteWhen {",
        "pub struct CreateNoteThen(",
        "fn create_note<",
    ] {
        let mock = format!("#[cfg(feature = \"write\")] {mock}");
        assert!(generated.mock_contains(&mock), "{mock}");
    }
    for other in [
        "pub struct Note {",
        "pub struct NotePage {",
        "pub async fn get_note<",
    ] {
        assert_eq!(gated(&document, "write", other), 0, "{other}");
    }
}

#[test]
fn types_of_operations_with_different_features_need_none() {
    let tags = json!([{ "name": "a", "x-feature": "one" }, { "name": "b", "x-feature": "two_2" }]);
    let document = tagged("two features", &[(LIST_NOTES, "a"), (GET_NOTE, "b")], tags);
    let decoding = "::basalam_chat_api::decode::impl_object!(NotePage,";
    for item in ["pub struct NotePage {", decoding] {
        assert_eq!(gated(&document, "one", item), 1, "{item}");
    }
    assert_eq!(gated(&document, "two_2", "pub async fn get_note<"), 1);
    for feature in ["one", "two_2"] {
        assert_eq!(
            gated(&document, feature, "pub struct Note {"),
            0,
            "{feature}"
        );
    }
}

#[test]
fn reports_what_is_not_the_name_of_a_feature() {
    for feature in [
        json!(""),
        json!("a b"),
        json!("a\"b"),
        json!("é"),
        json!(true),
        json!(null),
    ] {
        let tags = json!([{ "name": "notes" }, { "name": "other", "x-feature": feature }]);
        tagged(&feature.to_string(), &[], tags).expect_diagnostic_at("/tags/1/x-feature");
    }
}
