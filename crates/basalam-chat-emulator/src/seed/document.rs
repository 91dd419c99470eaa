//! The JSON format of seeds; `docs/emulator.md` of the repository describes it.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bot::NewBot;
use crate::clock::ServiceTime;
use crate::error::Error;
use crate::oauth::OAuthClient;
use crate::state::message::{AttachedFile, Button};
use crate::transcript::Transcript;
use crate::user::{NewUser, Vendor};

/// A seed in JSON.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Seed {
    /// A comment for readers of the file.
    #[serde(rename = "$comment")]
    _comment: Option<Value>,
    pub(crate) clock: Option<ServiceTime>,
    pub(crate) users: Vec<UserJson>,
    pub(crate) bots: Vec<BotJson>,
    pub(crate) oauth_clients: Vec<OAuthClientJson>,
    pub(crate) chats: Vec<ChatJson>,
    /// Set if the document is a transcript; all other fields are then empty.
    #[serde(skip)]
    pub(crate) transcript: Option<Transcript>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserJson {
    name: String,
    id: Option<i64>,
    hash_id: Option<String>,
    token: Option<String>,
    vendor: Option<Vendor>,
    scopes: Option<BTreeSet<String>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BotJson {
    name: String,
    username: Option<String>,
    token: Option<String>,
    webhook_url: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuthClientJson {
    id: String,
    secret: String,
    #[serde(default)]
    redirect_uris: BTreeSet<String>,
    scopes: Option<BTreeSet<String>>,
    user_id: Option<i64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChatType {
    Private,
    Group,
    Channel,
    Bot,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChatJson {
    pub(crate) chat_type: ChatType,
    pub(crate) member_ids: Vec<i64>,
    pub(crate) id: Option<i64>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) verified: Option<bool>,
    pub(crate) members_count: Option<i64>,
    pub(crate) created_at: Option<ServiceTime>,
    pub(crate) updated_at: Option<ServiceTime>,
    /// The outer `None` means not set.
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) modified_at: Option<Option<ServiceTime>>,
    #[serde(default)]
    pub(crate) messages: Vec<MessageJson>,
    #[serde(default)]
    pub(crate) seen_by: Vec<i64>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageJson {
    pub(crate) sender_id: i64,
    pub(crate) id: Option<i64>,
    pub(crate) message_type: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) entity_id: Option<i64>,
    pub(crate) files: Option<Vec<AttachedFile>>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) reply_markup: Option<Vec<Vec<Button>>>,
    pub(crate) replied_message_id: Option<i64>,
    pub(crate) forward_from: Option<i64>,
    pub(crate) created_at: Option<ServiceTime>,
    #[serde(default)]
    pub(crate) visible_after_seconds: u64,
}

impl Seed {
    /// Parses a seed or a transcript. Errors name the JSON path.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        if Transcript::is_likely(json) {
            return Ok(Self {
                transcript: Some(Transcript::parse(json)?),
                ..Self::default()
            });
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let seed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let path = error.path().to_string();
            let at = match path.as_str() {
                "." => String::new(),
                path => format!(" at {path}"),
            };
            Error::invalid_argument(format!("the seed is invalid{at}: {}", error.inner()))
        })?;
        deserializer
            .end()
            .map_err(|error| Error::invalid_argument(format!("the seed is invalid: {error}")))?;
        Ok(seed)
    }
}

impl ChatJson {
    /// Creates a chat without messages.
    pub(crate) fn new(chat_type: ChatType, member_ids: Vec<i64>) -> Self {
        Self {
            chat_type,
            member_ids,
            id: None,
            title: None,
            description: None,
            avatar: None,
            link: None,
            verified: None,
            members_count: None,
            created_at: None,
            updated_at: None,
            modified_at: None,
            messages: Vec::new(),
            seen_by: Vec::new(),
        }
    }
}

impl UserJson {
    pub(crate) fn to_user(&self) -> NewUser {
        let mut user = NewUser::new(self.name.as_str());
        user.id = self.id;
        user.hash_id = self.hash_id.clone();
        user.token = self.token.clone().map(Into::into);
        user.vendor = self.vendor.clone();
        user.scopes = self.scopes.clone();
        user
    }
}

impl BotJson {
    pub(crate) fn to_bot(&self) -> NewBot {
        let mut bot = NewBot::new(self.name.as_str());
        bot.username = self.username.clone();
        bot.token = self.token.clone().map(Into::into);
        bot.webhook_url = self.webhook_url.clone();
        bot
    }
}

impl OAuthClientJson {
    pub(crate) fn to_client(&self) -> OAuthClient {
        let mut client = OAuthClient::new(self.id.as_str(), self.secret.as_str());
        client.redirect_uris = self.redirect_uris.clone();
        client.user_id = self.user_id;
        match &self.scopes {
            Some(scopes) => client.scopes(scopes),
            None => client,
        }
    }
}

/// Deserializes null as `Some(None)`.
fn nullable<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<ServiceTime>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Prints counts only, since tokens and messages are private.
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
