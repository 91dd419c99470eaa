//! The token endpoint: exchanges grants for tokens.

use std::sync::Arc;
use std::time::SystemTime;

use basalam_chat_api::newtypes::Scope;
use basalam_chat_api::operations::OAUTH_TOKEN;
use basalam_chat_api::{SuccessResponse, read_json};
use http::header::ACCEPT;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::authentication::CodeGrant;
use super::oauth_client::{OAuthClient, join_scopes};
use super::token_set::TokenSet;
use crate::Error;
use crate::http::retry::call::NoAuthorization;
use crate::http::retry::source::ClonedRequest;
use crate::http::{CallConfig, HttpStack, Secrets};

/// What is exchanged for tokens.
#[derive(Clone, Copy)]
pub(super) enum Grant {
    Code,
    RefreshToken {
        /// There is no client id and no client secret.
        is_public: bool,
    },
    ClientCredentials,
}

impl Grant {
    /// Returns `true` if the request can be sent again although the service may have processed it. A code and
    /// a refresh token can be used once.
    fn is_reusable(self) -> bool {
        matches!(self, Grant::ClientCredentials)
    }

    /// Returns what to do if the service may have processed the request.
    fn advice(self) -> &'static str {
        match self {
            Grant::Code => "the code may be used up: start a new login",
            Grant::RefreshToken { .. } => {
                "the refresh token may be used up: log in again if the next refresh fails"
            }
            Grant::ClientCredentials => "it is safe to retry",
        }
    }
}

/// The OAuth token endpoint.
#[derive(Clone, Debug)]
pub(crate) struct TokenEndpoint {
    http: Arc<HttpStack>,
    url: Url,
    config: CallConfig,
}

impl TokenEndpoint {
    pub(crate) fn new(http: Arc<HttpStack>, base_url: &Url, config: CallConfig) -> TokenEndpoint {
        let mut url = base_url.clone();
        let base_path = base_url.path().trim_end_matches('/');
        url.set_path(&format!("{base_path}{}", OAUTH_TOKEN.path));
        TokenEndpoint { http, url, config }
    }

    /// Exchanges an authorization code.
    pub(super) async fn exchange_code(
        &self,
        client: &OAuthClient,
        grant: &CodeGrant,
    ) -> Result<TokenSet, Error> {
        let grant = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", &grant.redirect_uri),
            ("code", grant.code.expose_secret()),
        ];
        self.request_tokens(client, Grant::Code, &grant).await
    }

    /// Exchanges a refresh token.
    pub(super) async fn refresh(
        &self,
        client: &OAuthClient,
        refresh_token: &str,
    ) -> Result<TokenSet, Error> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        let is_public = client.is_public;
        let grant = Grant::RefreshToken { is_public };
        self.request_tokens(client, grant, &form).await
    }

    /// Exchanges the client's own credentials.
    pub(super) async fn client_credentials(
        &self,
        client: &OAuthClient,
        scopes: &[Scope],
    ) -> Result<TokenSet, Error> {
        let scope = join_scopes(scopes)?;
        let form = [("grant_type", "client_credentials"), ("scope", &*scope)];
        let grant = Grant::ClientCredentials;
        let tokens = self.request_tokens(client, grant, &form).await?;
        Ok(match tokens.scopes() {
            Some(_) => tokens,
            // A response without scopes grants the requested ones (RFC 6749, section 5.1).
            None => tokens.with_scopes(scopes.iter().cloned()),
        })
    }

    /// Posts a form, as the vendor's SDKs do.
    async fn request_tokens(
        &self,
        client: &OAuthClient,
        grant: Grant,
        form: &[(&str, &str)],
    ) -> Result<TokenSet, Error> {
        let identity = [
            ("client_id", &*client.id),
            ("client_secret", client.secret.expose_secret()),
        ];
        let identity = identity.into_iter().filter(|_| !client.is_public);
        let form: Vec<(&str, &str)> = form.iter().copied().chain(identity).collect();
        let request = self
            .http
            .client
            .request(OAUTH_TOKEN.method.clone(), self.url.clone())
            .header(ACCEPT, "application/json")
            .form(&form)
            .build()
            .map_err(Error::invalid_request)?;
        let mut requests = ClonedRequest::new(request, grant.is_reusable());
        let (config, operation) = (&self.config, &OAUTH_TOKEN);
        let call = self
            .http
            .call(config, operation, NoAuthorization, None, &mut requests);
        let result = match call.await {
            Ok(response) => self.parse(response, grant),
            Err(error) => Err(error.into_token_error(grant)),
        };
        result.map_err(|error| error.with_operation_and_advice(operation, grant.advice()))
    }

    fn parse(&self, response: SuccessResponse, grant: Grant) -> Result<TokenSet, Error> {
        let SuccessResponse { body, context, .. } = response;
        parse(&body, self.http.clock().system_time()).map_err(|error| {
            let secrets = Secrets::from_context(context);
            Error::oauth_error_in(&body, grant, &secrets).unwrap_or(error)
        })
    }
}

