//! Users in deliveries.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{HashId, UserId};

/// A user in a delivery. Likely: all fields were observed in one live integration.
///
/// Values of an unexpected type are kept in `extra`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EventUser {
    /// Id of the user.
    pub id: Option<UserId>,
    /// Hash id of the user.
    pub hash_id: Option<HashId>,
    /// Display name.
    pub name: Option<String>,
    /// URLs of the avatar by size, such as `md` and `original`. A URL without a size has the name `original`.
    pub avatar: BTreeMap<String, String>,
    /// City of the user.
    pub city: Option<City>,
    /// All other properties, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A city.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct City {
    /// Name of the city.
    pub name: Option<String>,
    /// Name of its province.
    pub province: Option<String>,
}

impl EventUser {
    pub(super) fn new(mut properties: Map<String, Value>) -> EventUser {
        EventUser {
            id: take(&mut properties, "id", id),
            hash_id: take(&mut properties, "hash_id", string).map(HashId::from),
            name: take(&mut properties, "name", string),
            avatar: take(&mut properties, "avatar", avatar).unwrap_or_default(),
            city: take(&mut properties, "city", city),
            extra: properties,
        }
    }

    /// The URL of the avatar in the size that is shown beside messages.
    pub(super) fn avatar_url(&self) -> Option<&str> {
        let sizes = ["md", "original"].into_iter();
        let mut known = sizes.filter_map(|size| self.avatar.get(size));
        let url = known.next().or_else(|| self.avatar.values().next());
        url.map(String::as_str)
    }
}

/// Removes a property if it can be read.
fn take<T>(
    properties: &mut Map<String, Value>,
    name: &str,
    read: fn(&Value) -> Option<T>,
) -> Option<T> {
    let value = read(properties.get(name)?)?;
    properties.remove(name);
    Some(value)
}

fn id(value: &Value) -> Option<UserId> {
    let id = match value {
        Value::String(text) => text.parse().ok(),
        // Also an id that was written as a float, such as 3.0.
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.to_string().strip_suffix(".0")?.parse().ok()),
        _ => None,
    };
    id.map(UserId)
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn avatar(value: &Value) -> Option<BTreeMap<String, String>> {
    match value {
        Value::String(url) => Some(BTreeMap::from([("original".to_owned(), url.clone())])),
        Value::Object(sizes) => sizes
            .iter()
            .filter(|(_, url)| !url.is_null())
            .map(|(size, url)| Some((size.clone(), string(url)?)))
            .collect(),
        _ => None,
    }
}

fn city(value: &Value) -> Option<City> {
    let city = value.as_object()?;
    Some(City {
        name: city.get("name").and_then(string),
        province: city.get("province").and_then(|it| string(it.get("name")?)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn user(value: Value) -> EventUser {
        EventUser::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn reads_the_documented_user() {
        let user = user(json!({
            "id": 3, "hash_id": "abc", "name": "Sara", "avatar": { "md": "m", "original": "o", "xs": null },
            "city": { "name": "Tabriz", "province": { "name": "East Azerbaijan" } }, "level": 7,
        }));
        assert_eq!(user.id, Some(UserId(3)));
        assert_eq!(user.hash_id, Some(HashId::from("abc")));
        assert_eq!(user.avatar_url(), Some("m"));
        let city = user.city.unwrap();
        assert_eq!(city.name.as_deref(), Some("Tabriz"));
        assert_eq!(city.province.as_deref(), Some("East Azerbaijan"));
        assert_eq!(user.extra, *json!({ "level": 7 }).as_object().unwrap());
    }

    #[test]
    fn unexpected_values_are_kept() {
        let odd = json!({ "id": [], "name": 7, "avatar": { "md": 1 }, "city": "Tabriz" });
        let user = user(odd.clone());
        assert_eq!(user.extra, *odd.as_object().unwrap());
        assert_eq!(user.avatar_url(), None);
    }

    #[test]
    fn ids_can_be_strings_and_floats_and_avatars_strings() {
        for id in [json!("3"), json!(3.0), json!(3)] {
            assert_eq!(user(json!({ "id": id })).id, Some(UserId(3)));
        }
        assert_eq!(user(json!({ "avatar": "a" })).avatar_url(), Some("a"));
        assert_eq!(
            user(json!({ "avatar": { "xl": "b" } })).avatar_url(),
            Some("b")
        );
    }
}
