//! Lists that are deserialized from an array or an object.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Deserializes a list from an array, or from an object whose values are the items.
///
/// The service has been observed to send `{}` for an empty list. Servers that do so send a sparse list as
/// `{"0": …, "2": …}`, so the values of an object are preserved.
pub(crate) struct LenientListVisitor<T>(pub(crate) PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LenientListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array, or an object with the items as values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some((IgnoredAny, item)) = fields.next_entry()? {
            list.push(item);
        }
        Ok(list)
    }
}

/// Defines a list that is deserialized from an array or an object.
macro_rules! lenient_list {
    ($(#[$docs:meta])* pub struct $name:ident($item:ty);) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::fmt::Debug, ::std::default::Default,
            ::std::cmp::PartialEq, ::serde::Serialize,
        )]
        #[serde(transparent)]
        pub struct $name(
            /// The items.
            pub ::std::vec::Vec<$item>,
        );

        impl ::std::ops::Deref for $name {
            type Target = [$item];

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl ::std::convert::From<::std::vec::Vec<$item>> for $name {
            fn from(items: ::std::vec::Vec<$item>) -> Self {
                Self(items)
            }
        }

        impl ::std::iter::IntoIterator for $name {
            type Item = $item;
            type IntoIter = ::std::vec::IntoIter<$item>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'a> ::std::iter::IntoIterator for &'a $name {
            type Item = &'a $item;
            type IntoIter = ::std::slice::Iter<'a, $item>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer
                    .deserialize_any($crate::define::LenientListVisitor(::std::marker::PhantomData))
                    .map(Self)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let items = generator.subschema_for::<$item>();
                ::schemars::json_schema!({
                    "anyOf": [
                        { "type": "array", "items": items },
                        { "type": "object", "maxProperties": 0 },
                    ],
                })
            }
        }
    };
}
pub(crate) use lenient_list;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    lenient_list! {
        /// A list for the tests.
        pub struct Numbers(u32);
    }

    #[test]
    fn deserializes_empty_object_as_empty_list() {
        let numbers: Numbers = serde_json::from_str("{}").unwrap();
        assert!(numbers.is_empty());
        assert_eq!(serde_json::to_string(&numbers).unwrap(), "[]");
    }

    #[test]
    fn deserializes_object_values() {
        let numbers: Numbers = serde_json::from_str(r#"{"0": 7, "2": 9}"#).unwrap();
        assert_eq!(*numbers, [7, 9]);
    }

    #[test]
    fn deserializes_array_in_order() {
        let numbers: Numbers = serde_json::from_str("[3, 1, 2]").unwrap();
        assert_eq!(*numbers, [3, 1, 2]);
    }
}
