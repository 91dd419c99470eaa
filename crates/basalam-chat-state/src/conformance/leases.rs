//! Leases, on a clock that the tests advance.

use std::time::Duration;

use basalam_chat::state::{Lease, LeaseRequest, StateError, StateStore};

use super::context::{Context, expect_error, join};
use super::report::{CheckResult, Stop, ensure};

/// Long, so that a slow machine does not let a lease of a store with a clock expire.
const DURATION: Duration = Duration::from_secs(3600);

const MOMENT: Duration = Duration::from_secs(60);

async fn acquire(store: &dyn StateStore, request: &mut LeaseRequest) -> Result<Lease, Stop> {
    let lease = store.try_acquire_lease(request).await?;
    lease.ok_or_else(|| Stop::Fail(format!("the lease `{}` is not free", request.key())))
}

async fn ensure_taken(store: &dyn StateStore, request: &mut LeaseRequest) -> CheckResult {
    let lease = store.try_acquire_lease(request).await?;
    ensure!(lease.is_none(), "a second holder acquired {lease:?}");
    Ok(())
}

/// Lets a contender take over from a holder that does not renew.
async fn take_over(
    context: &Context,
    store: &dyn StateStore,
    contender: &mut LeaseRequest,
) -> Result<Lease, Stop> {
    // By default, a contender must see the lease unchanged for the whole duration.
    let _ = store.try_acquire_lease(contender).await?;
    context.advance(DURATION).await?;
    acquire(store, contender).await
}

pub(super) async fn holder_excludes_others(context: &Context) -> CheckResult {
    let (one, two) = (context.open().await?, context.open().await?);
    let mut request = context.lease("a", DURATION)?;
    let lease = acquire(&*one, &mut request).await?;
    ensure!(
        lease.key() == request.key(),
        "the lease of `{}` is {lease:?}",
        request.key()
    );
    let left = lease.time_left();
    ensure!(
        left == DURATION && !lease.is_expired(),
        "the new lease ends in {left:?}"
    );
    ensure_taken(&*one, &mut request).await?;
    ensure_taken(&*two, &mut context.lease("a", DURATION)?).await?;
    acquire(&*two, &mut context.lease("b", DURATION)?).await?;
    Ok(())
}

pub(super) async fn expired_leases_are_taken_over(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let first = acquire(&*store, &mut context.lease("a", DURATION)?).await?;
    // The holder's duration counts, not the contender's.
    let mut contender = context.lease("a", MOMENT)?;
    ensure_taken(&*store, &mut contender).await?;
    context.advance(DURATION - MOMENT).await?;
    ensure_taken(&*store, &mut contender).await?;
    ensure!(!first.is_expired(), "the lease expired too early");
    context.advance(MOMENT).await?;
    ensure!(first.is_expired(), "the lease did not expire");
    let second = acquire(&*store, &mut contender).await?;
    let (old, new) = (first.fencing(), second.fencing());
    ensure!(new > old, "the fencing number {new} follows {old}");
    Ok(())
}

pub(super) async fn renewed_leases_are_kept(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let mut lease = acquire(&*store, &mut context.lease("a", DURATION)?).await?;
    let (fencing, mut contender) = (lease.fencing(), context.lease("a", DURATION)?);
    for _ in 0..5 {
        ensure_taken(&*store, &mut contender).await?;
        context.advance(DURATION - MOMENT).await?;
        ensure_taken(&*store, &mut contender).await?;
        store.renew_lease(&mut lease).await?;
        let left = lease.time_left();
        ensure!(left == DURATION, "the renewed lease ends in {left:?}");
    }
    ensure!(
        lease.fencing() == fencing,
        "a renewal changed the fencing number"
    );
    Ok(())
}

pub(super) async fn paused_holder_loses_only_to_a_successor(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let mut paused = acquire(&*store, &mut context.lease("a", DURATION)?).await?;
    context.advance(DURATION * 3).await?;
    ensure!(paused.is_expired(), "the lease did not expire");
    store.renew_lease(&mut paused).await?;
    ensure!(!paused.is_expired(), "the renewed lease is expired");
    let mut successor = take_over(context, &*store, &mut context.lease("a", DURATION)?).await?;
    let late = store.renew_lease(&mut paused).await;
    expect_error(late, StateError::is_conflict, "renewing a lost lease")?;
    ensure!(paused.is_expired(), "a failed renewal extended the lease");
    store.release_lease(paused).await?;
    ensure_taken(&*store, &mut context.lease("a", DURATION)?).await?;
    store.renew_lease(&mut successor).await?;
    Ok(())
}

pub(super) async fn released_leases_are_free(context: &Context) -> CheckResult {
    let (one, two) = (context.open().await?, context.open().await?);
    let mut lease = acquire(&*one, &mut context.lease("a", DURATION)?).await?;
    one.renew_lease(&mut lease).await?;
    one.release_lease(lease).await?;
    let lease = acquire(&*two, &mut context.lease("a", DURATION)?).await?;
    ensure_taken(&*one, &mut context.lease("a", DURATION)?).await?;
    two.release_lease(lease).await?;
    Ok(())
}

pub(super) async fn fencing_numbers_grow(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let (mut last, mut request) = (None, context.lease("a", DURATION)?);
    for round in 0..6 {
        let lease = match round % 2 {
            0 => acquire(&*store, &mut request).await?,
            _ => take_over(context, &*store, &mut request).await?,
        };
        let fencing = lease.fencing();
        ensure!(
            Some(fencing) > last,
            "the fencing number {fencing} follows {last:?}"
        );
        last = Some(fencing);
        if round % 2 == 1 {
            store.release_lease(lease).await?;
        }
    }
    Ok(())
}

pub(super) async fn one_contender_acquires(context: &Context) -> CheckResult {
    for round in 0..3 {
        let name = format!("{round}");
        let mut contenders = Vec::new();
        for _ in 0..16 {
            let (store, mut request) = (context.open().await?, context.lease(&name, DURATION)?);
            contenders.push(async move { Ok(store.try_acquire_lease(&mut request).await?) });
        }
        let leases: Vec<Lease> = join(contenders).await?.into_iter().flatten().collect();
        ensure!(
            leases.len() == 1,
            "{} of 16 contenders acquired the lease",
            leases.len()
        );
    }
    Ok(())
}
