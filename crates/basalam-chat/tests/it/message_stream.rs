//! Message streams and pages yield each message exactly once, in order.

mod large_history;

use basalam_chat::messages::{GetMessages, Message, MessageCursor, MessageStream};
use basalam_chat::{ChatId, Client, Comparison, MessageId, SortOrder};
use basalam_chat_emulator::{Emulator, Fault};
use serde_json::json;

use super::support::json::{message, queue_messages};
use super::support::{CANARY, client, open_chat, seller, without_retries};

/// Creates a chat with `count` messages, and returns their ids, oldest first.
async fn chat_with(emulator: &Emulator, count: usize) -> (Client, ChatId, Vec<MessageId>) {
    let client = seller(emulator);
    let chat = open_chat(&client, emulator).await;
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let sent = client.create_message(chat, format!("number {number}"));
        ids.push(sent.await.unwrap().id);
    }
    (client, chat, ids)
}

async fn collect(mut stream: MessageStream) -> Vec<MessageId> {
    let mut ids = Vec::new();
    while let Some(message) = stream.try_next().await.unwrap() {
        ids.push(message.id);
    }
    // The stream is fused.
    assert!(stream.try_next().await.unwrap().is_none());
    ids
}

/// Makes the emulator respond to the next requests with pages of messages with these ids.
fn queue_pages<const COUNT: usize>(emulator: &Emulator, pages: [&[i64]; COUNT]) {
    for ids in pages {
        queue_messages(emulator, ids.iter().map(|id| message(*id)));
    }
}

fn ids_of<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<MessageId> {
    messages.into_iter().map(|message| message.id).collect()
}

fn reversed(ids: &[MessageId]) -> Vec<MessageId> {
    ids.iter().rev().copied().collect()
}

#[tokio::test]
async fn reads_all_messages_in_both_directions_at_any_page_size() {
    for cap in [None, Some(3), Some(25)] {
        let mut builder = Emulator::builder();
        if let Some(cap) = cap {
            builder = builder.max_page_size(cap);
        }
        let emulator = builder.start().await.unwrap();
        let (client, chat, ids) = chat_with(&emulator, 25).await;
        for limit in [1, 2, 7, 25, 100] {
            for read_ahead in [true, false] {
                let request = client
                    .get_messages(chat)
                    .limit(limit)
                    .read_ahead(read_ahead);
                assert_eq!(collect(request.clone().stream()).await, reversed(&ids));
                let forwards = request.order(SortOrder::Asc).stream();
                assert_eq!(collect(forwards).await, ids);
            }
        }
    }
}

#[tokio::test]
async fn bounds_apply_in_both_directions() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let request = || client.get_messages(chat).limit(3);
    for order in [SortOrder::Desc, SortOrder::Asc] {
        let expected = |range: &[MessageId]| match order {
            SortOrder::Desc => reversed(range),
            _ => range.to_vec(),
        };
        let read = |request: GetMessages| collect(request.order(order.clone()).stream());
        assert_eq!(read(request().before(ids[4])).await, expected(&ids[..4]));
        assert_eq!(read(request().up_to(ids[4])).await, expected(&ids[..5]));
        assert_eq!(read(request().after(ids[4])).await, expected(&ids[5..]));
        assert_eq!(read(request().since(ids[4])).await, expected(&ids[4..]));
        let empty = read(request().before(ids[0])).await;
        assert!(empty.is_empty());
    }
}

#[tokio::test]
async fn resumes_from_a_cursor_stored_as_a_string() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let mut stream = client.get_messages(chat).limit(4).stream();
    for id in reversed(&ids[4..]) {
        assert_eq!(stream.try_next().await.unwrap().unwrap().id, id);
    }
    let stored = stream.cursor().to_string();
    drop(stream);

    let cursor: MessageCursor = stored.parse().unwrap();
    let rest = client.get_messages(chat).limit(4).resume(cursor.clone());
    assert_eq!(collect(rest.stream()).await, reversed(&ids[..4]));

    let page = client
        .get_messages(chat)
        .limit(2)
        .resume(cursor)
        .await
        .unwrap();
    assert_eq!(ids_of(&page), [ids[3], ids[2]]);
    let rest = client.get_messages(chat).resume(page.cursor());
    assert_eq!(collect(rest.stream()).await, reversed(&ids[..2]));
}

#[tokio::test]
async fn cursor_of_an_empty_page_resumes_at_the_same_place() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 3).await;
    let mut last = ids[2];
    for is_inclusive in [false, true] {
        let request = client.get_messages(chat).order(SortOrder::Asc);
        let page = match is_inclusive {
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
        assert_eq!(ids_of(&next), [new]);
        let end = client
            .get_messages(chat)
            .resume(next.cursor())
            .await
            .unwrap();
        assert!(end.is_empty());
        last = new;
    }
}

#[tokio::test]
async fn cursor_at_the_beginning_combines_with_bounds() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 6).await;
    let beginning: MessageCursor = "asc".parse().unwrap();
    let request = || client.get_messages(chat).limit(2).resume(beginning.clone());
    assert_eq!(collect(request().stream()).await, ids);
    assert_eq!(collect(request().up_to(ids[3]).stream()).await, ids[..4]);
    let page = request().await.unwrap();
    assert_eq!(ids_of(&page), ids[..2]);
    let page = request().limit(6).before(ids[1]).await.unwrap();
    assert_eq!(ids_of(&page), ids[..1]);
}

