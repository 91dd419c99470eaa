use basalam_chat_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Service, StoppedClock, messages};

fn ids(chats: &[Value]) -> Vec<i64> {
    chats.iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_chat_is_created_once_for_a_pair_by_either_id_from_either_side() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let first = service.chat(customer, seller).await;
    assert!(first >= 183_000_000);
    assert_eq!(service.chat(customer, seller).await, first);
    assert_eq!(service.chat(seller, customer).await, first);
    let body = json!({ "user_id": null, "hash_id": seller.hash_id });
    let answer = service.post("/v1/chats", customer, &body).await;
    assert_eq!(answer.ok()["data"]["id"], json!(first));

    let other = service.emulator.add_user("Other");
    assert_ne!(service.chat(customer, &other).await, first);
}

#[tokio::test]
async fn a_new_chat_is_empty_and_has_every_member_that_the_contract_requires() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let body = json!({ "user_id": seller.id });
    let answer = service.post("/v1/chats", customer, &body).await.ok();
    let chat = &answer["data"];
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
async fn the_user_id_wins_where_both_ids_are_given() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let other = service.emulator.add_user("Other");
    let body = json!({ "user_id": seller.id, "hash_id": other.hash_id });
    let answer = service.post("/v1/chats", customer, &body).await.ok();
    assert_eq!(answer["data"]["contact_id"], json!(seller.id));
}

#[tokio::test]
async fn neither_id_is_a_violation_and_so_is_ones_own() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for body in [
        json!({}),
        json!([]),
        json!({ "user_id": null, "hash_id": null }),
    ] {
        let answer = service.post("/v1/chats", customer, &body).await;
        answer.assert_invalid(json!(["body"]));
    }
    let body = json!({ "user_id": customer.id });
    let answer = service.post("/v1/chats", customer, &body).await;
    answer.assert_invalid(json!(["body", "user_id"]));
    let body = json!({ "hash_id": customer.hash_id });
    let answer = service.post("/v1/chats", customer, &body).await;
    answer.assert_invalid(json!(["body", "hash_id"]));
}

#[tokio::test]
async fn an_unknown_user_is_not_found() {
    let service = Service::start().await;
    let customer = service.emulator.customer();
    for body in [
        json!({ "user_id": 99 }),
        json!({ "hash_id": "" }),
        json!({ "user_id": -1 }),
    ] {
        let answer = service.post("/v1/chats", customer, &body).await;
        answer.assert_not_found();
    }
}

#[tokio::test]
async fn each_side_sees_the_chat_its_own_way() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let first = service.send(chat, customer, "one").await;
    let second = service.send(chat, customer, "two").await;

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
async fn sending_marks_the_senders_side_as_seen_and_reading_does_not() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    service.send(chat, customer, "one").await;
    service.message_ids(chat, seller, "").await;
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(1)
    );
    service.send(chat, seller, "two").await;
    assert_eq!(
        service.chats(seller, "").await[0]["unseen_message_count"],
        json!(0)
    );
    assert_eq!(
        service.chats(customer, "").await[0]["unseen_message_count"],
        json!(1)
    );
}

/// Opens chats with three users, at the seconds 0, 1 and 2.
async fn three_chats(clock: &StoppedClock) -> (Service, Vec<i64>) {
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let mut chats = Vec::new();
    for second in 0..3 {
        clock.set(second);
        let other = service.emulator.add_user(format!("Other {second}"));
        chats.push(service.chat(service.emulator.seller(), &other).await);
    }
    (service, chats)
}

#[tokio::test]
async fn chats_come_newest_first_and_a_message_moves_its_chat_to_the_front() {
    let clock = StoppedClock::new();
    let (service, chats) = three_chats(&clock).await;
    let seller = service.emulator.seller();
    for query in ["", "order_by=updated_at", "order_by=modified_at"] {
        let found = service.chats(seller, query).await;
        assert_eq!(ids(&found), [chats[2], chats[1], chats[0]], "{query}");
    }
    clock.set(10);
    service.send(chats[0], seller, "hello").await;
    for query in ["", "order_by=modified_at"] {
        let found = service.chats(seller, query).await;
        assert_eq!(ids(&found), [chats[0], chats[2], chats[1]], "{query}");
        assert_eq!(found[0]["updated_at"], json!("2026-07-22 10:00:10"));
    }
}

#[tokio::test]
async fn chats_of_one_second_come_with_the_larger_id_first() {
    let clock = StoppedClock::new();
    let (service, chats) = three_chats(&clock).await;
    let seller = service.emulator.seller();
    clock.set(10);
    service.send(chats[2], seller, "first").await;
    service.send(chats[0], seller, "second").await;
    let found = ids(&service.chats(seller, "").await);
    assert_eq!(found, [chats[2], chats[0], chats[1]]);
}

#[tokio::test]
async fn the_limit_of_chats_cuts_the_list() {
    let clock = StoppedClock::new();
    let (service, chats) = three_chats(&clock).await;
    let seller = service.emulator.seller();
    assert_eq!(
        ids(&service.chats(seller, "limit=2").await),
        [chats[2], chats[1]]
    );
    for limit in ["0", "-1"] {
        let answer = service
            .get(&format!("/v1/chats?limit={limit}"), seller)
            .await;
        answer.assert_invalid(json!(["query", "limit"]));
    }
}

#[tokio::test]
async fn a_page_has_30_chats_unless_told_otherwise() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for number in 0..31 {
        let other = service.emulator.add_user(format!("Other {number}"));
        service.chat(seller, &other).await;
    }
    assert_eq!(service.chats(seller, "").await.len(), 30);
    assert_eq!(service.chats(seller, "limit=1000").await.len(), 31);
}

#[tokio::test]
async fn times_narrow_the_list_from_inclusively_to_exclusively() {
    let clock = StoppedClock::new();
    let (service, chats) = three_chats(&clock).await;
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
async fn an_unreadable_time_is_a_violation() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    for name in [
        "updated_from",
        "updated_before",
        "modified_from",
        "modified_before",
    ] {
        for time in ["", "yesterday", "2026-07-22", "2026-07-22T10:00:00Z"] {
            let answer = service
                .get(&format!("/v1/chats?{name}={time}"), seller)
                .await;
            answer.assert_invalid(json!(["query", name]));
        }
    }
}

#[tokio::test]
async fn filters_find_unseen_chats_and_chats_with_an_order() {
    let clock = StoppedClock::new();
    let (service, chats) = three_chats(&clock).await;
    let seller = service.emulator.seller();
    let other = service.emulator.add_user("Other 3");
    let unseen = service.chat(&other, seller).await;
    service.send(unseen, &other, "hello").await;
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
async fn nobody_sees_the_chats_of_others() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    service.chat(seller, customer).await;
    let stranger = service.emulator.add_user("Stranger");
    assert!(service.chats(&stranger, "").await.is_empty());
}
