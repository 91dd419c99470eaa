//! Every construct of OpenAPI 3.0 and 3.1: generated correctly, or reported with its place.

mod bodies;
mod descriptions;
mod documents;
mod features;
mod inline_types;
mod named_schemas;
mod names;
mod nesting;
mod open_enums;
mod openapi_3_1;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod secrets;
mod security;
mod servers;
