//! What the service shows of edits, other devices, chats and the other side.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat::watch::{Event, Watch};
use basalam_chat::{ChatId, MessageId, UserId};
use basalam_chat_emulator::{Fault, FaultRule, SeedChat};

use super::setup::{MINUTE, Setup, setup, wait};

/// Returns a short name of an event, with the text or id that it is about.
fn name(event: &Event) -> String {
    let text = event.message().and_then(|it| it.content.text.clone());
    let text = text.unwrap_or_default();
    match event {
        Event::MessageReceived(_) => format!("received {text}"),
        Event::MessageSent(_) => format!("sent {text}"),
        Event::MessageEdited(_) => format!("edited {text}"),
        Event::MessageOfUnknownSender(_) => format!("unknown {text}"),
        Event::ChatOpened(chat) => format!("opened {}", chat.id),
        Event::ChatChanged(chat) => format!("changed {}", chat.title().unwrap_or_default()),
        Event::SeenByContact(id) => format!("seen {id}"),
        _ => "other".to_owned(),
    }
}

/// Runs a watcher, in its second minute `change`, and returns the events until the end of the given time.
async fn events(
    setup: &Setup,
    watch: Watch,
    duration: Duration,
    change: impl Future<Output = ()>,
) -> Vec<String> {
    let names = Arc::new(Mutex::new(Vec::new()));
    let seen = names.clone();
    let watcher = watch.start().unwrap();
    let handle = watcher.handle();
    let run = watcher.run(move |delivery| {
        seen.lock().unwrap().push(name(delivery.event()));
        async { Ok(()) }
    });
    let end = async {
        wait(&setup.clock, MINUTE).await;
        change.await;
        wait(&setup.clock, duration).await;
        handle.shutdown();
    };
    let run = async { tokio::join!(run, end).0.unwrap() };
    setup.clock.run(run).await;
    let names = names.lock().unwrap().clone();
    names
        .into_iter()
        .filter(|it| !it.starts_with("seen "))
        .collect()
}

#[tokio::test]
async fn reports_edits_of_the_newest_message() {
    let setup = setup().await;
    let customer = setup.customer();
    let change = async {
        let id = setup.receive(&["old"])[0];
        wait(&setup.clock, MINUTE * 30).await;
        customer.edit_message(MessageId(id), "new").await.unwrap();
    };
    let events = events(&setup, setup.watch(), MINUTE, change).await;
    assert_eq!(events, ["received old", "edited new"]);
}

#[tokio::test]
async fn reports_edits_of_recent_messages_while_they_are_read_again() {
    let setup = setup().await;
    let customer = setup.customer();
    let change = async {
        let id = setup.receive(&["old", "later"])[0];
        wait(&setup.clock, MINUTE).await;
        customer.edit_message(MessageId(id), "new").await.unwrap();
    };
    let events = events(&setup, setup.watch(), MINUTE * 12, change).await;
    assert_eq!(events, ["received old", "received later", "edited new"]);
}

#[tokio::test]
async fn edit_before_the_delivery_is_not_an_event() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let customer = setup.customer();
    let id = setup.receive(&["old"])[0];
    customer.edit_message(MessageId(id), "new").await.unwrap();
    let events = events(&setup, setup.watch(), MINUTE * 25, async {}).await;
    assert_eq!(events, ["received new"]);
}

#[tokio::test]
async fn reports_messages_from_elsewhere_only_if_asked_to() {
    for own_messages in [true, false] {
        let setup = setup().await;
        let client = setup.client.clone();
        let change = async {
            let id = client.create_message(ChatId(setup.chat), "one").await;
            let id = id.unwrap().id;
            wait(&setup.clock, MINUTE).await;
            client.edit_message(id, "two").await.unwrap();
        };
        let watch = setup.watch().own_messages(own_messages);
        let events = events(&setup, watch, MINUTE, change).await;
        let expected: &[&str] = match own_messages {
            true => &["sent one", "edited two"],
            false => &[],
        };
        assert_eq!(events, expected);
    }
}

