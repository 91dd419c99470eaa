//! `sync`, `search` and `export`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use basalam_chat_emulator::{Fault, FaultRule, SeedMessage};

use crate::support::{CHAT, CUSTOMER, Shop};

fn seed(shop: &Shop, count: usize) {
    let texts = (0..count).map(|number| SeedMessage::text(format!("message {number}")));
    shop.emulator.seed_messages(CHAT, CUSTOMER, texts).unwrap();
}

#[test]
fn report_of_a_sync_is_json() {
    let shop = Shop::logged_in();
    let report = shop.run(&["sync", "--json"]).json().remove(0);
    assert_eq!(report["type"], "sync_report");
    assert_eq!(report["chats"], 3);
    assert_eq!(report["messages_added"], 7);
    assert_eq!(report["stopped"], false);
    assert_eq!(report["account"]["user_id"], shop.emulator.seller().id);
}

#[test]
fn interrupted_sync_keeps_what_it_has_read_and_goes_on() {
    let shop = Shop::logged_in();
    seed(&shop, 1_000);
    let hangs = Arc::new(AtomicBool::new(true));
    let is_hanging = hangs.clone();
    let mut pages = 0;
    let hook = move |emulator: &basalam_chat_emulator::Emulator| {
        pages += 1;
        if pages > 4 && is_hanging.load(Ordering::Relaxed) {
            emulator.fail_next(Fault::hang()).unwrap();
        }
    };
    shop.emulator.on_request("get_messages", hook).unwrap();
    let sync = ["sync", "--archive", "my shop.db", "--max-concurrency", "1"];
    let running = shop.start(&sync);
    shop.wait_for_requests("get_messages", 5);
    let ran = running.interrupt();
    assert_eq!(ran.code, 130, "{ran:?}");
    let command = "To go on, run: basalam-chat sync --archive 'my shop.db' --max-concurrency 1\n";
    assert!(ran.stderr.ends_with(command), "{ran:?}");
    let search = [
        "search",
        "--limit",
        "2000",
        "--json",
        "--archive",
        "my shop.db",
    ];
    let found = shop.run(&search).json();
    assert!((1..1_007).contains(&found.len()), "{}", found.len());
    shop.emulator.clear_faults();
    hangs.store(false, Ordering::Relaxed);
    let ran = shop.run(&sync);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(shop.run(&search).json().len(), 1_007);
}

#[test]
fn chat_that_cannot_be_read_ends_with_5_and_is_named() {
    let shop = Shop::logged_in();
    let rule = FaultRule::new(Fault::status(404)).operation("get_messages");
    shop.emulator.add_fault(rule).unwrap();
    let ran = shop.run(&["sync"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.stderr.contains("chat 1001: "), "{ran:?}");
    assert!(ran.stderr.contains("To try again, run:"), "{ran:?}");
    shop.emulator.clear_faults();
    assert_eq!(shop.run(&["sync"]).code, 0);
}

#[test]
fn closed_pipe_ends_an_export_silently() {
    let shop = Shop::logged_in();
    seed(&shop, 3_000);
    assert_eq!(shop.run(&["sync"]).code, 0);
    for format in ["jsonl", "csv"] {
        let mut running = shop.start(&["export", format]);
        assert!(!running.line().is_empty());
        let ran = running.close_output();
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{format}: {ran:?}");
    }
}

#[test]
fn failed_export_leaves_the_earlier_file() {
    let shop = Shop::logged_in();
    assert_eq!(shop.run(&["sync"]).code, 0);
    assert_eq!(shop.run(&["export", "csv", "history.csv"]).code, 0);
    let path = shop.home.path().join("history.csv");
    let before = std::fs::read(&path).unwrap();
    let ran = shop.run(&["export", "csv", "missing/history.csv"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = shop.run(&["export", "html", "history.csv"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn archive_of_another_account_is_refused() {
    let shop = Shop::logged_in();
    assert_eq!(shop.run(&["sync", "--archive", "shop.db"]).code, 0);
    shop.log_in("sara-token");
    let ran = shop.run(&["sync", "--archive", "shop.db"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("belongs to the user 430"), "{ran:?}");
}
