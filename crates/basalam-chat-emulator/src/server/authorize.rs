//! The authorization page, on which a user authorizes an OAuth client.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

use super::response;
use super::service::Service;
use super::token::parse_scopes;
use crate::oauth::OAuthClient;
use crate::state::tokens::Authorization;

/// The parameter with the user id, which is specific to the emulator: the real page requires a
/// login.
const USER_ID: &str = "user_id";

/// Returns a page with a choice of users, or a redirect to the client if a user is chosen.
pub(super) fn authorize(service: &Service, uri: &Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = parse(query.as_bytes());
        let value = pairs.find(|(key, _)| key == name);
        value
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let client = service.state().tokens.client(&value("client_id")).cloned();
    let Some(client) = client else {
        return error_page("The parameter <code>client_id</code> is not a known client.");
    };
    let redirect_uri = value("redirect_uri");
    let Some(target) = redirect_target(&client, &redirect_uri) else {
        return error_page("The client may not use this <code>redirect_uri</code>.");
    };
    let state = value("state");
    let scopes = parse_scopes(&value("scope"), client.scopes.as_ref());
    let Ok(scopes) = scopes else {
        return redirect(target, &[("error", "invalid_scope"), ("state", &state)]);
    };
    let user_id = value(USER_ID);
    if user_id.is_empty() {
        return user_choice(service, query);
    }
    let user_id = user_id.parse().ok();
    let known = user_id.filter(|id| service.state().users.by_id(*id).is_some());
    let Some(user_id) = known else {
        return error_page("The parameter <code>user_id</code> is not a known user.");
    };
    let authorization = Authorization {
        client_id: client.id.clone(),
        user_id,
        scopes,
    };
    let code = service.issue_code(authorization, Some(redirect_uri));
    redirect(target, &[("code", &code), ("state", &state)])
}

fn redirect_target(client: &OAuthClient, redirect_uri: &str) -> Option<Url> {
    let uris = &client.redirect_uris;
    let allowed = uris.is_empty() || uris.contains(redirect_uri);
    Url::parse(redirect_uri).ok().filter(|_| allowed)
}

fn redirect(mut target: Url, pairs: &[(&str, &str)]) -> Response {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    target.query_pairs_mut().extend_pairs(pairs);
    match HeaderValue::try_from(String::from(target)) {
        Ok(location) => {
            let mut response = response::html(StatusCode::FOUND, String::new());
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => error_page("The <code>redirect_uri</code> is not a valid header value."),
    }
}

fn user_choice(service: &Service, query: &str) -> Response {
    let mut page = "<!DOCTYPE html><title>Emulated login</title>\
        <h1>Emulated login</h1><p>Choose the user who authorizes the client:</p><ul>"
        .to_owned();
    for user in service.state().users.all() {
        let mut pairs = Serializer::new(String::new());
        pairs.extend_pairs(parse(query.as_bytes()));
        pairs.append_pair(USER_ID, &user.id.to_string());
        let query = escape(&pairs.finish());
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "<li><a href=\"?{query}\">{}</a> (user {})</li>",
            escape(&user.name),
            user.id
        );
    }
    page.push_str("</ul>");
    response::html(StatusCode::OK, page)
}

fn error_page(message: &str) -> Response {
    let page = format!("<!DOCTYPE html><title>Emulated login</title><p>{message}</p>");
    response::html(StatusCode::BAD_REQUEST, page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
