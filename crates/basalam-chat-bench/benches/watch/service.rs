//! A service with many chats, which responds from memory and counts requests.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use basalam_chat::{Client, PersonalToken};
use basalam_chat_bench::bodies;
use basalam_chat_bench::{Server, query_value, run_server};
use bytes::Bytes;
use http::Method;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The first argument of a process that is the service.
pub(crate) const SERVE: &str = "--serve-chats";

/// The tokens of users, before the number of the user.
const TOKEN: &str = "token-of-user-";

/// The ids of a chat's messages follow each other, and those of the next chat are larger by this.
const IDS_PER_CHAT: i64 = 10_000;
const FIRST_ID: i64 = 1_000_000_000;
/// 2026-01-01 is the first day on which chats have activity.
const SECONDS_PER_DAY: usize = 86_400;

/// What was requested since the start or the last reset.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Counts {
    /// First pages of the list of chats.
    pub(crate) first_pages: u64,
    /// Other pages of the list of chats.
    pub(crate) later_pages: u64,
    /// Passes over the whole list, as far as four fifths of it.
    pub(crate) passes: u64,
    /// Pages of messages.
    pub(crate) message_pages: u64,
    /// Requests of any kind.
    pub(crate) requests: u64,
    /// The largest number of requests in ten seconds.
    pub(crate) busiest_ten_seconds: u64,
}

/// The service in a separate process.
pub(crate) struct Service {
    server: Server,
    http: reqwest::Client,
}

