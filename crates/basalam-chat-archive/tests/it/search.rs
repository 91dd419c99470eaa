//! Searches of an archive.

use basalam_chat::{ChatId, MessageType, UserId};
use basalam_chat_archive::{SearchQuery, SearchResults, SearchSort};
use basalam_chat_emulator::SeedMessage;

use super::support::{Fixture, json_lines};

async fn archive(texts: &[&str]) -> (Fixture, i64) {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("سارا", texts.iter().copied());
    fixture.archive.sync(&fixture.client).await.unwrap();
    (fixture, chat)
}

fn search(fixture: &Fixture, query: SearchQuery) -> SearchResults {
    fixture.archive.search(&query).unwrap()
}

fn found(fixture: &Fixture, text: &str) -> Vec<String> {
    let hits = search(fixture, SearchQuery::new(text)).hits;
    hits.into_iter().map(|it| it.snippet.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_phrases_prefixes_and_exclusions() {
    let texts = [
        "هزینه ارسال رایگان است",
        "ارسال کالا، هزینه دارد",
        "ارسالی نداریم",
        "می‌خواهم بخرم",
    ];
    let (fixture, _) = archive(&texts).await;
    let cases: [(&str, &[usize]); 12] = [
        ("هزینه", &[1, 0]),
        ("ارسال هزینه", &[1, 0]),
        ("\"هزینه ارسال\"", &[0]),
        ("«ارسال کالا»", &[1]),
        ("ارسا*", &[2, 1, 0]),
        ("ارسال", &[1, 0]),
        ("ارسال -رایگان", &[1]),
        ("-ارسال -ارسالی", &[3]),
        ("ميخواهم", &[3]),
        ("\"می خواهم بخرم\"", &[3]),
        ("\"میخواهم بخرم\"", &[3]),
        ("ناموجود", &[]),
    ];
    for (query, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(|it| texts[*it]).collect();
        assert_eq!(found(&fixture, query), expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_is_a_valid_query() {
    let (fixture, _) = archive(&["example.com (a OR b) NEAR c* \"quoted\" ^start {col}: x"]).await;
    for query in [
        "",
        "\"",
        "*",
        "-",
        "example.com",
        "a OR b",
        "NEAR(a b)",
        "body:x",
        "\"quoted",
        "((",
        "'; DROP TABLE messages; --",
        "^start",
        "{col}: x",
        "a*b*",
        "- a",
        "\u{0}",
        "\u{202e}",
        "a\u{0}b",
    ] {
        search(&fixture, SearchQuery::new(query).count_total(true));
    }
    assert_eq!(found(&fixture, "example.com").len(), 1);
    assert_eq!(found(&fixture, "a OR b").len(), 1);
    assert_eq!(found(&fixture, "").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_sort_and_pages() {
    let fixture = Fixture::new().await;
    let first = fixture.chat("Sara", (0..30).map(|it| format!("salam {it}")));
    let second = fixture.chat("Reza", ["salam", "khodahafez"]);
    let seller = fixture.emulator.seller().id;
    fixture
        .emulator
        .seed_messages(second, seller, ["salam salam salam"])
        .unwrap();
    let product = SeedMessage::new("product")
        .entity_id(5)
        .with_text("salam product");
    fixture
        .emulator
        .seed_messages(second, seller, [product])
        .unwrap();
    fixture.archive.sync(&fixture.client).await.unwrap();
    let query = || SearchQuery::new("salam").count_total(true);
    let total = |query: SearchQuery| search(&fixture, query).total.unwrap();
    assert_eq!(total(query()), 33);
    assert_eq!(total(query().chat(ChatId(second))), 3);
    assert_eq!(total(query().chat(ChatId(first)).chat(ChatId(second))), 33);
    assert_eq!(total(query().sender(UserId(seller))), 2);
    assert_eq!(
        total(
            query()
                .sender(UserId(seller))
                .message_type(MessageType::Product)
        ),
        1
    );
    assert_eq!(total(query().chat(ChatId(first)).sender(UserId(seller))), 0);
    assert_eq!(total(query().since("2000")), 33);
    assert_eq!(total(query().until("2000")), 0);
    assert_eq!(
        total(SearchQuery::new("").count_total(true).chat(ChatId(second))),
        4
    );
    assert_eq!(total(SearchQuery::new("-salam").count_total(true)), 1);
    assert_eq!(
        total(
            SearchQuery::new("-salam")
                .count_total(true)
                .chat(ChatId(first))
        ),
        0
    );

    let all: Vec<i64> = search(&fixture, query().limit(100))
        .hits
        .iter()
        .map(|it| it.message.0)
        .collect();
    assert!(all.is_sorted_by(|a, b| a > b));
    let oldest = search(&fixture, query().limit(100).sort(SearchSort::Oldest)).hits;
    assert!(oldest.is_sorted_by_key(|it| it.message));
    let mut paged = Vec::new();
    loop {
        let page = search(&fixture, query().limit(7).offset(paged.len()));
        paged.extend(page.hits.iter().map(|it| it.message.0));
        if !page.has_more {
            break;
        }
    }
    assert_eq!(paged, all);
    let relevant = search(&fixture, query().sort(SearchSort::Relevance).limit(1)).hits;
    assert_eq!(relevant[0].snippet.text, "salam salam salam");
    let hit = &search(&fixture, SearchQuery::new("product")).hits[0];
    assert_eq!(
        (hit.message_type.as_str(), hit.chat_title.as_deref()),
        ("product", Some("Reza"))
    );
    assert_eq!(hit.sender, Some(UserId(seller)));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_files_are_found() {
    let fixture = Fixture::new().await;
    let export = [
        r#"{"format":"basalam-chat-archive","version":1}"#,
        r#"{"kind":"chat","id":1,"chat":{"id":1}}"#,
        r#"{"kind":"message","chat_id":1,"id":5,"message":{"id":5,"chat_id":1,"created_at":"2026-07-22 10:28:23","updated_at":"2026-07-22 10:28:23","message_type":"file","content":{"files":[{"id":1,"url":"https://basalam.com/f","name":"فاکتور خرید.pdf"}]}}}"#,
        "",
    ];
    fixture
        .archive
        .import_json_lines(export.join("\n").as_bytes())
        .unwrap();
    assert_eq!(found(&fixture, "فاكتور"), ["فاکتور خرید.pdf"]);
    assert_eq!(found(&fixture, "pdf"), ["فاکتور خرید.pdf"]);
    assert!(found(&fixture, "رسید").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_the_same_id_in_two_chats_are_kept() {
    // Ids are unique according to the contract; the archive does not rely on it.
    let fixture = Fixture::new().await;
    let line = |chat: i64, text: &str| {
        format!(
            "{{\"kind\":\"message\",\"chat_id\":{chat},\"id\":5,\"message\":{{\"id\":5,\"chat_id\":{chat},\"created_at\":\"2026-07-22 10:28:23\",\"updated_at\":\"2026-07-22 10:28:23\",\"message_type\":\"text\",\"content\":{{\"text\":\"{text}\"}}}}}}\n"
        )
    };
    let chat = |id: i64| format!("{{\"kind\":\"chat\",\"id\":{id},\"chat\":{{\"id\":{id}}}}}\n");
    let header = "{\"format\":\"basalam-chat-archive\",\"version\":1}\n";
    let export = [
        header,
        &chat(1),
        &line(1, "first"),
        &chat(2),
        &line(2, "second"),
    ]
    .concat();
    fixture
        .archive
        .import_json_lines(export.as_bytes())
        .unwrap();
    assert_eq!(
        (found(&fixture, "first"), found(&fixture, "second")),
        (vec!["first".to_owned()], vec!["second".to_owned()])
    );
    assert!(fixture.archive.check().unwrap().is_healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_the_same_id_are_sorted_by_it() {
    let fixture = Fixture::new().await;
    let chat = fixture.chat("Sara", ["salam", "salam", "salam"]);
    fixture.archive.sync(&fixture.client).await.unwrap();
    let ids = fixture.ids(chat);
    // Another chat has a message with the id of the second one.
    let export = String::from_utf8(json_lines(&fixture.archive)).unwrap();
    let other = chat + 1;
    let [header, account] = [0, 1].map(|it| export.lines().nth(it).unwrap());
    let row = export
        .lines()
        .find(|it| it.contains(&format!("\"id\":{},", ids[1])))
        .unwrap();
    let row = row.replace(
        &format!("\"chat_id\":{chat}"),
        &format!("\"chat_id\":{other}"),
    );
    let line = format!("{{\"kind\":\"chat\",\"id\":{other},\"chat\":{{\"id\":{other}}}}}");
    let import = [header, account, &line, &row]
        .map(|it| format!("{it}\n"))
        .concat();
    fixture
        .archive
        .import_json_lines(import.as_bytes())
        .unwrap();
    let newest = [
        (ids[2], chat),
        (ids[1], other),
        (ids[1], chat),
        (ids[0], chat),
    ];
    let mut oldest = newest;
    oldest.reverse();
    for text in ["salam", ""] {
        for (sort, expected) in [(SearchSort::Newest, newest), (SearchSort::Oldest, oldest)] {
            let query = || SearchQuery::new(text).sort(sort);
            let keys = |query| {
                search(&fixture, query)
                    .hits
                    .into_iter()
                    .map(|it| (it.message.0, it.chat.0))
            };
            assert_eq!(keys(query()).collect::<Vec<_>>(), expected);
            let pages = (0..4).flat_map(|it| keys(query().limit(1).offset(it)));
            assert_eq!(pages.collect::<Vec<_>>(), expected);
        }
    }
}
