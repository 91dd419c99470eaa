//! Secrets that stand in a path.

use std::fmt;

/// A text that cannot be a secret of a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidSecret {
    pub(crate) name: &'static str,
}

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this is no {}: it must be visible ASCII characters, at least one, without spaces",
            self.name
        )
    }
}

impl std::error::Error for InvalidSecret {}

/// Makes a type for a secret that stands in a path.
///
/// It has no `Display`, so that nothing shows it by accident. progenitor builds paths with
/// `value.to_string()`, and the hidden method of that name serves it alone.
macro_rules! secret {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(::std::clone::Clone)]
        pub struct $name(::secrecy::SecretString);

        impl $name {
            /// Takes a secret in.
            ///
            /// # Errors
            ///
            /// Gives [`InvalidSecret`]($crate::InvalidSecret) where the text is empty or has
            /// characters other than visible ASCII.
            pub fn new(
                secret: impl ::std::convert::Into<::std::string::String>,
            ) -> ::std::result::Result<Self, $crate::InvalidSecret> {
                let secret = ::secrecy::SecretString::from(secret.into());
                let text = ::secrecy::ExposeSecret::expose_secret(&secret);
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return ::std::result::Result::Err($crate::InvalidSecret {
                        name: stringify!($name),
                    });
                }
                ::std::result::Result::Ok(Self(secret))
            }

            /// Shows the secret to code that must have it.
            pub fn expose_secret(&self) -> &str {
                ::secrecy::ExposeSecret::expose_secret(&self.0)
            }

            // An inherent method on purpose: `Display` would show the secret to every `{}`.
            #[doc(hidden)]
            #[allow(clippy::inherent_to_string)]
            pub fn to_string(&self) -> ::std::string::String {
                self.expose_secret().to_owned()
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}
pub(crate) use secret;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    secret! {
        /// A secret for the tests.
        pub struct Password;
    }

    #[test]
    fn a_secret_is_not_shown() {
        let password = Password::new("1:correct-horse").unwrap();
        assert_eq!(format!("{password:?}"), "Password([redacted])");
        assert_eq!(password.expose_secret(), "1:correct-horse");
    }

    #[test]
    fn what_no_path_can_hold_is_no_secret_and_is_not_repeated() {
        for text in ["", "a b", "a\nb", "\u{0633}"] {
            let error = Password::new(text).unwrap_err();
            assert!(error.to_string().starts_with("this is no Password:"));
        }
    }
}
