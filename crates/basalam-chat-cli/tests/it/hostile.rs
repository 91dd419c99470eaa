//! Messages and names that try to control the terminal.

use basalam_chat_emulator::{NewUser, SeedChat, SeedMessage};
use serde_json::Value;

use crate::support::{CHAT, CUSTOMER, Shop};

/// Escape sequences in 7 and 8 bits, and characters that change the direction of text.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[1;1H\u{9b}31m\u{9d}0;owned\u{9c}\u{90}q\u{8}\u{7f}\r\
    \u{202e}gnp.exe\u{2066}\u{2069}\u{2069}\u{200f}\u{61c}\u{b}\u{c}\u{0}end";

/// Adds a chat with a hostile title, sender, text, file and type. Returns its id.
fn hostile_chat(shop: &Shop) -> i64 {
    let user = NewUser::new(format!("{HOSTILE} name")).token("hostile-token");
    let user = shop.emulator.add_user_with(user).unwrap();
    let seller = shop.emulator.seller().id;
    let chat = shop
        .emulator
        .seed_chat(SeedChat::private(seller, user.id))
        .unwrap();
    let messages = [
        SeedMessage::text(HOSTILE),
        SeedMessage::text(format!("first\n{HOSTILE}\nlast")),
        SeedMessage::new("picture")
            .with_text(HOSTILE)
            .file(1, format!("https://example.com/{HOSTILE}")),
        SeedMessage::new(format!("type {HOSTILE}")).with_text("x"),
    ];
    shop.emulator
        .seed_messages(chat, user.id, messages)
        .unwrap();
    chat
}

/// Asserts that an output has no control characters but line breaks, and balanced isolates only.
fn assert_harmless(output: &str, what: &str) {
    let mut depth = 0;
    for character in output.chars() {
        match character {
            '\n' => assert_eq!(depth, 0, "{what}: an isolate that is not closed"),
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth -= 1,
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'
            | '\u{2067}' => {
                panic!("{what}: a directional character: {output:?}")
            }
            _ => assert!(!character.is_control(), "{what}: {output:?}"),
        }
        assert!((0..=1).contains(&depth), "{what}: {output:?}");
    }
}

#[test]
fn no_command_lets_control_characters_through() {
    let shop = Shop::logged_in();
    let chat = hostile_chat(&shop).to_string();
    let count = "4";
    assert_eq!(shop.run(&["sync"]).code, 0);
    let seller = shop.emulator.seller().id;
    let webhook = shop.emulator.add_webhook(seller, "http://127.0.0.1:9/");
    let webhook = webhook.unwrap().to_string();
    let base_url = shop.emulator.base_url();
    let login = ["login", "--profile", "hostile", "--base-url", base_url];
    let ran = shop.run_with_input(&login, "hostile-token");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_harmless(&ran.stdout, "login");
    let commands: [&[&str]; 12] = [
        &["whoami", "--profile", "hostile"],
        &["webhooks", "list"],
        &["webhooks", "log", &webhook],
        &["chats"],
        &["messages", &chat],
        &["messages", &chat, "--full"],
        &["messages", &chat, "--all"],
        &[
            "watch",
            "--from-the-beginning",
            "--chat",
            &chat,
            "--limit",
            count,
        ],
        &["search", "end"],
        &["search", "--chat", &chat],
        &["send", &chat, HOSTILE_ARGUMENT],
        &["sync"],
    ];
    for arguments in commands {
        for options in [
            &["--bidi", "terminal"][..],
            &["--bidi", "visual"],
            &["--bidi", "off"],
            &["--json", "--verbose"],
        ] {
            let arguments = [arguments, options].concat();
            let ran = shop.run(&arguments);
            assert_eq!(ran.code, 0, "{ran:?}");
            assert_harmless(&ran.stdout, &format!("{arguments:?}"));
            assert_harmless(&ran.stderr, &format!("{arguments:?}"));
        }
    }
}

/// Arguments cannot contain the null character.
const HOSTILE_ARGUMENT: &str = "\u{1b}[2J\u{9b}31m\u{202e}x";

#[test]
fn json_keeps_every_character() {
    let shop = Shop::logged_in();
    let chat = hostile_chat(&shop).to_string();
    let messages = shop.run(&["--json", "messages", &chat]).json();
    assert_eq!(messages[0]["message"]["content"]["text"], HOSTILE);
    assert_eq!(
        messages[0]["message"]["sender"]["name"],
        format!("{HOSTILE} name")
    );
}

#[test]
fn service_errors_cannot_control_the_terminal() {
    let shop = Shop::logged_in();
    let body = serde_json::json!({ "message": HOSTILE }).to_string();
    let fault = basalam_chat_emulator::Fault::status(400).body("application/json", body);
    let rule = basalam_chat_emulator::FaultRule::new(fault);
    shop.emulator.add_fault(rule).unwrap();
    for arguments in [
        &["chats"][..],
        &["chats", "--json"],
        &["whoami"],
        &["doctor"],
    ] {
        let ran = shop.run(arguments);
        assert_ne!(ran.code, 0, "{ran:?}");
        assert_harmless(&ran.stderr, &format!("{arguments:?}"));
        assert_harmless(&ran.stdout, &format!("{arguments:?}"));
    }
}

#[test]
fn long_message_is_cut_unless_all_of_it_is_asked_for() {
    let shop = Shop::logged_in();
    let text = "سلام ".repeat(200_000);
    shop.emulator
        .seed_messages(CHAT, CUSTOMER, [text.as_str()])
        .unwrap();
    let cut = shop.run(&["messages", "1001", "--limit", "1"]);
    assert!(
        cut.stdout
            .contains("… 996,000 more characters; show them with --full")
    );
    assert!(cut.stdout.len() < 10_000);
    let full = shop.run(&["messages", "1001", "--limit", "1", "--full"]);
    assert!(full.stdout.len() > text.len());
    let json: Vec<Value> = shop
        .run(&["messages", "1001", "--limit", "1", "--json"])
        .json();
    assert_eq!(json[0]["message"]["content"]["text"], text);
    let chats = shop.run(&["chats"]);
    assert!(chats.stdout.len() < 2_000, "{}", chats.stdout.len());
    assert_eq!(shop.run(&["sync"]).code, 0);
    for arguments in [
        &["watch", "--after", "10004", "--limit", "1"][..],
        &["search", "سلام", "--limit", "1"],
    ] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            ran.stdout.len() < 10_000,
            "{arguments:?}: {}",
            ran.stdout.len()
        );
    }
}

#[test]
fn long_error_of_the_service_is_cut() {
    let shop = Shop::logged_in();
    let body = serde_json::json!({ "message": HOSTILE.repeat(20_000) }).to_string();
    let fault = basalam_chat_emulator::Fault::status(400).body("application/json", body);
    let rule = basalam_chat_emulator::FaultRule::new(fault);
    shop.emulator.add_fault(rule).unwrap();
    for arguments in [&["chats"][..], &["chats", "--json", "--verbose"], &["sync"]] {
        let ran = shop.run(arguments);
        assert_ne!(ran.code, 0, "{arguments:?}");
        assert!(
            ran.stderr.len() < 20_000,
            "{arguments:?}: {}",
            ran.stderr.len()
        );
        assert_harmless(&ran.stderr, &format!("{arguments:?}"));
    }
}
