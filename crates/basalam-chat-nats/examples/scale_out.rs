//! Relays and workers as separate processes.
//!
//! Start NATS with `docker compose -f crates/basalam-chat-nats/examples/compose.yaml up nats`, and the emulator with
//! `cargo run -p basalam-chat-emulator -- --port 8080`. Then start any number of each:
//!
//! ```text
//! cargo run -p basalam-chat-nats --example scale_out -- relay
//! cargo run -p basalam-chat-nats --example scale_out -- worker
//! ```
//!
//! `NATS_URL`, `NATS_MONITORING_URL`, `BASALAM_URL` and `BASALAM_TOKEN` replace the addresses of these.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use basalam_chat::watch::{Delivery, Watch};
use basalam_chat::{Client, PersonalToken};
use basalam_chat_nats::{EventQueue, NatsOptions, QueueOptions};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let token = variable("BASALAM_TOKEN", "seller-token");
    let client = Client::builder(PersonalToken::new(token))
        .base_url(variable("BASALAM_URL", "http://127.0.0.1:8080"))
        .build()?;
    let nats = NatsOptions::new(variable("NATS_URL", "nats://127.0.0.1:4222"))
        .monitoring_url(variable("NATS_MONITORING_URL", "http://127.0.0.1:8222"))
        .connect()
        .await?;
    // Both need the same store: it has the secret of the replies.
    let state = nats.state("chat-state").await?;
    let queue = nats.queue(QueueOptions::new("chat")).await?;
    let watch = client
        .watch(state)
        .on_report(|report| println!("{report:?}"));
    match std::env::args().nth(1).as_deref() {
        Some("relay") => relay(&queue, watch).await,
        Some("worker") => work(&queue, &client, watch).await,
        _ => Err("use `relay` or `worker`".into()),
    }
}

async fn relay(queue: &EventQueue, watch: Watch) -> Result<(), Error> {
    let login = queue.relay().start(watch)?;
    let handle = login.handle();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        handle.shutdown();
    });
    println!("relaying");
    Ok(login.run().await?)
}

async fn work(queue: &EventQueue, client: &Client, watch: Watch) -> Result<(), Error> {
    let user = client.current_user_id().await?;
    let worker = queue.worker().login(user, watch);
    let handle = worker.handle();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        handle.shutdown();
    });
    println!("working");
    Ok(worker.run(handle_delivery).await?)
}

async fn handle_delivery(delivery: Delivery) -> Result<(), Error> {
    if let Some(message) = delivery.event().received() {
        println!("message {} in chat {}", message.id, message.chat_id);
        delivery.reply("Thank you, we will answer soon.").await?;
    }
    Ok(())
}

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}