impl Service {
    /// Starts a service whose chats have one message each. `new_messages` arrive in each chat at every
    /// [`arrive`](Service::arrive).
    pub(crate) fn start(
        chats: usize,
        new_messages: usize,
        latency: Duration,
    ) -> anyhow::Result<Service> {
        let [chats, new_messages] = [chats, new_messages].map(|it| it.to_string());
        let latency = latency.as_millis().to_string();
        Ok(Service {
            server: Server::spawn(&[SERVE, &chats, &new_messages, &latency])?,
            http: reqwest::Client::builder().no_proxy().build()?,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        self.server.base_url()
    }

    /// Makes messages arrive in all chats, and resets the counts.
    pub(crate) async fn arrive(&self) -> anyhow::Result<()> {
        self.control("arrive").await.map(drop)
    }

    pub(crate) async fn reset_counts(&self) -> anyhow::Result<()> {
        self.control("reset").await.map(drop)
    }

    pub(crate) async fn counts(&self) -> anyhow::Result<Counts> {
        let body = self.control("counts").await?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Waits until the counts satisfy a condition.
    pub(crate) async fn wait_until(
        &self,
        condition: impl Fn(&Counts) -> bool,
    ) -> anyhow::Result<()> {
        let limit = Instant::now() + Duration::from_secs(300);
        loop {
            let counts = self.counts().await?;
            if condition(&counts) {
                return Ok(());
            }
            anyhow::ensure!(
                Instant::now() < limit,
                "the watcher has not finished: {counts:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn control(&self, command: &str) -> anyhow::Result<Bytes> {
        let url = format!("{}/control/{command}", self.base_url());
        let response = self.http.get(url).send().await?;
        Ok(response.error_for_status()?.bytes().await?)
    }
}

/// Returns a client builder for a user of the service.
pub(crate) fn client(base_url: &str, user: usize) -> basalam_chat::ClientBuilder {
    Client::builder(token(user)).base_url(base_url)
}

pub(crate) fn token(user: usize) -> PersonalToken {
    PersonalToken::new(format!("{TOKEN}{user}"))
}

/// Runs the service in this process, until the parent process exits.
pub(crate) fn serve(chats: usize, new_messages: usize, latency: u64) -> anyhow::Result<()> {
    let chats = Chats {
        chats,
        new_messages,
        arrivals: AtomicU64::new(0),
        counts: Mutex::default(),
        chat: chat_template()?,
        messages: (0..10)
            .map(message_template)
            .collect::<anyhow::Result<_>>()?,
        started_at: Instant::now(),
    };
    run_server(
        Duration::from_millis(latency),
        Arc::new(move |head: &Parts, _: &Bytes| chats.respond(head)),
    )
}

struct Chats {
    chats: usize,
    new_messages: usize,
    /// How often messages have arrived.
    arrivals: AtomicU64,
    counts: Mutex<(Counts, HashMap<u64, u64>)>,
    chat: Template,
    /// By the last digit of the message id.
    messages: Vec<Template>,
    started_at: Instant,
}

impl Chats {
    fn respond(&self, head: &Parts) -> Option<Bytes> {
        let path = head.uri.path();
        if let Some(command) = path.strip_prefix("/control/") {
            return self.control(command);
        }
        let user: i64 = head
            .headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.rsplit('-').next()?.parse().ok())
            .filter(|_| head.method == Method::GET)?;
        let query = head.uri.query().unwrap_or_default();
        let ten_seconds = self.started_at.elapsed().as_secs() / 10;
        self.count(|counts, seconds| {
            counts.requests += 1;
            let count = seconds.entry(ten_seconds).or_default();
            *count += 1;
            counts.busiest_ten_seconds = counts.busiest_ten_seconds.max(*count);
        });
        let chat = path.strip_prefix("/v1/chats/");
        match chat.and_then(|rest| rest.strip_suffix("/messages")) {
            Some(chat) => self.message_page(chat.parse().ok()?, query),
            None if path == "/v1/chats" => Some(self.chat_page(query)),
            None => Some(Bytes::from(json!({ "id": 1_000 + user }).to_string())),
        }
    }

    fn control(&self, command: &str) -> Option<Bytes> {
        match command {
            "counts" => {
                let counts = self.count(|counts, _| counts.clone());
                return Some(Bytes::from(serde_json::to_vec(&counts).ok()?));
            }
            "arrive" => _ = self.arrivals.fetch_add(1, Ordering::SeqCst),
            "reset" => {}
            _ => return None,
        }
        self.count(|counts, seconds| {
            *counts = Counts::default();
            seconds.clear();
        });
        Some(Bytes::new())
    }

    fn count<T>(&self, change: impl FnOnce(&mut Counts, &mut HashMap<u64, u64>) -> T) -> T {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (counts, seconds) = &mut *counts;
        change(counts, seconds)
    }

    fn arrivals(&self) -> usize {
        // At most some hundreds.
        usize::try_from(self.arrivals.load(Ordering::SeqCst)).unwrap_or(usize::MAX)
    }

    /// The number of messages in each chat.
    fn message_count(&self) -> usize {
        1 + self.arrivals() * self.new_messages
    }

    /// The chats are listed in the order of their numbers, each a second earlier than the one before.
    fn chat_page(&self, query: &str) -> Bytes {
        let newest = (self.arrivals() + 1) * (self.chats + 100);
        let bound = query_value(query, "updated_before").and_then(second);
        let first = bound.map_or(0, |bound| (newest + 1).saturating_sub(bound));
        let limit = query_value(query, "limit").and_then(|it| it.parse().ok());
        let end = self.chats.min(first + limit.unwrap_or(30));
        self.count(|counts, _| {
            match bound {
                None => counts.first_pages += 1,
                Some(_) => counts.later_pages += 1,
            }
            // A page begins with the last chat of the one before.
            let marker = self.chats * 4 / 5;
            let has_marker = first <= marker && marker + 1 < end;
            counts.passes += u64::from(has_marker);
        });
        let mut body = String::with_capacity((end.saturating_sub(first) + 1) * 1_500);
        body.push_str(r#"{"data":{"chats":["#);
        for chat in first..end {
            if chat > first {
                body.push(',');
            }
            let time = time(newest - chat);
            let last = FIRST_ID + as_id(chat) * IDS_PER_CHAT + as_id(self.message_count());
            let id = (chat + 1).to_string();
            self.chat.render(&mut body, [&id, &last.to_string(), &time]);
        }
        body.push_str("]}}");
        Bytes::from(body)
    }

    fn message_page(&self, id: usize, query: &str) -> Option<Bytes> {
        self.count(|counts, _| counts.message_pages += 1);
        let first = FIRST_ID + as_id(id - 1) * IDS_PER_CHAT;
        let after = query_value(query, "message_id")
            .map_or(Ok(first), str::parse)
            .ok()?;
        let after: i64 = first.max(after);
        let limit: i64 = query_value(query, "limit")?.parse().ok()?;
        let end = (first + as_id(self.message_count())).min(after + limit);
        let (id, time) = (id.to_string(), time(1));
        let mut body = String::with_capacity(10_000);
        body.push_str(r#"{"data":{"messages":["#);
        for message in after + 1..=end {
            if message > after + 1 {
                body.push(',');
            }
            let template = &self.messages[usize::try_from(message % 10).ok()?];
            template.render(&mut body, [&id, &message.to_string(), &time]);
        }
        body.push_str("]}}");
        Some(Bytes::from(body))
    }
}

fn as_id(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns a time in January 2026 as the service writes it.
fn time(second: usize) -> String {
    let (day, second) = (second / SECONDS_PER_DAY + 1, second % SECONDS_PER_DAY);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("2026-01-{day:02} {hour:02}:{minute:02}:{:02}", second % 60)
}

/// Reads a time, which is percent-encoded.
fn second(time: &str) -> Option<usize> {
    let time = time
        .replace("%20", " ")
        .replace('+', " ")
        .replace("%3A", ":");
    let (date, time) = time.strip_prefix("2026-01-")?.split_once(' ')?;
    let mut second = date.parse::<usize>().ok()?.checked_sub(1)? * 24;
    for (index, part) in time.split(':').enumerate() {
        second = second * if index == 0 { 1 } else { 60 } + part.parse::<usize>().ok()?;
    }
    Some(second)
}

/// JSON with placeholders for a chat id, a message id and a time.
struct Template(Vec<(String, Option<usize>)>);

const PLACEHOLDERS: [&str; 3] = ["<chat>", "<message>", "<time>"];

impl Template {
    fn new(json: &Value) -> anyhow::Result<Template> {
        let mut parts = Vec::new();
        let json = json.to_string().replace("\"<chat>\"", "<chat>");
        let json = json.replace("\"<message>\"", "<message>");
        let mut rest = json.as_str();
        while let Some(start) = rest.find('<') {
            let (text, placeholder) = rest.split_at(start);
            let known = PLACEHOLDERS
                .iter()
                .position(|it| placeholder.starts_with(it));
            let known = known.context("a template has an unknown placeholder")?;
            parts.push((text.to_owned(), Some(known)));
            rest = &placeholder[PLACEHOLDERS[known].len()..];
        }
        parts.push((rest.to_owned(), None));
        Ok(Template(parts))
    }

    fn render(&self, body: &mut String, values: [&str; 3]) {
        for (text, placeholder) in &self.0 {
            body.push_str(text);
            if let Some(placeholder) = placeholder {
                body.push_str(values[*placeholder]);
            }
        }
    }
}

fn chat_template() -> anyhow::Result<Template> {
    let mut chat = bodies::chat(0);
    chat["id"] = json!("<chat>");
    for time in ["updated_at", "modified_at"] {
        chat[time] = json!("<time>");
    }
    // It would be an event for each chat.
    chat["contact_last_seen_message_id"] = Value::Null;
    chat["last_message"] = message(0);
    Template::new(&chat)
}

fn message_template(last_digit: i64) -> anyhow::Result<Template> {
    Template::new(&message(last_digit))
}

fn message(last_digit: i64) -> Value {
    let mut message = bodies::message(FIRST_ID + last_digit);
    message["id"] = json!("<message>");
    message["chat_id"] = json!("<chat>");
    message["created_at"] = json!("<time>");
    message
}
