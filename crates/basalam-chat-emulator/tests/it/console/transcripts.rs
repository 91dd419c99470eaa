use basalam_chat_emulator::{Emulator, Fault};
use reqwest::Method;
use serde_json::{Value, json};

use super::{assert_get_rejected, assert_rejected, delete, get, post, seed_chat, send};
use crate::support::Service;

fn transcript(turns: Value) -> Value {
    json!({
        "version": 1,
        "bot": "seller",
        "users": { "seller": { "name": "Seller" }, "customer": { "name": "Customer" } },
        "chat": { "chat_type": "private", "members": ["customer", "seller"] },
        "turns": turns,
    })
}

fn conversation() -> Value {
    transcript(json!([
        { "from": "customer", "after_ms": 0, "text": "سلام", "ref": "m1" },
        { "wait": { "replies": 1 } },
        { "from": "customer", "after_ms": 60_000, "text": "bye", "reply_to": "m1" },
    ]))
}

/// Plays a transcript without pauses. Returns its id and the id of its chat.
async fn play(service: &Service, transcript: Value) -> (u64, i64) {
    let body = json!({ "transcript": transcript, "speed": 0 });
    let played = post(service, "transcripts", body).await.ok();
    (
        played["id"].as_u64().unwrap(),
        played["chat_id"].as_i64().unwrap(),
    )
}

/// Reads the status until it has this state.
async fn until(service: &Service, id: u64, state: &str) -> Value {
    loop {
        let status = get(service, &format!("transcripts/{id}")).await;
        if status["state"] == state {
            return status;
        }
        assert!(
            ["playing", "waiting"].contains(&status["state"].as_str().unwrap()),
            "{status}"
        );
    }
}

fn texts(service: &Service, chat_id: i64) -> Vec<String> {
    let messages = service.emulator.messages(chat_id).into_iter();
    messages
        .map(|it| it.text().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn played_messages_are_requests_and_wait_for_replies() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let (id, chat_id) = play(&service, conversation()).await;
    let status = until(&service, id, "waiting").await;
    assert_eq!(status["chat_id"], chat_id);
    assert_eq!(
        (status["turn"].as_u64(), status["turns"].as_u64()),
        (Some(1), Some(3))
    );
    assert_eq!(service.emulator.request_count("create_message"), Some(1));
    service.send_text(chat_id, seller, "hello").await;
    let status = until(&service, id, "finished").await;
    assert_eq!(status["turn"], 3);
    assert_eq!(texts(&service, chat_id), ["سلام", "hello", "bye"]);
    let log = service.emulator.request_log();
    let log: Vec<_> = log.iter().map(|it| (it.user_id, it.status)).collect();
    let (seller, customer) = (Some(seller.id), Some(customer.id));
    assert_eq!(
        log,
        [
            (customer, Some(200)),
            (seller, Some(200)),
            (customer, Some(200))
        ]
    );
    let messages = get(&service, &format!("chats/{chat_id}/messages")).await;
    let messages = &messages["messages"];
    assert_eq!(messages[2]["replied_message"]["id"], messages[0]["id"]);
}

#[tokio::test]
async fn saved_chat_is_played_in_a_new_chat_with_the_same_messages() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    seed_chat(&service, &["one"]);
    service.send_text(7, seller, "answer").await;
    service.send_text(7, customer, "two").await;
    let response = send(&service, Method::GET, "chats/7/transcript", None).await;
    let saved = response.ok();
    assert_eq!(saved["users"]["customer"], json!({ "name": "Customer" }));
    assert!(!response.text.contains(customer.token()));
    let (id, chat_id) = play(&service, saved.clone()).await;
    assert_ne!(chat_id, 7);
    until(&service, id, "waiting").await;
    service.send_text(chat_id, seller, "answer").await;
    until(&service, id, "finished").await;
    assert_eq!(texts(&service, chat_id), ["one", "answer", "two"]);

    // Without the seller's waits.
    let path = format!("chats/7/transcript?bot={}", customer.id);
    let saved = get(&service, &path).await;
    assert_eq!(saved["bot"], "customer");
    assert_eq!(saved["turns"][0]["from"], "customer");
    assert_eq!(saved["turns"][2]["wait"]["replies"], 1);
}

#[tokio::test]
async fn transcript_is_a_seed() {
    let mut transcript = conversation();
    transcript["turns"][1]["recorded"] =
        json!([{ "from": "seller", "after_ms": 30_000, "text": "hello" }]);
    let json = transcript.to_string();
    let service = Service::start_with(Emulator::builder().seed_json(&json)).await;
    let (seller, customer) = service.users();
    let chats = service.chats(customer, "").await;
    let chat_id = chats[0]["id"].as_i64().unwrap();
    assert_eq!(texts(&service, chat_id), ["سلام", "hello", "bye"]);
    let page = get(&service, &format!("chats/{chat_id}/messages")).await;
    let times = [0, 2].map(|index| {
        let time = page["messages"][index]["created_at"]
            .as_str()
            .unwrap()
            .to_owned();
        time.parse::<jiff::civil::DateTime>().unwrap()
    });
    assert_eq!(times[0].duration_until(times[1]).as_secs(), 90);
    // Again by the control endpoint: a new customer, since the chat exists.
    let seeded = post(&service, "seed", transcript).await.ok();
    assert_eq!(seeded["user_ids"].as_array().unwrap().len(), 1);
    assert_eq!(seeded["message_ids"][0].as_array().unwrap().len(), 3);
    assert_eq!(service.chats(seller, "").await.len(), 2);
    let invalid = super::post(&service, "seed", json!({ "version": 2, "turns": [] })).await;
    assert_rejected(invalid, 400, "transcript").await;
}

