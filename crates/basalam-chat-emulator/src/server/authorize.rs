//! The page on which a user lets an OAuth client act for them.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

use super::{Service, answer, token};
use crate::oauth::OAuthClient;
use crate::state::tokens::Grant;

/// The parameter that names who lets the client act for them. The emulator's own: on
/// the real page one logs in.
const USER_ID: &str = "user_id";

/// Answers the page: a list of the users to choose from, or the way back to the client
/// where one was chosen.
pub(super) fn answer(service: &Service, uri: &Uri) -> Response {
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
        return refusal("There is no such client: <code>client_id</code>.");
    };
    let Some(back) = way_back(&client, &value("redirect_uri")) else {
        return refusal("The client may not send codes there: <code>redirect_uri</code>.");
    };
    let state = value("state");
    let scopes = token::granted(&value("scope"), client.scopes.as_ref());
    let Ok(scopes) = scopes else {
        return redirect(back, &[("error", "invalid_scope"), ("state", &state)]);
    };
    let user_id = value(USER_ID);
    if user_id.is_empty() {
        return choice(service, query);
    }
    let user_id = user_id.parse().ok();
    let known = user_id.filter(|id| service.state().users.by_id(*id).is_some());
    let Some(user_id) = known else {
        return refusal("There is no such user: <code>user_id</code>.");
    };
    let grant = Grant {
        client_id: client.id.clone(),
        user_id,
        scopes,
    };
    let redirect_uri = value("redirect_uri");
    let code = service.issue_code(grant, Some(redirect_uri));
    redirect(back, &[("code", &code), ("state", &state)])
}

fn way_back(client: &OAuthClient, redirect_uri: &str) -> Option<Url> {
    let uris = &client.redirect_uris;
    let allowed = uris.is_empty() || uris.contains(redirect_uri);
    Url::parse(redirect_uri).ok().filter(|_| allowed)
}

fn redirect(mut back: Url, pairs: &[(&str, &str)]) -> Response {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    back.query_pairs_mut().extend_pairs(given);
    match HeaderValue::try_from(String::from(back)) {
        Ok(location) => {
            let mut response = answer::html(StatusCode::FOUND, String::new());
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => refusal("The address cannot be sent: <code>redirect_uri</code>."),
    }
}

fn choice(service: &Service, query: &str) -> Response {
    let mut page = "<!DOCTYPE html><title>Emulated sign-in</title>\
        <h1>Emulated sign-in</h1><p>Whose account may the client use?</p><ul>"
        .to_owned();
    for user in service.state().users.all() {
        let mut pairs = Serializer::new(String::new());
        pairs.extend_pairs(parse(query.as_bytes()));
        pairs.append_pair(USER_ID, &user.id.to_string());
        let query = escaped(&pairs.finish());
        // Writing to a text cannot fail.
        let _ = write!(
            page,
            "<li><a href=\"?{query}\">{}</a> (user {})</li>",
            escaped(&user.name),
            user.id
        );
    }
    page.push_str("</ul>");
    answer::html(StatusCode::OK, page)
}

fn refusal(words: &str) -> Response {
    let page = format!("<!DOCTYPE html><title>Emulated sign-in</title><p>{words}</p>");
    answer::html(StatusCode::BAD_REQUEST, page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
