//! Secrets in URL paths.

use std::fmt;

/// Error returned when a string is not valid as a secret in a URL path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidSecret {
    #[doc(hidden)]
    pub name: &'static str,
}

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid {}: expected one or more visible ASCII characters, without spaces",
            self.name
        )
    }
}

impl std::error::Error for InvalidSecret {}

/// Defines a secret that is used in a URL path.
///
/// The type does not implement `Display`, to prevent accidental logging. progenitor builds paths with
/// `value.to_string()`, so there is a hidden method of that name.
#[doc(hidden)]
#[macro_export]
macro_rules! secret {
    ($(#[$docs:meta])* pub struct $name:ident;) => {
        $(#[$docs])*
        #[derive(::std::clone::Clone)]
        pub struct $name($crate::define::secrecy::SecretString);

        impl $name {
            /// Creates a secret.
            ///
            /// # Errors
            ///
            /// Returns [`InvalidSecret`]($crate::InvalidSecret) if the string is empty or
            /// contains characters other than visible ASCII.
            pub fn new(
                secret: impl ::std::convert::Into<::std::string::String>,
            ) -> ::std::result::Result<Self, $crate::InvalidSecret> {
                let secret = $crate::define::secrecy::SecretString::from(secret.into());
                let value = $crate::define::secrecy::ExposeSecret::expose_secret(&secret);
                if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return ::std::result::Result::Err($crate::InvalidSecret {
                        name: stringify!($name),
                    });
                }
                ::std::result::Result::Ok(Self(secret))
            }

            /// Returns the secret in plain text.
            pub fn expose_secret(&self) -> &str {
                $crate::define::secrecy::ExposeSecret::expose_secret(&self.0)
            }

            // Deliberately inherent: `Display` would expose the secret to every `{}`.
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
pub use crate::secret;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)]
mod tests {
    secret! {
        /// A secret for the tests.
        pub struct Password;
    }

    #[test]
    fn debug_output_is_redacted() {
        let password = Password::new("1:correct-horse").unwrap();
        assert_eq!(format!("{password:?}"), "Password([redacted])");
        assert_eq!(password.expose_secret(), "1:correct-horse");
    }

    #[test]
    fn rejects_invalid_secrets() {
        for value in ["", "a b", "a\nb", "\u{0633}"] {
            let error = Password::new(value).unwrap_err();
            assert!(error.to_string().starts_with("invalid Password:"));
        }
    }
}
