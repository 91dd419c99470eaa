//! Macros that define ids, string newtypes, secrets, open enums and lenient lists.

mod id;
mod lenient_list;
mod open_enum;
mod secret;
mod short_string;
mod string;

pub(crate) use id::id;
pub(crate) use lenient_list::lenient_list;
pub(crate) use open_enum::open_enum;
pub(crate) use secret::secret;
pub(crate) use string::string;

pub use id::InvalidId;
pub use open_enum::UnknownValue;
pub use secret::InvalidSecret;

// Used by the expansions of the macros in other modules of this crate.
pub(crate) use open_enum::OpenEnumVisitor;
pub(crate) use short_string::{ShortString, ShortStringVisitor};

/// Implements the common traits of types that wrap a string. Parsing a string is infallible.
macro_rules! impl_string_traits {
    ($name:ident) => {
        impl ::std::convert::From<&::std::string::String> for $name {
            fn from(value: &::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(Self::from(value))
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
pub(crate) use impl_string_traits;

/// Implements `JsonSchema` if the feature `schemars` is enabled.
macro_rules! impl_json_schema {
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
pub(crate) use impl_json_schema;
