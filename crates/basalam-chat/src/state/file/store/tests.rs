//! Tests of the log on disk.

use std::fs::{self, OpenOptions};
use std::time::Duration;

use super::*;
use crate::state::PutMode;

fn deadline() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

fn open(directory: &tempfile::TempDir) -> Store {
    Store::open(directory.path(), deadline()).unwrap()
}

fn key(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

fn put(store: &Store, name: &str, value: &[u8]) -> Version {
    let request = PutRequest::new(key(name), value, PutMode::Overwrite);
    let results = store.put_many(&[request], deadline()).unwrap();
    *results[0].as_ref().unwrap()
}

fn get(store: &Store, name: &str) -> Option<(Vec<u8>, Version)> {
    let entry = store.read(deadline(), |values| values.get(&key(name)));
    entry.unwrap().map(|it| (it.value, it.version))
}

fn log_path(directory: &tempfile::TempDir, generation: u64) -> std::path::PathBuf {
    directory.path().join(format!("log.{generation}"))
}

/// Overwrites until the log is compacted, and returns the last version.
fn compact(store: &Store, directory: &tempfile::TempDir, generation: u64) -> Version {
    let value = vec![1; 200 * 1024];
    for _ in 0..20 {
        let version = put(store, "large", &value);
        if log_path(directory, generation + 1).exists() {
            return version;
        }
    }
    panic!("the log should be compacted");
}

#[test]
fn handles_see_the_writes_of_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let (one, two) = (open(&directory), open(&directory));
    let first = put(&one, "a", b"1");
    assert_eq!(get(&two, "a"), Some((b"1".to_vec(), first)));
    let second = put(&two, "a", b"2");
    assert!(second > first);
    assert_eq!(get(&one, "a"), Some((b"2".to_vec(), second)));
    let stale = one.delete(&key("a"), DeleteMode::Version(first), deadline());
    assert!(stale.unwrap_err().is_conflict());
    one.delete(&key("a"), DeleteMode::Version(second), deadline())
        .unwrap();
    assert_eq!(get(&two, "a"), None);
}

#[test]
fn values_and_versions_survive_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    let last = put(&store, "b", b"2");
    store
        .delete(&key("b"), DeleteMode::Any, deadline())
        .unwrap();
    drop(store);
    let store = open(&directory);
    assert_eq!(get(&store, "a").unwrap().0, b"1");
    assert_eq!(get(&store, "b"), None);
    assert!(put(&store, "b", b"3") > last);
}

#[test]
fn compaction_keeps_values_and_versions_for_all_handles() {
    let directory = tempfile::tempdir().unwrap();
    let (one, two) = (open(&directory), open(&directory));
    let small = put(&one, "small", b"1");
    let deleted = put(&one, "deleted", b"2");
    one.delete(&key("deleted"), DeleteMode::Any, deadline())
        .unwrap();
    let last = compact(&one, &directory, 1);
    assert!(!log_path(&directory, 1).exists());
    assert!(fs::metadata(log_path(&directory, 2)).unwrap().len() < MIN_COMPACTED_BYTES);
    for store in [&one, &two, &open(&directory)] {
        assert_eq!(get(store, "small"), Some((b"1".to_vec(), small)));
        assert_eq!(get(store, "large").unwrap().1, last);
        assert_eq!(get(store, "deleted"), None);
    }
    assert!(put(&two, "deleted", b"3") > last && last > deleted);
    let last = compact(&two, &directory, 2);
    assert_eq!(get(&one, "large").unwrap().1, last);
}

#[test]
fn interrupted_compaction_is_finished_by_the_next_writer() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    let reader = open(&directory);
    // The new log is complete, but the old one is not deleted yet.
    let view = store.view();
    let bytes = log::encode_all(&view.values);
    drop(view);
    store.directory.create_log(2, &bytes).unwrap();
    fs::write(directory.path().join("new"), "half of log 3").unwrap();
    assert_eq!(get(&reader, "a").unwrap().0, b"1");
    put(&store, "a", b"2");
    assert!(!log_path(&directory, 1).exists());
    assert_eq!(get(&reader, "a").unwrap().0, b"2");
    fs::copy(log_path(&directory, 2), log_path(&directory, 1)).unwrap();
    assert_eq!(get(&open(&directory), "a").unwrap().0, b"2");
    assert!(!log_path(&directory, 1).exists());
}

#[test]
fn interrupted_write_is_undone_by_the_next_writer() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let first = put(&store, "a", b"1");
    let length = fs::metadata(log_path(&directory, 1)).unwrap().len();
    put(&store, "a", b"22222");
    drop(store);
    let log = OpenOptions::new().write(true).open(log_path(&directory, 1));
    let log = log.unwrap();
    let full = log.metadata().unwrap().len();
    for cut in [1, 5, full - length - 1] {
        log.set_len(full - cut).unwrap();
        let store = open(&directory);
        assert_eq!(get(&store, "a"), Some((b"1".to_vec(), first)));
        drop(store);
    }
    let (one, two) = (open(&directory), open(&directory));
    let second = put(&one, "b", b"2");
    assert_eq!(get(&two, "b"), Some((b"2".to_vec(), second)));
}

#[test]
fn damage_in_the_middle_is_corrupt() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"canary");
    put(&store, "b", b"2");
    let path = log_path(&directory, 1);
    let mut log = fs::read(&path).unwrap();
    let position = log.windows(6).position(|it| it == b"canary").unwrap();
    log[position] = b'C';
    fs::write(&path, log).unwrap();
    let error = Store::open(directory.path(), deadline()).err().unwrap();
    assert!(
        error.is_corrupt() && !error.to_string().contains("anary"),
        "{error}"
    );
}

