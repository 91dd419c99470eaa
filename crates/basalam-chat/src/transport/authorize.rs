//! Origin check and access token of each request, and the refresh after a 401.

use std::sync::Arc;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use reqwest::{Request, Url};

use crate::Error;
use crate::auth::token_cache::{CachedToken, Lookup, Pending, Rejection, TokenCache};
use crate::http::retry::call::{Authorizer, CallTimer};
use crate::http::timeout;

/// Adds the access token to the requests of one call, if they take one.
pub(super) struct BearerToken<'a> {
    pub(super) tokens: &'a TokenCache,
    pub(super) base_url: &'a Url,
    /// The requests take the access token.
    pub(super) sends_token: bool,
    pub(super) refreshes_after_401: bool,
    /// The number of token refreshes that had ended when the call started.
    pub(super) refreshes_at_start: u64,
    /// The token of the last attempt.
    pub(super) token: Option<Arc<CachedToken>>,
    /// The number of refreshes after a 401.
    pub(super) refreshes: u32,
    /// The token of the last attempt was rejected, and another process may have stored a new one.
    pub(super) must_reload: bool,
}

/// The maximum number of refreshes after a 401 if tokens are replaced or expire before they arrive.
const MAX_REFRESHES: u32 = 3;

impl Authorizer for BearerToken<'_> {
    async fn authorize(
        &mut self,
        request: &mut Request,
        timer: &CallTimer<'_>,
    ) -> Result<(), Error> {
        // The generated client is public, and a caller may have set a URL that was not checked.
        if !is_same_origin(request.url(), self.base_url) {
            return Err(Error::invalid_input(
                "base_url",
                "of the generated client differs from that of its client",
                "build a client for that URL",
            ));
        }
        if !self.sends_token {
            return Ok(());
        }
        let rejected = self.token.take().filter(|_| self.must_reload);
        let lookup = match &rejected {
            None => self.tokens.lookup(self.refreshes_at_start)?,
            Some(rejected) => Lookup::Pending(self.tokens.reload(rejected.clone())),
        };
        let token = match lookup {
            Lookup::Ready(token) => token,
            // Boxed, since few calls wait for a refresh.
            Lookup::Pending(refresh) => Box::pin(wait_for(refresh, timer)).await?,
        };
        self.must_reload = false;
        if rejected.is_some_and(|rejected| Arc::ptr_eq(&rejected, &token)) {
            // A further rejection is final.
            self.refreshes_after_401 = false;
        }
        request.headers_mut().insert(AUTHORIZATION, token.header());
        self.token = Some(token);
        Ok(())
    }

    fn authorization(&self) -> Option<HeaderValue> {
        match self.sends_token {
            // The request has it.
            true => None,
            false => self.tokens.current_header(),
        }
    }

    fn refresh_after_401(&mut self, error: &Error) -> bool {
        let Some(token) = &self.token else {
            return false;
        };
        let is_outdated = self.tokens.may_be_outdated(token);
        let max = if is_outdated { MAX_REFRESHES } else { 1 };
        if !self.refreshes_after_401 || !error.is_unauthorized() || self.refreshes >= max {
            return false;
        }
        self.refreshes += 1;
        let rejection = self.tokens.invalidate(token);
        self.must_reload = matches!(rejection, Rejection::Reload);
        !matches!(rejection, Rejection::Final)
    }
}

/// Waits for a token refresh until the call times out.
async fn wait_for(
    mut refresh: Pending<'_>,
    timer: &CallTimer<'_>,
) -> Result<Arc<CachedToken>, Error> {
    let remaining = timer.remaining().ok_or_else(Error::token_timed_out)?;
    let token = timeout(timer.clock, remaining, refresh.as_mut()).await;
    token.ok_or_else(Error::token_timed_out)?
}

/// Compares the origins of two URLs, without allocating them.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_origin_agrees_with_url_origin() {
        let urls = [
            "https://chat.example",
            "https://chat.example:443/v1/chats?limit=1",
            "https://CHAT.example/",
            "https://chat.example:8443",
            "http://chat.example",
            "http://chat.example:443",
            "https://chat.example.org",
            "https://user@chat.example",
            "http://127.0.0.1:80",
            "http://[::1]",
        ];
        let urls = urls.map(|url| Url::parse(url).unwrap());
        for one in &urls {
            for other in &urls {
                let expected = one.origin() == other.origin();
                assert_eq!(is_same_origin(one, other), expected, "{one} {other}");
            }
        }
    }
}
