//! Deliveries of the emulator to the receiver, over HTTP.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use basalam_chat::webhooks::{Event, Events, Receiver, WebhookEventId, WebhookId, WebhookMethod};
use basalam_chat::{ChatId, Client, MessageType, UserId, reqwest};
use basalam_chat_emulator::{DELIVER_WEBHOOK, Emulator, Fault, FaultRule};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_service::Service;

use super::support::{client, customer, customer_id, listen_async, open_chat, seller};

const SECRET: &str = "Bearer secret-of-the-tests";

/// An emulator that delivers the seller's events to a receiver.
struct Setup {
    emulator: Emulator,
    receiver: Receiver,
    events: Events,
    webhook: WebhookId,
    /// The URL of the receiver.
    url: String,
    seller: Client,
    chat: ChatId,
}

async fn serve(receiver: &Receiver) -> String {
    let (listener, base_url) = listen_async();
    let router = receiver.axum_router("/webhooks/430").unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("{base_url}/webhooks/430")
}

async fn setup() -> Setup {
    let emulator = Emulator::builder().webhook_retry_delay(Duration::ZERO);
    let emulator = emulator.start().await.unwrap();
    let seller = seller(&emulator);
    let user = seller.current_user_id().await.unwrap();
    let receiver = Receiver::builder(user, SECRET).build().unwrap();
    let url = serve(&receiver).await;
    let events = [
        WebhookEventId::CHAT_RECEIVED_MESSAGE,
        WebhookEventId::CHAT_SEND_MESSAGE,
    ];
    let webhooks = seller.webhooks();
    let created = webhooks
        .create_webhook(&url, events)
        .header("Authorization", SECRET);
    let webhook = created.await.unwrap().id;
    let chat = open_chat(&seller, &emulator).await;
    Setup {
        events: receiver.events(),
        emulator,
        receiver,
        webhook,
        url,
        seller,
        chat,
    }
}

impl Setup {
    /// Sends texts as the customer, and waits for the deliveries.
    async fn send(&self, texts: impl IntoIterator<Item = &str>) {
        let customer = customer(&self.emulator);
        for text in texts {
            customer.create_message(self.chat, text).await.unwrap();
        }
        self.emulator.webhooks_delivered().await;
    }

    /// Returns the texts of the events so far.
    async fn texts(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            let next = tokio::time::timeout(Duration::ZERO, self.events.next()).await;
            let Ok(Some(event)) = next else { return texts };
            let text = event
                .message()
                .and_then(|it| it.message.content.text.clone());
            texts.push(text.unwrap_or_default());
        }
    }

    async fn statuses(&self) -> Vec<i64> {
        let log = self
            .seller
            .webhooks()
            .get_webhook_logs(self.webhook)
            .await
            .unwrap();
        log.iter().map(|it| it.status_code.unwrap()).collect()
    }

    fn add_fault(&self, fault: Fault, times: u64) {
        let rule = FaultRule::new(fault)
            .operation(DELIVER_WEBHOOK)
            .times(times);
        self.emulator.add_fault(rule).unwrap();
    }
}

#[tokio::test]
async fn messages_of_both_sides_arrive_as_get_messages_returns_them() {
    let mut setup = setup().await;
    setup.send(["from the customer"]).await;
    setup
        .seller
        .create_message(setup.chat, "from the seller")
        .await
        .unwrap();
    setup.emulator.webhooks_delivered().await;
    let mut wakeups = setup.receiver.wakeups();
    assert_eq!(wakeups.next().await, Some(()));

    let received = setup.events.next().await.unwrap();
    let Event::MessageReceived(received) = received else {
        panic!("{received:?}");
    };
    let sent = setup.events.next().await.unwrap();
    let Event::MessageSent(sent) = sent else {
        panic!("{sent:?}");
    };
    let history = setup.seller.get_messages(setup.chat).await.unwrap();
    for (event, stored) in [(&sent, &history[0]), (&received, &history[1])] {
        let message = &event.message;
        assert_eq!(message.id, stored.id);
        assert_eq!(message.chat_id, stored.chat_id);
        assert_eq!(message.message_type, MessageType::Text);
        assert_eq!(message.content.text, stored.content.text);
        assert_eq!(message.created_at, stored.created_at);
        assert_eq!(message.sender_id(), stored.sender_id());
    }
    assert_eq!(
        received.receiver.as_ref().unwrap().id,
        Some(UserId(setup.emulator.seller().id))
    );
    assert_eq!(
        received.sender.as_ref().unwrap().id,
        Some(customer_id(&setup.emulator))
    );
    assert_eq!(setup.statuses().await, [200, 200]);
}

