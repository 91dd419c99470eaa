//! SOCKS proxies.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use basalam_chat::{Client, PersonalToken};

use super::{builder, serve, unseen_chats};
use crate::support::{listen, no_retries};

/// Accepts one connection of SOCKS version 5 and responds to the request in it. Returns the requested address and
/// the head of the request.
fn accept_socks5(proxy: &TcpListener, login: Option<(&str, &str)>) -> (String, String) {
    fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
        let mut bytes = [0; N];
        stream.read_exact(&mut bytes).unwrap();
        bytes
    }
    fn read_string(stream: &mut TcpStream) -> String {
        let [length] = read(stream);
        let mut bytes = vec![0; usize::from(length)];
        stream.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }
    let (mut stream, _) = proxy.accept().unwrap();
    let [version, methods] = read(&mut stream);
    assert_eq!(version, 5);
    let mut offered = vec![0; usize::from(methods)];
    stream.read_exact(&mut offered).unwrap();
    let method = if login.is_some() { 2 } else { 0 };
    assert!(offered.contains(&method), "{offered:?}");
    stream.write_all(&[5, method]).unwrap();
    if let Some((user, password)) = login {
        assert_eq!(read(&mut stream), [1]);
        assert_eq!(read_string(&mut stream), user);
        assert_eq!(read_string(&mut stream), password);
        stream.write_all(&[1, 0]).unwrap();
    }
    let [version, command, _, kind] = read(&mut stream);
    assert_eq!((version, command), (5, 1));
    let host = match kind {
        1 => std::net::Ipv4Addr::from(read::<4>(&mut stream)).to_string(),
        3 => read_string(&mut stream),
        4 => std::net::Ipv6Addr::from(read::<16>(&mut stream)).to_string(),
        other => panic!("unknown kind of address {other}"),
    };
    let port = u16::from_be_bytes(read(&mut stream));
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    (format!("{host}:{port}"), serve(stream))
}

#[tokio::test]
async fn socks5h_proxy_resolves_the_host() {
    let (proxy, url) = listen();
    let proxy = thread::spawn(move || accept_socks5(&proxy, None));
    let url = url.replace("http:", "socks5h:");
    let client = builder("http://chat.invalid:81")
        .proxy(url)
        .build()
        .unwrap();
    assert_eq!(unseen_chats(&client).await, 7);
    let (address, head) = proxy.join().unwrap();
    assert_eq!(address, "chat.invalid:81");
    assert!(head.starts_with("GET /v1/"), "{head}");
}

#[tokio::test]
async fn socks5_proxy_receives_the_password_and_a_resolved_address() {
    let (proxy, url) = listen();
    let login = Some(("me", "s:e@c"));
    let proxy = thread::spawn(move || accept_socks5(&proxy, login));
    let url = url.replace("http://", "socks5://me:s%3Ae%40c@");
    let client = Client::builder(PersonalToken::new("access-token"))
        .base_url("http://192.0.2.7:81")
        .allow_plain_http_to("192.0.2.7");
    let client = client.proxy(url).build().unwrap();
    assert_eq!(unseen_chats(&client).await, 7);
    assert_eq!(proxy.join().unwrap().0, "192.0.2.7:81");
}

#[tokio::test]
async fn socks_proxy_that_refuses_the_connection_is_a_connection_error() {
    let (proxy, url) = listen();
    let proxy = thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).unwrap();
        // No authentication method is acceptable.
        stream.write_all(&[5, 255]).unwrap();
    });
    let url = url.replace("http://", "socks5h://me:hidden@");
    let client = builder("http://chat.invalid").proxy(url).build().unwrap();
    let request = client.get_chats().options(no_retries());
    let error = request.await.unwrap_err();
    proxy.join().unwrap();
    assert!(error.is_connect(), "{error}");
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
}
