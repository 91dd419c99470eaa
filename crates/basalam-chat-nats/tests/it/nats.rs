//! Tests with a real server.

mod chaos;
mod events;
mod process;
mod python;
mod relays;
mod server;
mod settings;
mod state;
mod workers;
