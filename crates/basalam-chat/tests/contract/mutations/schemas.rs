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
    let by_hand = ["ErrorResponse", "ErrorProblem", "UploadFileBody"];
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

// Changes of different places are made at once and looked for one by one: a check of each alone
// would take most of a minute.

#[test]
fn every_member_that_is_dropped_is_seen() {
    let violations = violations(&changed(|root| {
        for (name, member, _) in members() {
            drop_member(root, &name, &member);
        }
    }));
    for (name, member, _) in members() {
        let place = format!("{name}.{member}: there: the document has false");
        assert_seen(&violations, &[&place]);
    }
}

#[test]
fn every_member_whose_requiredness_changes_is_seen() {
    let members = members();
    let position = |index: usize| {
        let before = members[..index].iter();
        before.filter(|it| it.0 == members[index].0).count()
    };
    let most = (0..members.len()).map(position).max().unwrap();
    // One member of each object at a time.
    for turn in 0..=most {
        let meant = || (0..members.len()).filter(|index| position(*index) == turn);
        let violations = violations(&changed(|root| {
            for (name, member, is_required) in meant().map(|index| &members[index]) {
                set_required(root, name, member, !is_required);
            }
        }));
        for (name, member, _) in meant().map(|index| &members[index]) {
            // That what must be there may be null is a known loss, which is none any more then.
            let place = match (name.as_str(), member.as_str()) {
                ("EditMessageBody", "content") => "is none any more".to_owned(),
                _ => format!("{name}: required: "),
            };
            assert_seen(&violations, &[name.as_str(), &place]);
        }
    }
}

#[test]
fn every_member_whose_type_changes_is_seen() {
    let violations = violations(&changed(|root| {
        for (name, member, _) in members() {
            // No member of the document takes both.
            let to = json!({ "anyOf": [{ "type": "boolean" }, { "type": "integer" }] });
            set_member(root, &name, &member, to);
        }
    }));
    for (name, member, _) in members() {
        let place = format!("{name}.{member}: type: the document has \"boolean or integer\"");
        assert_seen(&violations, &[&place]);
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
    let vocabularies = vocabularies(&root);
    let most = vocabularies.iter().map(|(_, values)| values.len()).max();
    // One value of each vocabulary at a time.
    for turn in 0..most.unwrap() {
        let meant = || {
            let with_value = |(name, values): &'_ (String, Vec<String>)| {
                Some((name.clone(), values.get(turn)?.clone()))
            };
            vocabularies.iter().filter_map(with_value)
        };
        let violations = violations(&changed(|root| {
            for (vocabulary, value) in meant() {
                narrow(root, &vocabulary, &value);
            }
        }));
        for (vocabulary, value) in meant() {
            let place = format!("{vocabulary}: values: ");
            assert_seen(&violations, &[&place, &value]);
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
