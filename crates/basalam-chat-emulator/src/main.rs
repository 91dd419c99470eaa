//! The command-line program.
#![allow(clippy::print_stdout)] // Printing is its purpose.

mod cli;

use std::io::{self, Write as _};

use anyhow::Context;
use basalam_chat_emulator::Emulator;
use clap::Parser;
use cli::Arguments;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let rules = arguments.fault_rules()?;
    let mut builder = arguments.builder();
    if !arguments.quiet {
        // Errors mean that the output is closed, which must not end the service.
        builder = builder.on_request_logged(|request| _ = writeln!(io::stdout(), "{request}"));
    }
    let emulator = builder.start().await?;
    for rule in rules {
        emulator.add_fault(rule)?;
    }
    print_summary(&emulator, &arguments);
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
    println!("Shutting down.");
    emulator.shutdown().await;
    Ok(())
}

/// Prints the URL, the ids and tokens of users, bots and OAuth clients, and examples.
fn print_summary(emulator: &Emulator, arguments: &Arguments) {
    let url = emulator.base_url();
    println!("Basalam chat emulator on {url}");
    println!();
    println!("State is kept in memory until the program ends. The tokens are not secret:");
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
    println!("Press Ctrl-C to stop.");
}
