//! The SQL of the store.

/// The statements for one table.
pub(super) struct Statements {
    pub(super) get: String,
    pub(super) list: String,
    pub(super) insert: String,
    pub(super) lock: String,
    pub(super) update: String,
    pub(super) delete: String,
    pub(super) insert_lease: String,
    pub(super) lock_lease: String,
    pub(super) acquire_lease: String,
    pub(super) renew_lease: String,
    pub(super) release_lease: String,
    pub(super) create_table: String,
}

impl Statements {
    /// The name is `table` or `schema.table`, and needs no quotes.
    pub(super) fn new(table: &str) -> Statements {
        let name = format!("\"{}\"", table.replace('.', "\".\""));
        let sequence = format!("\"{}_version\"", table.replace('.', "\".\""));
        let until = "clock_timestamp() + $3 * interval '1 millisecond'";
        Statements {
            get: format!("SELECT key, value, version FROM {name} WHERE key = $1"),
            list: format!(
                "SELECT key, value, version FROM {name} WHERE key >= $1 AND key < $2 AND key > $3 \
                AND expires_at IS NULL ORDER BY key LIMIT $4"
            ),
            // New rows have the version 0 until the end of the transaction. The order prevents deadlocks.
            insert: format!(
                "INSERT INTO {name} (key, value, version) \
                SELECT key, '', 0 FROM unnest($1::text[], $2::int8[]) AS request (key, expected) \
                WHERE expected IS NULL OR expected = 0 ORDER BY key COLLATE \"C\" \
                ON CONFLICT (key) DO NOTHING"
            ),
            // A value that is deleted before it is locked, and created again, is not locked. So `update` compares the
            // version, too, and a write whose value has changed meanwhile is not made.
            lock: format!("SELECT 1 FROM {name} WHERE key = ANY ($1) ORDER BY key FOR UPDATE"),
            update: format!(
                "WITH permitted AS MATERIALIZED (
                    SELECT key, value, seen, nextval('{sequence}') AS version FROM (
                        SELECT request.key, request.value, stored.version AS seen \
                        FROM unnest($1::text[], $2::bytea[], $3::int8[]) WITH ORDINALITY \
                        AS request (key, value, expected, position) \
                        JOIN {name} AS stored ON stored.key = request.key \
                        WHERE request.expected IS NULL OR request.expected = stored.version \
                        ORDER BY request.position OFFSET 0
                    ) AS ordered
                ) UPDATE {name} AS stored SET value = permitted.value, version = permitted.version \
                FROM permitted WHERE stored.key = permitted.key AND stored.version = permitted.seen \
                RETURNING stored.key, stored.version"
            ),
            delete: format!(
                "DELETE FROM {name} WHERE key = $1 AND ($2::int8 IS NULL OR version = $2) RETURNING 1"
            ),
            insert_lease: format!(
                "INSERT INTO {name} (key, value, version, expires_at) \
                VALUES ($1, '', 0, '-infinity') ON CONFLICT (key) DO NOTHING"
            ),
            lock_lease: format!("SELECT 1 FROM {name} WHERE key = $1 FOR UPDATE"),
            acquire_lease: format!(
                "UPDATE {name} SET value = $2, version = nextval('{sequence}'), expires_at = {until} \
                WHERE key = $1 AND (expires_at <= clock_timestamp() OR value = $2) RETURNING version"
            ),
            renew_lease: format!(
                "UPDATE {name} SET expires_at = {until} WHERE key = $1 AND value = $2 RETURNING version"
            ),
            release_lease: format!("DELETE FROM {name} WHERE key = $1 AND value = $2 RETURNING 1"),
            create_table: format!(
                "CREATE TABLE IF NOT EXISTS {name} (
                    key text COLLATE \"C\" PRIMARY KEY,
                    value bytea NOT NULL,
                    version bigint NOT NULL,
                    expires_at timestamptz
                );
                CREATE SEQUENCE IF NOT EXISTS {sequence} OWNED BY {name}.version"
            ),
        }
    }
}
