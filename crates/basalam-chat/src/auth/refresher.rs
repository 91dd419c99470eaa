//! The refresh of tokens: store, token endpoint or provider.

use std::sync::Arc;
use std::time::Duration;

use super::authentication::{InitialTokens, TokenSource};
use super::store::{AuthFuture, BoxError};
use super::token_endpoint::TokenEndpoint;
use super::token_set::TokenSet;
use crate::Error;
use crate::error::Outlook;
use crate::http::timeout;
use crate::time::Clock;

/// Gets new tokens, one refresh at a time.
pub(super) struct Refresher {
    source: TokenSource,
    endpoint: Option<TokenEndpoint>,
    /// The tokens of the [`Authentication`](super::Authentication), until they are used.
    initial: Option<TokenSet>,
    /// Tokens that the store failed to save.
    unsaved: Option<TokenSet>,
    clock: Arc<dyn Clock>,
}

/// The time allowed for a custom store or provider: one that hangs must not block all requests forever.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(60);

impl Refresher {
    pub(super) fn new(
        source: TokenSource,
        endpoint: Option<TokenEndpoint>,
        initial: Option<TokenSet>,
        clock: Arc<dyn Clock>,
    ) -> Refresher {
        Refresher {
            source,
            endpoint,
            initial,
            unsaved: None,
            clock,
        }
    }

    /// Runs a custom store or provider with a timeout.
    async fn user_callback<T>(
        &self,
        name: &str,
        mut future: AuthFuture<'_, T>,
        convert_error: impl FnOnce(BoxError) -> Error,
    ) -> Result<T, Error> {
        match timeout(&*self.clock, CALLBACK_TIMEOUT, future.as_mut()).await {
            Some(result) => result.map_err(convert_error),
            None => Err(Error::authentication(
                &format!("{name} timed out after {} s", CALLBACK_TIMEOUT.as_secs()),
                "return an error instead of waiting",
            )
            .with_outlook(Outlook::Transient)),
        }
    }

    /// Returns `true` if the first request must wait for a refresh although there are initial tokens: a store
    /// may have newer ones.
    pub(super) fn must_refresh_first(&self) -> bool {
        match &self.source {
            TokenSource::OAuth { store, initial, .. } => {
                store.is_some() || !matches!(initial, InitialTokens::Existing)
            }
            TokenSource::Provider(_) => true,
        }
    }

    /// Returns tokens that differ from the current ones. `is_unusable` is `true` if those can no longer be used.
    pub(super) async fn refresh(
        &mut self,
        current: Option<&TokenSet>,
        is_unusable: bool,
    ) -> Result<TokenSet, Error> {
        if let TokenSource::Provider(provider) = &self.source {
            let token = provider.token(current.filter(|_| is_unusable));
            let tokens = self
                .user_callback("the token provider", token, Error::provider_failed)
                .await?;
            return Ok(tokens.received_at(self.clock.system_time()));
        }
        if let Some(unsaved) = self.unsaved.take() {
            return self.persist(unsaved).await;
        }
        if let Some(tokens) = self.exchange_code().await? {
            return self.persist(tokens).await;
        }
        let stored = self.load().await?;
        if let Some(tokens) = self.find_valid(&stored, current) {
            return Ok(tokens);
        }
        let tokens = match self.request_tokens(stored, current).await {
            Ok(tokens) => tokens,
            Err(error) => return self.fallback(current).await.ok_or(error),
        };
        self.persist(tokens).await
    }

    /// Returns tokens that may be valid although a refresh failed: those that another program has stored
    /// meanwhile, or the initial ones if the store had older ones.
    async fn fallback(&mut self, current: Option<&TokenSet>) -> Option<TokenSet> {
        let stored = self.load().await.ok().flatten();
        if let Some(tokens) = self.find_valid(&stored, current) {
            return Some(tokens);
        }
        let now = self.clock.system_time();
        let initial = self.initial.take()?;
        let is_other = current.is_none_or(|current| !current.has_same_access_token(&initial));
        (is_other && !initial.is_expired(now)).then_some(initial)
    }

