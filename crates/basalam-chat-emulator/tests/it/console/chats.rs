use std::time::Duration;

use basalam_chat_emulator::{SeedChat, SeedMessage};
use jiff::civil::date;
use reqwest::Method;
use serde_json::{Value, json};

use super::{assert_get_rejected, get, post, seed_chat, send};
use crate::support::Service;

fn ids(list: &Value) -> Vec<i64> {
    let items = list.as_array().unwrap();
    items.iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn chats_are_listed_with_members_last_message_and_unseen_count() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let long = "پ".repeat(300);
    let messages = seed_chat(&service, &["hello", &long]);
    let chats = get(&service, &format!("chats?as={}", seller.id)).await;
    assert_eq!(chats["next"], json!(null));
    let chat = &chats["chats"][0];
    assert_eq!(chat["id"], 7);
    assert_eq!(chat["chat_type"], "private");
    assert_eq!(chat["title"], customer.name);
    assert_eq!(chat["member_count"], 2);
    assert_eq!(
        chat["members"][0],
        json!({ "id": customer.id, "name": customer.name, "is_bot": false })
    );
    assert_eq!(chat["message_count"], 2);
    assert_eq!(chat["unseen_count"], 2);
    assert_eq!(chat["last_message"]["id"], messages[1]);
    assert_eq!(chat["last_message"]["sender_id"], customer.id);
    assert_eq!(chat["last_message"]["message_type"], "text");
    let text = chat["last_message"]["text"].as_str().unwrap();
    assert_eq!(text.chars().count(), 200);

    let chats = get(&service, "chats").await;
    assert_eq!(chats["chats"][0]["unseen_count"], 0);
    let stranger = service.emulator.add_user("Stranger");
    let chats = get(&service, &format!("chats?as={}", stranger.id)).await;
    assert_eq!(chats["chats"], json!([]));
}

