//! The emulator as a program.
#![allow(clippy::print_stdout)] // Telling the user where it listens is its purpose.

mod cli;

use std::io::{self, Write as _};

use anyhow::Context;
use basalam_chat_emulator::Emulator;
use clap::Parser;
use cli::Arguments;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let rules = arguments.faults()?;
    let mut builder = arguments.builder();
    if !arguments.quiet {
        // Where nobody reads any more, there is nothing to be done about it.
        builder = builder.on_request_logged(|request| _ = writeln!(io::stdout(), "{request}"));
    }
    let emulator = builder.start().await?;
    for rule in rules {
        emulator.add_fault(rule)?;
    }
    greet(&emulator, &arguments);
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
    println!("Ending.");
    emulator.shutdown().await;
    Ok(())
}

/// Says what there is to try. The tokens are worth nothing outside of this process.
fn greet(emulator: &Emulator, arguments: &Arguments) {
    let url = emulator.base_url();
    println!("Basalam chat emulator on {url}");
    println!();
    println!(
        "A local service for tests: it forgets everything at the end, and its tokens are no secrets."
    );
    for user in emulator.users() {
        println!("  user {:<6} {:<16} {}", user.id, user.name, user.token());
    }
    for bot in emulator.bots() {
        println!("  bot  {:<6} {:<16} {}", bot.id, bot.name, bot.token());
    }
    for client in emulator.oauth_clients() {
        println!("  OAuth client {}, secret {}", client.id(), client.secret());
    }
    println!();
    println!(
        "  curl {url}/v1/chats -H 'Authorization: Bearer {}'",
        emulator.seller().token()
    );
    if arguments.has_control() {
        println!("  curl {url}/_emulator/");
    }
    println!();
    println!("Ctrl-C ends.");
}
