//! The programs that the guide shows, one per file. `docs/guide` includes the part of each file between `ANCHOR` and
//! `ANCHOR_END`, and `tests/it` runs each program against the emulator.

// Programs print to the terminal.
#![allow(clippy::print_stdout)]

pub mod answering;
pub mod archive;
pub mod authentication;
pub mod bulk;
pub mod errors;
pub mod exactly_once;
pub mod files;
pub mod production;
pub mod reading;
pub mod sending;
pub mod testing;
pub mod webhooks;
