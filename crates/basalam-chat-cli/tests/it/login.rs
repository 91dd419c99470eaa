//! Logins with OAuth.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::{Running, Shop};

/// Sends a GET request, and returns the response.
fn get(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// Returns a port of this machine on which nothing listens.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Starts a login with the emulator's client, and returns the URL that it prints.
fn start(shop: &Shop, redirect_uri: &str, secret: &str) -> (Running, String) {
    let base_url = shop.emulator.base_url();
    let id = shop.emulator.oauth_client().id().to_owned();
    let arguments = [
        "login",
        "--oauth",
        "--client-id",
        &id,
        "--redirect-uri",
        redirect_uri,
        "--base-url",
        base_url,
    ];
    let mut running = shop.start_with_input(&arguments, &format!("{secret}\n"));
    assert_eq!(running.line(), "Open this URL in a browser, and log in:");
    let url = running.line();
    (running, url)
}

/// Logs in as the seller at the authorization page, and returns the URL that the browser is redirected to.
fn authorize(shop: &Shop, url: &str) -> String {
    let response = get(&format!("{url}&user_id={}", shop.emulator.seller().id));
    let location = response.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location")
            .then(|| value.trim().to_owned())
    });
    location.unwrap_or_else(|| panic!("{response}"))
}

#[test]
fn redirect_to_this_computer_finishes_the_login() {
    let shop = Shop::new();
    let uri = format!("http://127.0.0.1:{}/callback", free_port());
    let secret = shop.emulator.oauth_client().secret().to_owned();
    let (mut running, url) = start(&shop, &uri, &secret);
    assert!(running.line().starts_with("Waiting for the browser."));
    // A request of another page does not end the login.
    let response = get(&format!("{uri}?code=stolen&state=guessed"));
    assert!(
        response.contains("does not belong to the login"),
        "{response}"
    );
    let response = get(&authorize(&shop, &url));
    assert!(response.contains("You are logged in."), "{response}");
    assert!(
        response
            .to_ascii_lowercase()
            .contains("cache-control: no-store"),
        "{response}"
    );
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("was ignored"), "{ran:?}");
    let account = shop.run(&["whoami", "--json"]).json().remove(0);
    assert_eq!(account["method"], "oauth");
    assert_eq!(account["user"]["id"], shop.emulator.seller().id);
    assert!(account["token"]["expires_at"].is_i64(), "{account}");
}

#[test]
fn url_to_log_in_at_is_json_on_request() {
    let shop = Shop::new();
    let base_url = shop.emulator.base_url();
    let client = shop.emulator.oauth_client();
    let arguments = [
        "--json",
        "login",
        "--oauth",
        "--client-id",
        client.id(),
        "--redirect-uri",
        "https://shop.example/callback",
        "--base-url",
        base_url,
        "--scope",
        "customer.chat.read",
    ];
    let secret = format!("{}\n", client.secret());
    let mut running = shop.start_with_input(&arguments, &secret);
    let line: serde_json::Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(line["type"], "authorization_url");
    let url = line["url"].as_str().unwrap();
    assert!(url.contains("scope=customer.chat.read&"), "{url}");
    running.type_line(&authorize(&shop, url));
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()[0]["type"], "account");
}

#[test]
fn pasted_url_finishes_the_login() {
    let shop = Shop::new();
    let secret = shop.emulator.oauth_client().secret().to_owned();
    let (mut running, url) = start(&shop, "https://shop.example/callback", &secret);
    assert!(running.line().starts_with("Afterwards, paste the URL"));
    let target = authorize(&shop, &url);
    assert!(
        target.starts_with("https://shop.example/callback?"),
        "{target}"
    );
    running.type_line("");
    running.type_line("https://shop.example/callback?code=stolen&state=guessed");
    running.type_line(&target);
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(shop.run(&["chats"]).code, 0);
}

#[test]
fn failed_login_keeps_the_earlier_one() {
    let shop = Shop::logged_in();
    let (mut running, url) = start(&shop, "https://shop.example/callback", "wrong-secret");
    running.type_line(&authorize(&shop, &url));
    let ran = running.finish();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("invalid_client"), "{ran:?}");
    let secret = shop.emulator.oauth_client().secret().to_owned();
    let (mut running, url) = start(&shop, "https://shop.example/callback", &secret);
    let state = url.split("state=").nth(1).unwrap();
    running.type_line(&format!("?error=access_denied&state={state}"));
    let ran = running.finish();
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stderr.contains("access_denied"), "{ran:?}");
    let account = shop.run(&["whoami", "--json"]).json().remove(0);
    assert_eq!(account["method"], "personal_token");
}

#[test]
fn port_in_use_leaves_the_pasted_url() {
    let shop = Shop::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/callback", listener.local_addr().unwrap());
    let secret = shop.emulator.oauth_client().secret().to_owned();
    let (mut running, url) = start(&shop, &uri, &secret);
    running.type_line(&authorize(&shop, &url));
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("cannot be used"), "{ran:?}");
}

#[test]
fn path_of_a_redirect_uri_may_contain_anything() {
    let shop = Shop::new();
    let secret = shop.emulator.oauth_client().secret().to_owned();
    for path in [":callback", "*all", "%7Bcode%7D/x", "a%20b//", ""] {
        let uri = format!("http://127.0.0.1:{}/{path}", free_port());
        let (mut running, _) = start(&shop, &uri, &secret);
        assert!(
            running.line().starts_with("Waiting for the browser."),
            "{path}"
        );
        let response = get(&format!("{uri}?state=guessed"));
        assert!(response.contains("does not belong"), "{path}: {response}");
        assert_eq!(running.interrupt().code, 130, "{path}");
    }
}

#[test]
fn expired_tokens_are_refreshed_and_saved() {
    let lifetime = std::time::Duration::from_secs(120);
    let builder = basalam_chat_emulator::Emulator::builder().access_token_lifetime(lifetime);
    let shop = Shop::with(builder);
    let secret = shop.emulator.oauth_client().secret().to_owned();
    let (mut running, url) = start(&shop, "https://shop.example/callback", &secret);
    running.type_line(&authorize(&shop, &url));
    assert_eq!(running.finish().code, 0);
    for _ in 0..3 {
        // The service does not accept the access token any more.
        shop.emulator.advance_clock(lifetime).unwrap();
        let ran = shop.run(&["chats"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}
