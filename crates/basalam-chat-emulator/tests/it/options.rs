use std::time::Duration;

use basalam_chat_emulator::{BetweenComparison, Emulator, NewUser, RateLimit, TimeBound, User};
use reqwest::Method;
use serde_json::json;

use crate::support::{ManualClock, Service, assert_invalid_argument, messages, text_message};

#[tokio::test]
async fn sender_ids_as_strings_changes_the_sender_id_type() {
    for as_strings in [false, true] {
        let builder = Emulator::builder().sender_ids_as_strings(as_strings);
        let service = Service::start_with(builder).await;
        let (seller, customer) = service.users();
        let chat = service.create_chat(customer, seller).await;
        service.send_text(chat, customer, "hello").await;
        let listed = service.get(&messages(chat), seller).await.ok();
        let found = &listed["data"]["messages"][0]["sender"]["id"];
        if as_strings {
            assert_eq!(found, &json!(customer.id.to_string()));
        } else {
            assert_eq!(found, &json!(customer.id));
        }
    }
}

#[tokio::test]
async fn max_page_size_limits_chats_and_messages() {
    let service = Service::start_with(Emulator::builder().max_page_size(2)).await;
    let seller = service.emulator.seller();
    let mut chat = 0;
    for index in 0..3 {
        let other = service.emulator.add_user(format!("Other {index}"));
        chat = service.create_chat(seller, &other).await;
    }
    for _ in 0..3 {
        service.send_text(chat, seller, "hello").await;
    }
    assert_eq!(service.message_ids(chat, seller, "limit=50").await.len(), 2);
    assert_eq!(service.message_ids(chat, seller, "limit=1").await.len(), 1);
    assert_eq!(service.chats(seller, "limit=50").await.len(), 2);
}

#[tokio::test]
async fn metadata_is_returned_unless_disabled() {
    for is_returned in [true, false] {
        let builder = Emulator::builder().return_metadata(is_returned);
        let service = Service::start_with(builder).await;
        let (seller, customer) = service.users();
        let chat = service.create_chat(customer, seller).await;
        let mut body = text_message("hello");
        body["message_metadata"] = json!({ "key": "value" });
        let sent = service.post(&messages(chat), customer, &body).await.ok();
        let listed = service.get(&messages(chat), seller).await.ok();
        let chats = service.chats(seller, "").await;
        for message in [
            &sent["data"],
            &listed["data"]["messages"][0],
            &chats[0]["last_message"],
        ] {
            let metadata = &message["content"]["metadata"];
            assert_eq!(metadata.is_object(), is_returned, "{message}");
        }
        let stored = &service.emulator.messages(chat)[0];
        assert_eq!(stored.content["metadata"]["key"], "value");
    }
}

#[tokio::test]
async fn rate_limit_rejects_requests_of_a_token_until_the_period_is_over() {
    let limit = RateLimit::new(2, Duration::from_secs(3600));
    let service = Service::start_with(Emulator::builder().rate_limit(limit)).await;
    let (seller, customer) = service.users();
    let status = async |user: &User| {
        let request = service.request(Method::GET, "/v1/users/me", user);
        let response = request.send().await.unwrap();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.map(|it| it.to_str().unwrap().parse::<u64>().unwrap());
        (response.status().as_u16(), retry_after)
    };
    assert_eq!(status(seller).await, (200, None));
    assert_eq!(status(seller).await, (200, None));
    let (rejected, retry_after) = status(seller).await;
    assert_eq!(rejected, 429);
    assert!(
        (3500..=3600).contains(&retry_after.unwrap()),
        "{retry_after:?}"
    );
    assert_eq!(status(customer).await, (200, None));
    service.emulator.reset().unwrap();
    assert_eq!(status(seller).await, (200, None));
}

#[tokio::test]
async fn rejects_rate_limits_without_requests_or_period() {
    for limit in [
        RateLimit::new(0, Duration::from_secs(1)),
        RateLimit::new(1, Duration::ZERO),
    ] {
        assert_invalid_argument(Emulator::builder().rate_limit(limit).start().await);
    }
}

#[tokio::test]
async fn rejects_max_page_size_of_0() {
    assert_invalid_argument(Emulator::builder().max_page_size(0).start().await);
}

#[tokio::test]
async fn time_bounds_are_configurable() {
    let clock = ManualClock::new();
    let builder = Emulator::builder()
        .clock(clock.clock())
        .from_bound(TimeBound::Exclusive)
        .before_bound(TimeBound::Inclusive);
    let service = Service::start_with(builder).await;
    let (seller, customer) = service.users();
    service.create_chat(seller, customer).await;
    for name in ["updated", "modified"] {
        for (query, found) in [("from", 0), ("before", 1)] {
            let query = format!("{name}_{query}=2026-07-22+10:00:00");
            assert_eq!(service.chats(seller, &query).await.len(), found, "{query}");
        }
    }
}

