//! Lists that may come as an object.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Reads a list from an array, or from an object whose values are the items.
///
/// An empty list has been seen as `{}`. A server that writes that writes a list with gaps as
/// `{"0": …, "2": …}`, so the values of an object are read too instead of being lost.
pub(crate) struct LenientListVisitor<T>(pub(crate) PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LenientListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or an object with the items as its values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some((IgnoredAny, item)) = members.next_entry()? {
            list.push(item);
        }
        Ok(list)
    }
}

/// Makes a list that may come as an object.
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
    fn an_empty_object_is_an_empty_list() {
        let numbers: Numbers = serde_json::from_str("{}").unwrap();
        assert!(numbers.is_empty());
        assert_eq!(serde_json::to_string(&numbers).unwrap(), "[]");
    }

    #[test]
    fn the_values_of_an_object_are_not_lost() {
        let numbers: Numbers = serde_json::from_str(r#"{"0": 7, "2": 9}"#).unwrap();
        assert_eq!(*numbers, [7, 9]);
    }

    #[test]
    fn an_array_is_read_in_order() {
        let numbers: Numbers = serde_json::from_str("[3, 1, 2]").unwrap();
        assert_eq!(*numbers, [3, 1, 2]);
    }
}
