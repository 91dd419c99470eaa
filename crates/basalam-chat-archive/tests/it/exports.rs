//! JSON Lines and CSV.

use basalam_chat::ChatId;
use basalam_chat_archive::CsvSeparator;
use serde_json::Value;

use super::support::{Fixture, json_lines, lines};

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_have_a_header_and_are_in_the_order_of_chats_and_ids() {
    let fixture = Fixture::new().await;
    let chats =
        ["a", "b"].map(|name| fixture.chat(name, (0..250).map(|it| format!("{name} {it}"))));
    fixture.archive.sync(&fixture.client).await.unwrap();
    let export = String::from_utf8(json_lines(&fixture.archive)).unwrap();
    assert!(export.starts_with("{\"format\":\"basalam-chat-archive\",\"version\":1}\n"));
    assert!(export.ends_with("}\n"));
    let lines = lines(&fixture.archive);
    assert_eq!(lines[0]["kind"], "account");
    assert_eq!(lines[0]["user_id"], fixture.emulator.seller().id);
    let keys = lines[1..].iter().map(|it| match it["kind"].as_str() {
        Some("chat") => (it["id"].as_i64().unwrap(), 0),
        _ => (it["chat_id"].as_i64().unwrap(), it["id"].as_i64().unwrap()),
    });
    let keys: Vec<_> = keys.collect();
    assert!(keys.is_sorted());
    assert_eq!(keys.len(), 502);
    let chat: Vec<&Value> = lines.iter().filter(|it| it["kind"] == "chat").collect();
    assert_eq!(chat[0]["id"], chats[0]);
    assert_eq!(chat[0]["coverage"][0][0], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn selection_of_chats_and_times() {
    let fixture = Fixture::new().await;
    let chats = ["a", "b"].map(|name| fixture.chat(name, (0..3).map(|it| format!("{name} {it}"))));
    fixture.archive.sync(&fixture.client).await.unwrap();
    let mut export = Vec::new();
    let report = fixture
        .archive
        .export()
        .chat(ChatId(chats[1]))
        .json_lines(&mut export)
        .unwrap();
    assert_eq!((report.chats, report.messages), (1, 3));
    let export = String::from_utf8(export).unwrap();
    assert!(export.contains("b 0") && !export.contains("a 0"));
    let report = fixture
        .archive
        .export()
        .until("2000")
        .json_lines(std::io::sink())
        .unwrap();
    assert_eq!((report.chats, report.messages), (2, 0));
    let report = fixture
        .archive
        .export()
        .since("2000")
        .csv(std::io::sink())
        .unwrap();
    assert_eq!((report.chats, report.messages), (2, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_a_row_for_each_message() {
    let fixture = Fixture::new().await;
    let texts = ["سلام", "a,\"b\"\nc", "=1+1", ""];
    let chat = fixture.chat("+Sara", texts);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let mut export = Vec::new();
    let report = fixture.archive.export().csv(&mut export).unwrap();
    assert_eq!(report.messages, 4);
    let export = String::from_utf8(export).unwrap();
    let rows = parse(export.strip_prefix('\u{feff}').unwrap());
    assert_eq!(rows.len(), 5);
    let index = |name: &str| rows[0].iter().position(|it| it == name).unwrap();
    let texts: Vec<&str> = rows[1..]
        .iter()
        .map(|it| it[index("text")].as_str())
        .collect();
    assert_eq!(texts, ["سلام", "a,\"b\"\nc", "'=1+1", ""]);
    assert!(
        rows[1..]
            .iter()
            .all(|it| it[index("chat_id")] == chat.to_string())
    );
    assert!(
        rows[1..]
            .iter()
            .all(|it| it[index("chat_title")] == "'+Sara")
    );
    assert!(export.lines().next().unwrap().ends_with("deleted_at"));
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_can_have_another_separator() {
    let fixture = Fixture::new().await;
    fixture.chat("Sara", ["a;b,c"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    for (separator, character) in [
        (CsvSeparator::Comma, ','),
        (CsvSeparator::Semicolon, ';'),
        (CsvSeparator::Tab, '\t'),
    ] {
        let mut export = Vec::new();
        let builder = fixture.archive.export().csv_separator(separator);
        builder.csv(&mut export).unwrap();
        let export = String::from_utf8(export).unwrap();
        let rows: Vec<&str> = export.lines().collect();
        let start = format!("\u{feff}chat_id{character}chat_title{character}message_id");
        assert!(rows[0].starts_with(&start), "{}", rows[0]);
        assert!(rows[1].contains(&format!("{character}\"a;b,c\"{character}")));
        assert_eq!(rows.len(), 2);
    }
}

/// Parses CSV as RFC 4180 describes it.
fn parse(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, is_quoted) {
            ('"', true) if characters.peek() == Some(&'"') => field.extend(characters.next()),
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (other, _) => field.push(other),
        }
    }
    assert!(!is_quoted && row.is_empty() && field.is_empty());
    rows
}
