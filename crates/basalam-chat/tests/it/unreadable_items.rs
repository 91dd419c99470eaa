//! An item of a list that cannot be decoded costs only itself, in pages, streams, iterators and followers.

mod attacks;
mod chats;

#[cfg(feature = "blocking")]
use basalam_chat::PersonalToken;
use basalam_chat::messages::MessageCursor;
use basalam_chat::{ChatId, Client, MessageId, SortOrder, UnreadableItem};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};
use serde_json::{Value, json};

use super::support::json::{message, queue_messages};
use super::support::{open_chat, seller};

/// Changes that make a message unreadable.
const UNREADABLE: [fn(&mut Value); 8] = [
    |message| message["content"] = Value::Null,
    |message| message["created_at"] = json!(1_784_711_303),
    |message| message["sender"]["id"] = json!("system"),
    |message| message["content"]["files"] = json!([null]),
    |message| message["message_type"] = json!(["text"]),
    |message| message["chat_id"] = json!({}),
    |message| message["forward_from"] = json!("elsewhere"),
    |message| drop(message.as_object_mut().unwrap().remove("updated_at")),
];

/// Changes that leave no id of a message.
const WITHOUT_ID: [fn(&mut Value); 4] = [
    |message| *message = Value::Null,
    |message| *message = json!("a message"),
    |message| message["id"] = json!("m-7"),
    |message| *message = json!([[]]),
];

/// Returns all changes, and whether they leave an id.
fn changes() -> impl Iterator<Item = (&'static fn(&mut Value), bool)> {
    let without_id = WITHOUT_ID.iter().map(|change| (change, false));
    let with_id = UNREADABLE.iter().map(|change| (change, true));
    with_id.chain(without_id)
}

/// Creates a chat with `count` messages. The emulator changes those in `changed`, by position from the oldest.
async fn history(
    emulator: &Emulator,
    count: usize,
    changed: &[usize],
    change: fn(&mut Value),
) -> (Client, ChatId, Vec<MessageId>) {
    let client = seller(emulator);
    let chat = open_chat(&client, emulator).await;
    let texts = (0..count).map(|number| format!("number {number}"));
    let ids = emulator
        .seed_messages(chat.0, emulator.customer().id, texts)
        .unwrap();
    let changed: Vec<i64> = changed.iter().map(|position| ids[*position]).collect();
    let fault = Fault::map_body(move |body| {
        let messages = body.pointer_mut("/data/messages");
        for message in messages.and_then(Value::as_array_mut).into_iter().flatten() {
            if message["id"]
                .as_i64()
                .is_some_and(|id| changed.contains(&id))
            {
                change(message);
            }
        }
    });
    emulator
        .add_fault(FaultRule::new(fault).operation("get_messages"))
        .unwrap();
    (client, chat, ids.into_iter().map(MessageId).collect())
}

/// What a stream yields: ids of messages, and unreadable items.
#[derive(Debug, PartialEq)]
enum Yielded {
    Message(MessageId),
    Unreadable(Option<i64>),
}

async fn collect(
    client: &Client,
    chat: ChatId,
    order: SortOrder,
    limit: u32,
) -> Vec<(Yielded, MessageCursor)> {
    let request = client.get_messages(chat).order(order).limit(limit);
    let mut stream = request.stream();
    let mut yielded = Vec::new();
    while let Some(message) = stream.next().await {
        let item = match message {
            Ok(message) => Yielded::Message(message.id),
            Err(error) => {
                assert!(error.is_unreadable_item(), "{error}");
                assert_eq!(error.operation(), Some("get_messages"));
                Yielded::Unreadable(error.unreadable_item().unwrap().id())
            }
        };
        yielded.push((item, stream.cursor()));
    }
    yielded
}

fn expected(ids: &[MessageId], unreadable: &[usize], has_id: bool) -> Vec<Yielded> {
    let items = ids.iter().enumerate();
    items
        .map(|(position, id)| match unreadable.contains(&position) {
            false => Yielded::Message(*id),
            true => Yielded::Unreadable(has_id.then_some(id.0)),
        })
        .collect()
}

