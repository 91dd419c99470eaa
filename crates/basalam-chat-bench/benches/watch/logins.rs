//! CPU time and requests of many idle logins in one process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use basalam_chat::state::{MemoryState, StateStore};
use basalam_chat::watch::RequestBudget;
use basalam_chat_bench::cpu_time;
use basalam_chat_state::SqliteState;

use crate::report::Report;
use crate::service::{self, Service};

const LOGINS: usize = 1_000;
/// More than a page.
const CHATS: usize = 150;
/// Requests per second.
const BUDGET: u32 = 200;
/// The longest interval of the watcher, by default.
const IDLE_INTERVAL: f64 = 15.0;
const TIME: Duration = Duration::from_secs(45);
const MAX_CPU: f64 = 0.05;

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let directory = tempfile::tempdir()?;
    runtime.block_on(async {
        let store = Arc::new(MemoryState::new());
        measure_with(report, "memory", store).await?;
        let store = SqliteState::open(directory.path().join("state.db")).await?;
        measure_with(report, "SQLite", Arc::new(store)).await
    })
}

async fn measure_with(
    report: &mut Report,
    name: &str,
    store: Arc<dyn StateStore>,
) -> anyhow::Result<()> {
    let service = Service::start(CHATS, 0, Duration::ZERO)?;
    let first = service::client(service.base_url(), 0).build()?;
    let budget = RequestBudget::new(BUDGET, Duration::from_secs(1));
    let start = Instant::now();
    let mut watchers = Vec::new();
    for login in 1..=LOGINS {
        let client = first.with_authentication(service::token(login))?;
        let watch = client.watch(store.clone()).request_budget(&budget);
        watchers.push(watch.start()?);
    }
    let logins = u64::try_from(LOGINS)?;
    // The first lists and the first resyncs, and the polls until the longest interval.
    service
        .wait_until(|counts| counts.passes >= logins * 2)
        .await?;
    tokio::time::sleep(Duration::from_secs(45)).await;
    let started = service.counts().await?;
    let elapsed = start.elapsed().as_secs_f64();
    let budgeted = elapsed * f64::from(BUDGET) + 1.0;
    report.check(
        &format!("{LOGINS} logins, {name}: requests of the start, in {elapsed:.0} s"),
        &format!("{budgeted:.0}"),
        &format!("{}", started.requests),
        started.requests as f64 <= budgeted,
    );

    service.reset_counts().await?;
    let (start, cpu) = (Instant::now(), cpu_time());
    tokio::time::sleep(TIME).await;
    let elapsed = start.elapsed().as_secs_f64();
    let cpu = cpu_time().zip(cpu).map(|(end, start)| end - start);
    let cpu = cpu.context("the system does not report the CPU time")? / elapsed;
    let counts = service.counts().await?;
    drop(watchers);
    report.check(
        &format!("{LOGINS} idle logins, {name}: CPU time"),
        "5 % of a core",
        &format!("{:.2} %", cpu * 100.0),
        cpu < MAX_CPU,
    );
    let limit = u64::from(BUDGET) * 10;
    report.check(
        &format!("{LOGINS} idle logins, {name}: requests in the busiest 10 s"),
        &format!("{limit}"),
        &format!("{}", counts.busiest_ten_seconds),
        counts.busiest_ten_seconds <= limit,
    );
    let per_interval = counts.first_pages as f64 / LOGINS as f64 * IDLE_INTERVAL / elapsed;
    report.show(
        &format!("{LOGINS} idle logins, {name}: polls per login and interval"),
        &format!("{per_interval:.2}"),
    );
    Ok(())
}
