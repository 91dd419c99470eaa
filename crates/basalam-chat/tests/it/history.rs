//! Walks through messages give each exactly once, in order.

use std::sync::{Arc, Mutex};

use basalam_chat::messages::MessageCursor;
use basalam_chat::{ChatId, Client, Comparison, MessageId, SortOrder, UserId};
use basalam_chat_emulator::{Emulator, SeedChat};
use serde_json::json;

use super::seller;

/// A chat with `count` messages, and their ids, oldest first.
async fn chat_with(emulator: &Emulator, count: usize) -> (Client, ChatId, Vec<MessageId>) {
    let client = seller(emulator);
    let chat = client
        .create_chat(UserId(emulator.customer().id))
        .await
        .unwrap()
        .id;
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let sent = client
            .create_message(chat, format!("number {number}"))
            .await
            .unwrap();
        ids.push(sent.id);
    }
    (client, chat, ids)
}

async fn read(mut stream: basalam_chat::messages::MessageStream) -> Vec<MessageId> {
    let mut ids = Vec::new();
    while let Some(message) = stream.try_next().await.unwrap() {
        ids.push(message.id);
    }
    // A stream that has ended stays ended.
    assert!(stream.try_next().await.unwrap().is_none());
    ids
}

/// Has the next requests answered with pages of messages with these ids.
fn answer_pages<const COUNT: usize>(emulator: &Emulator, pages: [&[i64]; COUNT]) {
    for ids in pages {
        let messages: Vec<_> = ids.iter().map(|id| message(*id)).collect();
        let page = json!({ "data": { "messages": messages } }).to_string();
        emulator
            .queue_response(200, &[("content-type", "application/json")], page)
            .unwrap();
    }
}

fn reversed(ids: &[MessageId]) -> Vec<MessageId> {
    ids.iter().rev().copied().collect()
}

#[tokio::test]
async fn a_history_is_read_whole_in_both_directions_at_any_page_size() {
    for cap in [None, Some(3), Some(25)] {
        let mut builder = Emulator::builder();
        if let Some(cap) = cap {
            builder = builder.page_cap(cap);
        }
        let emulator = builder.start().await.unwrap();
        let (client, chat, ids) = chat_with(&emulator, 25).await;
        for limit in [1, 2, 7, 25, 100] {
            for read_ahead in [true, false] {
                let request = client
                    .get_messages(chat)
                    .limit(limit)
                    .read_ahead(read_ahead);
                assert_eq!(read(request.clone().stream()).await, reversed(&ids));
                let forwards = request.order(SortOrder::Asc).stream();
                assert_eq!(read(forwards).await, ids);
            }
        }
    }
}

#[tokio::test]
async fn bounds_on_either_side_hold_in_both_directions() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let request = || client.get_messages(chat).limit(3);
    for order in [SortOrder::Desc, SortOrder::Asc] {
        let expected = |range: &[MessageId]| match order {
            SortOrder::Desc => reversed(range),
            _ => range.to_vec(),
        };
        let walk = |request: basalam_chat::messages::GetMessages| {
            read(request.order(order.clone()).stream())
        };
        assert_eq!(walk(request().before(ids[4])).await, expected(&ids[..4]));
        assert_eq!(walk(request().up_to(ids[4])).await, expected(&ids[..5]));
        assert_eq!(walk(request().after(ids[4])).await, expected(&ids[5..]));
        assert_eq!(walk(request().since(ids[4])).await, expected(&ids[4..]));
        let nothing = walk(request().before(ids[0])).await;
        assert!(nothing.is_empty());
    }
}

#[tokio::test]
async fn a_walk_goes_on_from_a_cursor_that_was_kept_as_text() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let mut stream = client.get_messages(chat).limit(4).stream();
    for id in reversed(&ids[4..]) {
        assert_eq!(stream.try_next().await.unwrap().unwrap().id, id);
    }
    let kept = stream.cursor().to_string();
    drop(stream);

    let cursor: MessageCursor = kept.parse().unwrap();
    let rest = client.get_messages(chat).limit(4).resume(cursor.clone());
    assert_eq!(read(rest.stream()).await, reversed(&ids[..4]));

    let page = client
        .get_messages(chat)
        .limit(2)
        .resume(cursor)
        .await
        .unwrap();
    let page_ids: Vec<MessageId> = page.messages.iter().map(|message| message.id).collect();
    assert_eq!(page_ids, [ids[3], ids[2]]);
    let rest = client.get_messages(chat).resume(page.cursor());
    assert_eq!(read(rest.stream()).await, reversed(&ids[..2]));
}

