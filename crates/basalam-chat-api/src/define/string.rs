//! String newtypes.

/// Defines a newtype that preserves a string as received.
#[doc(hidden)]
#[macro_export]
macro_rules! string {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, ::std::cmp::Eq,
            ::std::cmp::PartialOrd, ::std::cmp::Ord, ::std::hash::Hash,
        )]
        pub struct $name($crate::define::ShortString);

        impl $name {
            /// Returns the string as received.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Returns the inner string.
            pub fn into_string(self) -> ::std::string::String {
                self.0.into_string()
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.into())
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                Self(value.into())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_str($crate::define::ShortStringVisitor).map(Self)
            }
        }

        $crate::define::impl_string_traits!($name);
        $crate::decode::impl_decode!($name, Scalar);
        $crate::define::impl_json_schema!($name, { "type": "string" });
    };
}
pub use crate::string;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    string! {
        /// A string for the tests.
        pub struct Colour;
    }

    #[test]
    fn preserves_the_string() {
        let colour: Colour = serde_json::from_str("\" Blue \"").unwrap();
        assert_eq!(colour, " Blue ");
        assert_eq!(serde_json::to_string(&colour).unwrap(), "\" Blue \"");
        assert_eq!(colour.to_string(), " Blue ");
    }
}
