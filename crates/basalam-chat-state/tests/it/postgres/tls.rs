//! TLS with a server whose certificate the test creates.

use super::*;
use crate::certificates::Authority;

/// Enables TLS with a certificate for the names.
fn enable_tls(server: &Server, authority: &Authority, names: &str) {
    let identity = authority.sign(names);
    if is_root() {
        for file in [&identity.certificate, &identity.key] {
            succeed(
                Command::new("chown")
                    .arg("postgres")
                    .arg(file)
                    .output()
                    .unwrap(),
            );
        }
    }
    for (name, file) in [("cert", &identity.certificate), ("key", &identity.key)] {
        server.psql(&format!(
            "ALTER SYSTEM SET ssl_{name}_file = '{}'",
            file.display()
        ));
    }
    server.psql("ALTER SYSTEM SET ssl = on");
    // A restart, since a reload is not immediate.
    server.kill();
    server.launch();
    assert_eq!(server.psql("SHOW ssl"), "on");
}

fn options(server: &Server, query: &str) -> PostgresOptions {
    PostgresOptions::new(format!("{}?{query}", server.url())).create_table(true)
}

/// Returns how many connections of stores use TLS, and how many do not.
fn connections(server: &Server) -> String {
    server.psql(
        "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
        FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bot'",
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn connections_are_encrypted_and_certificates_verified() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    enable_tls(&server, &authority, "IP:127.0.0.1,DNS:shop.test");
    for mode in [
        "",
        "&sslmode=prefer",
        "&sslmode=require",
        "&sslmode=verify-ca",
        "&sslmode=verify-full",
    ] {
        let options = options(&server, &format!("application_name=bot{mode}"));
        let trusting = options.clone().tls_root_certificates(authority.pem());
        let store = trusting.connect().await.unwrap();
        store
            .put(&key("a"), b"1", PutMode::Overwrite)
            .await
            .unwrap();
        assert_eq!(connections(&server), "1|0", "{mode}");
        drop(store);
        while connections(&server) != "0|0" {}
        let other = Authority::new(server.directory.path(), "other");
        for options in [options.clone(), options.tls_root_certificates(other.pem())] {
            let error = refused(options).await;
            assert!(error.is_configuration(), "{mode}: {error}");
            assert!(
                error.to_string().contains("tls_root_certificates"),
                "{mode}: {error}"
            );
        }
    }
    let plain = options(&server, "application_name=bot&sslmode=disable");
    let store = plain.clone().connect().await.unwrap();
    store
        .put(&key("a"), b"1", PutMode::Overwrite)
        .await
        .unwrap();
    assert_eq!(connections(&server), "0|1");
    let error = refused(plain.tls_root_certificates(authority.pem())).await;
    assert!(
        error.is_configuration() && error.to_string().contains("sslmode"),
        "{error}"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn certificates_of_other_hosts_are_refused() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    enable_tls(&server, &authority, "IP:127.0.0.2,DNS:localhost");
    for mode in ["prefer", "require", "verify-ca"] {
        let options = options(&server, &format!("sslmode={mode}"));
        let error = refused(options.tls_root_certificates(authority.pem())).await;
        assert!(error.is_configuration(), "{mode}: {error}");
    }
    let url = server.url().replace("127.0.0.1", "localhost");
    let options = PostgresOptions::new(url).create_table(true);
    options
        .tls_root_certificates(authority.pem())
        .connect()
        .await
        .unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn servers_without_tls_are_refused_if_it_is_required() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    for options in [
        options(&server, "sslmode=require"),
        options(&server, "sslmode=verify-full"),
        options(&server, "sslmode=prefer").tls_root_certificates(authority.pem()),
    ] {
        let error = refused(options).await;
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().contains("does not support it"), "{error}");
    }
    options(&server, "sslmode=prefer").connect().await.unwrap();
    let directory = server
        .socket_directory()
        .to_str()
        .unwrap()
        .replace('/', "%2F");
    let port = server.port;
    let socket = PostgresOptions::new(format!("postgres://bot@{directory}:{port}/postgres"));
    socket.create_table(true).connect().await.unwrap();
}
