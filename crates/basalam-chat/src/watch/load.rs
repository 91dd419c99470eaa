//! The stored state, and the first list of chats of a watcher that has none.

use std::collections::HashMap;
use std::sync::Arc;

use super::WatchError;
use super::chat_list::ChatList;
use super::checkpoint::{Checkpoint, Slot};
use super::config::Start;
use super::event::properties;
use super::outage::Outage;
use super::session::Session;
use super::shared::Shared;
use super::tenure::Tenure;
use super::term::{KnownChat, Marker, Term};
use crate::chats::ChatPage;
use crate::messages::SortOrder;
use crate::random::random_hex;
use crate::state::{PutMode, StateError, StateKey, Version};
use crate::{ChatId, Error, UserId};

/// The maximum number of chats whose positions are stored together.
const PACK_SIZE: usize = 4_000;
const LIST_LIMIT: usize = 500;

/// The positions of a list of chats.
type Pack = Vec<Position>;
/// A chat's id, newest message, newest message that the other side has seen, and fingerprint of its properties.
type Position = (i64, i64, i64, u32);

/// Loads the state, or creates it if the watcher is started for the first time.
pub(super) async fn load(
    shared: &Arc<Shared>,
    user: UserId,
    fencing: Version,
    tenure: Arc<Tenure>,
) -> Result<Term, WatchError> {
    let key = shared.config.key(user.0, "marker")?;
    let stored = with_store(shared, || async { shared.store.get(&key).await }).await;
    let (marker, mut chats) = match stored {
        Some(entry) => {
            let marker = Marker::from_json(&entry.value)?;
            let chats = load_packs(shared, user, &marker).await?;
            (marker, chats)
        }
        None => initialize(shared, user, &key).await?,
    };
    load_checkpoints(shared, user, &mut chats).await?;
    let session = Arc::new(Session::new(shared.clone(), user, &marker));
    Ok(Term::new(session, marker, chats, fencing, tenure))
}

