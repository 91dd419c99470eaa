//! Unreadable items in lists of chats.

use basalam_chat::{ChatId, Client, UnreadableItem};
use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedChat};
use serde_json::{Value, json};

use crate::support::seller;

/// Changes that make a chat unreadable. The first two leave its id and its time, the next one of them, the last
/// none.
const CHANGES: [fn(&mut Value); 6] = [
    |chat| chat["marked_as_unread"] = json!("perhaps"),
    |chat| chat["group"] = json!({ "title": null }),
    |chat| chat["updated_at"] = json!(1_784_711_303),
    |chat| chat["id"] = json!("c-7"),
    |chat| chat["contact_id"] = json!("nobody"),
    |chat| *chat = json!("nothing"),
];

/// Creates chats, newest first, of which the emulator changes those in `changed`.
async fn chats(
    emulator: &Emulator,
    count: usize,
    changed: &[usize],
    change: fn(&mut Value),
) -> (Client, Vec<ChatId>) {
    let seller_id = emulator.seller().id;
    let mut ids = Vec::new();
    for number in 0..count {
        let user = emulator.add_user(format!("customer {number}"));
        let chat = emulator
            .seed_chat(SeedChat::private(seller_id, user.id))
            .unwrap();
        // Two chats share a second.
        let time = format!("2026-07-22 10:28:{:02}", 50 - number / 2);
        emulator
            .set_chat_updated_at(chat, time.parse().unwrap())
            .unwrap();
        ids.push(chat);
    }
    let changed: Vec<i64> = changed.iter().map(|position| ids[*position]).collect();
    let fault = Fault::map_body(move |body| {
        let chats = body.pointer_mut("/data/chats");
        for chat in chats.and_then(Value::as_array_mut).into_iter().flatten() {
            if chat["id"].as_i64().is_some_and(|id| changed.contains(&id)) {
                change(chat);
            }
        }
    });
    emulator
        .add_fault(FaultRule::new(fault).operation("get_chats"))
        .unwrap();
    (seller(emulator), ids.into_iter().map(ChatId).collect())
}

#[tokio::test]
async fn stream_of_chats_continues_after_unreadable_ones() {
    for (number, change) in CHANGES.into_iter().enumerate() {
        let emulator = Emulator::start().await.unwrap();
        let unreadable = [0, 3, 4, 9];
        let (client, ids) = chats(&emulator, 10, &unreadable, change).await;
        for limit in [1, 2, 3, 100] {
            let mut stream = client.get_chats().limit(limit).stream();
            let (mut readable, mut unreadable_ids) = (Vec::new(), Vec::new());
            while let Some(chat) = stream.next().await {
                match chat {
                    Ok(chat) => readable.push(chat.id),
                    Err(error) => {
                        assert!(error.is_unreadable_item(), "{error}");
                        let item = error.unreadable_item().unwrap();
                        unreadable_ids.extend(item.id().map(ChatId));
                    }
                }
            }
            let is_unreadable = |id: &ChatId| unreadable.iter().any(|it| ids[*it] == *id);
            let (expected_unreadable, mut expected): (Vec<ChatId>, Vec<ChatId>) =
                ids.iter().copied().partition(is_unreadable);
            // Chats of the same second have no order.
            expected.sort();
            readable.sort();
            assert_eq!(readable, expected, "change {number}, limit {limit}");
            let has_ids = ![3, 5].contains(&number);
            let mut expected = if has_ids {
                expected_unreadable
            } else {
                Vec::new()
            };
            expected.sort();
            unreadable_ids.sort();
            assert_eq!(unreadable_ids, expected, "change {number}, limit {limit}");
        }
    }
}

#[tokio::test]
async fn page_of_chats_lists_unreadable_ones_and_its_cursor_passes_them() {
    let emulator = Emulator::start().await.unwrap();
    let (client, ids) = chats(&emulator, 6, &[1, 3], CHANGES[1]).await;
    let page = client.get_chats().limit(4).await.unwrap();
    assert_eq!(page.len(), 2);
    let unreadable: Vec<Option<i64>> = page.unreadable().iter().map(UnreadableItem::id).collect();
    let mut expected = [Some(ids[1].0), Some(ids[3].0)];
    expected.sort();
    let mut sorted = unreadable.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    let cursor = page.cursor();
    let mut rest = client.get_chats().limit(4).resume(cursor).stream();
    let mut count = 0;
    while rest.try_next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 2);
}
