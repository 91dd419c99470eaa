//! Processes that are stopped during a refresh for longer than their lease.

use std::time::Duration;

use basalam_chat::state::{LeaseRequest, StateKey};
use basalam_chat_emulator::{Emulator, EmulatorBuilder, RefreshTokenPolicy};

use super::{KEY, Kind, Process, Service};

const LEASE: Duration = Duration::from_millis(200);

/// Starts a process that is stopped while its refresh is in flight, until its lease has expired.
fn stopped_in_refresh(kind: Kind, builder: EmulatorBuilder) -> (Service, Process) {
    let service = Service::start(kind, builder, LEASE);
    let child = service.spawn_stopped_in_refresh();
    let state = service.state();
    let key = StateKey::new(format!("{KEY}.lease")).unwrap();
    let mut request = LeaseRequest::new(key, LEASE);
    service.runtime.block_on(async {
        loop {
            if let Some(lease) = state.try_acquire_lease(&mut request).await.unwrap() {
                return state.release_lease(lease).await.unwrap();
            }
            // A lease expires by time alone.
            tokio::time::sleep(LEASE / 10).await;
        }
    });
    (service, child)
}

fn resume(mut child: Process) {
    child.signal("-CONT");
    child.assert_success();
}

fn stopped_process_saves_its_tokens_if_nobody_else_wrote(kind: Kind) {
    let (service, child) = stopped_in_refresh(kind, Emulator::builder());
    let before = service.stored();
    resume(child);
    let after = service.stored();
    assert_ne!(after.expose_refresh_token(), before.expose_refresh_token());
    service.request().unwrap();
    let refreshes = service.emulator.token_request_count("refresh_token");
    assert_eq!(refreshes, 1, "{kind:?}");
}

fn stopped_process_saves_its_tokens_after_a_successor_failed(kind: Kind) {
    let (service, child) = stopped_in_refresh(kind, Emulator::builder());
    let error = service.request().unwrap_err();
    assert!(error.is_unfinished_refresh(), "{kind:?}: {error}");
    resume(child);
    service.request().unwrap();
    let refreshes = service.emulator.token_request_count("refresh_token");
    assert_eq!(refreshes, 2, "{kind:?}");
}

fn stopped_process_does_not_overwrite_the_tokens_of_its_successor(kind: Kind) {
    let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::Reuse);
    let (service, child) = stopped_in_refresh(kind, builder);
    service.request().unwrap();
    let saved = service.stored();
    resume(child);
    let stored = service.stored();
    assert_eq!(stored.expose_access_token(), saved.expose_access_token());
    service.request().unwrap();
}

fn stopped_process_does_not_overwrite_a_new_login(kind: Kind) {
    let (service, child) = stopped_in_refresh(kind, Emulator::builder());
    service.log_in();
    service.request().unwrap();
    let saved = service.stored();
    resume(child);
    let stored = service.stored();
    assert_eq!(stored.expose_access_token(), saved.expose_access_token());
    service.request().unwrap();
}

on_each_store! {
    stopped_process_saves_its_tokens_if_nobody_else_wrote,
    stopped_process_saves_its_tokens_after_a_successor_failed,
    stopped_process_does_not_overwrite_the_tokens_of_its_successor,
    stopped_process_does_not_overwrite_a_new_login,
}
