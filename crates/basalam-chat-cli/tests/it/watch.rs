//! `watch`: what it shows, and how it goes on.

use crate::support::{CHAT, CUSTOMER, Shop};

fn send(shop: &Shop, text: &str) -> i64 {
    shop.emulator.seed_messages(CHAT, CUSTOMER, [text]).unwrap()[0]
}

#[test]
fn shows_messages_as_they_arrive_and_how_to_go_on() {
    let shop = Shop::logged_in();
    let mut running = shop.start(&["watch"]);
    running.wait_for_note("Watching.");
    let id = send(&shop, "سلام");
    let header = running.line();
    assert!(
        header.contains(&format!("chat 1001  {id}  سارا")),
        "{header}"
    );
    assert_eq!(running.line(), "    سلام");
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    let command = format!("run: basalam-chat watch --after {id}\n");
    assert!(ran.stderr.ends_with(&command), "{ran:?}");
    let missed = send(&shop, "while away");
    let ran = shop.run(&[
        "watch",
        "--after",
        &id.to_string(),
        "--limit",
        "1",
        "--json",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()[0]["message"]["id"], missed);
    assert_eq!(ran.json()[0]["type"], "message_received");
}

#[test]
fn command_to_go_on_has_the_same_options() {
    let shop = Shop::logged_in();
    let watch = ["watch", "--chat", "1001", "--own", "--full"];
    let mut running = shop.start(&[&watch[..], &["--after", "9", "-n", "20"]].concat());
    // The lines of the four messages of the chat.
    for _ in 0..10 {
        running.line();
    }
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    let command = "run: basalam-chat watch --chat 1001 --own --full --after 10004 --limit 16\n";
    assert!(ran.stderr.ends_with(command), "{ran:?}");
}

#[test]
fn emulated_service_is_gone_after_ctrl_c() {
    let shop = Shop::new();
    let mut running = shop.start(&["--emulator", "watch"]);
    running.line();
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.stderr.ends_with("Interrupted.\n"), "{ran:?}");
}

#[test]
fn name_remembers_the_position() {
    let shop = Shop::logged_in();
    let mut running = shop.start(&["watch", "--name", "printer", "--json"]);
    running.wait_for_note("Watching.");
    send(&shop, "first");
    assert!(running.line().contains("first"));
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    let hint = ran.error()["hint"].to_string();
    assert!(
        hint.contains("basalam-chat --json watch --name printer"),
        "{hint}"
    );
    send(&shop, "second");
    let ran = shop.run(&["watch", "--name", "printer", "--limit", "1", "--json"]);
    assert_eq!(
        ran.json()[0]["message"]["content"]["text"],
        "second",
        "{ran:?}"
    );
}

#[test]
fn own_messages_are_shown_on_request() {
    let shop = Shop::logged_in();
    let mut running = shop.start(&["watch", "--own", "--limit", "1", "--json"]);
    running.wait_for_note("Watching.");
    assert_eq!(shop.run(&["send", "1001", "hello"]).code, 0);
    let ran = running.finish();
    assert_eq!(ran.json()[0]["type"], "message_sent", "{ran:?}");
    assert_eq!(ran.code, 0);
}

#[test]
fn failures_of_the_service_are_reported_and_survived() {
    let shop = Shop::logged_in();
    let mut running = shop.start(&["watch", "--limit", "1"]);
    running.wait_for_note("Watching.");
    let fault = basalam_chat_emulator::Fault::status(500);
    let rule = basalam_chat_emulator::FaultRule::new(fault);
    shop.emulator.add_fault(rule).unwrap();
    running.wait_for_note("it is tried again");
    shop.emulator.clear_faults();
    send(&shop, "afterwards");
    let ran = running.finish();
    assert!(ran.stdout.contains("afterwards"), "{ran:?}");
    assert_eq!(ran.code, 0);
}
