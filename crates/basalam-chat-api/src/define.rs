//! Macros that define ids, string newtypes, secrets, open enums and lenient lists.

mod id;
mod lenient_list;
mod open_enum;
mod secret;
mod short_string;
mod string;

pub use id::id;
pub use lenient_list::lenient_list;
pub use open_enum::open_enum;
pub use secret::secret;
pub use string::string;

pub use id::InvalidId;
pub use open_enum::UnknownValue;
pub use secret::InvalidSecret;

// Used by the expansions of the macros, in any crate.
pub use open_enum::OpenEnumVisitor;
pub use secrecy;
pub use short_string::{ShortString, ShortStringVisitor};

/// Implements the common traits of types that wrap a string. Parsing a string is infallible.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_string_traits {
    ($name:ident) => {
        impl ::std::convert::From<&::std::string::String> for $name {
            fn from(value: &::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            // Not `Self::Err`, which is ambiguous if an enum has a variant `Err`.
            fn from_str(value: &str) -> ::std::result::Result<Self, ::std::convert::Infallible> {
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
pub use crate::impl_string_traits;

/// Implements `JsonSchema` if the feature `schemars` is enabled.
#[doc(hidden)]
#[macro_export]
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
pub use crate::impl_json_schema;
