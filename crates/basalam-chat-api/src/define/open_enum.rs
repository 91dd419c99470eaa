//! Open enums: string enums that accept unknown values.

use std::fmt;
use std::marker::PhantomData;

/// A value of an open enum that this version does not know.
///
/// It preserves the string and can only be created by parsing one, so a value that a later version knows
/// always becomes the known variant there.
#[derive(Clone, Debug, Eq, PartialEq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    // For the expansion of the macro in other crates.
    #[doc(hidden)]
    pub fn __new(value: &str) -> UnknownValue {
        UnknownValue(value.into())
    }

    /// Returns the value as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Deserializes a value without allocating for a known one.
#[doc(hidden)]
pub struct OpenEnumVisitor<T>(pub PhantomData<T>);

impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for OpenEnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<T, E> {
        Ok(T::from(value))
    }
}

/// Defines an open enum.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$docs:meta])*
        pub enum $name:ident {
            $($(#[$variant_docs:meta])* $variant:ident = $value:literal,)+
        }
    ) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, ::std::cmp::Eq,
            ::std::cmp::PartialOrd, ::std::cmp::Ord, ::std::hash::Hash,
        )]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_docs])* $variant,)+
            /// A value that this version does not know, preserved as received.
            Unknown($crate::UnknownValue),
        }

        impl $name {
            /// All known values, in the order of the document.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the value as used on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Unknown(unknown) => unknown.as_str(),
                }
            }

            /// Returns `true` if this version knows the value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    unknown => Self::Unknown($crate::UnknownValue::__new(unknown)),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer
                    .deserialize_str($crate::define::OpenEnumVisitor(::std::marker::PhantomData))
            }
        }

        $crate::define::impl_string_traits!($name);
        $crate::decode::impl_decode!($name, Scalar);
        $crate::define::impl_json_schema!($name, {
            "anyOf": [{ "type": "string", "enum": Self::KNOWN }, { "type": "string" }]
        });
    };
}
pub use crate::open_enum;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    open_enum! {
        /// An open enum for the tests.
        pub enum Shape {
            /// Round.
            Circle = "circle",
            /// Not round.
            Square = "square",
        }
    }

    #[test]
    fn unknown_value_round_trips() {
        let shape: Shape = serde_json::from_str("\"hexagon\"").unwrap();
        assert!(!shape.is_known());
        assert_eq!(shape.as_str(), "hexagon");
        assert_eq!(serde_json::to_string(&shape).unwrap(), "\"hexagon\"");
        assert!(matches!(shape, Shape::Unknown(value) if value.as_str() == "hexagon"));
    }

    #[test]
    fn known_values_round_trip() {
        for shape in Shape::KNOWN {
            assert_eq!(&Shape::from(shape.as_str()), shape);
            assert!(shape.is_known());
            assert_eq!(format!("{shape}"), shape.as_str());
        }
    }
}
