//! The turns of a transcript that is played.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use tower_service::Service as _;

use crate::options::MAX_BODY_BYTES;
use crate::server::service::Service;
use crate::transcript::{MessageTurn, WaitTurn};

/// How long a wait takes at most, unless it has another timeout.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a request may take, for example one with the fault `hang`.
const SEND_TIMEOUT: Duration = Duration::from_secs(60);

/// How often the chat is read while waiting.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Plays the turns of one transcript.
pub(super) struct Player {
    service: Arc<Service>,
    api: Router,
    chat_id: i64,
    users: BTreeMap<String, i64>,
    speed: f64,
    /// The ids of messages by their names.
    references: HashMap<String, i64>,
    /// The last message that was sent or waited for; replies have larger ids.
    last_id: i64,
    last_sender_id: Option<i64>,
}

impl Player {
    pub(super) fn new(
        service: Arc<Service>,
        api: Router,
        chat_id: i64,
        users: BTreeMap<String, i64>,
        speed: f64,
    ) -> Self {
        Self {
            service,
            api,
            chat_id,
            users,
            speed,
            references: HashMap::new(),
            last_id: 0,
            last_sender_id: None,
        }
    }

    /// Sends a message. Returns why it failed.
    pub(super) async fn send(&mut self, turn: &MessageTurn) -> Result<(), String> {
        if self.speed > 0.0 {
            let seconds = Duration::from_millis(turn.after_ms).as_secs_f64() / self.speed;
            // Fails if the pause is too long for a duration.
            sleep(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)).await;
        }
        let sender_id = self.user_id(&turn.from)?;
        let request = self.request(turn, sender_id)?;
        let sending = self.id_of_sent(request);
        let id = timeout(SEND_TIMEOUT, sending).await;
        let id = id.map_err(|_| format!("no response within {} s", SEND_TIMEOUT.as_secs()))??;
        if let Some(name) = &turn.reference {
            self.references.insert(name.clone(), id);
        }
        self.last_id = self.last_id.max(id);
        self.last_sender_id = Some(sender_id);
        Ok(())
    }

    fn user_id(&self, name: &str) -> Result<i64, String> {
        let id = self.users.get(name).copied();
        id.ok_or_else(|| format!("there is no user {name:?}"))
    }

    fn request(&self, turn: &MessageTurn, sender_id: i64) -> Result<Request<Body>, String> {
        let user = self.service.state().users.by_id(sender_id).cloned();
        let user = user.ok_or_else(|| format!("there is no user {sender_id}"))?;
        let base_url = self.service.base_url();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/v1/chats/{}/messages", self.chat_id))
            .header(HOST, base_url.trim_start_matches("http://"))
            .header(AUTHORIZATION, format!("Bearer {}", user.token()))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(self.body(turn).to_string()));
        // A token of the emulator can contain what a header cannot.
        request.map_err(|error| format!("cannot send as the user {sender_id}: {error}"))
    }

    fn body(&self, turn: &MessageTurn) -> Value {
        let mut body = json!({ "message_type": turn.message_type() });
        if turn.text.is_some() || turn.entity_id.is_some() {
            let mut content = json!({});
            set(&mut content, "text", &turn.text);
            set(&mut content, "entity_id", &turn.entity_id);
            body["content"] = content;
        }
        if let Some(files) = &turn.files {
            body["attachment"] = json!({ "files": files });
        }
        set(&mut body, "message_metadata", &turn.metadata);
        set(&mut body, "inline_markup_button", &turn.reply_markup);
        let replied = turn
            .reply_to
            .as_ref()
            .and_then(|it| self.references.get(it));
        set(&mut body, "replied_message_id", &replied);
        body
    }

    /// Sends a request and returns the id of the message.
    async fn id_of_sent(&mut self, request: Request<Body>) -> Result<i64, String> {
        let response = match self.api.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BODY_BYTES)
            .collect()
            .await;
        if !status.is_success() {
            return Err(format!("create_message responded with {}", status.as_u16()));
        }
        let lost = "the response of create_message was lost or is invalid";
        let body = body.map_err(|_| lost)?.to_bytes();
        let json: Value = serde_json::from_slice(&body).map_err(|_| lost)?;
        let id = json.pointer("/data/id").and_then(Value::as_i64);
        id.ok_or_else(|| lost.to_owned())
    }

    /// Waits for messages of others. Returns why it failed.
    pub(super) async fn wait(&mut self, turn: &WaitTurn, bot: Option<&str>) -> Result<(), String> {
        let bot_id = bot.map(|it| self.user_id(it)).transpose()?;
        let limit = turn
            .wait
            .timeout_ms
            .map_or(WAIT_TIMEOUT, Duration::from_millis);
        let waiting = async {
            match turn.wait.replies {
                Some(count) => self.replies(bot_id, count).await,
                None => {
                    let idle = Duration::from_millis(turn.wait.idle_ms.unwrap_or(0));
                    self.until_idle(bot_id, idle).await
                }
            }
        };
        let Ok(replies) = timeout(limit, waiting).await else {
            let count = self.replies_so_far(bot_id).len();
            return Err(format!(
                "timed out after {} ms; {count} messages arrived",
                limit.as_millis()
            ));
        };
        for (recorded, id) in turn.recorded.iter().zip(&replies) {
            if let Some(name) = &recorded.reference {
                self.references.insert(name.clone(), *id);
            }
        }
        self.last_id = replies.last().copied().unwrap_or(self.last_id);
        Ok(())
    }

    async fn replies(&self, bot_id: Option<i64>, count: usize) -> Vec<i64> {
        loop {
            let mut replies = self.replies_so_far(bot_id);
            if replies.len() >= count {
                replies.truncate(count);
                return replies;
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    async fn until_idle(&self, bot_id: Option<i64>, idle: Duration) -> Vec<i64> {
        let mut replies = self.replies_so_far(bot_id);
        let mut changed_at = Instant::now();
        while changed_at.elapsed() < idle {
            sleep(POLL_INTERVAL).await;
            let now = self.replies_so_far(bot_id);
            if now.len() != replies.len() {
                changed_at = Instant::now();
                replies = now;
            }
        }
        replies
    }

    /// Returns the ids of the messages since the last turn, of the bot or of everyone but the last sender.
    fn replies_so_far(&self, bot_id: Option<i64>) -> Vec<i64> {
        let state = self.service.state();
        let Some(chat) = state.chat(self.chat_id) else {
            return Vec::new();
        };
        let first = chat.message_ids.partition_point(|it| *it <= self.last_id);
        let new = chat.message_ids[first..].iter();
        let messages = new.filter_map(|id| state.message(*id));
        let replies = messages.filter(|it| match bot_id {
            Some(bot_id) => it.sender_id == bot_id,
            None => Some(it.sender_id) != self.last_sender_id,
        });
        replies.map(|it| it.id).collect()
    }
}

/// Sets a field that is not `None`.
fn set(json: &mut Value, name: &str, value: &Option<impl serde::Serialize>) {
    if let Some(value) = value {
        json[name] = json!(value);
    }
}
