//! Processes that are stopped during a refresh for longer than their lease.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use basalam_chat_emulator::{Emulator, EmulatorBuilder, RefreshTokenPolicy, TOKEN_OPERATION};

use super::super::processes::KINDS;
use super::{Process, Service};

const LEASE: Duration = Duration::from_millis(200);

fn signal(child: &Process, name: &str) {
    let mut kill = Command::new("kill");
    let sent = kill
        .args([name, &child.0.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Starts a process and stops it while its refresh is in flight: the service handles the request, and the process
/// receives the response when it is continued.
fn stopped_in_refresh(kind: &'static str, builder: EmulatorBuilder) -> (Service, Process) {
    let service = Service::start(kind, builder, LEASE);
    let (reached, is_reached) = mpsc::channel();
    let (stopped, is_stopped) = mpsc::channel::<()>();
    let mut is_first = true;
    let hook = move |_: &Emulator| {
        if std::mem::take(&mut is_first) {
            reached.send(()).unwrap();
            // The service responds after the process was stopped.
            let _ = is_stopped.recv_timeout(Duration::from_secs(30));
        }
    };
    service.emulator.on_request(TOKEN_OPERATION, hook).unwrap();
    let child = service.spawn(1);
    is_reached.recv_timeout(Duration::from_secs(30)).unwrap();
    signal(&child, "-STOP");
    stopped.send(()).unwrap();
    while service.emulator.token_request_count("refresh_token") == 0 {
        std::thread::yield_now();
    }
    std::thread::sleep(3 * LEASE);
    (service, child)
}

fn resume(mut child: Process) {
    signal(&child, "-CONT");
    child.assert_success();
}

#[test]
fn stopped_process_saves_its_tokens_if_nobody_else_wrote() {
    for kind in KINDS {
        let (service, child) = stopped_in_refresh(kind, Emulator::builder());
        let before = service.stored();
        resume(child);
        let after = service.stored();
        assert_ne!(after.expose_refresh_token(), before.expose_refresh_token());
        service.request().unwrap();
        let refreshes = service.emulator.token_request_count("refresh_token");
        assert_eq!(refreshes, 1, "{kind}");
    }
}

#[test]
fn stopped_process_saves_its_tokens_after_a_successor_failed() {
    for kind in KINDS {
        let (service, child) = stopped_in_refresh(kind, Emulator::builder());
        let error = service.request().unwrap_err();
        assert!(error.is_unfinished_refresh(), "{kind}: {error}");
        resume(child);
        service.request().unwrap();
        let refreshes = service.emulator.token_request_count("refresh_token");
        assert_eq!(refreshes, 2, "{kind}");
    }
}

#[test]
fn stopped_process_does_not_overwrite_the_tokens_of_its_successor() {
    for kind in KINDS {
        let builder = Emulator::builder().refresh_token_policy(RefreshTokenPolicy::Reuse);
        let (service, child) = stopped_in_refresh(kind, builder);
        service.request().unwrap();
        let saved = service.stored();
        resume(child);
        let stored = service.stored();
        assert_eq!(stored.expose_access_token(), saved.expose_access_token());
        service.request().unwrap();
    }
}

#[test]
fn stopped_process_does_not_overwrite_a_new_login() {
    for kind in KINDS {
        let (service, child) = stopped_in_refresh(kind, Emulator::builder());
        service.log_in();
        service.request().unwrap();
        let saved = service.stored();
        resume(child);
        let stored = service.stored();
        assert_eq!(stored.expose_access_token(), saved.expose_access_token());
        service.request().unwrap();
    }
}
