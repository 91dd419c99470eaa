//! The refresh of tokens that several clients and processes share.

use super::super::authentication::InitialTokens;
use super::super::store::{Claim, Stored, TokenStore, Turn};
use super::super::token_set::TokenSet;
use super::persist::Unsaved;
use super::{Refresher, is_token_rejection, refreshable};
use crate::Error;
use crate::state::PutMode;

impl Refresher {
    /// Refreshes stored tokens, unless another client does.
    pub(super) async fn refresh_shared(
        &mut self,
        store: &TokenStore,
        current: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        let _turn_in_process = store.lock_process().await;
        let request = self.lease_request.take();
        let mut claim = Claim::new(store, request, &self.clock, &self.random);
        let refreshed = self.refresh_with(store, &mut claim, current).await;
        self.lease_request = Some(claim.into_request());
        refreshed
    }

    async fn refresh_with(
        &mut self,
        store: &TokenStore,
        claim: &mut Claim<'_>,
        current: Option<&TokenSet>,
    ) -> Result<TokenSet, Error> {
        loop {
            let stored = store.load().await?;
            if let Some(refreshed) = self.loaded(&stored, current) {
                return Ok(refreshed);
            }
            if let Some(mut turn) = claim.try_begin().await? {
                let refreshed = self.refresh_in_turn(store, &mut turn, current).await;
                // Tokens that are not saved yet must not be refreshed by others before the lease expires.
                if self.unsaved.is_none() {
                    turn.end().await;
                }
                if let Some(refreshed) = refreshed? {
                    return Ok(refreshed);
                }
            } else if let Some(stored) = stored
                && current.is_none()
                && !stored.tokens.is_expired(self.clock.system_time())
            {
                // Valid until the other client has refreshed them.
                return Ok(stored.tokens);
            }
            claim.pause().await?;
        }
    }

    fn loaded(&self, stored: &Option<Stored>, current: Option<&TokenSet>) -> Option<TokenSet> {
        let stored = stored.as_ref().map(|it| &it.tokens);
        self.find_valid(stored, current)
    }

    /// Refreshes stored tokens if that is still needed. Returns `None` if another process was faster.
    async fn refresh_in_turn(
        &mut self,
        store: &TokenStore,
        turn: &mut Turn<'_>,
        current: Option<&TokenSet>,
    ) -> Result<Option<TokenSet>, Error> {
        let stored = store.load().await?;
        if let Some(refreshed) = self.loaded(&stored, current) {
            return Ok(Some(refreshed));
        }
        let Some(tokens) = self.request_tokens(turn, stored.as_ref(), current).await? else {
            return Ok(None);
        };
        // Not fenced by the lease: a client that was paused may have the only valid refresh token.
        let version = stored.as_ref().map(|it| it.version);
        let unsaved = Unsaved {
            tokens,
            mode: version.map_or(PutMode::Create, PutMode::Update),
            replaced: stored.map(|it| it.tokens),
        };
        turn.hold(self.persist(unsaved)).await.map(Some)
    }

    /// Requests tokens from the token endpoint. Returns `None` if another process was faster.
    async fn request_tokens(
        &self,
        turn: &mut Turn<'_>,
        stored: Option<&Stored>,
        current: Option<&TokenSet>,
    ) -> Result<Option<TokenSet>, Error> {
        let (client, initial) = self.oauth()?;
        if let InitialTokens::Credentials(scopes) = initial {
            let request = self.endpoint.client_credentials(client, scopes);
            return turn.hold(request).await.map(Some);
        }
        // Otherwise the tokens in memory would undo a logout.
        if stored.is_none() && self.was_stored {
            return Err(Error::tokens_deleted());
        }
        // The current tokens are older than the stored ones.
        let newest = stored.map(|it| &it.tokens).or(current);
        let candidates = refreshable([newest, self.initial.as_ref()]);
        if candidates.is_empty() {
            return Err(Error::not_refreshable());
        }
        let Some(begun) = turn.begin(stored.map(|it| it.version)).await? else {
            return Ok(None);
        };
        let mut rejection = None;
        for previous in candidates {
            let refresh_token = previous.expose_refresh_token().unwrap_or_default();
            let request = self.endpoint.refresh(client, refresh_token);
            match turn.hold(request).await {
                Ok(tokens) => return Ok(Some(tokens.inherit_from(previous))),
                Err(error) if is_token_rejection(&error) => {
                    if turn.is_overtaken(stored.map(|it| it.version)).await? {
                        return Ok(None);
                    }
                    // That of another login may still be valid.
                    rejection.get_or_insert(error);
                }
                Err(error) => {
                    if !error.may_have_succeeded() {
                        turn.cancel(&begun).await;
                    }
                    return Err(error);
                }
            }
        }
        turn.cancel(&begun).await;
        let rejection = rejection.unwrap_or_else(Error::not_refreshable);
        Err(match begun.is_unfinished {
            true => Error::unfinished_refresh(rejection),
            false => rejection,
        })
    }
}
