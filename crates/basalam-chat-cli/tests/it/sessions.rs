//! Sessions at a shell, recorded as text: the commands, what they print, and their exit codes.
//!
//! `UPDATE_SESSIONS=1 cargo test -p basalam-chat-cli` records them again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::Shop;

/// The URL of the service in recorded sessions.
const URL: &str = "http://127.0.0.1:8080";

/// The directory of the user in recorded sessions.
const HOME: &str = "/home/seller";

fn check(path: &Path) {
    let recorded = fs::read_to_string(path).unwrap();
    let shop = Shop::new();
    let replayed = replay(&shop, &recorded);
    if std::env::var_os("UPDATE_SESSIONS").is_some() {
        fs::write(path, replayed).unwrap();
        return;
    }
    let (replayed, recorded) = (comparable(&replayed), comparable(&recorded));
    assert_eq!(replayed, recorded, "{} differs", path.display());
}

/// Sorts the members of JSON: the order of some depends on the features of serde_json that other crates enable.
fn comparable(document: &str) -> String {
    let lines = document.lines().map(|line| {
        let value = serde_json::from_str::<serde_json::Value>(line);
        value.map_or_else(
            |_| line.to_owned(),
            |mut value| {
                value.sort_all_objects();
                value.to_string()
            },
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs the commands of a document, and returns the document with what they print now.
fn replay(shop: &Shop, document: &str) -> String {
    let mut replayed = String::new();
    let mut is_session = false;
    for line in document.lines() {
        let is_fence = line.starts_with("```");
        if is_fence {
            is_session = line == "```console";
        }
        match line.strip_prefix("$ ") {
            Some(command) if is_session => {
                replayed.push_str(&format!("{line}\n{}", run(shop, command)));
            }
            // What an earlier run printed.
            _ if is_session && !is_fence => {}
            _ => replayed.push_str(&format!("{line}\n")),
        }
    }
    replayed
}

/// Runs a command line in a shell, and returns what it prints, and its exit code unless that is 0.
fn run(shop: &Shop, line: &str) -> String {
    let line = line.replace(URL, shop.emulator.base_url());
    let mut command = Command::new("sh");
    shop.prepare(&mut command);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut child = command
        .args(["-c", &line])
        .stdin(Stdio::null())
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .spawn()
        .unwrap();
    drop(command);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    let code = child.wait().unwrap().code().unwrap_or(-1);
    let home = shop.home.path().to_string_lossy();
    let lines = printed.split_inclusive('\n');
    let printed: String = lines.filter(|line| !is_progress(line)).collect();
    let mut printed = with_constant_ports(&printed).replace(&*home, HOME);
    if !printed.is_empty() && !printed.ends_with('\n') {
        printed.push('\n');
    }
    if code != 0 {
        printed.push_str(&format!("? {code}\n"));
    }
    printed
}

/// Returns `true` for a line that depends on the speed of this computer.
fn is_progress(line: &str) -> bool {
    let Some((chats, rest)) = line.split_once(" chats, ") else {
        return false;
    };
    let is_count = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = chats.split(" of ");
    words.all(is_count) && rest.contains(" messages")
}

/// Replaces the ports that the system has chosen, which have five digits.
fn with_constant_ports(text: &str) -> String {
    const HOST: &str = "127.0.0.1:";
    let mut parts = text.split(HOST);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        replaced.push_str(HOST);
        match digits {
            5 => {
                replaced.push_str("8080");
                replaced.push_str(&part[5..]);
            }
            _ => replaced.push_str(part),
        }
    }
    replaced
}

fn session(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sessions");
    directory.join(format!("{name}.md"))
}

macro_rules! sessions {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(&session(stringify!($name)));
        }
    )*};
}

sessions! { account archive chats doctor emulator json messages not_logged_in send usage webhooks }

#[test]
fn documented_session() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md"));
}
