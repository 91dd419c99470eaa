//! Messages that become visible later than larger ids.

use basalam_chat_emulator::{Fault, FaultRule, SeedMessage};
use serde_json::{Value, json};

use super::setup::{MINUTE, SECOND, Setup, setup, setup_with_short_pages, wait};

/// Receives a message that is late and one that is not, and returns the order in which they are answered.
async fn answers(setup: &Setup, late_by: std::time::Duration) -> Vec<String> {
    setup.run(MINUTE, setup.watch()).await;
    let late = SeedMessage::text("late").visible_after(late_by);
    let messages = [SeedMessage::text("first"), late, SeedMessage::text("last")];
    setup.receive_messages(messages);
    setup.run(late_by + MINUTE * 12, setup.watch()).await;
    setup.answers()
}

#[tokio::test]
async fn message_that_is_late_by_seconds_is_answered_within_a_minute() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let late = SeedMessage::text("late").visible_after(SECOND * 5);
    setup.receive_messages([late, SeedMessage::text("last")]);
    setup.run(MINUTE, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: last", "re: late"]);
}

#[tokio::test]
async fn message_that_is_late_by_minutes_is_answered_after_the_resync() {
    for minutes in [2, 5, 9] {
        let setup = setup().await;
        let answers = answers(&setup, MINUTE * minutes).await;
        assert_eq!(answers, ["re: first", "re: last", "re: late"]);
    }
}

#[tokio::test]
async fn late_message_is_found_by_another_process() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let late = SeedMessage::text("late").visible_after(MINUTE * 2);
    setup.receive_messages([late, SeedMessage::text("last")]);
    setup.run(MINUTE, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: last"]);
    wait_without_watcher(&setup).await;
    setup.run(MINUTE, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: last", "re: late"]);
}

async fn wait_without_watcher(setup: &Setup) {
    let wait = wait(&setup.clock, MINUTE * 3);
    setup.clock.run(wait).await;
}

#[tokio::test]
async fn only_message_of_a_chat_can_be_late() {
    let setup = setup_with_short_pages().await;
    setup.run(MINUTE, setup.watch()).await;
    // Chats with later activity are listed before it.
    let others = setup.add_chats(40);
    let late = SeedMessage::text("late").visible_after(SECOND * 30);
    setup.receive_messages([late]);
    for (chat, user) in &others {
        let ids = setup.emulator.seed_messages(*chat, user.id, ["other"]);
        ids.unwrap();
    }
    setup.run(MINUTE * 12, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: late"]);
}

#[tokio::test]
async fn message_whose_id_is_missing_in_some_responses_is_answered_later() {
    let set_invalid_ids = |body: &mut Value| {
        let messages = body["data"].as_array_mut();
        for message in messages.into_iter().flatten() {
            message["id"] = json!("none");
        }
    };
    for fault in [
        Fault::missing_field("id"),
        Fault::null_field("id"),
        Fault::map_body(set_invalid_ids),
    ] {
        let setup = setup().await;
        setup.run(MINUTE, setup.watch()).await;
        let late = SeedMessage::text("late").visible_after(SECOND * 90);
        let messages = ["1", "2"].map(SeedMessage::text);
        setup.receive_messages([late].into_iter().chain(messages));
        setup.run(MINUTE, setup.watch()).await;
        assert_eq!(setup.answers(), ["re: 1", "re: 2"]);
        // Longer than it takes until no smaller ids are expected.
        let rule = FaultRule::new(fault).operation("get_messages");
        setup.emulator.add_fault(rule).unwrap();
        setup.run(MINUTE * 45, setup.watch()).await;
        setup.emulator.clear_faults();
        setup.run(MINUTE * 12, setup.watch()).await;
        assert_eq!(setup.answers(), ["re: 1", "re: 2", "re: late"]);
    }
}
