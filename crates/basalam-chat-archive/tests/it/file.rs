//! The file: its mode, and files that are not archives.

use std::fs;

use basalam_chat_archive::Archive;
use serde_json::json;

use super::support::database;

#[test]
fn missing_archive_is_not_created_by_readers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let error = Archive::open_existing(&path).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(!path.exists());
    Archive::open(&path).unwrap();
    Archive::open_existing(&path).unwrap();
}

#[test]
fn other_files_are_refused_and_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(
        path("text"),
        "not a database, and longer than the header of one would have to be".repeat(20),
    )
    .unwrap();
    database(&path("other"))
        .execute_batch("CREATE TABLE a (x)")
        .unwrap();
    fs::create_dir(path("directory")).unwrap();
    for name in ["text", "other"] {
        set_private(&path(name));
        let before = fs::read(path(name)).unwrap();
        let error = Archive::open(path(name)).unwrap_err();
        assert!(error.is_not_an_archive(), "{name}: {error}");
        assert_eq!(fs::read(path(name)).unwrap(), before);
    }
    assert!(
        Archive::open(path("directory"))
            .unwrap_err()
            .is_not_an_archive()
    );
    assert!(
        Archive::open(path("missing/a.db"))
            .unwrap_err()
            .is_not_an_archive()
    );
}

#[test]
fn newer_version_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(Archive::open(&path).unwrap());
    database(&path)
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    let error = Archive::open(&path).unwrap_err();
    assert!(error.is_newer_version(), "{error}");
}

#[test]
fn damage_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let archive = Archive::open(&path).unwrap();
    assert!(archive.check().unwrap().is_healthy());
    let sql = "INSERT INTO messages (row, chat_id, id, type, sent_at, updated_at, json) VALUES (1, 1, 1, 'text', '', '', '{}')";
    database(&path).execute_batch(sql).unwrap();
    let health = archive.check().unwrap();
    assert!(!health.is_healthy());
    assert!(
        health.problems.iter().any(|it| it.contains("search index")),
        "{health:?}"
    );
}

#[test]
fn archive_is_healthy_after_another_connection_has_merged_its_index() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let archive = Archive::open(&path).unwrap();
    for id in 1..=3 {
        let lines = [
            json!({"format": "basalam-chat-archive", "version": 1}),
            json!({"kind": "chat", "id": 1, "chat": {"id": 1}}),
            json!({"kind": "message", "chat_id": 1, "id": id, "message": {
                "id": id, "chat_id": 1, "message_type": "text", "content": {"text": "salam"},
                "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
            }}),
        ];
        let export = lines.map(|it| format!("{it}\n")).concat();
        archive.import_json_lines(export.as_bytes()).unwrap();
    }
    assert_eq!(archive.check().unwrap().problems, [""; 0]);
    database(&path)
        .execute_batch("INSERT INTO search (search) VALUES ('optimize')")
        .unwrap();
    let health = archive.check().unwrap();
    assert_eq!((health.messages, health.problems), (3, vec![]));
}

fn set_private(_path: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(_path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn files_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let archive = Archive::open(&path).unwrap();
    archive
        .import_json_lines(&b"{\"format\":\"basalam-chat-archive\",\"version\":1}\n"[..])
        .unwrap();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = Archive::open(&path).unwrap_err();
    assert!(
        error.is_not_an_archive() && error.to_string().contains("600"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn symbolic_link_is_followed() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (
        directory.path().join("a.db"),
        directory.path().join("link.db"),
    );
    drop(Archive::open(&path).unwrap());
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let archive = Archive::open_existing(&link).unwrap();
    assert_eq!(archive.path(), path.canonicalize().unwrap());
    assert!(archive.attachments_path().ends_with("a.db.files"));
}
