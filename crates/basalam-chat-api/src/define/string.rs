//! Texts with a meaning of their own.

/// Makes a type that keeps a text as it came.
macro_rules! string {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(
            ::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, ::std::cmp::Eq,
            ::std::cmp::PartialOrd, ::std::cmp::Ord, ::std::hash::Hash, ::serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(::std::string::String);

        impl $name {
            /// The text, as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text away.
            pub fn into_string(self) -> ::std::string::String {
                self.0
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self(text)
            }
        }

        $crate::define::from_texts!($name);
        $crate::define::json_schema!($name, { "type": "string" });
    };
}
pub(crate) use string;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    string! {
        /// A text for the tests.
        pub struct Colour;
    }

    #[test]
    fn a_text_is_kept_as_it_came() {
        let colour: Colour = serde_json::from_str("\" Blue \"").unwrap();
        assert_eq!(colour, " Blue ");
        assert_eq!(serde_json::to_string(&colour).unwrap(), "\" Blue \"");
        assert_eq!(colour.to_string(), " Blue ");
    }
}
