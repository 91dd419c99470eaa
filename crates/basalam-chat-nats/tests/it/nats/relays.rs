//! Publishing: once, in order, and by the relay that leads alone.

use std::sync::Arc;

use basalam_chat::state::Version;
use basalam_chat::watch::{Delivery, Event, ForwardedEvent, ForwardedOutcome};
use basalam_chat::{ChatId, MessageId};
use basalam_chat_emulator::Emulator;
use basalam_chat_nats::{NatsError, Relay};
use serde_json::Value;
use tokio::sync::Mutex;

use super::events::Setup;
use super::process::{Process, SECOND, open};
use super::server::{PATIENCE, Server, until};

/// Publishes an event as a relay with a lease of this number would. `attempt` is the watcher's.
async fn publish(
    setup: &Setup,
    relay: &Relay,
    (fencing, attempt): (u64, u32),
    chat: i64,
    seen: i64,
) -> Result<(), NatsError> {
    let deliveries = setup.watch().forwarded("test").await.unwrap();
    let event = Event::SeenByContact(MessageId(seen));
    let fencing = Version::from_number(fencing);
    let event = ForwardedEvent::new(ChatId(chat), event, 0, fencing, 1).attempt(attempt);
    let result = Arc::new(Mutex::new(None));
    let handler = |delivery: Delivery| {
        let (relay, result) = (relay.clone(), result.clone());
        async move {
            *result.lock().await = Some(relay.publish(&delivery).await);
            Ok(())
        }
    };
    let outcome = deliveries.handle(event, &handler, PATIENCE).await;
    assert_eq!(outcome, ForwardedOutcome::Acknowledged);
    result.lock().await.take().unwrap()
}

