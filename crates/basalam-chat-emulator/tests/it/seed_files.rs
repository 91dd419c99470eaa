use std::path::Path;

use basalam_chat_emulator::Emulator;
use jiff::civil::date;
use serde_json::json;

use crate::support::{BufferedResponse, Service, assert_invalid_argument, messages, text_message};

fn example_seed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/shop.json")
}

#[tokio::test]
async fn example_seed_file_is_complete_and_reproducible() {
    let mut responses = Vec::new();
    for _ in 0..2 {
        let service =
            Service::start_with(Emulator::builder().seed_file(example_seed()).port(0)).await;
        let chats = service.get_with_token("/v1/chats", "sara-token").await;
        let page = service
            .get_with_token("/v1/chats/1001/messages", "reza-token")
            .await;
        let count = service
            .get_with_token("/v1/chats/unseen-count", "sara-token")
            .await;
        responses.push((chats.ok(), page.ok(), count.ok()));
    }
    assert_eq!(responses[0], responses[1]);
    let (chats, page, count) = &responses[0];
    let types: Vec<_> = chats["data"]["chats"].as_array().unwrap().iter().collect();
    let types: Vec<_> = types.iter().map(|it| &it["chat_type"]).collect();
    assert_eq!(types, ["channel", "private", "private", "group"]);
    assert_eq!(chats["data"]["chats"][2]["modified_at"], json!(null));
    let messages = &page["data"]["messages"];
    assert_eq!(messages[0]["id"], 10_004);
    assert_eq!(messages[1]["replied_message"]["id"], 10_001);
    assert_eq!(
        messages[1]["content"]["metadata"]["receiver_coupon_hint"],
        true
    );
    assert_eq!(messages[1]["content"]["reply_markup"][0][0]["type"], "msg");
    assert_eq!(messages[1]["seen_at"], "2026-07-22 10:06:00");
    assert_eq!(messages[0]["content"]["files"][0]["width"], 800);
    // The private chat with Reza and the group are unseen, the channel is seen.
    assert_eq!(count["count"], 2);
}

#[tokio::test]
async fn ids_and_clock_continue_from_the_seed() {
    let service = Service::start_with(Emulator::builder().seed_file(example_seed())).await;
    let reply = service
        .client
        .post(format!("{}{}", service.emulator.base_url(), messages(1001)))
        .bearer_auth("sara-token")
        .json(&text_message("hello"));
    let message = BufferedResponse::send(reply).await.ok();
    assert_eq!(message["data"]["id"], 10_008);
    assert_eq!(message["data"]["created_at"], "2026-07-22 10:30:00");
    assert_eq!(service.emulator.now(), date(2026, 7, 22).at(10, 30, 0, 0));
    // Scopes and OAuth clients come from the seed, too.
    let reader = service.get_with_token("/v1/chats", "reader-token").await;
    assert_eq!(reader.ok()["data"]["chats"].as_array().unwrap().len(), 3);
    let tokens = service.emulator.issue_tokens("shop-app", 502).unwrap();
    service.current_user(tokens.access_token()).await.ok();
}

