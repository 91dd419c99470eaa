//! Every fault on every operation: the number of requests, and no duplicated messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use basalam_chat::raw::operation::Operation;
use basalam_chat::raw::operations;
use basalam_chat::{Client, Error};
use basalam_chat_emulator::{Emulator, FaultRule};

use super::support::all_operations::{self, Resources};
use super::support::clock::TestClock;
use super::support::fault_cases::{self, Expected, FaultCase, MAX_RESPONSE_BYTES};
use super::support::{builder, yield_until};

struct Setup {
    emulator: Emulator,
    clock: TestClock,
    client: Client,
    /// Requests whose body the emulator has received. It applies a fault right after it counts one.
    received: Arc<AtomicU64>,
}

async fn setup() -> Setup {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let client = builder(emulator.base_url(), emulator.seller().token(), &clock)
        .max_response_bytes(MAX_RESPONSE_BYTES)
        .retry_budget(None)
        .build()
        .unwrap();
    let received = Arc::new(AtomicU64::new(0));
    for operation in operations::ALL {
        let received = received.clone();
        let count = move |_: &Emulator| _ = received.fetch_add(1, Ordering::SeqCst);
        emulator.on_request(operation.id, count).unwrap();
    }
    Setup {
        emulator,
        clock,
        client,
        received,
    }
}

/// The effect of a call under a fault.
struct Observed {
    result: Result<(), Error>,
    requests: u64,
    /// Messages that were created.
    messages: usize,
}

impl Setup {
    /// Runs an operation under a fault that occurs `times` times, or always.
    async fn run_with_fault(
        &self,
        operation: &'static Operation,
        case: &FaultCase,
        times: Option<u64>,
    ) -> Observed {
        let resources = Resources::seed(&self.emulator);
        let rule = FaultRule::new(case.fault.clone()).operation(operation.id);
        let rule = match times {
            Some(times) => rule.times(times),
            None => rule,
        };
        self.emulator.add_fault(rule).unwrap();
        let requests = self.emulator.request_count(operation.id).unwrap();
        let messages = self.emulator.message_count();
        let hangs = match case.hangs() {
            true => times.unwrap_or(u64::MAX),
            false => 0,
        };
        let created = created_messages(operation, case.is_handled);
        let result = self.run(operation, &resources, hangs, created).await;
        self.emulator.clear_faults();
        Observed {
            result,
            requests: self.emulator.request_count(operation.id).unwrap() - requests,
            messages: self.emulator.message_count().saturating_sub(messages),
        }
    }

    /// Runs an operation. For each of `hangs` requests, advances the clock past the attempt timeout when
    /// the service has received the request and has created `created` messages.
    async fn run(
        &self,
        operation: &'static Operation,
        resources: &Resources,
        hangs: u64,
        created: usize,
    ) -> Result<(), Error> {
        let before = self.received.load(Ordering::SeqCst);
        let messages = self.emulator.message_count() + created;
        let advance = async {
            for number in 1..=hangs {
                // A request whose body is still being received would get the fault of the next case.
                yield_until(|| {
                    self.received.load(Ordering::SeqCst) - before >= number
                        && self.clock.pending_timeouts() > 0
                        && (created == 0 || self.emulator.message_count() >= messages)
                })
                .await;
                self.clock.advance(Duration::from_secs(match operation.id {
                    "upload_file" => 300,
                    _ => 30,
                }));
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            result = all_operations::run(operation, &self.client, resources) => result,
            () = advance => unreachable!("the future is always pending"),
        }
    }
}

/// Returns `true` if an operation succeeds with the response of a fault.
fn succeeds_with(operation: &Operation, expected: Expected) -> bool {
    let has_no_required_field = [
        "create_webhook_service",
        "delete_chats",
        "delete_message",
        "forward_message",
    ];
    match expected {
        Expected::Success => true,
        Expected::SuccessIfEmpty => has_no_required_field.contains(&operation.id),
        _ => false,
    }
}

/// Returns how many messages an operation creates if it `is_handled` once.
fn created_messages(operation: &Operation, is_handled: bool) -> usize {
    match operation.id {
        "create_message" | "forward_message" if is_handled => 1,
        _ => 0,
    }
}

#[tokio::test]
async fn permanent_faults_use_up_the_allowed_attempts_and_duplicate_no_message() {
    let setup = setup().await;
    for operation in operations::ALL {
        for case in fault_cases::all() {
            let observed = setup.run_with_fault(operation, &case, None).await;
            let at = format!("{} with {}", operation.id, case.name);
            let attempts = match case.expected {
                // As many as the operation timeout allows, up to 21.
                Expected::Wait => {
                    assert!(
                        (4..=21).contains(&observed.requests),
                        "{at}: {}",
                        observed.requests
                    );
                    let error = observed.result.as_ref().unwrap_err();
                    assert!(error.retry_limit().is_some(), "{at}: {error}");
                    observed.requests
                }
                Expected::RetryIfIdempotent if operation.idempotent => 3,
                _ => 1,
            };
            assert_eq!(observed.requests, attempts, "{at}: {:?}", observed.result);
            let messages = created_messages(operation, case.is_handled);
            assert_eq!(observed.messages, messages, "{at}");
            assert_eq!(
                observed.result.is_ok(),
                succeeds_with(operation, case.expected),
                "{at}: {:?}",
                observed.result
            );
            if let Err(error) = observed.result {
                assert_eq!(error.operation(), Some(operation.id), "{at}");
                assert_eq!(u64::from(error.attempts()), attempts, "{at}");
                // `may_have_succeeded() == false` permits the caller to send again.
                assert!(
                    error.may_have_succeeded() || !case.is_handled,
                    "{at}: {error}"
                );
            }
        }
    }
}

#[tokio::test]
async fn single_faults_are_retried_if_allowed_and_duplicate_no_message() {
    let setup = setup().await;
    for operation in operations::ALL {
        for case in fault_cases::all() {
            let observed = setup.run_with_fault(operation, &case, Some(1)).await;
            let is_retried = match case.expected {
                Expected::Wait => true,
                Expected::RetryIfIdempotent => operation.idempotent,
                _ => false,
            };
            let at = format!("{} with one {}", operation.id, case.name);
            let requests = 1 + u64::from(is_retried);
            assert_eq!(observed.requests, requests, "{at}: {:?}", observed.result);
            let succeeds = is_retried || succeeds_with(operation, case.expected);
            assert_eq!(
                observed.result.is_ok(),
                succeeds,
                "{at}: {:?}",
                observed.result
            );
            let messages = created_messages(operation, case.is_handled || succeeds);
            assert_eq!(observed.messages, messages, "{at}");
        }
    }
}

#[tokio::test]
async fn refused_connections_are_attempted_three_times_by_every_operation() {
    let setup = setup().await;
    let resources = Resources::seed(&setup.emulator);
    setup.emulator.shutdown().await;
    for operation in operations::ALL {
        let call = all_operations::run(operation, &setup.client, &resources);
        let error = call.await.unwrap_err();
        assert!(error.is_connect(), "{}: {error}", operation.id);
        assert_eq!(error.attempts(), 3, "{}", operation.id);
        assert!(!error.may_have_succeeded(), "{}", operation.id);
    }
}
