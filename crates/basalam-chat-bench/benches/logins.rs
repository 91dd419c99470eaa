//! Memory of many logins in one process: clients that share connections, beside separate clients.
//!
//! `cargo bench -p basalam-chat-bench --bench logins` creates 1,000 logins in each of two processes:
//!
//! - **shared**: `Client::with_authentication`, with tokens in a shared state store;
//! - **separate**: the same with a client per login, and so a connection pool per login.
//!
//! Each login sends two requests, so that its tokens are loaded and all that it allocates is allocated. The report shows
//! the resident memory per login above that of a process with one login, the time that creating a client takes, and the
//! number of connections.
//!
//! The benchmark fails if a shared login takes more than 4 KiB, or if the shared logins use more than one connection.

#![allow(clippy::print_stdout)] // Prints the results.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::auth::{Authentication, AuthorizationCode, TokenSet, TokenStore};
use basalam_chat::state::MemoryState;
use basalam_chat::{Client, Error};
use basalam_chat_bench::{Server, TOKEN, memory, serve_if_requested};

const LOGINS: usize = 1000;

/// Limit of the memory of a shared login, in bytes.
const MAX_MEMORY: u64 = 4 * 1024;

const KINDS: [&str; 2] = [SHARED, "separate"];
const SHARED: &str = "shared";

fn main() -> anyhow::Result<ExitCode> {
    serve_if_requested()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, kind, base_url] = &arguments[..]
        && command == "--log-in"
    {
        return log_in(kind, base_url);
    }
    // `cargo test --benches` runs this without `--bench`.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let server = Server::start(Duration::ZERO)?;
    println!("{LOGINS} logins    KiB per login   µs to create   connections");
    let mut is_within_limits = true;
    for kind in KINDS {
        let output = Command::new(std::env::current_exe()?)
            .args(["--log-in", kind, server.base_url()])
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "the process failed");
        let output = String::from_utf8(output.stdout)?;
        let figures: Vec<&str> = output.split_whitespace().collect();
        let [bytes, nanoseconds, connections] = figures[..] else {
            anyhow::bail!("the process printed an incomplete line");
        };
        let (bytes, connections): (u64, usize) = (bytes.parse()?, connections.parse()?);
        let nanoseconds: f64 = nanoseconds.parse()?;
        println!(
            "{kind:<14} {:>10.2} {:>14.1} {connections:>13}",
            bytes as f64 / 1024.0,
            nanoseconds / 1000.0
        );
        is_within_limits &= kind != SHARED || (bytes <= MAX_MEMORY && connections == 1);
    }
    if is_within_limits {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nThe limits are 4 KiB per shared login, and one connection.");
    Ok(ExitCode::FAILURE)
}

/// Creates the logins in this process, and prints the bytes and nanoseconds per login and the number of connections.
fn log_in(kind: &str, base_url: &str) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let state = MemoryState::new();
        for login in 0..=LOGINS {
            let tokens = TokenSet::new(TOKEN).with_refresh_token(TOKEN);
            store(&state, login)?.save(&tokens).await?;
        }
        let app = AuthorizationCode::new("client-id", "client-secret", "https://shop.example/");
        let build = |authentication| Client::builder(authentication).base_url(base_url).build();
        let first = build(Authentication::from(app.resume(store(&state, 0)?)))?;
        send(&first).await?;
        let connections_before = connections()?.saturating_sub(1);
        let initial = memory().context("cannot determine the memory use on this system")?;
        let mut elapsed = Duration::ZERO;
        let mut clients = Vec::with_capacity(LOGINS);
        for login in 1..=LOGINS {
            let start = Instant::now();
            let authentication = app.resume(store(&state, login)?);
            let client = match kind == SHARED {
                true => first.with_authentication(authentication)?,
                false => build(authentication.into())?,
            };
            elapsed += start.elapsed();
            send(&client).await?;
            clients.push(client);
        }
        let bytes = memory().unwrap_or(u64::MAX).saturating_sub(initial);
        let connections = connections()? - connections_before;
        let logins = clients.len() as u64;
        let nanoseconds = elapsed.as_nanos() / u128::from(logins);
        println!("{} {nanoseconds} {connections}", bytes / logins);
        Ok(ExitCode::SUCCESS)
    })
}

fn store(state: &MemoryState, login: usize) -> Result<TokenStore, Error> {
    TokenStore::new(state.clone(), format!("tokens/{login}"))
}

async fn send(client: &Client) -> Result<(), Error> {
    for _ in 0..2 {
        client.get_chats().limit(30).await?;
    }
    Ok(())
}

/// Returns the number of open sockets of this process.
fn connections() -> anyhow::Result<usize> {
    let mut count = 0;
    for file in std::fs::read_dir("/proc/self/fd")? {
        let target = std::fs::read_link(file?.path());
        let is_socket = target.is_ok_and(|it| it.to_string_lossy().starts_with("socket:"));
        count += usize::from(is_socket);
    }
    Ok(count)
}