#[test]
fn shortened_and_foreign_logs_are_corrupt() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    fs::write(log_path(&directory, 1), &MAGIC[..]).unwrap();
    let error = store.read(deadline(), |_| ()).unwrap_err();
    assert!(error.is_corrupt(), "{error}");
    for content in [
        "",
        "basalam-state 1\n",
        "basalam-state 2\n",
        "something else entirely",
    ] {
        fs::write(log_path(&directory, 1), content).unwrap();
        let error = Store::open(directory.path(), deadline()).err().unwrap();
        assert!(error.is_corrupt(), "{content}: {error}");
    }
}

#[test]
fn deleted_log_is_reported_and_not_recreated() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    fs::remove_file(log_path(&directory, 1)).unwrap();
    assert!(store.read(deadline(), |_| ()).unwrap_err().is_unavailable());
    let request = PutRequest::new(key("a"), "1", PutMode::Overwrite);
    let result = store.put_many(&[request], deadline());
    assert!(result.unwrap_err().is_unavailable());
    assert!(store.directory.generations().unwrap().is_empty());
}

#[test]
fn batches_are_written_in_few_frames() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let before = fs::metadata(log_path(&directory, 1)).unwrap().len();
    let requests: Vec<_> = (0..1000)
        .map(|number| PutRequest::new(key(&format!("position/{number}")), "1", PutMode::Create))
        .chain([PutRequest::new(key("position/0"), "2", PutMode::Create)])
        .collect();
    let results = store.put_many(&requests, deadline()).unwrap();
    let versions: Vec<_> = results.iter().flatten().collect();
    assert!(versions.is_sorted() && versions.len() == 1000);
    assert!(results[1000].as_ref().unwrap_err().is_conflict());
    let file = fs::read(log_path(&directory, 1)).unwrap();
    let frame = u32::from_le_bytes(*file[before as usize..].first_chunk().unwrap());
    assert_eq!(file.len() as u64, before + 12 + u64::from(frame));
}

#[test]
fn large_batches_are_written_completely() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let value = vec![3; 256 * 1024];
    let requests: Vec<_> = (0..40)
        .map(|number| PutRequest::new(key(&number.to_string()), value.clone(), PutMode::Create))
        .collect();
    let results = store.put_many(&requests, deadline()).unwrap();
    assert!(results.iter().all(Result::is_ok));
    let store = open(&directory);
    assert_eq!(store.read(deadline(), |it| it.iter().count()).unwrap(), 40);
}

/// The reading process and the killed one are different, as two handles are.
#[test]
fn frames_of_others_are_durable_before_the_next_write() {
    let directory = tempfile::tempdir().unwrap();
    let (one, two) = (open(&directory), open(&directory));
    put(&one, "a", b"1");
    assert_eq!(get(&two, "a").unwrap().0, b"1");
    let view = two.view();
    assert!(view.durable < view.offset);
    drop(view);
    let lock = two.lock_for_writing(deadline()).unwrap();
    let view = two.view();
    assert_eq!(view.durable, view.offset);
    drop((view, lock));
}

#[test]
fn failed_compaction_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    let lock = store.lock_for_writing(deadline()).unwrap();
    // A file cannot replace a directory.
    fs::create_dir_all(log_path(&directory, 2).join("occupied")).unwrap();
    assert!(store.compact(&lock).is_err());
    assert!(!directory.path().join("new").exists());
    fs::remove_dir_all(log_path(&directory, 2)).unwrap();
    store.compact(&lock).unwrap();
    drop(lock);
    assert_eq!(get(&store, "a").unwrap().0, b"1");
}

#[test]
fn log_whose_fsync_failed_is_replaced_before_the_next_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    let mut view = store.view();
    (view.has_failed, view.durable) = (true, 0);
    drop(view);
    let length = fs::metadata(log_path(&directory, 1)).unwrap().len();
    // No new log can be written.
    fs::create_dir(directory.path().join("new")).unwrap();
    let request = PutRequest::new(key("b"), "2", PutMode::Overwrite);
    let result = store.put_many(std::slice::from_ref(&request), deadline());
    assert!(result.unwrap_err().is_unavailable());
    assert_eq!(fs::metadata(log_path(&directory, 1)).unwrap().len(), length);
    assert_eq!(get(&store, "a").unwrap().0, b"1");
    fs::remove_dir(directory.path().join("new")).unwrap();
    put(&store, "b", b"2");
    assert!(!log_path(&directory, 1).exists());
    for store in [store, open(&directory)] {
        assert_eq!(get(&store, "a").unwrap().0, b"1");
        assert_eq!(get(&store, "b").unwrap().0, b"2");
    }
}

/// A batch continues in the new log.
#[cfg(target_os = "linux")]
#[test]
fn write_whose_fsync_fails_is_kept_in_a_new_log() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    put(&store, "a", b"1");
    let lock = store.lock_for_writing(deadline()).unwrap();
    // It accepts writes, and fsync fails.
    let device = OpenOptions::new().read(true).write(true).open("/dev/null");
    store.view().file = Arc::new(device.unwrap());
    for (name, generation) in [("b", 2), ("c", 2)] {
        let fill = |frame: &mut Frame, _: &Values| {
            frame.put(&key(name), b"2");
        };
        store.commit(&lock, fill).unwrap();
        assert!(log_path(&directory, generation).exists());
    }
    drop(lock);
    for store in [store, open(&directory)] {
        for name in ["a", "b", "c"] {
            assert!(get(&store, name).is_some(), "{name}");
        }
    }
}
