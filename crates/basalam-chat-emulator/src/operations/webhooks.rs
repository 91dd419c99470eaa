//! Operations on webhooks, their services and registrations.

mod body;
pub(crate) mod events;
mod responses;

use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, HandlerResult};
use crate::error::Error;
use crate::service_error::ServiceError;
use crate::state::State;
use body::{CreateWebhookBody, UpdateWebhookBody};
use responses::{date_time, list, page};

pub(super) fn get_webhook_events(_: &mut State, _: &Call<'_>) -> HandlerResult {
    Ok(list(events::all().collect()))
}

pub(super) fn get_webhook_services(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let services = state.webhooks.services_of(call.user_id()?);
    Ok(list(services.map(responses::service).collect()))
}

#[derive(Deserialize)]
struct CreateServiceBody {
    title: String,
    description: String,
}

pub(super) fn create_webhook_service(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: CreateServiceBody = call.body()?;
    let webhooks = &mut state.webhooks;
    let service = webhooks.add_service(user_id, body.title, body.description, call.now);
    Ok(responses::service(service))
}

pub(super) fn get_webhooks(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let service_id = call.query_integer("service_id");
    let event_ids = call.query_str("event_ids").map(event_ids).transpose()?;
    let webhooks = state.webhooks.webhooks_of(call.user_id()?);
    let webhooks = webhooks.filter(|it| service_id.is_none_or(|id| it.service_id == id));
    let webhooks = webhooks.filter(|it| {
        let has = |id| it.config.event_ids.contains(id);
        event_ids.as_ref().is_none_or(|ids| ids.iter().any(has))
    });
    Ok(list(webhooks.map(responses::webhook).collect()))
}

/// Parses ids separated by commas.
fn event_ids(ids: &str) -> Result<Vec<i64>, ServiceError> {
    let ids = ids.split(',').map(|it| it.trim().parse());
    ids.collect::<Result<_, _>>().map_err(|_| {
        let message = "must be event ids separated by commas";
        ServiceError::invalid(["query", "event_ids"], message, "value_error")
    })
}

pub(super) fn create_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: CreateWebhookBody = call.body()?;
    let (service_id, register_me) = (body.service_id, body.register_me == Some(true));
    let config = body.into_config(call.options.allow_remote_webhooks)?;
    let webhooks = &mut state.webhooks;
    let service_id = match service_id {
        Some(id) if webhooks.service_of(id, user_id).is_some() => id,
        Some(_) => {
            let message = "the user has no service with this id";
            return Err(ServiceError::invalid(
                ["body", "service_id"],
                message,
                "value_error",
            ));
        }
        None if register_me => webhooks.default_service_id(user_id, call.now),
        None => {
            let message = "must be true without `service_id`";
            return Err(ServiceError::invalid(
                ["body", "register_me"],
                message,
                "value_error",
            ));
        }
    };
    let webhook = webhooks.add(service_id, user_id, config, call.now);
    let (id, response) = (webhook.id, responses::webhook(webhook));
    if register_me {
        webhooks.register(id, user_id, call.now);
    }
    Ok(response)
}

pub(super) fn update_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let id = call.path_integer("webhook_id")?;
    let body: UpdateWebhookBody = call.body()?;
    let webhook = state.webhooks.webhook_of(id, user_id);
    let webhook = webhook.ok_or(ServiceError::NotFound)?;
    body.apply(&mut webhook.config, call.options.allow_remote_webhooks)?;
    webhook.updated_at = call.now;
    Ok(responses::webhook(webhook))
}

pub(super) fn delete_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let id = call.path_integer("webhook_id")?;
    match state.webhooks.remove(id, call.user_id()?) {
        true => Ok(json!({ "id": id, "deleted_at": date_time(call.now) })),
        false => Err(ServiceError::NotFound),
    }
}

pub(super) fn get_webhook_logs(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let id = call.path_integer("webhook_id")?;
    let webhook = state.webhooks.webhook_of(id, call.user_id()?);
    webhook.ok_or(ServiceError::NotFound)?;
    let log = state.webhooks.log_of(id).rev();
    Ok(list(log.map(responses::log).collect()))
}

