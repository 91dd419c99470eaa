//! How a token that has ended is replaced.

use std::sync::Arc;
use std::time::Duration;

use basalam_chat_api::newtypes::Scope;

use super::login::Code;
use super::oauth_client::{OAuthClient, joined};
use super::{AuthFuture, BoxError, Endpoint, TokenProvider, TokenSet, TokenStore};
use crate::Error;
use crate::time::Clock;
use crate::transport::within;

/// Where new tokens come from.
#[derive(Clone)]
pub(super) enum Renewal {
    OAuth {
        /// Missing where a bare token is kept in a store: it can be loaded and not refreshed.
        client: Option<OAuthClient>,
        first: First,
        store: Option<Arc<dyn TokenStore>>,
    },
    Provider(Arc<dyn TokenProvider>),
}

/// Where the first tokens of a login come from.
#[derive(Clone)]
pub(super) enum First {
    /// From the store, or from those given at the beginning.
    Stored,
    /// From a code, which goes before what a store holds: it is the newer login.
    Code(Code),
    /// From the client's own credentials, as often as needed.
    Credentials(Vec<Scope>),
}

impl Renewal {
    pub(super) fn check(&self) -> Result<(), Error> {
        let Renewal::OAuth { client, first, .. } = self else {
            return Ok(());
        };
        if let Some(client) = client {
            client.check()?;
        }
        match first {
            First::Credentials(scopes) => joined(scopes).map(drop),
            First::Stored | First::Code(_) => Ok(()),
        }
    }
}

/// Makes new tokens; one renewal at a time.
pub(super) struct Renewer {
    renewal: Renewal,
    endpoint: Option<Endpoint>,
    /// What the authentication was made with, until it is used.
    initial: Option<TokenSet>,
    /// Tokens that no store has taken yet.
    unsaved: Option<TokenSet>,
    clock: Arc<dyn Clock>,
}

/// How long a store or a provider of the user's may take: one that never answers must not keep every
/// request waiting for ever.
const FOREIGN: Duration = Duration::from_secs(60);

impl Renewer {
    pub(super) fn new(
        renewal: Renewal,
        endpoint: Option<Endpoint>,
        initial: Option<TokenSet>,
        clock: Arc<dyn Clock>,
    ) -> Renewer {
        Renewer {
            renewal,
            endpoint,
            initial,
            unsaved: None,
            clock,
        }
    }

    /// Waits for code of the user's.
    async fn foreign<T>(
        &self,
        whose: &str,
        mut future: AuthFuture<'_, T>,
        failed: impl FnOnce(BoxError) -> Error,
    ) -> Result<T, Error> {
        match within(&*self.clock, FOREIGN, future.as_mut()).await {
            Some(result) => result.map_err(failed),
            None => Err(Error::authentication(
                &format!("{whose} did not answer in {} seconds", FOREIGN.as_secs()),
                "let it fail where it cannot answer",
            )),
        }
    }

    /// Whether the first request must ask here, even where there are tokens: a store may hold newer ones.
    pub(super) fn goes_first(&self) -> bool {
        match &self.renewal {
            Renewal::OAuth { store, first, .. } => {
                store.is_some() || !matches!(first, First::Stored)
            }
            Renewal::Provider(_) => true,
        }
    }

    /// Gives other tokens than the current ones. `has_ended` says that those can no longer be used.
    pub(super) async fn renew(
        &mut self,
        current: Option<&TokenSet>,
        has_ended: bool,
    ) -> Result<TokenSet, Error> {
        if let Renewal::Provider(provider) = &self.renewal {
            let asked = provider.token(current.filter(|_| has_ended));
            let tokens = self
                .foreign("the token provider", asked, Error::provider)
                .await?;
            return Ok(tokens.given_at(self.clock.system_time()));
        }
        if let Some(unsaved) = self.unsaved.take() {
            return self.keep(unsaved).await;
        }
        if let Some(tokens) = self.exchange_code().await? {
            return self.keep(tokens).await;
        }
        let stored = self.load().await?;
        if let Some(tokens) = self.at_hand(&stored, current) {
            return Ok(tokens);
        }
        let tokens = match self.ask(stored, current).await {
            Ok(tokens) => tokens,
            Err(error) => return self.last_resort(current).await.ok_or(error),
        };
        self.keep(tokens).await
    }

