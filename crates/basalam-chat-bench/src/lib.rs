//! Overhead of `basalam-chat` compared with a hand-written client.
//!
//! Four clients make the same calls to the same in-memory server:
//!
//! - [`Facade`], which is `basalam-chat`;
//! - [`Generated`], the generated client without the facade;
//! - [`HandWritten`], a careful client on reqwest and serde, with the same data and the same limits;
//! - [`HyperBaseline`], hyper with the types of the hand-written client and nothing else.
//!
//! The benchmarks report ratios between the facade and the others. `docs/performance.md` describes how to
//! run them and lists the latest results.

pub mod bodies;
mod client;
mod decode;
mod process;
mod ratios;
mod server;
pub mod types;

pub use client::{
    AnyClient, Case, Facade, Generated, HandWritten, HyperBaseline, Kind, MAX_RESPONSE_BYTES,
};
pub use decode::{decode, response_body};
pub use process::{cpu_time, memory, peak_memory};
pub use ratios::{Ratios, median};
pub use server::{Respond, Server, query_value, run_server, serve, serve_if_requested};

/// The access token that all clients send, of a realistic length.
pub const TOKEN: &str = "a-token-with-the-length-of-those-of-the-service-0123456789";
