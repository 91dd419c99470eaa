use std::collections::BTreeSet;

use basalam_chat_emulator::{Emulator, EmulatorBuilder, SeedChat, TimeBound};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use serde_json::{Value, json};

use crate::support::{Service, assert_invalid_argument};

const SAME_SECOND: i64 = 300;
const EARLIER: i64 = 2_350;
const LATER: i64 = 2_350;
const TOTAL: usize = 5_000;

/// A time `seconds` after the one that many chats share.
fn time_at(seconds: i64) -> DateTime {
    date(2026, 7, 22).at(10, 0, 0, 0) + seconds.seconds()
}

/// Starts a service whose seller has 5,000 chats: 300 in one second, and one in each of
/// the seconds before and after it.
async fn start_with_5000_chats(builder: EmulatorBuilder) -> Service {
    let service = Service::start_with(builder).await;
    let seller = service.emulator.seller().id;
    let same_second = (0..SAME_SECOND).map(|_| 0);
    for seconds in same_second.chain(1..=LATER).chain(-EARLIER..0) {
        let chat = SeedChat::group("Group", [seller])
            .updated_at(time_at(seconds))
            .modified_at(time_at(-seconds));
        service.emulator.seed_chat(chat).unwrap();
    }
    service
}

fn id(chat: &Value) -> i64 {
    chat["id"].as_i64().unwrap()
}

/// Pages back by the time of the last chat until a page has no new chat. Returns the
/// number of chats found.
async fn count_by_paging_back(service: &Service, limit: usize) -> usize {
    let mut seen_ids = BTreeSet::new();
    let mut before = String::new();
    loop {
        let query = format!("limit={limit}{before}");
        let page = service.chats(service.emulator.seller(), &query).await;
        let newest_first = page.is_sorted_by(|a, b| {
            let key = |it: &Value| (it["updated_at"].to_string(), id(it));
            key(a) > key(b)
        });
        assert!(newest_first, "{query}");
        let previous = seen_ids.len();
        seen_ids.extend(page.iter().map(id));
        let Some(last) = page.last().filter(|_| seen_ids.len() > previous) else {
            return seen_ids.len();
        };
        before = format!("&updated_before={}", last["updated_at"].as_str().unwrap());
    }
}

#[tokio::test]
async fn inclusive_and_exclusive_bounds_filter_chats_of_the_same_second() {
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
        let service = start_with_5000_chats(builder).await;
        for name in ["updated", "modified"] {
            let mut found = Vec::new();
            for (from, before) in [(0, 10), (-10, 0), (0, 0)] {
                let (from, before) = (time_at(from), time_at(before));
                let query = format!("limit=999&{name}_from={from}&{name}_before={before}");
                found.push(service.chats(service.emulator.seller(), &query).await.len());
            }
            assert_eq!(found, expected, "{name}, {from_bound:?}, {before_bound:?}");
        }
    }
}

#[tokio::test]
async fn paging_by_exclusive_bound_skips_chats_of_the_same_second() {
    let service = start_with_5000_chats(Emulator::builder()).await;
    // The page that reaches the second has 50 of its 300 chats.
    assert_eq!(count_by_paging_back(&service, 100).await, TOTAL - 250);
    // A page of 1,000 has all of them.
    assert_eq!(count_by_paging_back(&service, 1_000).await, TOTAL);
}

#[tokio::test]
async fn paging_by_inclusive_bound_stalls_if_a_second_exceeds_the_page() {
    let builder = || Emulator::builder().before_bound(TimeBound::Inclusive);
    let service = start_with_5000_chats(builder()).await;
    assert_eq!(count_by_paging_back(&service, 1_000).await, TOTAL);
    // `max_page_size` has the same effect as `limit`.
    let capped = start_with_5000_chats(builder().max_page_size(100)).await;
    let newer = usize::try_from(LATER).unwrap();
    assert_eq!(count_by_paging_back(&capped, 1_000).await, newer + 100);
}

#[tokio::test]
async fn updated_at_and_modified_at_sort_chats_independently() {
    let service = Service::start().await;
    let (emulator, seller) = (&service.emulator, service.emulator.seller());
    let chat = |updated, modified| {
        let chat = SeedChat::group("Group", [seller.id]);
        let chat = chat.updated_at(time_at(updated)).modified_at(modified);
        emulator.seed_chat(chat).unwrap()
    };
    let one = chat(1, Some(time_at(2)));
    let two = chat(2, Some(time_at(1)));
    let three = chat(3, None);
    let ids = async |query: &str| -> Vec<i64> {
        service.chats(seller, query).await.iter().map(id).collect()
    };
    assert_eq!(ids("").await, [three, two, one]);
    assert_eq!(ids("order_by=modified_at").await, [one, two, three]);
    assert_eq!(ids("modified_from=2000-01-01+00:00:00").await, [two, one]);
    let unmodified = &service.chats(seller, "").await[0];
    assert_eq!(unmodified["modified_at"], json!(null));

    emulator.set_chat_updated_at(one, time_at(9)).unwrap();
    emulator.set_chat_modified_at(three, time_at(9)).unwrap();
    emulator.set_chat_modified_at(one, None).unwrap();
    assert_eq!(ids("").await, [one, three, two]);
    assert_eq!(ids("order_by=modified_at").await, [three, two, one]);
    assert!(emulator.set_chat_updated_at(5, time_at(9)).is_err());
    assert!(emulator.set_chat_modified_at(5, None).is_err());
}

#[tokio::test]
async fn group_channel_and_bot_chats_have_type_specific_fields() {
    let (service, _) = Service::start_with_clock().await;
    let (seller, customer) = service.users();
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
        let chat = described(chat)
            .created_at(time_at(-5))
            .updated_at(time_at(5));
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
async fn channel_creator_is_admin_and_other_members_have_unseen_messages() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let other = service.emulator.add_user("Other");
    let channel = SeedChat::channel("Channel", [seller.id, customer.id, other.id]);
    let chat = service.emulator.seed_chat(channel).unwrap();
    service.send_text(chat, seller, "news").await;
    for (user, is_admin, unseen) in [(seller, true, 0), (customer, false, 1), (&other, false, 1)] {
        let listed = &service.chats(user, "").await[0];
        assert_eq!(listed["channel"]["is_admin"], json!(is_admin));
        assert_eq!(listed["channel"]["link"], json!(format!("chat-{chat}")));
        assert_eq!(listed["unseen_message_count"], json!(unseen));
    }
}

#[tokio::test]
async fn create_chat_returns_seeded_private_chat() {
    let service = Service::start().await;
    let (seller, customer) = service.users();
    let chat = SeedChat::private(seller.id, customer.id).updated_at(time_at(0));
    let chat = service.emulator.seed_chat(chat).unwrap();
    assert_eq!(service.create_chat(customer, seller).await, chat);
    let listed = &service.chats(customer, "").await[0];
    assert_eq!(listed["contact_id"], json!(seller.id));
    assert_eq!(listed["created_at"], json!("2026-07-22 10:00:00"));
}

#[tokio::test]
async fn rejects_invalid_seed_chats() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller().id, service.emulator.customer().id);
    let seed = |chat: SeedChat| service.emulator.seed_chat(chat);
    let existing = seed(SeedChat::private(seller, customer)).unwrap();
    for (chat, expected) in [
        (SeedChat::private(customer, seller), existing.to_string()),
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
        let message = assert_invalid_argument(seed(chat));
        assert!(message.contains(&expected), "{message}");
    }
}
