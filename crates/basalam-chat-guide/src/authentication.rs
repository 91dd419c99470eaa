//! Logins, for one account and for many.

pub mod authorization_code;
pub mod bot;
pub mod client_credentials;
pub mod personal;
pub mod sellers;
pub mod token_file;
