//! The refresh of tokens: store, token endpoint or provider.

mod persist;
mod shared;

use std::sync::Arc;
use std::time::Duration;

use super::authentication::{InitialTokens, TokenSource};
use super::oauth_client::OAuthClient;
use super::store::TokenStore;
use super::token_endpoint::TokenEndpoint;
use super::token_set::TokenSet;
use crate::Error;
use crate::error::Outlook;
use crate::http::timeout;
use crate::random::RandomSource;
use crate::state::{LeaseRequest, PutMode};
use crate::time::Clock;
use persist::Unsaved;

/// Gets new tokens, one refresh at a time.
pub(super) struct Refresher {
    source: TokenSource,
    endpoint: Arc<TokenEndpoint>,
    /// The tokens of the [`Authentication`](super::Authentication).
    initial: Option<TokenSet>,
    /// The initial tokens were used since a refresh failed, which happens once.
    has_fallen_back: bool,
    /// Tokens that are not saved yet.
    unsaved: Option<Unsaved>,
    /// The store has contained tokens of this login, so they were deleted if it contains none.
    was_stored: bool,
    /// Kept between refreshes: it knows since when another process has not renewed its lease.
    lease_request: Option<LeaseRequest>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
}

/// The time allowed for a custom provider: one that hangs must not block all requests forever.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(60);

