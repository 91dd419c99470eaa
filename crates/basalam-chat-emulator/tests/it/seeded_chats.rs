use std::collections::BTreeSet;

use basalam_chat_emulator::{Emulator, EmulatorBuilder, SeedChat, TimeBound};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use serde_json::{Value, json};

use crate::support::{Service, StoppedClock};

const SHARING: i64 = 300;
const BEFORE: i64 = 2_350;
const AFTER: i64 = 2_350;
const ALL: usize = 5_000;

/// A time some seconds after the one that many chats share.
fn second(number: i64) -> DateTime {
    date(2026, 7, 22).at(10, 0, 0, 0) + number.seconds()
}

/// A service whose seller has 5,000 chats: 300 share a second, each of the seconds
/// before and after it has one.
async fn crowded(builder: EmulatorBuilder) -> Service {
    let service = Service::with(builder).await;
    let seller = service.emulator.seller().id;
    let shared = (0..SHARING).map(|_| 0);
    for number in shared.chain(1..=AFTER).chain(-BEFORE..0) {
        let chat = SeedChat::group("Group", [seller])
            .updated_at(second(number))
            .modified_at(second(-number));
        service.emulator.seed_chat(chat).unwrap();
    }
    service
}

fn id(chat: &Value) -> i64 {
    chat["id"].as_i64().unwrap()
}

/// Walks back by the time of the last chat until a page brings nothing new, and gives
/// how many chats it met.
async fn walk(service: &Service, limit: usize) -> usize {
    let mut met = BTreeSet::new();
    let mut before = String::new();
    loop {
        let query = format!("limit={limit}{before}");
        let page = service.chats(service.emulator.seller(), &query).await;
        let newest_first = page.is_sorted_by(|a, b| {
            let key = |it: &Value| (it["updated_at"].to_string(), id(it));
            key(a) > key(b)
        });
        assert!(newest_first, "{query}");
        let known = met.len();
        met.extend(page.iter().map(id));
        let Some(last) = page.last().filter(|_| met.len() > known) else {
            return met.len();
        };
        before = format!("&updated_before={}", last["updated_at"].as_str().unwrap());
    }
}

#[tokio::test]
async fn bounds_take_in_or_leave_out_a_second_that_many_chats_share() {
    use TimeBound::{Exclusive, Inclusive};
    for (from_bound, before_bound, expected) in [
        (Inclusive, Exclusive, [309, 10, 0]),
        (Inclusive, Inclusive, [310, 310, 300]),
        (Exclusive, Exclusive, [9, 9, 0]),
        (Exclusive, Inclusive, [10, 309, 0]),
    ] {
        let builder = Emulator::builder()
            .from_bound(from_bound)
            .before_bound(before_bound);
        let service = crowded(builder).await;
        for name in ["updated", "modified"] {
            let mut found = Vec::new();
            for (from, before) in [(0, 10), (-10, 0), (0, 0)] {
                let (from, before) = (second(from), second(before));
                let query = format!("limit=999&{name}_from={from}&{name}_before={before}");
                found.push(service.chats(service.emulator.seller(), &query).await.len());
            }
            assert_eq!(found, expected, "{name}, {from_bound:?}, {before_bound:?}");
        }
    }
}

#[tokio::test]
async fn a_walk_by_an_exclusive_bound_loses_what_is_left_of_a_second() {
    let service = crowded(Emulator::builder()).await;
    // The page that reaches the second holds 50 of its 300 chats.
    assert_eq!(walk(&service, 100).await, ALL - 250);
    // This one holds all of them.
    assert_eq!(walk(&service, 1_000).await, ALL);
}

#[tokio::test]
async fn a_walk_by_an_inclusive_bound_is_stuck_in_a_second_larger_than_a_page() {
    let builder = || Emulator::builder().before_bound(TimeBound::Inclusive);
    let service = crowded(builder()).await;
    assert_eq!(walk(&service, 1_000).await, ALL);
    // A cap is as good as a limit.
    let capped = crowded(builder().max_page_size(100)).await;
    let newer = usize::try_from(AFTER).unwrap();
    assert_eq!(walk(&capped, 1_000).await, newer + 100);
}

#[tokio::test]
async fn each_order_has_a_time_of_its_own_and_times_can_be_moved() {
    let service = Service::start().await;
    let (emulator, seller) = (&service.emulator, service.emulator.seller());
    let chat = |updated, modified| {
        let chat = SeedChat::group("Group", [seller.id]);
        let chat = chat.updated_at(second(updated)).modified_at(modified);
        emulator.seed_chat(chat).unwrap()
    };
    let one = chat(1, Some(second(2)));
    let two = chat(2, Some(second(1)));
    let three = chat(3, None);
    let ids = async |query: &str| -> Vec<i64> {
        service.chats(seller, query).await.iter().map(id).collect()
    };
    assert_eq!(ids("").await, [three, two, one]);
    assert_eq!(ids("order_by=modified_at").await, [one, two, three]);
    assert_eq!(ids("modified_from=2000-01-01+00:00:00").await, [two, one]);
    let untimed = &service.chats(seller, "").await[0];
    assert_eq!(untimed["modified_at"], json!(null));

    emulator.set_chat_updated_at(one, second(9)).unwrap();
    emulator.set_chat_modified_at(three, second(9)).unwrap();
    emulator.set_chat_modified_at(one, None).unwrap();
    assert_eq!(ids("").await, [one, three, two]);
    assert_eq!(ids("order_by=modified_at").await, [three, two, one]);
    assert!(emulator.set_chat_updated_at(5, second(9)).is_err());
    assert!(emulator.set_chat_modified_at(5, None).is_err());
}

