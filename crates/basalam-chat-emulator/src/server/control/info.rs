//! What the emulator consists of.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::reply::respond;
use super::settings;
use crate::fault::FAULT_EXAMPLES;
use crate::server::service::Service;

/// Lists the URLs, users, bots, OAuth clients, operations and kinds of faults.
pub(super) async fn info(State(service): State<Arc<Service>>) -> Response {
    let state = service.state();
    let users = state.users.all().map(
        |it| json!({ "id": it.id, "name": it.name, "hash_id": it.hash_id, "token": it.token() }),
    );
    let bots = state.bots.all().map(
        |it| json!({ "id": it.id, "name": it.name, "username": it.username, "token": it.token() }),
    );
    let clients = state.tokens.clients();
    let clients = clients.map(|it| json!({ "id": it.id(), "secret": it.secret() }));
    let kinds = FAULT_EXAMPLES.iter().map(|it| it.0);
    let info = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "base_url": service.base_url(),
        "token_url": service.token_url(),
        "authorize_url": service.authorize_url(),
        "users": users.collect::<Vec<_>>(),
        "bots": bots.collect::<Vec<_>>(),
        "oauth_clients": clients.collect::<Vec<_>>(),
        "operations": service.operation_ids().collect::<Vec<_>>(),
        "fault_kinds": kinds.collect::<Vec<_>>(),
        "fault_examples": FAULT_EXAMPLES.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
        "settings": settings::json(&service.settings()),
    });
    drop(state);
    respond(Ok(info))
}
