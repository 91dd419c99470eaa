//! The generated client and types of the Basalam chat service.
//!
//! This crate is what `cargo xtask generate` makes of `openapi/chat.json`, and the little that must
//! live beside it: the macros that its ids and vocabularies are made with, methods of some types, the
//! table's row type, the reading of answers, and the hook through which every request leaves. Users of the
//! service want the crate `basalam-chat`, which wraps this one. Nothing here is covered by semantic
//! versioning.
//!
//! With the feature `build-time-codegen` the client is generated while this crate is built, from the
//! document beside its `Cargo.toml` or from the file that the environment variable
//! `BASALAM_CHAT_SPEC` names. The result is the same, byte for byte. With `jiff` the service's times are
//! read as jiff's types, and with `schemars` the types have JSON Schemas.

mod define;
mod ext;
pub mod operation;
pub mod path;
mod response;
mod transport;

/// The generated client and its types.
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub)]
mod client {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/client.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

/// Ids, texts, secrets and open vocabularies.
#[rustfmt::skip]
pub mod newtypes {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/newtypes.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/newtypes.rs"));
}

/// The table of operations.
#[rustfmt::skip]
pub mod operations {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/operations.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

pub use client::{ByteStream, Client, ClientInfo, Error, ResponseValue, types};
pub use define::{InvalidId, InvalidSecret, UnknownValue};
#[doc(hidden)]
pub use ext::CivilTime;
pub use ext::{ChatKind, MessageKind};
pub use response::{read_json, read_uploaded_file};
pub use transport::{
    Inner, RequestFactory, SuccessResponse, Transport, TransportError, TransportFuture,
};

#[cfg(all(test, feature = "build-time-codegen"))]
mod tests {
    #[test]
    fn generating_while_building_gives_the_committed_bytes() {
        macro_rules! is_committed {
            ($file:literal) => {
                include_str!(concat!(env!("OUT_DIR"), "/", $file))
                    == include_str!(concat!("generated/", $file))
            };
        }
        assert!(is_committed!("client.rs"));
        assert!(is_committed!("newtypes.rs"));
        assert!(is_committed!("operations.rs"));
    }
}
