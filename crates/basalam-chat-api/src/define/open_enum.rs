//! Vocabularies: lists of known values that are never closed.

use std::fmt;
use std::marker::PhantomData;

/// A value of a vocabulary that this version does not know.
///
/// It keeps the text, and nothing but reading a text makes one: a value that becomes known in a later
/// version is the known variant there, wherever it came from.
#[derive(Clone, Debug, Eq, PartialEq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(pub(crate) Box<str>);

impl UnknownValue {
    /// The value, as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Reads a value without copying the text of a known one.
pub(crate) struct OpenEnumVisitor<T>(pub(crate) PhantomData<T>);

impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for OpenEnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

/// Makes an open vocabulary.
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
            /// A value that this version does not know, kept as it came.
            Unknown($crate::UnknownValue),
        }

        impl $name {
            /// Every value that this version knows, in the order of the document.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The value, as the service writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Unknown(unknown) => unknown.as_str(),
                }
            }

            /// Whether this version knows the value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($value => Self::$variant,)+
                    unknown => Self::Unknown($crate::UnknownValue(unknown.into())),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
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

        $crate::define::from_texts!($name);
        $crate::define::json_schema!($name, {
            "anyOf": [{ "type": "string", "enum": [$($value),+] }, { "type": "string" }]
        });
    };
}
pub(crate) use open_enum;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    open_enum! {
        /// A vocabulary for the tests.
        pub enum Shape {
            /// Round.
            Circle = "circle",
            /// Not round.
            Square = "square",
        }
    }

    #[test]
    fn an_unknown_value_keeps_its_text_both_ways() {
        let shape: Shape = serde_json::from_str("\"hexagon\"").unwrap();
        assert!(!shape.is_known());
        assert_eq!(shape.as_str(), "hexagon");
        assert_eq!(serde_json::to_string(&shape).unwrap(), "\"hexagon\"");
        assert!(matches!(shape, Shape::Unknown(text) if text.as_str() == "hexagon"));
    }

    #[test]
    fn every_known_value_comes_back_from_its_text() {
        for shape in Shape::KNOWN {
            assert_eq!(&Shape::from(shape.as_str()), shape);
            assert!(shape.is_known());
            assert_eq!(format!("{shape}"), shape.as_str());
        }
    }
}