#[tokio::test]
async fn stream_yields_299_messages_and_one_unreadable_item() {
    for change in &UNREADABLE[..4] {
        let emulator = Emulator::start().await.unwrap();
        let (client, chat, mut ids) = history(&emulator, 300, &[150], *change).await;
        for (order, limit) in [(SortOrder::Asc, 100), (SortOrder::Desc, 7)] {
            let expected = expected(&ids, &[if limit == 100 { 150 } else { 149 }], true);
            let yielded = collect(&client, chat, order, limit).await;
            let yielded: Vec<Yielded> = yielded.into_iter().map(|(item, _)| item).collect();
            assert_eq!(yielded, expected);
            ids.reverse();
        }
    }
}

#[tokio::test]
async fn unreadable_items_at_page_boundaries_are_yielded_once() {
    for (change, has_id) in changes() {
        // The first and the last, neighbors, and those at the ends of pages.
        let unreadable = [0, 3, 4, 5, 8, 11];
        let emulator = Emulator::start().await.unwrap();
        let (client, chat, mut ids) = history(&emulator, 12, &unreadable, *change).await;
        for order in [SortOrder::Asc, SortOrder::Desc] {
            let positions = unreadable.map(|position| match order {
                SortOrder::Asc => position,
                _ => 11 - position,
            });
            for limit in [1, 2, 3, 4, 100] {
                let yielded = collect(&client, chat, order.clone(), limit).await;
                let items: Vec<&Yielded> = yielded.iter().map(|(item, _)| item).collect();
                // Items with the same content and no id are recognized as one item.
                let is_message = |item: &&Yielded| matches!(item, Yielded::Message(_)) || has_id;
                let expected = expected(&ids, &positions, has_id);
                let (items, expected): (Vec<_>, Vec<_>) = (
                    items.into_iter().filter(is_message).collect(),
                    expected.iter().filter(is_message).collect(),
                );
                assert_eq!(items, expected, "{order:?} {limit}");
            }
            ids.reverse();
        }
    }
}

#[tokio::test]
async fn resuming_after_an_unreadable_item_does_not_meet_it_again() {
    for (change, has_id) in [(UNREADABLE[0], true), (WITHOUT_ID[2], false)] {
        let emulator = Emulator::start().await.unwrap();
        let (client, chat, _) = history(&emulator, 10, &[5], change).await;
        let all = collect(&client, chat, SortOrder::Asc, 4).await;
        assert_eq!(all.len(), 10);
        let (unreadable, cursor) = &all[5];
        assert_eq!(matches!(unreadable, Yielded::Unreadable(Some(_))), has_id);
        let rest = client
            .get_messages(chat)
            .resume(cursor.clone())
            .await
            .unwrap();
        assert!(rest.unreadable().is_empty());
        assert_eq!(rest.len(), 4);
    }
}

#[tokio::test]
async fn page_lists_unreadable_items_with_position_json_and_reason() {
    let emulator = Emulator::start().await.unwrap();
    let mut broken = message(2);
    broken["content"]["text"] = json!("a private text");
    broken["sender"]["id"] = json!("private id");
    queue_messages(
        &emulator,
        [message(3), broken.clone(), message(1), json!(null)],
    );
    let page = seller(&emulator).get_messages(ChatId(2)).await.unwrap();
    let ids: Vec<MessageId> = page.iter().map(|message| message.id).collect();
    assert_eq!(ids, [MessageId(3), MessageId(1)]);
    let [first, second] = page.unreadable() else {
        panic!("{page:?}");
    };
    assert_eq!((first.index(), first.id()), (1, Some(2)));
    assert_eq!(serde_json::from_str::<Value>(first.raw()).unwrap(), broken);
    assert_eq!(first.get("content"), Some(broken["content"].clone()));
    assert_eq!(first.get("novelty"), None);
    assert!(
        first.error().ends_with("at `sender.id`"),
        "{}",
        first.error()
    );
    assert!(
        first.error().starts_with("expected an integer"),
        "{}",
        first.error()
    );
    assert_eq!(
        (second.index(), second.id(), second.raw()),
        (3, None, "null")
    );
    assert_eq!(second.error(), "expected an object");
    let shown = format!("{first} {first:?} {page:?}");
    assert!(!shown.contains("private"), "{shown}");
    // The position is after the last message.
    assert_eq!(page.cursor().last(), Some(MessageId(1)));
}

