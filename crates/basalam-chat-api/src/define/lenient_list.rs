//! Lists that are deserialized from an array or an object.

/// Defines a list that is deserialized from an array or an object.
#[doc(hidden)]
#[macro_export]
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
                    .deserialize_any($crate::decode::ListVisitor(::std::marker::PhantomData))
                    .map(Self)
            }
        }

        $crate::decode::impl_decode!($name, List);

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
pub use crate::lenient_list;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    lenient_list! {
        /// A list for the tests.
        pub struct Numbers(i64);
    }

    #[test]
    fn deserializes_empty_object_as_empty_list() {
        let numbers: Numbers = serde_json::from_str("{}").unwrap();
        assert!(numbers.is_empty());
        assert_eq!(serde_json::to_string(&numbers).unwrap(), "[]");
    }

    #[test]
    fn deserializes_values_of_sparse_list() {
        let numbers: Numbers = serde_json::from_str(r#"{"0": 7, "2": 9}"#).unwrap();
        assert_eq!(*numbers, [7, 9]);
        assert!(serde_json::from_str::<Numbers>(r#"{"0": 7, "a": 9}"#).is_err());
    }

    #[test]
    fn deserializes_array_in_order() {
        let numbers: Numbers = serde_json::from_str("[3, 1, 2]").unwrap();
        assert_eq!(*numbers, [3, 1, 2]);
    }
}
