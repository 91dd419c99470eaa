//! The list of chats, read while their messages are.

use std::time::Duration;

use basalam_chat::chats::{ChatCursor, ChatPage, GetChats};
use basalam_chat::{Client, Error as ClientError, Timestamp};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::engine::{MAX_FAILURES, pause_of, retry_delay};
use crate::error::Error;
use crate::store::ChatRow;

/// The service's default page size. A shorter page was not truncated by the service.
const SERVICE_PAGE_SIZE: u32 = 30;

/// A part of the list.
#[derive(Debug)]
pub(super) enum Listed {
    Page {
        chats: Vec<ChatRow>,
        /// Chats that cannot be decoded.
        unreadable: u64,
    },
    /// Chats of this second may be missing.
    Incomplete(String),
    /// The service asks to wait.
    RateLimited(Duration),
    Failed(Error),
}

/// The list, which is read by a task. Dropping it aborts the task.
pub(super) struct List {
    task: JoinSet<()>,
    parts: mpsc::Receiver<Listed>,
}

impl List {
    /// Starts to read the list, or only the chats with activity since a time.
    pub(super) fn start(client: &Client, since: Option<String>) -> List {
        let (sender, parts) = mpsc::channel(4);
        let listing = Listing {
            client: client.clone(),
            parts: sender,
            since: since.map(Timestamp::from),
        };
        let mut task = JoinSet::new();
        task.spawn(async move {
            if let Err(error) = listing.read().await {
                listing.send(Listed::Failed(error)).await;
            }
        });
        List { task, parts }
    }

    /// Returns the next part, or `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Listed> {
        self.parts.recv().await
    }

    /// Sends no more requests.
    pub(super) fn stop(&mut self) {
        self.task.abort_all();
    }
}

struct Listing {
    client: Client,
    parts: mpsc::Sender<Listed>,
    since: Option<Timestamp>,
}

impl Listing {
    async fn read(&self) -> Result<(), Error> {
        if self.since.is_some() && self.read_one_page().await {
            return Ok(());
        }
        let (mut cursor, mut failures, mut limits): (Option<ChatCursor>, u32, u32) = (None, 0, 0);
        let mut has_page = false;
        loop {
            let mut pages = self.request(cursor.take()).pages();
            let error = loop {
                match pages.try_next().await {
                    Ok(Some(page)) => {
                        (failures, limits, has_page) = (0, 0, true);
                        self.page(page).await;
                    }
                    Ok(None) => return Ok(()),
                    Err(error) if error.is_incomplete_list() => self.incomplete(&error).await,
                    Err(error) => break error,
                }
            };
            cursor = Some(pages.cursor()).filter(|_| has_page);
            if error.is_rate_limited() {
                limits += 1;
                let pause = pause_of(&error, limits).ok_or_else(|| Error::client(error))?;
                self.send(Listed::RateLimited(pause)).await;
                tokio::time::sleep(pause).await;
            } else if error.is_transient() && failures < MAX_FAILURES {
                failures += 1;
                tokio::time::sleep(retry_delay(failures)).await;
            } else {
                return Err(Error::client(error));
            }
        }
    }

    /// Reads a single page, which needs fewer requests than a stream. Returns `false` if there may be more chats.
    async fn read_one_page(&self) -> bool {
        match self.request(None).limit(SERVICE_PAGE_SIZE).await {
            Ok(page) if page.len() < SERVICE_PAGE_SIZE as usize => {
                self.page(page).await;
                true
            }
            _ => false,
        }
    }

    fn request(&self, cursor: Option<ChatCursor>) -> GetChats {
        let mut request = self.client.get_chats();
        if let Some(since) = &self.since {
            request = request.updated_from(since.clone());
        }
        match cursor {
            Some(cursor) => request.resume(cursor),
            None => request,
        }
    }

    async fn page(&self, page: ChatPage) {
        let unreadable = page.unreadable();
        let unreadable_count = unreadable.len() as u64;
        let chats = page.iter().map(ChatRow::new);
        let chats = chats
            .chain(unreadable.iter().filter_map(ChatRow::unreadable))
            .collect();
        self.send(Listed::Page {
            chats,
            unreadable: unreadable_count,
        })
        .await;
    }

    async fn incomplete(&self, error: &ClientError) {
        let time = error.incomplete_at().map(|it| it.as_str().to_owned());
        self.send(Listed::Incomplete(time.unwrap_or_default()))
            .await;
    }

    async fn send(&self, part: Listed) {
        // The sync may have stopped.
        let _ = self.parts.send(part).await;
    }
}
