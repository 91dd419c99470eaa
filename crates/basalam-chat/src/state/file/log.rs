//! The format of the log: frames of records with checksums.
//!
//! A file starts with [`MAGIC`]. Each frame is one atomic write: its length, the checksum of its place and length,
//! the checksum of its payload, and the payload. The payload is the last version that the store has assigned,
//! followed by records.

use std::collections::BTreeMap;

use crate::state::values::Values;
use crate::state::{StateError, StateErrorKind, StateKey, Version};

/// The first bytes of a log. The digit is the version of the format.
pub(super) const MAGIC: &[u8; 16] = b"basalam-state 1\n";

/// The length after which a frame is not extended.
pub(super) const FRAME_BYTES: usize = 4 * 1024 * 1024;

/// The maximum length of a payload. The last record can exceed [`FRAME_BYTES`].
const MAX_PAYLOAD_BYTES: usize = 2 * FRAME_BYTES;

/// The length of a record without its key and value.
pub(super) const RECORD_BYTES: usize = 17;

const HEADER_BYTES: usize = 12;

const VALUE: u8 = 1;
const TOMBSTONE: u8 = 0;

/// A frame that is being built. Its records are checked against the stored values and its own.
#[derive(Default)]
pub(super) struct Frame {
    records: Vec<u8>,
    last_version: u64,
    /// The versions of the keys that the frame changes.
    changed: BTreeMap<StateKey, Option<Version>>,
}

impl Frame {
    /// Starts a frame that follows this version.
    pub(super) fn new(last_version: u64) -> Frame {
        Frame {
            last_version,
            ..Frame::default()
        }
    }

    /// Returns the version of a key after this frame.
    pub(super) fn version(&self, values: &Values, key: &StateKey) -> Option<Version> {
        let changed = self.changed.get(key).copied();
        changed.unwrap_or_else(|| values.version(key))
    }

    /// Adds a write of the next version.
    pub(super) fn put(&mut self, key: &StateKey, value: &[u8]) -> Version {
        let version = Version::from_number(self.last_version + 1);
        self.insert(key, value, version);
        self.changed.insert(key.clone(), Some(version));
        version
    }

    /// Adds a value whose version is already assigned.
    fn insert(&mut self, key: &StateKey, value: &[u8], version: Version) {
        self.last_version = self.last_version.max(version.number());
        self.records.push(VALUE);
        self.push_key(key);
        self.records.extend(version.number().to_le_bytes());
        self.push_length(value.len());
        self.records.extend(value);
    }

    pub(super) fn delete(&mut self, key: &StateKey) {
        self.records.push(TOMBSTONE);
        self.push_key(key);
        self.changed.insert(key.clone(), None);
    }

    fn push_key(&mut self, key: &StateKey) {
        self.push_length(key.as_str().len());
        self.records.extend(key.as_str().as_bytes());
    }

    fn push_length(&mut self, length: usize) {
        // Keys and values are much shorter than 4 GiB; a longer one would fail to decode.
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.records.extend(length.to_le_bytes());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= FRAME_BYTES
    }

    /// Encodes the frame for this place of the file.
    pub(super) fn encode(&self, offset: u64) -> Vec<u8> {
        let mut payload = self.last_version.to_le_bytes().to_vec();
        payload.extend(&self.records);
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let mut frame = Vec::with_capacity(HEADER_BYTES + payload.len());
        frame.extend(length.to_le_bytes());
        frame.extend(header_checksum(offset, length).to_le_bytes());
        frame.extend(crc32(&[&payload]).to_le_bytes());
        frame.extend(payload);
        frame
    }
}

/// Encodes a file that holds these values and nothing else.
pub(super) fn encode_all(values: &Values) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    let mut frame = Frame::new(values.last_version());
    for (key, value, version) in values.iter() {
        frame.insert(key, value, version);
        if frame.is_full() {
            file.extend(frame.encode(file.len() as u64));
            frame = Frame::new(values.last_version());
        }
    }
    file.extend(frame.encode(file.len() as u64));
    file
}

/// Applies the frames of a part of the file that starts at `offset`, and returns the length of the valid ones.
/// The rest is a write that was not completed.
pub(super) fn apply(bytes: &[u8], offset: u64, values: &mut Values) -> Result<usize, StateError> {
    let mut position = 0;
    while let Some(payload) = payload_at(bytes, offset, position) {
        apply_payload(payload, values)
            .ok_or_else(|| corrupt("a record of the log of the store is invalid"))?;
        position += HEADER_BYTES + payload.len();
    }
    match is_incomplete_write(bytes, offset, position) {
        true => Ok(position),
        false => Err(corrupt("the log of the store is damaged; restore a backup")),
    }
}

/// Returns the payload of the frame at this position if it is complete and undamaged.
fn payload_at(bytes: &[u8], offset: u64, position: usize) -> Option<&[u8]> {
    let rest = bytes.get(position..)?;
    let field = |index: usize| -> Option<u32> {
        let bytes = rest.get(4 * index..4 * index + 4)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    };
    let (length, header, checksum) = (field(0)?, field(1)?, field(2)?);
    if header != header_checksum(offset + position as u64, length) {
        return None;
    }
    let payload = rest.get(HEADER_BYTES..HEADER_BYTES + length as usize)?;
    (crc32(&[payload]) == checksum).then_some(payload)
}

/// Returns `true` if what is at this position can be left by one interrupted write: it is not longer than a frame,
/// and no frame follows it, since each write waits until the one before is durable.
fn is_incomplete_write(bytes: &[u8], offset: u64, position: usize) -> bool {
    let length = bytes.len() - position;
    length <= HEADER_BYTES + MAX_PAYLOAD_BYTES
        && (position + 1..bytes.len()).all(|it| payload_at(bytes, offset, it).is_none())
}

fn apply_payload(payload: &[u8], values: &mut Values) -> Option<()> {
    let mut rest = payload;
    let last_version = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
    while let Some((kind, _)) = rest.split_first() {
        rest.split_off(..1)?;
        let key = StateKey::new(str::from_utf8(take_string(&mut rest)?).ok()?).ok()?;
        match *kind {
            VALUE => {
                let version = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
                let value = take_string(&mut rest)?.to_vec();
                values.insert(key, value, Version::from_number(version));
            }
            TOMBSTONE => values.remove(&key),
            _ => return None,
        }
    }
    values.raise_version(last_version);
    Some(())
}

fn take_string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
    rest.split_off(..length as usize)
}

/// The place is part of the checksum, so that bytes inside a value never pass for a frame.
fn header_checksum(offset: u64, length: u32) -> u32 {
    crc32(&[&offset.to_le_bytes(), &length.to_le_bytes()])
}

fn corrupt(message: &str) -> StateError {
    StateError::new(StateErrorKind::Corrupt, message)
}

/// The CRC-32 of IEEE 802.3, a byte at a time.
fn crc32(parts: &[&[u8]]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 8 {
                value = (value >> 1) ^ (0xedb8_8320 * (value & 1));
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    let bytes = parts.iter().flat_map(|part| part.iter());
    !bytes.fold(!0, |crc, byte| {
        (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)]
    })
}

#[cfg(test)]
mod tests;
