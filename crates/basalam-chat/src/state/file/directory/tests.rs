//! Tests of the directory, its modes and its lock.

use super::*;

fn deadline() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

#[test]
fn lock_excludes_other_handles_until_it_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let one = Directory::open(directory.path()).unwrap();
    let two = Directory::open(directory.path()).unwrap();
    let lock = one.lock(deadline()).unwrap();
    let error = two.lock(Instant::now()).err().unwrap();
    assert!(error.is_unavailable(), "{error}");
    drop(lock);
    let _lock = two.lock(Instant::now()).unwrap();
    assert!(one.lock(Instant::now()).is_err());
}

#[cfg(unix)]
#[test]
fn deleted_lock_file_is_recreated() {
    let directory = tempfile::tempdir().unwrap();
    let one = Directory::open(directory.path()).unwrap();
    fs::remove_file(directory.path().join("lock")).unwrap();
    let two = Directory::open(directory.path()).unwrap();
    let _lock = two.lock(deadline()).unwrap();
    assert!(one.lock(Instant::now()).is_err());
}

#[test]
fn probe_leaves_only_the_lock_file() {
    let directory = tempfile::tempdir().unwrap();
    for leftover in ["probe", "new"] {
        let opened = Directory::open(directory.path()).unwrap();
        let lock = opened.lock(deadline()).unwrap();
        opened.probe(&lock).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        drop(open_file(&directory.path().join(leftover), true).unwrap());
    }
}

#[test]
fn failing_rename_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let opened = Directory::open(directory.path()).unwrap();
    let lock = opened.lock(deadline()).unwrap();
    for name in ["new", "probe"] {
        fs::create_dir(directory.path().join(name)).unwrap();
        let error = opened.probe(&lock).unwrap_err();
        assert!(error.is_configuration(), "{error}");
        fs::remove_dir(directory.path().join(name)).unwrap();
    }
    opened.probe(&lock).unwrap();
}

#[test]
fn files_are_refused_and_missing_directories_created() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("below"), PathBuf::new()] {
        let error = Directory::open(&path).err().unwrap();
        assert!(error.is_configuration(), "{error}");
    }
    let nested = directory.path().join("a/b");
    Directory::open(&nested).unwrap();
    assert!(nested.join("lock").exists());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::state::file::store::Store;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn directory_has_mode_700_and_files_600() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("state");
        Store::open(&path, deadline()).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("lock")), 0o600);
        assert_eq!(mode(&path.join("log.1")), 0o600);
    }

    #[test]
    fn files_that_others_can_read_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["lock", "log.1"] {
            drop(Store::open(directory.path(), deadline()).unwrap());
            let path = directory.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let error = Store::open(directory.path(), deadline()).err().unwrap();
            let shown = error.to_string();
            assert!(shown.contains("640; set it to 600"), "{shown}");
            assert!(shown.contains(name), "{shown}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    #[test]
    fn symbolic_link_to_a_directory_is_followed_once() {
        let parent = tempfile::tempdir().unwrap();
        let (target, link) = (parent.path().join("target"), parent.path().join("link"));
        fs::create_dir(&target).unwrap();
        symlink(&target, &link).unwrap();
        let opened = Directory::open(&link).unwrap();
        fs::remove_file(&link).unwrap();
        drop(opened.lock(deadline()).unwrap());
        assert_eq!(opened.path(), fs::canonicalize(&target).unwrap());
        symlink("nowhere", &link).unwrap();
        assert!(Directory::open(&link).err().unwrap().is_configuration());
    }

    #[test]
    fn anything_but_a_regular_file_is_refused() {
        for name in ["lock", "log.1"] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(name);
            let refused = |kind: &str| {
                let error = Store::open(directory.path(), deadline()).err().unwrap();
                assert!(
                    error.to_string().contains("not a regular file"),
                    "{kind}: {error}"
                );
            };
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            if made.is_ok_and(|status| status.success()) {
                refused("pipe");
                fs::remove_file(&path).unwrap();
            }
            let socket = UnixListener::bind(&path).unwrap();
            refused("socket");
            drop(socket);
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
            refused("directory");
            fs::remove_dir(&path).unwrap();
            fs::write(directory.path().join("target"), "x").unwrap();
            symlink("target", &path).unwrap();
            refused("symbolic link");
        }
    }
}
