//! Access tokens that another program writes to a file.

// ANCHOR: program
use std::path::PathBuf;

use basalam_chat::auth::{AuthFuture, TokenProvider, TokenSet};

/// A token file, such as one that Vault's agent or Kubernetes keeps up to date. Use it as
/// `Client::new(Authentication::provider(TokenFile("/run/secrets/basalam".into())))`.
#[derive(Debug)]
pub struct TokenFile(pub PathBuf);

impl TokenProvider for TokenFile {
    // Called for the first request, and again after the service has rejected the token.
    fn token(&self, _rejected: Option<&TokenSet>) -> AuthFuture<'_, TokenSet> {
        Box::pin(async {
            let token = tokio::fs::read_to_string(&self.0).await?;
            Ok(TokenSet::new(token.trim()))
        })
    }
}
// ANCHOR_END: program
