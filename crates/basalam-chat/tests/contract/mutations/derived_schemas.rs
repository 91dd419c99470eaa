//! Changes that the check of the derived schemas reports: any change of any property.

use serde_json::{Value, json};

use super::assert_reported;
use super::change::{
    add_property, changed, enums, remove_property, remove_value, set_property, set_required,
};
use crate::derived_schemas::violations;

/// Returns the documented properties of all objects with a generated type.
fn properties() -> Vec<(String, String, bool)> {
    let document = crate::committed_document();
    let hand_written = ["ErrorResponse", "ErrorProblem", "UploadFileBody"];
    let is_hand_written =
        |name: &str| hand_written.contains(&name) || name.starts_with("Validation");
    let mut properties = Vec::new();
    let schemas = document.schemas();
    for (name, schema) in schemas.filter(|(name, _)| !is_hand_written(name)) {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |property: &str| required.is_some_and(|it| it.contains(&json!(property)));
        let named = schema.get("properties").and_then(Value::as_object);
        for (property, _) in named.into_iter().flatten() {
            properties.push((name.to_owned(), property.clone(), is_required(property)));
        }
    }
    assert!(properties.len() > 100, "{}", properties.len());
    properties
}

/// Panics if the check does not report the change.
#[track_caller]
fn assert_detects(change: impl FnOnce(&mut Value), expected: &[&str]) {
    assert_reported(&violations(&changed(change)), expected);
}

// Changes of different places are made at once and expected one by one: separate checks would take
// most of a minute.

#[test]
fn reports_every_removed_property() {
    let violations = violations(&changed(|root| {
        for (name, property, _) in properties() {
            remove_property(root, &name, &property);
        }
    }));
    for (name, property, _) in properties() {
        let place = format!("{name}.{property}: present: the document has false");
        assert_reported(&violations, &[&place]);
    }
}

#[test]
fn reports_every_changed_requiredness() {
    let properties = properties();
    let position = |index: usize| {
        let before = properties[..index].iter();
        before.filter(|it| it.0 == properties[index].0).count()
    };
    let most = (0..properties.len()).map(position).max().unwrap();
    // One property of each object at a time.
    for turn in 0..=most {
        let selected = || (0..properties.len()).filter(|index| position(*index) == turn);
        let violations = violations(&changed(|root| {
            for (name, property, is_required) in selected().map(|index| &properties[index]) {
                set_required(root, name, property, !is_required);
            }
        }));
        for (name, property, _) in selected().map(|index| &properties[index]) {
            // This is a known difference, which disappears.
            let place = match (name.as_str(), property.as_str()) {
                ("EditMessageBody", "content") => "is not found any longer".to_owned(),
                _ => format!("{name}: required: "),
            };
            assert_reported(&violations, &[name.as_str(), &place]);
        }
    }
}

#[test]
fn reports_every_changed_property_type() {
    let violations = violations(&changed(|root| {
        for (name, property, _) in properties() {
            // No property of the document accepts both.
            let to = json!({ "anyOf": [{ "type": "boolean" }, { "type": "integer" }] });
            set_property(root, &name, &property, to);
        }
    }));
    for (name, property, _) in properties() {
        let place = format!("{name}.{property}: type: the document has \"boolean or integer\"");
        assert_reported(&violations, &[&place]);
    }
}

#[test]
fn reports_added_property() {
    assert_detects(
        |root| add_property(root, "Sender", "language", json!({ "type": "string" })),
        &["Sender.language: present: the document has true, the type false"],
    );
}

#[test]
fn reports_added_schema() {
    assert_detects(
        |root| root["components"]["schemas"]["Reaction"] = json!({ "type": "object" }),
        &["Reaction: no type is generated for it"],
    );
}

#[test]
fn reports_every_value_removed_from_an_enum() {
    let root = crate::committed_document().root().clone();
    let enums = enums(&root);
    let most = enums.iter().map(|(_, values)| values.len()).max();
    // One value of each enum at a time.
    for turn in 0..most.unwrap() {
        let selected = || {
            let with_value = |(name, values): &'_ (String, Vec<String>)| {
                Some((name.clone(), values.get(turn)?.clone()))
            };
            enums.iter().filter_map(with_value)
        };
        let violations = violations(&changed(|root| {
            for (enum_name, value) in selected() {
                remove_value(root, &enum_name, &value);
            }
        }));
        for (enum_name, value) in selected() {
            let place = format!("{enum_name}: values: ");
            assert_reported(&violations, &[&place, &value]);
        }
    }
}

#[test]
fn reports_known_difference_that_is_not_found() {
    let to = json!({ "type": "boolean", "nullable": true });
    assert_detects(
        |root| set_property(root, "Group", "verified", to),
        &["Group.verified", "is not found any longer"],
    );
}
