//! Sessions at a terminal, whose screen is looked at.

use basalam_chat_emulator::SeedMessage;

use crate::support::terminal::Terminal;
use crate::support::{CHAT, CUSTOMER, PROGRAM, Shop};

#[test]
fn token_is_asked_for_without_showing_it() {
    let shop = Shop::new();
    let base_url = shop.emulator.base_url();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "login", "--base-url", base_url]);
    terminal.wait_for("Personal token (it is not shown):");
    terminal.wait_for_hidden_input();
    terminal.type_text("seller-token\n");
    terminal.wait_for("personal_token in the profile default");
    assert_eq!(terminal.finish(), 0);
    assert!(!terminal.bytes().contains("seller-token"));
    assert!(terminal.echoes());
}

#[test]
fn ctrl_c_at_the_prompt_leaves_the_terminal_as_it_was() {
    let shop = Shop::new();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "login"]);
    terminal.wait_for("Personal token (it is not shown):");
    terminal.wait_for_hidden_input();
    terminal.type_text("half a tok\u{3}");
    assert_eq!(terminal.finish(), 130);
    assert!(terminal.echoes());
    assert!(!terminal.bytes().contains("half"));
    assert!(
        terminal.screen().contains("Interrupted."),
        "{}",
        terminal.screen()
    );
}

#[test]
fn chats_have_a_header_and_isolated_names() {
    let shop = Shop::logged_in();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "chats"]);
    assert_eq!(terminal.finish(), 0);
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().collect();
    assert!(
        lines[0].starts_with("CHAT        UNSEEN  UPDATED"),
        "{screen}"
    );
    assert!(
        lines[1].starts_with("1001             1  2026-07-22 10:06:00  "),
        "{screen}"
    );
    assert!(terminal.bytes().contains("\u{2068}سارا\u{2069}"));
    assert!(terminal.bytes().contains("\u{1b}[1m"));
    let mut terminal = Terminal::open(
        &shop,
        &["env", "NO_COLOR=1", PROGRAM, "chats", "--bidi", "off"],
    );
    assert_eq!(terminal.finish(), 0);
    assert!(!terminal.bytes().contains('\u{1b}'), "{}", terminal.bytes());
    assert!(!terminal.bytes().contains('\u{2068}'));
}

#[test]
fn sending_is_confirmed_at_a_terminal() {
    let shop = Shop::logged_in();
    let before = shop.emulator.messages(CHAT).len();
    let send = [PROGRAM, "send", "1001", "Hello"];
    for answer in ["n\n", "\n", "\u{4}"] {
        let mut terminal = Terminal::open(&shop, &send);
        terminal.wait_for("Send a text of 5 characters to chat 1001? [y/N]");
        terminal.type_text(answer);
        assert_eq!(terminal.finish(), 1);
        assert!(terminal.screen().contains("cancelled; nothing was done"));
    }
    let mut terminal = Terminal::open(&shop, &send);
    terminal.wait_for("[y/N]");
    terminal.type_text("\u{3}");
    assert_eq!(terminal.finish(), 130);
    let mut terminal = Terminal::open(&shop, &[&send[..], &["--no-input"]].concat());
    assert_eq!(terminal.finish(), 2);
    assert_eq!(shop.emulator.messages(CHAT).len(), before);
    let mut terminal = Terminal::open(&shop, &send);
    terminal.wait_for("[y/N]");
    terminal.type_text("y\n");
    assert_eq!(terminal.finish(), 0);
    let mut terminal = Terminal::open(&shop, &[&send[..], &["--yes"]].concat());
    assert_eq!(terminal.finish(), 0);
    assert_eq!(shop.emulator.messages(CHAT).len(), before + 2);
}

#[test]
fn deleting_is_confirmed_at_a_terminal() {
    let shop = Shop::logged_in();
    let webhook = shop
        .emulator
        .add_webhook(shop.emulator.seller().id, "http://127.0.0.1:9/")
        .unwrap()
        .to_string();
    for (arguments, question) in [
        (&["webhooks", "delete", &webhook][..], "Delete the webhook"),
        (&["logout"], "Delete the login of the profile default?"),
        (
            &["webhooks", "create", "http://127.0.0.1:9/", "--no-secret"],
            "Deliver events of this account to",
        ),
    ] {
        let mut terminal = Terminal::open(&shop, &[&[PROGRAM], arguments].concat());
        terminal.wait_for(question);
        terminal.type_text("no\n");
        assert_eq!(terminal.finish(), 1);
    }
    assert_eq!(shop.run(&["whoami"]).code, 0);
    assert_eq!(
        shop.emulator.webhook_ids(shop.emulator.seller().id).len(),
        1
    );
}

