//! Reading a body alone, in the same way: the generated types, and those that are written by hand.

use std::time::Instant;

use basalam_chat_bench::{Case, Kind, body_of, read};
use criterion::Criterion;

use crate::compare::{Comparison, SHORT};

/// Measures the body that a case is answered with.
pub(crate) fn compare(criterion: &mut Criterion, case: Case) -> Comparison {
    let name = format!("read {}", case.name());
    let body = body_of(case);
    let kinds = [Kind::Facade, Kind::ByHand];
    Comparison::measure(criterion, name, &kinds, SHORT, |kind, times| {
        let start = Instant::now();
        for _ in 0..times {
            read(kind, case, &body).expect("the body is an answer");
        }
        start.elapsed()
    })
}
