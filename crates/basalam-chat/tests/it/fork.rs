//! The blocking client in a forked process.

use std::process::exit;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use basalam_chat::blocking::Client;
use basalam_chat::{ChatId, Error};
use basalam_chat_emulator::Emulator;
use fork::{Fork, fork, waitpid};

/// The exit status of a child that ran into an endless wait.
const HANGS: i32 = 2;

/// Returns `true` if a call behaves as expected.
type Check = Box<dyn FnOnce() -> bool>;

/// Runs `check` in a forked child, and returns its exit status: 0 if `check` returned `true`.
///
/// The child has none of this process's other threads, so it must not print or wait for any of them.
fn status_in_child(check: impl FnOnce() -> bool) -> i32 {
    match fork().unwrap() {
        Fork::Parent(child) => {
            let status = waitpid(child).unwrap();
            // The exit status is in the second byte, and the signal in the first.
            assert_eq!(status & 0x7f, 0, "the child was killed by a signal");
            status >> 8
        }
        Fork::Child => {
            let (finished, is_finished) = mpsc::channel();
            let watchdog = thread::spawn(move || {
                let limit = Duration::from_secs(30);
                if is_finished.recv_timeout(limit).is_err() {
                    exit(HANGS);
                }
            });
            let is_ok = check();
            // The watchdog is waiting.
            let _ = finished.send(());
            let _ = watchdog.join();
            exit(i32::from(!is_ok));
        }
    }
}

fn is_fork_error<T>(result: &Result<T, Error>) -> bool {
    result.as_ref().is_err_and(|error| {
        error.is_configuration()
            && !error.may_have_succeeded()
            && error.to_string().contains("after the fork")
    })
}

fn client(emulator: &Emulator) -> Client {
    let token = emulator.seller().token();
    let builder = basalam_chat::Client::builder(basalam_chat::PersonalToken::new(token));
    builder
        .base_url(emulator.base_url())
        .build_blocking()
        .unwrap()
}

#[test]
fn calls_of_a_client_from_before_the_fork_are_errors() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let client = client(&emulator);
    let chat = client.create_chat(super::support::customer_id(&emulator));
    let chat = chat.send().unwrap().id;
    client.create_message(chat, "first").send().unwrap();
    // An iterator that has started, and one that has not.
    let mut started = client.get_messages(chat).limit(1).iter();
    started.next().unwrap().unwrap();
    let mut follower = client.follow(chat);
    let checks: [(&str, Check); 6] = [
        ("send", {
            let client = client.clone();
            Box::new(move || is_fork_error(&client.get_chats().send()))
        }),
        ("clone of the client", {
            let client = client.clone();
            Box::new(move || is_fork_error(&client.clone().authenticate()))
        }),
        ("own id", {
            let client = client.clone();
            Box::new(move || is_fork_error(&client.current_user_id()))
        }),
        ("new iterator", {
            let client = client.clone();
            Box::new(move || is_fork_error(&client.get_messages(ChatId(1)).pages().next().unwrap()))
        }),
        ("started iterator", {
            Box::new(move || is_fork_error(&started.next().unwrap()))
        }),
        ("follower", {
            Box::new(move || is_fork_error(&follower.new_messages()))
        }),
    ];
    for (name, check) in checks {
        assert_eq!(status_in_child(check), 0, "{name}");
    }
    // The parent process is not affected.
    assert!(client.get_chats().send().is_ok());
}

#[test]
fn clients_created_after_the_fork_work() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    // The parent waits for the child, but the emulator has its own threads in the parent.
    let status = status_in_child(|| client(&emulator).get_chats().send().is_ok());
    assert_eq!(status, 0);
}