#[test]
fn hostile_messages_leave_the_screen_and_the_title_alone() {
    let shop = Shop::logged_in();
    let hostile = [
        SeedMessage::text("\u{1b}]0;owned\u{7}title"),
        SeedMessage::text("\u{1b}[2J\u{1b}[1;1Hcleared"),
        SeedMessage::text("\u{9d}0;owned\u{9c}\u{9b}2J\u{9b}1;1Hcleared"),
        SeedMessage::text("\u{1b}[8m\u{1b}[?1049hhidden\u{1b}c"),
        SeedMessage::text("\u{202e}reversed\u{2066}\u{2066}"),
    ];
    shop.emulator
        .seed_messages(CHAT, CUSTOMER, hostile)
        .unwrap();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "messages", "1001"]);
    assert_eq!(terminal.finish(), 0);
    assert!(terminal.titles().is_empty(), "{:?}", terminal.titles());
    let screen = terminal.screen();
    assert!(screen.starts_with("2026-07-22 10:01:00"), "{screen}");
    for text in ["title", "cleared", "hidden", "reversed"] {
        assert!(screen.contains(text), "{screen}");
    }
    assert!(
        !terminal
            .bytes()
            .contains(['\u{9b}', '\u{9d}', '\u{7}', '\u{202e}'])
    );
}

#[test]
fn upload_draws_a_bar_that_is_removed() {
    let shop = Shop::logged_in();
    std::fs::write(shop.home.path().join("a.jpg"), vec![7; 3_000_000]).unwrap();
    let arguments = [PROGRAM, "send", "1001", "--picture", "a.jpg", "--yes"];
    let mut terminal = Terminal::open(&shop, &arguments);
    assert_eq!(terminal.finish(), 0);
    let screen = terminal.screen();
    assert!(
        screen.contains("Uploaded a.jpg (3,000,000 bytes)."),
        "{screen}"
    );
    assert!(!screen.contains("MiB/"), "{screen}");
}

#[test]
fn archive_is_synced_searched_and_not_written_to_the_screen() {
    let shop = Shop::logged_in();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "sync"]);
    assert_eq!(terminal.finish(), 0);
    assert_eq!(terminal.screen().trim(), "3 chats: 7 new messages");
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "search", "گليم"]);
    assert_eq!(terminal.finish(), 0);
    let shown = "\u{2068}سلام، این \u{1b}[1mگلیم\u{1b}[0m موجود است؟\u{2069}";
    assert!(terminal.bytes().contains(shown), "{}", terminal.bytes());
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "export", "jsonl"]);
    assert_eq!(terminal.finish(), 2);
    let screen = terminal.screen();
    assert!(
        screen.contains("an export is not written to a terminal"),
        "{screen}"
    );
    std::fs::write(shop.home.path().join("history.csv"), "mine").unwrap();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "export", "csv", "history.csv"]);
    terminal.wait_for("Replace history.csv? [y/N]");
    terminal.type_text("n\n");
    assert_eq!(terminal.finish(), 1);
    let kept = std::fs::read_to_string(shop.home.path().join("history.csv")).unwrap();
    assert_eq!(kept, "mine");
}

#[test]
fn watching_ends_with_ctrl_c() {
    let shop = Shop::logged_in();
    let mut terminal = Terminal::open(&shop, &[PROGRAM, "watch"]);
    terminal.wait_for("Watching. Press Ctrl-C to stop.");
    let id = shop
        .emulator
        .seed_messages(CHAT, CUSTOMER, ["Is it new?"])
        .unwrap()[0];
    terminal.wait_for("Is it new?");
    terminal.type_text("\u{3}");
    assert_eq!(terminal.finish(), 130);
    let screen = terminal.screen();
    assert!(screen.contains("Interrupted."), "{screen}");
    assert!(
        screen.contains(&format!("basalam-chat watch --after {id}")),
        "{screen}"
    );
}

#[test]
fn shell_history_has_no_token() {
    let shop = Shop::new();
    let history = shop.home.path().join("history");
    let base_url = shop.emulator.base_url().to_owned();
    let variable = format!("HISTFILE={}", history.display());
    let shell = [
        "env",
        &variable,
        "PS1=ready> ",
        "bash",
        "--norc",
        "--noprofile",
        "-i",
    ];
    let mut terminal = Terminal::open(&shop, &shell);
    terminal.wait_for("ready>");
    terminal.type_text(&format!("basalam-chat login --base-url {base_url}\n"));
    terminal.wait_for("(it is not shown):");
    terminal.wait_for_hidden_input();
    terminal.type_text("seller-token\n");
    terminal.wait_for("personal_token in the profile");
    terminal.type_text("basalam-chat whoami | cat\n");
    terminal.type_text("exit\n");
    terminal.finish();
    let history = std::fs::read_to_string(history).unwrap();
    assert!(history.contains("basalam-chat login"), "{history}");
    assert!(!history.contains("seller-token"), "{history}");
    assert!(!terminal.bytes().contains("seller-token"));
}
