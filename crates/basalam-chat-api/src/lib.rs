//! The generated client and types of the Basalam chat service.
//!
//! `cargo xtask generate` writes the client from `openapi/chat.json`. The rest of this crate is its
//! hand-written runtime: the macros that define newtypes and open enums, extra methods on generated types,
//! the metadata of operations, response decoding, and the [`Transport`] trait that sends every
//! request. This crate is an implementation detail of `basalam-chat` and is not covered by semantic
//! versioning; use `basalam-chat` instead.
//!
//! # Features
//!
//! - `build-time-codegen`: generates the client at build time, from the `openapi/chat.json` of this crate
//!   or from the file named by the environment variable `BASALAM_CHAT_SPEC`, which can be any document of
//!   the supported subset. For the same document the result is byte-identical to the committed source.
//! - `jiff`: converts timestamps to jiff types.
//! - `schemars`: implements `JsonSchema` for all types.

// Shows the feature of each item in the documentation.
#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated sources name this crate by its name, so they also compile in other crates.
extern crate self as basalam_chat_api;

#[doc(hidden)]
pub mod decode;
#[doc(hidden)]
pub mod define;
mod ext;
mod extra;
pub mod operation;
pub mod path;
#[doc(hidden)]
pub mod query;
#[doc(hidden)]
pub mod response;
mod secret_value;
mod transport;
mod unreadable;

/// The generated client and its types.
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub)]
mod client {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/client.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

/// Ids, string newtypes, secrets, open enums and lenient lists.
#[rustfmt::skip]
pub mod newtypes {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/newtypes.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/newtypes.rs"));
}

/// The operation table.
#[rustfmt::skip]
pub mod operations {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/operations.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

pub use client::{ByteStream, Client, ClientInfo, Error, ResponseValue, types};
pub use define::{InvalidId, InvalidSecret, UnknownValue};
#[cfg(not(missing = "Chat"))]
pub use ext::ChatKind;
#[doc(hidden)]
#[cfg(not(missing = "Timestamp"))]
pub use ext::CivilTime;
#[cfg(not(missing = "Message"))]
pub use ext::MessageKind;
#[cfg(not(missing = "UploadFileResponse"))]
pub use ext::read_upload_response;
pub use extra::Extra;
pub use response::read_json;
pub use secret_value::Secret;
pub use transport::{
    Inner, RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
    UndecodableResponse,
};
pub use unreadable::UnreadableItem;

#[cfg(all(test, feature = "build-time-codegen"))]
mod tests {
    #[test]
    fn build_time_output_matches_committed_source() {
        macro_rules! matches_committed {
            ($file:literal) => {
                include_str!(concat!(env!("OUT_DIR"), "/", $file))
                    == include_str!(concat!("generated/", $file))
            };
        }
        assert!(matches_committed!("client.rs"));
        assert!(matches_committed!("newtypes.rs"));
        assert!(matches_committed!("operations.rs"));
    }
}
