//! Sends messages and reads the conversation without `async`.
//!
//! `cargo run --example blocking --features blocking` starts a local emulator of the service. It needs
//! no token and no network.

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use basalam_chat::{ChatFilter, Client, PersonalToken, SortOrder, UserId, blocking};
use basalam_chat_emulator::{Emulator, User};

fn main() -> anyhow::Result<()> {
    let emulator = Emulator::builder().start_blocking()?;
    let client_of = |user: &User| -> Result<blocking::Client, basalam_chat::Error> {
        Client::builder(PersonalToken::new(user.token()))
            .base_url(emulator.base_url())
            .build_blocking()
    };
    let seller = client_of(emulator.seller())?;
    let customer = client_of(emulator.customer())?;
    println!("Connected to an emulator at {}.", seller.base_url());

    let chat = seller.create_chat(UserId(emulator.customer().id)).send()?;
    let hello = seller.create_message(chat.id, "سلام، وقت بخیر!").send()?;
    customer
        .create_message(chat.id, "ممنون! کی می‌رسد؟")
        .reply_to(hello.id)
        .send()?;

    // A client can send requests concurrently.
    let send = |text| seller.create_message(chat.id, text).send();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| send("It was sent this morning."));
        send("It arrives tomorrow.")?;
        other
            .join()
            .map_err(|_| anyhow::anyhow!("the other thread panicked"))?
            .map_err(anyhow::Error::from)
    })?;

    println!("\nThe conversation, oldest first:");
    for message in seller.get_messages(chat.id).order(SortOrder::Asc).iter() {
        let message = message?;
        let text = message.content.text.as_deref().unwrap_or("-");
        println!("  {}  {text}", message.created_at);
    }
    println!("\nChats with unseen messages of the customer:");
    for chat in customer.get_chats().filter(ChatFilter::Unseen).iter() {
        let chat = chat?;
        println!("  chat {}: {} unseen", chat.id, chat.unseen_message_count);
    }
    Ok(())
}