#[tokio::test]
async fn the_method_and_headers_of_the_webhook_are_used() {
    let mut setup = setup().await;
    for (number, method) in WebhookMethod::KNOWN.iter().enumerate() {
        let secret = format!("Bearer secret {number}");
        setup.receiver.rotate_secret(&secret).unwrap();
        let webhooks = setup.seller.webhooks();
        let update = webhooks
            .update_webhook(setup.webhook)
            .method(method.clone());
        update.header("Authorization", &secret).await.unwrap();
        setup.receiver.forget_previous_secret();
        setup.send([method.as_str()]).await;
    }
    assert_eq!(setup.texts().await, ["POST", "PUT", "PATCH"]);
    assert_eq!(setup.statuses().await, [200; 3]);
}

#[tokio::test]
async fn lost_repeated_and_reordered_deliveries_still_wake() {
    let mut setup = setup().await;
    setup.add_fault(Fault::lost(), 1);
    setup.send(["lost", "first"]).await;
    assert_eq!(setup.texts().await, ["first"]);
    setup.add_fault(Fault::repeated(), 1);
    setup.send(["repeated"]).await;
    assert_eq!(setup.texts().await, ["repeated"]);
    assert_eq!(setup.statuses().await, [200; 3]);
    setup.add_fault(Fault::reordered(), 1);
    setup.send(["second", "overtaking"]).await;
    assert_eq!(setup.texts().await, ["overtaking", "second"]);
    setup.add_fault(Fault::latency(Duration::from_millis(30)), 1);
    setup.send(["late", "in time"]).await;
    let mut texts = setup.texts().await;
    texts.sort_unstable();
    assert_eq!(texts, ["in time", "late"]);
}

#[tokio::test]
async fn a_wrong_header_is_rejected_and_retried() {
    let mut setup = setup().await;
    setup.add_fault(Fault::wrong_header(), 1);
    setup.send(["forged", "genuine"]).await;
    assert_eq!(setup.texts().await, ["genuine"]);
    assert_eq!(setup.statuses().await, [200, 401, 401, 401, 401]);
    assert_eq!(setup.emulator.request_count(DELIVER_WEBHOOK), Some(5));
}

#[tokio::test]
async fn a_slow_handler_does_not_delay_responses() {
    let mut setup = setup().await;
    // A handler that never finishes with its first event.
    let mut events = setup.receiver.events();
    let handler = tokio::spawn(async move {
        let event = events.next().await;
        std::future::pending::<()>().await;
        drop(event);
    });
    let texts: Vec<String> = (0..80).map(|number| format!("number {number}")).collect();
    setup.send(texts.iter().map(String::as_str)).await;
    assert_eq!(setup.statuses().await, [200; 80]);
    let rest = setup.texts().await;
    assert_eq!(rest, texts[texts.len() - rest.len()..]);
    assert_eq!(
        setup.events.missed(),
        80 - u64::try_from(rest.len()).unwrap()
    );
    handler.abort();
}

