//! A bot that ends without losing work.

// ANCHOR: program
use basalam_chat::watch::{Delivery, Watch, WatchError};

/// Answers until `stop` is ready, such as `tokio::signal::ctrl_c()`, and finishes the answers that have begun.
pub async fn run(
    watch: Watch,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WatchError> {
    let watcher = watch.start()?;
    let handle = watcher.handle();
    tokio::spawn(async move {
        stop.await;
        handle.shutdown();
    });
    watcher.run(answer).await
}

async fn answer(delivery: Delivery) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if delivery.event().received().is_some() {
        delivery.reply("We will answer soon.").await?;
    }
    Ok(())
}
// ANCHOR_END: program
