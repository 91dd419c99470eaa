//! Messages are sent once, although responses are lost.

use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use crate::support::{CHAT, Shop};

/// Starts a service with the time of this computer, which the search for a message compares with.
fn shop() -> Shop {
    let shop = Shop::with(Emulator::builder());
    shop.log_in("seller-token");
    shop
}

fn add_fault(shop: &Shop, fault: Fault) {
    let rule = FaultRule::new(fault).operation("create_message").times(1);
    shop.emulator.add_fault(rule).unwrap();
}

fn count(shop: &Shop, text: &str) -> usize {
    let messages = shop.emulator.messages(CHAT);
    messages.iter().filter(|it| it.text() == Some(text)).count()
}

#[test]
fn message_whose_response_is_lost_is_found() {
    let shop = shop();
    for (position, fault) in [
        Fault::disconnect().after_handling(),
        Fault::status(502).after_handling(),
        Fault::truncated_body(),
    ]
    .into_iter()
    .enumerate()
    {
        add_fault(&shop, fault);
        let text = format!("text {position}");
        let ran = shop.run(&["send", "1001", &text, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains("looking for the message"), "{ran:?}");
        let sent = ran.json().remove(0);
        assert_eq!(sent["message"]["content"]["text"], text);
        assert_eq!(count(&shop, &text), 1);
    }
}

#[test]
fn message_that_did_not_arrive_can_be_sent_again_with_its_key() {
    let shop = shop();
    add_fault(&shop, Fault::disconnect());
    let ran = shop.run(&["send", "1001", "hello", "--json"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let hint = ran.error()["hint"].as_str().unwrap().to_owned();
    let key = hint.split("--idempotency-key ").nth(1).unwrap();
    let key = key.trim_end_matches("`.");
    assert_eq!(count(&shop, "hello"), 0);
    for is_repeated in [false, true] {
        let ran = shop.run(&["send", "1001", "hello", "--idempotency-key", key, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.json()[0]["already_sent"], is_repeated);
    }
    assert_eq!(count(&shop, "hello"), 1);
}

#[test]
fn key_of_another_user_does_not_count() {
    let shop = shop();
    let metadata = serde_json::json!({ "basalam_chat_idempotency_key": "order-1" });
    let message = basalam_chat_emulator::SeedMessage::text("forged");
    let message = message.metadata(metadata.as_object().unwrap().clone());
    shop.emulator
        .seed_messages(CHAT, crate::support::CUSTOMER, [message])
        .unwrap();
    let ran = shop.run(&[
        "send",
        "1001",
        "hello",
        "--idempotency-key",
        "order-1",
        "--json",
    ]);
    assert_eq!(ran.json()[0]["already_sent"], false, "{ran:?}");
    assert_eq!(count(&shop, "hello"), 1);
}

#[test]
fn nothing_is_sent_if_a_file_cannot_be_uploaded() {
    let shop = shop();
    std::fs::write(shop.home.path().join("a.jpg"), "x").unwrap();
    let rule = FaultRule::new(Fault::status(503)).operation("upload_file");
    shop.emulator.add_fault(rule).unwrap();
    let before = shop.emulator.messages(CHAT).len();
    let ran = shop.run(&["send", "1001", "--picture", "a.jpg", "look"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert_eq!(shop.emulator.messages(CHAT).len(), before);
}
