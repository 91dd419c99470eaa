use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::seed::{Seed, SeedChat, SeedMessage};
use crate::state::State;

/// A state with the users 1, the seller, 2, the customer, and 3 and 4.
fn state() -> State {
    let mut state = State::default();
    let users = r#"{"users":[{"name":"Seller","id":1,"vendor":{"id":7,"title":"a","identifier":"b"}},
        {"name":"Customer","id":2},{"name":"Sara","id":3},{"name":"Reza","id":4}]}"#;
    let now = date(2026, 7, 22).at(10, 0, 0, 0);
    Seed::parse(users).unwrap().apply(&mut state, now).unwrap();
    state.default_users = Some((1, 2));
    state
}

/// A pseudorandom sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Adds a random chat to the state. Returns its id.
fn add_random_chat(state: &mut State, random: &mut Random) -> i64 {
    let mut time = date(2026, 7, 22).at(10, 0, 0, 0);
    let (chat, members) = match random.below(4) {
        0 => (SeedChat::private(1, 2), vec![1, 2]),
        1 => (SeedChat::private(3, 1), vec![3, 1]),
        2 => (SeedChat::private(3, 4), vec![3, 4]),
        _ => (
            SeedChat::group("Group", [4, 2, 1, 3]).description("d"),
            vec![4, 2, 1, 3],
        ),
    };
    let chat_id = chat.apply(state, time).unwrap();
    let mut ids = Vec::new();
    for index in 0..random.below(12) {
        let sender_id = members[random.below(members.len() as u64) as usize];
        let mut message = match random.below(4) {
            0 => SeedMessage::new("product").entity_id(5),
            1 => SeedMessage::new("picture").file(1, "https://example.com/1.jpg"),
            2 => SeedMessage::new("odd"),
            _ => SeedMessage::text(format!("پیام {index}")),
        };
        if !ids.is_empty() && random.below(3) == 0 {
            let replied: i64 = ids[random.below(ids.len() as u64) as usize];
            message = message.replied_message_id(replied);
        }
        time = time.saturating_add(jiff::SignedDuration::from_secs(random.below(100) as i64));
        ids.push(message.apply(state, chat_id, sender_id, time).unwrap());
    }
    chat_id
}

fn bot_of(state: &State, chat_id: i64) -> Option<i64> {
    let mut ids = state.chat(chat_id).unwrap().member_ids();
    ids.find(|it| state.is_seller(*it))
}

fn save(state: &State, chat_id: i64) -> Transcript {
    Transcript::save(state, state.chat(chat_id).unwrap(), bot_of(state, chat_id))
}

#[test]
fn seeded_transcript_is_saved_as_the_same_transcript() {
    for seed in 0..500 {
        let mut random = Random(seed);
        let mut original = state();
        let chat_id = add_random_chat(&mut original, &mut random);
        let saved = save(&original, chat_id);
        let json = serde_json::to_string(&saved).unwrap();
        assert_eq!(Transcript::parse(&json).unwrap(), saved, "{json}");
        // Also in the state that has the chat already.
        for mut other in [state(), original] {
            let now = date(2027, 1, 1).at(0, 0, 0, 0);
            let seeded = Seed::parse(&json).unwrap().apply(&mut other, now).unwrap();
            let again = save(&other, seeded.chat_ids[0]);
            assert_eq!(serde_json::to_string(&again).unwrap(), json);
        }
    }
}

fn transcript(turns: Value) -> Value {
    json!({
        "version": 1,
        "users": { "seller": { "name": "s" }, "customer": { "name": "c" } },
        "chat": { "chat_type": "private", "members": ["seller", "customer"] },
        "turns": turns,
    })
}

#[test]
fn messages_of_the_bot_become_waits_after_the_first_of_another_member() {
    let mut state = state();
    let now = date(2026, 7, 22).at(10, 0, 0, 0);
    let chat_id = SeedChat::private(1, 2).apply(&mut state, now).unwrap();
    for (index, sender_id) in [1, 2, 1, 1, 2].into_iter().enumerate() {
        let time = now.saturating_add(jiff::SignedDuration::from_secs(index as i64));
        let message = SeedMessage::text(index.to_string());
        message.apply(&mut state, chat_id, sender_id, time).unwrap();
    }
    let saved = serde_json::to_value(save(&state, chat_id)).unwrap();
    assert_eq!(
        saved["turns"],
        json!([
            { "from": "seller", "after_ms": 0, "text": "0" },
            { "from": "customer", "after_ms": 1000, "text": "1" },
            { "wait": { "replies": 2 }, "recorded": [
                { "from": "seller", "after_ms": 1000, "text": "2" },
                { "from": "seller", "after_ms": 1000, "text": "3" },
            ] },
            { "from": "customer", "after_ms": 1000, "text": "4" },
        ])
    );
    assert_eq!(saved["bot"], "seller");
    assert_eq!(saved["users"]["seller"]["vendor"]["id"], 7);
    assert_eq!(saved["users"]["customer"], json!({ "name": "Customer" }));
}

#[test]
fn unknown_fields_are_kept() {
    let mut json = transcript(json!([
        { "from": "customer", "after_ms": 0, "text": "a", "note": 1 },
        { "wait": { "replies": 1, "x": 2 }, "y": 3 },
    ]));
    json["comment"] = json!({ "a": 1 });
    json["users"]["seller"]["mood"] = "good".into();
    json["chat"]["color"] = "red".into();
    let parsed = Transcript::parse(&json.to_string()).unwrap();
    assert_eq!(serde_json::to_value(parsed).unwrap(), json);
}

#[test]
fn errors_name_the_invalid_part() {
    for (turn, part) in [
        (json!({}), "from"),
        (json!({ "from": "nobody" }), "turns[0].from"),
        (json!({ "from": "customer", "after_ms": -1 }), "turns[0]"),
        (
            json!({ "from": "customer", "after_ms": u64::MAX }),
            "after_ms",
        ),
        (json!({ "from": "customer", "reply_to": "m1" }), "reply_to"),
        (json!({ "wait": {} }), "turns[0].wait"),
        (json!({ "wait": { "replies": 1, "idle_ms": 1 } }), "wait"),
        (json!({ "wait": { "replies": 0 } }), "replies"),
        (json!({ "wait": { "idle_ms": u64::MAX } }), "idle_ms"),
        (
            json!({ "wait": { "replies": 1, "timeout_ms": u64::MAX } }),
            "timeout_ms",
        ),
        (
            json!({ "wait": { "replies": 1 }, "recorded": [{ "from": "x" }] }),
            "recorded[0].from",
        ),
        (json!("hello"), "turns[0]"),
    ] {
        let error = Transcript::parse(&transcript(json!([turn])).to_string()).unwrap_err();
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains(part), "{error}");
    }
    for (pointer, value, part) in [
        ("/version", json!(2), "version"),
        ("/bot", json!("nobody"), "bot"),
        ("/chat/members", json!(["nobody"]), "members"),
        ("/chat/chat_type", json!("odd"), "chat_type"),
    ] {
        let mut json = transcript(json!([]));
        json["bot"] = json!("seller");
        *json.pointer_mut(pointer).unwrap() = value;
        let error = Transcript::parse(&json.to_string()).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    let mut twice = transcript(json!([]));
    twice["chat"]["members"] = json!(["seller", "seller"]);
    let twice = Transcript::parse(&twice.to_string()).unwrap();
    let error = twice
        .open(&mut state(), date(2026, 7, 22).at(0, 0, 0, 0))
        .err()
        .unwrap();
    assert!(error.to_string().contains("twice"), "{error}");
}
