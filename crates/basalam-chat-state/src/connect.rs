//! Stores by URL.

use std::sync::Arc;

use basalam_chat::state::{StateError, StateErrorKind, StateStore};

/// Opens the store that a URL names, with its default options.
///
/// | URL | store | feature |
/// | --- | --- | --- |
/// | `sqlite:state.db`, `sqlite:///var/lib/shop-bot/state.db` | `SqliteState` | `sqlite` (default) |
/// | `postgres://user:password@host:5432/database` | `PostgresState` | `postgres` |
/// | `postgres://user:password@host:5432/database?sslmode=require` | `PostgresState` with TLS | `postgres-rustls` |
/// | `redis://user:password@host:6379/0`, `redis+unix:///run/redis.sock?db=0` | `RedisState` | `redis` |
/// | `rediss://user:password@host:6379/0` | `RedisState` with TLS | `redis-rustls` |
///
/// The database of SQLite and the table of PostgreSQL are created if they are missing. The path of SQLite is not
/// percent-decoded. Needs a tokio runtime.
///
/// TLS uses the root certificates of the system. On Linux the environment variable `SSL_CERT_FILE` names other ones; or
/// use the options of the store.
///
/// # Errors
///
/// [`is_configuration`](StateError::is_configuration) if the scheme is unknown, the crate was built without the
/// feature, or the store refuses the URL. Otherwise as the `open` or `connect` method of the store. Errors do not
/// contain the URL.
///
/// # Examples
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let store = basalam_chat_state::connect(&std::env::var("STATE_URL")?).await?;
/// # Ok(())
/// # }
/// ```
pub async fn connect(url: &str) -> Result<Arc<dyn StateStore>, StateError> {
    let (scheme, rest) = url.split_once(':').unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "sqlite" => open_sqlite(rest.strip_prefix("//").unwrap_or(rest)).await,
        "postgres" | "postgresql" => connect_postgres(url).await,
        "redis" | "rediss" | "redis+unix" | "valkey" | "valkeys" | "valkey+unix" => {
            connect_redis(url).await
        }
        _ => Err(refused(
            "the URL of the store has an unknown scheme; use `sqlite:`, `postgres://` or `redis://`",
        )),
    }
}

fn refused(message: impl Into<String>) -> StateError {
    StateError::new(StateErrorKind::Configuration, message)
}

#[cfg(feature = "sqlite")]
async fn open_sqlite(path: &str) -> Result<Arc<dyn StateStore>, StateError> {
    if path.is_empty() {
        return Err(refused("the URL has no path; use `sqlite:state.db`"));
    }
    Ok(Arc::new(crate::SqliteState::open(path).await?))
}

#[cfg(feature = "postgres")]
async fn connect_postgres(url: &str) -> Result<Arc<dyn StateStore>, StateError> {
    let options = crate::PostgresOptions::new(url).create_table(true);
    Ok(Arc::new(options.connect().await?))
}

#[cfg(feature = "redis")]
async fn connect_redis(url: &str) -> Result<Arc<dyn StateStore>, StateError> {
    Ok(Arc::new(crate::RedisState::connect(url).await?))
}

/// Defines a function that reports a missing feature.
macro_rules! missing {
    ($feature:literal, $function:ident) => {
        #[cfg(not(feature = $feature))]
        async fn $function(_: &str) -> Result<Arc<dyn StateStore>, StateError> {
            Err(refused(concat!(
                "the URL needs the feature `",
                $feature,
                "` of `basalam-chat-state`; enable it in Cargo.toml"
            )))
        }
    };
}

missing!("sqlite", open_sqlite);
missing!("postgres", connect_postgres);
missing!("redis", connect_redis);
