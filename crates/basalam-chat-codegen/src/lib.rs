//! Generates the Rust client of the Basalam chat service from its OpenAPI document.
//!
//! [`generate`] takes the text of a document and gives Rust source back. It reads no file, writes
//! none and asks no network, so that a build script, a command and a test can all call it. The way
//! through this crate is one line: a document is *checked* and *lowered* (`lower`) to what progenitor
//! can take, progenitor makes the client and its types (`client`), a pass over the result gives the
//! types the shape that users want (`types`), and what progenitor cannot make is written beside it:
//! ids and open vocabularies (`newtypes`) and the table of operations (`operations`).
//!
//! The set of constructs that a document may use is a list, and all else is refused by an [`Error`]
//! that names the place and the remedy. No input makes this crate panic or abort.
//!
//! ```
//! # fn main() -> Result<(), basalam_chat_codegen::Error> {
//! # let document = include_str!("../tests/it/documents/small.json");
//! let sources = basalam_chat_codegen::generate(document)?;
//! assert!(sources.client.contains("pub async fn get_note"));
//! # Ok(())
//! # }
//! ```

mod client;
mod error;
mod lower;
mod names;
mod newtypes;
mod operations;
mod prose;
mod source;
mod types;

pub use error::{Error, Problem};

use basalam_chat_openapi::Document;

/// The Rust source that [`generate`] makes, one text a file.
///
/// Every text begins with `// @generated`, ends with a newline and is formatted. The same document
/// gives the same bytes on every machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sources {
    /// The client with its types, for a file `client.rs` of the crate that holds the scalar macros.
    pub client: String,
    /// Ids, texts, secrets, open vocabularies and lists, for a file `newtypes.rs` beside it.
    pub newtypes: String,
    /// The table of operations, for a file `operations.rs` beside it.
    pub operations: String,
    /// Typed httpmock mocks, for a crate that depends on the client's crate.
    pub mock: String,
}

/// Generates Rust source from the text of an OpenAPI 3.0 document.
///
/// The client's source expects to live in a crate that offers the modules `newtypes`, `operation`,
/// `operations`, `answer` and `path` and the type `Inner` at its root, as `basalam-chat-api` does.
///
/// # Errors
///
/// Gives every problem that was found: a text that is not JSON or not an OpenAPI 3.0 document, a
/// construct outside the accepted list, a name that Rust cannot take, a reference that leads nowhere
/// or in circles. A panic inside progenitor is caught and reported as such.
pub fn generate(document: &str) -> Result<Sources, Error> {
    let document = Document::parse(document)?;
    // progenitor and typify recurse along the document. A stack of their own keeps a deep but
    // accepted document from overflowing a small caller's stack, and makes their panics catchable.
    let worker = std::thread::Builder::new()
        .name("basalam-chat-codegen".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || generate_from(&document))
        .map_err(|error| Error::internal(format!("no thread could be started: {error}")))?;
    worker
        .join()
        .unwrap_or_else(|payload| Err(Error::panicked(payload.as_ref())))
}

/// Enough for the deepest nesting that `serde_json` reads (128 levels), many times over.
const STACK_BYTES: usize = 64 * 1024 * 1024;

fn generate_from(document: &Document) -> Result<Sources, Error> {
    let lowered = lower::lower(document)?;
    Ok(Sources {
        client: client::generate(&lowered)?,
        newtypes: newtypes::generate(&lowered)?,
        operations: operations::generate(&lowered)?,
        mock: client::generate_mock(&lowered)?,
    })
}
