//! Reads OpenAPI 3.0 and 3.1 documents: references, operations and JSON Schemas.
//!
//! A [`Document`] keeps the parsed JSON instead of mapping it to a model, and provides the
//! lookups that code generation, drift checks, the emulator and contract tests share. Every
//! failure is an [`Error`] with a JSON pointer to the location and a remedy.
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
//! Documents are JSON, self-contained (references to other files or hosts are rejected) and
//! nested at most [`MAX_DEPTH`] levels deep. No input makes the crate panic or overflow the
//! stack.

mod document;
mod error;
pub mod json_schema;
mod openapi_3_1;
mod operation;
mod pointer;

pub use document::{Document, MAX_DEPTH, Version, reference_target};
pub use error::Error;
pub use openapi_3_1::convert_schema_to_3_0;
pub use operation::{
    MediaType, Method, Operation, Parameter, ParameterLocation, RequestBody, Response,
    StatusPattern,
};
pub use pointer::Pointer;
