//! The token endpoint.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::Service;
use super::answer::Answer;
use super::log::Notes;
use crate::oauth::{OAuthClient, RefreshTokens};
use crate::options::Options;
use crate::state::State;
use crate::state::tokens::{CodeRefusal, Grant, Pair};

/// Why no token is given. Likely: the names in `error` are those of the documentation,
/// the members those that an official SDK reads. Unknown: the statuses, which are the
/// ones of OAuth 2.
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: 400,
            error,
            description: description.into(),
        }
    }
}

/// The members of a request, all of them texts.
type Fields = BTreeMap<String, String>;

/// Answers a request for tokens.
pub(super) fn answer(
    service: &Service,
    headers: &HeaderMap,
    body: &Bytes,
    notes: &Notes,
) -> Answer {
    let given = read(headers, body).and_then(|fields| {
        if let Some(grant_type) = fields.get("grant_type") {
            service.aids().count_grant(grant_type);
        }
        give(service, &fields)
    });
    match given {
        Ok(body) => Answer::new(200, &body),
        Err(refusal) => {
            notes.refusal(refusal.error.to_owned());
            let body = json!({
                "error": refusal.error,
                "error_description": refusal.description,
            });
            Answer::new(refusal.status, &body)
        }
    }
}

/// Reads a form or JSON; both are in use (certain).
fn read(headers: &HeaderMap, body: &Bytes) -> Result<Fields, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = content_type.and_then(|it| it.split(';').next());
    match essence.map(|it| it.trim().to_ascii_lowercase()).as_deref() {
        Some("application/x-www-form-urlencoded") => {
            Ok(url::form_urlencoded::parse(body).into_owned().collect())
        }
        Some("application/json") => {
            let refused = |_| Refusal::new("invalid_request", "the body is no JSON object");
            let members: BTreeMap<String, Value> = serde_json::from_slice(body).map_err(refused)?;
            let texts = members.into_iter().filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                // Clients whose id is a number send it as one.
                Value::Number(number) => Some((name, number.to_string())),
                _ => None,
            });
            Ok(texts.collect())
        }
        _ => Err(Refusal::new(
            "invalid_request",
            "send a form or JSON, with the header `Content-Type` of it",
        )),
    }
}

fn give(service: &Service, fields: &Fields) -> Result<Value, Refusal> {
    let mut state = service.state();
    let request = TokenRequest {
        fields,
        client: client(&state, fields)?,
        options: service.options(),
        now: service.now(),
    };
    let pair = match field(fields, "grant_type")? {
        "authorization_code" => request.by_code(&mut state),
        "refresh_token" => request.by_refresh_token(&mut state),
        "client_credentials" => request.by_credentials(&mut state, service.default_user_id()),
        other => Err(Refusal::new(
            "unsupported_grant_type",
            format!(
                "the grant type {other:?} is none of authorization_code, refresh_token and client_credentials"
            ),
        )),
    }?;
    let mut answer = json!({
        "token_type": "Bearer",
        "expires_in": request.options.access_token_lifetime.as_secs(),
        "access_token": pair.access_token,
    });
    if let Some(token) = pair.refresh_token {
        answer["refresh_token"] = token.into();
    }
    Ok(answer)
}

fn field<'f>(fields: &'f Fields, name: &str) -> Result<&'f str, Refusal> {
    let value = fields.get(name).filter(|it| !it.is_empty());
    let missing = || Refusal::new("invalid_request", format!("`{name}` is missing"));
    value.map(String::as_str).ok_or_else(missing)
}

fn client(state: &State, fields: &Fields) -> Result<OAuthClient, Refusal> {
    let known = state.tokens.client(field(fields, "client_id")?);
    let secret = field(fields, "client_secret")?;
    match known.filter(|it| it.secret() == secret) {
        Some(client) => Ok(client.clone()),
        None => Err(Refusal {
            status: 401,
            ..Refusal::new("invalid_client", "no client has this id and this secret")
        }),
    }
}

/// A request of a known client.
struct TokenRequest<'a> {
    fields: &'a Fields,
    client: OAuthClient,
    options: &'a Options,
    now: DateTime,
}

impl TokenRequest<'_> {
    fn by_code(&self, state: &mut State) -> Result<Pair, Refusal> {
        let code = field(self.fields, "code")?;
        let redirect_uri = field(self.fields, "redirect_uri")?;
        let used = state
            .tokens
            .use_code(code, &self.client.id, redirect_uri, self.now);
        let grant = used.map_err(|refusal| match refusal {
            CodeRefusal::Unknown => Refusal::new(
                "invalid_grant",
                "the code is unknown, used up, too old or another client's",
            ),
            CodeRefusal::OtherRedirectUri => Refusal::new(
                "redirect_uri_mismatch",
                "the code was sent to another `redirect_uri`",
            ),
        })?;
        Ok(state.tokens.issue_pair(grant, self.expires_at()))
    }

    fn by_refresh_token(&self, state: &mut State) -> Result<Pair, Refusal> {
        let token = field(self.fields, "refresh_token")?;
        let grant = state.tokens.refreshable(token, &self.client.id);
        let mut grant = grant.cloned().ok_or_else(|| {
            Refusal::new(
                "invalid_grant",
                "the refresh token is unknown, used up or another client's",
            )
        })?;
        // Fewer scopes may be asked for, as in OAuth 2.
        if let Some(scopes) = self.fields.get("scope") {
            grant.scopes = granted(scopes, grant.scopes.as_ref())?;
        }
        let is_kept = self.options.refresh_tokens == RefreshTokens::Kept;
        Ok(state
            .tokens
            .refresh(token, grant, is_kept, self.expires_at()))
    }

    /// Unknown, and chosen here: there is no refresh token, as in OAuth 2.
    fn by_credentials(&self, state: &mut State, default_user: i64) -> Result<Pair, Refusal> {
        let scopes = self.fields.get("scope").map_or("", String::as_str);
        let grant = Grant {
            client_id: self.client.id.clone(),
            user_id: self.client.user_id.unwrap_or(default_user),
            scopes: granted(scopes, self.client.scopes.as_ref())?,
        };
        Ok(Pair {
            access_token: state.tokens.issue_access(grant, self.expires_at()),
            refresh_token: None,
        })
    }

    fn expires_at(&self) -> DateTime {
        self.options.access_token_expiry(self.now)
    }
}

/// Gives the scopes that are asked for, separated by spaces or commas, where all of
/// them may be; `None` stands for all. Asking for none is asking for what there is.
pub(super) fn granted(
    asked: &str,
    allowed: Option<&BTreeSet<String>>,
) -> Result<Option<BTreeSet<String>>, Refusal> {
    let asked = asked.split([' ', ',']).filter(|it| !it.is_empty());
    let asked: BTreeSet<String> = asked.map(str::to_owned).collect();
    if asked.is_empty() || asked.contains("*") && allowed.is_none() {
        return Ok(allowed.cloned());
    }
    let refused = asked
        .iter()
        .find(|it| allowed.is_some_and(|allowed| !allowed.contains(*it)));
    match refused {
        Some(scope) => Err(Refusal::new(
            "invalid_scope",
            format!("the scope {scope:?} may not be asked for"),
        )),
        None => Ok(Some(asked)),
    }
}
