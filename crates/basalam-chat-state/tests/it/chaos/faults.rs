//! The faults of the emulator.

use std::time::Duration;

use basalam_chat_emulator::{DELIVER_WEBHOOK, Emulator, Fault, FaultRule};

/// How late messages become visible, at most.
pub(super) const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// The part of all requests that fails.
const FAILURES: f64 = 0.05;
/// The part of all deliveries to webhooks that each of their faults disturbs.
const DELIVERY_FAILURES: f64 = 0.15;

/// Faults that a request can have. A rejection means that nothing was done, so none is sent after the work.
const REQUEST_FAULTS: [&str; 34] = [
    "400",
    "403",
    "404",
    "408",
    "422",
    "503",
    "500,after_handling",
    "503,after_handling,delay_ms=300",
    "429,retry_after=1",
    "429,retry_after=soon",
    "html,status=502",
    "html,status=504,after_handling",
    "redirect,location=/elsewhere",
    "disconnect",
    "disconnect,after_handling",
    "disconnect,delay_ms=300",
    "hang",
    "hang,after_handling",
    "latency,delay_ms=300",
    "latency,delay_ms=300,after_handling",
    "override_status,status=201",
    "override_status,status=204",
    "override_status,status=500",
    "truncated_body",
    "oversized_body,bytes=100000",
    "invalid_json",
    "empty_body",
    "unknown_fields",
    "unknown_values",
    "null_field,field=sender",
    "null_field,field=content",
    "null_field,field=data",
    "missing_field,field=id",
    "missing_field,field=updated_at",
];

/// Faults of deliveries to webhooks.
const DELIVERY_FAULTS: [&str; 5] = [
    "lost",
    "repeated",
    "reordered",
    "wrong_header",
    "latency,delay_ms=500",
];

/// Lets requests and deliveries fail in every way that the emulator knows.
pub(super) fn add(emulator: &Emulator, seed: u64) {
    let mut random_seed = seed * 1_000;
    let mut add = |rule: String, probability: f64| {
        random_seed += 1;
        let rule = format!("{rule},probability={probability},random_seed={random_seed}");
        emulator.add_fault(rule.parse().unwrap()).unwrap();
    };
    let late = LONGEST_DELAY.as_secs();
    let late = format!("late_messages,seconds={late},operation=create_message");
    add(late, FAILURES);
    for fault in REQUEST_FAULTS {
        add(fault.to_owned(), FAILURES / REQUEST_FAULTS.len() as f64);
    }
    for fault in DELIVERY_FAULTS {
        let rule = format!("{fault},operation={DELIVER_WEBHOOK}");
        add(rule, DELIVERY_FAILURES);
    }
}

/// Rejects the next requests.
pub(super) fn add_burst(emulator: &Emulator) {
    let burst = FaultRule::new(Fault::status(429).retry_after("1")).times(8);
    emulator.add_fault(burst).unwrap();
}
