//! TLS with a server whose certificate the test creates.

use super::*;
use crate::certificates::Authority;

/// Enables TLS with a certificate for the names, and returns a URL.
fn enable_tls(server: &Server, authority: &Authority, names: &str) -> String {
    let identity = authority.sign(names);
    let port = free_port();
    server.run(&["CONFIG", "SET", "tls-auth-clients", "no"]);
    let (certificate, key) = (identity.certificate, identity.key);
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    server.run(&[
        "CONFIG",
        "SET",
        "tls-cert-file",
        certificate,
        "tls-key-file",
        key,
    ]);
    server.run(&["CONFIG", "SET", "tls-port", &port.to_string()]);
    format!("rediss://:{PASSWORD}@127.0.0.1:{port}/0")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server"]
async fn connections_are_encrypted_and_certificates_verified() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    let url = enable_tls(&server, &authority, "IP:127.0.0.1,DNS:shop.test");
    for url in [
        url.clone(),
        url.replace("rediss", "RedisS"),
        url.replace("rediss", "valkeys"),
    ] {
        let options = RedisOptions::new(url).operation_timeout(PATIENCE);
        let trusting = options.clone().tls_root_certificates(authority.pem());
        let store = trusting.connect().await.unwrap();
        let large = vec![b'x'; 256 * 1024];
        for _ in 0..3 {
            store
                .put(&key("a"), &large, PutMode::Overwrite)
                .await
                .unwrap();
            // The connection is opened again.
            server.run(&["CLIENT", "KILL", "TYPE", "normal"]);
            let entry = store.get(&key("a")).await.unwrap().unwrap();
            assert_eq!(entry.value, large);
        }
        let other = Authority::new(server.directory.path(), "other");
        for options in [options.clone(), options.tls_root_certificates(other.pem())] {
            let error = refused(options).await;
            assert!(error.is_configuration(), "{error}");
            assert!(
                error.to_string().contains("tls_root_certificates"),
                "{error}"
            );
        }
    }
    let error = refused(RedisOptions::new(format!("{url}#insecure"))).await;
    assert!(error.is_configuration(), "{error}");
    let plain = server.options().tls_root_certificates(authority.pem());
    let error = refused(plain).await;
    assert!(
        error.is_configuration() && error.to_string().contains("rediss"),
        "{error}"
    );
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn certificates_of_other_hosts_are_refused() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    let url = enable_tls(&server, &authority, "IP:127.0.0.2,DNS:localhost");
    let options = RedisOptions::new(&url).tls_root_certificates(authority.pem());
    let error = refused(options).await;
    assert!(error.is_configuration(), "{error}");
    let options = RedisOptions::new(url.replace("127.0.0.1", "localhost"));
    options
        .tls_root_certificates(authority.pem())
        .connect()
        .await
        .unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn client_certificates_and_plain_servers_are_reported() {
    let server = Server::start();
    let authority = Authority::new(server.directory.path(), "ca");
    let url = enable_tls(&server, &authority, "IP:127.0.0.1");
    let root = authority.path();
    server.run(&[
        "CONFIG",
        "SET",
        "tls-ca-cert-file",
        root.to_str().unwrap(),
        "tls-auth-clients",
        "yes",
    ]);
    let options = RedisOptions::new(&url).tls_root_certificates(authority.pem());
    let error = refused(options).await;
    assert!(
        error.to_string().to_lowercase().contains("certificate"),
        "{error}"
    );
    // The server waits for more, or closes the connection.
    let plain = server.url().replace("redis:", "rediss:");
    let options = RedisOptions::new(plain).tls_root_certificates(authority.pem());
    let options = options.operation_timeout(Duration::from_millis(500));
    let error = refused(options).await;
    assert!(
        error.is_configuration() || error.is_unavailable(),
        "{error}"
    );
}
