//! Idempotency keys of replies.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret of a watcher, which makes the keys of its replies unpredictable.
///
/// A key is an HMAC over what it identifies, followed by an HMAC over the first one. The second proves that a
/// message with an unknown sender is an own reply, without knowing what it replied to.
pub(super) struct ReplySecret(Vec<u8>);

impl ReplySecret {
    pub(super) fn new(secret: &str) -> ReplySecret {
        ReplySecret(secret.as_bytes().to_vec())
    }

    /// Returns the key of one reply. No two lists of parts have the same encoding.
    pub(super) fn key(&self, parts: &[&str]) -> String {
        let parts = parts.iter().flat_map(|part| {
            let length = (part.len() as u64).to_le_bytes();
            length.into_iter().chain(part.bytes())
        });
        let id = hex(&self.mac(b"reply", &parts.collect::<Vec<u8>>())[..16]);
        let tag = self.tag(&id);
        format!("{id}{tag}")
    }

    /// Returns `true` if this watcher made the key.
    pub(super) fn made(&self, key: &str) -> bool {
        match (key.get(..32), key.get(32..)) {
            (Some(id), Some(tag)) => self.tag(id) == tag,
            _ => false,
        }
    }

    fn tag(&self, id: &str) -> String {
        hex(&self.mac(b"own", id.as_bytes())[..16])
    }

    fn mac(&self, purpose: &[u8], data: &[u8]) -> [u8; 32] {
        // HMAC accepts keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a valid key");
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_secret_and_by_every_part() {
        let secret = ReplySecret::new("a");
        let key = secret.key(&["430", "7", "0", "first"]);
        assert_eq!(key, secret.key(&["430", "7", "0", "first"]));
        assert_eq!(key.len(), 64);
        for other in [
            ["431", "7", "0", "first"],
            ["430", "8", "0", "first"],
            ["430", "7", "1", "first"],
            ["430", "7", "0", "second"],
            ["4307", "", "0", "first"],
            ["430", "70", "", "first"],
        ] {
            assert_ne!(key, secret.key(&other), "{other:?}");
        }
        assert_ne!(key, ReplySecret::new("b").key(&["430", "7", "0", "first"]));
    }

    #[test]
    fn recognizes_own_keys_only() {
        let secret = ReplySecret::new("a");
        let key = secret.key(&["430", "7"]);
        assert!(secret.made(&key));
        assert!(!ReplySecret::new("b").made(&key));
        let upper = key.to_uppercase();
        let changed = format!("0{}", &key[1..]);
        for other in [
            "",
            "a",
            &key[..63],
            &key[1..],
            &upper,
            &"سلام ".repeat(12),
            &format!("{key}0"),
        ] {
            assert!(!secret.made(other), "{other}");
        }
        assert!(key.starts_with('0') || !secret.made(&changed));
    }
}
