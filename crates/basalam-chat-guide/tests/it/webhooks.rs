use std::time::Duration;

use basalam_chat::UserId;
use basalam_chat::messages::Message;
use basalam_chat::state::MemoryState;
use basalam_chat_guide::webhooks::{bridge, secret};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::support::{builder, shared, shop};

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn bridge_forwards_messages_and_registers_once() {
    let shop = shop();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/basalam", listener.local_addr().unwrap());
    let receiver = bridge::receive(&shop.client, listener, &url, "a-secret")
        .await
        .unwrap();
    // As after a restart.
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    bridge::receive(&shop.client, other, &url, "a-secret")
        .await
        .unwrap();
    let webhooks = shop.client.webhooks().get_webhooks().await.unwrap();
    assert_eq!(webhooks.items.len(), 1);

    let customer = builder(shared(), &shop.customer).build().unwrap();
    customer.create_message(shop.chat, "one").await.unwrap();
    let state = MemoryState::new();
    let watch = shop
        .client
        .watch(state)
        .from_the_beginning()
        .webhooks(&receiver);
    let (sender, mut forwarded) = mpsc::unbounded_channel();
    let bridge = bridge::forward(watch.start().unwrap(), async |message: &Message| {
        sender.send(message.content.text.clone())?;
        Ok(())
    });
    let conversation = async {
        assert_eq!(forwarded.recv().await.flatten().as_deref(), Some("one"));
        // Found because of the delivery: a poll would take up to 15 seconds.
        customer.create_message(shop.chat, "two").await.unwrap();
        assert_eq!(forwarded.recv().await.flatten().as_deref(), Some("two"));
    };
    let both = async {
        tokio::select! {
            result = bridge => panic!("the bridge has ended: {result:?}"),
            () = conversation => {}
        }
    };
    tokio::time::timeout(LIMIT, both).await.unwrap();
}

#[tokio::test]
async fn secret_is_replaced_without_a_lost_delivery() {
    let shop = shop();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/basalam", listener.local_addr().unwrap());
    let receiver = bridge::receive(&shop.client, listener, &url, "old")
        .await
        .unwrap();
    assert_eq!(receiver.user(), UserId(shop.seller.id));
    let webhook = shop.client.webhooks().get_webhooks().await.unwrap().items[0].id;
    secret::rotate(&shop.client, &receiver, webhook, "new")
        .await
        .unwrap();

    let mut events = receiver.events();
    let customer = builder(shared(), &shop.customer).build().unwrap();
    let sent = customer.create_message(shop.chat, "Hello").await.unwrap();
    let event = tokio::time::timeout(LIMIT, events.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(event.message().unwrap().message.id, sent.id);
}
