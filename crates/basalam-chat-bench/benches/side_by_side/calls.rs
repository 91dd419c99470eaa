//! Whole calls: a request is made, sent and answered, and the answer is read.

use std::time::{Duration, Instant};

use basalam_chat_bench::{AnyClient, Case, Kind};
use criterion::Criterion;
use tokio::runtime::{Builder, Runtime};

use crate::compare::{Comparison, LONG, SHORT};

/// Measures one case, with so many tasks at once.
pub(crate) fn compare(
    criterion: &mut Criterion,
    case: Case,
    tasks: usize,
    base_url: &str,
) -> anyhow::Result<Comparison> {
    let runtime = match tasks {
        // The server has the other core.
        1 => Builder::new_current_thread().enable_all().build()?,
        _ => Builder::new_multi_thread().enable_all().build()?,
    };
    let mut clients = Vec::new();
    for kind in Kind::ALL {
        clients.push((*kind, runtime.block_on(make(*kind, tasks, base_url))?));
    }
    let name = match tasks {
        1 => case.name().to_owned(),
        _ => format!("{} x{tasks}", case.name()),
    };
    let run = |kind: Kind, calls: u64| {
        let clients = clients.iter_mut().find(|it| it.0 == kind);
        let clients = &mut clients.expect("one was made of each kind").1;
        run(&runtime, clients, case, calls)
    };
    let turns = if tasks == 1 { SHORT } else { LONG };
    Ok(Comparison::measure(criterion, name, Kind::ALL, turns, run))
}

/// Makes the clients of the tasks, which share what they can.
async fn make(kind: Kind, tasks: usize, base_url: &str) -> anyhow::Result<Vec<AnyClient>> {
    let mut clients = vec![AnyClient::new(kind, base_url).await?];
    while clients.len() < tasks {
        clients.push(clients[0].another().await?);
    }
    Ok(clients)
}

/// Makes the calls, all tasks together, and gives how long that took.
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
        let started: Vec<_> = clients
            .drain(..)
            .zip(0..)
            .map(|(mut client, number)| {
                // So that it is `calls` in all.
                let own = calls / tasks + u64::from(number < calls % tasks);
                tokio::spawn(async move {
                    make_calls(&mut client, case, own).await;
                    client
                })
            })
            .collect();
        for task in started {
            clients.push(task.await.expect("no task of these panics"));
        }
        start.elapsed()
    })
}

async fn make_calls(client: &mut AnyClient, case: Case, calls: u64) {
    for _ in 0..calls {
        let result = client.call(case).await;
        let count = result.expect("the server answers everything");
        assert!(count > 0, "something comes back");
    }
}
