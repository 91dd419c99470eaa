//! A token from Basalam's developer panel.

// ANCHOR: program
use basalam_chat::{Client, Error, PersonalToken};

/// Connects to Basalam, or to the emulator at `url`.
pub fn connect(token: String, url: Option<&str>) -> Result<Client, Error> {
    let mut builder = Client::builder(PersonalToken::new(token));
    if let Some(url) = url {
        builder = builder.base_url(url);
    }
    builder.build()
}
// ANCHOR_END: program
