//! A local Basalam chat service for development and tests.
//!
//! It speaks real HTTP, keeps its state in memory, and starts in one line:
//!
//! ```
//! use basalam_chat_emulator::Emulator;
//!
//! # async fn example() -> Result<(), basalam_chat_emulator::Error> {
//! let emulator = Emulator::start().await?;
//! let base_url = emulator.base_url();
//! let token = emulator.customer().token();
//! # let _ = (base_url, token);
//! # Ok(())
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().build();
//! # runtime.unwrap().block_on(example()).unwrap();
//! ```
//!
//! or from a terminal, with `cargo run -p basalam-chat-emulator -- --port 8080`.
//!
//! Point a client's base URL at it and use the token of one of its users: two are
//! there from the start, [`Emulator::seller`] and [`Emulator::customer`], and
//! [`Emulator::add_user`] adds more. There is a bot as well, [`Emulator::bot`].
//!
//! # What it speaks
//!
//! Routes, parameters and bodies come from the project's OpenAPI document, and every
//! request and every answer is checked against it. Every operation of the document
//! does its work on the same state:
//!
//! - chats: `create_chat`, `get_chats`, `get_unseen_chat_count`, `delete_chats`;
//! - messages: `create_message`, `get_messages`, `edit_message`, `delete_message`,
//!   `forward_message`;
//! - files: `upload_file`; what was uploaded is served at `/files/{id}/{name}`, to
//!   everybody;
//! - users: `get_current_user`;
//! - bots, each in all its verbs: `getMe`, `getWebhookInfo`, `deleteWebhook`, `logOut`.
//!
//! Beside the document it speaks OAuth, as it is known of the service's accounts:
//!
//! - `POST /oauth/token`: `authorization_code`, `refresh_token` and
//!   `client_credentials`, in a form or in JSON (certain);
//! - `GET /accounts/sso`: the page on which a user lets a client act for them. Nobody
//!   logs in: it lists the users, or goes back at once where `user_id` names one.
//!
//! Every other path is answered as the gateway answers one that it does not know: 404
//! with the text `404 page not found`.
//!
//! # From other languages
//!
//! Programs that are not written in Rust start the program, fill it from a seed file
//! ([`EmulatorBuilder::seed_file`]) and steer it by the paths below `/_emulator/`
//! ([`EmulatorBuilder::control`]): faults, time, data, and the log of requests. `docs/emulator.md`
//! of the repository describes all three.
//!
//! # What tests can do beside HTTP
//!
//! - put in, in no time: [`Emulator::seed_chat`] (private, group, channel, bot, at any
//!   time), [`Emulator::seed_messages`] (a hundred thousand at once),
//!   [`Emulator::seed_json`] (whatever a seed file can say);
//! - change: [`Emulator::delete_message`], [`Emulator::delete_chat`],
//!   [`Emulator::mark_seen`], [`Emulator::set_chat_updated_at`],
//!   [`Emulator::set_chat_modified_at`];
//! - look: [`Emulator::messages`], [`Emulator::file`], [`Emulator::requests`],
//!   [`Emulator::total_requests`], [`Emulator::token_requests`],
//!   [`Emulator::request_log`], [`Emulator::bot_webhook_url`];
//! - give and take tokens: [`Emulator::add_oauth_client`], [`Emulator::issue_code`],
//!   [`Emulator::issue_tokens`], [`Emulator::revoke_token`];
//! - move time: [`Emulator::set_clock`], [`Emulator::advance_clock`];
//! - let things happen while a client is at work: [`Emulator::on_request`];
//! - let requests fail ([`Fault`]): late or never answered, with any status, headers and
//!   body, redirected, cut off before or after the work was done, truncated, too large,
//!   not JSON, empty, with members missing or null, with members and values of
//!   tomorrow; the next one ([`Emulator::fail_next`]) or by a
//!   [`FaultRule`] ([`Emulator::add_fault`]), by count, by chance or from a line of text;
//! - start over: [`Emulator::reset`];
//! - answer oddly: [`Emulator::queue_response`].
//!
//! # How it refuses
//!
//! - An unknown or missing token: 401, in the shape of a sister service (likely). A bot's
//!   token that is unknown or logged out: 401 with `ok` being false, `error_code` and
//!   `description` (the members are the contract's, the status is unknown).
//! - A token without the scope that the document names: 403 in the shape of the 401
//!   (likely), before the request is looked at. Users have every scope unless
//!   [`NewUser::scopes`] says otherwise.
//! - A request for tokens: `{"error":…,"error_description":…}` with the documented names
//!   (likely), 401 for `invalid_client` and 400 for all others (unknown, as in OAuth 2).
//! - A chat or message that does not exist or that the user has no part in, and an
//!   unknown user: 404 with `{"message":"not found"}` (likely).
//! - A request that breaks the document, a body that is no JSON or is not sent as
//!   JSON: 422 with `{"detail":[{"loc":…,"msg":…,"type":…}]}` (certain). The names in
//!   `type` are pydantic's (inferred). Members that the document does not know are
//!   let through, and `[]` is taken for an empty object, as the official SDKs send
//!   both.
//! - A body above [`MAX_BODY_BYTES`], a file above [`EmulatorBuilder::max_file_bytes`]: 413
//!   (unknown).
//!
//! # Where nobody knows what the service does
//!
//! Options of the [`EmulatorBuilder`] decide what can go either way: bounds of time, caps on
//! pages, on the unseen count and on files, ids as text, whether reading marks as seen,
//! whether uploads have a `url`. The rest is chosen here:
//!
//! - Without `message_id`, or with 0, a page of messages is the first `limit` of the
//!   whole chat in the given order; so the newest by default, and the oldest with
//!   `order=asc`. With `cmp=gt` and `order=desc` the newest above the id come.
//! - `cmp=bt` and a `limit` below 1 are violations.
//! - Chats of the same second are listed with the larger id first. `updated_at` and
//!   `modified_at` both move with each message that is sent, and with nothing else.
//! - `filters=order` gives the chats that have a message of the type `order`.
//! - `create_chat` follows `user_id` where both ids are given; none at all and one's
//!   own are violations.
//! - `delete_chats` takes chats away from the user who asks, and from nobody else: they
//!   are a 404 for that user until somebody writes into them or the user opens them
//!   again, when they come back as they were. Ids of chats that the user does not have
//!   are passed over.
//! - A message may come without any content. One that replies to or forwards a
//!   message that its sender cannot see, or replies to another chat's, is a 404. Files
//!   that nobody uploaded may be attached.
//! - `edit_message` changes text and entity of one's own messages of the type `text`,
//!   whatever their age. Somebody else's is a 404, another type and null content are
//!   violations.
//! - `delete_message` deletes one's own messages for both sides, whatever their age.
//!   Ids of messages that are gone or cannot be seen are passed over; where one is
//!   somebody else's, nothing is deleted and the answer is a 404. A reply to a deleted
//!   message has null in `replied_message`.
//! - `forward_message` copies at once, in the order of the ids (likely), an id that is
//!   given twice once. `forward_from` names the message that was copied. Where one of
//!   them cannot be seen nothing is copied and the answer is a 404.
//! - `upload_file` takes the media type that the part says and measures nothing. A
//!   thumbnail is not kept; a `custom_unique_name` is used once; a file with
//!   `expire_minutes` (1 or more) is gone when they are over. The numbers in `file_type`
//!   are invented, but for the first.
//! - Scopes are asked for with spaces or commas between them. Codes are good for 10
//!   minutes. A refresh token is used up and takes the access token before it along
//!   (likely). A client's own credentials give no refresh token, and act for the seller.
//! - `getWebhookInfo` gives an empty `url` where there is no webhook, and deleting none
//!   is a success. Nothing is ever sent to a webhook.

mod bot;
mod clock;
mod contract;
mod emulator;
mod error;
mod fault;
mod form;
mod oauth;
mod operations;
mod options;
mod problem;
mod request_log;
mod seed;
mod server;
mod state;
mod test_aids;
mod user;

pub use bot::{Bot, NewBot};
pub use clock::{Clock, SystemClock};
pub use emulator::{Emulator, EmulatorBuilder, StoredFile, StoredMessage};
pub use error::Error;
pub use fault::{Fault, FaultRule};
pub use oauth::{IssuedTokens, OAuthClient, RefreshTokens, TOKEN_OPERATION};
pub use options::TimeBound;
pub use request_log::LoggedRequest;
pub use seed::{SeedChat, SeedMessage, SeededIds};
pub use user::{NewUser, User, Vendor};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The largest body of a request, in bytes: 8 MiB. Unknown of the service.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
