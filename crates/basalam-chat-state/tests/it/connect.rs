//! Stores by URL. Those on servers are tested with the servers.

use basalam_chat::state::{PutMode, StateKey};
use basalam_chat_state::connect;

#[tokio::test]
async fn sqlite_urls_open_a_database() {
    let directory = tempfile::tempdir().unwrap();
    let key = StateKey::new("a").unwrap();
    let path = directory.path().join("state 1%.db");
    let path = path.to_str().unwrap();
    let store = connect(&format!("sqlite:{path}")).await.unwrap();
    let version = store.put(&key, b"1", PutMode::Create).await.unwrap();
    for url in [format!("sqlite://{path}"), format!("SQLite:{path}")] {
        let entry = connect(&url).await.unwrap().get(&key).await.unwrap();
        assert_eq!(entry.map(|it| it.version), Some(version), "{url}");
    }
}

#[tokio::test]
async fn wrong_urls_are_refused_without_showing_them() {
    for url in [
        "",
        "secret-5d0c",
        "secret-5d0c.db",
        "sqlite:",
        "sqlite://",
        "mysql://bot:secret-5d0c@localhost/db",
        "postgres://bot:secret-5d0c@localhost:port/db",
        "postgresql://bot:secret-5d0c@localhost/db?sslmode=required",
        "redis://bot:secret-5d0c@localhost:port",
        "Redis://bot:secret-5d0c@localhost/database",
    ] {
        let error = connect(url).await.unwrap_err();
        assert!(error.is_configuration(), "{url}: {error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret-5d0c"), "{shown}");
    }
}

#[cfg(not(any(feature = "postgres-rustls", feature = "redis-rustls")))]
#[tokio::test]
async fn urls_that_require_tls_are_refused_without_the_feature() {
    for (url, feature) in [
        (
            "postgres://bot:secret-5d0c@localhost/db?sslmode=require",
            "`postgres-rustls`",
        ),
        (
            "postgres://bot:secret-5d0c@localhost/db?sslmode=verify-ca",
            "`postgres-rustls`",
        ),
        (
            "postgresql://localhost?connect_timeout=9&sslmode=verify-full",
            "`postgres-rustls`",
        ),
        (
            "postgres://%2Frun%2Fpostgresql/db?sslmode=require",
            "`postgres-rustls`",
        ),
        ("rediss://bot:secret-5d0c@localhost", "`redis-rustls`"),
        ("RedisS://localhost:6379/0", "`redis-rustls`"),
        ("valkeys://localhost:6379/0", "`redis-rustls`"),
    ] {
        let error = connect(url).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            error.is_configuration() && shown.contains(feature),
            "{url}: {shown}"
        );
        assert!(!shown.contains("secret-5d0c"), "{shown}");
    }
}
