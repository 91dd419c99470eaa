//! Answers each message of other users once, even if it is killed and started again.
//!
//! Start the emulator with `cargo run -p basalam-chat-emulator -- --port 8080`, then
//! `cargo run --example answering_bot --features watch`. For the real service, build the client with
//! `Client::new(PersonalToken::new(token))?`.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

// ANCHOR: program
use basalam_chat::messages::MessageKind;
use basalam_chat::state::FileState;
use basalam_chat::watch::Delivery;
use basalam_chat::{Client, PersonalToken};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::builder(PersonalToken::new("seller-token"))
        .base_url("http://127.0.0.1:8080")
        .build()?;
    // What was answered is remembered here, so a restart neither skips nor repeats an answer.
    let state = FileState::open("answering-bot-state").await?;
    client
        .watch(state)
        .on_report(|report| println!("{report:?}"))
        .dead_letter(|letter| println!("chat {} needs a person: {:?}", letter.chat, letter.reason))
        .run(handle)
        .await?;
    Ok(())
}

async fn handle(delivery: Delivery) -> Result<(), Error> {
    let Some(message) = delivery.event().received() else {
        return Ok(());
    };
    let answer = match message.kind() {
        MessageKind::Text(text) if text.contains(['?', '؟']) => {
            "A person will answer soon.".into()
        }
        MessageKind::Text(_) => "Thank you for your message.".into(),
        MessageKind::Product(product) => format!("Product {product} is in stock."),
        _ => format!("Thank you for the {}.", message.message_type),
    };
    delivery.reply(answer).await?;
    Ok(())
}