#[tokio::test]
async fn mark_seen_on_read_marks_messages_as_seen() {
    let clock = ManualClock::new();
    let builder = Emulator::builder()
        .clock(clock.clock())
        .mark_seen_on_read(true);
    let service = Service::start_with(builder).await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    let id = service.send_text(chat, customer, "hello").await;
    clock.set(5);
    service.message_ids(chat, seller, "limit=1").await;
    let seen = &service.chats(seller, "").await[0];
    assert_eq!(seen["unseen_message_count"], json!(0));
    assert_eq!(seen["last_seen_id"], json!(id));
    let own = &service.chats(customer, "").await[0];
    assert_eq!(own["contact_last_seen_message_id"], json!(id));
    assert_eq!(own["last_message"]["seen_at"], json!("2026-07-22 10:00:05"));
}

#[tokio::test]
async fn seller_and_customer_are_configurable() {
    let builder = Emulator::builder()
        .seller(NewUser::new("Sara").id(7).hash_id("nRy8K").token("sara"))
        .customer(NewUser::new("Ali").token("ali"));
    let service = Service::start_with(builder).await;
    let response = service
        .get("/v1/users/me", service.emulator.seller())
        .await
        .ok();
    assert_eq!(response["id"], json!(7));
    assert_eq!(response["hash_id"], json!("nRy8K"));

    let duplicate = Emulator::builder()
        .seller(NewUser::new("Sara").id(7))
        .customer(NewUser::new("Ali").id(7));
    assert_invalid_argument(duplicate.start().await);
}

#[tokio::test]
async fn add_user_rejects_duplicate_id() {
    let service = Service::start().await;
    let existing = service.emulator.customer().id;
    let added = service
        .emulator
        .add_user_with(NewUser::new("Ali").id(existing));
    assert_invalid_argument(added);
    let added = service
        .emulator
        .add_user_with(NewUser::new("Ali").id(5_000));
    assert_eq!(added.unwrap().id, 5_000);
}

#[tokio::test]
async fn latency_delays_requests_and_aborted_request_is_logged_without_status() {
    let forever = std::time::Duration::from_secs(3600);
    let service = Service::start_with(Emulator::builder().latency(forever)).await;
    let request = service.request(reqwest::Method::GET, "/v1/chats", service.emulator.seller());
    let waiting = tokio::spawn(request.send());
    while service.emulator.total_request_count() == 0 {
        tokio::task::yield_now().await;
    }
    let control = format!("{}/_emulator/clock", service.emulator.base_url());
    let response = service.client.get(control).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!waiting.is_finished());
    waiting.abort();
    // The emulator notices the disconnect with a delay.
    while service.emulator.request_log().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.emulator.request_log()[0].status, None);
}

#[tokio::test]
async fn between_selects_the_meaning_of_bt() {
    for (between, expected) in [
        (BetweenComparison::Reject, None),
        (BetweenComparison::Around, Some([2, 1])),
        (BetweenComparison::Ignore, Some([3, 2])),
    ] {
        let service = Service::start_with(Emulator::builder().between(between)).await;
        let (seller, customer) = service.users();
        let chat = service.create_chat(customer, seller).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(service.send_text(chat, customer, "hello").await);
        }
        let query = format!("cmp=bt&limit=2&message_id={}", ids[2]);
        if let Some(expected) = expected {
            let found = service.message_ids(chat, seller, &query).await;
            assert_eq!(found, expected.map(|it| ids[it]), "{between:?}");
        } else {
            let path = format!("{}?{query}", messages(chat));
            let response = service.get(&path, seller).await;
            let violation = response.assert_invalid(json!(["query", "cmp"]));
            assert!(violation["msg"].as_str().unwrap().contains("--between"));
        }
    }
}

#[tokio::test]
async fn zoned_and_epoch_times_are_violations_unless_enabled() {
    let clock = ManualClock::new();
    let zoned = "2026-07-22T13:30:00%2B03:30";
    let epoch = "1784714400";
    for (builder, time) in [
        (Emulator::builder().zoned_times(true), zoned),
        (Emulator::builder().epoch_times(true), epoch),
    ] {
        let service = Service::start_with(builder.clock(clock.clock())).await;
        let (seller, customer) = service.users();
        service.create_chat(seller, customer).await;
        for (name, count) in [("updated_from", 1), ("updated_before", 0)] {
            let found = service.chats(seller, &format!("{name}={time}")).await;
            assert_eq!(found.len(), count, "{name}={time}");
        }
    }
    let service = Service::start().await;
    for time in [zoned, epoch] {
        let path = format!("/v1/chats?updated_from={time}");
        let response = service.get(&path, service.emulator.seller()).await;
        response.assert_invalid(json!(["query", "updated_from"]));
    }
}
