//! The methods of a bot token.

// ANCHOR: program
use basalam_chat::{Client, Error};

/// Returns the name of a bot. `client` needs no login: `Client::new(Authentication::none())`.
pub async fn bot_name(client: &Client, bot_token: &str) -> Result<Option<String>, Error> {
    let bot = client.bot(bot_token)?;
    let info = bot.get_me().await?;
    Ok(info.first_name)
}
// ANCHOR_END: program