async fn post(url: &str, secret: &str, body: Vec<u8>) -> u16 {
    let request = reqwest::Client::new()
        .post(url)
        .header("Authorization", secret);
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn other_requests_are_rejected() {
    let setup = setup().await;
    let limit = setup.receiver.max_body_bytes();
    assert_eq!(post(&setup.url, "Bearer wrong", b"{}".to_vec()).await, 401);
    assert_eq!(post(&setup.url, "", b"{}".to_vec()).await, 401);
    assert_eq!(post(&setup.url, SECRET, vec![b' '; limit]).await, 200);
    assert_eq!(post(&setup.url, SECRET, vec![b' '; limit + 1]).await, 413);
    let get = reqwest::Client::new()
        .get(&setup.url)
        .header("Authorization", SECRET);
    assert_eq!(get.send().await.unwrap().status(), 405);
    assert_eq!(
        post(&setup.url.replace("430", "431"), SECRET, Vec::new()).await,
        404
    );
    for path in [
        "",
        "webhooks",
        "/{id}",
        "/*rest",
        "/:id",
        "/hook?login=430",
        "/hook#430",
        "/a hook",
        "/قلاب",
    ] {
        assert!(
            setup
                .receiver
                .axum_router(path)
                .unwrap_err()
                .is_invalid_input(),
            "{path}"
        );
    }
}

/// Sends the head of a request and the start of its body, and returns the status.
async fn status_of_incomplete(url: &str, head: &str, body: &str, is_closed: bool) -> String {
    let url = reqwest::Url::parse(url).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n{body}",
        url.path()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    if is_closed {
        stream.shutdown().await.unwrap();
    }
    let mut response = vec![0; 12];
    let length = stream.read(&mut response).await.unwrap();
    String::from_utf8_lossy(&response[..length]).into_owned()
}

#[tokio::test]
async fn bodies_are_read_within_their_limits_only() {
    let receiver = Receiver::builder(UserId(430), SECRET)
        .max_body_bytes(1000)
        .body_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let url = serve(&receiver).await;
    let authorized = |head: &str| format!("Authorization: {SECRET}\r\n{head}");
    // Unauthorized and too large requests get a response before their body is complete.
    let head = "Content-Length: 500";
    let status = status_of_incomplete(&url, head, "", false).await;
    assert_eq!(status, "HTTP/1.1 401");
    let head = authorized("Content-Length: 1001");
    let status = status_of_incomplete(&url, &head, "", false).await;
    assert_eq!(status, "HTTP/1.1 413");
    let chunk = format!("7d0\r\n{}", " ".repeat(2000));
    let head = authorized("Transfer-Encoding: chunked");
    let status = status_of_incomplete(&url, &head, &chunk, false).await;
    assert_eq!(status, "HTTP/1.1 413");
    let mut wakeups = receiver.wakeups();
    assert_eq!(wakeups.next().await, Some(()));
    let head = authorized("Content-Length: 500");
    let status = status_of_incomplete(&url, &head, "{", false).await;
    assert_eq!(status, "HTTP/1.1 408");
    assert_eq!(wakeups.next().await, Some(()));
    // The status depends on whether the server notices the end before or after the response.
    status_of_incomplete(&url, &head, "{", true).await;
    assert_eq!(wakeups.next().await, Some(()));
}

/// A body that never ends.
struct Endless;

impl http_body::Body for Endless {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        Poll::Pending
    }
}

fn endless_request(secret: &str) -> axum::http::Request<Endless> {
    let request = axum::http::Request::post("/").header("Authorization", secret);
    request.body(Endless).unwrap()
}

#[tokio::test]
async fn a_cancelled_delivery_wakes_if_it_is_authentic() {
    let receiver = Receiver::builder(UserId(430), SECRET).build().unwrap();
    let mut wakeups = receiver.wakeups();
    for (secret, is_woken) in [("Bearer wrong", false), (SECRET, true)] {
        let delivery = receiver.service().call(endless_request(secret));
        // As a layer with a shorter timeout does.
        let _ = tokio::time::timeout(Duration::ZERO, delivery).await;
        let wakeup = tokio::time::timeout(Duration::ZERO, wakeups.next()).await;
        assert_eq!(wakeup.is_ok(), is_woken, "{secret}");
    }
}

#[tokio::test]
async fn an_inactive_or_deleted_webhook_receives_nothing() {
    let mut setup = setup().await;
    let webhooks = client(setup.emulator.base_url(), setup.emulator.seller().token()).webhooks();
    webhooks
        .update_webhook(setup.webhook)
        .active(false)
        .await
        .unwrap();
    setup.send(["while inactive"]).await;
    webhooks
        .update_webhook(setup.webhook)
        .active(true)
        .await
        .unwrap();
    setup.send(["while active"]).await;
    webhooks.unregister_webhook(setup.webhook).await.unwrap();
    setup.send(["while not registered"]).await;
    webhooks.register_webhook(setup.webhook).await.unwrap();
    webhooks.delete_webhook(setup.webhook).await.unwrap();
    setup.send(["after the deletion"]).await;
    assert_eq!(setup.texts().await, ["while active"]);
}
