//! Tests of the format.

use proptest::prelude::*;

use super::*;
use crate::state::PutMode;

fn key(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

/// Returns a log of three frames after the magic bytes, and the places at which they end.
fn log_of_three_frames() -> (Vec<u8>, Vec<usize>) {
    let (mut log, mut ends) = (Vec::new(), Vec::new());
    for (number, name) in ["a", "b", "a"].into_iter().enumerate() {
        let mut frame = Frame::new(number as u64);
        frame.put(&key(name), format!("value {number}").as_bytes());
        log.extend(frame.encode(log.len() as u64));
        ends.push(log.len());
    }
    (log, ends)
}

fn read(log: &[u8]) -> Result<(usize, Values), StateError> {
    let mut values = Values::default();
    let length = apply(log, 0, &mut values)?;
    Ok((length, values))
}

#[test]
fn crc32_matches_the_standard_check_value() {
    assert_eq!(crc32(&[b"123456789"]), 0xcbf4_3926);
    assert_eq!(crc32(&[b"1234", b"", b"56789"]), 0xcbf4_3926);
    assert_eq!(crc32(&[]), 0);
}

#[test]
fn records_are_read_back() {
    let mut stored = Values::default();
    stored.raise_version(40);
    for name in ["a", "b", "c"] {
        stored
            .put(&key(name), &vec![7; 3 * 1024 * 1024 / 16], PutMode::Create)
            .unwrap();
    }
    stored.put(&key("empty"), b"", PutMode::Create).unwrap();
    let file = encode_all(&stored);
    let mut values = Values::default();
    let length = apply(&file[MAGIC.len()..], MAGIC.len() as u64, &mut values).unwrap();
    assert_eq!(length, file.len() - MAGIC.len());
    assert!(values.iter().eq(stored.iter()));
    assert_eq!(values.last_version(), 44);
    assert_eq!(values.bytes(), stored.bytes());
}

#[test]
fn length_of_a_record_is_known() {
    let mut frame = Frame::new(0);
    frame.put(&key("abc"), b"12345");
    assert_eq!(frame.records.len(), RECORD_BYTES + 8);
}

#[test]
fn last_version_survives_without_values() {
    let mut stored = Values::default();
    stored.raise_version(9);
    let file = encode_all(&stored);
    let mut values = Values::default();
    apply(&file[MAGIC.len()..], MAGIC.len() as u64, &mut values).unwrap();
    assert_eq!(values.last_version(), 9);
}

#[test]
fn frame_checks_its_own_writes() {
    let values = Values::default();
    let mut frame = Frame::new(5);
    assert_eq!(frame.version(&values, &key("a")), None);
    let version = frame.put(&key("a"), b"1");
    assert_eq!(version.number(), 6);
    assert_eq!(frame.version(&values, &key("a")), Some(version));
    frame.delete(&key("a"));
    assert_eq!(frame.version(&values, &key("a")), None);
}

#[test]
fn interrupted_write_ends_the_log_at_every_length() {
    let (log, ends) = log_of_three_frames();
    for length in 0..=log.len() {
        let complete = ends.iter().filter(|end| **end <= length).max();
        let (valid, _) = read(&log[..length]).unwrap();
        assert_eq!(valid, complete.copied().unwrap_or(0), "{length}");
    }
}

#[test]
fn unwritten_sectors_end_the_log() {
    let (mut log, ends) = log_of_three_frames();
    for start in ends[1]..log.len() {
        log[start..].fill(0);
        assert_eq!(read(&log).unwrap().0, ends[1], "{start}");
    }
    log.extend([0; 4096]);
    assert_eq!(read(&log).unwrap().0, ends[1]);
}

#[test]
fn damage_before_another_frame_is_corrupt() {
    let (log, ends) = log_of_three_frames();
    for position in 0..ends[1] {
        let mut damaged = log.clone();
        damaged[position] ^= 0x10;
        assert!(read(&damaged).err().unwrap().is_corrupt(), "{position}");
    }
    let mut moved = log.clone();
    moved.drain(..ends[0]);
    assert_eq!(read(&moved).unwrap().0, 0, "frames belong to their place");
}

#[test]
fn damage_longer_than_a_write_is_corrupt() {
    let (mut log, _) = log_of_three_frames();
    log.resize(log.len() + HEADER_BYTES + MAX_PAYLOAD_BYTES + 1, 0);
    assert!(read(&log).err().unwrap().is_corrupt());
}

#[test]
fn frame_inside_an_interrupted_value_is_not_a_frame() {
    let mut frame = Frame::new(0);
    let mut inner = Frame::new(100);
    inner.put(&key("forged"), b"x");
    frame.put(&key("a"), &inner.encode(0));
    let log = frame.encode(0);
    assert_eq!(read(&log[..log.len() - 1]).unwrap().0, 0);
}

#[test]
fn invalid_records_with_valid_checksums_are_corrupt() {
    let name = |bytes: &[u8]| [&[VALUE, bytes.len() as u8, 0, 0, 0], bytes].concat();
    let records = [
        vec![7],
        vec![TOMBSTONE],
        vec![TOMBSTONE, 255, 255, 255, 255, b'a'],
        name(b"/"),
        name(b"\xff"),
        name(b"a"),
        [name(b"a"), vec![0; 8], vec![9, 0, 0, 0, 1]].concat(),
    ];
    for record in records {
        let frame = Frame {
            records: record.clone(),
            ..Frame::default()
        };
        let error = read(&frame.encode(0)).err().unwrap();
        assert!(error.is_corrupt(), "{record:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_never_values(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok((length, _)) = read(&bytes) {
            prop_assert_eq!(length, 0);
        }
    }
}
