//! Complete calls, from building the request to decoding the response.

use std::time::{Duration, Instant};

use basalam_chat_bench::{AnyClient, Case, Kind};
use criterion::Criterion;
use tokio::runtime::{Builder, Runtime};

use crate::compare::{Comparison, LONG, SHORT};

/// Measures one case with a number of concurrent tasks.
pub(crate) fn compare(
    criterion: &mut Criterion,
    case: Case,
    tasks: usize,
    base_url: &str,
) -> anyhow::Result<Comparison> {
    let runtime = match tasks {
        // Leaves the other core to the server.
        1 => Builder::new_current_thread().enable_all().build()?,
        _ => Builder::new_multi_thread().enable_all().build()?,
    };
    let mut clients = Vec::new();
    for kind in Kind::ALL {
        clients.push((*kind, runtime.block_on(connect(*kind, tasks, base_url))?));
    }
    let name = match tasks {
        1 => case.name().to_owned(),
        _ => format!("{} x{tasks}", case.name()),
    };
    let run = |kind: Kind, calls: u64| {
        let clients = clients.iter_mut().find(|client| client.0 == kind);
        let clients = &mut clients.expect("there are clients of all kinds").1;
        run(&runtime, clients, case, calls)
    };
    let turns = if tasks == 1 { SHORT } else { LONG };
    Ok(Comparison::measure(criterion, name, Kind::ALL, turns, run))
}

/// Creates the clients of the tasks.
async fn connect(kind: Kind, tasks: usize, base_url: &str) -> anyhow::Result<Vec<AnyClient>> {
    let mut clients = vec![AnyClient::new(kind, base_url).await?];
    while clients.len() < tasks {
        clients.push(clients[0].try_clone().await?);
    }
    Ok(clients)
}

/// Makes the calls concurrently in all tasks and returns the elapsed time.
fn run(runtime: &Runtime, clients: &mut Vec<AnyClient>, case: Case, calls: u64) -> Duration {
    if let [client] = &mut clients[..] {
        return runtime.block_on(async {
            let start = Instant::now();
            make_calls(client, case, calls).await;
            start.elapsed()
        });
    }
    runtime.block_on(async {
        let tasks = u64::try_from(clients.len()).unwrap_or(1);
        let start = Instant::now();
        let handles: Vec<_> = clients
            .drain(..)
            .zip(0..)
            .map(|(mut client, index)| {
                // The shares add up to `calls`.
                let share = calls / tasks + u64::from(index < calls % tasks);
                tokio::spawn(async move {
                    make_calls(&mut client, case, share).await;
                    client
                })
            })
            .collect();
        for handle in handles {
            clients.push(handle.await.expect("tasks do not panic"));
        }
        start.elapsed()
    })
}

async fn make_calls(client: &mut AnyClient, case: Case, calls: u64) {
    for _ in 0..calls {
        let result = client.call(case).await;
        let count = result.expect("all calls succeed");
        assert!(count > 0, "the response is not empty");
    }
}
