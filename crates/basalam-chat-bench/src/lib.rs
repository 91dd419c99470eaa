//! What `basalam-chat` costs beside a client written by hand.
//!
//! Four clients make the same calls to the same server, which answers from memory:
//!
//! - [`Facade`], what users have;
//! - [`Generated`], the generated client alone, below it;
//! - [`ByHand`], reqwest and serde, as a careful developer would write it: the same data, the same
//!   limits;
//! - [`Floor`], hyper with the same types and nothing else.
//!
//! The benchmarks tell the facade as a ratio to the others. How to run them, and what they told last, is in
//! `docs/performance.md`.

pub mod bodies;
mod client;
mod process;
mod reading;
mod server;
pub mod types;

pub use client::{AnyClient, ByHand, Case, Facade, Floor, Generated, Kind, MAX_ANSWER_BYTES};
pub use process::{memory, peak_memory};
pub use reading::{body_of, read};
pub use server::{Server, serve, serve_where_asked};

/// The token that every client sends.
pub const TOKEN: &str = "a-token-as-long-as-those-that-the-service-gives-0123456789";
