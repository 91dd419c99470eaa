//! The JSON of seeds: `docs/emulator.md` of the repository describes it.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::DateTime;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bot::NewBot;
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::state::messages::{Button, File};
use crate::user::{NewUser, Vendor};

/// What a seed puts into the service.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Seed {
    /// For whoever reads the file.
    #[serde(rename = "$comment")]
    _comment: Option<Value>,
    pub(crate) clock: Option<Time>,
    pub(crate) users: Vec<SeedUser>,
    pub(crate) bots: Vec<SeedBot>,
    pub(crate) oauth_clients: Vec<SeedClient>,
    pub(crate) chats: Vec<JsonChat>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedUser {
    name: String,
    id: Option<i64>,
    hash_id: Option<String>,
    token: Option<String>,
    vendor: Option<Vendor>,
    scopes: Option<Vec<String>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedBot {
    name: String,
    username: Option<String>,
    token: Option<String>,
    webhook_url: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedClient {
    id: String,
    secret: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    scopes: Option<Vec<String>>,
    acting_for: Option<i64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChatType {
    Private,
    Group,
    Channel,
    Bot,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonChat {
    pub(crate) chat_type: ChatType,
    pub(crate) members: Vec<i64>,
    pub(crate) id: Option<i64>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) verified: Option<bool>,
    pub(crate) members_count: Option<i64>,
    pub(crate) created_at: Option<Time>,
    pub(crate) updated_at: Option<Time>,
    /// The outer `None` stands for not given.
    #[serde(default, deserialize_with = "given")]
    pub(crate) modified_at: Option<Option<Time>>,
    #[serde(default)]
    pub(crate) messages: Vec<JsonMessage>,
    #[serde(default)]
    pub(crate) seen_by: Vec<i64>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonMessage {
    pub(crate) from: i64,
    pub(crate) id: Option<i64>,
    pub(crate) message_type: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) entity_id: Option<i64>,
    pub(crate) files: Option<Vec<File>>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) reply_markup: Option<Vec<Vec<Button>>>,
    pub(crate) replied_message_id: Option<i64>,
    pub(crate) forward_from: Option<i64>,
    pub(crate) created_at: Option<Time>,
}

/// A time as the service writes it, such as `2026-07-22 10:28:23`.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) DateTime);

impl Seed {
    /// Reads a seed; what is wrong with it is named by its JSON path.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let seed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let at = match path.as_str() {
                "." => String::new(),
                path => format!(" at {path}"),
            };
            Error::argument(format!("the seed is wrong{at}: {}", error.inner()))
        })?;
        json.end()
            .map_err(|error| Error::argument(format!("the seed is wrong: {error}")))?;
        Ok(seed)
    }
}

impl SeedUser {
    pub(crate) fn new_user(&self) -> NewUser {
        let mut user = NewUser::new(self.name.as_str());
        user.id = self.id;
        user.hash_id = self.hash_id.clone();
        user.token = self.token.clone().map(Into::into);
        user.vendor = self.vendor.clone();
        user.scopes = self.scopes.as_deref().map(texts);
        user
    }
}

impl SeedBot {
    pub(crate) fn new_bot(&self) -> NewBot {
        let mut bot = NewBot::new(self.name.as_str());
        bot.username = self.username.clone();
        bot.token = self.token.clone().map(Into::into);
        bot.webhook_url = self.webhook_url.clone();
        bot
    }
}

impl SeedClient {
    pub(crate) fn client(&self) -> OAuthClient {
        let mut client = OAuthClient::new(self.id.as_str(), self.secret.as_str());
        client.redirect_uris = texts(&self.redirect_uris);
        client.user_id = self.acting_for;
        match &self.scopes {
            Some(scopes) => client.scopes(scopes),
            None => client,
        }
    }
}

fn texts(list: &[String]) -> BTreeSet<String> {
    list.iter().cloned().collect()
}

fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Time>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let text = String::deserialize(value)?;
        DateTime::strptime("%Y-%m-%d %H:%M:%S", &text)
            .map(Self)
            .map_err(|_| D::Error::custom("must be a time such as \"2026-07-22 10:28:23\""))
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// Counts alone: tokens and texts are private.
impl fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Seed")
            .field("users", &self.users.len())
            .field("bots", &self.bots.len())
            .field("oauth_clients", &self.oauth_clients.len())
            .field("chats", &self.chats.len())
            .finish_non_exhaustive()
    }
}
