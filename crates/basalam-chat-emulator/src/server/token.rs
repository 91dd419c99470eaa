//! The token endpoint.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::log_context::LogContext;
use super::response::JsonResponse;
use super::service::Service;
use crate::oauth::{OAuthClient, RefreshTokenPolicy};
use crate::options::Options;
use crate::state::State;
use crate::state::tokens::{Authorization, CodeError, TokenPair};

/// An OAuth error response. Likely: the values of `error`, from the documentation, and the
/// fields, which an official SDK reads. Unknown: the statuses, which are those of OAuth 2.
pub(super) struct TokenError {
    status: u16,
    error: &'static str,
    description: String,
}

impl TokenError {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: 400,
            error,
            description: description.into(),
        }
    }
}

/// The parameters of a request.
type Parameters = BTreeMap<String, String>;

/// Handles a token request.
pub(super) fn handle(
    service: &Service,
    headers: &HeaderMap,
    body: &Bytes,
    log_context: &LogContext,
) -> JsonResponse {
    let result = parse(headers, body).and_then(|parameters| {
        if let Some(grant_type) = parameters.get("grant_type") {
            service.test_controls().count_token_request(grant_type);
        }
        issue(service, &parameters)
    });
    match result {
        Ok(body) => JsonResponse::new(200, &body),
        Err(error) => {
            log_context.set_error(error.error.to_owned());
            let body = json!({
                "error": error.error,
                "error_description": error.description,
            });
            JsonResponse::new(error.status, &body)
        }
    }
}

/// Parses a form or JSON; clients use both (certain).
fn parse(headers: &HeaderMap, body: &Bytes) -> Result<Parameters, TokenError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = content_type.and_then(|it| it.split(';').next());
    match essence.map(|it| it.trim().to_ascii_lowercase()).as_deref() {
        Some("application/x-www-form-urlencoded") => {
            Ok(url::form_urlencoded::parse(body).into_owned().collect())
        }
        Some("application/json") => {
            let invalid = |_| TokenError::new("invalid_request", "the body must be a JSON object");
            let fields: BTreeMap<String, Value> = serde_json::from_slice(body).map_err(invalid)?;
            let strings = fields.into_iter().filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                // Some clients send a numeric client id as a number.
                Value::Number(number) => Some((name, number.to_string())),
                _ => None,
            });
            Ok(strings.collect())
        }
        _ => Err(TokenError::new(
            "invalid_request",
            "send a form or JSON with its `Content-Type`",
        )),
    }
}

fn issue(service: &Service, parameters: &Parameters) -> Result<Value, TokenError> {
    let mut state = service.state();
    let request = TokenRequest {
        parameters,
        client: authenticate(&state, parameters)?,
        options: service.options(),
        now: service.now(),
    };
    let pair = match required(parameters, "grant_type")? {
        "authorization_code" => request.authorization_code(&mut state),
        "refresh_token" => request.refresh_token(&mut state),
        "client_credentials" => request.client_credentials(&mut state, service.default_user_id()),
        other => Err(TokenError::new(
            "unsupported_grant_type",
            format!(
                "the grant type {other:?} is not supported; use authorization_code, refresh_token or client_credentials"
            ),
        )),
    }?;
    let mut response = json!({
        "token_type": "Bearer",
        "expires_in": request.options.access_token_lifetime.as_secs(),
        "access_token": pair.access_token,
    });
    if let Some(token) = pair.refresh_token {
        response["refresh_token"] = token.into();
    }
    Ok(response)
}

fn required<'p>(parameters: &'p Parameters, name: &str) -> Result<&'p str, TokenError> {
    let value = parameters.get(name).filter(|it| !it.is_empty());
    let missing = || TokenError::new("invalid_request", format!("`{name}` is missing"));
    value.map(String::as_str).ok_or_else(missing)
}

fn authenticate(state: &State, parameters: &Parameters) -> Result<OAuthClient, TokenError> {
    let client = state.tokens.client(required(parameters, "client_id")?);
    let secret = required(parameters, "client_secret")?;
    match client.filter(|it| it.secret() == secret) {
        Some(client) => Ok(client.clone()),
        None => Err(TokenError {
            status: 401,
            ..TokenError::new(
                "invalid_client",
                "there is no client with this id and secret",
            )
        }),
    }
}

