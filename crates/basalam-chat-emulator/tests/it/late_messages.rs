use std::time::Duration;

use basalam_chat_emulator::{Emulator, Fault, FaultRule, SeedMessage};
use serde_json::json;

use crate::support::{ManualClock, Service};

const SECOND: Duration = Duration::from_secs(1);

async fn start() -> (Service, i64, ManualClock) {
    let clock = ManualClock::new();
    let builder = Emulator::builder().clock(clock.clock());
    let service = Service::start_with(builder).await;
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    (service, chat, clock)
}

#[tokio::test]
async fn late_message_appears_below_larger_ids_without_moving_its_chat() {
    let (service, chat, clock) = start().await;
    let (seller, customer) = service.users();
    let late = SeedMessage::text("late").visible_after(SECOND * 5);
    let ids = service.emulator.seed_messages(chat, customer.id, [late]);
    let late = ids.unwrap()[0];
    clock.set(2);
    let later = service.send_text(chat, customer, "later").await;
    assert!(late < later);
    let before = service.chats(seller, "").await[0].clone();
    assert_eq!(service.message_ids(chat, seller, "").await, [later]);
    assert_eq!(before["unseen_message_count"], json!(1));
    clock.set(4);
    assert_eq!(service.message_ids(chat, seller, "").await, [later]);
    clock.set(5);
    assert_eq!(service.message_ids(chat, seller, "").await, [later, late]);
    let after = service.chats(seller, "").await[0].clone();
    assert_eq!(after["unseen_message_count"], json!(2));
    for unchanged in ["updated_at", "modified_at", "last_message"] {
        assert_eq!(after[unchanged], before[unchanged], "{unchanged}");
    }
}

#[tokio::test]
async fn fault_makes_sent_messages_late_but_not_their_response() {
    let (service, chat, clock) = start().await;
    let (seller, customer) = service.users();
    let rule = "late_messages,seconds=3,operation=create_message,times=1";
    let rule = rule.parse::<FaultRule>().unwrap();
    service.emulator.add_fault(rule).unwrap();
    let late = service.send_text(chat, customer, "late").await;
    let later = service.send_text(chat, customer, "later").await;
    assert_eq!(service.message_ids(chat, seller, "").await, [later]);
    clock.set(3);
    assert_eq!(service.message_ids(chat, seller, "").await, [later, late]);
}

#[tokio::test]
async fn only_message_of_a_chat_can_be_late() {
    let (service, chat, clock) = start().await;
    let (seller, customer) = service.users();
    service
        .emulator
        .fail_next(Fault::late_messages(SECOND))
        .unwrap();
    let late = service.send_text(chat, customer, "late").await;
    assert_eq!(
        service.chats(seller, "").await[0]["last_message"],
        json!(null)
    );
    clock.set(1);
    let chats = service.chats(seller, "").await;
    assert_eq!(chats[0]["last_message"]["id"], json!(late));
}

#[tokio::test]
async fn late_message_of_a_deleted_chat_and_a_deleted_late_message_never_appear() {
    let (service, chat, clock) = start().await;
    let (seller, customer) = service.users();
    let seed = |text: &str| {
        let late = SeedMessage::text(text).visible_after(SECOND);
        service
            .emulator
            .seed_messages(chat, customer.id, [late])
            .unwrap()[0]
    };
    let deleted = seed("deleted");
    seed("of a deleted chat");
    assert!(service.emulator.delete_message(deleted));
    service.emulator.delete_chat(chat);
    clock.set(1);
    assert!(service.chats(seller, "").await.is_empty());
    assert_eq!(service.emulator.message_count(), 0);
}