#[tokio::test]
async fn pages_contain_all_messages_and_are_not_empty() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    let mut pages = client.get_messages(chat).limit(4).pages();
    let mut sizes = Vec::new();
    let mut read = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push(page.items.len());
        read.extend(page.into_iter().map(|message| message.id));
    }
    assert_eq!(sizes, [4, 4, 2]);
    assert_eq!(read, reversed(&ids));
}

#[tokio::test]
async fn cursor_of_a_page_stream_resumes_after_the_last_yielded_page() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 10).await;
    for read_ahead in [true, false] {
        let request = client.get_messages(chat).limit(4).read_ahead(read_ahead);
        let mut pages = request.clone().pages();
        let mut expected = reversed(&ids);
        loop {
            let rest = request.clone().resume(pages.cursor()).stream();
            assert_eq!(collect(rest).await, expected);
            let Some(page) = pages.try_next().await.unwrap() else {
                break;
            };
            assert_eq!(pages.cursor(), page.cursor());
            expected.drain(..page.len());
        }
        assert!(expected.is_empty());
    }
}

#[tokio::test]
async fn cursor_of_a_page_stream_is_unchanged_after_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 6).await;
    let request = client.get_messages(chat).limit(2).read_ahead(false);
    let mut pages = request.clone().pages();
    pages.try_next().await.unwrap();
    let cursor = pages.cursor();
    emulator.fail_next(Fault::status(404)).unwrap();
    assert!(pages.try_next().await.is_err());
    assert_eq!(pages.cursor(), cursor);
    let rest = request.resume(cursor).stream();
    assert_eq!(collect(rest).await, reversed(&ids[..4]));
}

#[tokio::test]
async fn stream_sends_nothing_before_it_is_polled() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    let stream = client.get_messages(chat).stream();
    tokio::task::yield_now().await;
    assert_eq!(emulator.request_count("get_messages"), Some(0));
    assert_eq!(collect(stream).await.len(), 1);
}

#[tokio::test]
async fn rejects_unsupported_comparison_before_sending() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let request = client
        .get_messages(ChatId(1))
        .compare(Comparison::Bt, MessageId(1));
    let error = request.stream().try_next().await.unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`compare`"), "{error}");
    assert_eq!(emulator.request_count("get_messages"), Some(0));
}

#[tokio::test]
async fn repeated_page_ends_the_stream_with_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 3).await;
    queue_pages(&emulator, [&[7, 6], &[7, 6]]);
    let mut stream = client.get_messages(chat).read_ahead(false).stream();
    assert_eq!(stream.try_next().await.unwrap().unwrap().id, MessageId(7));
    assert_eq!(stream.try_next().await.unwrap().unwrap().id, MessageId(6));
    let error = stream.try_next().await.unwrap_err();
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn inclusive_bound_of_the_service_causes_no_duplicates() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    queue_pages(&emulator, [&[9, 8], &[8, 7], &[7]]);
    let ids = collect(client.get_messages(chat).limit(2).stream()).await;
    assert_eq!(ids, [MessageId(9), MessageId(8), MessageId(7)]);
}

#[tokio::test]
async fn unordered_pages_are_sorted_and_deduplicated() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    let backwards: [&[i64]; 3] = [&[8, 9, 7, 9], &[5, 7, 6], &[]];
    let forwards: [&[i64]; 3] = [&[6, 5, 7, 5], &[9, 7, 8], &[]];
    for (order, pages) in [(SortOrder::Desc, backwards), (SortOrder::Asc, forwards)] {
        queue_pages(&emulator, pages);
        let request = client.get_messages(chat).limit(4).order(order.clone());
        let expected = [5, 6, 7, 8, 9].map(MessageId);
        match order {
            SortOrder::Asc => assert_eq!(collect(request.stream()).await, expected),
            _ => assert_eq!(collect(request.stream()).await, reversed(&expected)),
        }
    }
}

#[tokio::test]
async fn first_of_duplicated_messages_is_yielded() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, _) = chat_with(&emulator, 1).await;
    // With this many messages an unstable sort would reorder duplicates.
    let messages = (0..60)
        .flat_map(|id| [(id, "first"), (id, "second")])
        .map(|(id, text)| {
            let mut message = message(1 + id * 7 % 60);
            message["content"]["text"] = json!(text);
            message
        });
    queue_messages(&emulator, messages);
    let mut stream = client.get_messages(chat).read_ahead(false).stream();
    for id in (1..=60).rev() {
        let message = stream.try_next().await.unwrap().unwrap();
        assert_eq!(message.id, MessageId(id));
        assert_eq!(message.content.text.as_deref(), Some("first"));
    }
}

#[tokio::test]
async fn error_ends_the_stream_and_its_cursor_resumes() {
    let emulator = Emulator::start().await.unwrap();
    let (client, chat, ids) = chat_with(&emulator, 6).await;
    let client = without_retries(&client);
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
    assert_eq!(collect(rest).await, reversed(&ids[..4]));
}

#[test]
fn stream_can_be_created_and_dropped_outside_of_a_runtime() {
    let client = client("http://127.0.0.1:9", CANARY);
    drop(client.get_messages(ChatId(1)).stream());
}
