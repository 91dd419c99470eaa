//! Many logins in one process, and several processes for each login.

// ANCHOR: program
use std::sync::Arc;

use basalam_chat::auth::{AuthorizationCode, TokenStore};
use basalam_chat::state::StateStore;
use basalam_chat::{Client, Error, UserId};

/// The sellers who have logged in. Any number of processes can have one with the same store.
pub struct Sellers {
    /// The app that you have registered with Basalam.
    pub app: AuthorizationCode,
    /// The connections, which all sellers share: `Client::new(Authentication::none())`.
    pub shared: Client,
    /// The tokens of all sellers.
    pub store: Arc<dyn StateStore>,
}

impl Sellers {
    /// Returns the stored tokens of a seller.
    pub fn tokens(&self, seller: UserId) -> Result<TokenStore, Error> {
        TokenStore::new(self.store.clone(), format!("tokens/{seller}"))
    }

    /// Returns the client of a seller who has logged in before, in any process.
    pub fn client(&self, seller: UserId) -> Result<Client, Error> {
        let login = self.app.resume(self.tokens(seller)?);
        self.shared.with_authentication(login)
    }
}
// ANCHOR_END: program
