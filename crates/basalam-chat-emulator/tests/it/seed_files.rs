use std::path::Path;

use basalam_chat_emulator::Emulator;
use jiff::civil::date;
use serde_json::json;

use crate::support::{Answer, Service, messages, text_message};

fn example() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/shop.json")
}

async fn by_token(service: &Service, token: &str, path: &str) -> Answer {
    let url = format!("{}{path}", service.emulator.base_url());
    Answer::of(service.client.get(url).bearer_auth(token)).await
}

#[tokio::test]
async fn the_example_is_a_whole_shop_and_the_same_in_every_run() {
    let mut answers = Vec::new();
    for _ in 0..2 {
        let service = Service::with(Emulator::builder().seed_file(example()).port(0)).await;
        let chats = by_token(&service, "sara-token", "/v1/chats").await;
        let page = by_token(&service, "reza-token", "/v1/chats/1001/messages").await;
        let count = by_token(&service, "sara-token", "/v1/chats/unseen-count").await;
        answers.push((chats.ok(), page.ok(), count.ok()));
    }
    assert_eq!(answers[0], answers[1]);
    let (chats, page, count) = &answers[0];
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
    // The private chat with Reza and the group; the channel was seen.
    assert_eq!(count["count"], 2);
}

#[tokio::test]
async fn numbers_and_times_go_on_where_the_seed_ended() {
    let service = Service::with(Emulator::builder().seed_file(example())).await;
    let reply = service
        .client
        .post(format!("{}{}", service.emulator.base_url(), messages(1001)))
        .bearer_auth("sara-token")
        .json(&text_message("hello"));
    let message = Answer::of(reply).await.ok();
    assert_eq!(message["data"]["id"], 10_008);
    assert_eq!(message["data"]["created_at"], "2026-07-22 10:30:00");
    assert_eq!(service.emulator.now(), date(2026, 7, 22).at(10, 30, 0, 0));
    // Its scopes and its clients are of the seed as well.
    let reader = by_token(&service, "reader-token", "/v1/chats").await;
    assert_eq!(reader.ok()["data"]["chats"].as_array().unwrap().len(), 3);
    let tokens = service.emulator.issue_tokens("shop-app", 502).unwrap();
    by_token(&service, tokens.access_token(), "/v1/users/me")
        .await
        .ok();
}

#[test]
fn what_is_wrong_with_a_seed_is_named_by_its_json_path() {
    let chat = |rest: &str| {
        format!(r#"{{"chats": [{{"chat_type": "private", "member_ids": [430, 431] {rest}}}]}}"#)
    };
    for (seed, words) in [
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
        let error = Emulator::builder().seed_json(seed).start_blocking();
        let error = error.unwrap_err();
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains(words), "{seed}: {error}");
    }
    let missing = Emulator::builder().seed_file("no/such/seed.json");
    let error = missing.start_blocking().unwrap_err();
    assert!(error.to_string().contains("no/such/seed.json"), "{error}");
}

#[tokio::test]
async fn a_seed_that_is_wrong_leaves_a_running_service_as_it_was() {
    let service = Service::start().await;
    let wrong = r#"{
        "users": [{ "name": "a", "id": 501, "token": "a-token" }],
        "chats": [{ "chat_type": "private", "member_ids": [501, 502] }]
    }"#;
    let error = service.emulator.seed_json(wrong).unwrap_err();
    assert!(error.to_string().contains("chats[0]"), "{error}");
    assert_eq!(
        by_token(&service, "a-token", "/v1/users/me").await.status,
        401
    );

    let right = wrong.replace("502", "430");
    let seeded = service.emulator.seed_json(&right).unwrap();
    assert_eq!(seeded.user_ids, [501]);
    assert_eq!(seeded.chat_ids.len(), 1);
    by_token(&service, "a-token", "/v1/users/me").await.ok();

    service.emulator.reset().unwrap();
    assert_eq!(
        by_token(&service, "a-token", "/v1/users/me").await.status,
        401
    );
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.ok();
}

#[test]
fn numbers_that_were_set_in_code_are_kept_to_or_refused() {
    use basalam_chat_emulator::{SeedChat, SeedMessage};
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (seller, customer) = (emulator.seller().id, emulator.customer().id);
    let private = || SeedChat::private(seller, customer);
    for id in [0, -1, 10_000_000_000] {
        assert!(
            emulator
                .seed_chat(private().id(id))
                .unwrap_err()
                .is_invalid_argument()
        );
    }
    assert_eq!(emulator.seed_chat(private().id(5)).unwrap(), 5);
    let group = |id| SeedChat::group("a", [seller]).id(id);
    assert!(
        emulator
            .seed_chat(group(5))
            .unwrap_err()
            .is_invalid_argument()
    );
    assert_eq!(emulator.seed_chat(group(4)).unwrap(), 4);
    // 5 is taken, so the next that is free comes.
    let next = SeedChat::group("b", [seller]);
    assert_eq!(emulator.seed_chat(next).unwrap(), 6);

    let text = |id| SeedMessage::text("a").id(id);
    let ids = emulator.seed_messages(5, seller, [text(10), "b".into(), text(20)]);
    assert_eq!(ids.unwrap(), [10, 11, 20]);
    for wrong in [
        vec![text(20)],
        vec![text(30), text(30)],
        vec![text(2_147_483_648)],
    ] {
        assert!(
            emulator
                .seed_messages(5, seller, wrong)
                .unwrap_err()
                .is_invalid_argument()
        );
    }
    assert_eq!(emulator.message_count(), 3);
    assert_eq!(emulator.seed_messages(5, seller, ["c"]).unwrap(), [21]);
}
