//! A local Basalam chat service for development and tests.
//!
//! The emulator serves real HTTP, keeps its state in memory, and starts in one line:
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
//! or on the command line, with `cargo run -p basalam-chat-emulator -- --port 8080`.
//!
//! Set a client's base URL to that of the emulator and use the token of a user. Two users
//! exist from the start: [`Emulator::seller`], the user 430 with the token `seller-token`,
//! and [`Emulator::customer`], the user 431 with the token `customer-token`.
//! [`Emulator::add_user`] adds more. [`Emulator::bot`] is a bot.
//!
//! # Endpoints
//!
//! Routes, parameters and bodies come from the project's OpenAPI document, against which
//! every request and response is checked. All operations of the document share one state:
//!
//! - chats: `create_chat`, `get_chats`, `get_unseen_chat_count`, `delete_chats`;
//! - messages: `create_message`, `get_messages`, `edit_message`, `delete_message`,
//!   `forward_message`;
//! - files: `upload_file`; uploaded files are served at `/files/{id}/{name}` without
//!   authentication;
//! - users: `get_current_user`;
//! - bots, with every documented HTTP method: `getMe`, `getWebhookInfo`, `deleteWebhook`,
//!   `logOut`;
//! - webhooks: `create_webhook`, `get_webhooks`, `update_webhook`, `delete_webhook_by_id`,
//!   `get_webhook_logs`, `get_webhook_events`, `get_webhook_services`, `create_webhook_service`,
//!   `register_webhook`, `unregister_webhook`, `get_registered_webhooks`,
//!   `get_webhook_customers`. Chat events are delivered to them.
//!
//! The document does not define the OAuth endpoints of the accounts service:
//!
//! - `POST /oauth/token`: the grants `authorization_code`, `refresh_token` and
//!   `client_credentials`, as a form or JSON (certain);
//! - `GET /accounts/sso`: the authorization page. There is no login: it lists the users, or
//!   redirects immediately with the parameter `user_id`.
//!
//! Every other path responds as the gateway does: 404 with `404 page not found`.
//!
//! # Other languages
//!
//! Programs in other languages start the emulator's binary, provide data in a seed file
//! ([`EmulatorBuilder::seed_file`]) and use the control endpoints below `/_emulator/`
//! ([`EmulatorBuilder::control`]) for faults, the clock, data and the request log.
//! `docs/emulator.md` of the repository describes them.
//!
//! # Console
//!
//! A page at `/_emulator/console/` shows chats, requests, faults and webhooks while they change, and lets a developer
//! write as any user. It is enabled together with the control endpoints.
//!
//! # Access
//!
//! Requests of web pages of other origins, and requests whose `Host` header has an unexpected name, get a 403, since a
//! browser would send them for any page that it shows. [`EmulatorBuilder::allow_host`] and [`EmulatorBuilder::cors`]
//! allow more. Changes through the control endpoints need the header `X-Basalam-Emulator: 1` and JSON.
//!
//! # Test features
//!
//! - Add data: [`Emulator::seed_chat`], [`Emulator::seed_messages`] (100,000 at once),
//!   [`Emulator::seed_json`].
//! - Change data: [`Emulator::delete_message`], [`Emulator::delete_chat`],
//!   [`Emulator::mark_seen`], [`Emulator::set_chat_updated_at`],
//!   [`Emulator::set_chat_modified_at`].
//! - Inspect: [`Emulator::messages`], [`Emulator::file`], [`Emulator::request_count`],
//!   [`Emulator::total_request_count`], [`Emulator::token_request_count`],
//!   [`Emulator::request_log`], [`Emulator::bot_webhook_url`].
//! - Issue and revoke tokens: [`Emulator::add_oauth_client`], [`Emulator::issue_code`],
//!   [`Emulator::issue_tokens`], [`Emulator::revoke_token`].
//! - Control the clock: [`Emulator::set_clock`], [`Emulator::advance_clock`].
//! - Run code while a client is working: [`Emulator::on_request`].
//! - Inject faults ([`Fault`]): latency, hanging requests, any status, headers and body,
//!   redirects, disconnects before or after handling, truncated, oversized, invalid and
//!   empty bodies, missing, null and unknown fields, unknown values; for the next request
//!   ([`Emulator::fail_next`]) or by a [`FaultRule`] ([`Emulator::add_fault`]).
//! - Lose, repeat, delay and reorder deliveries to webhooks, or use a wrong header:
//!   [`Fault::lost`] and others.
//! - Add a webhook and wait for deliveries: [`Emulator::add_webhook`],
//!   [`Emulator::webhooks_delivered`].
//! - Queue arbitrary responses: [`Emulator::queue_response`].
//! - Reset: [`Emulator::reset`].
//!
//! # Error responses
//!
//! - Missing or unknown token: 401, in the format of a sister service (likely). Unknown or
//!   logged-out bot token: 401 with `ok: false`, `error_code` and `description` (certain:
//!   the fields, from the contract; unknown: the status).
//! - Token without the documented scope: 403, in the format of the 401 (likely), before the
//!   request is checked. Users have every scope unless [`NewUser::scopes`] restricts them.
//! - Token request: `{"error":…,"error_description":…}` with the documented names (likely),
//!   401 for `invalid_client` and 400 otherwise (unknown, as in OAuth 2).
//! - Chat or message that does not exist or is not visible to the user, and unknown user:
//!   404 with `{"message":"not found"}` (likely).
//! - Request that violates the document, or a body that is not JSON or has no JSON content
//!   type: 422 with `{"detail":[{"loc":…,"msg":…,"type":…}]}` (certain). The values of
//!   `type` are those of pydantic (likely). Undocumented fields are accepted, and `[]` is
//!   accepted for an empty object, since the official SDKs send both.
//! - Body above [`MAX_BODY_BYTES`], or file above [`EmulatorBuilder::max_file_bytes`]: 413
//!   (unknown).
//!
//! # Unknown behaviour
//!
//! Options of the [`EmulatorBuilder`] select between plausible behaviours: bounds of time
//! ranges, maximum page size, unseen count and file size, ids as strings, whether reading
//! marks messages as seen, whether messages have their metadata, a rate limit, whether
//! uploads have a `url`, the meaning of `cmp=bt`, and which forms of times are accepted. Messages that become visible late are a [`Fault`] and an option of
//! [`SeedMessage`]. All other choices are fixed:
//!
//! - Without `message_id`, or with 0, a page of messages is the first `limit` messages of the chat
//!   in the requested order: the newest by default, the oldest with `order=asc`. With `cmp=gt` and
//!   `order=desc` it contains the newest messages above the id.
//! - A `limit` below 1 is a violation.
//! - Chats with equal times are sorted by descending id. Sending a message sets
//!   `updated_at` and `modified_at`; nothing else does.
//! - `filters=order` returns chats with a message of the type `order`.
//! - `create_chat` prefers `user_id` over `hash_id`. Omitting both is a violation, and so is the id
//!   of the current user.
//! - `delete_chats` deletes chats for the current user only: requests for them by that user return
//!   404 until another message arrives or the user opens them again; then they reappear unchanged.
//!   Ids of chats that the user does not have are ignored.
//! - A message can have no content. The response is a 404 if a message replies to or forwards a
//!   message that its sender cannot see, or replies to a message of another chat. Attached files
//!   need not have been uploaded.
//! - `edit_message` changes the text and entity of the user's own messages of the type `text`, at
//!   any age. For messages of other users the response is a 404; other types and null content are
//!   violations.
//! - `delete_message` deletes the user's own messages for all members, at any age. Ids of
//!   deleted or invisible messages are ignored; if one belongs to another user, nothing is
//!   deleted and the response is a 404. A reply to a deleted message has null in
//!   `replied_message`.
//! - `forward_message` copies immediately, in the order of the ids (likely), duplicate ids
//!   once. `forward_from` is the id of the copied message. If one of the messages is not
//!   visible, nothing is copied and the response is a 404.
//! - `upload_file` uses the media type of the part. The dimensions of pictures (JPEG, PNG, GIF, WebP, BMP and HEIF)
//!   are read from the file; those of videos, and durations, are null. Thumbnails are not stored. A `custom_unique_name` can be used
//!   once. A file with `expire_minutes` (at least 1) expires after that time. The ids in
//!   `file_type` are invented, except the first.
//! - Scopes are separated by spaces or commas. Authorization codes expire after 10 minutes.
//!   Refresh tokens are rotated, and refreshing revokes the previous access token (likely).
//!   If a used one is sent again, the login stays valid, unless
//!   [`RefreshTokenPolicy::RevokeOnReuse`] is set (unknown).
//!   `client_credentials` issues no refresh token, and acts for the seller.
//! - `getWebhookInfo` returns an empty `url` without a webhook, and deleting a missing
//!   webhook succeeds. Nothing is sent to the webhooks of bots.
//! - Webhooks receive the events `CHAT_RECEIVED_MESSAGE` and `CHAT_SEND_MESSAGE` of registered users,
//!   with the documented body (likely: `sender` and `receiver`), for messages that are sent or seeded
//!   while the emulator runs. Deliveries of a webhook are made one after the other, with retries
//!   ([`EmulatorBuilder::webhook_retries`]), until the emulator is reset or stopped. `get_webhook_logs` returns the latest 1000 attempts, newest
//!   first, with the status 0 without a response.
//! - Users see and change only the webhooks that they created, and can register on every webhook.
//!   Registering twice is the same as once. Scopes of events are not checked. Without `service_id`, a
//!   webhook belongs to the user's first service.

mod access;
mod bot;
mod clock;
mod contract;
mod emulator;
mod error;
mod exchange;
mod fault;
mod form;
mod oauth;
mod operations;
mod options;
mod picture;
mod rate_limit;
mod redaction;
mod request_log;
mod seed;
mod server;
mod service_error;
mod setup;
mod state;
mod test_controls;
mod transcript;
mod user;

pub use bot::{Bot, NewBot};
pub use clock::{Clock, SystemClock};
pub use emulator::{Emulator, EmulatorBuilder, StoredFile, StoredMessage};
pub use error::Error;
pub use fault::{DELIVER_WEBHOOK, Fault, FaultRule};
pub use oauth::{IssuedTokens, OAuthClient, RefreshTokenPolicy, TOKEN_OPERATION};
pub use options::{BetweenComparison, MAX_BODY_BYTES, TimeBound};
pub use rate_limit::RateLimit;
pub use request_log::LoggedRequest;
pub use seed::{SeedChat, SeedMessage, SeededIds};
pub use user::{NewUser, User, Vendor};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
