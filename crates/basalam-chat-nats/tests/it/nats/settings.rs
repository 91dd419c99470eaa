//! What is checked when a connection, a bucket or a queue is opened.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy};
use basalam_chat_nats::{NatsError, NatsOptions, QueueOptions};

use super::server::Server;

async fn refused(options: NatsOptions) -> NatsError {
    let error = options.connect().await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret-5d0c"), "{shown}");
    error
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn servers_that_can_lose_writes_are_refused() {
    for settings in ["", "sync_interval: \"10s\"", "sync_interval: \"1m\""] {
        let server = Server::with("", settings);
        let error = refused(server.options()).await;
        assert!(error.is_configuration(), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("sync_interval") && text.contains("allow_data_loss"),
            "{text}"
        );
        server
            .options()
            .allow_data_loss(true)
            .connect()
            .await
            .unwrap();
    }
    let server = Server::start();
    server.connect().await;
    let error = refused(NatsOptions::new(server.url())).await;
    assert!(
        error.is_configuration() && error.to_string().contains("monitoring_url"),
        "{error}"
    );
    let other = Server::start();
    let error =
        refused(NatsOptions::new(server.url()).monitoring_url(other.monitoring_url())).await;
    assert!(
        error.is_configuration() && error.to_string().contains("monitoring_url"),
        "{error}"
    );
    other.kill();
    assert!(refused(other.options()).await.is_unavailable());
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn logins_are_checked() {
    let authorization = "authorization { user: bot, password: secret-5d0c }";
    let server = Server::with(authorization, "sync_interval: always");
    let options = || server.options();
    options()
        .user_and_password("bot", "secret-5d0c")
        .connect()
        .await
        .unwrap();
    for options in [
        options(),
        options().user_and_password("bot", "wrong"),
        options().token("secret-5d0c"),
    ] {
        let error = refused(options).await;
        assert!(error.is_configuration(), "{error}");
    }
    let server = Server::with(
        "authorization { token: secret-5d0c }",
        "sync_interval: always",
    );
    server
        .options()
        .token("secret-5d0c")
        .connect()
        .await
        .unwrap();
    assert!(
        refused(server.options().token("wrong"))
            .await
            .is_configuration()
    );
    assert!(
        refused(server.options().require_tls(true).token("secret-5d0c"))
            .await
            .is_configuration()
    );
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn streams_with_other_settings_are_refused_by_name() {
    let server = Server::start();
    let (nats, context) = (server.connect().await, server.bare().await);
    let events = |name: &str| Config {
        name: format!("{name}_EVENTS"),
        subjects: vec![format!("{name}.event.>")],
        discard: DiscardPolicy::New,
        max_age: Duration::from_secs(7 * 86_400),
        duplicate_window: Duration::from_secs(600),
        ..Config::default()
    };
    for (config, difference) in [
        (
            Config {
                discard: DiscardPolicy::Old,
                ..events("a")
            },
            "`discard` is \"old\" instead of \"new\"",
        ),
        (
            Config {
                retention: RetentionPolicy::WorkQueue,
                ..events("b")
            },
            "`retention` is \"workqueue\"",
        ),
        (
            Config {
                max_age: Duration::from_secs(3600),
                ..events("c")
            },
            "`max_age`",
        ),
        (
            Config {
                subjects: vec!["d.other.>".to_owned()],
                ..events("d")
            },
            "`subjects`",
        ),
        (
            Config {
                allow_direct: true,
                ..events("e")
            },
            "`allow_direct` is true",
        ),
        (events("f"), "`metadata.basalam_chat_partitions`"),
    ] {
        let name = config.name[..1].to_owned();
        context.create_stream(config).await.unwrap();
        let error = nats.queue(QueueOptions::new(name)).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().contains(difference), "{error}");
    }
    let bucket = async_nats::jetstream::stream::Config {
        name: "KV_old".to_owned(),
        subjects: vec!["$KV.old.>".to_owned()],
        max_messages_per_subject: 5,
        ..Config::default()
    };
    context.create_stream(bucket).await.unwrap();
    let error = nats.state("old").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`max_msgs_per_subject` is 5 instead of 1"),
        "{error}"
    );
}

#[tokio::test]
#[ignore = "needs nats-server"]
async fn queues_are_opened_again_with_the_same_options_only() {
    let server = Server::start();
    let nats = server.connect().await;
    let options = || QueueOptions::new("chat").partitions(8);
    let (first, second) = tokio::join!(nats.queue(options()), nats.queue(options()));
    first.unwrap();
    second.unwrap();
    let lag = nats.queue(options()).await.unwrap().lag().await.unwrap();
    assert_eq!(lag.len(), 8);
    assert!(
        lag.iter().all(|it| it.pending == 0 && it.in_flight == 0),
        "{lag:?}"
    );
    for (options, difference) in [
        (
            options().partitions(16),
            "basalam_chat_partitions` is \"8\" instead of \"16\"",
        ),
        (
            options().ack_wait(Duration::from_secs(30)),
            "`ack_wait` is 10000000000",
        ),
        (options().max_age(Duration::from_secs(7200)), "`max_age`"),
        (options().max_bytes(1 << 30), "`max_bytes` is -1"),
    ] {
        let error = nats.queue(options).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().contains(difference), "{error}");
    }
    for name in ["", "a b", "a.b"] {
        assert!(
            nats.queue(QueueOptions::new(name))
                .await
                .unwrap_err()
                .is_invalid_input()
        );
        assert!(nats.state(name).await.unwrap_err().is_invalid_input());
    }
}
