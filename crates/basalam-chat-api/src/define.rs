//! The macros that ids, texts, secrets, vocabularies and lists are made with.

mod id;
mod lenient_list;
mod open_enum;
mod secret;
mod string;

pub(crate) use id::id;
pub(crate) use lenient_list::lenient_list;
pub(crate) use open_enum::open_enum;
pub(crate) use secret::secret;
pub(crate) use string::string;

pub use id::InvalidId;
pub use open_enum::UnknownValue;
pub use secret::InvalidSecret;

// What the macros' expansions call; the macros are used in other modules of this crate.
pub(crate) use id::IdVisitor;
pub(crate) use lenient_list::LenientListVisitor;
pub(crate) use open_enum::OpenEnumVisitor;

/// Writes what every type with a text inside has: reading from texts cannot fail.
macro_rules! from_texts {
    ($name:ident) => {
        impl ::std::convert::From<&::std::string::String> for $name {
            fn from(text: &::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(Self::from(text))
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use from_texts;

/// Writes the JSON Schema of a type, where the feature asks for it.
macro_rules! json_schema {
    ($name:ident, $schema:tt) => {
        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use json_schema;
