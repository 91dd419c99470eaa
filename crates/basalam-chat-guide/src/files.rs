//! Files: upload, send, download.

pub mod download;
pub mod upload;
