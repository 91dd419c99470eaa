//! Decoding of response bodies with the generated and the hand-written types.

use std::time::Instant;

use basalam_chat_bench::{Case, Kind, decode, response_body};
use criterion::Criterion;

use crate::compare::{Comparison, SHORT};

/// Measures the response body of one case.
pub(crate) fn compare(criterion: &mut Criterion, case: Case) -> Comparison {
    let name = format!("decode {}", case.name());
    let body = response_body(case);
    let kinds = [Kind::Facade, Kind::HandWritten];
    Comparison::measure(criterion, name, &kinds, SHORT, |kind, times| {
        let start = Instant::now();
        for _ in 0..times {
            decode(kind, case, &body).expect("the body is valid");
        }
        start.elapsed()
    })
}
