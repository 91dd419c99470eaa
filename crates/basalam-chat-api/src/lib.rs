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

mod additions;
mod answer;
mod hook;
pub mod operation;
pub mod path;
mod scalar;

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
pub mod scalars {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/scalars.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/scalars.rs"));
}

/// The table of operations.
#[rustfmt::skip]
pub mod operations {
    #[cfg(not(feature = "build-time-codegen"))]
    include!("generated/operations.rs");
    #[cfg(feature = "build-time-codegen")]
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

#[doc(hidden)]
pub use additions::ClockTime;
pub use additions::{ChatKind, MessageKind};
pub use answer::{read_json, read_uploaded_file};
pub use client::{ByteStream, Client, ClientInfo, Error, ResponseValue, types};
pub use hook::{Again, Failure, Inner, SuccessAnswer, Transport, TransportFuture};
pub use scalar::{InvalidId, InvalidSecret, UnknownValue};

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
        assert!(is_committed!("scalars.rs"));
        assert!(is_committed!("operations.rs"));
    }
}
