//! Answers changed into what a client must be able to take.

use serde_json::Value;

/// Adds a member that no document knows to every object but `urls`, whose members are
/// all addresses.
pub(super) fn add_unknown_members(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_unknown_members),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name != "urls" {
                    add_unknown_members(member);
                }
            }
            let unknown = serde_json::json!({ "invented": ["tomorrow", 1, null] });
            members.insert("emulated_unknown_member".to_owned(), unknown);
        }
        _ => {}
    }
}

/// Puts a value that no document knows wherever there is one of a vocabulary.
pub(super) fn put_unknown_values(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(put_unknown_values),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let has_vocabulary = ["message_type", "chat_type", "type"].contains(&name.as_str());
                if has_vocabulary && member.is_string() {
                    *member = "emulated_unknown_value".into();
                } else {
                    put_unknown_values(member);
                }
            }
        }
        _ => {}
    }
}

/// Changes every member of a name, wherever it is: to null, or away.
pub(super) fn change_members(value: &mut Value, name: &str, to_null: bool) {
    match value {
        Value::Array(items) => {
            for item in items {
                change_members(item, name, to_null);
            }
        }
        Value::Object(members) => {
            if to_null && let Some(member) = members.get_mut(name) {
                *member = Value::Null;
            } else {
                members.remove(name);
            }
            for member in members.values_mut() {
                change_members(member, name, to_null);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_members_are_added_everywhere_but_among_addresses() {
        let mut answer = json!({ "a": [{ "b": null }], "urls": { "primary": "c" } });
        add_unknown_members(&mut answer);
        let name = "emulated_unknown_member";
        assert!(answer[name].is_object());
        assert!(answer["a"][0][name].is_object());
        assert_eq!(answer["a"][0]["b"], json!(null));
        assert_eq!(answer["urls"], json!({ "primary": "c" }));
    }

    #[test]
    fn unknown_values_take_the_place_of_texts_of_a_vocabulary_alone() {
        let mut answer = json!({ "data": [{
            "message_type": "text", "text": "type", "type": null,
            "reply_markup": [[{ "type": "url", "data": {} }]],
        }] });
        put_unknown_values(&mut answer);
        let unknown = "emulated_unknown_value";
        assert_eq!(
            answer,
            json!({ "data": [{
                "message_type": unknown, "text": "type", "type": null,
                "reply_markup": [[{ "type": unknown, "data": {} }]],
            }] })
        );
    }

    #[test]
    fn members_of_a_name_become_null_or_go_wherever_they_are() {
        let answer = json!({ "data": [{ "a": 1, "b": { "a": {} } }], "a": [] });
        let changed = |to_null| {
            let mut answer = answer.clone();
            change_members(&mut answer, "a", to_null);
            answer
        };
        assert_eq!(
            changed(true),
            json!({ "data": [{ "a": null, "b": { "a": null } }], "a": null })
        );
        assert_eq!(changed(false), json!({ "data": [{ "b": {} }] }));
    }
}
