//! A token is found nowhere but in its file, which only its user can read.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use basalam_chat_emulator::NewUser;

use crate::support::{Ran, Shop};

const CANARY: &str = "canary-5f0c2a9e7b31";

/// Options that change what a command prints.
const OPTIONS: [&[&str]; 3] = [&["--verbose"], &["--json"], &["--color", "always"]];

/// A shop with a login whose token is the canary.
fn shop() -> Shop {
    let shop = Shop::new();
    let user = NewUser::new("Canary").token(CANARY);
    let user = shop.emulator.add_user_with(user).unwrap();
    let customer = shop.emulator.customer().id;
    let chat = basalam_chat_emulator::SeedChat::private(user.id, customer).id(2001);
    shop.emulator.seed_chat(chat).unwrap();
    shop.emulator
        .seed_messages(2001, customer, ["hello"])
        .unwrap();
    shop
}

fn assert_secret(ran: &Ran, what: &str) {
    assert!(!ran.stdout.contains(CANARY), "{what}: {ran:?}");
    assert!(!ran.stderr.contains(CANARY), "{what}: {ran:?}");
}

#[test]
fn no_command_prints_the_token() {
    let shop = shop();
    let base_url = shop.emulator.base_url().to_owned();
    let login = ["login", "--with-token", "--base-url", &base_url];
    let ran = shop.run_with_input(&login, CANARY);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_secret(&ran, "login");
    // That of the first webhook.
    let webhook = "5120";
    let commands: [&[&str]; 17] = [
        &["whoami"],
        &["chats"],
        &["messages", "2001"],
        &["send", "2001", "hello"],
        &["watch", "--from-the-beginning", "--limit", "1"],
        &[
            "webhooks",
            "create",
            "http://127.0.0.1:9/",
            "--secret-file",
            "secret",
        ],
        &["webhooks", "list"],
        &["webhooks", "log", webhook],
        &["webhooks", "delete", webhook],
        &["sync"],
        &["search", "hello"],
        &["export", "jsonl"],
        &["export", "csv", "history.csv"],
        &["doctor"],
        &["messages", "999"],
        &["completions", "bash"],
        &["man"],
    ];
    for arguments in commands {
        for options in OPTIONS {
            let arguments = [arguments, options].concat();
            assert_secret(&shop.run(&arguments), &format!("{arguments:?}"));
        }
    }
    // Each name has its own position.
    for (name, options) in ["a", "b", "c"].into_iter().zip(OPTIONS) {
        let watch = ["watch", "--name", name, "--from-the-beginning"];
        let arguments = [&watch[..], &["--limit", "1"], options].concat();
        let ran = shop.run(&arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_secret(&ran, &format!("{arguments:?}"));
    }
    // Errors, also those that repeat the request.
    let echo = format!("{{\"message\":\"Bearer {CANARY}\"}}");
    for status in [400, 401, 403, 422] {
        let fault = basalam_chat_emulator::Fault::status(status);
        let fault = fault.body("application/json", echo.clone());
        let rule = basalam_chat_emulator::FaultRule::new(fault);
        shop.emulator.add_fault(rule).unwrap();
        for arguments in [
            &["chats"][..],
            &["chats", "--json"],
            &["doctor", "--verbose"],
        ] {
            assert_secret(&shop.run(arguments), &format!("{status}: {arguments:?}"));
        }
        shop.emulator.clear_faults();
    }
    for arguments in [
        &["login", CANARY][..],
        &["login", "--token", CANARY],
        &["--json", "login", &format!("--with-token={CANARY}")],
        &["login", "--oauth", "--client-id", "x", CANARY],
    ] {
        let ran = shop.run(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert_secret(&ran, &format!("{arguments:?}"));
    }
}

#[test]
fn only_the_user_can_read_the_files() {
    let shop = shop();
    shop.log_in(CANARY);
    shop.run(&[
        "watch",
        "--name",
        "test",
        "--from-the-beginning",
        "--limit",
        "1",
    ]);
    let with_token: Vec<_> = shop
        .files()
        .into_iter()
        .filter(|path| path.is_file())
        .filter(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(CANARY))
        .collect();
    assert_eq!(with_token.len(), 1, "{with_token:?}");
    let mut private = 0;
    for path in shop.files() {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let is_in_store = path.components().any(|part| {
            let part = part.as_os_str();
            part == "login" || part == "watch" || part.to_string_lossy().starts_with("archive.db")
        });
        if is_in_store {
            private += 1;
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, expected, "{}", path.display());
        }
    }
    assert!(private >= 6, "{private}");
}

#[test]
fn logout_leaves_no_file_with_the_token() {
    let shop = shop();
    shop.log_in(CANARY);
    shop.log_in("seller-token");
    shop.log_in(CANARY);
    assert_eq!(shop.run(&["logout"]).code, 0);
    for path in shop.files().into_iter().filter(|path| path.is_file()) {
        let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!content.contains(CANARY), "{}", path.display());
        assert!(!content.contains("seller-token"), "{}", path.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn process_list_does_not_show_the_token() {
    let shop = shop();
    shop.log_in(CANARY);
    let mut running = shop.start(&["watch", "--after", "1"]);
    running.wait_for_note("Watching.");
    let directory = format!("/proc/{}", running.child.id());
    for file in ["cmdline", "environ", "comm"] {
        let content = fs::read(format!("{directory}/{file}")).unwrap();
        assert!(
            !String::from_utf8_lossy(&content).contains(CANARY),
            "{file}"
        );
    }
    let ran = running.interrupt();
    assert_secret(&ran, "watch");
}

#[test]
fn secret_of_a_webhook_is_in_its_file_alone() {
    let shop = shop();
    shop.log_in("seller-token");
    let path = shop.home.path().join("secret");
    fs::write(&path, format!("Bearer {CANARY}\n")).unwrap();
    let create = [
        "webhooks",
        "create",
        "http://127.0.0.1:9/",
        "--secret-file",
        "secret",
    ];
    assert_secret(&shop.run(&create), "create");
    let customer = shop.emulator.customer().id;
    let seller = shop.emulator.seller().id;
    let chat = basalam_chat_emulator::SeedChat::private(seller, customer);
    let chat = shop.emulator.seed_chat(chat).unwrap();
    shop.emulator
        .seed_messages(chat, customer, ["hello"])
        .unwrap();
    let webhook = shop.emulator.webhook_ids(seller)[0].to_string();
    for arguments in [&["webhooks", "list"][..], &["webhooks", "log", &webhook]] {
        assert_secret(&shop.run(arguments), "text");
        let arguments = [arguments, &["--json"]].concat();
        let ran = shop.run(&arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_secret(&ran, "JSON");
    }
}
