//! The stores by URL, and their servers.

use std::sync::Arc;

use basalam_chat::state::{FileState, StateStore};

use crate::{postgres, redis};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Files,
    Sqlite,
    Postgres,
    Redis,
}

/// A directory or a server that this process has started.
pub(super) enum Database {
    Files(tempfile::TempDir),
    Sqlite(tempfile::TempDir),
    Postgres(postgres::Server),
    Redis(redis::Server),
}

impl Database {
    pub(super) fn start(kind: Kind) -> Database {
        match kind {
            Kind::Files => Database::Files(tempfile::tempdir().unwrap()),
            Kind::Sqlite => Database::Sqlite(tempfile::tempdir().unwrap()),
            Kind::Postgres => Database::Postgres(postgres::Server::start()),
            Kind::Redis => Database::Redis(redis::Server::start()),
        }
    }

    pub(super) fn url(&self) -> String {
        match self {
            Database::Files(directory) => format!("file:{}/state", directory.path().display()),
            Database::Sqlite(directory) => {
                format!("sqlite:{}/state.db", directory.path().display())
            }
            Database::Postgres(server) => server.url(),
            Database::Redis(server) => server.url(),
        }
    }

    /// Ends the server at once, as a crash does.
    pub(super) fn kill(&self) {
        match self {
            Database::Files(_) | Database::Sqlite(_) => {}
            Database::Postgres(server) => server.kill(),
            Database::Redis(server) => server.kill(),
        }
    }

    /// Starts the server again and waits until it is ready.
    pub(super) fn launch(&self) {
        match self {
            Database::Files(_) | Database::Sqlite(_) => {}
            Database::Postgres(server) => server.launch(),
            Database::Redis(server) => server.launch(),
        }
    }
}

/// Opens the store as a program does.
pub(super) async fn open(url: &str) -> Arc<dyn StateStore> {
    match url.strip_prefix("file:") {
        Some(path) => Arc::new(FileState::open(path).await.unwrap()),
        None => basalam_chat_state::connect(url).await.unwrap(),
    }
}
