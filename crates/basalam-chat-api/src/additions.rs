//! What generated types have besides what the document says, written by hand.

mod timestamp;