#[tokio::test]
async fn faults_apply_and_fail_the_transcript() {
    let service = Service::start().await;
    service.emulator.fail_next(Fault::status(503)).unwrap();
    let (id, chat_id) = play(&service, conversation()).await;
    let status = until(&service, id, "failed").await;
    assert_eq!(status["turn"], 0);
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("turns[0]") && message.contains("503"),
        "{message}"
    );
    assert!(texts(&service, chat_id).is_empty());
    service
        .emulator
        .fail_next(Fault::disconnect().after_handling())
        .unwrap();
    let (id, _) = play(&service, conversation()).await;
    until(&service, id, "failed").await;
}

#[tokio::test]
async fn wait_without_replies_times_out() {
    let service = Service::start().await;
    let turns = json!([
        { "from": "customer", "text": "a" },
        { "wait": { "replies": 2, "timeout_ms": 1 } },
        { "from": "customer", "text": "b" },
    ]);
    let (id, chat_id) = play(&service, transcript(turns)).await;
    let status = until(&service, id, "failed").await;
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("turns[1]") && message.contains("timed out"),
        "{message}"
    );
    assert_eq!(texts(&service, chat_id), ["a"]);
}

#[tokio::test]
async fn idle_wait_continues_without_replies() {
    let service = Service::start().await;
    let turns = json!([
        { "from": "customer", "text": "a" },
        { "wait": { "idle_ms": 1 } },
        { "from": "customer", "text": "b" },
    ]);
    let (id, chat_id) = play(&service, transcript(turns)).await;
    until(&service, id, "finished").await;
    assert_eq!(texts(&service, chat_id), ["a", "b"]);
}

#[tokio::test]
async fn stopping_and_resetting_end_a_transcript() {
    let service = Service::start().await;
    let (id, chat_id) = play(&service, conversation()).await;
    until(&service, id, "waiting").await;
    let path = format!("transcripts/{id}");
    delete(&service, &path).await.ok();
    assert_get_rejected(&service, &path, 404, "stopped").await;
    assert_rejected(delete(&service, &path).await, 404, "stopped").await;
    let seller = service.emulator.seller();
    service.send_text(chat_id, seller, "hello").await;
    let (id, _) = play(&service, conversation()).await;
    until(&service, id, "waiting").await;
    send(&service, Method::POST, "reset", None).await.ok();
    assert_get_rejected(&service, &format!("transcripts/{id}"), 404, "stopped").await;
    // Neither goes on: the same chat in the initial state gets no message.
    let customer = service.emulator.customer();
    let chat_id = service.create_chat(seller, customer).await;
    service.send_text(chat_id, seller, "hello").await;
    for _ in 0..20 {
        get(&service, "").await;
    }
    assert_eq!(texts(&service, chat_id), ["hello"]);
}

#[tokio::test]
async fn transcript_at_a_tiny_speed_plays_on() {
    let service = Service::start().await;
    let turns = json!([{ "from": "customer", "after_ms": 1000, "text": "a" }]);
    let body = json!({ "transcript": transcript(turns), "speed": f64::MIN_POSITIVE });
    for _ in 0..16 {
        post(&service, "transcripts", body.clone()).await.ok();
    }
    let rejected = post(&service, "transcripts", body).await;
    assert_rejected(rejected, 400, "16").await;
}

#[tokio::test]
async fn transcript_saved_after_a_jump_of_the_clock_is_a_seed() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    seed_chat(&service, &["before"]);
    let two_years = json!({ "advance_seconds": 2 * 366 * 24 * 60 * 60 });
    post(&service, "clock", two_years).await.ok();
    service.send_text(7, customer, "after").await;
    let saved = get(&service, "chats/7/transcript").await;
    post(&service, "seed", saved).await.ok();
}

#[tokio::test]
async fn seventeenth_transcript_is_rejected() {
    let service = Service::start().await;
    for _ in 0..16 {
        play(&service, conversation()).await;
    }
    let users = service.emulator.users().len();
    let body = json!({ "transcript": conversation() });
    let rejected = post(&service, "transcripts", body.clone()).await;
    assert_rejected(rejected, 400, "16").await;
    assert_eq!(service.emulator.users().len(), users);
    delete(&service, "transcripts/1").await.ok();
    post(&service, "transcripts", body).await.ok();
}

#[tokio::test]
async fn invalid_requests_are_named_and_change_nothing() {
    let service = Service::start().await;
    seed_chat(&service, &[]);
    let users = service.emulator.users().len();
    let mut unknown = conversation();
    unknown["turns"][0]["from"] = "nobody".into();
    let mut no_title = conversation();
    no_title["chat"]["chat_type"] = "group".into();
    for (body, part) in [
        (json!({ "transcript": unknown }), "turns[0].from"),
        (json!({ "transcript": no_title }), "title"),
        (
            json!({ "transcript": conversation(), "speed": -1 }),
            "`speed`",
        ),
        (
            json!({ "transcript": conversation(), "speed": 1e9 }),
            "`speed`",
        ),
        (json!({ "transcript": 7 }), "transcript"),
        (json!({}), "transcript"),
    ] {
        assert_rejected(post(&service, "transcripts", body).await, 400, part).await;
    }
    assert_eq!(service.emulator.users().len(), users);
    assert_get_rejected(&service, "chats/8/transcript", 404, "8").await;
    assert_get_rejected(&service, "chats/7/transcript?bot=9999", 400, "`bot`").await;
    assert_get_rejected(&service, "chats/7/transcript?x=1", 400, "x").await;
    assert_get_rejected(&service, "transcripts/99", 404, "99").await;
}
