//! Archives and their account.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use basalam_chat::{Client, UserId};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::file;
use crate::schema;
use crate::sync::Sync;

/// An archive: an SQLite file, and a directory next to it for attachments. Clones share its connections.
///
/// Several processes can read an archive while one of them syncs. The file must be on a local disk, since SQLite
/// cannot lock files of network file systems reliably.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat_archive::{Archive, SearchQuery};
///
/// # fn run() -> Result<(), basalam_chat_archive::Error> {
/// let archive = Archive::open_existing("shop.db")?;
/// println!("complete: {}", archive.coverage()?.is_complete());
/// let results = archive.search(&SearchQuery::new("ارسال"))?;
/// println!("{} hits", results.hits.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Archive {
    shared: Arc<Shared>,
}

struct Shared {
    /// Without symbolic links.
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// The number of connections that are kept open.
const MAX_IDLE: usize = 2;

/// The account that an archive belongs to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Account {
    /// The id of the user.
    pub user_id: UserId,
    /// The display name.
    pub name: Option<String>,
    /// The hash id.
    pub hash_id: Option<String>,
    /// The host of the service, such as `conversation.basalam.com`.
    pub service: String,
    /// When the last complete sync ended, in the format of RFC 3339 and in UTC. `None` if there was none.
    pub last_synced_at: Option<String>,
}

impl Archive {
    /// Opens the archive at a path, and creates it if it is missing. Its directory must exist. A symbolic link to a file
    /// is followed. On Unix the file is created with the mode `600`. Tables of an older version are migrated.
    ///
    /// # Errors
    ///
    /// [`is_not_an_archive`](Error::is_not_an_archive) if the file belongs to another program, is not a regular file or
    /// can be read by others. [`is_newer_version`](Error::is_newer_version) if a newer version of this crate has
    /// created it. [`is_locked`](Error::is_locked) if another process migrates it for more than 5 seconds.
    pub fn open(path: impl AsRef<Path>) -> Result<Archive, Error> {
        file::create(path.as_ref())?;
        Archive::open_file(path.as_ref())
    }

    /// Opens the archive at a path, which must exist; otherwise like [`open`](Archive::open).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if it does not exist, and the errors of [`open`](Archive::open).
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Archive, Error> {
        file::check(path.as_ref())?;
        Archive::open_file(path.as_ref())
    }

    fn open_file(path: &Path) -> Result<Archive, Error> {
        // A symbolic link is followed once, so that the files next to the database stay in the same directory.
        let path = path.canonicalize();
        let path = path.map_err(|error| Error::refused(Path::new("."), error))?;
        let connection = schema::connect(&path)?;
        Ok(Archive {
            shared: Arc::new(Shared {
                path,
                idle: Mutex::new(vec![connection]),
            }),
        })
    }

    /// Returns the path of the file, without symbolic links.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Returns the path of the directory for attachments: that of the file, with `.files` appended. It may not exist.
    pub fn attachments_path(&self) -> PathBuf {
        file::with_suffix(self.path(), ".files")
    }

    /// Returns the account that the archive belongs to, or `None` before the first sync or import.
    ///
    /// # Errors
    ///
    /// Fails only with the errors of the database.
    pub fn account(&self) -> Result<Option<Account>, Error> {
        self.read(|connection| read_account(connection).db())
    }

    /// Returns a builder for a sync with the service, which starts when it is awaited.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # use basalam_chat_archive::Archive;
    /// # async fn run(client: Client, archive: Archive) -> Result<(), basalam_chat_archive::Error> {
    /// let report = archive
    ///     .sync(&client)
    ///     .attachments(true)
    ///     .on_event(|event| println!("{} messages", event.progress.messages_added))
    ///     .await?;
    /// assert!(report.is_complete());
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync(&self, client: &Client) -> Sync {
        Sync::new(self.clone(), client.clone())
    }

    /// Runs a read on an idle or a new connection.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::connect(self.path())?,
        };
        let result = read(&connection)?;
        // After an error, the connection is closed.
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
        Ok(result)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.shared
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

pub(crate) fn read_account(connection: &Connection) -> rusqlite::Result<Option<Account>> {
    let sql = "SELECT user_id, name, hash_id, service, last_synced_at FROM account";
    let account = connection.query_row(sql, [], |row| {
        Ok(Account {
            user_id: UserId(row.get(0)?),
            name: row.get(1)?,
            hash_id: row.get(2)?,
            service: row.get(3)?,
            last_synced_at: row.get(4)?,
        })
    });
    account.optional()
}

/// Sets the account of an archive, unless it belongs to another.
pub(crate) fn claim(connection: &Connection, account: &Account) -> Result<(), Error> {
    if let Some(owner) = read_account(connection).db()? {
        if owner.user_id != account.user_id {
            let message = format!(
                "the archive belongs to the user {}, and the login is that of {}; use another file",
                owner.user_id, account.user_id
            );
            return Err(Error::new(ErrorKind::OtherAccount, message));
        }
        if owner.service != account.service {
            let message = format!(
                "the archive belongs to the service at `{}`, and the client uses `{}`; use another file",
                owner.service, account.service
            );
            return Err(Error::new(ErrorKind::OtherAccount, message));
        }
    }
    let sql = "INSERT INTO account (id, user_id, name, hash_id, service, last_synced_at) VALUES (1, ?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET name = coalesce(excluded.name, name), hash_id = coalesce(excluded.hash_id, hash_id),
            last_synced_at = coalesce(max(last_synced_at, excluded.last_synced_at), last_synced_at, excluded.last_synced_at)";
    let values = (
        account.user_id.0,
        &account.name,
        &account.hash_id,
        &account.service,
        &account.last_synced_at,
    );
    connection.execute(sql, values).db()?;
    Ok(())
}
