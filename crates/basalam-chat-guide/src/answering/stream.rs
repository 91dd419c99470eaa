//! Deliveries without a handler.

// ANCHOR: program
use basalam_chat::watch::{Event, Watch, WatchError};

/// Prints events until `count` of them have been messages. `watch` is `client.watch(state)`.
pub async fn print_events(watch: Watch, count: usize) -> Result<(), WatchError> {
    let mut watcher = watch.start()?;
    let mut messages = 0;
    while messages < count {
        let Some(delivery) = watcher.next().await else {
            break;
        };
        let delivery = delivery?;
        match delivery.event() {
            Event::MessageReceived(message) => {
                println!("chat {}: {:?}", message.chat_id, message.kind());
                messages += 1;
            }
            Event::SeenByContact(message) => println!("seen up to {message}"),
            // Chats that were opened or changed, edits, messages that cannot be decoded …
            event => println!("{event:?}"),
        }
        // Without it, the event is delivered again.
        delivery.ack();
    }
    Ok(())
}
// ANCHOR_END: program
