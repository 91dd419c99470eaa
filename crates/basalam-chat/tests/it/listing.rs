//! Walks through chats give each once, or say where they cannot know.

use std::collections::BTreeSet;

use basalam_chat::chats::ChatCursor;
use basalam_chat::{ChatFilter, ChatId, ChatOrder, Client};
use basalam_chat_emulator::{Emulator, EmulatorBuilder, NewUser, SeedChat, TimeBound};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};

use super::seller;

/// A time on the day of the test.
fn second(number: i64) -> DateTime {
    date(2026, 7, 22).at(0, 0, 0, 0) + number.seconds()
}

/// Seeds a chat of the seller's for each time, which is both its times, and gives the ids.
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

/// What a walk gave: the chats, and the seconds in which it could not know.
struct Walked {
    chats: Vec<ChatId>,
    gaps: Vec<String>,
}

async fn walk(mut stream: basalam_chat::chats::ChatStream) -> Walked {
    let (mut chats, mut gaps) = (Vec::new(), Vec::new());
    while let Some(chat) = stream.next().await {
        match chat {
            Ok(chat) => chats.push(chat.id),
            Err(error) if error.is_incomplete_list() => {
                let second = error.incomplete_at().unwrap().to_string();
                assert!(error.to_string().contains(&second), "{error}");
                gaps.push(second);
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(stream.next().await.is_none());
    Walked { chats, gaps }
}

fn sorted(chats: &[ChatId]) -> Vec<ChatId> {
    let mut chats = chats.to_vec();
    chats.sort_unstable();
    chats
}

/// 5,000 chats, two a second but for 300 that share the second 1,000.
fn times_with_ties() -> impl Iterator<Item = DateTime> {
    let apart = (0..4700).map(|number| number / 2 + if number / 2 >= 1000 { 1 } else { 0 });
    apart.chain(std::iter::repeat_n(1000, 300)).map(second)
}

#[tokio::test]
async fn of_5_000_chats_each_comes_once_whether_bounds_include_their_second_or_not() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        let chats = seed(&emulator, times_with_ties());
        for order in [ChatOrder::UpdatedAt, ChatOrder::ModifiedAt] {
            let walked = walk(client.get_chats().order_by(order).stream()).await;
            assert!(walked.gaps.is_empty(), "{:?}", walked.gaps);
            assert_eq!(walked.chats.len(), 5000);
            assert_eq!(sorted(&walked.chats), sorted(&chats));
        }
    }
}

#[tokio::test]
async fn where_a_page_cannot_hold_a_second_the_gap_is_named_and_the_rest_is_given() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let builder = Emulator::builder().before_bound(bound).page_cap(100);
        let (emulator, client) = start(builder).await;
        let chats = seed(&emulator, times_with_ties());
        let walked = walk(client.get_chats().stream()).await;
        assert_eq!(walked.gaps, ["2026-07-22 00:16:40"], "{bound:?}");
        let given: BTreeSet<ChatId> = walked.chats.iter().copied().collect();
        assert_eq!(given.len(), walked.chats.len());
        let (apart, together) = chats.split_at(4700);
        assert!(apart.iter().all(|chat| given.contains(chat)));
        let of_the_second = together.iter().filter(|chat| given.contains(chat)).count();
        // A bound that includes its second spends two places of the page on the second after it.
        let room = if bound == TimeBound::Inclusive {
            98
        } else {
            100
        };
        assert_eq!(of_the_second, room);
    }
}

#[tokio::test]
async fn a_cap_that_holds_the_largest_second_loses_nothing() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let builder = Emulator::builder().before_bound(bound).page_cap(350);
        let (emulator, client) = start(builder).await;
        let chats = seed(&emulator, times_with_ties());
        let walked = walk(client.get_chats().stream()).await;
        assert!(walked.gaps.is_empty(), "{:?}", walked.gaps);
        assert_eq!(sorted(&walked.chats), sorted(&chats));
        assert_eq!(walked.chats.len(), chats.len());
    }
}

