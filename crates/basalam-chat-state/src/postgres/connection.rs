//! The pool of connections, and statements with time limits.

use std::ops::Deref;
use std::time::Duration;

use basalam_chat::state::{StateError, StateErrorKind};
use deadpool_postgres::{Object, Pool};
use futures_util::future::join5;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::statements::Statements;
use super::{LOST, error};
use crate::remote::timed_out;

pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

pub(super) struct Database {
    pub(super) pool: Pool,
    pub(super) sql: Statements,
    pub(super) table: String,
    pub(super) timeout: Duration,
    /// Starts a transaction whose locks end if this process does.
    pub(super) begin: String,
}

/// A connection, which is closed unless it is [kept](Connection::keep), since a statement may still be running.
pub(super) struct Connection(Option<Object>);

impl Connection {
    pub(super) fn keep(mut self) {
        // Dropping the object returns it to the pool.
        drop(self.0.take());
    }
}

impl Deref for Connection {
    type Target = Object;

    fn deref(&self) -> &Object {
        self.0
            .as_ref()
            .expect("only `keep`, which consumes it, takes the object")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

impl Database {
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    pub(super) async fn connection(&self, deadline: Instant) -> Result<Connection, StateError> {
        match timeout_at(deadline, self.pool.get()).await {
            Ok(Ok(object)) => Ok(Connection(Some(object))),
            Ok(Err(error)) => Err(error::connecting(error)),
            Err(_) => Err(timed_out(StateErrorKind::Unavailable)),
        }
    }

    pub(super) async fn read(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, StateError> {
        self.statement(StateErrorKind::Unavailable, sql, parameters)
            .await
    }

    pub(super) async fn write(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, StateError> {
        self.statement(LOST, sql, parameters).await
    }

    async fn statement(
        &self,
        lost: StateErrorKind,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, StateError> {
        let deadline = self.deadline();
        let connection = self.connection(deadline).await?;
        match timeout_at(deadline, connection.query_typed(sql, parameters)).await {
            Ok(Ok(rows)) => {
                connection.keep();
                Ok(rows)
            }
            Ok(Err(error)) => Err(error::statement(lost, &error)),
            Err(_) => Err(timed_out(lost)),
        }
    }

    /// Runs three statements in a transaction, in one round trip, and returns the rows of the last.
    pub(super) async fn transaction(
        &self,
        deadline: Instant,
        steps: [(&str, &[Parameter<'_>]); 3],
    ) -> Result<Vec<Row>, StateError> {
        let connection = self.connection(deadline).await?;
        let [first, second, third] = steps;
        // All are sent when they are polled first, in this order. After an error, the server skips the following
        // ones and rolls back.
        let responses = join5(
            connection.batch_execute(&self.begin),
            connection.query_typed(first.0, first.1),
            connection.query_typed(second.0, second.1),
            connection.query_typed(third.0, third.1),
            connection.batch_execute("COMMIT"),
        );
        let Ok((begin, first, second, third, commit)) = timeout_at(deadline, responses).await
        else {
            return Err(timed_out(LOST));
        };
        let failed = |error| error::statement(LOST, &error);
        begin.map_err(failed)?;
        first.map_err(failed)?;
        second.map_err(failed)?;
        let rows = third.map_err(failed)?;
        commit.map_err(|_| {
            let message = "the commit failed, so the write may or may not be made";
            StateError::new(LOST, message)
        })?;
        connection.keep();
        Ok(rows)
    }
}
