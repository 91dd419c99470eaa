//! Reading a body alone: the generated types, and those that are written by hand.

use std::hint::black_box;
use std::time::{Duration, Instant};

use basalam_chat_api::types as generated;
use basalam_chat_bench::{Case, Kind, bodies, types};
use bytes::Bytes;
use criterion::Criterion;
use serde::de::DeserializeOwned;

use crate::compare::{Comparison, SHORT};

/// Measures the body that a case is answered with.
pub(crate) fn compare(criterion: &mut Criterion, case: Case) -> Comparison {
    let name = format!("read {}", case.name());
    // The facade reads what the generated client reads.
    let kinds = [Kind::Facade, Kind::ByHand];
    match case {
        Case::CreateMessage => types_of::<generated::CreateMessageAnswer, types::SentAnswer>(
            criterion,
            name,
            &kinds,
            &bodies::sent(),
        ),
        Case::GetMessages20 => pages(criterion, name, &kinds, 20),
        Case::GetMessages100 => pages(criterion, name, &kinds, 100),
        Case::GetChats30 => types_of::<generated::GetChatsAnswer, types::ChatsAnswer>(
            criterion,
            name,
            &kinds,
            &bodies::chats(),
        ),
    }
}

fn pages(criterion: &mut Criterion, name: String, kinds: &[Kind], limit: usize) -> Comparison {
    let body = bodies::messages(limit);
    types_of::<generated::GetMessagesAnswer, types::MessagesAnswer>(criterion, name, kinds, &body)
}

fn types_of<Generated: DeserializeOwned, ByHand: DeserializeOwned>(
    criterion: &mut Criterion,
    name: String,
    kinds: &[Kind],
    body: &Bytes,
) -> Comparison {
    Comparison::measure(criterion, name, kinds, SHORT, |kind, times| match kind {
        Kind::Facade => read::<Generated>(body, times),
        _ => read::<ByHand>(body, times),
    })
}

fn read<T: DeserializeOwned>(body: &Bytes, times: u64) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        let value: T = serde_json::from_slice(black_box(body)).expect("the body is an answer");
        drop(black_box(value));
    }
    start.elapsed()
}
