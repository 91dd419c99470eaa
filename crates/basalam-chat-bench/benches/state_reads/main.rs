//! Time to read a value with `SqliteState` and `RedisState`, compared with bare calls of rusqlite and redis.
//!
//! `cargo bench -p basalam-chat-bench --bench state_reads` reads the same values from the same database and server
//! in turns: with the store, and as a careful tokio program does without it. Ratios are computed within a round. The
//! benchmark fails if the median exceeds 1.2 with a confidence of 97.5 %. Redis is started on loopback, and is
//! skipped if redis-server is not installed.

#![allow(clippy::print_stdout)] // Prints the results.

mod redis_server;
mod sqlite;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use basalam_chat::state::{PutMode, PutRequest, StateKey, StateStore};
use basalam_chat_bench::{Ratios, median};
use tokio::runtime::{Builder, Runtime};

const MAX_RATIO: f64 = 1.2;
const ROUNDS: usize = 101;

/// The time that a turn takes, approximately.
const TURN: Duration = Duration::from_millis(20);

/// Number of concurrent tasks, as in a busy program.
const CONCURRENT_TASKS: usize = 64;

const VALUES: usize = 1000;

/// About the size of the tokens of a login.
const VALUE_BYTES: usize = 300;

/// Reads one of the values and returns its length.
pub(crate) trait Reader: Clone + Send + Sync + 'static {
    fn read(&self, index: usize) -> impl Future<Output = anyhow::Result<usize>> + Send;
}

/// Reads with a store.
#[derive(Clone)]
struct Stored {
    store: Arc<dyn StateStore>,
    keys: Arc<Vec<StateKey>>,
}

impl Reader for Stored {
    async fn read(&self, index: usize) -> anyhow::Result<usize> {
        let entry = self.store.get(&self.keys[index]).await?;
        Ok(entry.context("the value is missing")?.value.len())
    }
}

impl Stored {
    /// Writes the values.
    async fn fill(store: Arc<dyn StateStore>) -> anyhow::Result<Stored> {
        let keys: Result<Vec<_>, _> = (0..VALUES)
            .map(|index| StateKey::new(format!("tokens/{index}")))
            .collect();
        let keys = Arc::new(keys?);
        let requests: Vec<_> = keys
            .iter()
            .map(|key| PutRequest::new(key.clone(), vec![b'x'; VALUE_BYTES], PutMode::Overwrite))
            .collect();
        for result in store.put_many(&requests).await? {
            result?;
        }
        Ok(Stored { store, keys })
    }

    fn names(&self) -> Vec<String> {
        self.keys.iter().map(ToString::to_string).collect()
    }
}

fn main() -> anyhow::Result<ExitCode> {
    // `cargo test --benches` runs this without `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    println!("microseconds per read, and ratios within a round: median (quartiles)\n");
    println!("case                                     store    bare  store/bare");
    let server = redis_server::Server::start()?;
    let mut bounds = Vec::new();
    for tasks in [1, CONCURRENT_TASKS] {
        let runtime = match tasks {
            1 => Builder::new_current_thread().enable_all().build()?,
            _ => Builder::new_multi_thread().enable_all().build()?,
        };
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("state.db");
        let (store, bare, thread) = runtime.block_on(sqlite::open(&path))?;
        bounds.push(compare("SQLite", tasks, &runtime, &store, &bare)?);
        let name = "SQLite, bare on its own thread";
        bounds.push(compare(name, tasks, &runtime, &store, &thread)?);
        if let Some(server) = &server {
            let (store, bare, delayed) = runtime.block_on(server.open())?;
            bounds.push(compare("Redis", tasks, &runtime, &store, &bare)?);
            let name = "Redis, bare without TCP_NODELAY";
            let bound = compare(name, tasks, &runtime, &store, &delayed)?;
            // Of concurrent reads, the system then combines packets, at the cost of delays that loopback does not show.
            if tasks == 1 {
                bounds.push(bound);
            }
        }
    }
    if server.is_none() {
        println!("Redis is SKIPPED: redis-server is not installed.");
    }
    if bounds.iter().all(|bound| *bound <= MAX_RATIO) {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nA store exceeds {MAX_RATIO} times the bare call.");
    Ok(ExitCode::FAILURE)
}

/// Measures both readers in turns, prints the result, and returns the lower bound of the median ratio.
fn compare(
    name: &str,
    tasks: usize,
    runtime: &Runtime,
    store: &impl Reader,
    bare: &impl Reader,
) -> anyhow::Result<f64> {
    // Warms up, and finds how many reads a turn needs.
    let calls = 50 * tasks;
    let needed = run(runtime, store, tasks, calls)? + run(runtime, bare, tasks, calls)?;
    let scale = 2.0 * TURN.as_secs_f64() / needed.as_secs_f64();
    let calls = ((calls as f64 * scale) as usize).max(tasks);
    let (mut stores, mut bares) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Varies the order, so that no reader always follows the other.
        for is_store in [round % 2 == 0, round % 2 == 1] {
            let (elapsed, times) = match is_store {
                true => (run(runtime, store, tasks, calls)?, &mut stores),
                false => (run(runtime, bare, tasks, calls)?, &mut bares),
            };
            times.push(elapsed.as_secs_f64() / calls as f64);
        }
    }
    let ratios = Ratios::new(&stores, &bares).context("there are no rounds")?;
    let micros = |times: Vec<f64>| median(times).unwrap_or_default() * 1e6;
    let name = match tasks {
        1 => name.to_owned(),
        _ => format!("{name} x{tasks}"),
    };
    let (store, bare) = (micros(stores), micros(bares));
    println!("{name:<38} {store:>7.1} {bare:>7.1}  {ratios}");
    Ok(ratios.median_lower_bound())
}

/// Reads concurrently in a number of tasks, and returns the elapsed time.
fn run(
    runtime: &Runtime,
    reader: &impl Reader,
    tasks: usize,
    calls: usize,
) -> anyhow::Result<Duration> {
    runtime.block_on(async {
        let start = Instant::now();
        let readers: Vec<_> = (0..tasks)
            .map(|task| {
                let reader = reader.clone();
                tokio::spawn(async move {
                    for call in (task..calls).step_by(tasks) {
                        let bytes = reader.read(call * 7 % VALUES).await?;
                        ensure!(bytes >= VALUE_BYTES, "the value is incomplete");
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        for reader in readers {
            reader.await??;
        }
        Ok(start.elapsed())
    })
}
