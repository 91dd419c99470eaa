//! The secrets that authenticate deliveries.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::Error;
use crate::webhooks::headers::check_value;

/// The SHA-256 hash of a secret. Hashes have the same length, so comparing them does not reveal that of the secret.
pub(super) type Hash = [u8; 32];

/// The hashes of the accepted secrets. The secrets themselves are not kept.
pub(super) struct Secrets {
    current: Hash,
    /// The current one if no previous secret is accepted, so that two are always compared.
    previous: Hash,
}

impl Secrets {
    pub(super) fn new(current: Hash, previous: Option<Hash>) -> Secrets {
        Secrets {
            current,
            previous: previous.unwrap_or(current),
        }
    }

    pub(super) fn contains(&self, value: &[u8]) -> bool {
        let hash = hash(value);
        let is_current: Choice = self.current.ct_eq(&hash);
        let is_previous: Choice = self.previous.ct_eq(&hash);
        (is_current | is_previous).into()
    }

    /// Replaces the current secret. If a rotation is repeated, the previous secret stays.
    pub(super) fn rotate(&mut self, new: Hash) {
        if new != self.current {
            self.previous = std::mem::replace(&mut self.current, new);
        }
    }

    pub(super) fn forget_previous(&mut self) {
        self.previous = self.current;
    }
}

/// Returns the hash of a secret that can be the value of a header.
pub(super) fn hash_checked(argument: &str, secret: &str) -> Result<Hash, Error> {
    check_value(argument, secret)?;
    Ok(hash(secret.as_bytes()))
}

fn hash(value: &[u8]) -> Hash {
    Sha256::digest(value).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(current: &str, previous: Option<&str>) -> Secrets {
        let hash = |it| hash_checked("secret", it).unwrap();
        Secrets::new(hash(current), previous.map(hash))
    }

    #[test]
    fn contains_both_secrets_and_nothing_else() {
        let secrets = secrets("Bearer new-secret", Some("Bearer old-secret"));
        for value in ["Bearer new-secret", "Bearer old-secret"] {
            assert!(secrets.contains(value.as_bytes()));
            for length in 0..value.len() {
                assert!(!secrets.contains(&value.as_bytes()[..length]), "{length}");
            }
        }
        for value in [
            "bearer new-secret",
            "Bearer new-secret ",
            "new-secret",
            "Bearer new-secretBearer old-secret",
        ] {
            assert!(!secrets.contains(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn rotation_keeps_the_replaced_secret_until_it_is_forgotten() {
        let mut secrets = secrets("first", None);
        secrets.rotate(hash(b"second"));
        assert!(secrets.contains(b"first") && secrets.contains(b"second"));
        secrets.rotate(hash(b"third"));
        assert!(!secrets.contains(b"first"));
        assert!(secrets.contains(b"second") && secrets.contains(b"third"));
        secrets.forget_previous();
        assert!(!secrets.contains(b"second") && secrets.contains(b"third"));
    }

    #[test]
    fn a_repeated_rotation_keeps_the_previous_secret() {
        let mut secrets = secrets("old", None);
        for _ in 0..3 {
            secrets.rotate(hash(b"new"));
            assert!(secrets.contains(b"old") && secrets.contains(b"new"));
        }
        secrets.rotate(hash(b"old"));
        assert!(secrets.contains(b"old") && secrets.contains(b"new"));
        secrets.forget_previous();
        secrets.rotate(hash(b"old"));
        assert!(secrets.contains(b"old") && !secrets.contains(b"new"));
    }

    #[test]
    fn rejects_secrets_that_no_header_can_have() {
        for secret in ["", " ", " a", "a ", "a\t", "a\r\nb", "راز", "a\0"] {
            let error = hash_checked("secret", secret).unwrap_err();
            assert!(error.is_invalid_input(), "{secret:?}");
            assert!(error.to_string().contains("`secret`"), "{error}");
        }
    }
}
