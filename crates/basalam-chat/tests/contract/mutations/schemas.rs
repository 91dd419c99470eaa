//! Changes that the check of the derived schemas sees: any change of a member of any type.

use serde_json::{Value, json};

use super::assert_seen;
use super::change::{
    add_member, changed, drop_member, narrow, set_member, set_required, vocabularies,
};
use crate::schemas::violations;

/// The members that the committed document names in objects with a type of their own.
fn members() -> Vec<(String, String, bool)> {
    let document = crate::committed();
    let by_hand = ["ErrorAnswer", "ErrorProblem", "UploadFileBody"];
    let by_hand = |name: &str| by_hand.contains(&name) || name.starts_with("Validation");
    let mut members = Vec::new();
    for (name, schema) in document.schemas().filter(|(name, _)| !by_hand(name)) {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |member: &str| required.is_some_and(|it| it.contains(&json!(member)));
        let properties = schema.get("properties").and_then(Value::as_object);
        for member in properties.into_iter().flatten().map(|(member, _)| member) {
            members.push((name.to_owned(), member.clone(), is_required(member)));
        }
    }
    assert!(members.len() > 100, "{}", members.len());
    members
}

/// Fails where the check does not name the change.
#[track_caller]
fn assert_change_seen(change: impl FnOnce(&mut Value), named: &[&str]) {
    assert_seen(&violations(&changed(change)), named);
}

#[test]
fn every_member_that_is_dropped_is_seen() {
    for (name, member, _) in members() {
        let place = format!("{name}.{member}: there: the document has false");
        assert_change_seen(|root| drop_member(root, &name, &member), &[&place]);
    }
}

#[test]
fn every_member_whose_requiredness_changes_is_seen() {
    for (name, member, is_required) in members() {
        let place = format!("{name}: required: ");
        let change = |root: &mut Value| set_required(root, &name, &member, !is_required);
        assert_change_seen(change, &[&place]);
    }
}

#[test]
fn every_member_whose_type_changes_is_seen() {
    for (name, member, _) in members() {
        // No member of the document takes both.
        let to = json!({ "anyOf": [{ "type": "boolean" }, { "type": "integer" }] });
        let place = format!("{name}.{member}: type: the document has \"boolean or integer\"");
        assert_change_seen(|root| set_member(root, &name, &member, to), &[&place]);
    }
}

#[test]
fn a_member_that_was_added_is_seen() {
    assert_change_seen(
        |root| add_member(root, "Sender", "language", json!({ "type": "string" })),
        &["Sender.language: there: the document has true, the type false"],
    );
}

#[test]
fn a_schema_that_was_added_is_seen() {
    assert_change_seen(
        |root| root["components"]["schemas"]["Reaction"] = json!({ "type": "object" }),
        &["Reaction: no type is made for it"],
    );
}

#[test]
fn every_value_that_is_taken_out_of_a_vocabulary_is_seen() {
    let root = crate::committed().root().clone();
    for (vocabulary, values) in vocabularies(&root) {
        for value in values {
            let place = format!("{vocabulary}: values: ");
            assert_change_seen(|root| narrow(root, &vocabulary, &value), &[&place, &value]);
        }
    }
}

#[test]
fn a_known_loss_that_is_none_any_more_is_seen() {
    let to = json!({ "type": "boolean", "nullable": true });
    assert_change_seen(
        |root| set_member(root, "Group", "verified", to),
        &["Group.verified", "is none any more"],
    );
}