async fn seen(setup: &Setup) -> Vec<i64> {
    let messages = setup.messages("EVENTS").await;
    messages
        .iter()
        .map(|(_, json)| json["seen_message_id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn events_that_may_be_published_are_not_published_again() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let relay = setup.queue.relay();
    publish(&setup, &relay, (5, 1), 9, 1).await.unwrap();
    // The acknowledgement was not stored: a successor, the same process, and one whose lease was renewed.
    for (fencing, relay) in [
        (6, setup.queue.relay()),
        (6, relay.clone()),
        (7, relay.clone()),
    ] {
        publish(&setup, &relay, (fencing, 2), 9, 1).await.unwrap();
    }
    assert_eq!(seen(&setup).await, [1]);
    // The same event can occur again, after another one.
    publish(&setup, &relay, (7, 1), 9, 2).await.unwrap();
    publish(&setup, &relay, (7, 1), 9, 1).await.unwrap();
    publish(&setup, &relay, (7, 2), 9, 1).await.unwrap();
    publish(&setup, &relay, (7, 1), 10, 1).await.unwrap();
    assert_eq!(seen(&setup).await, [1, 2, 1, 1]);
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn overtaken_relay_publishes_nothing() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (old, new) = (setup.queue.relay(), setup.queue.relay());
    publish(&setup, &old, (5, 1), 9, 1).await.unwrap();
    publish(&setup, &new, (8, 1), 9, 2).await.unwrap();
    for attempt in [1, 2] {
        for event in [2, 3] {
            let error = publish(&setup, &old, (5, attempt), 9, event)
                .await
                .unwrap_err();
            assert!(error.is_overtaken(), "{error}");
        }
    }
    // A fresh process that still has the old lease.
    let error = publish(&setup, &setup.queue.relay(), (5, 1), 9, 4)
        .await
        .unwrap_err();
    assert!(error.is_overtaken(), "{error}");
    assert_eq!(seen(&setup).await, [1, 2]);
    publish(&setup, &new, (8, 1), 9, 5).await.unwrap();
    assert_eq!(seen(&setup).await, [1, 2, 5]);
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn successor_passes_an_event_that_the_old_relay_has_published_meanwhile() {
    let setup = Setup::start().await;
    setup.prepare().await;
    let (old, new) = (setup.queue.relay(), setup.queue.relay());
    publish(&setup, &new, (8, 1), 9, 1).await.unwrap();
    // It read the chat before the take-over and publishes after it, with the same sequence as the successor.
    publish(&setup, &old, (9, 1), 9, 2).await.unwrap();
    publish(&setup, &new, (10, 2), 9, 2).await.unwrap();
    publish(&setup, &new, (10, 1), 9, 3).await.unwrap();
    assert_eq!(seen(&setup).await, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn absent_broker_pauses_the_relay_and_loses_nothing() {
    let setup = Setup::start().await;
    let chats: Vec<_> = (0..5).map(|_| setup.add_chat()).collect();
    let relayed = setup.queue.relay().start(setup.watch()).unwrap();
    let relayed = tokio::spawn(relayed.run());
    setup.receive(chats[0], &["before"]);
    until("the first event is published", async || {
        setup
            .messages("EVENTS")
            .await
            .iter()
            .any(|(_, json)| json["message"].is_object())
    })
    .await;
    for round in 0..2 {
        setup.server.kill();
        for chat in &chats {
            setup.receive(*chat, &[&format!("{round} a"), &format!("{round} b")]);
        }
        // The watcher polls meanwhile.
        tokio::time::sleep(SECOND).await;
        setup.server.launch();
    }
    until("all events are published", async || {
        texts(&setup).await.len() >= 21
    })
    .await;
    let mut texts = texts(&setup).await;
    texts.sort();
    let mut expected = vec!["before".to_owned()];
    for round in 0..2 {
        expected.extend((0..5).flat_map(|_| [format!("{round} a"), format!("{round} b")]));
    }
    expected.sort();
    assert_eq!(texts, expected);
    relayed.abort();
}

async fn texts(setup: &Setup) -> Vec<String> {
    let messages = setup.messages("EVENTS").await;
    let texts = messages
        .iter()
        .filter_map(|(_, json)| json["message"]["content"]["text"].as_str());
    texts.map(ToOwned::to_owned).collect()
}

/// Stops a relay, lets another one take over, and continues the first.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server"]
async fn paused_relay_publishes_nothing_after_the_take_over() {
    let (server, emulator) = (Server::start(), Emulator::start().await.unwrap());
    let (_nats, store, queue) = open(server.options()).await;
    let setup = Setup {
        client: super::process::client(emulator.base_url(), emulator.seller().token()),
        bare: server.bare().await,
        server,
        emulator,
        store,
        queue,
    };
    let chats: Vec<_> = (0..20).map(|_| setup.add_chat()).collect();
    // The first one leads, since the other one is started later.
    let mut relays = vec![Process::start("relay", &setup.emulator, &setup.server)];
    setup.receive(chats[0], &["0"]);
    until("the first relay leads", async || {
        texts(&setup).await.len() == 1
    })
    .await;
    relays.push(Process::start("relay", &setup.emulator, &setup.server));
    let mut sent = 1;
    let mut receive = |count: usize| {
        for index in sent..sent + count {
            setup.receive(chats[index % chats.len()], &[&index.to_string()]);
        }
        sent += count;
        sent
    };
    for round in 0..2 {
        let (leader, successor) = (round, 1 - round);
        let expected = receive(40);
        until("events are published", async || {
            texts(&setup).await.len() == expected
        })
        .await;
        // The leader has events in flight, and others arrive while it is paused.
        receive(100);
        until("the leader publishes", async || {
            texts(&setup).await.len() > expected
        })
        .await;
        relays[leader].signal("STOP");
        let expected = receive(20);
        until("the other relay publishes", async || {
            texts(&setup).await.len() == expected
        })
        .await;
        let published = fencing(&setup).await;
        relays[leader].signal("CONT");
        let expected = receive(40);
        until("later events are published", async || {
            texts(&setup).await.len() == expected
        })
        .await;
        let after = fencing(&setup).await;
        let new = *published.last().unwrap();
        // The server may still read what the paused relay had sent, but only before the take-over.
        let old = published.iter().take_while(|it| **it < new).count();
        assert!(old > 0, "round {round}, {successor}: {published:?}");
        assert!(
            after[old..].iter().all(|it| *it == new),
            "round {round}, {successor}: {after:?}"
        );
    }
    let mut texts = texts(&setup).await;
    texts.sort_by_key(|text| text.parse::<usize>().unwrap());
    let expected: Vec<_> = (0..sent).map(|it| it.to_string()).collect();
    assert_eq!(texts, expected);
    relays.iter_mut().for_each(Process::kill);
}

/// Returns the fencing number of each event.
async fn fencing(setup: &Setup) -> Vec<u64> {
    let messages: Vec<(String, Value)> = setup.messages("EVENTS").await;
    messages
        .iter()
        .map(|(_, json)| json["fencing"].as_u64().unwrap())
        .collect()
}
