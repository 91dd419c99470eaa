//! Transcripts of chats.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::query::{Query, id};
use super::reply::{
    ControlError, ControlResult, done, parse, respond, respond_with_attachment, with_body,
};
use crate::error::Error;
use crate::server::player;
use crate::server::service::{Service, ServiceState};
use crate::transcript::Transcript;

/// The maximum of `speed`.
const MAX_SPEED: f64 = 1000.0;

pub(super) async fn save(
    State(service): ServiceState,
    Path(chat_id): Path<String>,
    uri: Uri,
) -> Response {
    let result = saved(&service, &chat_id, &uri);
    respond_with_attachment(result, "transcript.json")
}

fn saved(service: &Service, chat_id: &str, uri: &Uri) -> ControlResult {
    let bot_id = Query::parse(uri, &["bot"])?.integer::<i64>("bot")?;
    let chat_id: i64 = id("chat", chat_id)?;
    let state = service.state();
    let chat = state
        .chat(chat_id)
        .ok_or_else(|| ControlError::not_found(format!("there is no chat {chat_id}")))?;
    if let Some(bot_id) = bot_id
        && !chat.member_ids().any(|it| it == bot_id)
    {
        return Err(Error::invalid_argument(format!(
            "`bot` is {bot_id}, which is not a member of the chat {chat_id}; use a member's id"
        ))
        .into());
    }
    let seller_id = chat.member_ids().find(|it| state.is_seller(*it));
    let transcript = Transcript::save(&state, chat, bot_id.or(seller_id));
    Ok(json!(transcript))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Play {
    transcript: Value,
    #[serde(default = "normal_speed")]
    speed: f64,
}

fn normal_speed() -> f64 {
    1.0
}

pub(super) async fn play(State(service): ServiceState, body: Body, api: Router) -> Response {
    with_body(body, |body| {
        let Play { transcript, speed } = parse(body)?;
        if !(0.0..=MAX_SPEED).contains(&speed) {
            let message = format!("`speed` is {speed}; use 0, for no pauses, to {MAX_SPEED}");
            return Err(Error::invalid_argument(message).into());
        }
        let transcript = Transcript::parse(&transcript.to_string())?;
        let (id, chat_id) = player::start(&service, api, transcript, speed)?;
        Ok(json!({ "id": id, "chat_id": chat_id }))
    })
    .await
}

pub(super) async fn status(State(service): ServiceState, Path(play_id): Path<String>) -> Response {
    respond(status_of(&service, &play_id))
}

fn status_of(service: &Service, play_id: &str) -> ControlResult {
    let status = service.players().status(id("transcript", play_id)?);
    let status = status.ok_or_else(|| not_found(play_id))?;
    Ok(json!(status))
}

pub(super) async fn stop(State(service): ServiceState, Path(play_id): Path<String>) -> Response {
    respond(try_stop(&service, &play_id))
}

fn try_stop(service: &Service, play_id: &str) -> ControlResult {
    match service.players().stop(id("transcript", play_id)?) {
        true => done(),
        false => Err(not_found(play_id)),
    }
}

fn not_found(play_id: &str) -> ControlError {
    ControlError::not_found(format!(
        "there is no transcript {play_id}; it was stopped, or a reset removed it"
    ))
}
