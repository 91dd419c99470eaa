//! Chat streams yield each chat once, or report the second in which the list may be incomplete.

use std::collections::BTreeSet;

use basalam_chat::chats::{ChatCursor, ChatStream};
use basalam_chat::{ChatFilter, ChatId, ChatOrder, Client};
use basalam_chat_emulator::{Emulator, EmulatorBuilder, NewUser, SeedChat, TimeBound};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};

use super::support::seller;

/// Returns a time `number` seconds after the start of the day.
fn second(number: i64) -> DateTime {
    date(2026, 7, 22).at(0, 0, 0, 0) + number.seconds()
}

/// Seeds a chat of the seller for each time, which is set as both of its times, and returns the ids.
fn seed(emulator: &Emulator, times: impl IntoIterator<Item = DateTime>) -> Vec<ChatId> {
    let us = emulator.seller().id;
    let seeded = times.into_iter().enumerate().map(|(index, time)| {
        let user = emulator
            .add_user_with(NewUser::new(format!("user {index}")))
            .unwrap();
        let chat = emulator.seed_chat(SeedChat::private(us, user.id)).unwrap();
        emulator.set_chat_updated_at(chat, time).unwrap();
        emulator.set_chat_modified_at(chat, time).unwrap();
        ChatId(chat)
    });
    seeded.collect()
}

async fn start(builder: EmulatorBuilder) -> (Emulator, Client) {
    let emulator = builder.start().await.unwrap();
    let client = seller(&emulator);
    (emulator, client)
}

/// The chats of a stream, and the seconds for which it reported an incomplete list.
struct Collected {
    chats: Vec<ChatId>,
    incomplete: Vec<String>,
}

async fn collect(mut stream: ChatStream) -> Collected {
    let (mut chats, mut incomplete) = (Vec::new(), Vec::new());
    while let Some(chat) = stream.next().await {
        match chat {
            Ok(chat) => chats.push(chat.id),
            Err(error) if error.is_incomplete_list() => {
                let second = error.incomplete_at().unwrap().to_string();
                assert!(error.to_string().contains(&second), "{error}");
                incomplete.push(second);
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(stream.next().await.is_none());
    Collected { chats, incomplete }
}

fn sorted(chats: &[ChatId]) -> Vec<ChatId> {
    let mut chats = chats.to_vec();
    chats.sort_unstable();
    chats
}

/// Returns 5,000 times: two per second, and 300 more in second 1,000.
fn times_with_ties() -> impl Iterator<Item = DateTime> {
    let spread = (0..4700).map(|number| number / 2 + if number / 2 >= 1000 { 1 } else { 0 });
    spread.chain(std::iter::repeat_n(1000, 300)).map(second)
}

#[tokio::test]
async fn yields_5_000_chats_once_with_inclusive_and_exclusive_bounds() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        let chats = seed(&emulator, times_with_ties());
        for order in [ChatOrder::UpdatedAt, ChatOrder::ModifiedAt] {
            let collected = collect(client.get_chats().order_by(order).stream()).await;
            assert!(
                collected.incomplete.is_empty(),
                "{:?}",
                collected.incomplete
            );
            assert_eq!(collected.chats.len(), 5000);
            assert_eq!(sorted(&collected.chats), sorted(&chats));
        }
    }
}

#[tokio::test]
async fn reports_the_second_with_more_chats_than_a_page_and_yields_the_rest() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let builder = Emulator::builder().before_bound(bound).max_page_size(100);
        let (emulator, client) = start(builder).await;
        let chats = seed(&emulator, times_with_ties());
        let collected = collect(client.get_chats().stream()).await;
        assert_eq!(collected.incomplete, ["2026-07-22 00:16:40"], "{bound:?}");
        let yielded: BTreeSet<ChatId> = collected.chats.iter().copied().collect();
        assert_eq!(yielded.len(), collected.chats.len());
        let (spread, tied) = chats.split_at(4700);
        assert!(spread.iter().all(|chat| yielded.contains(chat)));
        let yielded_ties = tied.iter().filter(|chat| yielded.contains(chat)).count();
        // With an inclusive bound, two places of the page are used for the following second.
        let expected = if bound == TimeBound::Inclusive {
            98
        } else {
            100
        };
        assert_eq!(yielded_ties, expected);
    }
}

#[tokio::test]
async fn is_complete_if_the_page_cap_fits_the_largest_second() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let builder = Emulator::builder().before_bound(bound).max_page_size(350);
        let (emulator, client) = start(builder).await;
        let chats = seed(&emulator, times_with_ties());
        let collected = collect(client.get_chats().stream()).await;
        assert!(
            collected.incomplete.is_empty(),
            "{:?}",
            collected.incomplete
        );
        assert_eq!(sorted(&collected.chats), sorted(&chats));
        assert_eq!(collected.chats.len(), chats.len());
    }
}