#[tokio::test]
async fn small_lists_end_without_a_gap_at_any_page_size() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        for count in [0, 1, 2, 5, 29] {
            let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
            // All in one second, the hardest case.
            let chats = seed(&emulator, (0..count).map(|_| second(7)));
            for limit in [1, 2, 30, 100] {
                let walked = walk(client.get_chats().limit(limit).stream()).await;
                assert!(walked.gaps.is_empty(), "{count} chats by {limit}");
                assert_eq!(
                    sorted(&walked.chats),
                    sorted(&chats),
                    "{count} chats by {limit}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_chat_that_moves_while_being_listed_comes_again_only_with_a_newer_time() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        let chats = seed(&emulator, (0..200).map(second));
        let moved = chats[..20].to_vec();
        let mut pages = 0;
        let hook = move |emulator: &Emulator| {
            // Those far ahead of the walk move behind it, one before each page.
            if let Some(chat) = moved.get(pages) {
                let time = second(1000 + i64::try_from(pages).unwrap());
                emulator.set_chat_updated_at(chat.0, time).unwrap();
            }
            pages += 1;
        };
        emulator.on_request("get_chats", hook).unwrap();
        let mut stream = client.get_chats().limit(10).stream();
        let mut given: Vec<(ChatId, String)> = Vec::new();
        while let Some(chat) = stream.try_next().await.unwrap() {
            let time = chat.updated_at.to_string();
            let before = given.iter().rev().find(|(id, _)| *id == chat.id);
            assert!(
                before.is_none_or(|(_, before)| *before < time),
                "{} at {time}",
                chat.id
            );
            given.push((chat.id, time));
        }
        // Every chat that stayed where it was is there.
        assert!(
            chats[20..]
                .iter()
                .all(|chat| given.iter().any(|(id, _)| id == chat))
        );
    }
}

#[tokio::test]
async fn a_walk_goes_on_from_a_cursor_that_was_kept_as_json() {
    for bound in [TimeBound::Inclusive, TimeBound::Exclusive] {
        let (emulator, client) = start(Emulator::builder().before_bound(bound)).await;
        // Three a second, so that the cursor stands within one.
        let chats = seed(&emulator, (0..60).map(|number| second(number / 3)));
        let mut stream = client.get_chats().limit(10).stream();
        let mut first = Vec::new();
        for _ in 0..25 {
            first.push(stream.try_next().await.unwrap().unwrap().id);
        }
        let kept = serde_json::to_string(&stream.cursor()).unwrap();
        drop(stream);
        let cursor: ChatCursor = serde_json::from_str(&kept).unwrap();
        let rest = walk(client.get_chats().limit(10).resume(cursor).stream()).await;
        assert!(rest.chats.iter().all(|chat| !first.contains(chat)));
        first.extend(rest.chats);
        assert_eq!(sorted(&first), sorted(&chats));
    }
}

#[tokio::test]
async fn the_cursor_of_a_page_goes_on_within_its_second() {
    let (emulator, client) = start(Emulator::builder()).await;
    let chats = seed(&emulator, (0..9).map(|number| second(number / 3)));
    let page = client.get_chats().limit(4).await.unwrap();
    let mut given: Vec<ChatId> = page.chats.iter().map(|chat| chat.id).collect();
    assert_eq!(given.len(), 4);
    let error = client.get_chats().resume(page.cursor()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    given.extend(
        walk(client.get_chats().resume(page.cursor()).stream())
            .await
            .chats,
    );
    assert_eq!(sorted(&given), sorted(&chats));
    assert_eq!(given.len(), chats.len());
}

#[tokio::test]
async fn filters_and_bounds_hold_for_every_page() {
    let (emulator, client) = start(Emulator::builder()).await;
    let chats = seed(&emulator, (0..50).map(second));
    let walked = walk(
        client
            .get_chats()
            .limit(5)
            .updated_from(second(10).strftime("%Y-%m-%d %H:%M:%S").to_string())
            .updated_before(second(40).strftime("%Y-%m-%d %H:%M:%S").to_string())
            .stream(),
    )
    .await;
    assert_eq!(sorted(&walked.chats), sorted(&chats[10..40]));
    let unseen = walk(client.get_chats().filter(ChatFilter::Unseen).stream()).await;
    assert!(unseen.chats.is_empty());
}
