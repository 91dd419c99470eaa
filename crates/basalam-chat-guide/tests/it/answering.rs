use std::sync::Arc;
use std::time::Duration;

use basalam_chat::state::{MemoryState, StateStore};
use basalam_chat_guide::answering::{logins, shutdown, stream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::support::{shared, shop, yield_until};

/// Much longer than the tests take.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn events_are_delivered_and_acknowledged() {
    let shop = shop();
    shop.receive(shared(), &["one", "two"]);
    let state = Arc::new(MemoryState::new());
    let watch = || shop.client.watch(state.clone()).from_the_beginning();
    let printed = timeout(LIMIT, stream::print_events(watch(), 2));
    printed.await.unwrap().unwrap();
}

#[tokio::test]
async fn bot_answers_and_stops() {
    let shop = Arc::new(shop());
    shop.receive(shared(), &["Is it in stock?"]);
    let watch = shop.client.watch(MemoryState::new()).from_the_beginning();
    let chat = shop.clone();
    let answered = async move {
        yield_until(|| chat.texts(shared()).len() == 2).await;
    };
    let run = timeout(LIMIT, shutdown::run(watch, answered));
    run.await.unwrap().unwrap();
    assert_eq!(
        shop.texts(shared()),
        ["Is it in stock?", "We will answer soon."]
    );
}

#[tokio::test]
async fn one_process_watches_many_logins() {
    let shops = [shop(), shop(), shop()];
    for shop in &shops {
        shop.receive(shared(), &["Hello"]);
    }
    let clients = shops.each_ref().map(|shop| shop.client.clone());
    let store: Arc<dyn StateStore> = Arc::new(MemoryState::new());
    let (sender, mut chats) = mpsc::unbounded_channel();
    for watch in logins::watch_all(&clients, &store) {
        let sender = sender.clone();
        tokio::spawn(watch.from_the_beginning().run(move |delivery| {
            let sender = sender.clone();
            async move {
                if delivery.event().received().is_some() {
                    sender.send(delivery.chat_id())?;
                }
                Ok(())
            }
        }));
    }
    let mut seen = Vec::new();
    while seen.len() < shops.len() {
        seen.push(timeout(LIMIT, chats.recv()).await.unwrap().unwrap());
    }
    seen.sort();
    let mut expected = shops.each_ref().map(|shop| shop.chat);
    expected.sort();
    assert_eq!(seen, expected);
}
