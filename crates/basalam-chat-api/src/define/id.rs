//! Ids: numbers that cannot be mixed up.

use std::fmt;

/// A text that is no id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidId {
    pub(crate) name: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no {}: write a whole number", self.name)
    }
}

impl std::error::Error for InvalidId {}

/// Reads the number of an id from a number, or from a text that holds one. It is the same for every id, so
/// that the way through a reader's values of any type is compiled once.
pub(crate) struct IdVisitor;

impl serde::de::Visitor<'_> for IdVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a text that holds one")
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number)
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i64, E> {
        text.parse()
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Other("a text"), &self))
    }
}

/// Makes an id: a transparent 64-bit number of a type of its own.
macro_rules! id {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug, ::std::cmp::PartialEq,
            ::std::cmp::Eq, ::std::cmp::PartialOrd, ::std::cmp::Ord, ::std::hash::Hash,
        )]
        #[repr(transparent)]
        pub struct $name(
            /// The number itself.
            pub i64,
        );

        impl ::std::convert::From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl ::std::convert::From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidId;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                text.parse()
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
                deserializer.deserialize_any($crate::define::IdVisitor).map(Self)
            }
        }

        $crate::define::json_schema!($name, { "type": "integer", "format": "int64" });
    };
}
pub(crate) use id;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    id! {
        /// An id for the tests.
        pub struct StarId;
    }

    #[test]
    fn an_id_is_read_from_a_number_and_from_a_numeric_text() {
        assert_eq!(serde_json::from_str::<StarId>("7").unwrap(), StarId(7));
        assert_eq!(serde_json::from_str::<StarId>("\"7\"").unwrap(), StarId(7));
        assert_eq!(serde_json::to_string(&StarId(7)).unwrap(), "7");
    }

    #[test]
    fn what_is_no_number_is_no_id_and_the_error_does_not_repeat_it() {
        for text in ["\"seven\"", "7.5", "null", "18446744073709551615", "{}"] {
            assert!(serde_json::from_str::<StarId>(text).is_err(), "{text}");
        }
        let error = serde_json::from_str::<StarId>("\"private\"").unwrap_err();
        assert!(!error.to_string().contains("private"));
    }

    #[test]
    fn an_id_is_parsed_and_shown_as_its_number() {
        assert_eq!("42".parse(), Ok(StarId(42)));
        assert_eq!(StarId(42).to_string(), "42");
        let error = "x".parse::<StarId>().unwrap_err();
        assert_eq!(error.to_string(), "this is no StarId: write a whole number");
    }
}
