//! Simulated load and odd content.

use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{ControlResult, parse, with_body};
use crate::error::Error;
use crate::seed::{SeedChat, SeedMessage};
use crate::server::service::Service;
use crate::state;

const MAX_MESSAGES: usize = 1000;
const MAX_CUSTOMERS: usize = 100;
const MAX_MESSAGES_PER_CUSTOMER: usize = 20;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Simulation {
    /// Messages of one member.
    Messages {
        chat_id: i64,
        sender_id: i64,
        count: usize,
    },
    /// New users, each with a private chat.
    Customers {
        count: usize,
        user_id: i64,
        messages: usize,
    },
    /// Messages that clients must show as they are.
    Odd { chat_id: i64, sender_id: i64 },
}

pub(super) async fn simulate(State(service): State<Arc<Service>>, body: Body) -> Response {
    with_body(body, |body| run(&service, parse(body)?)).await
}

fn run(service: &Service, simulation: Simulation) -> ControlResult {
    let now = service.now();
    let mut state = service.state();
    let result = match simulation {
        Simulation::Messages {
            chat_id,
            sender_id,
            count,
        } => {
            check("count", count, 1..=MAX_MESSAGES)?;
            let texts = (1..=count).map(|number| format!("پیام {number} از {count}").into());
            send(&mut state, chat_id, sender_id, texts, now)?
        }
        Simulation::Customers {
            count,
            user_id,
            messages,
        } => {
            check("count", count, 1..=MAX_CUSTOMERS)?;
            check("messages", messages, 0..=MAX_MESSAGES_PER_CUSTOMER)?;
            state.users.require(user_id)?;
            add_customers(&mut state, user_id, count, messages, now)?
        }
        Simulation::Odd { chat_id, sender_id } => send(
            &mut state,
            chat_id,
            sender_id,
            odd_messages().into_iter(),
            now,
        )?,
    };
    service.queue_deliveries(&mut state);
    Ok(result)
}

fn check(name: &str, value: usize, range: RangeInclusive<usize>) -> Result<(), Error> {
    if range.contains(&value) {
        return Ok(());
    }
    let (start, end) = range.into_inner();
    Err(Error::invalid_argument(format!(
        "`{name}` is {value}; use {start} to {end}"
    )))
}

fn send(
    state: &mut state::State,
    chat_id: i64,
    sender_id: i64,
    messages: impl Iterator<Item = SeedMessage>,
    now: DateTime,
) -> Result<Value, Error> {
    state.require_chat_of(chat_id, sender_id)?;
    let ids: Result<Vec<_>, _> = messages
        .map(|it| it.apply(state, chat_id, sender_id, now))
        .collect();
    Ok(json!({ "message_ids": ids? }))
}

fn add_customers(
    state: &mut state::State,
    user_id: i64,
    count: usize,
    messages: usize,
    now: DateTime,
) -> Result<Value, Error> {
    let (mut user_ids, mut chat_ids) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let number = state.users.len() + 1;
        let id = state.users.add_named(format!("مشتری {number}")).id;
        let chat_id = SeedChat::private(id, user_id).apply(state, now)?;
        for number in 1..=messages {
            let text = format!("سلام، پیام {number}");
            SeedMessage::text(text).apply(state, chat_id, id, now)?;
        }
        user_ids.push(id);
        chat_ids.push(chat_id);
    }
    Ok(json!({ "user_ids": user_ids, "chat_ids": chat_ids }))
}

fn odd_messages() -> Vec<SeedMessage> {
    let texts = [
        // Bidirectional overrides, isolates and marks that are not closed.
        "\u{202e}desrever\u{2066} راست به چپ \u{200f}left".to_owned(),
        "<script>alert(1)</script><img src=x onerror=alert(2)> &amp; <b>bold".to_owned(),
        "javascript:alert(1) https://example.com/?q=<\"'>`${1}{{2}}".to_owned(),
        "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇮🇷 e\u{301}\u{301}\u{301} می‌خواهم ۱۲۳ ١٢٣ ي ك ی ک".to_owned(),
        "null\u{0}byte, \u{1b}[31mcontrol\u{7f}, \u{feff}mark, \u{2028}line\r\n\ttab".to_owned(),
        "   ".to_owned(),
        "طولانی ".repeat(20_000),
        "a".repeat(50_000),
    ];
    let mut messages: Vec<_> = texts.into_iter().map(SeedMessage::text).collect();
    messages.push(SeedMessage::text(""));
    messages.push(SeedMessage::new("text"));
    messages.push(SeedMessage::new("a_type_of_the_future").with_text("از آینده"));
    messages.push(SeedMessage::new("product").entity_id(i64::MAX));
    messages.push(SeedMessage::new("picture").file(1, "javascript:alert(1)"));
    messages.push(SeedMessage::new("picture"));
    messages
}
