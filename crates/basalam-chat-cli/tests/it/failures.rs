//! Exit codes by kind of failure, for whatever command meets it.

use std::time::Duration;

use basalam_chat_emulator::{Emulator, Fault, FaultRule, NewUser, SeedMessage};
use serde_json::json;

use crate::support::{CHAT, CUSTOMER, Ran, Shop};

/// Runs a command while the service has a fault.
fn run_with(shop: &Shop, fault: Fault, arguments: &[&str]) -> Ran {
    shop.emulator.add_fault(FaultRule::new(fault)).unwrap();
    let ran = shop.run(arguments);
    shop.emulator.clear_faults();
    ran
}

#[test]
fn rate_limit_ends_with_6_and_the_time_to_wait() {
    let shop = Shop::logged_in();
    let limited = || Fault::status(429).retry_after("3600");
    for arguments in [
        &["chats"][..],
        &["messages", "1001"],
        &["send", "1001", "hello"],
        &["webhooks", "list"],
        &["whoami"],
    ] {
        let ran = run_with(&shop, limited(), arguments);
        assert_eq!(ran.code, 6, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("Try again in 3600 seconds."), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    let error = run_with(&shop, limited(), &["chats", "--json"]).error();
    assert_eq!(error["kind"], "try_later");
    assert_eq!(error["exit_code"], 6);
    assert_eq!(error["retry_after_seconds"], 3600);
    assert_eq!(error["status"], 429);
    assert_eq!(error["operation"], "get_chats");
}

#[test]
fn failures_of_the_service_end_with_6() {
    let shop = Shop::logged_in();
    for fault in [Fault::status(503), Fault::html(502), Fault::disconnect()] {
        let ran = run_with(&shop, fault, &["webhooks", "delete", "1"]);
        assert_eq!(ran.code, 6, "{ran:?}");
    }
}

#[test]
fn service_that_is_not_reached_ends_with_6() {
    let shop = Shop::logged_in();
    let Shop { emulator, home } = shop;
    drop(emulator);
    let shop = Shop {
        emulator: Emulator::builder().start_blocking().unwrap(),
        home,
    };
    let ran = shop.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let network = &ran.json()[0]["checks"][3];
    assert_eq!(network["name"], "network");
    assert_eq!(network["status"], "failed");
}

#[test]
fn revoked_token_ends_with_4() {
    let shop = Shop::logged_in();
    assert!(shop.emulator.revoke_token("seller-token"));
    for arguments in [
        &["chats"][..],
        &["whoami"],
        &["send", "1001", "hello"],
        &["watch"],
        &["doctor"],
    ] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, 4, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn missing_scope_ends_with_1_and_names_the_scope() {
    let shop = Shop::new();
    let reader = NewUser::new("Reader").token("reader-token");
    let reader = reader.scopes(["customer.chat.read"]);
    let reader = shop.emulator.add_user_with(reader).unwrap();
    let chat = basalam_chat_emulator::SeedChat::private(reader.id, CUSTOMER);
    let chat = shop.emulator.seed_chat(chat).unwrap().to_string();
    shop.log_in("reader-token");
    let ran = shop.run(&["send", &chat, "hello"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("customer.chat.write"), "{ran:?}");
}

#[test]
fn list_with_an_unreadable_item_is_complete_otherwise_and_ends_with_5() {
    let shop = Shop::logged_in();
    let break_one = || {
        Fault::map_body(|body| {
            for list in ["messages", "chats"] {
                if let Some(first) = body["data"][list].get_mut(0) {
                    first["created_at"] = json!(7);
                    first["updated_at"] = json!({});
                }
            }
        })
    };
    let ran = run_with(&shop, break_one(), &["messages", "1001", "--json"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    let lines = ran.json();
    let count = |name| lines.iter().filter(|line| line["type"] == name).count();
    assert_eq!((count("message"), count("unreadable")), (3, 1));
    let unreadable = lines
        .iter()
        .find(|line| line["type"] == "unreadable")
        .unwrap();
    assert_eq!(unreadable["raw"]["created_at"], 7);
    let ran = run_with(&shop, break_one(), &["messages", "1001", "--all"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    let ran = run_with(&shop, break_one(), &["chats"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.stderr.contains("cannot be read"), "{ran:?}");
}

#[test]
fn usage_errors_are_json_on_request() {
    let shop = Shop::new();
    for (arguments, message) in [
        (&["--json", "messages", "x"][..], "invalid ChatId"),
        (
            &["send", "--json"],
            "required arguments were not provided: <CHAT>",
        ),
        (&["frobnicate", "--json"], "unrecognized subcommand"),
        (&["login", "--json", "a-token"], "not shown"),
        (&["export", "pdf", "--json"], "invalid value 'pdf'"),
    ] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        let error = ran.error();
        assert_eq!(error["kind"], "usage");
        let text = error["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
        assert!(!ran.stderr.contains("a-token"), "{ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    }
    let help = shop.run(&["--help", "--json"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Usage:"), "{help:?}");
}

#[test]
fn log_is_json_on_request() {
    let shop = Shop::logged_in();
    let ran = shop.run(&["--json", "--verbose", "chats"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.lines().count() >= 1, "{ran:?}");
    for line in ran.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["type"], "log");
    }
    let ran = shop.run(&["--verbose", "chats"]);
    assert!(ran.stderr.contains("get_chats"), "{ran:?}");
}

#[test]
fn endless_input_is_refused() {
    let shop = Shop::logged_in();
    let text = "x".repeat(5 * 1024 * 1024);
    for (arguments, input) in [
        (&["send", "1001"][..], &*text),
        (&["send", "1001", "-"], &text),
        (&["login", "--with-token"], &text[..70_000]),
    ] {
        let before = shop.emulator.total_request_count();
        let ran = shop.run_with_input(arguments, input);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("more than"),
            "{arguments:?}: {}",
            ran.stderr
        );
        assert_eq!(shop.emulator.total_request_count(), before);
    }
}

#[test]
fn closed_pipe_is_silent() {
    let shop = Shop::logged_in();
    let texts = (0..2_000).map(|number| SeedMessage::text(format!("message {number}")));
    shop.emulator.seed_messages(CHAT, CUSTOMER, texts).unwrap();
    let mut running = shop.start(&["messages", "1001", "--all"]);
    assert!(!running.line().is_empty());
    let ran = running.close_output();
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran:?}");
}

/// Lets the second page of messages hang.
fn hang_after_first_page(shop: &Shop) {
    let mut pages = 0;
    let hook = move |emulator: &Emulator| {
        pages += 1;
        if pages == 2 {
            emulator.fail_next(Fault::hang()).unwrap();
        }
    };
    shop.emulator.on_request("get_messages", hook).unwrap();
}

#[test]
fn interrupted_history_ends_with_130_and_the_command_to_go_on() {
    let shop = Shop::logged_in();
    let texts = (0..300).map(|number| SeedMessage::text(format!("message {number}")));
    shop.emulator.seed_messages(CHAT, CUSTOMER, texts).unwrap();
    // The second page does not arrive.
    hang_after_first_page(&shop);
    let mut running = shop.start(&["messages", "1001", "--all", "--json"]);
    let first = running.line();
    assert!(first.contains("10001"), "{first}");
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    let last = ran.json().last().unwrap()["message"]["id"].clone();
    let hint = ran.error()["hint"].as_str().unwrap().to_owned();
    let command = format!("To go on, run: basalam-chat --json messages 1001 --all --after {last}");
    assert_eq!(hint, command);
    let rest = shop.run(&[
        "--json",
        "messages",
        "1001",
        "--all",
        "--after",
        &last.to_string(),
    ]);
    assert_eq!(rest.code, 0, "{rest:?}");
    assert_eq!(1 + ran.json().len() + rest.json().len(), 304);
}

#[test]
fn slow_service_does_not_delay_ctrl_c() {
    let shop = Shop::logged_in();
    let rule = FaultRule::new(Fault::latency(Duration::from_secs(3_600)));
    shop.emulator.add_fault(rule).unwrap();
    let before = shop.emulator.total_request_count();
    let running = shop.start(&["chats", "--verbose"]);
    shop.wait_for_request(before);
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.stderr.contains("Interrupted."), "{ran:?}");
}
