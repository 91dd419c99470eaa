use serde_json::{Value, json};

use crate::support::{ManualClock, Service, messages};

fn ids(chats: &[Value]) -> Vec<i64> {
    chats.iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn create_chat_returns_existing_chat_for_either_id_and_side() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let first = service.create_chat(customer, seller).await;
    assert!(first >= 183_000_000);
    assert_eq!(service.create_chat(customer, seller).await, first);
    assert_eq!(service.create_chat(seller, customer).await, first);
    let body = json!({ "user_id": null, "hash_id": seller.hash_id });
    let response = service.post("/v1/chats", customer, &body).await;
    assert_eq!(response.ok()["data"]["id"], json!(first));

    let other = service.emulator.add_user("Other");
    assert_ne!(service.create_chat(customer, &other).await, first);
}

#[tokio::test]
async fn new_chat_is_empty_and_has_every_required_field() {
    let (service, _) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
    let body = json!({ "user_id": seller.id });
    let response = service.post("/v1/chats", customer, &body).await.ok();
    let chat = &response["data"];
    for (name, value) in [
        ("chat_type", json!("private")),
        ("marked_as_unread", json!(false)),
        ("unseen_message_count", json!(0)),
        ("created_at", json!("2026-07-22 10:00:00")),
        ("updated_at", json!("2026-07-22 10:00:00")),
        ("modified_at", json!("2026-07-22 10:00:00")),
        ("deleted_at", json!(null)),
        ("last_message", json!(null)),
        ("last_seen_id", json!(null)),
        ("contact_last_seen_message_id", json!(null)),
        ("contact_id", json!(seller.id)),
        ("contact_is_blocked", json!(false)),
        ("show_approvals", json!(false)),
        ("reply_markup", json!({})),
        ("group", json!(null)),
        ("channel", json!(null)),
        ("bot", json!(null)),
    ] {
        assert_eq!(chat.get(name), Some(&value), "{name}");
    }
    assert_eq!(chat["contact"]["name"], json!("Seller"));
    assert_eq!(chat["contact"]["hash_id"], json!(seller.hash_id));
    assert_eq!(
        chat["contact"]["vendor"]["identifier"],
        json!("emulated-stall")
    );
}

#[tokio::test]
async fn user_id_takes_precedence_over_hash_id() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let other = service.emulator.add_user("Other");
    let body = json!({ "user_id": seller.id, "hash_id": other.hash_id });
    let response = service.post("/v1/chats", customer, &body).await.ok();
    assert_eq!(response["data"]["contact_id"], json!(seller.id));
}

#[tokio::test]
async fn create_chat_rejects_missing_and_own_id() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for body in [
        json!({}),
        json!([]),
        json!({ "user_id": null, "hash_id": null }),
    ] {
        let response = service.post("/v1/chats", customer, &body).await;
        response.assert_invalid(json!(["body"]));
    }
    let body = json!({ "user_id": customer.id });
    let response = service.post("/v1/chats", customer, &body).await;
    response.assert_invalid(json!(["body", "user_id"]));
    let body = json!({ "hash_id": customer.hash_id });
    let response = service.post("/v1/chats", customer, &body).await;
    response.assert_invalid(json!(["body", "hash_id"]));
}

#[tokio::test]
async fn create_chat_with_unknown_user_is_404() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for body in [
        json!({ "user_id": 99 }),
        json!({ "hash_id": "" }),
        json!({ "user_id": -1 }),
    ] {
        let response = service.post("/v1/chats", customer, &body).await;
        response.assert_not_found();
    }
}

#[tokio::test]
async fn chat_fields_depend_on_the_viewer() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    let first = service.send_text(chat, customer, "one").await;
    let second = service.send_text(chat, customer, "two").await;

    let own = &service.chats(customer, "").await[0];
    assert_eq!(own["contact_id"], json!(seller.id));
    assert_eq!(own["unseen_message_count"], json!(0));
    assert_eq!(own["last_seen_id"], json!(second));
    assert_eq!(own["contact_last_seen_message_id"], json!(null));
    assert_eq!(own["last_message"]["content"]["text"], json!("two"));

    let theirs = &service.chats(seller, "").await[0];
    assert_eq!(theirs["contact_id"], json!(customer.id));
    assert_eq!(theirs["unseen_message_count"], json!(2));
    assert_eq!(theirs["last_seen_id"], json!(null));
    assert_eq!(theirs["contact_last_seen_message_id"], json!(second));
    assert_eq!(theirs["last_message"]["id"], json!(second));
    assert!(second > first);
}

#[tokio::test]
async fn sending_marks_chat_as_seen_and_reading_does_not() {
    let (service, chat) = Service::start_with_chat().await;
    let (seller, customer) = service.users();
    service.send_text(chat, customer, "one").await;
    service.message_ids(chat, seller, "").await;
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(1)
    );
    service.send_text(chat, seller, "two").await;
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(0)
    );
    assert_eq!(
        service.chats(customer, "").await[0]["unseen_message_count"],
        json!(1)
    );
}