#[tokio::test]
async fn own_replies_are_never_events() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    setup.receive(&["1"]);
    // Answers it.
    setup.run(MINUTE, setup.watch().own_messages(true)).await;
    assert_eq!(setup.answers(), ["re: 1"]);
    let watch = setup.watch().own_messages(true);
    let events = events(&setup, watch, MINUTE * 25, async {}).await;
    assert!(events.is_empty(), "{events:?}");
}

#[tokio::test]
async fn reports_opened_chats_once() {
    let setup = setup().await;
    let (user, mut chat) = (setup.emulator.add_user("new"), 0);
    let change = async {
        let customer = super::setup::client(&setup.emulator, &setup.clock, &user);
        let seller = UserId(setup.emulator.seller().id);
        chat = customer.create_chat(seller).await.unwrap().id.0;
        customer.create_message(ChatId(chat), "1").await.unwrap();
    };
    let first = events(&setup, setup.watch(), MINUTE * 25, change).await;
    assert_eq!(first, [format!("opened {chat}"), "received 1".to_owned()]);
    let again = events(&setup, setup.watch(), MINUTE * 25, async {}).await;
    assert!(again.is_empty(), "{again:?}");
}

#[tokio::test]
async fn reports_changes_of_chats_that_were_never_active() {
    let setup = setup().await;
    let members = [setup.emulator.seller().id, setup.emulator.customer().id];
    let group = SeedChat::group("before", members);
    setup.emulator.seed_chat(group).unwrap();
    let rename = |title: &'static str| {
        setup.emulator.clear_faults();
        let fault = Fault::map_body(move |body| {
            for chat in body["data"]["chats"].as_array_mut().into_iter().flatten() {
                if chat["chat_type"] == "group" {
                    chat["group"]["title"] = title.into();
                }
            }
        });
        let rule = FaultRule::new(fault).operation("get_chats");
        setup.emulator.add_fault(rule).unwrap();
    };
    let change = async { rename("while it runs") };
    let first = events(&setup, setup.watch(), MINUTE, change).await;
    assert_eq!(first, ["changed while it runs"]);
    rename("while it is stopped");
    let second = events(&setup, setup.watch(), MINUTE, async {}).await;
    assert_eq!(second, ["changed while it is stopped"]);
}

#[tokio::test]
async fn failing_message_handler_does_not_lose_events_of_the_chat() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let id = setup
        .client
        .create_message(ChatId(setup.chat), "hello")
        .await;
    let id = id.unwrap().id;
    // The other side answers, which shows that it has seen the message.
    let answer = setup.receive(&["1"])[0];
    let names = Arc::new(Mutex::new(Vec::new()));
    let seen = names.clone();
    let run = setup.run_handler(MINUTE, setup.watch(), move |delivery| {
        let is_first = seen.lock().unwrap().is_empty();
        seen.lock().unwrap().push(name(delivery.event()));
        async move {
            match is_first {
                true => Err("on purpose".into()),
                false => Ok(()),
            }
        }
    });
    run.await;
    let expected = [
        "received 1".to_owned(),
        "received 1".to_owned(),
        format!("seen {answer}"),
    ];
    assert_eq!(*names.lock().unwrap(), expected);
    assert!(answer > id.0);
}

#[tokio::test]
async fn reports_what_the_other_side_has_seen() {
    let setup = setup().await;
    setup.run(MINUTE, setup.watch()).await;
    let id = setup
        .client
        .create_message(ChatId(setup.chat), "hello")
        .await;
    let id = id.unwrap().id;
    let run = async {
        let mut watcher = setup.watch().start().unwrap();
        wait(&setup.clock, MINUTE).await;
        let customer = setup.emulator.customer().id;
        setup.emulator.mark_seen(setup.chat, customer).unwrap();
        let delivery = watcher.next().await.unwrap().unwrap();
        match delivery.event() {
            Event::SeenByContact(seen) => assert_eq!(*seen, id),
            other => panic!("{}", name(other)),
        }
        delivery.ack();
    };
    setup.clock.run(run).await;
}