    /// What may still be good where nobody gives new tokens: those that another client has stored
    /// meanwhile, or those of the beginning, in whose place a store had older ones.
    async fn last_resort(&mut self, current: Option<&TokenSet>) -> Option<TokenSet> {
        let stored = self.load().await.ok().flatten();
        if let Some(tokens) = self.at_hand(&stored, current) {
            return Some(tokens);
        }
        let now = self.clock.system_time();
        let initial = self.initial.take()?;
        let is_other = current.is_none_or(|current| !current.is_same_as(&initial));
        (is_other && !initial.is_over(now)).then_some(initial)
    }

    /// Exchanges the code of a login, where there is one that has not been used.
    async fn exchange_code(&mut self) -> Result<Option<TokenSet>, Error> {
        let Renewal::OAuth { client, first, .. } = &mut self.renewal else {
            return Ok(None);
        };
        let (First::Code(code), Some(client)) = (&*first, &*client) else {
            return Ok(None);
        };
        let answer = endpoint(&self.endpoint)?.exchange(client, code).await;
        // A code is good once. Where nothing was done with it, it is still good.
        let is_unused = |error: &Error| error.is_connect() || error.is_rate_limited();
        if !answer.as_ref().is_err_and(is_unused) {
            *first = First::Stored;
        }
        answer.map(Some)
    }

    async fn load(&self) -> Result<Option<TokenSet>, Error> {
        match &self.renewal {
            Renewal::OAuth {
                store: Some(store), ..
            } => {
                let loaded = store.load();
                self.foreign("the token store", loaded, Error::store_unread)
                    .await
            }
            _ => Ok(None),
        }
    }

    /// Tokens that somebody else has renewed, or those of the beginning.
    fn at_hand(&self, stored: &Option<TokenSet>, current: Option<&TokenSet>) -> Option<TokenSet> {
        let now = self.clock.system_time();
        let other = |tokens: &&TokenSet| {
            !tokens.is_due(now) && !current.is_some_and(|current| current.is_same_as(tokens))
        };
        let initial = self.initial.as_ref().filter(|_| current.is_none());
        let stored = stored.as_ref().filter(other);
        stored.or(initial.filter(other)).cloned()
    }

    /// Asks the token endpoint.
    async fn ask(
        &mut self,
        stored: Option<TokenSet>,
        current: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        let Renewal::OAuth {
            client: Some(client),
            first,
            ..
        } = &self.renewal
        else {
            return Err(Error::not_refreshable());
        };
        let endpoint = endpoint(&self.endpoint)?;
        if let First::Credentials(scopes) = first {
            return endpoint.credentials(client, scopes).await;
        }
        let mut refused = None;
        let mut tried: Vec<TokenSet> = Vec::new();
        for older in [stored, current.cloned(), self.initial.clone()]
            .into_iter()
            .flatten()
        {
            let Some(refresh_token) = older.expose_refresh_token() else {
                continue;
            };
            let is_tried = |tried: &TokenSet| tried.expose_refresh_token() == Some(refresh_token);
            if tried.iter().any(is_tried) {
                continue;
            }
            match endpoint.refresh(client, refresh_token).await {
                Ok(tokens) => return Ok(tokens.refreshed_from(&older)),
                // A refresh token that has been used up; another login's may still be good.
                Err(error) if matches!(error.status(), Some(400 | 401)) => {
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
            tried.push(older);
        }
        Err(refused.unwrap_or_else(Error::not_refreshable))
    }

    /// Saves new tokens before anybody uses them.
    async fn keep(&mut self, tokens: TokenSet) -> Result<TokenSet, Error> {
        if let Renewal::OAuth {
            store: Some(store), ..
        } = &self.renewal
        {
            self.unsaved = Some(tokens.clone());
            let saved = store.save(&tokens);
            self.foreign("the token store", saved, Error::store_unwritten)
                .await?;
            self.unsaved = None;
        }
        Ok(tokens)
    }
}

/// Every client whose authentication may need the endpoint is built with one.
fn endpoint(endpoint: &Option<Endpoint>) -> Result<&Endpoint, Error> {
    endpoint.as_ref().ok_or_else(Error::not_refreshable)
}