#[tokio::test]
async fn an_empty_page_keeps_its_place() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 3).await;
    let mut last = ids[2];
    for including in [false, true] {
        let request = client.get_messages(chat).order(SortOrder::Asc);
        let page = match including {
            true => request.since(MessageId(last.0 + 1)).await.unwrap(),
            false => request.after(last).await.unwrap(),
        };
        assert!(page.is_empty());
        let new = client.create_message(chat, "new").await.unwrap().id;
        let next = client
            .get_messages(chat)
            .resume(page.cursor())
            .await
            .unwrap();
        assert_eq!(
            next.iter().map(|message| message.id).collect::<Vec<_>>(),
            [new]
        );
        let again = client
            .get_messages(chat)
            .resume(next.cursor())
            .await
            .unwrap();
        assert!(again.is_empty());
        last = new;
    }
}

#[tokio::test]
async fn a_cursor_at_the_beginning_begins_there_and_far_bounds_hold() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 6).await;
    let beginning: MessageCursor = "asc".parse().unwrap();
    let request = || client.get_messages(chat).limit(2).resume(beginning.clone());
    assert_eq!(read(request().stream()).await, ids);
    assert_eq!(read(request().up_to(ids[3]).stream()).await, ids[..4]);
    let page = request().await.unwrap();
    assert_eq!(
        page.iter().map(|message| message.id).collect::<Vec<_>>(),
        ids[..2]
    );
    let page = request().limit(6).before(ids[1]).await.unwrap();
    assert_eq!(
        page.iter().map(|message| message.id).collect::<Vec<_>>(),
        ids[..1]
    );
}

#[tokio::test]
async fn pages_hold_the_same_messages_and_none_is_empty() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let mut pages = client.get_messages(chat).limit(4).pages();
    let mut sizes = Vec::new();
    let mut read = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push(page.messages.len());
        read.extend(page.into_iter().map(|message| message.id));
    }
    assert_eq!(sizes, [4, 4, 2]);
    assert_eq!(read, reversed(&ids));
}

#[tokio::test]
async fn nothing_is_asked_for_before_a_stream_is_read() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    let stream = client.get_messages(chat).stream();
    tokio::task::yield_now().await;
    assert_eq!(emulator.requests("get_messages"), Some(0));
    assert_eq!(read(stream).await.len(), 1);
}

#[tokio::test]
async fn a_comparison_that_nobody_has_described_is_refused_before_anything_is_sent() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let request = client
        .get_messages(ChatId(1))
        .compare(Comparison::Bt, MessageId(1));
    let error = request.stream().try_next().await.unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`compare`"), "{error}");
    assert_eq!(emulator.requests("get_messages"), Some(0));
}

#[tokio::test]
async fn a_service_that_never_goes_on_is_told_and_not_asked_for_ever() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 3).await;
    answer_pages(&emulator, [&[7, 6], &[7, 6]]);
    let mut stream = client.get_messages(chat).read_ahead(false).stream();
    assert_eq!(stream.try_next().await.unwrap().unwrap().id, MessageId(7));
    assert_eq!(stream.try_next().await.unwrap().unwrap().id, MessageId(6));
    let error = stream.try_next().await.unwrap_err();
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_service_whose_bound_includes_the_message_repeats_none() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    answer_pages(&emulator, [&[9, 8], &[8, 7], &[7]]);
    let ids = read(client.get_messages(chat).limit(2).stream()).await;
    assert_eq!(ids, [MessageId(9), MessageId(8), MessageId(7)]);
}

#[tokio::test]
async fn pages_in_another_order_are_given_in_order_and_each_message_once() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    let backwards: [&[i64]; 3] = [&[8, 9, 7, 9], &[5, 7, 6], &[]];
    let forwards: [&[i64]; 3] = [&[6, 5, 7, 5], &[9, 7, 8], &[]];
    for (order, pages) in [(SortOrder::Desc, backwards), (SortOrder::Asc, forwards)] {
        answer_pages(&emulator, pages);
        let request = client.get_messages(chat).limit(4).order(order.clone());
        let expected = [5, 6, 7, 8, 9].map(MessageId);
        match order {
            SortOrder::Asc => assert_eq!(read(request.stream()).await, expected),
            _ => assert_eq!(read(request.stream()).await, reversed(&expected)),
        }
    }
}

