//! Bulk work.

pub mod announce;
pub mod clean_up;
pub mod patient;