/// A request of an authenticated client.
struct TokenRequest<'a> {
    parameters: &'a Parameters,
    client: OAuthClient,
    options: &'a Options,
    now: DateTime,
}

impl TokenRequest<'_> {
    fn authorization_code(&self, state: &mut State) -> Result<TokenPair, TokenError> {
        let code = required(self.parameters, "code")?;
        let redirect_uri = required(self.parameters, "redirect_uri")?;
        let consumed = state
            .tokens
            .consume_code(code, &self.client.id, redirect_uri, self.now);
        let authorization = consumed.map_err(|error| match error {
            CodeError::Invalid => TokenError::new(
                "invalid_grant",
                "the code is unknown, used, expired or another client's",
            ),
            CodeError::RedirectUriMismatch => TokenError::new(
                "redirect_uri_mismatch",
                "the code was issued for another `redirect_uri`",
            ),
        })?;
        Ok(state.tokens.issue_pair(authorization, self.expires_at()))
    }

    fn refresh_token(&self, state: &mut State) -> Result<TokenPair, TokenError> {
        let token = required(self.parameters, "refresh_token")?;
        let policy = self.options.refresh_token_policy;
        if policy == RefreshTokenPolicy::RevokeOnReuse
            && state.tokens.revoke_reused(token, &self.client.id)
        {
            return Err(TokenError::new(
                "invalid_grant",
                "the refresh token was used before, so all tokens of its login are revoked",
            ));
        }
        let authorization = state.tokens.refresh_authorization(token, &self.client.id);
        let mut authorization = authorization.cloned().ok_or_else(|| {
            TokenError::new(
                "invalid_grant",
                "the refresh token is unknown, used or another client's",
            )
        })?;
        // OAuth 2 allows a request for fewer scopes.
        if let Some(scopes) = self.parameters.get("scope") {
            authorization.scopes = parse_scopes(scopes, authorization.scopes.as_ref())?;
        }
        let rotate = policy != RefreshTokenPolicy::Reuse;
        let expires_at = self.expires_at();
        Ok(state
            .tokens
            .refresh(token, authorization, rotate, expires_at))
    }

    /// The emulator's choice, since the service's behaviour is unknown: the response has no refresh
    /// token, as in OAuth 2.
    fn client_credentials(
        &self,
        state: &mut State,
        default_user_id: i64,
    ) -> Result<TokenPair, TokenError> {
        let scopes = self.parameters.get("scope").map_or("", String::as_str);
        let authorization = Authorization {
            client_id: self.client.id.clone(),
            user_id: self.client.user_id.unwrap_or(default_user_id),
            scopes: parse_scopes(scopes, self.client.scopes.as_ref())?,
        };
        let expires_at = self.expires_at();
        Ok(TokenPair {
            access_token: state.tokens.issue_access_token(authorization, expires_at),
            refresh_token: None,
        })
    }

    fn expires_at(&self) -> DateTime {
        self.options.access_token_expiry(self.now)
    }
}

/// Parses requested scopes, separated by spaces or commas, and checks that all are allowed.
/// `None` stands for all scopes; an empty request for all allowed scopes.
pub(super) fn parse_scopes(
    requested: &str,
    allowed: Option<&BTreeSet<String>>,
) -> Result<Option<BTreeSet<String>>, TokenError> {
    let requested = requested.split([' ', ',']).filter(|it| !it.is_empty());
    let requested: BTreeSet<String> = requested.map(str::to_owned).collect();
    if requested.is_empty() || requested.contains("*") && allowed.is_none() {
        return Ok(allowed.cloned());
    }
    let denied = requested
        .iter()
        .find(|it| allowed.is_some_and(|allowed| !allowed.contains(*it)));
    match denied {
        Some(scope) => Err(TokenError::new(
            "invalid_scope",
            format!("the scope {scope:?} is not allowed"),
        )),
        None => Ok(Some(requested)),
    }
}
