//! The service that gives tokens.

use std::sync::Arc;
use std::time::SystemTime;

use basalam_chat_api::newtypes::Scope;
use basalam_chat_api::operations::OAUTH_TOKEN;
use basalam_chat_api::read_json;
use http::header::ACCEPT;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::TokenSet;
use super::login::Code;
use super::oauth_client::{OAuthClient, joined};
use crate::Error;
use crate::transport::{Copied, Settings, Wire};

/// The token endpoint: where tokens are given for what proves who asks.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    wire: Arc<Wire>,
    url: Url,
    settings: Settings,
}

impl Endpoint {
    pub(crate) fn new(wire: Arc<Wire>, base_url: &Url, settings: Settings) -> Endpoint {
        let mut url = base_url.clone();
        let base_path = base_url.path().trim_end_matches('/');
        url.set_path(&format!("{base_path}{}", OAUTH_TOKEN.path));
        Endpoint {
            wire,
            url,
            settings,
        }
    }

    fn now(&self) -> SystemTime {
        self.wire.clock().system_time()
    }

    pub(super) async fn exchange(
        &self,
        client: &OAuthClient,
        code: &Code,
    ) -> Result<TokenSet, Error> {
        self.wire.known().add(&code.code);
        let values = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", &code.redirect_uri),
            ("code", code.code.expose_secret()),
        ];
        self.ask(client, &values).await
    }

    pub(super) async fn refresh(
        &self,
        client: &OAuthClient,
        refresh_token: &str,
    ) -> Result<TokenSet, Error> {
        self.wire.known().add(&SecretString::from(refresh_token));
        let values = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        self.ask(client, &values).await
    }

    pub(super) async fn credentials(
        &self,
        client: &OAuthClient,
        scopes: &[Scope],
    ) -> Result<TokenSet, Error> {
        let scope = joined(scopes)?;
        let values = [("grant_type", "client_credentials"), ("scope", &*scope)];
        let tokens = self.ask(client, &values).await?;
        Ok(match tokens.scopes() {
            Some(_) => tokens,
            // Where the answer names none, those asked for are granted (RFC 6749, section 5.1).
            None => tokens.with_scopes(scopes.iter().cloned()),
        })
    }

    /// Sends a form, as the vendor's own SDKs do, and reads the tokens.
    async fn ask(&self, client: &OAuthClient, values: &[(&str, &str)]) -> Result<TokenSet, Error> {
        self.wire.known().add(&client.secret);
        let identity = [
            ("client_id", &*client.id),
            ("client_secret", client.secret.expose_secret()),
        ];
        let form: Vec<(&str, &str)> = values.iter().copied().chain(identity).collect();
        let request = self
            .wire
            .http()
            .request(OAUTH_TOKEN.method.clone(), self.url.clone())
            .header(ACCEPT, "application/json")
            .form(&form)
            .build()
            .map_err(Error::unsendable)?;
        let requests = &mut Copied::new(request);
        let answer = self
            .wire
            .call(&self.settings, &OAUTH_TOKEN, None, requests)
            .await;
        let named = |error: Error| error.of(&OAUTH_TOKEN);
        let body = answer.map_err(named)?.body;
        read(&body, self.now()).map_err(named)
    }
}

/// What the endpoint gives. Certain, from the vendor's documentation: the names, and that there is no
/// `scope` in its sample, though the official SDKs read one.
#[derive(Deserialize)]
struct Answer {
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

/// Reads the answer. Nothing of it is kept in an error: it holds tokens.
fn read(body: &[u8], now: SystemTime) -> Result<TokenSet, Error> {
    let answer: Answer =
        read_json(body).map_err(|_| Error::unreadable_tokens("is no token answer"))?;
    let token_type = answer.token_type.as_deref().unwrap_or("Bearer");
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(Error::unreadable_tokens("gives no bearer token"));
    }
    let mut tokens = TokenSet::new(answer.access_token.expose_secret());
    tokens
        .header()
        .map_err(|_| Error::unreadable_tokens("gives a token that no header can carry"))?;
    let refresh_token = answer
        .refresh_token
        .as_ref()
        .map(ExposeSecret::expose_secret);
    if let Some(refresh_token) = refresh_token.filter(|it| !it.is_empty()) {
        tokens = tokens.with_refresh_token(refresh_token);
    }
    if let Some(scopes) = answer.scope.as_ref().and_then(scopes) {
        tokens = tokens.with_scopes(scopes);
    }
    Ok(tokens.living_for(answer.expires_in.as_ref().and_then(seconds), now))
}

/// A number, or a number as text. Whatever else says nothing.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().filter(|it| *it > 0.0).map(|it| it as u64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Names with spaces or commas between them, both of which the vendor's documents show, or a list.
fn scopes(value: &Value) -> Option<Vec<Scope>> {
    let texts: Vec<&str> = match value {
        Value::String(text) => text.split([' ', ',']).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let names = texts.into_iter().map(str::trim);
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
        read(json.as_bytes(), NOW).unwrap()
    }

    #[test]
    fn the_documented_answer_is_read() {
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
    fn every_spelling_of_the_type_and_none_is_a_bearer_token() {
        for token_type in ["\"bearer\"", "\"BEARER\"", "\"bEaReR\"", "null"] {
            let json = format!(r#"{{"access_token":"a","token_type":{token_type}}}"#);
            assert_eq!(tokens(&json).expose_access_token(), "a");
        }
        assert_eq!(tokens(r#"{"access_token":"a"}"#).expires_at(), None);
    }

    #[test]
    fn the_time_is_read_as_number_and_text_and_left_unknown_where_it_makes_no_sense() {
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
    fn scopes_are_read_in_every_form() {
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
    fn what_holds_no_token_is_an_error_that_repeats_nothing() {
        for body in [
            "canary",
            r#"{"access_token":7,"refresh_token":"canary"}"#,
            r#"{"refresh_token":"canary"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":"canary canary"}"#,
            r#"{"access_token":"canary","token_type":"mac"}"#,
        ] {
            let error = read(body.as_bytes(), NOW).unwrap_err();
            let shown = format!("{error} {error:?} {:?}", error.body());
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
