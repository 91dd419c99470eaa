//! Every fault meets every operation: how often the service is asked, and how many messages there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use basalam_chat::raw::operation::Operation;
use basalam_chat::raw::operations;
use basalam_chat::{Client, Error, PersonalToken};
use basalam_chat_emulator::{Emulator, Fault, FaultRule};

use super::clock::TestClock;
use super::every::{self, Things};

/// More than any answer of these tests has.
const MAX_ANSWER: usize = 100_000;

/// What the client is to do after a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Rule {
    /// The service has done nothing: again, whatever the operation.
    RequestFactory,
    /// It may have: again where that does no harm.
    AgainIfHarmless,
    /// The same would come again, or it was done.
    Once,
    /// It is as good as the documented answer.
    Success,
}

/// A fault, and whether the service does what it is asked for.
pub(crate) struct Case {
    name: &'static str,
    pub(crate) fault: Fault,
    rule: Rule,
    is_done: bool,
}

impl Case {
    /// Whether the service never answers.
    pub(crate) fn hangs(&self) -> bool {
        self.name.starts_with("time-out")
    }
}

fn case(name: &'static str, fault: Fault, rule: Rule, is_done: bool) -> Case {
    Case {
        name,
        fault,
        rule,
        is_done,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "cut before the work",
            Fault::disconnect(),
            Rule::AgainIfHarmless,
            false,
        ),
        case(
            "cut after the work",
            Fault::disconnect().after_handling(),
            Rule::AgainIfHarmless,
            true,
        ),
        case("time-out", Fault::hang(), Rule::AgainIfHarmless, false),
        case(
            "time-out after the work",
            Fault::hang().after_handling(),
            Rule::AgainIfHarmless,
            true,
        ),
        case(
            "truncated",
            Fault::truncated_body(),
            Rule::AgainIfHarmless,
            true,
        ),
        case(
            "oversized",
            Fault::oversized_body(MAX_ANSWER + 1),
            Rule::Once,
            true,
        ),
        case("no JSON", Fault::invalid_json(), Rule::Once, true),
        case("empty body", Fault::empty_body(), Rule::Once, true),
        case(
            "201 instead of 200",
            Fault::override_status(201),
            Rule::Success,
            true,
        ),
        case(
            "204 instead of 200",
            Fault::override_status(204),
            Rule::Once,
            true,
        ),
        case("page of HTML with 200", Fault::html(200), Rule::Once, false),
        case(
            "page of HTML with 502",
            Fault::html(502),
            Rule::AgainIfHarmless,
            false,
        ),
        case(
            "502 after the work",
            Fault::status(502).after_handling(),
            Rule::AgainIfHarmless,
            true,
        ),
        case(
            "503 that asks to wait",
            Fault::status(503).retry_after("1"),
            Rule::AgainIfHarmless,
            false,
        ),
        case("429", Fault::status(429), Rule::RequestFactory, false),
        case(
            "429 in seconds",
            Fault::status(429).retry_after("2"),
            Rule::RequestFactory,
            false,
        ),
        case(
            "429 by date",
            Fault::status(429).retry_after("Sun, 09 Sep 2001 01:46:45 GMT"),
            Rule::RequestFactory,
            false,
        ),
        case(
            "429 at some time",
            Fault::status(429).retry_after("soon"),
            Rule::RequestFactory,
            false,
        ),
        case(
            "429 with an empty body",
            Fault::status(429).body("", ""),
            Rule::RequestFactory,
            false,
        ),
    ];
    for status in [301, 302, 307, 308] {
        let fault = Fault::redirect(status, "/elsewhere");
        cases.push(case("redirect", fault, Rule::Once, false));
    }
    for status in [400, 401, 403, 404, 409, 422] {
        cases.push(case("refusal", Fault::status(status), Rule::Once, false));
    }
    for status in [408, 500, 502, 503, 504] {
        cases.push(case(
            "failure",
            Fault::status(status),
            Rule::AgainIfHarmless,
            false,
        ));
    }
    cases
}

struct Scene {
    emulator: Emulator,
    clock: TestClock,
    client: Client,
    /// Requests that the emulator has read whole. It counts them before, and takes a fault right after this.
    arrived: Arc<AtomicU64>,
}

async fn scene() -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let clock = TestClock::new();
    let client = Client::builder(PersonalToken::new(emulator.seller().token()))
        .base_url(emulator.base_url())
        .clock(clock.clone())
        .max_response_bytes(MAX_ANSWER)
        .retry_budget(None)
        .build()
        .unwrap();
    let arrived = Arc::new(AtomicU64::new(0));
    for operation in operations::ALL {
        let arrived = arrived.clone();
        let arrive = move |_: &Emulator| _ = arrived.fetch_add(1, Ordering::SeqCst);
        emulator.on_request(operation.id, arrive).unwrap();
    }
    Scene {
        emulator,
        clock,
        client,
        arrived,
    }
}

