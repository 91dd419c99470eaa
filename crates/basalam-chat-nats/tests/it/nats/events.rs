//! A queue with an emulator, for the other tests.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use basalam_chat::watch::Watch;
use basalam_chat::{ChatId, Client, UserId};
use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage};
use basalam_chat_nats::{EventQueue, NatsState, QueueOptions, partition};
use serde_json::{Value, json};

use super::process::{SECOND, client, watch};
use super::server::{Server, until};

pub(super) const PARTITIONS: u32 = 4;

pub(super) struct Setup {
    pub(super) server: Server,
    pub(super) emulator: Emulator,
    pub(super) client: Client,
    pub(super) store: NatsState,
    pub(super) queue: EventQueue,
    pub(super) bare: Context,
}

impl Setup {
    pub(super) async fn start() -> Setup {
        let (server, emulator) = (Server::start(), Emulator::start().await.unwrap());
        let nats = server
            .options()
            .operation_timeout(SECOND * 2)
            .connect()
            .await
            .unwrap();
        let options = QueueOptions::new("chat")
            .partitions(PARTITIONS)
            .ack_wait(SECOND);
        Setup {
            client: client(emulator.base_url(), emulator.seller().token()),
            store: nats.state("state").await.unwrap(),
            queue: nats.queue(options).await.unwrap(),
            bare: server.bare().await,
            server,
            emulator,
        }
    }

    pub(super) fn watch(&self) -> Watch {
        watch(&self.client, self.store.clone()).visibility_lag(SECOND / 2)
    }

    pub(super) fn user(&self) -> UserId {
        UserId(self.emulator.seller().id)
    }

    /// Adds a chat with a new user, and returns it with the user.
    pub(super) fn add_chat(&self) -> (i64, i64) {
        let user = self.emulator.add_user("Somebody").id;
        let chat = SeedChat::private(self.emulator.seller().id, user);
        (self.emulator.seed_chat(chat).unwrap(), user)
    }

    pub(super) fn receive(&self, (chat, user): (i64, i64), texts: &[&str]) -> Vec<i64> {
        let messages = texts.iter().map(|text| SeedMessage::text(*text));
        self.emulator.seed_messages(chat, user, messages).unwrap()
    }

    /// Returns what the seller has written in a chat.
    pub(super) fn answers(&self, chat: i64) -> Vec<String> {
        let messages = self.emulator.messages(chat).into_iter();
        let own = messages.filter(|it| it.sender_id == self.emulator.seller().id);
        own.map(|it| it.text().unwrap_or_default().to_owned())
            .collect()
    }

    /// Starts a relay and a watcher once, so that the store has the secret of replies.
    pub(super) async fn prepare(&self) {
        let relayed = self.queue.relay().start(self.watch()).unwrap();
        let relayed = tokio::spawn(relayed.run());
        until("the watcher has started", async || {
            self.watch().forwarded("test").await.is_ok()
        })
        .await;
        relayed.abort();
        let _ = relayed.await;
    }

    pub(super) async fn stream(&self, kind: &str) -> Stream {
        self.bare.get_stream(format!("chat_{kind}")).await.unwrap()
    }

    /// Returns the subject and JSON of each message of a stream.
    pub(super) async fn messages(&self, kind: &str) -> Vec<(String, Value)> {
        let mut stream = self.stream(kind).await;
        let state = stream.info().await.unwrap().state.clone();
        let mut messages = Vec::new();
        for sequence in state.first_sequence.max(1)..=state.last_sequence {
            let message = stream.get_raw_message(sequence).await.unwrap();
            let json = serde_json::from_slice(&message.payload).unwrap_or_default();
            messages.push((message.subject.to_string(), json));
        }
        messages
    }

    /// Publishes an event as a relay in another language would.
    pub(super) async fn publish(&self, chat: i64, event: &Value) -> u64 {
        let partition = partition(self.user(), ChatId(chat), PARTITIONS);
        let subject = format!("chat.event.{partition}.{}.{chat}", self.user().0);
        let payload = event.to_string();
        let published = self.bare.publish(subject, payload.into()).await.unwrap();
        published.await.unwrap().sequence
    }

    /// Returns the event of a received message.
    pub(super) fn event(&self, chat: i64, message: i64, text: &str) -> Value {
        json!({
            "version": 1, "id": format!("message-{message}-0"), "user_id": self.user().0, "chat_id": chat,
            "revision": 0, "fencing": 1, "type": "message_received",
            "message": {
                "id": message, "chat_id": chat, "message_type": "text", "content": {"text": text},
                "sender": {"id": 999}, "created_at": "2026-07-22T10:00:00", "updated_at": "2026-07-22T10:00:00",
            },
        })
    }
}
