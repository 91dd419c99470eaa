use basalam_chat_emulator::{Emulator, NewUser, TimeBound};
use serde_json::json;

use crate::support::{Service, StoppedClock, messages};

#[tokio::test]
async fn sender_ids_are_numbers_and_texts_when_asked_for() {
    for as_strings in [false, true] {
        let builder = Emulator::builder().sender_ids_as_strings(as_strings);
        let service = Service::with(builder).await;
        let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
        let chat = service.chat(customer, seller).await;
        service.send(chat, customer, "hello").await;
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
async fn a_page_cap_cuts_pages_of_both_kinds() {
    let service = Service::with(Emulator::builder().max_page_size(2)).await;
    let seller = service.emulator.seller();
    let mut chat = 0;
    for number in 0..3 {
        let other = service.emulator.add_user(format!("Other {number}"));
        chat = service.chat(seller, &other).await;
    }
    for _ in 0..3 {
        service.send(chat, seller, "hello").await;
    }
    assert_eq!(service.message_ids(chat, seller, "limit=50").await.len(), 2);
    assert_eq!(service.message_ids(chat, seller, "limit=1").await.len(), 1);
    assert_eq!(service.chats(seller, "limit=50").await.len(), 2);
}

#[tokio::test]
async fn a_page_cap_of_0_is_refused() {
    let error = Emulator::builder()
        .max_page_size(0)
        .start()
        .await
        .unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
}

#[tokio::test]
async fn bounds_of_time_can_be_turned_around() {
    let clock = StoppedClock::new();
    let builder = Emulator::builder()
        .clock(clock.clock())
        .from_bound(TimeBound::Exclusive)
        .before_bound(TimeBound::Inclusive);
    let service = Service::with(builder).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    service.chat(seller, customer).await;
    for name in ["updated", "modified"] {
        for (query, found) in [("from", 0), ("before", 1)] {
            let query = format!("{name}_{query}=2026-07-22+10:00:00");
            assert_eq!(service.chats(seller, &query).await.len(), found, "{query}");
        }
    }
}

#[tokio::test]
async fn reading_marks_as_seen_when_asked_for() {
    let clock = StoppedClock::new();
    let builder = Emulator::builder()
        .clock(clock.clock())
        .mark_seen_on_read(true);
    let service = Service::with(builder).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let id = service.send(chat, customer, "hello").await;
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
async fn the_two_first_users_can_be_chosen() {
    let builder = Emulator::builder()
        .seller(NewUser::new("Sara").id(7).hash_id("nRy8K").token("sara"))
        .customer(NewUser::new("Ali").token("ali"));
    let service = Service::with(builder).await;
    let answer = service
        .get("/v1/users/me", service.emulator.seller())
        .await
        .ok();
    assert_eq!(answer["id"], json!(7));
    assert_eq!(answer["hash_id"], json!("nRy8K"));

    let clash = Emulator::builder()
        .seller(NewUser::new("Sara").id(7))
        .customer(NewUser::new("Ali").id(7));
    let error = clash.start().await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
}

#[tokio::test]
async fn users_that_clash_cannot_be_added_later_either() {
    let service = Service::start().await;
    let taken = service.emulator.customer().id;
    let added = service
        .emulator
        .add_user_with(NewUser::new("Ali").id(taken));
    assert!(added.unwrap_err().is_invalid_argument());
    let added = service
        .emulator
        .add_user_with(NewUser::new("Ali").id(5_000));
    assert_eq!(added.unwrap().id, 5_000);
}

#[tokio::test]
async fn latency_holds_every_request_back_and_one_that_is_given_up_is_logged_without_a_status() {
    let forever = std::time::Duration::from_secs(3600);
    let service = Service::with(Emulator::builder().latency(forever)).await;
    let request = service.request(reqwest::Method::GET, "/v1/chats", service.emulator.seller());
    let waiting = tokio::spawn(request.send());
    while service.emulator.total_request_count() == 0 {
        tokio::task::yield_now().await;
    }
    let control = format!("{}/_emulator/clock", service.emulator.base_url());
    let answer = service.client.get(control).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(!waiting.is_finished());
    waiting.abort();
    // It notices in its own time, so this asks until it has.
    while service.emulator.request_log().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.emulator.request_log()[0].status, None);
}
