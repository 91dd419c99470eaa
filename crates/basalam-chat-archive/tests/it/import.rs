//! Export, import and export again.

use basalam_chat_archive::{Archive, SearchQuery};
use basalam_chat_emulator::SeedMessage;

use super::support::{Fixture, database, json_lines, texts};

/// Imports into a new archive.
fn import(fixture: &Fixture, name: &str, export: &[u8]) -> Archive {
    let archive = Archive::open(fixture.path(name)).unwrap();
    archive.import_json_lines(export).unwrap();
    archive
}

#[tokio::test(flavor = "multi_thread")]
async fn export_of_an_import_has_the_same_bytes() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat(
        "سارا",
        (0..250).map(|it| format!("پیام \"{it}\"\n\u{202e}{it}")),
    );
    let picture = SeedMessage::new("picture").file(3, "https://basalam.com/a.jpg");
    let user = fixture.emulator.messages(chat)[0].sender_id;
    let ids = fixture
        .emulator
        .seed_messages(chat, user, [picture])
        .unwrap();
    fixture.chat("empty", [""; 0]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    fixture.emulator.delete_message(ids[0] - 1);
    fixture.emulator.seed_messages(chat, user, ["new"]).unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    let export = json_lines(&fixture.archive);
    let copy = import(&fixture, "copy.db", &export);
    assert!(json_lines(&copy) == export);
    assert!(copy.check().unwrap().is_healthy());
    assert!(copy.coverage().unwrap().is_complete());
    let query = SearchQuery::new("پيام").limit(1000);
    let hits = |archive: &Archive| archive.search(&query).unwrap().hits;
    assert_eq!(hits(&copy), hits(&fixture.archive));
    // A sync of the copy has nothing to read.
    let report = copy.sync(&fixture.client).await.unwrap();
    assert_eq!((report.messages_added, report.messages_changed), (0, 0));
    assert!(json_lines(&import(&fixture, "copy2.db", &export)) == export);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_json_survives_the_round_trip() {
    let fixture = Fixture::new().await;
    let message = |id: i64, more: &str| {
        format!(
            "{{\"id\":{id},\"chat_id\":1,\"created_at\":\"2026-07-22 10:28:23\",\"updated_at\":\"2026-07-22 10:28:23\",\"message_type\":\"text\",\"content\":{{\"text\":\"a\"}}{more}}}"
        )
    };
    let raws = [
        message(1, ""),
        message(2, r#", "z" : 12.0, "a":1E+2,"deep":[[[{}]]]"#),
        message(3, r#","name":"\u0633\/""#),
        message(4, r#","same":1,"same":2"#),
    ];
    let mut export = String::from(
        "{\"format\":\"basalam-chat-archive\",\"version\":1}\n{\"kind\":\"chat\",\"id\":1,\"read_updated_at\":null,\"read_modified_at\":null,\"coverage\":[[1,3],[9,9]],\"chat\":{\"id\" : 1}}\n",
    );
    for (id, raw) in (1..).zip(&raws) {
        export.push_str(&format!(
            "{{\"kind\":\"message\",\"chat_id\":1,\"id\":{id},\"message\":{raw}}}\n"
        ));
    }
    let pretty = message(5, ",\n \"pretty\": true")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    export.push_str(&format!(
        "{{\"kind\":\"message\",\"chat_id\":1,\"id\":5,\"message_text\":\"{pretty}\"}}\n"
    ));
    export.push_str("{\"kind\":\"unreadable\",\"chat_id\":1,\"id\":null,\"text\":\"{\\\"lone\\\":\\\"\\\\ud800\\\",\\\"big\\\":1e400}\"}\n");
    let copy = import(&fixture, "copy.db", export.as_bytes());
    assert_eq!(String::from_utf8(json_lines(&copy)).unwrap(), export);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_exports_are_refused_as_a_whole() {
    let fixture = Fixture::new().await;
    fixture.chat("Sara", (0..5).map(|it| format!("message {it}")));
    fixture.archive.sync(&fixture.client).await.unwrap();
    let export = String::from_utf8(json_lines(&fixture.archive)).unwrap();
    let cut = &export[..export.len() - 10];
    let newer = export.replacen("\"version\":1", "\"version\":2", 1);
    let broken = export.replacen("\"kind\":\"message\"", "\"kind\":\"other\"", 1);
    let no_json = export.replacen("\"message\":{", "\"message\":[{", 1);
    let id = fixture
        .emulator
        .messages(fixture.archive.chats().unwrap()[0].id.0)[0]
        .id;
    let other_id = export.replacen(
        &format!("\"id\":{id},\"message\""),
        "\"id\":99999,\"message\"",
        1,
    );
    assert_ne!(other_id, export);
    for (number, damaged) in ["", "\n", "{}\n", cut, &newer, &broken, &no_json, &other_id]
        .iter()
        .enumerate()
    {
        let archive = Archive::open(fixture.path(&format!("{number}.db"))).unwrap();
        let error = archive.import_json_lines(damaged.as_bytes()).unwrap_err();
        assert!(error.is_import(), "{number}: {error}");
        assert!(!error.to_string().contains("message 0"), "{error}");
        assert!(texts(&archive).is_empty() && archive.account().unwrap().is_none());
    }
    let archive = Archive::open(fixture.path("utf8.db")).unwrap();
    assert!(
        archive
            .import_json_lines(&b"\xff\xfe\n"[..])
            .unwrap_err()
            .is_import()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_state_of_a_message_is_kept() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", ["a", "b"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let old = String::from_utf8(json_lines(&fixture.archive)).unwrap();
    let time = fixture.emulator.messages(chat)[0]
        .created_at
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string();
    let new = old
        .replace("\"text\":\"a\"", "\"text\":\"edited\"")
        .replace(
            &format!("\"updated_at\":\"{time}\""),
            "\"updated_at\":\"2100-01-01 00:00:00\"",
        );
    for exports in [[&old, &new], [&new, &old]] {
        let archive = Archive::open(fixture.path(&format!("{}.db", exports[0].len()))).unwrap();
        for export in exports {
            archive.import_json_lines(export.as_bytes()).unwrap();
        }
        let texts: Vec<String> = texts(&archive)[&chat].values().cloned().collect();
        assert_eq!(texts, ["edited", "b"]);
        let found = archive
            .search(&SearchQuery::new("edited"))
            .unwrap()
            .hits
            .len();
        assert_eq!((found, archive.check().unwrap().problems.len()), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checksums_that_are_paths_are_refused() {
    let fixture = Fixture::new().await;
    let secret = fixture.path("secret.txt");
    std::fs::write(&secret, "secret").unwrap();
    let message = r#"{"id":1,"chat_id":1,"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"file","content":{"files":[{"id":1,"name":"a"}]}}"#;
    for (number, sha256) in [
        secret.to_str().unwrap(),
        "../secret.txt",
        "",
        "é",
        &"A".repeat(64),
        &"a".repeat(63),
    ]
    .iter()
    .enumerate()
    {
        let sha256 = serde_json::to_string(sha256).unwrap();
        let export = format!(
            "{{\"format\":\"basalam-chat-archive\",\"version\":1}}\n{{\"kind\":\"chat\",\"id\":1,\"chat\":{{\"id\":1}}}}\n\
            {{\"kind\":\"message\",\"chat_id\":1,\"id\":1,\"files\":[{{\"position\":0,\"sha256\":{sha256},\"bytes\":6}}],\"message\":{message}}}\n"
        );
        let path = fixture.path(&format!("{number}.db"));
        let archive = Archive::open(&path).unwrap();
        let error = archive.import_json_lines(export.as_bytes()).unwrap_err();
        assert!(error.is_import(), "{sha256}: {error}");
        // The database is not trusted either.
        let valid = export.replace(&sha256, &format!("\"{}\"", "a".repeat(64)));
        archive.import_json_lines(valid.as_bytes()).unwrap();
        let sql = format!(
            "UPDATE files SET status = 'done', sha256 = '{}'",
            secret.display()
        );
        assert_eq!(database(&path).execute(&sql, []).unwrap(), 1);
        let site = fixture.path(&format!("{number}-site"));
        assert_eq!(archive.export().html(&site).unwrap().attachments, 0);
        assert_eq!(std::fs::read_dir(site.join("files")).unwrap().count(), 0);
    }
}
