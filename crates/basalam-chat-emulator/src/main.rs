//! The command-line program.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Printing is its purpose.

mod cli;
mod readyz;
mod signals;

use std::io::{self, Write as _};

use basalam_chat_emulator::Emulator;
use clap::Parser;
use cli::{Arguments, Command};
use signals::Signals;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.command {
        Some(Command::Readyz { url: Some(url) }) => readyz::check(url).await,
        Some(Command::Readyz { url: None }) => readyz::check(&arguments.local_url()?).await,
        None => serve(&arguments).await,
    }
}

/// Runs an emulator until a signal ends it.
async fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    arguments.check()?;
    let rules = arguments.fault_rules()?;
    let signals = Signals::new()?;
    let mut builder = arguments.builder();
    if !arguments.quiet {
        // Errors mean that the output is closed, which must not end the service.
        builder = builder.on_request_logged(|request| _ = writeln!(io::stdout(), "{request}"));
    }
    let emulator = builder.start().await?;
    for rule in rules {
        emulator.add_fault(rule)?;
    }
    print_summary(&emulator, arguments);
    if arguments.open {
        open_console(&emulator, arguments);
    }
    signals.wait().await?;
    // The output can be closed already.
    _ = writeln!(io::stdout(), "Shutting down.");
    emulator.shutdown().await;
    Ok(())
}

fn console_url(emulator: &Emulator) -> String {
    format!("{}/_emulator/console/", emulator.base_url())
}

/// Opens the console in the browser. A failure is a warning: the service works without it.
fn open_console(emulator: &Emulator, arguments: &Arguments) {
    let url = console_url(emulator);
    if !arguments.has_control() {
        eprintln!("warning: the console is disabled; enable it with --control");
    } else if let Err(error) = open::that_detached(&url) {
        eprintln!("warning: cannot open {url} in a browser: {error}");
    }
}

/// Prints the URLs, the ids and tokens of users, bots and OAuth clients, and examples.
fn print_summary(emulator: &Emulator, arguments: &Arguments) {
    let url = emulator.base_url();
    if arguments.has_control() {
        println!("Console: {}", console_url(emulator));
    }
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
        println!("  curl -X POST {url}/_emulator/reset -H 'X-Basalam-Emulator: 1'");
    }
    println!();
    println!("Press Ctrl-C to stop.");
}
