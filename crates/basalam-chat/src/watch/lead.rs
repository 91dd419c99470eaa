//! The election of the process that reads a login, and its work while it has the lease.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::handout::Deliveries;
use super::outage::Outage;
use super::shared::Shared;
use super::tenure::{EndTenure, Tenure};
use super::{Report, WatchError, dispatch, load, poller};
use crate::UserId;
use crate::state::{Lease, LeaseRequest, Version};

enum End {
    Shutdown,
    Lost,
}

/// Reads the login whenever no other process does, until the watcher is stopped.
pub(super) async fn supervise(shared: Arc<Shared>, deliveries: Deliveries) {
    let work = shared.clone();
    let result = tokio::select! {
        result = elect(&work, &deliveries) => result,
        () = deliveries.closed() => Ok(()),
    };
    if let Err(error) = result {
        // The receiver may be gone.
        let _ = deliveries.send(Err(error)).await;
    }
}

async fn elect(shared: &Arc<Shared>, deliveries: &Deliveries) -> Result<(), WatchError> {
    let user = tokio::select! {
        user = shared.retry(|| shared.reader.current_user_id()) => user?,
        () = shared.stopped() => return Ok(()),
    };
    if let Some((receiver, _)) = &shared.config.webhooks
        && *receiver != user
    {
        let problem = "`webhooks` receives the deliveries of another user; build its receiver with the user id of \
                       this client";
        return Err(WatchError::invalid_input(problem));
    }
    let key = shared.config.key(user.0, "lease")?;
    let mut request = LeaseRequest::new(key, shared.config.lease_duration)
        .clock(shared.clock.clone())
        .random_source(shared.random.clone());
    loop {
        let mut lease = tokio::select! {
            lease = acquire(shared, &mut request) => lease,
            () = shared.stopped() => return Ok(()),
        };
        shared.report(&Report::Started);
        let fencing = lease.fencing();
        let tenure = Tenure::new(shared.clock.clone(), time_left(shared, &lease));
        let tenure = Arc::new(tenure);
        let guard = EndTenure(tenure.clone());
        let end = tokio::select! {
            end = lead(shared, user, fencing, tenure.clone(), deliveries) => end?,
            () = keep(shared, &mut lease, &tenure) => End::Lost,
        };
        drop(guard);
        match end {
            End::Lost => shared.report(&Report::LeaseLost),
            End::Shutdown => {
                release(shared, lease).await;
                return Ok(());
            }
        }
    }
}

async fn acquire(shared: &Shared, request: &mut LeaseRequest) -> Lease {
    let mut outage = Outage::default();
    loop {
        match shared.store.try_acquire_lease(request).await {
            Ok(lease) => {
                outage.succeeded(shared);
                if let Some(lease) = lease {
                    return lease;
                }
            }
            Err(error) => outage.failed(shared, error),
        }
        shared.sleep(shared.config.lease_duration / 8).await;
    }
}

/// Returns how long a process goes on without renewing its lease. It stops while it still has the lease for a while.
fn time_left(shared: &Shared, lease: &Lease) -> Duration {
    let safety_margin = shared.config.lease_duration / 3;
    lease.time_left().saturating_sub(safety_margin)
}

/// Renews the lease until it is lost.
async fn keep(shared: &Shared, lease: &mut Lease, tenure: &Tenure) {
    let duration = shared.config.lease_duration;
    let next_pause = || {
        let now = shared.clock.system_time().duration_since(UNIX_EPOCH);
        until_renewal(now.unwrap_or_default(), duration)
    };
    let mut pause = next_pause();
    let mut outage = Outage::default();
    loop {
        let left = time_left(shared, lease);
        if left.is_zero() {
            return;
        }
        tenure.set_time_left(left);
        shared.sleep(pause.min(left)).await;
        let left = time_left(shared, lease);
        let renewed = tokio::select! {
            renewed = shared.store.renew_lease(lease) => renewed,
            // A store that hangs must not keep a lost lease alive.
            () = shared.sleep(left) => return,
        };
        pause = match renewed {
            Ok(()) => {
                outage.succeeded(shared);
                next_pause()
            }
            Err(error) if error.is_conflict() => return,
            Err(error) => {
                outage.failed(shared, error);
                duration / 16
            }
        };
    }
}

/// Returns the pause before a lease is renewed. The renewals of many logins are due at the same moments, so that they
/// wake the process seldom, and a store can make them together. `now` is the time since any fixed one.
fn until_renewal(now: Duration, lease_duration: Duration) -> Duration {
    let (interval, step) = (lease_duration / 4, lease_duration / 60);
    let excess = (now + interval).as_nanos() % step.as_nanos().max(1);
    // Less than `step`, which is at most some months.
    interval - Duration::from_nanos(u64::try_from(excess).unwrap_or(0))
}

/// Releases the lease, so that another process need not wait until it expires, which it does otherwise.
async fn release(shared: &Shared, lease: Lease) {
    tokio::select! {
        _ = shared.store.release_lease(lease) => {}
        // A store that hangs must not prevent the shutdown.
        () = shared.sleep(shared.config.lease_duration / 4) => {}
    }
}

async fn lead(
    shared: &Arc<Shared>,
    user: UserId,
    fencing: Version,
    tenure: Arc<Tenure>,
    deliveries: &Deliveries,
) -> Result<End, WatchError> {
    let term = tokio::select! {
        term = load::load(shared, user, fencing, tenure) => Arc::new(term?),
        () = shared.stopped() => return Ok(End::Shutdown),
    };
    term.mark_unfinished();
    tokio::select! {
        error = poller::poll(&term) => Err(error),
        () = term.writer.run(shared) => Ok(End::Lost),
        () = dispatch::dispatch(&term, deliveries) => Ok(End::Shutdown),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn leases_of_many_logins_are_renewed_at_few_moments() {
        for lease in [3, 15, 61].map(Duration::from_secs) {
            let mut moments = BTreeSet::new();
            for login in 0..1_000 {
                let mut now = Duration::from_secs(1_800_000_000) + lease * login / 1_000;
                for _ in 0..3 {
                    let pause = until_renewal(now, lease);
                    assert!(pause <= lease / 4 && pause > lease / 5, "{pause:?}");
                    now += pause;
                }
                moments.insert(now);
            }
            // Those of one lease duration.
            assert!(moments.len() <= 61, "{}", moments.len());
        }
    }

    #[test]
    fn longest_lease_is_renewed() {
        let lease = Duration::from_secs(86_400 * 365 * 30);
        for now in [Duration::ZERO, Duration::from_secs(u64::from(u32::MAX))] {
            let pause = until_renewal(now, lease);
            assert!(pause <= lease / 4 && pause > lease / 5, "{pause:?}");
        }
    }
}