#[tokio::test]
async fn short_lists_are_complete_at_any_page_size() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        for count in [0, 1, 2, 5, 29] {
            let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
            // All in one second, which is the hardest case.
            let chats = seed(&emulator, (0..count).map(|_| second(7)));
            for limit in [1, 2, 30, 100] {
                let collected = collect(client.get_chats().limit(limit).stream()).await;
                assert!(collected.incomplete.is_empty(), "{count} chats by {limit}");
                assert_eq!(
                    sorted(&collected.chats),
                    sorted(&chats),
                    "{count} chats by {limit}"
                );
            }
        }
    }
}

#[tokio::test]
async fn repeats_an_updated_chat_only_with_a_newer_time() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        let chats = seed(&emulator, (0..200).map(second));
        let updated = chats[..20].to_vec();
        let mut pages = 0;
        let hook = move |emulator: &Emulator| {
            // Before each page, a chat that the stream has not reached moves to a newer time.
            if let Some(chat) = updated.get(pages) {
                let time = second(1000 + i64::try_from(pages).unwrap());
                emulator.set_chat_updated_at(chat.0, time).unwrap();
            }
            pages += 1;
        };
        emulator.on_request("get_chats", hook).unwrap();
        let mut stream = client.get_chats().limit(10).stream();
        let mut yielded: Vec<(ChatId, String)> = Vec::new();
        while let Some(chat) = stream.try_next().await.unwrap() {
            let time = chat.updated_at.to_string();
            let before = yielded.iter().rev().find(|(id, _)| *id == chat.id);
            assert!(
                before.is_none_or(|(_, before)| *before < time),
                "{} at {time}",
                chat.id
            );
            yielded.push((chat.id, time));
        }
        // Every chat that was not updated is included.
        assert!(
            chats[20..]
                .iter()
                .all(|chat| yielded.iter().any(|(id, _)| id == chat))
        );
    }
}

#[tokio::test]
async fn resumes_from_a_cursor_stored_as_json() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        // Three per second, so that the cursor is inside a second.
        let chats = seed(&emulator, (0..60).map(|number| second(number / 3)));
        let mut stream = client.get_chats().limit(10).stream();
        let mut first = Vec::new();
        for _ in 0..25 {
            first.push(stream.try_next().await.unwrap().unwrap().id);
        }
        let stored = serde_json::to_string(&stream.cursor()).unwrap();
        drop(stream);
        let cursor: ChatCursor = serde_json::from_str(&stored).unwrap();
        let rest = collect(client.get_chats().limit(10).resume(cursor).stream()).await;
        assert!(rest.chats.iter().all(|chat| !first.contains(chat)));
        first.extend(rest.chats);
        assert_eq!(sorted(&first), sorted(&chats));
    }
}

#[tokio::test]
async fn cursor_of_a_page_stream_resumes_after_the_last_yielded_page() {
    let (emulator, client) = start(Emulator::builder()).await;
    // Three per second, so that pages end inside a second.
    let expected = seed(&emulator, (0..30).map(|index| second(index / 3)));
    for read_ahead in [true, false] {
        let request = client.get_chats().limit(10).read_ahead(read_ahead);
        let mut pages = request.clone().pages();
        let mut read = Vec::new();
        loop {
            let rest = collect(request.clone().resume(pages.cursor()).stream()).await;
            let all = [&read[..], &rest.chats].concat();
            assert_eq!(sorted(&all), sorted(&expected));
            let Some(page) = pages.try_next().await.unwrap() else {
                break;
            };
            read.extend(page.iter().map(|chat| chat.id));
        }
        assert_eq!(sorted(&read), sorted(&expected));
    }
}

#[tokio::test]
async fn cursor_of_a_page_resumes_within_a_second() {
    let (emulator, client) = start(Emulator::builder()).await;
    let chats = seed(&emulator, (0..9).map(|number| second(number / 3)));
    let page = client.get_chats().limit(4).await.unwrap();
    let mut yielded: Vec<ChatId> = page.items.iter().map(|chat| chat.id).collect();
    assert_eq!(yielded.len(), 4);
    let error = client.get_chats().resume(page.cursor()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    yielded.extend(
        collect(client.get_chats().resume(page.cursor()).stream())
            .await
            .chats,
    );
    assert_eq!(sorted(&yielded), sorted(&chats));
    assert_eq!(yielded.len(), chats.len());
}

#[tokio::test]
async fn filters_and_bounds_apply_to_every_page() {
    let (emulator, client) = start(Emulator::builder()).await;
    let chats = seed(&emulator, (0..50).map(second));
    let collected = collect(
        client
            .get_chats()
            .limit(5)
            .updated_from(second(10).strftime("%Y-%m-%d %H:%M:%S").to_string())
            .updated_before(second(40).strftime("%Y-%m-%d %H:%M:%S").to_string())
            .stream(),
    )
    .await;
    assert_eq!(sorted(&collected.chats), sorted(&chats[10..40]));
    let unseen = collect(client.get_chats().filter(ChatFilter::Unseen).stream()).await;
    assert!(unseen.chats.is_empty());
}