/// A token response. Certain, from the vendor's documentation: the field names, and that its sample has no
/// `scope`, although the official SDKs read one.
#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    #[serde(default)]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<Value>,
    #[serde(default)]
    scope: Option<Value>,
}

/// Parses a token response. Errors contain nothing of it, since it contains tokens.
fn parse(body: &[u8], now: SystemTime) -> Result<TokenSet, Error> {
    let response: TokenResponse =
        read_json(body).map_err(|_| Error::invalid_token_response("cannot be decoded"))?;
    let token_type = response.token_type.as_deref().unwrap_or("Bearer");
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(Error::invalid_token_response("has no bearer token"));
    }
    let mut tokens = TokenSet::new(response.access_token.expose_secret());
    tokens.header().map_err(|_| {
        Error::invalid_token_response("has a token that is not allowed in a header")
    })?;
    let refresh_token = response.refresh_token.as_ref();
    let refresh_token = refresh_token.map(ExposeSecret::expose_secret);
    if let Some(refresh_token) = refresh_token.filter(|it| !it.is_empty()) {
        tokens = tokens.with_refresh_token(refresh_token);
    }
    if let Some(scopes) = response.scope.as_ref().and_then(parse_scopes) {
        tokens = tokens.with_scopes(scopes);
    }
    Ok(tokens.with_expires_in(response.expires_in.as_ref().and_then(parse_seconds), now))
}

/// Parses a number or a numeric string. Other values are ignored.
fn parse_seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().filter(|it| *it > 0.0).map(|it| it as u64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Parses scopes separated by spaces or commas, both of which the vendor's documents show, or an array.
fn parse_scopes(value: &Value) -> Option<Vec<Scope>> {
    let names: Vec<&str> = match value {
        Value::String(text) => text.split([' ', ',']).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let names = names.into_iter().map(str::trim);
    Some(
        names
            .filter(|name| !name.is_empty())
            .map(Scope::from)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn tokens(json: &str) -> TokenSet {
        parse(json.as_bytes(), NOW).unwrap()
    }

    #[test]
    fn parses_documented_response() {
        let tokens = tokens(
            r#"{"token_type":"Bearer","expires_in":31622400,"access_token":"a","refresh_token":"r"}"#,
        );
        assert_eq!(tokens.expose_access_token(), "a");
        assert_eq!(tokens.expose_refresh_token(), Some("r"));
        let year = Duration::from_secs(31_622_400);
        assert_eq!(tokens.expires_at(), Some(NOW + year));
        assert_eq!(tokens.scopes(), None);
    }

    #[test]
    fn token_type_is_case_insensitive_and_optional() {
        for token_type in ["\"bearer\"", "\"BEARER\"", "\"bEaReR\"", "null"] {
            let json = format!(r#"{{"access_token":"a","token_type":{token_type}}}"#);
            assert_eq!(tokens(&json).expose_access_token(), "a");
        }
        assert_eq!(tokens(r#"{"access_token":"a"}"#).expires_at(), None);
    }

    #[test]
    fn expires_in_is_number_or_string_and_ignored_if_invalid() {
        for (text, seconds) in [
            ("60", Some(60)),
            ("60.9", Some(60)),
            ("\"60\"", Some(60)),
            ("0", None),
            ("-60", None),
            ("\"soon\"", None),
            ("null", None),
            ("[60]", None),
            ("1e300", None),
        ] {
            let tokens = tokens(&format!(r#"{{"access_token":"a","expires_in":{text}}}"#));
            let expected = seconds.map(|seconds| NOW + Duration::from_secs(seconds));
            assert_eq!(tokens.expires_at(), expected, "{text}");
        }
    }

    #[test]
    fn parses_scopes_in_every_format() {
        let expected = [Scope::CustomerChatRead, Scope::from("x")];
        for text in [
            r#""customer.chat.read x""#,
            r#""customer.chat.read, x""#,
            r#"["customer.chat.read", "x"]"#,
        ] {
            let tokens = tokens(&format!(r#"{{"access_token":"a","scope":{text}}}"#));
            assert_eq!(tokens.scopes(), Some(&expected[..]), "{text}");
        }
    }

    #[test]
    fn rejects_response_without_token_and_does_not_repeat_it() {
        for body in [
            "canary",
            r#"{"access_token":7,"refresh_token":"canary"}"#,
            r#"{"refresh_token":"canary"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":"canary canary"}"#,
            r#"{"access_token":"canary","token_type":"mac"}"#,
        ] {
            let error = parse(body.as_bytes(), NOW).unwrap_err();
            let shown = format!("{error} {error:?} {:?}", error.body());
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