#[tokio::test]
async fn of_messages_with_one_id_the_first_is_given() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    // So many that a sort which is not stable would mix them.
    let messages: Vec<_> = (0..60)
        .flat_map(|id| [(id, "first"), (id, "second")])
        .map(|(id, text)| {
            let mut message = message(1 + id * 7 % 60);
            message["content"]["text"] = json!(text);
            message
        })
        .collect();
    let page = json!({ "data": { "messages": messages } }).to_string();
    emulator
        .queue_response(200, &[("content-type", "application/json")], page)
        .unwrap();
    let mut stream = client.get_messages(chat).read_ahead(false).stream();
    for id in (1..=60).rev() {
        let message = stream.try_next().await.unwrap().unwrap();
        assert_eq!(message.id, MessageId(id));
        assert_eq!(message.content.text.as_deref(), Some("first"));
    }
}

#[tokio::test]
async fn an_error_ends_a_stream_and_its_cursor_says_where_to_go_on() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 6).await;
    let client = super::hasty(&client);
    let mut stream = client
        .get_messages(chat)
        .limit(2)
        .read_ahead(false)
        .stream();
    for id in reversed(&ids[4..]) {
        assert_eq!(stream.try_next().await.unwrap().unwrap().id, id);
    }
    emulator.queue_response(503, &[], "").unwrap();
    assert!(stream.try_next().await.unwrap_err().is_server_error());
    assert!(stream.next().await.is_none());
    let rest = client.get_messages(chat).resume(stream.cursor()).stream();
    assert_eq!(read(rest).await, reversed(&ids[..4]));
}

#[test]
fn a_stream_can_be_made_and_dropped_outside_of_a_runtime() {
    let client = super::client("http://127.0.0.1:9", super::CANARY);
    drop(client.get_messages(ChatId(1)).stream());
}

fn message(id: i64) -> serde_json::Value {
    json!({
        "id": id, "chat_id": 2, "message_type": "text", "content": { "text": "text" },
        "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
    })
}

/// Messages in the large histories.
const MANY: usize = 100_000;

/// An emulator with a chat of `MANY` messages, and their ids, oldest first.
async fn large_history() -> (Emulator, Client, ChatId, Vec<MessageId>) {
    let emulator = Emulator::start().await.unwrap();
    let (us, them) = (emulator.seller().id, emulator.customer().id);
    let chat = emulator.seed_chat(SeedChat::private(us, them)).unwrap();
    let texts = (0..MANY).map(|number| format!("number {number}"));
    let ids = emulator.seed_messages(chat, them, texts).unwrap();
    let client = seller(&emulator);
    (
        emulator,
        client,
        ChatId(chat),
        ids.into_iter().map(MessageId).collect(),
    )
}

/// Deletes one of these messages, and lets another arrive, before every tenth page.
fn stir(emulator: &Emulator, chat: ChatId, deleted: Vec<MessageId>) -> Arc<Mutex<Vec<MessageId>>> {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let arrives = arrived.clone();
    let mut deleted = deleted.into_iter();
    let mut pages = 0;
    let hook = move |emulator: &Emulator| {
        pages += 1;
        if pages % 10 == 0 {
            if let Some(id) = deleted.next() {
                assert!(emulator.delete_message(id.0));
            }
            let them = emulator.customer().id;
            let ids = emulator
                .seed_messages(chat.0, them, ["arrives meanwhile"])
                .unwrap();
            arrives
                .lock()
                .unwrap()
                .extend(ids.into_iter().map(MessageId));
        }
    };
    emulator.on_request("get_messages", hook).unwrap();
    arrived
}

#[tokio::test]
async fn a_history_of_100_000_is_read_backwards_while_messages_arrive_and_vanish() {
    let (emulator, client, chat, ids) = large_history().await;
    // The oldest go while the walk is still far from them.
    let deleted: Vec<MessageId> = ids[..5].to_vec();
    stir(&emulator, chat, deleted.clone());
    let read = read(client.get_messages(chat).limit(1000).stream()).await;
    assert_eq!(read, reversed(&ids[5..]));
}

#[tokio::test]
async fn a_history_of_100_000_is_read_forwards_with_what_arrives_meanwhile() {
    let (emulator, client, chat, ids) = large_history().await;
    // The newest of what was there go while the walk is still far from them.
    let deleted: Vec<MessageId> = ids[MANY - 5..].to_vec();
    let arrived = stir(&emulator, chat, deleted);
    let walk = client.get_messages(chat).limit(1000).order(SortOrder::Asc);
    let read = read(walk.stream()).await;
    let arrived = arrived.lock().unwrap();
    assert!(arrived.len() >= 10);
    let expected: Vec<MessageId> = ids[..MANY - 5]
        .iter()
        .chain(arrived.iter())
        .copied()
        .collect();
    assert_eq!(read, expected);
}
