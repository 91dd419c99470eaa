//! Options, and the checks when a store is opened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::{StateError, StateErrorKind};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio::time::timeout_at;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::{Config, NoTls};

use super::connection::Database;
use super::statements::Statements;
use super::{PostgresState, error, url};
#[cfg(not(feature = "postgres-rustls"))]
use crate::remote::missing_feature;
use crate::remote::{refused, timed_out};

const DURABILITY: &str =
    "SELECT current_setting('fsync') <> 'off', current_setting('synchronous_commit') <> 'off'";

const MANAGER: ManagerConfig = ManagerConfig {
    recycling_method: RecyclingMethod::Fast,
};

/// The number of attempts to create the table, since others may create it at the same time.
const CREATE_ATTEMPTS: usize = 5;

/// Options of a [`PostgresState`].
#[derive(Clone)]
pub struct PostgresOptions {
    url: String,
    table: String,
    create_table: bool,
    allow_data_loss: bool,
    operation_timeout: Duration,
    max_connections: usize,
    #[cfg(feature = "postgres-rustls")]
    root_certificates: Option<Vec<u8>>,
}

impl PostgresOptions {
    /// Creates options for a URL such as `postgres://user:password@host:5432/database`. For a Unix socket, the host
    /// is its directory, percent-encoded: `postgres://user@%2Frun%2Fpostgresql/database`.
    pub fn new(url: impl Into<String>) -> PostgresOptions {
        PostgresOptions {
            url: url.into(),
            table: "basalam_chat_state".to_owned(),
            create_table: false,
            allow_data_loss: false,
            operation_timeout: Duration::from_secs(10),
            max_connections: 8,
            #[cfg(feature = "postgres-rustls")]
            root_certificates: None,
        }
    }

    /// Sets the name of the table, `table` or `schema.table`; `basalam_chat_state` by default. Names consist of ASCII
    /// letters, digits and `_`.
    pub fn table(mut self, table: impl Into<String>) -> PostgresOptions {
        self.table = table.into();
        self
    }

    /// Creates the table and its sequence if the table is missing; `false` by default.
    pub fn create_table(mut self, enabled: bool) -> PostgresOptions {
        self.create_table = enabled;
        self
    }

    /// Accepts a server that can lose writes that have returned, and use their versions again; `false` by default.
    pub fn allow_data_loss(mut self, enabled: bool) -> PostgresOptions {
        self.allow_data_loss = enabled;
        self
    }

    /// Sets the time limit of each operation, including connecting and waiting for a connection; 10 seconds by
    /// default, at least a millisecond, at most a day.
    pub fn operation_timeout(mut self, timeout: Duration) -> PostgresOptions {
        let max = Duration::from_secs(24 * 3600);
        self.operation_timeout = timeout.clamp(Duration::from_millis(1), max);
        self
    }

    /// Sets the maximum number of connections; 8 by default, at least 1.
    pub fn max_connections(mut self, count: usize) -> PostgresOptions {
        self.max_connections = count.max(1);
        self
    }

