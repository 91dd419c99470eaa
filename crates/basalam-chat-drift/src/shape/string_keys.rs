//! Methods, statuses and parameter keys as JSON strings.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Method, ParameterLocation, StatusPattern};

/// A value that JSON represents as a string.
pub(super) trait StringKey: Ord + Sized {
    fn format(&self) -> String;
    fn parse(string: &str) -> Option<Self>;
}

impl StringKey for Method {
    fn format(&self) -> String {
        self.to_string()
    }

    fn parse(string: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|it| it.as_str() == string)
    }
}

impl StringKey for StatusPattern {
    fn format(&self) -> String {
        self.to_string()
    }

    fn parse(string: &str) -> Option<StatusPattern> {
        StatusPattern::from_key(string)
    }
}

impl StringKey for (ParameterLocation, String) {
    fn format(&self) -> String {
        format!("{} {}", self.0, self.1)
    }

    fn parse(string: &str) -> Option<(ParameterLocation, String)> {
        let (location, key) = string.split_once(' ')?;
        Some((ParameterLocation::from_name(location)?, key.to_owned()))
    }
}

/// A single value, for `#[serde(with)]`.
pub(super) mod as_string {
    use super::{StringKey, parse};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::shape) fn serialize<K: StringKey, S: Serializer>(
        key: &K,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&key.format())
    }

    pub(in crate::shape) fn deserialize<'de, K: StringKey, D: Deserializer<'de>>(
        from: D,
    ) -> Result<K, D::Error> {
        parse(&String::deserialize(from)?)
    }
}

/// The keys of a map, for `#[serde(with)]`.
pub(super) mod map {
    use super::{BTreeMap, StringKey, parse};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::shape) fn serialize<K: StringKey, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_map(map.iter().map(|(key, value)| (key.format(), value)))
    }

    pub(in crate::shape) fn deserialize<'de, K: StringKey, V, D>(
        from: D,
    ) -> Result<BTreeMap<K, V>, D::Error>
    where
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let map: BTreeMap<String, V> = BTreeMap::deserialize(from)?;
        let parsed = map
            .into_iter()
            .map(|(key, value)| Ok((parse(&key)?, value)));
        parsed.collect()
    }
}

fn parse<K: StringKey, E: serde::de::Error>(string: &str) -> Result<K, E> {
    K::parse(string).ok_or_else(|| E::custom(format!("{string:?} is not valid here")))
}
