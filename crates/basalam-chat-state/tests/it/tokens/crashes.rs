//! Processes that are killed.

use std::sync::mpsc;
use std::time::Duration;

use basalam_chat::auth::TokenSet;
use basalam_chat_emulator::{Emulator, RefreshTokenPolicy, TOKEN_OPERATION};

use super::{Kind, PATIENCE, Process, Random, Service, UNFINISHED, issue_number};

const LEASE: Duration = Duration::from_millis(500);

/// The number of times that a process is killed, or found to have reported lost tokens.
const ROUNDS: u64 = 16;

/// The time without requests after which a refresh is known to hang.
const STALL: Duration = Duration::from_millis(1000);

/// Returns `true` if the service has issued tokens that were not saved.
fn has_unsaved_tokens(stored: &TokenSet, next: &TokenSet) -> bool {
    issue_number(next.expose_access_token())
        > issue_number(stored.expose_refresh_token().unwrap()) + 1
}

fn killed_processes_lose_no_login_without_a_report(kind: Kind) {
    let seed = 104_729;
    let mut random = Random(seed);
    let builder = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse)
        .latency(Duration::from_millis(20));
    let service = Service::start(kind, builder, LEASE);
    // Some refreshes last until their process is killed, after the service has handled them.
    let rule = format!(
        "hang,operation={TOKEN_OPERATION},probability=0.5,random_seed={seed},after_handling"
    );
    service.emulator.add_fault(rule.parse().unwrap()).unwrap();
    let mut children: Vec<_> = (0..4).map(|_| service.spawn_endless()).collect();
    let (mut kills, mut lost_logins) = (0, 0);
    for _ in 0..ROUNDS {
        // The time of the kill: after a number of requests, or when all processes wait for a refresh.
        let requests = 10 + random.below(190);
        let next = |_| service.log.recv_timeout(STALL);
        let _ = (0..requests).try_for_each(|count| next(count).map(drop));
        if let Some(status) = children.iter_mut().find_map(Process::ended) {
            assert_eq!(status.code(), Some(UNFINISHED), "{kind:?}, seed {seed}");
            children.iter_mut().for_each(Process::kill);
            let stored = service.stored();
            let next = service.log_in();
            assert!(has_unsaved_tokens(&stored, &next), "{kind:?}, seed {seed}");
            lost_logins += 1;
            children = (0..4).map(|_| service.spawn_endless()).collect();
            continue;
        }
        let victim = random.below(4) as usize;
        children[victim].kill();
        children[victim] = service.spawn_endless();
        kills += 1;
    }
    drop(children);
    service.emulator.clear_faults();
    let stored = service.stored();
    match service.request() {
        Ok(()) => {}
        Err(error) => {
            assert!(error.is_unfinished_refresh(), "{kind:?}, {seed}: {error}");
            lost_logins += 1;
            assert!(has_unsaved_tokens(&stored, &service.log_in()));
        }
    }
    let refreshes = service.emulator.token_request_count("refresh_token");
    println!(
        "{kind:?}, seed {seed}: {kills} kills, {refreshes} refreshes, {lost_logins} lost logins"
    );
    assert!(refreshes > 1 && kills > 1, "{kind:?}, seed {seed}");
}

fn process_killed_before_the_service_handled_its_refresh_loses_nothing(kind: Kind) {
    let service = Service::start(kind, Emulator::builder(), LEASE);
    let rule = format!("hang,operation={TOKEN_OPERATION},times=1");
    service.emulator.add_fault(rule.parse().unwrap()).unwrap();
    let mut child = spawn_until(&service, TOKEN_OPERATION);
    child.kill();
    service.request().unwrap();
}

fn process_killed_between_the_response_and_the_write_is_reported(kind: Kind) {
    let service = Service::start(kind, Emulator::builder(), LEASE);
    service.spawn_stopped_in_refresh().kill();
    for _ in 0..2 {
        let error = service.request().unwrap_err();
        assert!(error.is_unfinished_refresh(), "{kind:?}: {error}");
        assert!(error.needs_login(), "{kind:?}: {error}");
    }
    service.log_in();
    service.request().unwrap();
}

fn process_killed_after_the_write_loses_nothing(kind: Kind) {
    let service = Service::start(kind, Emulator::builder(), LEASE);
    // Sent with the new tokens.
    let mut child = spawn_until(&service, "get_current_user");
    child.kill();
    service.request().unwrap();
    let refreshes = service.emulator.token_request_count("refresh_token");
    assert_eq!(refreshes, 1, "{kind:?}");
}

/// Starts a process and waits until the emulator has received a request for an operation.
fn spawn_until(service: &Service, operation: &str) -> Process {
    let (sender, reached) = mpsc::channel();
    let hook = move |_: &Emulator| {
        // Only the first is waited for.
        let _ = sender.send(());
    };
    service.emulator.on_request(operation, hook).unwrap();
    let child = service.spawn_endless();
    reached.recv_timeout(PATIENCE).unwrap();
    child
}

on_each_store! {
    killed_processes_lose_no_login_without_a_report,
    process_killed_before_the_service_handled_its_refresh_loses_nothing,
    process_killed_between_the_response_and_the_write_is_reported,
    process_killed_after_the_write_loses_nothing,
}
