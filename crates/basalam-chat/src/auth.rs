//! Authentication: credentials, access tokens and their refresh.
//!
//! | credentials | use |
//! | --- | --- |
//! | [`PersonalToken`] | your own account: a token from the developer panel |
//! | [`AuthorizationCode`] | the accounts of people who have logged in |
//! | [`ClientCredentials`] | your registered client itself, without a user |
//! | [`TokenProvider`] | access tokens from any other source |
//! | [`Authentication::none`] | no account: a program that calls bot methods only |
//!
//! Pass any of them to [`Client::new`](crate::Client::new). A refreshable token is refreshed shortly before
//! it expires, and once after the service rejects it (401); the request is then resent. Concurrent requests
//! share one refresh. It runs in a separate task, so it continues if the request that started it is
//! dropped: end the program with [`Client::close`](crate::Client::close), which waits for it. A failed refresh is
//! reported by every request that waits for it, and no further refresh of this login starts within a second.
//!
//! A [`TokenStore`] keeps tokens across restarts, and lets several clients and processes share a login.
//!
//! Token requests with client credentials are retried like idempotent requests. An authorization code or a
//! refresh token can be used once, so they are sent again only if the service did not process the request.
//! [`Error::oauth_error`](crate::Error::oauth_error) returns the name of an OAuth error.
//!
//! # How do I …
//!
//! | | |
//! | --- | --- |
//! | log in people in a browser? | [`AuthorizationCode::authorize_url`] returns an [`AuthorizationRequest`], and [`callback`](AuthorizationCode::callback) a [`Login`] |
//! | keep tokens across restarts? | [`Login::store`] with a [`TokenStore`] |
//! | store tokens myself? | [`AuthorizationCode::exchange`] and [`refresh`](AuthorizationCode::refresh), which return a [`TokenSet`] |
//! | share tokens between processes? | a [`TokenStore`] on a state store that they share |
//! | act for many people? | [`Client::with_authentication`](crate::Client::with_authentication) |
//! | get tokens from elsewhere? | a [`TokenProvider`], whose [`AuthFuture`] ends with a [`BoxError`] if it fails |
//! | check a token? | [`Client::authenticate`](crate::Client::authenticate), which returns a [`TokenInfo`] with the [`Scope`]s |
//! | know that a person has to log in again? | [`Error::needs_login`](crate::Error::needs_login) |

mod authentication;
mod authorization_code;
mod client_credentials;
mod error;
mod login;
mod oauth_client;
mod oauth_error;
mod personal;
mod provider;
mod refresher;
mod store;
pub(crate) mod token_cache;
pub(crate) mod token_endpoint;
mod token_info;
mod token_set;

pub use authentication::Authentication;
pub use authorization_code::{AuthorizationCode, AuthorizationRequest};
pub use basalam_chat_api::newtypes::Scope;
pub use client_credentials::ClientCredentials;
pub use login::Login;
pub use personal::PersonalToken;
pub use provider::{AuthFuture, BoxError, TokenProvider};
pub use store::TokenStore;
pub use token_info::TokenInfo;
pub use token_set::TokenSet;
