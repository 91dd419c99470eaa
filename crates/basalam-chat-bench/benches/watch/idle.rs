//! Requests of a watcher while nothing happens.

use std::time::{Duration, Instant};

use basalam_chat::state::MemoryState;

use crate::clock::FastClock;
use crate::report::Report;
use crate::service::{self, Service};

const CHATS: usize = 5_000;
/// The defaults of the watcher.
const IDLE_INTERVAL: f64 = 15.0;
const RESYNC_INTERVAL: f64 = 600.0;
const FACTOR: u32 = 60;
/// An hour, by the clock of the watcher.
const TIME: Duration = Duration::from_secs(60);

/// Counts the requests of an hour, in a minute.
pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let service = Service::start(CHATS, 0, Duration::ZERO)?;
        let client = service::client(service.base_url(), 0);
        let client = client.clock(FastClock::new(FACTOR)).build()?;
        let watcher = client.watch(MemoryState::new()).start()?;
        // The first list, the first resync, and the polls until the longest interval.
        service.wait_until(|counts| counts.passes >= 2).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        service.reset_counts().await?;
        let start = Instant::now();
        tokio::time::sleep(TIME).await;
        let elapsed = start.elapsed().as_secs_f64() * f64::from(FACTOR);
        let counts = service.counts().await?;
        drop(watcher);

        let polls = counts.first_pages - counts.passes;
        let intervals = elapsed / IDLE_INTERVAL;
        // One more if the time begins just before a poll.
        report.check(
            &format!("idle, {CHATS} chats: polls in {intervals:.0} intervals"),
            "1 per interval",
            &format!("{polls}"),
            polls as f64 <= intervals + 1.0 && polls as f64 >= 0.9 * intervals,
        );
        report.check(
            "idle: requests besides polls and resyncs",
            "none",
            &format!(
                "{}",
                counts.requests - counts.first_pages - counts.later_pages
            ),
            counts.requests == counts.first_pages + counts.later_pages,
        );
        let resyncs = elapsed / RESYNC_INTERVAL;
        let pages = (counts.later_pages + counts.passes) as f64 / counts.passes as f64;
        report.check(
            &format!("idle: resyncs, of {pages:.1} requests each"),
            &format!("{resyncs:.0}"),
            &format!("{}", counts.passes),
            (counts.passes as f64 - resyncs).abs() <= 1.0,
        );
        Ok(())
    })
}