/// Creates chats with three users, at the seconds 0, 1 and 2.
async fn start_with_three_chats() -> (Service, ManualClock, Vec<i64>) {
    let (service, clock) = Service::start_with_clock().await;
    let mut chats = Vec::new();
    for second in 0..3 {
        clock.set(second);
        let other = service.emulator.add_user(format!("Other {second}"));
        chats.push(service.create_chat(service.emulator.seller(), &other).await);
    }
    (service, clock, chats)
}

#[tokio::test]
async fn chats_are_newest_first_and_a_message_moves_its_chat_to_the_front() {
    let (service, clock, chats) = start_with_three_chats().await;
    let seller = service.emulator.seller();
    for query in ["", "order_by=updated_at", "order_by=modified_at"] {
        let found = service.chats(seller, query).await;
        assert_eq!(ids(&found), [chats[2], chats[1], chats[0]], "{query}");
    }
    clock.set(10);
    service.send_text(chats[0], seller, "hello").await;
    for query in ["", "order_by=modified_at"] {
        let found = service.chats(seller, query).await;
        assert_eq!(ids(&found), [chats[0], chats[2], chats[1]], "{query}");
        assert_eq!(found[0]["updated_at"], json!("2026-07-22 10:00:10"));
    }
}

#[tokio::test]
async fn chats_of_the_same_second_are_sorted_by_descending_id() {
    let (service, clock, chats) = start_with_three_chats().await;
    let seller = service.emulator.seller();
    clock.set(10);
    service.send_text(chats[2], seller, "first").await;
    service.send_text(chats[0], seller, "second").await;
    let found = ids(&service.chats(seller, "").await);
    assert_eq!(found, [chats[2], chats[0], chats[1]]);
}

#[tokio::test]
async fn limit_shortens_chat_list_and_must_be_positive() {
    let (service, _, chats) = start_with_three_chats().await;
    let seller = service.emulator.seller();
    assert_eq!(
        ids(&service.chats(seller, "limit=2").await),
        [chats[2], chats[1]]
    );
    for limit in ["0", "-1"] {
        let response = service
            .get(&format!("/v1/chats?limit={limit}"), seller)
            .await;
        response.assert_invalid(json!(["query", "limit"]));
    }
}

#[tokio::test]
async fn default_page_has_30_chats() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for index in 0..31 {
        let other = service.emulator.add_user(format!("Other {index}"));
        service.create_chat(seller, &other).await;
    }
    assert_eq!(service.chats(seller, "").await.len(), 30);
    assert_eq!(service.chats(seller, "limit=1000").await.len(), 31);
}

#[tokio::test]
async fn time_filters_are_inclusive_from_and_exclusive_before() {
    let (service, _, chats) = start_with_three_chats().await;
    let seller = service.emulator.seller();
    for name in ["updated", "modified"] {
        for (query, expected) in [
            (
                format!("{name}_from=2026-07-22+10:00:01"),
                vec![chats[2], chats[1]],
            ),
            (format!("{name}_from=2026-07-22T10:00:01.5"), vec![chats[2]]),
            (
                format!("{name}_before=2026-07-22%2010%3A00%3A01"),
                vec![chats[0]],
            ),
            (
                format!("{name}_from=2026-07-22+10:00:01&{name}_before=2026-07-22+10:00:02"),
                vec![chats[1]],
            ),
            (format!("{name}_from=2026-07-22+10:00:03"), vec![]),
        ] {
            assert_eq!(
                ids(&service.chats(seller, &query).await),
                expected,
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn rejects_malformed_time() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for name in [
        "updated_from",
        "updated_before",
        "modified_from",
        "modified_before",
    ] {
        for time in ["", "yesterday", "2026-07-22", "2026-07-22T10:00:00Z"] {
            let response = service
                .get(&format!("/v1/chats?{name}={time}"), seller)
                .await;
            response.assert_invalid(json!(["query", name]));
        }
    }
}

#[tokio::test]
async fn filters_select_unseen_chats_and_chats_with_orders() {
    let (service, _, chats) = start_with_three_chats().await;
    let seller = service.emulator.seller();
    let other = service.emulator.add_user("Other 3");
    let unseen = service.create_chat(&other, seller).await;
    service.send_text(unseen, &other, "hello").await;
    let order = json!({ "message_type": "order", "content": { "entity_id": 5 } });
    service.post(&messages(chats[1]), seller, &order).await.ok();

    assert_eq!(
        ids(&service.chats(seller, "filters=unseen").await),
        [unseen]
    );
    assert_eq!(
        ids(&service.chats(seller, "filters=order").await),
        [chats[1]]
    );
    assert!(service.chats(&other, "filters=unseen").await.is_empty());
}

#[tokio::test]
async fn users_do_not_see_other_users_chats() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    service.create_chat(seller, customer).await;
    let stranger = service.emulator.add_user("Stranger");
    assert!(service.chats(&stranger, "").await.is_empty());
}
