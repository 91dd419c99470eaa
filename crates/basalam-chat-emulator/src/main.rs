//! The emulator as a program.
#![allow(clippy::print_stdout)] // Telling the user where it listens is its purpose.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Context;
use basalam_chat_emulator::{Builder, Emulator, TimeBound};
use clap::Parser;

/// Runs a local Basalam chat service, for development and tests.
///
/// It keeps everything in memory and forgets it at the end. Two users are there from
/// the start: a seller, whose access token is `seller-token`, and a customer, whose
/// access token is `customer-token`. So is a bot, whose token is
/// `110201:the-token-of-an-emulated-bot-is-no-secret`. Point your client's base URL at
/// the address that is printed, and end with Ctrl-C.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// Address to listen on. Others can reach the service when it is not a loopback
    /// address, and its tokens are no secrets.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,

    /// Give the ids of senders as text instead of numbers.
    #[arg(long)]
    sender_ids_as_strings: bool,

    /// Give pages of this many items at most, whatever is asked for.
    #[arg(long, value_name = "ITEMS")]
    page_cap: Option<usize>,

    /// Count chats with unseen messages up to this number.
    #[arg(long, value_name = "CHATS")]
    unseen_count_cap: Option<usize>,

    /// Take files of this many bytes at most. They are kept in memory. [default: 64 MiB]
    #[arg(long, value_name = "BYTES")]
    max_file_bytes: Option<usize>,

    /// Leave the second itself out of `updated_from` and `modified_from`.
    #[arg(long)]
    exclusive_from: bool,

    /// Take the second itself into `updated_before` and `modified_before`.
    #[arg(long)]
    inclusive_before: bool,

    /// Mark messages as seen when they are read.
    #[arg(long)]
    reading_marks_seen: bool,
}

impl Arguments {
    fn builder(&self) -> Builder {
        let mut builder = Emulator::builder()
            .address(SocketAddr::new(self.address, self.port))
            .sender_ids_as_strings(self.sender_ids_as_strings)
            .reading_marks_seen(self.reading_marks_seen);
        if self.exclusive_from {
            builder = builder.from_bound(TimeBound::Exclusive);
        }
        if self.inclusive_before {
            builder = builder.before_bound(TimeBound::Inclusive);
        }
        if let Some(cap) = self.page_cap {
            builder = builder.page_cap(cap);
        }
        if let Some(cap) = self.unseen_count_cap {
            builder = builder.unseen_count_cap(cap);
        }
        if let Some(bytes) = self.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        builder
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let emulator = arguments.builder().start().await?;
    println!("Basalam chat emulator on {}", emulator.base_url());
    for user in [emulator.seller(), emulator.customer()] {
        println!(
            "  {}: user {}, hash id {}",
            user.name, user.id, user.hash_id
        );
    }
    let bot = emulator.bot();
    println!("  {}: bot {}, username {}", bot.name, bot.id, bot.username);
    println!("`--help` names their tokens. Ctrl-C ends.");
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
    println!("Ending.");
    emulator.shutdown().await;
    Ok(())
}