/// How a call under a fault went.
struct Seen {
    result: Result<(), Error>,
    requests: u64,
    /// Messages there are more than before.
    messages: usize,
}

impl Scene {
    /// Runs an operation while a fault stays, or happens so many times.
    async fn meet(&self, operation: &'static Operation, case: &Case, times: Option<u64>) -> Seen {
        let things = Things::make(&self.emulator);
        let rule = FaultRule::new(case.fault.clone()).operation(operation.id);
        let rule = match times {
            Some(times) => rule.times(times),
            None => rule,
        };
        self.emulator.add_fault(rule).unwrap();
        let requests = self.emulator.requests(operation.id).unwrap();
        let messages = self.emulator.messages_stored();
        let hangs = match case.hangs() {
            true => times.unwrap_or(u64::MAX),
            false => 0,
        };
        let done = if case.is_done { makes(operation) } else { 0 };
        let result = self.run(operation, &things, hangs, done).await;
        self.emulator.clear_faults();
        Seen {
            result,
            requests: self.emulator.requests(operation.id).unwrap() - requests,
            messages: self.emulator.messages_stored().saturating_sub(messages),
        }
    }

    /// Runs an operation, and lets the time for an answer pass once the service has a request that it
    /// will not answer, and has made the messages that it is to make.
    async fn run(
        &self,
        operation: &'static Operation,
        things: &Things,
        hangs: u64,
        done: usize,
    ) -> Result<(), Error> {
        let before = self.arrived.load(Ordering::SeqCst);
        let messages = self.emulator.messages_stored() + done;
        let passing = async {
            for number in 1..=hangs {
                // One whose body is still being read would meet the fault of the next case.
                let came = || self.arrived.load(Ordering::SeqCst) - before;
                let is_done = || done == 0 || self.emulator.messages_stored() >= messages;
                while came() < number || self.clock.waiting() == 0 || !is_done() {
                    tokio::task::yield_now().await;
                }
                self.clock.advance(Duration::from_secs(match operation.id {
                    "upload_file" => 300,
                    _ => 30,
                }));
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            result = every::run(operation, &self.client, things) => result,
            () = passing => unreachable!("it never ends"),
        }
    }
}

/// How many messages one doing of an operation makes.
fn makes(operation: &Operation) -> usize {
    match operation.id {
        "create_message" | "forward_message" => 1,
        _ => 0,
    }
}

#[tokio::test]
async fn a_fault_that_stays_is_met_as_often_as_the_rule_says_and_doubles_no_message() {
    let scene = scene().await;
    for operation in operations::ALL {
        for case in cases() {
            let seen = scene.meet(operation, &case, None).await;
            let expected = match case.rule {
                Rule::RequestFactory => 3,
                Rule::AgainIfHarmless if operation.idempotent => 3,
                _ => 1,
            };
            let at = format!("{} meets {}", operation.id, case.name);
            assert_eq!(seen.requests, expected, "{at}: {:?}", seen.result);
            let messages = if case.is_done { makes(operation) } else { 0 };
            assert_eq!(seen.messages, messages, "{at}");
            assert_eq!(
                seen.result.is_ok(),
                case.rule == Rule::Success,
                "{at}: {:?}",
                seen.result
            );
            if let Err(error) = seen.result {
                assert_eq!(error.operation(), Some(operation.id), "{at}");
                assert_eq!(u64::from(error.attempts()), expected, "{at}");
                // Whoever is told that nothing was done may send again.
                assert!(error.may_have_succeeded() || !case.is_done, "{at}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_got_over_where_the_rule_lets_it_and_doubles_no_message() {
    let scene = scene().await;
    for operation in operations::ALL {
        for case in cases() {
            let seen = scene.meet(operation, &case, Some(1)).await;
            let again = match case.rule {
                Rule::RequestFactory => true,
                Rule::AgainIfHarmless => operation.idempotent,
                _ => false,
            };
            let at = format!("{} meets {} once", operation.id, case.name);
            assert_eq!(
                seen.requests,
                1 + u64::from(again),
                "{at}: {:?}",
                seen.result
            );
            let succeeds = again || case.rule == Rule::Success;
            assert_eq!(seen.result.is_ok(), succeeds, "{at}: {:?}", seen.result);
            let is_done = case.is_done || succeeds;
            assert_eq!(
                seen.messages,
                if is_done { makes(operation) } else { 0 },
                "{at}"
            );
        }
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_tried_three_times_by_every_operation() {
    let scene = scene().await;
    let things = Things::make(&scene.emulator);
    scene.emulator.shutdown().await;
    for operation in operations::ALL {
        let error = every::run(operation, &scene.client, &things)
            .await
            .unwrap_err();
        assert!(error.is_connect(), "{}: {error}", operation.id);
        assert_eq!(error.attempts(), 3, "{}", operation.id);
        assert!(!error.may_have_succeeded(), "{}", operation.id);
    }
}