#[tokio::test]
async fn pages_of_chats_are_newest_first_and_complete() {
    let service = Service::start().await;
    let seller = service.emulator.seller().id;
    let mut expected = Vec::new();
    for index in 0..23 {
        let user = service.emulator.add_user(format!("user {index}")).id;
        // Several chats have the same time.
        let time = date(2026, 7, 22).at(10, index / 4, 0, 0);
        let chat = SeedChat::private(user, seller).updated_at(time);
        expected.push(service.emulator.seed_chat(chat).unwrap());
    }
    expected.reverse();
    let (mut found, mut path) = (Vec::new(), "chats?limit=5".to_owned());
    loop {
        let page = get(&service, &path).await;
        assert!(page["chats"].as_array().unwrap().len() <= 5);
        found.extend(ids(&page["chats"]));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("chats?limit=5&after={next}");
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn messages_are_pages_before_an_id_oldest_first() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let messages = seed_chat(&service, &["1", "2", "3", "4", "5"]);
    let page = get(&service, "chats/7/messages?limit=2").await;
    assert_eq!(ids(&page["messages"]), messages[3..]);
    assert_eq!(page["has_more"], true);
    assert_eq!(page["total"], 5);
    let path = format!(
        "chats/7/messages?limit=3&before={}&as={}",
        messages[3], seller.id
    );
    let page = get(&service, &path).await;
    assert_eq!(ids(&page["messages"]), messages[..3]);
    assert_eq!(page["has_more"], false);
    let message = &page["messages"][0];
    assert_eq!(message["content"]["text"], "1");
    assert_eq!(message["sender"]["id"], customer.id);
    assert_eq!(message["seen_by"], json!([]));
    service.emulator.mark_seen(7, seller.id).unwrap();
    let page = get(&service, "chats/7/messages").await;
    assert_eq!(page["messages"][4]["seen_by"], json!([seller.id]));
    // Reading changes nothing.
    assert_eq!(
        page["messages"][4]["seen_by"],
        get(&service, "chats/7/messages").await["messages"][4]["seen_by"]
    );
}

#[tokio::test]
async fn late_messages_are_listed_with_the_time_at_which_they_become_visible() {
    let (service, _clock) = Service::start_with_clock().await;
    let customer = service.emulator.customer().id;
    let first = seed_chat(&service, &["1"]);
    let late = SeedMessage::text("late").visible_after(Duration::from_secs(3));
    let late = service.emulator.seed_messages(7, customer, [late]).unwrap();
    let page = get(&service, "chats/7/messages").await;
    assert_eq!(ids(&page["messages"]), [first[0], late[0]]);
    assert_eq!(page["messages"][0].get("visible_at"), None);
    assert_eq!(page["messages"][1]["visible_at"], "2026-07-22 10:00:03");
    assert_eq!(page["total"], 2);
}

#[tokio::test]
async fn long_texts_are_cut_in_lists_only() {
    let service = Service::start().await;
    let long = "پ".repeat(1_000_000);
    let messages = seed_chat(&service, &[&long]);
    let page = get(&service, "chats/7/messages").await;
    let message = &page["messages"][0];
    let text = message["content"]["text"].as_str().unwrap();
    assert_eq!(text.chars().count(), 4096);
    assert_eq!(message["text_length"], 1_000_000);
    let whole = get(&service, &format!("messages/{}", messages[0])).await;
    assert_eq!(whole["content"]["text"], long);
    assert_eq!(whole["seen_by"], json!([]));
}

#[tokio::test]
async fn pages_of_large_messages_are_bounded() {
    let service = Service::start().await;
    let customer = service.emulator.customer().id;
    seed_chat(&service, &[]);
    let metadata = json!({ "a": "b".repeat(1_000_000) });
    let messages =
        (0..12).map(|_| SeedMessage::text("large").metadata(metadata.as_object().unwrap().clone()));
    let messages = service
        .emulator
        .seed_messages(7, customer, messages)
        .unwrap();
    let (mut found, mut path) = (Vec::new(), "chats/7/messages".to_owned());
    loop {
        let page = send(&service, Method::GET, &path, None).await;
        assert!(page.text.len() < 5_000_000, "{}", page.text.len());
        let page = page.ok();
        let page_ids = ids(&page["messages"]);
        path = format!("chats/7/messages?before={}", page_ids[0]);
        found.splice(..0, page_ids);
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(found, messages);
}

#[tokio::test]
async fn invalid_parameters_are_named_and_unknown_ids_not_found() {
    let service = Service::start().await;
    seed_chat(&service, &["1"]);
    for (path, part) in [
        ("chats?limit=0", "`limit`"),
        ("chats?limit=501", "`limit`"),
        ("chats?limit=many", "`limit`"),
        ("chats?as=me", "`as`"),
        ("chats?after=7", "`after`"),
        ("chats?offset=7", "offset"),
        ("chats/7/messages?before=x", "`before`"),
        ("chats/7/messages?limit=-1", "`limit`"),
    ] {
        assert_get_rejected(&service, path, 400, part).await;
    }
    let stranger = service.emulator.add_user("Stranger").id;
    for (path, part) in [
        ("chats?as=9999", "9999"),
        ("chats/8/messages", "8"),
        ("chats/x/messages", "x"),
        ("messages/8", "8"),
        (format!("chats/7/messages?as={stranger}").as_str(), "7"),
    ] {
        assert_get_rejected(&service, path, 404, part).await;
    }
}

#[tokio::test]
async fn user_with_the_id_of_a_bot_is_shown_as_a_bot() {
    let service = Service::start().await;
    let bot = service.emulator.bot().id;
    let seller = service.emulator.seller().id;
    let seed = json!({
        "users": [{ "name": "Bot", "id": bot }],
        "chats": [{ "chat_type": "bot", "title": "Bot", "id": 7, "member_ids": [seller, bot] }],
    });
    post(&service, "seed", seed).await.ok();
    let chat = &get(&service, "chats").await["chats"][0];
    assert_eq!(chat["title"], "Bot");
    assert_eq!(chat["members"][0]["is_bot"], false);
    assert_eq!(chat["members"][1]["is_bot"], true);
}
