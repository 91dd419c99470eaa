//! The query of a search.

use basalam_chat::{ChatId, MessageType, Timestamp, UserId};

/// A query for [`Archive::search`](crate::Archive::search).
///
/// The text consists of words, all of which must occur; phrases in quotation marks, whose words must follow one another;
/// beginnings of words, such as `ارسا*`; and words or phrases to exclude, such as `-رایگان`. Everything else, including
/// punctuation and the operators of other search engines, is a word or separates words.
///
/// # Examples
///
/// ```
/// use basalam_chat::UserId;
/// use basalam_chat_archive::{SearchQuery, SearchSort};
///
/// let query = SearchQuery::new("تخفیف")
///     .sender(UserId(430))
///     .since("2026-07-01")
///     .until("2026-08")
///     .sort(SearchSort::Oldest)
///     .limit(20);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until it is passed to `Archive::search`"]
pub struct SearchQuery {
    pub(super) text: String,
    pub(super) chats: Vec<ChatId>,
    pub(super) senders: Vec<UserId>,
    pub(super) types: Vec<MessageType>,
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) sort: SearchSort,
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) snippet_length: usize,
    pub(super) count_total: bool,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SearchSort {
    /// The newest message first, by its id.
    #[default]
    Newest,
    /// The oldest message first, by its id.
    Oldest,
    /// The most relevant first (BM25). It has to rank all hits, so it is slower if there are many.
    Relevance,
}

impl SearchQuery {
    /// Creates a query. An empty text finds all messages that the filters allow.
    pub fn new(text: impl Into<String>) -> SearchQuery {
        SearchQuery {
            text: text.into(),
            chats: Vec::new(),
            senders: Vec::new(),
            types: Vec::new(),
            since: None,
            until: None,
            sort: SearchSort::default(),
            limit: 50,
            offset: 0,
            snippet_length: 160,
            count_total: false,
        }
    }

    /// Finds only messages of this chat, or of one of several.
    pub fn chat(mut self, chat: ChatId) -> SearchQuery {
        self.chats.push(chat);
        self
    }

    /// Finds only messages of this sender, or of one of several.
    pub fn sender(mut self, user: UserId) -> SearchQuery {
        self.senders.push(user);
        self
    }

    /// Finds only messages of this type, or of one of several.
    pub fn message_type(mut self, message_type: MessageType) -> SearchQuery {
        self.types.push(message_type);
        self
    }

    /// Finds only messages that were sent at this time or later. Times are strings as the service writes them, such as
    /// `2026-07-22 10:28:23`, or the start of one, such as `2026-07`.
    pub fn since(mut self, time: impl Into<Timestamp>) -> SearchQuery {
        self.since = Some(time.into());
        self
    }

    /// Finds only messages that were sent before this time.
    pub fn until(mut self, time: impl Into<Timestamp>) -> SearchQuery {
        self.until = Some(time.into());
        self
    }

    /// Sets the order of the hits. The default is the newest first.
    pub fn sort(mut self, sort: SearchSort) -> SearchQuery {
        self.sort = sort;
        self
    }

    /// Sets the maximum number of hits; 50 by default.
    pub fn limit(mut self, hits: usize) -> SearchQuery {
        self.limit = hits;
        self
    }

    /// Skips this many hits.
    pub fn offset(mut self, hits: usize) -> SearchQuery {
        self.offset = hits;
        self
    }

    /// Sets the maximum length of snippets in characters; 160 by default.
    pub fn snippet_length(mut self, characters: usize) -> SearchQuery {
        self.snippet_length = characters;
        self
    }

    /// Sets whether all hits are counted. The default is `false`, since that reads all of them.
    pub fn count_total(mut self, count: bool) -> SearchQuery {
        self.count_total = count;
        self
    }
}
