//! Encryption keys, and the format of encrypted values.

use std::fmt;

use basalam_chat::state::{StateError, StateErrorKind, StateKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// The first byte of an encrypted value.
const FORMAT: u8 = 1;

/// The format byte and the id of the key.
const HEADER_BYTES: usize = 5;

const NONCE_BYTES: usize = 24;

const TAG_BYTES: usize = 16;

/// The number of bytes by which encryption makes a value longer.
pub(super) const OVERHEAD_BYTES: usize = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

/// A key of [`EncryptedState`](crate::EncryptedState). It is wiped from memory when it is dropped, and never shown.
#[derive(Clone)]
pub struct EncryptionKey {
    id: u32,
    cipher: XChaCha20Poly1305,
}

impl EncryptionKey {
    /// Creates a key from 32 bytes of a cryptographically secure random source, not from a password.
    ///
    /// `id` is stored with each value. Give each new key another id.
    pub fn new(id: u32, secret: &[u8; 32]) -> EncryptionKey {
        let cipher = XChaCha20Poly1305::new(<&Key>::from(secret));
        EncryptionKey { id, cipher }
    }

    /// Creates a key from 64 hexadecimal digits, such as the output of `openssl rand -hex 32`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](StateError::is_invalid_input) if `secret` is something else.
    pub fn from_hex(id: u32, secret: &str) -> Result<EncryptionKey, StateError> {
        let mut bytes = [0; 32];
        let digits: Option<Vec<u8>> = secret.chars().map(hex_digit).collect();
        let digits = digits
            .filter(|it| it.len() == 2 * bytes.len())
            .ok_or_else(|| {
                let message = "the encryption key is not a string of 64 hexadecimal digits";
                StateError::new(StateErrorKind::InvalidInput, message)
            })?;
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(EncryptionKey::new(id, &bytes))
    }

    /// Returns the id.
    pub fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn encrypt(
        &self,
        name: &StateKey,
        nonce: &[u8; NONCE_BYTES],
        value: &[u8],
    ) -> Result<Vec<u8>, StateError> {
        let header = header(self.id);
        let aad = &associated_data(&header, name);
        let encrypted = self
            .cipher
            .encrypt(<&XNonce>::from(nonce), Payload { msg: value, aad });
        // Values are much shorter than the limit of the cipher.
        let encrypted = encrypted.map_err(|_| {
            StateError::new(
                StateErrorKind::InvalidInput,
                "the value cannot be encrypted",
            )
        })?;
        Ok([&header[..], nonce, &encrypted].concat())
    }
}

/// Decrypts the value of a name with the key that it was encrypted with.
pub(super) fn decrypt(
    keys: &[EncryptionKey],
    name: &StateKey,
    stored: &[u8],
) -> Result<Vec<u8>, StateError> {
    let id = id_of(stored).ok_or_else(|| {
        corrupt(
            "the stored value is not encrypted, or by a newer version of this library".to_owned(),
        )
    })?;
    let key = keys.iter().find(|it| it.id == id).ok_or_else(|| {
        corrupt(format!(
            "the stored value is encrypted with the key {id}, which is missing"
        ))
    })?;
    let damaged = || corrupt("the stored value was changed, or belongs to another name".to_owned());
    let rest = stored.get(HEADER_BYTES..).ok_or_else(damaged)?;
    let (nonce, encrypted) = rest
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or_else(damaged)?;
    let payload = Payload {
        msg: encrypted,
        aad: &associated_data(&header(id), name),
    };
    key.cipher
        .decrypt(<&XNonce>::from(nonce), payload)
        .map_err(|_| damaged())
}

/// Returns the id of the key that a stored value was encrypted with.
pub(super) fn id_of(stored: &[u8]) -> Option<u32> {
    let (format, rest) = stored.split_first()?;
    let id = rest.first_chunk().copied().map(u32::from_le_bytes)?;
    (*format == FORMAT).then_some(id)
}

fn header(id: u32) -> [u8; HEADER_BYTES] {
    let [a, b, c, d] = id.to_le_bytes();
    [FORMAT, a, b, c, d]
}

/// The header has a fixed length, so no two pairs of header and name have the same bytes.
fn associated_data(header: &[u8; HEADER_BYTES], name: &StateKey) -> Vec<u8> {
    [b"basalam-chat-state", &header[..], name.as_str().as_bytes()].concat()
}

fn hex_digit(digit: char) -> Option<u8> {
    digit
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

fn corrupt(message: String) -> StateError {
    StateError::new(StateErrorKind::Corrupt, message)
}

/// Contains the id only.
impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