#[test]
fn seed_errors_name_the_json_path() {
    let chat = |rest: &str| {
        format!(r#"{{"chats": [{{"chat_type": "private", "member_ids": [430, 431] {rest}}}]}}"#)
    };
    for (seed, expected) in [
        ("{", "EOF"),
        ("{} {}", "trailing"),
        (r#"{"user": []}"#, "user"),
        (r#"{"users": [{"name": 1}]}"#, "users[0].name"),
        (r#"{"users": [{"name": "a", "id": 430}]}"#, "users[0]"),
        (r#"{"bots": [{"name": "a", "token": "b"}]}"#, "bots[0]"),
        (
            r#"{"oauth_clients": [{"id": "a", "secret": "b", "user_id": 1}]}"#,
            "oauth_clients[0]",
        ),
        (r#"{"clock": "today"}"#, "clock"),
        (&chat(r#", "title": "a""#), "title"),
        (&chat(r#", "id": 0"#), "chats[0]"),
        (
            &chat(r#", "updated_at": "2026-07-22T10:00:00Z""#),
            "chats[0].updated_at",
        ),
        (&chat(r#", "seen_by": [1]"#), "chats[0].seen_by[0]"),
        (
            &chat(r#", "messages": [{"sender_id": 1}]"#),
            "chats[0].messages[0]",
        ),
        (
            &chat(r#", "messages": [{"sender_id": 430, "texts": ""}]"#),
            "chats[0].messages[0].texts",
        ),
        (
            &chat(r#", "messages": [{"sender_id": 430, "id": 5}, {"sender_id": 430, "id": 5}]"#),
            "chats[0].messages[1]",
        ),
        (
            r#"{"chats": [{"chat_type": "group", "member_ids": [430]}]}"#,
            "title",
        ),
        (
            r#"{"chats": [{"chat_type": "private", "member_ids": [430]}]}"#,
            "two members",
        ),
        (
            r#"{"chats": [{"chat_type": "secret", "member_ids": [430]}]}"#,
            "chats[0].chat_type",
        ),
    ] {
        let message = assert_invalid_argument(Emulator::builder().seed_json(seed).start_blocking());
        assert!(message.contains(expected), "{seed}: {message}");
    }
    let missing = Emulator::builder().seed_file("no/such/seed.json");
    let error = missing.start_blocking().unwrap_err();
    assert!(error.to_string().contains("no/such/seed.json"), "{error}");
}

#[tokio::test]
async fn invalid_seed_changes_nothing() {
    let service = Service::start().await;
    let invalid = r#"{
        "users": [{ "name": "a", "id": 501, "token": "a-token" }],
        "chats": [{ "chat_type": "private", "member_ids": [501, 502] }]
    }"#;
    let error = service.emulator.seed_json(invalid).unwrap_err();
    assert!(error.to_string().contains("chats[0]"), "{error}");
    assert_eq!(service.current_user("a-token").await.status, 401);

    let valid = invalid.replace("502", "430");
    let seeded = service.emulator.seed_json(&valid).unwrap();
    assert_eq!(seeded.user_ids, [501]);
    assert_eq!(seeded.chat_ids.len(), 1);
    service.current_user("a-token").await.ok();

    service.emulator.reset().unwrap();
    assert_eq!(service.current_user("a-token").await.status, 401);
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[test]
fn explicit_ids_are_used_or_rejected() {
    use basalam_chat_emulator::{SeedChat, SeedMessage};
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    let private = || SeedChat::private(seller, customer);
    for id in [0, -1, 10_000_000_000] {
        assert_invalid_argument(emulator.seed_chat(private().id(id)));
    }
    assert_eq!(emulator.seed_chat(private().id(5)).unwrap(), 5);
    let group = |id| SeedChat::group("a", [seller]).id(id);
    assert_invalid_argument(emulator.seed_chat(group(5)));
    assert_eq!(emulator.seed_chat(group(4)).unwrap(), 4);
    // 5 exists, so the next free id is used.
    let next = SeedChat::group("b", [seller]);
    assert_eq!(emulator.seed_chat(next).unwrap(), 6);

    let text = |id| SeedMessage::text("a").id(id);
    let ids = emulator.seed_messages(5, seller, [text(10), "b".into(), text(20)]);
    assert_eq!(ids.unwrap(), [10, 11, 20]);
    for invalid in [
        vec![text(20)],
        vec![text(30), text(30)],
        vec![text(2_147_483_648)],
    ] {
        assert_invalid_argument(emulator.seed_messages(5, seller, invalid));
    }
    assert_eq!(emulator.message_count(), 3);
    assert_eq!(emulator.seed_messages(5, seller, ["c"]).unwrap(), [21]);
}
