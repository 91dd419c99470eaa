//! Typed integer ids.

use std::fmt;

/// Error returned when a string cannot be parsed as an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidId {
    #[doc(hidden)]
    pub name: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: expected an integer", self.name)
    }
}

impl std::error::Error for InvalidId {}

/// Defines an id: a distinct type around a 64-bit integer.
#[doc(hidden)]
#[macro_export]
macro_rules! id {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug, ::std::cmp::PartialEq,
            ::std::cmp::Eq, ::std::cmp::PartialOrd, ::std::cmp::Ord, ::std::hash::Hash,
        )]
        #[repr(transparent)]
        pub struct $name(
            /// The integer.
            pub i64,
        );

        impl ::std::convert::From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl ::std::convert::From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidId;

            fn from_str(s: &str) -> ::std::result::Result<Self, $crate::InvalidId> {
                s.parse()
                    .map(Self)
                    .map_err(|_| $crate::InvalidId { name: stringify!($name) })
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_any($crate::decode::IntegerVisitor).map(Self)
            }
        }

        $crate::decode::impl_decode!($name, Id);
        $crate::define::impl_json_schema!($name, { "type": "integer", "format": "int64" });
    };
}
pub use crate::id;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    id! {
        /// An id for the tests.
        pub struct StarId;
    }

    #[test]
    fn deserializes_integer_in_every_form() {
        for json in ["7", "7.0", "\"7\""] {
            assert_eq!(serde_json::from_str::<StarId>(json).unwrap(), StarId(7));
        }
        assert_eq!(serde_json::to_string(&StarId(7)).unwrap(), "7");
    }

    #[test]
    fn rejects_non_integers_without_repeating_the_value() {
        for json in ["\"seven\"", "7.5", "null", "18446744073709551615", "{}"] {
            assert!(serde_json::from_str::<StarId>(json).is_err(), "{json}");
        }
        let error = serde_json::from_str::<StarId>("\"private\"").unwrap_err();
        assert!(!error.to_string().contains("private"));
    }

    #[test]
    fn parses_and_displays_as_integer() {
        assert_eq!("42".parse(), Ok(StarId(42)));
        assert_eq!(StarId(42).to_string(), "42");
        let error = "x".parse::<StarId>().unwrap_err();
        assert_eq!(error.to_string(), "invalid StarId: expected an integer");
    }
}
