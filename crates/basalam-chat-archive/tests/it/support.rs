//! Helpers shared by the tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use basalam_chat::{Client, PersonalToken};
use basalam_chat_archive::Archive;
use basalam_chat_emulator::{Emulator, SeedChat, SeedMessage};
use serde_json::Value;
use tempfile::TempDir;

/// An emulator, a login and an empty archive.
pub(crate) struct Fixture {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) archive: Archive,
    pub(crate) directory: TempDir,
}

impl Fixture {
    pub(crate) async fn new() -> Fixture {
        Fixture::with(Emulator::start().await.unwrap())
    }

    pub(crate) async fn with_latency(latency: Duration) -> Fixture {
        Fixture::with(Emulator::builder().latency(latency).start().await.unwrap())
    }

    pub(crate) fn with(emulator: Emulator) -> Fixture {
        let directory = tempfile::tempdir().unwrap();
        Fixture {
            client: client(&emulator),
            archive: Archive::open(directory.path().join("a.db")).unwrap(),
            emulator,
            directory,
        }
    }

    /// Adds a chat with another user, with texts from both.
    pub(crate) fn chat<I>(&self, name: &str, texts: I) -> i64
    where
        I: IntoIterator,
        I::Item: Into<SeedMessage>,
    {
        let seller = self.emulator.seller().id;
        let user = self.emulator.add_user(name).id;
        let chat = self
            .emulator
            .seed_chat(SeedChat::private(seller, user))
            .unwrap();
        self.emulator.seed_messages(chat, user, texts).unwrap();
        chat
    }

    /// Returns the ids of the messages of a chat, oldest first.
    pub(crate) fn ids(&self, chat: i64) -> Vec<i64> {
        let messages = self.emulator.messages(chat);
        messages.iter().map(|it| it.id).collect()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// Asserts that the archive has exactly the messages of the service.
    pub(crate) fn assert_complete(&self, chats: &[i64]) {
        assert_complete(&self.archive, &self.emulator, chats);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.emulator.total_request_count()
    }
}

/// Returns a client of the emulator's seller.
pub(crate) fn client(emulator: &Emulator) -> Client {
    Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .build()
        .unwrap()
}

/// Returns the lines of an export after the header.
pub(crate) fn lines(archive: &Archive) -> Vec<Value> {
    let export = json_lines(archive);
    let lines = std::str::from_utf8(&export).unwrap().lines().skip(1);
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn json_lines(archive: &Archive) -> Vec<u8> {
    let mut export = Vec::new();
    archive.export().json_lines(&mut export).unwrap();
    export
}

/// Returns the texts of that many messages.
pub(crate) fn numbered(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("message {number}"))
}

/// Returns the texts of the messages of each chat, by id, without those that are marked as deleted.
pub(crate) fn texts(archive: &Archive) -> BTreeMap<i64, BTreeMap<i64, String>> {
    let mut chats: BTreeMap<i64, BTreeMap<i64, String>> = BTreeMap::new();
    for line in lines(archive) {
        if line["kind"] == "message" && line["deleted_at"].is_null() {
            let (chat, id) = (
                line["chat_id"].as_i64().unwrap(),
                line["id"].as_i64().unwrap(),
            );
            let text = line["message"]["content"]["text"]
                .as_str()
                .unwrap_or_default();
            let earlier = chats.entry(chat).or_default().insert(id, text.to_owned());
            assert_eq!(earlier, None, "message {id} is archived twice");
        }
    }
    chats
}

pub(crate) fn assert_complete(archive: &Archive, emulator: &Emulator, chats: &[i64]) {
    let archived = texts(archive);
    for chat in chats {
        let stored = emulator.messages(*chat);
        let stored = stored
            .iter()
            .map(|it| (it.id, it.text().unwrap_or_default().to_owned()));
        let stored: BTreeMap<i64, String> = stored.collect();
        let archived = archived.get(chat).cloned().unwrap_or_default();
        assert!(
            archived == stored,
            "chat {chat}: {} of {}",
            archived.len(),
            stored.len()
        );
    }
    let coverage = archive.coverage().unwrap();
    assert!(coverage.is_complete(), "{coverage:?}");
    let health = archive.check().unwrap();
    assert_eq!(health.problems, [""; 0]);
}

/// Opens the database of an archive.
pub(crate) fn database(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}