pub(super) fn get_webhook_customers(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let webhook_id = call.query_integer("webhook_id");
    let webhooks = &state.webhooks;
    let registrations = webhooks.registrations().filter(|it| {
        let webhook = webhooks.by_id(it.webhook_id);
        webhook.is_some_and(|webhook| webhook.owner_id == user_id)
            && webhook_id.is_none_or(|id| it.webhook_id == id)
    });
    page(call, registrations.map(responses::customer).collect())
}

pub(super) fn get_registered_webhooks(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let service_id = call.query_integer("service_id");
    let webhooks = &state.webhooks;
    let registrations = webhooks.registrations().filter(|it| it.user_id == user_id);
    let registered = registrations.filter_map(|it| Some((it, webhooks.by_id(it.webhook_id)?)));
    let registered =
        registered.filter(|(_, webhook)| service_id.is_none_or(|id| webhook.service_id == id));
    let registered = registered.map(|(it, webhook)| responses::registered(it, webhook));
    page(call, registered.collect())
}

#[derive(Deserialize)]
struct RegistrationBody {
    webhook_id: i64,
    customer_id: Option<i64>,
}

pub(super) fn register_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: RegistrationBody = call.body()?;
    let registered = state.webhooks.register(body.webhook_id, user_id, call.now);
    let registered = registered.ok_or(ServiceError::NotFound)?;
    Ok(responses::customer(registered))
}

pub(super) fn unregister_webhook(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: RegistrationBody = call.body()?;
    let customer_id = body.customer_id.unwrap_or(user_id);
    let webhooks = &mut state.webhooks;
    let is_owner = webhooks.webhook_of(body.webhook_id, user_id).is_some();
    let is_allowed = customer_id == user_id || is_owner;
    match is_allowed && webhooks.unregister(body.webhook_id, customer_id) {
        true => Ok(json!({
            "webhook_id": body.webhook_id,
            "customer_id": customer_id,
            "deleted_at": date_time(call.now),
        })),
        false => Err(ServiceError::NotFound),
    }
}

/// Adds a webhook for all events of a user, without headers, as `create_webhook` does. Returns its id.
pub(crate) fn add_webhook(
    state: &mut State,
    user_id: i64,
    url: &str,
    allow_remote: bool,
    now: DateTime,
) -> Result<i64, Error> {
    state.users.require(user_id)?;
    let config = body::config_for(url, events::ids().collect(), allow_remote);
    let config = config.map_err(|error| {
        Error::invalid_argument(format!("the URL {url:?} is rejected: {}", error.reason()))
    })?;
    let webhooks = &mut state.webhooks;
    let service_id = webhooks.default_service_id(user_id, now);
    let id = webhooks.add(service_id, user_id, config, now).id;
    webhooks.register(id, user_id, now);
    Ok(id)
}

/// An event for a webhook.
#[derive(Clone)]
pub(crate) struct WebhookEvent {
    pub(crate) event_id: i64,
    /// The user whose event it is.
    pub(crate) user_id: i64,
    pub(crate) webhook_id: i64,
    pub(crate) body: Value,
}

/// Returns the events of a message.
pub(crate) fn message_events(state: &State, message_id: i64) -> Vec<WebhookEvent> {
    let Some(message) = state.message(message_id) else {
        return Vec::new();
    };
    let Some(chat) = state.chat(message.chat_id) else {
        return Vec::new();
    };
    let sender_id = message.sender_id;
    let body = responses::message_event(state, chat, message);
    let users = chat.member_ids().map(|user_id| match user_id == sender_id {
        true => (user_id, crate::state::webhooks::MESSAGE_SENT),
        false => (user_id, crate::state::webhooks::MESSAGE_RECEIVED),
    });
    let events = users.flat_map(|(user_id, event_id)| {
        let webhooks = state.webhooks.receivers(user_id, event_id);
        webhooks.map(move |webhook| (event_id, user_id, webhook.id))
    });
    events
        .map(|(event_id, user_id, webhook_id)| WebhookEvent {
            event_id,
            user_id,
            webhook_id,
            body: body.clone(),
        })
        .collect()
}
