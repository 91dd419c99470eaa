//! Web pages.

use std::fs;

use basalam_chat_archive::Language;

use super::support::Fixture;

#[tokio::test(flavor = "multi_thread")]
async fn pages_list_chats_and_messages() {
    let fixture = Fixture::new().await;
    let long = fixture.chat("سارا", (0..2500).map(|it| format!("پیام شماره {it}")));
    let own = fixture
        .emulator
        .seed_messages(
            long,
            fixture.emulator.seller().id,
            ["جواب https://basalam.com/p/1 ممنون"],
        )
        .unwrap();
    let short = fixture.chat("Reza", ["hello"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let site = fixture.path("site");
    let report = fixture.archive.export().title("غرفه").html(&site).unwrap();
    assert_eq!((report.chats, report.messages), (2, 2502));
    let read = |name: &str| fs::read_to_string(site.join(name)).unwrap();
    let index = read("index.html");
    assert!(index.contains("<html lang=\"fa\" dir=\"rtl\">"));
    assert!(index.contains("سارا") && index.contains(&format!("href=\"chats/{long}/3.html#end\"")));
    let pages: Vec<String> = (1..=3)
        .map(|page| read(&format!("chats/{long}/{page}.html")))
        .collect();
    let counts: Vec<usize> = pages
        .iter()
        .map(|it| it.matches("<article").count())
        .collect();
    assert_eq!(counts, [1000, 1000, 501]);
    assert!(!site.join(format!("chats/{long}/4.html")).exists());
    assert!(pages[2].contains(&format!(
        "<article class=\"message own\" id=\"m{}\"",
        own[0]
    )));
    assert!(pages[2].contains("<a href=\"https://basalam.com/p/1\" rel=\"noopener noreferrer\""));
    assert!(pages[1].contains("href=\"1.html\"") && pages[1].contains("href=\"3.html\""));
    assert!(read(&format!("chats/{short}/1.html")).contains("<p dir=\"auto\">hello</p>"));
    // An export can be repeated, and is private.
    fixture
        .archive
        .export()
        .language(Language::English)
        .html(&site)
        .unwrap();
    assert!(read("index.html").contains("<html lang=\"en\" dir=\"ltr\">"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(site.join("index.html"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn index_has_the_words_of_all_messages_in_both_forms() {
    let fixture = Fixture::new().await;
    fixture.chat("سارا", ["مي\u{200c}خواهم", "كتاب ها", "hello"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let site = fixture.path("site");
    fixture.archive.export().html(&site).unwrap();
    let mut scripts = String::new();
    for entry in fs::read_dir(site.join("search")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "js", "{path:?}");
        scripts.push_str(&fs::read_to_string(path).unwrap());
    }
    for word in ["می", "خواهم", "میخواهم", "کتاب", "ها", "کتابها", "hello"]
    {
        assert!(scripts.contains(&format!("[\"{word}\",[")), "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_with_other_files_are_refused() {
    let fixture = Fixture::new().await;
    fixture.archive.sync(&fixture.client).await.unwrap();
    let other = fixture.path("documents");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("thesis.txt"), "years of work").unwrap();
    let error = fixture.archive.export().html(&other).unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(
        fs::read_to_string(other.join("thesis.txt")).unwrap(),
        "years of work"
    );
    let site = fixture.path("site");
    fixture.archive.export().html(&site).unwrap();
    fs::write(site.join("notes.txt"), "mine").unwrap();
    fixture.archive.export().html(&site).unwrap();
    assert_eq!(fs::read_to_string(site.join("notes.txt")).unwrap(), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn index_names_the_page_of_messages_whose_ids_several_chats_have() {
    let fixture = Fixture::new().await;
    let mut export = String::from("{\"format\":\"basalam-chat-archive\",\"version\":1}\n");
    let time = "2026-07-22 10:28:23";
    for chat in 1..=3 {
        export.push_str(&format!(
            "{{\"kind\":\"chat\",\"id\":{chat},\"chat\":{{\"id\":{chat}}}}}\n"
        ));
        for id in 1..=1100 {
            export.push_str(&format!(
                "{{\"kind\":\"message\",\"chat_id\":{chat},\"id\":{id},\"message\":{{\"id\":{id},\"chat_id\":{chat},\"created_at\":\"{time}\",\"updated_at\":\"{time}\",\"message_type\":\"text\",\"content\":{{\"text\":\"a\"}}}}}}\n"
            ));
        }
    }
    fixture
        .archive
        .import_json_lines(export.as_bytes())
        .unwrap();
    let site = fixture.path("site");
    fixture.archive.export().html(&site).unwrap();
    let mut entries = Vec::new();
    for number in 0..7 {
        let script = fs::read_to_string(site.join(format!("search/d{number}.js"))).unwrap();
        let json = script
            .trim_end()
            .strip_prefix(&format!("archive.messages({number},"))
            .and_then(|it| it.strip_suffix(");"))
            .unwrap();
        entries.extend(
            serde_json::from_str::<Vec<(u64, u64, i64, String, String, String)>>(json).unwrap(),
        );
    }
    assert_eq!(entries.len(), 3300);
    for (chat, page, id, ..) in entries {
        let file = site.join(format!("chats/{}/{page}.html", chat + 1));
        assert_eq!(
            page,
            if id <= 1000 { 1 } else { 2 },
            "chat {chat}, message {id}"
        );
        assert!(file.exists());
    }
}