#[tokio::test]
async fn a_group_a_channel_and_a_bot_show_what_they_are() {
    let clock = StoppedClock::new();
    let service = Service::with(Emulator::builder().clock(clock.clock())).await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let members = [seller.id, customer.id];
    let described = |chat: SeedChat| {
        chat.description("What it is")
            .avatar("https://example.com/a.png")
            .link("neighbours")
            .verified(true)
    };
    let shared = |title: &str| {
        json!({
            "title": title, "description": "What it is", "verified": true,
            "avatar": "https://example.com/a.png", "link": "neighbours",
        })
    };
    let mut group = shared("Group");
    group["creator_id"] = json!(seller.id);
    group["members_count"] = json!(2);
    let mut channel = shared("Channel");
    channel["owner"] = json!(seller.id);
    channel["is_admin"] = json!(false);
    channel["members_count"] = json!(70_000);
    channel["can_leave"] = json!(true);
    channel["temp_group"] = json!(false);
    for (kind, chat, expected) in [
        ("group", SeedChat::group("Group", members), group),
        (
            "channel",
            SeedChat::channel("Channel", members).members_count(70_000),
            channel,
        ),
        ("bot", SeedChat::bot("Bot", members), shared("Bot")),
    ] {
        let chat = described(chat).created_at(second(-5)).updated_at(second(5));
        let id = service.emulator.seed_chat(chat).unwrap();
        let listed = &service
            .chats(customer, "limit=1&updated_from=2026-07-22+10:00:05")
            .await[0];
        assert_eq!(listed["id"], json!(id));
        assert_eq!(listed["chat_type"], json!(kind));
        assert_eq!(listed["created_at"], json!("2026-07-22 09:59:55"));
        assert_eq!(listed["modified_at"], json!("2026-07-22 10:00:05"));
        for name in ["group", "channel", "bot"] {
            let expected = if name == kind {
                expected.clone()
            } else {
                json!(null)
            };
            assert_eq!(listed[name], expected, "{name} of a {kind}");
        }
        for name in ["contact", "contact_id", "contact_last_seen_message_id"] {
            assert_eq!(listed[name], json!(null), "{name} of a {kind}");
        }
        service.emulator.delete_chat(id);
    }
}

#[tokio::test]
async fn who_makes_a_channel_administers_it_and_every_member_of_a_group_is_told_of_messages() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let other = service.emulator.add_user("Other");
    let channel = SeedChat::channel("Channel", [seller.id, customer.id, other.id]);
    let chat = service.emulator.seed_chat(channel).unwrap();
    service.send(chat, seller, "news").await;
    for (user, is_admin, unseen) in [(seller, true, 0), (customer, false, 1), (&other, false, 1)] {
        let listed = &service.chats(user, "").await[0];
        assert_eq!(listed["channel"]["is_admin"], json!(is_admin));
        assert_eq!(listed["channel"]["link"], json!(format!("chat-{chat}")));
        assert_eq!(listed["unseen_message_count"], json!(unseen));
    }
}

#[tokio::test]
async fn a_seeded_private_chat_is_the_one_that_create_chat_gives() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = SeedChat::private(seller.id, customer.id).updated_at(second(0));
    let chat = service.emulator.seed_chat(chat).unwrap();
    assert_eq!(service.chat(customer, seller).await, chat);
    let listed = &service.chats(customer, "").await[0];
    assert_eq!(listed["contact_id"], json!(seller.id));
    assert_eq!(listed["created_at"], json!("2026-07-22 10:00:00"));
}

#[tokio::test]
async fn a_chat_that_cannot_be_is_refused_with_words() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let seed = |chat: SeedChat| service.emulator.seed_chat(chat);
    let taken = seed(SeedChat::private(seller, customer)).unwrap();
    for (chat, words) in [
        (SeedChat::private(customer, seller), taken.to_string()),
        (SeedChat::private(seller, seller), seller.to_string()),
        (SeedChat::private(seller, 99), "99".to_owned()),
        (SeedChat::group("Group", []), "members".to_owned()),
        (
            SeedChat::group("Group", [seller, seller]),
            "twice".to_owned(),
        ),
        (SeedChat::channel("Channel", [seller, 99]), "99".to_owned()),
        (
            SeedChat::private(seller, customer).link("a"),
            "`link`".to_owned(),
        ),
        (
            SeedChat::bot("Bot", [seller]).members_count(5),
            "`members_count`".to_owned(),
        ),
    ] {
        let error = seed(chat).unwrap_err();
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains(&words), "{error}");
    }
}
