//! Reads OpenAPI 3.0 and 3.1 documents: references, operations, JSON Schemas, wire shapes and their
//! differences.
//!
//! This is a reader, not a model: a [`Document`] keeps the JSON as it stands and
//! gives access to the parts that code generation, drift checks, the emulator and
//! contract tests share. Everything that goes wrong is an [`Error`] naming the
//! place as a JSON pointer and what to do about it.
//!
//! ```
//! use basalam_chat_openapi::{Document, Method};
//!
//! # fn main() -> Result<(), basalam_chat_openapi::Error> {
//! let document = Document::parse(
//!     r##"{
//!         "openapi": "3.0.3",
//!         "info": {"title": "Chats", "version": "1"},
//!         "paths": {
//!             "/v1/chats/{chat_id}": {
//!                 "parameters": [{"$ref": "#/components/parameters/ChatId"}],
//!                 "get": {"operationId": "get_chat", "responses": {"200": {"description": "The chat."}}}
//!             }
//!         },
//!         "components": {
//!             "parameters": {
//!                 "ChatId": {"name": "chat_id", "in": "path", "required": true, "schema": {"type": "integer"}}
//!             }
//!         }
//!     }"##,
//! )?;
//! let operations = document.operations()?;
//! assert_eq!(operations[0].method, Method::Get);
//! assert_eq!(operations[0].id, Some("get_chat"));
//! assert_eq!(operations[0].parameters[0].name, "chat_id");
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! Documents are JSON, complete in themselves (a reference to another file or
//! host is refused), and nest at most [`MAX_DEPTH`] levels deep. No input makes
//! the crate panic or overflow the stack.

pub mod difference;
mod document;
mod error;
pub mod json_schema;
mod operation;
mod pointer;
pub mod shape;

pub use document::{Document, MAX_DEPTH, Version};
pub use error::Error;
pub use operation::{
    MediaType, Method, Operation, Parameter, ParameterLocation, RequestBody, Response,
    StatusPattern,
};
pub use pointer::Pointer;
pub use shape::{ShapeId, WireShape};
