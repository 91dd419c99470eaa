//! The start of a sync: the account, the lock, and what is known of the chats.

use std::collections::HashMap;

use basalam_chat::reqwest::Url;
use basalam_chat::{Client, RequestOptions};
use rusqlite::Connection;

use super::super::Options;
use super::{MAX_FAILURES, pause_of, retry_delay};
use crate::archive::{Account, Archive, claim, read_account};
use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::file::WriterLock;
use crate::range::{FIRST_ID, IdSet, Ids};
use crate::schema;
use crate::store::{ChatTimes, Writer, all_coverage};

/// A sync that holds the lock.
pub(super) struct Started {
    pub(super) account: Account,
    pub(super) writer: Writer,
    pub(super) known: HashMap<i64, KnownChat>,
}

/// What an earlier sync has read of a chat.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownChat {
    /// The times of the chat when its newest page was read.
    pub(super) read: Option<ChatTimes>,
    pub(super) covered: IdSet,
}

impl KnownChat {
    /// Returns `true` if every message up to the newest covered one was read.
    pub(super) fn is_complete(&self) -> bool {
        match self.covered.ranges() {
            [] => true,
            [Ids { low, .. }] => *low <= FIRST_ID,
            _ => false,
        }
    }
}

/// Returns the client that sends the requests.
pub(super) fn client(client: &Client, options: &Options) -> Result<Client, Error> {
    let policy = options.retry_policy.max_rate_limit_retries(0);
    let options = RequestOptions::new().retry_policy(policy);
    client.with_options(options).map_err(Error::client)
}

/// Takes the lock and claims the archive for the account of the client.
pub(super) async fn start(
    archive: &Archive,
    client: &Client,
    options: &Options,
) -> Result<Started, Error> {
    let account = account(client).await?;
    let (archive, clock) = (archive.clone(), options.clock.clone());
    let max_concurrency = options.max_concurrency;
    let start = move || {
        let lock = WriterLock::take(archive.path())?;
        let connection = schema::connect(archive.path())?;
        claim(&connection, &account)?;
        let account = read_account(&connection).db()?.unwrap_or(account);
        let known = known_chats(&connection)?;
        let writer = Writer::start(connection, archive.path(), lock, max_concurrency, clock)?;
        Ok(Started {
            account,
            writer,
            known,
        })
    };
    let started = tokio::task::spawn_blocking(start).await;
    started.map_err(|error| {
        let message = format!("the sync could not be started: {error}");
        Error::new(ErrorKind::Database, message)
    })?
}

async fn account(client: &Client) -> Result<Account, Error> {
    let (mut limits, mut failures) = (0, 0);
    let user = loop {
        match client.get_current_user().await {
            Ok(user) => break user,
            Err(error) if error.is_rate_limited() => {
                limits += 1;
                let pause = pause_of(&error, limits).ok_or_else(|| Error::client(error))?;
                tokio::time::sleep(pause).await;
            }
            Err(error) if error.is_transient() && failures < MAX_FAILURES => {
                failures += 1;
                tokio::time::sleep(retry_delay(failures)).await;
            }
            Err(error) => return Err(Error::client(error)),
        }
    };
    let url = Url::parse(client.base_url()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    Ok(Account {
        user_id: user.id,
        name: user.name,
        hash_id: user.hash_id.map(|it| it.as_str().to_owned()),
        service: host.to_owned(),
        last_synced_at: None,
    })
}

fn known_chats(connection: &Connection) -> Result<HashMap<i64, KnownChat>, Error> {
    let mut known: HashMap<i64, KnownChat> = HashMap::new();
    let sql = "SELECT id, read_updated_at, read_modified_at FROM chats";
    let mut statement = connection.prepare(sql).db()?;
    let rows = statement.query_map([], |row| {
        let times = ChatTimes {
            updated_at: row.get(1)?,
            modified_at: row.get(2)?,
        };
        Ok((row.get(0)?, times))
    });
    for row in rows.db()? {
        let (id, times) = row.db()?;
        let read = (times != ChatTimes::default()).then_some(times);
        known.insert(
            id,
            KnownChat {
                read,
                covered: IdSet::default(),
            },
        );
    }
    for (chat, covered) in all_coverage(connection)? {
        known.entry(chat).or_default().covered = covered;
    }
    Ok(known)
}