impl Refresher {
    pub(super) fn new(
        source: TokenSource,
        endpoint: Arc<TokenEndpoint>,
        initial: Option<TokenSet>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn RandomSource>,
    ) -> Refresher {
        Refresher {
            source,
            endpoint,
            initial,
            has_fallen_back: false,
            unsaved: None,
            was_stored: false,
            lease_request: None,
            clock,
            random,
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
        if matches!(self.source, TokenSource::Provider(_)) {
            let tokens = self.call_provider(current.filter(|_| is_unusable)).await?;
            return Ok(tokens);
        }
        if let Some(unsaved) = self.unsaved.clone() {
            return self.persist(unsaved).await;
        }
        if let Some(store) = self.store() {
            // A store that cannot be used is an error before anything is spent.
            self.was_stored |= store.load().await?.is_some();
        }
        if let Some(tokens) = self.exchange_code().await? {
            // The newest login replaces whatever is stored.
            let unsaved = Unsaved {
                tokens,
                mode: PutMode::Overwrite,
                replaced: None,
            };
            return self.persist(unsaved).await;
        }
        let result = match self.store() {
            Some(store) => self.refresh_shared(&store, current).await,
            None => self.refresh_alone(current).await,
        };
        match result {
            Err(error) => self.fallback(current).await.ok_or(error),
            refreshed => refreshed,
        }
    }

    /// Returns tokens that are stored instead of these ones, if they are valid.
    pub(super) async fn load_other(&self, current: &TokenSet) -> Result<Option<TokenSet>, Error> {
        let Some(store) = self.store() else {
            return Ok(None);
        };
        let stored = store.load().await?.map(|it| it.tokens);
        Ok(self.find_valid(stored.as_ref(), Some(current)))
    }

    /// Saves tokens that the store failed to save. Returns `false` if there are none.
    pub(super) async fn save_unsaved(&mut self) -> Result<bool, Error> {
        match self.unsaved.clone() {
            Some(unsaved) => self.persist(unsaved).await.map(|_| true),
            None => Ok(false),
        }
    }

    pub(super) fn has_store(&self) -> bool {
        self.store().is_some()
    }

    fn store(&self) -> Option<TokenStore> {
        match &self.source {
            TokenSource::OAuth { store, .. } => store.clone(),
            TokenSource::Provider(_) => None,
        }
    }

    /// Returns the OAuth client and the source of its first tokens.
    fn oauth(&self) -> Result<(&OAuthClient, &InitialTokens), Error> {
        match &self.source {
            TokenSource::OAuth {
                client: Some(client),
                initial,
                ..
            } => Ok((client, initial)),
            _ => Err(Error::not_refreshable()),
        }
    }

    async fn call_provider(&self, rejected: Option<&TokenSet>) -> Result<TokenSet, Error> {
        let TokenSource::Provider(provider) = &self.source else {
            return Err(Error::not_refreshable());
        };
        let mut token = provider.token(rejected);
        match timeout(&*self.clock, CALLBACK_TIMEOUT, token.as_mut()).await {
            Some(tokens) => Ok(tokens
                .map_err(Error::provider_failed)?
                .received_at(self.clock.system_time())),
            None => Err(Error::authentication(
                &format!(
                    "the token provider timed out after {} s",
                    CALLBACK_TIMEOUT.as_secs()
                ),
                "return an error instead of waiting",
            )
            .with_outlook(Outlook::Transient)),
        }
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
        let tokens = self.endpoint.exchange_code(client, grant).await;
        // A code is valid once. It stays valid if the service did not process the request.
        let is_unused = |error: &Error| error.is_connect() || error.is_rate_limited();
        if !tokens.as_ref().is_err_and(is_unused) {
            *initial = InitialTokens::Existing;
        }
        tokens.map(Some)
    }

    /// Refreshes tokens that are not stored.
    async fn refresh_alone(&mut self, current: Option<&TokenSet>) -> Result<TokenSet, Error> {
        if let Some(tokens) = self.find_valid(None, current) {
            return Ok(tokens);
        }
        let (client, initial) = self.oauth()?;
        if let InitialTokens::Credentials(scopes) = initial {
            let tokens = self.endpoint.client_credentials(client, scopes).await?;
            return Ok(tokens);
        }
        let mut rejection = None;
        for previous in refreshable([current, self.initial.as_ref()]) {
            let refresh_token = previous.expose_refresh_token().unwrap_or_default();
            match self.endpoint.refresh(client, refresh_token).await {
                Ok(tokens) => return Ok(tokens.inherit_from(previous)),
                // This refresh token is used up; that of another login may still be valid.
                Err(error) if is_token_rejection(&error) => {
                    rejection.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(rejection.unwrap_or_else(Error::not_refreshable))
    }

    /// Returns tokens that may be valid although a refresh failed: those that another program has stored
    /// meanwhile, or the initial ones if the store had older ones.
    async fn fallback(&mut self, current: Option<&TokenSet>) -> Option<TokenSet> {
        if let Some(store) = self.store() {
            let stored = store.load().await.ok().flatten().map(|it| it.tokens);
            if let Some(tokens) = self.find_valid(stored.as_ref(), current) {
                return Some(tokens);
            }
        }
        let now = self.clock.system_time();
        let initial = self.initial.as_ref()?;
        let is_first = !std::mem::replace(&mut self.has_fallen_back, true);
        let is_other = current.is_none_or(|current| !current.has_same_access_token(initial));
        let is_usable = is_first && is_other && !initial.is_expired(now);
        is_usable.then(|| initial.clone())
    }

    /// Returns tokens that another program has refreshed, or the initial ones.
    fn find_valid(
        &self,
        stored: Option<&TokenSet>,
        current: Option<&TokenSet>,
    ) -> Option<TokenSet> {
        let now = self.clock.system_time();
        let is_valid = |tokens: &&TokenSet| {
            let is_current = current.is_some_and(|it| it.has_same_access_token(tokens));
            !tokens.needs_refresh(now) && !is_current
        };
        let initial = self.initial.as_ref().filter(|_| current.is_none());
        let stored = stored.filter(is_valid);
        stored.or(initial.filter(is_valid)).cloned()
    }
}

/// Returns the tokens that have a refresh token, each refresh token once.
fn refreshable<const N: usize>(tokens: [Option<&TokenSet>; N]) -> Vec<&TokenSet> {
    let mut refreshable: Vec<&TokenSet> = Vec::new();
    for tokens in tokens.into_iter().flatten() {
        let refresh_token = tokens.expose_refresh_token();
        let is_same = |it: &&TokenSet| it.expose_refresh_token() == refresh_token;
        if refresh_token.is_some() && !refreshable.iter().any(is_same) {
            refreshable.push(tokens);
        }
    }
    refreshable
}

/// Returns `true` if the service rejected the refresh token, and not the client.
fn is_token_rejection(error: &Error) -> bool {
    match error.oauth_error() {
        Some(name) => matches!(name, "invalid_grant" | "invalid_request"),
        None => matches!(error.status(), Some(400 | 401)),
    }
}
