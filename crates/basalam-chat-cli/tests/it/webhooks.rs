//! `webhooks listen`.

use basalam_chat_emulator::{Fault, FaultRule};

use crate::support::{CHAT, CUSTOMER, Shop};

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn events_are_received_and_the_webhook_is_deleted_at_the_end() {
    let shop = Shop::logged_in();
    let address = free_address();
    let url = format!("http://{address}/");
    let arguments = [
        "webhooks",
        "listen",
        "--public-url",
        &url,
        "--address",
        &address,
        "--json",
    ];
    let mut running = shop.start(&arguments);
    running.wait_for_note("Created the webhook");
    shop.emulator
        .seed_messages(CHAT, CUSTOMER, ["سلام"])
        .unwrap();
    let event: serde_json::Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(event["type"], "message_received");
    assert_eq!(event["message"]["content"]["text"], "سلام");
    assert_eq!(shop.run(&["send", "1001", "Hello"]).code, 0);
    let event: serde_json::Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(event["type"], "message_sent");
    let seller = shop.emulator.seller().id;
    assert_eq!(shop.emulator.webhook_ids(seller).len(), 1);
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(shop.emulator.webhook_ids(seller).is_empty());
}

#[test]
fn second_ctrl_c_ends_at_once() {
    let shop = Shop::logged_in();
    let address = free_address();
    let url = format!("http://{address}/");
    let arguments = [
        "webhooks",
        "listen",
        "--public-url",
        &url,
        "--address",
        &address,
    ];
    let rule = FaultRule::new(Fault::hang()).operation("delete_webhook_by_id");
    shop.emulator.add_fault(rule).unwrap();
    let mut running = shop.start(&arguments);
    running.wait_for_note("Created the webhook");
    running.send_ctrl_c();
    running.wait_for_note("Deleting the webhook 5120.");
    shop.wait_for_requests("delete_webhook_by_id", 1);
    let ran = running.interrupt();
    assert_eq!((ran.code, &*ran.stderr), (130, ""), "{ran:?}");
}

#[test]
fn ctrl_c_before_the_response_says_that_a_webhook_may_exist() {
    let shop = Shop::logged_in();
    let rule = FaultRule::new(Fault::hang()).operation("create_webhook");
    shop.emulator.add_fault(rule).unwrap();
    let create = ["webhooks", "create", "http://127.0.0.1:9/", "--no-secret"];
    let running = shop.start(&create);
    shop.wait_for_requests("create_webhook", 1);
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.stderr.contains("may have been created"), "{ran:?}");
}

#[test]
fn log_is_read_without_a_public_url() {
    let shop = Shop::logged_in();
    let create = [
        "webhooks",
        "create",
        "http://127.0.0.1:9/",
        "--secret-file",
        "secret",
    ];
    assert_eq!(shop.run(&create).code, 0);
    let mut running = shop.start(&["webhooks", "listen", "--limit", "1"]);
    let note = running.wait_for_note("Reading the delivery log");
    assert!(note.contains("--public-url"), "{note}");
    let id = shop
        .emulator
        .seed_messages(CHAT, CUSTOMER, ["سلام"])
        .unwrap()[0];
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains(&format!("chat 1001  {id}  سارا")),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("    سلام"), "{ran:?}");
}

#[test]
fn address_in_use_creates_no_webhook() {
    let shop = Shop::logged_in();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let arguments = [
        "webhooks",
        "listen",
        "--public-url",
        "https://example.com/hook",
        "--address",
        &address,
    ];
    let ran = shop.run(&arguments);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("cannot be used"), "{ran:?}");
    assert!(
        shop.emulator
            .webhook_ids(shop.emulator.seller().id)
            .is_empty()
    );
}