    /// Exchanges the authorization code of a login, if it has not been used.
    async fn exchange_code(&mut self) -> Result<Option<TokenSet>, Error> {
        let TokenSource::OAuth {
            client, initial, ..
        } = &mut self.source
        else {
            return Ok(None);
        };
        let (InitialTokens::Code(grant), Some(client)) = (&*initial, &*client) else {
            return Ok(None);
        };
        let tokens = endpoint(&self.endpoint)?.exchange_code(client, grant).await;
        // A code is valid once. It stays valid if the service did not process the request.
        let is_unused = |error: &Error| error.is_connect() || error.is_rate_limited();
        if !tokens.as_ref().is_err_and(is_unused) {
            *initial = InitialTokens::Existing;
        }
        tokens.map(Some)
    }

    async fn load(&self) -> Result<Option<TokenSet>, Error> {
        match &self.source {
            TokenSource::OAuth {
                store: Some(store), ..
            } => {
                let loaded = store.load();
                self.user_callback("the token store", loaded, Error::store_load_failed)
                    .await
            }
            _ => Ok(None),
        }
    }

    /// Returns tokens that another program has refreshed, or the initial ones.
    fn find_valid(
        &self,
        stored: &Option<TokenSet>,
        current: Option<&TokenSet>,
    ) -> Option<TokenSet> {
        let now = self.clock.system_time();
        let is_valid = |tokens: &&TokenSet| {
            let is_current = current.is_some_and(|it| it.has_same_access_token(tokens));
            !tokens.needs_refresh(now) && !is_current
        };
        let initial = self.initial.as_ref().filter(|_| current.is_none());
        let stored = stored.as_ref().filter(is_valid);
        stored.or(initial.filter(is_valid)).cloned()
    }

    /// Requests tokens from the token endpoint.
    async fn request_tokens(
        &mut self,
        stored: Option<TokenSet>,
        current: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        let TokenSource::OAuth {
            client: Some(client),
            initial,
            ..
        } = &self.source
        else {
            return Err(Error::not_refreshable());
        };
        let endpoint = endpoint(&self.endpoint)?;
        if let InitialTokens::Credentials(scopes) = initial {
            return endpoint.client_credentials(client, scopes).await;
        }
        let mut rejection = None;
        let mut tried: Vec<TokenSet> = Vec::new();
        for previous in [stored, current.cloned(), self.initial.clone()]
            .into_iter()
            .flatten()
        {
            let Some(refresh_token) = previous.expose_refresh_token() else {
                continue;
            };
            let is_tried = |tried: &TokenSet| tried.expose_refresh_token() == Some(refresh_token);
            if tried.iter().any(is_tried) {
                continue;
            }
            match endpoint.refresh(client, refresh_token).await {
                Ok(tokens) => return Ok(tokens.inherit_from(&previous)),
                // This refresh token is used up; that of another login may still be valid.
                Err(error) if is_token_rejection(&error) => {
                    rejection.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
            tried.push(previous);
        }
        Err(rejection.unwrap_or_else(Error::not_refreshable))
    }

    /// Saves new tokens before any request uses them.
    async fn persist(&mut self, tokens: TokenSet) -> Result<TokenSet, Error> {
        if let TokenSource::OAuth {
            store: Some(store), ..
        } = &self.source
        {
            self.unsaved = Some(tokens.clone());
            let saved = store.save(&tokens);
            self.user_callback("the token store", saved, Error::store_save_failed)
                .await?;
            self.unsaved = None;
        }
        Ok(tokens)
    }
}

/// Returns the endpoint. Every client with a [`TokenSource::OAuth`] has one, so the error does not occur.
fn endpoint(endpoint: &Option<TokenEndpoint>) -> Result<&TokenEndpoint, Error> {
    endpoint.as_ref().ok_or_else(Error::not_refreshable)
}

/// Returns `true` if the service rejected the refresh token, and not the client.
fn is_token_rejection(error: &Error) -> bool {
    match error.oauth_error() {
        Some(name) => matches!(name, "invalid_grant" | "invalid_request"),
        None => matches!(error.status(), Some(400 | 401)),
    }
}
