//! Messages that become visible later than larger ids.

use basalam_chat_emulator::SeedMessage;

use super::setup::{MINUTE, SECOND, Setup, setup, wait};

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
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    // Chats with later activity are listed before it.
    let others = setup.add_chats(120);
    let late = SeedMessage::text("late").visible_after(SECOND * 30);
    setup.receive_messages([late]);
    for (chat, user) in &others {
        let ids = setup.emulator.seed_messages(*chat, user.id, ["other"]);
        ids.unwrap();
    }
    setup.run(MINUTE * 12, setup.watch()).await;
    assert_eq!(setup.answers(), ["re: late"]);
}
