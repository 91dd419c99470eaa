//! Every construct that OpenAPI 3.0 and 3.1 have, accepted and right or refused with its place.

mod answers;
mod bodies;
mod documents;
mod names;
mod nesting;
mod objects;
mod operations;
mod parameters;
mod prose;
mod schemas;
mod security;
mod vocabularies;
