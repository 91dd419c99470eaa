//! A registered client that acts for itself.

// ANCHOR: program
use basalam_chat::Client;
use basalam_chat::Error;
use basalam_chat::auth::{ClientCredentials, Scope};

/// Returns a client without a user. Unknown: whether the service lets it use chats.
pub fn connect(id: String, secret: String, url: Option<&str>) -> Result<Client, Error> {
    let credentials = ClientCredentials::new(id, secret).scopes([Scope::CustomerChatRead]);
    let mut builder = Client::builder(credentials);
    if let Some(url) = url {
        builder = builder.base_url(url);
    }
    builder.build()
}
// ANCHOR_END: program
