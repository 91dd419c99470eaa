//! The whole list of chats, page by page.

use super::Report;
use super::shared::Shared;
use crate::Error;
use crate::chats::{ChatCursor, ChatPage, ChatPages, GetChats};

/// A pass over the list of chats, from the latest activity to the earliest. After an error it resumes at the page
/// that failed.
pub(super) struct ChatList {
    pages: ChatPages,
    is_incomplete: bool,
}

/// The size of the first page of a poll. Most polls find nothing or little, and the others read on.
const FRONT_SIZE: u32 = 10;

impl ChatList {
    pub(super) fn new(shared: &Shared) -> ChatList {
        ChatList {
            pages: pages(shared.reader.get_chats(), None),
            is_incomplete: false,
        }
    }

    /// A pass that probably ends with the first page.
    pub(super) fn front(shared: &Shared) -> ChatList {
        ChatList {
            pages: pages(shared.reader.get_chats().limit(FRONT_SIZE), None),
            is_incomplete: false,
        }
    }

    /// Reads the rest of the list in pages of the usual size.
    pub(super) fn read_on(self, shared: &Shared) -> ChatList {
        ChatList {
            pages: pages(shared.reader.get_chats(), Some(self.pages.cursor())),
            ..self
        }
    }

    /// Returns the next page, or `None` at the end.
    pub(super) async fn next(&mut self, shared: &Shared) -> Result<Option<ChatPage>, Error> {
        loop {
            match self.pages.try_next().await {
                Ok(page) => return Ok(page),
                Err(error) if error.is_incomplete_list() => {
                    self.is_incomplete = true;
                    shared.report(&Report::RequestFailed(error));
                }
                Err(error) => {
                    // The pages end after an error.
                    self.pages = pages(shared.reader.get_chats(), Some(self.pages.cursor()));
                    return Err(error);
                }
            }
        }
    }

    /// Returns `true` if the service has hidden chats, since more of them share a second than it lists.
    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }
}

fn pages(request: GetChats, cursor: Option<ChatCursor>) -> ChatPages {
    let request = request.read_ahead(false);
    match cursor.filter(|cursor| cursor.second().is_some()) {
        Some(cursor) => request.resume(cursor),
        None => request,
    }
    .pages()
}