#[tokio::test]
async fn pages_of_unreadable_items_only_do_not_end_the_list() {
    for (change, count) in [(UNREADABLE[0], 6), (WITHOUT_ID[0], 1)] {
        let emulator = Emulator::start().await.unwrap();
        let unreadable: Vec<usize> = (3..9).collect();
        let (client, chat, ids) = history(&emulator, 12, &unreadable, change).await;
        let mut pages = client.get_messages(chat).limit(2).pages();
        let (mut messages, mut items) = (Vec::new(), Vec::<UnreadableItem>::new());
        while let Some(page) = pages.try_next().await.unwrap() {
            messages.extend(page.iter().map(|message| message.id));
            items.extend(page.unreadable().iter().cloned());
        }
        let mut expected = ids[..3].to_vec();
        expected.extend(&ids[9..]);
        expected.reverse();
        assert_eq!(messages, expected);
        // Items that are equal are one item if they have no id.
        assert_eq!(items.len(), count);
    }
}

#[tokio::test]
async fn page_without_ids_ends_the_list_with_an_error_if_more_may_follow() {
    let emulator = Emulator::builder().max_page_size(12).start().await.unwrap();
    let unreadable: Vec<usize> = (0..20).collect();
    let (client, chat, _) = history(&emulator, 20, &unreadable, WITHOUT_ID[2]).await;
    let mut stream = client.get_messages(chat).stream();
    let mut unreadable = 0;
    let error = loop {
        match stream.next().await.unwrap() {
            Err(error) if error.is_unreadable_item() => unreadable += 1,
            other => break other.unwrap_err(),
        }
    };
    assert!(error.is_incomplete_list(), "{error}");
    assert_eq!(unreadable, 12);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn follower_yields_what_is_readable_and_each_unreadable_message_once() {
    for (change, has_id) in changes() {
        let emulator = Emulator::start().await.unwrap();
        let (client, chat, ids) = history(&emulator, 6, &[2, 5], *change).await;
        let mut follower = client.follow(chat).after(ids[0]);
        let (mut messages, mut unreadable) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            let new = follower.new_messages().await.unwrap();
            messages.extend(new.iter().map(|message| message.id));
            unreadable.extend(new.unreadable().iter().map(UnreadableItem::id));
        }
        assert_eq!(messages, [ids[1], ids[3], ids[4]]);
        assert!(!unreadable.is_empty());
        if has_id {
            assert_eq!(unreadable, [Some(ids[2].0), Some(ids[5].0)]);
            assert_eq!(follower.last(), Some(ids[5]));
        }
        let next = client.create_message(chat, "next").await.unwrap();
        let new = follower.new_messages().await.unwrap();
        assert_eq!((new.len(), new[0].id), (1, next.id));
        assert!(new.unreadable().is_empty());
    }
}

#[tokio::test]
async fn follower_starts_after_an_unreadable_message() {
    for change in [UNREADABLE[0], WITHOUT_ID[0]] {
        let emulator = Emulator::start().await.unwrap();
        let (client, chat, _) = history(&emulator, 3, &[2], change).await;
        let mut follower = client.follow(chat);
        assert!(follower.new_messages().await.unwrap().is_empty());
        let next = client.create_message(chat, "next").await.unwrap();
        let new = follower.new_messages().await.unwrap();
        assert_eq!((new.len(), new[0].id), (1, next.id));
    }
}

#[tokio::test]
async fn unreadable_item_is_an_error_without_its_content() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = history(&emulator, 1, &[0], |message| {
        message["created_at"] = json!({ "secret": "a private text" });
    })
    .await;
    let error = client
        .get_messages(chat)
        .stream()
        .try_next()
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("private"),
        "{shown}"
    );
    let expected = format!(
        "get_messages: item {} cannot be decoded: expected a string, at `created_at`. Read on for the items \
         after it",
        ids[0]
    );
    assert_eq!(error.to_string(), expected);
    assert!(!error.is_decode() && !error.may_have_succeeded());
    let raw = error.unreadable_item().unwrap().raw();
    assert!(raw.contains("a private text"));
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_iterator_continues_after_an_unreadable_item() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_, chat, ids) = runtime.block_on(history(&emulator, 5, &[2], UNREADABLE[0]));
    let token = PersonalToken::new(emulator.seller().token());
    let client = Client::builder(token).base_url(emulator.base_url());
    let client = client.build_blocking().unwrap();
    let (messages, errors): (Vec<_>, Vec<_>) =
        client.get_messages(chat).iter().partition(Result::is_ok);
    assert_eq!((messages.len(), errors.len()), (4, 1));
    let error = errors.into_iter().next().unwrap().unwrap_err();
    assert_eq!(error.unreadable_item().unwrap().id(), Some(ids[2].0));
}