    /// Trusts these root certificates (PEM) instead of those of the system, and requires TLS unless the URL has an
    /// `sslmode` that excludes it, which is refused.
    #[cfg(feature = "postgres-rustls")]
    pub fn tls_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> PostgresOptions {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Connects, and checks the server and the table.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](StateError::is_configuration) if the URL or the name of the table is invalid, the server
    /// refuses the login or is not trusted, TLS is required and not possible, the server could lose writes, or the
    /// table is missing or cannot be created.
    /// [`is_unavailable`](StateError::is_unavailable) if the server cannot be reached.
    pub async fn connect(self) -> Result<PostgresState, StateError> {
        check_table(&self.table)?;
        let millis = self.operation_timeout.as_millis();
        let database = Database {
            pool: self.pool().await?,
            sql: Statements::new(&self.table),
            table: self.table.clone(),
            timeout: self.operation_timeout,
            begin: format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {millis}; \
                SET LOCAL idle_in_transaction_session_timeout = {millis}"
            ),
        };
        let deadline = database.deadline();
        let opening = async {
            self.check_durability(&database).await?;
            self.check_columns(&database).await
        };
        let opened = timeout_at(deadline, opening).await;
        opened.map_err(|_| timed_out(StateErrorKind::Unavailable))??;
        Ok(PostgresState {
            database: Arc::new(database),
        })
    }

    async fn pool(&self) -> Result<Pool, StateError> {
        let mut config = url::parse(&self.url)?;
        // A standby would return old values.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.connect_timeout(self.operation_timeout);
        let pool = Pool::builder(self.manager(config).await?)
            .max_size(self.max_connections)
            .build();
        pool.map_err(|error| refused(error.to_string()))
    }

    #[cfg(feature = "postgres-rustls")]
    async fn manager(&self, mut config: Config) -> Result<Manager, StateError> {
        if self.root_certificates.is_some() {
            match config.get_ssl_mode() {
                SslMode::Disable => {
                    return Err(refused(
                        "`tls_root_certificates` needs TLS, which the URL disables; use `sslmode=require`",
                    ));
                }
                _ => config.ssl_mode(SslMode::Require),
            };
        }
        if !url::can_use_tls(&config) {
            return Ok(Manager::from_config(config, NoTls, MANAGER));
        }
        let mut tls = crate::tls::client_config(self.root_certificates.clone()).await?;
        // Servers need it for `sslnegotiation=direct`, and newer clients always send it.
        tls.alpn_protocols = vec![b"postgresql".to_vec()];
        let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
        Ok(Manager::from_config(config, tls, MANAGER))
    }

    #[cfg(not(feature = "postgres-rustls"))]
    async fn manager(&self, config: Config) -> Result<Manager, StateError> {
        match config.get_ssl_mode() {
            SslMode::Require => Err(missing_feature("postgres-rustls")),
            _ => Ok(Manager::from_config(config, NoTls, MANAGER)),
        }
    }

    async fn check_durability(&self, database: &Database) -> Result<(), StateError> {
        if self.allow_data_loss {
            return Ok(());
        }
        let rows = database.read(DURABILITY, &[]).await?;
        let row = rows.first();
        for (column, name) in [(0, "fsync"), (1, "synchronous_commit")] {
            let is_on: bool = match row {
                Some(row) => row.try_get(column).map_err(error::row)?,
                None => false,
            };
            if !is_on {
                return Err(refused(format!(
                    "a crash of the server can lose writes, since `{name}` is off; set it to `on`, or use \
                    `allow_data_loss`"
                )));
            }
        }
        Ok(())
    }

    async fn check_columns(&self, database: &Database) -> Result<(), StateError> {
        let check = format!(
            "{} LIMIT 0",
            database.sql.get.replace("key = $1", "expires_at IS NULL")
        );
        for _ in 0..CREATE_ATTEMPTS {
            let connection = database.connection(database.deadline()).await?;
            match connection.query_typed(&check, &[]).await {
                Ok(_) => {
                    connection.keep();
                    return Ok(());
                }
                Err(error) if error::is_missing_table(&error) && self.create_table => {}
                Err(error) if error::is_missing_table(&error) => {
                    return Err(refused(format!(
                        "the table `{}` is missing; create it with `create_table(true)`",
                        self.table
                    )));
                }
                Err(error) if error.code().is_some_and(error::is_configuration) => {
                    let code = error.code().map_or("", |code| code.code());
                    return Err(refused(format!(
                        "the table `{}` cannot be read, or has other columns: error {code}",
                        self.table
                    )));
                }
                Err(error) => return Err(error::statement(StateErrorKind::Unavailable, &error)),
            }
            // Fails if another process creates the table at the same time; the next check finds out.
            let created = connection.batch_execute(&database.sql.create_table).await;
            if created.is_ok() {
                connection.keep();
            }
        }
        Err(refused(format!(
            "the table `{}` cannot be created; check that the user may create tables in the schema",
            self.table
        )))
    }
}

fn check_table(table: &str) -> Result<(), StateError> {
    let is_name = |name: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        // PostgreSQL shortens names of more than 63 bytes, and the name of the sequence is longer by 8.
        (1..=55).contains(&name.len()) && name.bytes().all(is_allowed)
    };
    let parts: Vec<&str> = table.split('.').collect();
    if parts.len() <= 2 && parts.iter().all(|part| is_name(part)) {
        return Ok(());
    }
    Err(refused(
        "the name of the table is invalid; use `table` or `schema.table` of ASCII letters, digits and `_`, with at \
        most 55 bytes each",
    ))
}

/// Omits the URL, which can contain a password.
impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("table", &self.table)
            .field("create_table", &self.create_table)
            .field("operation_timeout", &self.operation_timeout)
            .finish_non_exhaustive()
    }
}