/// Repeats an operation of the store until it succeeds.
async fn with_store<T, F>(shared: &Shared, operation: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, StateError>>,
{
    let mut outage = Outage::default();
    loop {
        match operation().await {
            Ok(value) => {
                outage.succeeded(shared);
                return value;
            }
            Err(error) => {
                outage.failed(shared, error);
                outage.backoff(shared).await;
            }
        }
    }
}

fn pack_key(shared: &Shared, user: UserId, number: usize) -> Result<StateKey, WatchError> {
    shared.config.key(user.0, &format!("start/{number}"))
}

async fn load_packs(
    shared: &Shared,
    user: UserId,
    marker: &Marker,
) -> Result<HashMap<i64, Box<KnownChat>>, WatchError> {
    let mut chats = HashMap::new();
    for number in 0..marker.packs {
        let key = pack_key(shared, user, number)?;
        let entry = with_store(shared, || async { shared.store.get(&key).await }).await;
        let problem = "the positions of its first start are missing";
        let entry = entry.ok_or_else(|| WatchError::state_lost(problem))?;
        let problem = "the positions of its first start cannot be read";
        let pack: Pack =
            serde_json::from_slice(&entry.value).map_err(|_| WatchError::state_lost(problem))?;
        chats.extend(pack.into_iter().map(known_chat));
    }
    Ok(chats)
}

fn known_chat((chat, floor, seen, properties): Position) -> (i64, Box<KnownChat>) {
    let mut checkpoint = Checkpoint::after(floor);
    checkpoint.seen = seen;
    checkpoint.properties = properties;
    let known = KnownChat {
        checkpoint,
        settle_now: floor,
        settle_next: floor,
        ..KnownChat::default()
    };
    (chat, Box::new(known))
}

async fn load_checkpoints(
    shared: &Shared,
    user: UserId,
    chats: &mut HashMap<i64, Box<KnownChat>>,
) -> Result<(), WatchError> {
    let prefix = format!("{}/", shared.config.key(user.0, "chats")?);
    let mut after: Option<StateKey> = None;
    loop {
        let list = || async { shared.store.list(&prefix, after.as_ref(), LIST_LIMIT).await };
        let entries = with_store(shared, list).await;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        let next = last.key.clone();
        for entry in entries {
            let id = entry.key.as_str().strip_prefix(&prefix);
            let id = id.and_then(|id| id.parse().ok());
            let checkpoint = serde_json::from_slice(&entry.value).ok();
            let problem = "the position in a chat cannot be read";
            let (id, checkpoint) = id
                .zip(checkpoint)
                .ok_or_else(|| WatchError::state_lost(problem))?;
            let mut checkpoint: Checkpoint = checkpoint;
            checkpoint.shrink();
            let settled = match checkpoint.is_unsettled() {
                true => 0,
                false => checkpoint.newest(),
            };
            let known = KnownChat {
                settle_now: settled,
                settle_next: settled,
                // It was handed out, but not acknowledged.
                is_opened: checkpoint.attempts(Slot::OPENED) > 0,
                checkpoint,
                version: Some(entry.version),
                ..KnownChat::default()
            };
            chats.insert(id, Box::new(known));
        }
        after = Some(next);
    }
}

/// Stores the position in each chat that exists now, and then the marker.
async fn initialize(
    shared: &Shared,
    user: UserId,
    marker_key: &StateKey,
) -> Result<(Marker, HashMap<i64, Box<KnownChat>>), WatchError> {
    let (pack, floor, newest_time) = first_list(shared).await?;
    let packs: Vec<&[Position]> = pack.chunks(PACK_SIZE).collect();
    for (number, pack) in packs.iter().enumerate() {
        // Integers always serialize.
        let value = serde_json::to_vec(pack).unwrap_or_default();
        put(shared, &pack_key(shared, user, number)?, &value).await;
    }
    let marker = Marker {
        secret: random_hex(&*shared.random) + &random_hex(&*shared.random),
        floor,
        newest_time,
        packs: packs.len(),
    };
    let value = serde_json::to_vec(&marker).unwrap_or_default();
    put(shared, marker_key, &value).await;
    Ok((marker, pack.into_iter().map(known_chat).collect()))
}

async fn put(shared: &Shared, key: &StateKey, value: &[u8]) {
    let put = || async { shared.store.put(key, value, PutMode::Overwrite).await };
    with_store(shared, put).await;
}

/// Reads the whole list of chats. Returns their positions, the position for chats that the list missed because they
/// moved meanwhile, and the newest time.
async fn first_list(shared: &Shared) -> Result<(Pack, i64, Option<String>), WatchError> {
    let mut list = ChatList::new(shared);
    let mut positions: HashMap<i64, Position> = HashMap::new();
    let (mut newest, mut newest_time) = (None, None);
    while let Some(page) = next_page(shared, &mut list).await? {
        if newest.is_none() {
            let messages = page.iter().filter_map(|chat| chat.last_message.as_ref());
            newest = Some(messages.map(|message| message.id.0).max().unwrap_or(0));
            newest_time = page.first().map(|chat| chat.updated_at.to_string());
        }
        for chat in &page {
            let last = chat.last_message.as_ref().map(|message| message.id.0);
            let floor = floor(shared, chat.id, last).await?;
            let seen = chat.contact_last_seen_message_id.map_or(0, |id| id.0);
            // A chat that has moved is listed twice; the first time counts.
            let position = (chat.id.0, floor, seen, properties(chat));
            positions.entry(chat.id.0).or_insert(position);
        }
        for item in page.unreadable() {
            if let Some(id) = item.id() {
                let floor = floor(shared, ChatId(id), None).await?;
                positions.entry(id).or_insert((id, floor, 0, 0));
            }
        }
    }
    let missed = match shared.config.start {
        Start::Now => newest.unwrap_or(0),
        Start::Beginning => 0,
        Start::After(message) => message.0,
    };
    Ok((positions.into_values().collect(), missed, newest_time))
}

/// Returns the next page of a list, after repeating the request if it fails.
async fn next_page(shared: &Shared, list: &mut ChatList) -> Result<Option<ChatPage>, WatchError> {
    let mut failures = 0;
    loop {
        match list.next(shared).await {
            Ok(page) => return Ok(page),
            Err(error) => shared.back_off(error, &mut failures).await?,
        }
    }
}

/// Returns the position in a chat of the first list.
async fn floor(shared: &Shared, chat: ChatId, last: Option<i64>) -> Result<i64, WatchError> {
    match (shared.config.start, last) {
        (Start::Beginning, _) => Ok(0),
        (Start::After(message), _) => Ok(message.0),
        (Start::Now, Some(last)) => Ok(last),
        (Start::Now, None) => {
            shared
                .retry(async || newest_message(shared, chat).await)
                .await
        }
    }
}

async fn newest_message(shared: &Shared, chat: ChatId) -> Result<i64, Error> {
    let request = shared.reader.get_messages(chat).limit(1);
    let page = match request.order(SortOrder::Desc).await {
        Err(error) if error.is_not_found() => return Ok(0),
        page => page?,
    };
    let messages = page.iter().map(|message| message.id.0);
    let unreadable = page.unreadable().iter().filter_map(|item| item.id());
    Ok(messages.chain(unreadable).max().unwrap_or(0))
}
