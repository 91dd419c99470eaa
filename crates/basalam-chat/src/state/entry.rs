//! Values of a state store, and the conditions of writes.

use std::fmt;

use super::{StateError, StateKey};

/// The maximum length of a value in bytes: 256 KiB.
pub const MAX_VALUE_BYTES: usize = 256 * 1024;

/// The version of a stored value.
///
/// Each write of a store gets a larger version than all writes before, whatever their keys. No version is used
/// twice, not even after a deletion, so a version is also a fencing number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version(u64);

impl Version {
    /// Creates a version from the number that a store has assigned.
    pub const fn from_number(number: u64) -> Version {
        Version(number)
    }

    /// Returns the number that the store has assigned.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A stored value with its key and version.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The key.
    pub key: StateKey,
    /// The value.
    pub value: Vec<u8>,
    /// The version of the write that stored the value.
    pub version: Version,
}

impl Entry {
    /// Creates an entry, for custom stores.
    pub fn new(key: StateKey, value: Vec<u8>, version: Version) -> Entry {
        Entry {
            key,
            value,
            version,
        }
    }
}

/// Omits the value, which may be a secret.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key)
            .field("bytes", &self.value.len())
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The condition under which a value is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PutMode {
    /// Always writes.
    Overwrite,
    /// Writes only if the key has no value; otherwise fails with
    /// [`is_conflict`](StateError::is_conflict).
    Create,
    /// Writes only if the value has this version; otherwise fails with
    /// [`is_conflict`](StateError::is_conflict).
    Update(Version),
}

impl PutMode {
    /// Returns `true` if a key whose value has this version, or that has no value, may be written.
    pub fn permits(self, current: Option<Version>) -> bool {
        match self {
            PutMode::Overwrite => true,
            PutMode::Create => current.is_none(),
            PutMode::Update(version) => current == Some(version),
        }
    }
}

/// The condition under which a value is deleted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeleteMode {
    /// Deletes the value, if there is one.
    Any,
    /// Deletes the value only if it has this version; if it has another or is missing, fails with
    /// [`is_conflict`](StateError::is_conflict).
    Version(Version),
}

impl DeleteMode {
    /// Returns `true` if a key whose value has this version, or that has no value, may be deleted.
    pub fn permits(self, current: Option<Version>) -> bool {
        match self {
            DeleteMode::Any => true,
            DeleteMode::Version(version) => current == Some(version),
        }
    }
}

/// One write of [`put_many`](super::StateStore::put_many).
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct PutRequest {
    /// The key.
    pub key: StateKey,
    /// The value, at most [`MAX_VALUE_BYTES`].
    pub value: Vec<u8>,
    /// The condition.
    pub mode: PutMode,
}

impl PutRequest {
    /// Creates a write.
    pub fn new(key: StateKey, value: impl Into<Vec<u8>>, mode: PutMode) -> PutRequest {
        let value = value.into();
        PutRequest { key, value, mode }
    }
}

/// Omits the value, which may be a secret.
impl fmt::Debug for PutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutRequest")
            .field("key", &self.key)
            .field("bytes", &self.value.len())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Checks the length of a value, for custom stores.
///
/// # Errors
///
/// [`is_invalid_input`](StateError::is_invalid_input) if it has more than [`MAX_VALUE_BYTES`].
pub fn check_value(value: &[u8]) -> Result<(), StateError> {
    match value.len() {
        0..=MAX_VALUE_BYTES => Ok(()),
        length => Err(StateError::invalid_input(format!(
            "the value has {length} bytes; store at most {MAX_VALUE_BYTES}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_permit_what_they_document() {
        let (old, new) = (Version::from_number(1), Version::from_number(2));
        let puts = [
            (PutMode::Overwrite, [true, true, true]),
            (PutMode::Create, [true, false, false]),
            (PutMode::Update(old), [false, true, false]),
        ];
        for (mode, expected) in puts {
            let permitted = [None, Some(old), Some(new)].map(|it| mode.permits(it));
            assert_eq!(permitted, expected, "{mode:?}");
        }
        let deletes = [
            (DeleteMode::Any, [true, true, true]),
            (DeleteMode::Version(old), [false, true, false]),
        ];
        for (mode, expected) in deletes {
            let permitted = [None, Some(old), Some(new)].map(|it| mode.permits(it));
            assert_eq!(permitted, expected, "{mode:?}");
        }
    }

    #[test]
    fn values_are_bounded_and_not_shown() {
        check_value(&vec![0; MAX_VALUE_BYTES]).unwrap();
        check_value(&[]).unwrap();
        let error = check_value(&vec![0; MAX_VALUE_BYTES + 1]).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains("262145"), "{error}");
        let key = StateKey::new("tokens/1").unwrap();
        let entry = Entry::new(key.clone(), b"canary".to_vec(), Version::from_number(1));
        let request = PutRequest::new(key, "canary", PutMode::Create);
        let shown = format!("{entry:?} {request:?}");
        assert!(
            shown.contains("bytes: 6") && !shown.contains("canary"),
            "{shown}"
        );
        assert!(!shown.contains("99, 97"), "{shown}");
    }
}
