//! Watchers deliver each message of every chat, and reply to it once.

#[cfg(feature = "blocking")]
mod blocking;
mod budget;
mod callbacks;
mod deliveries;
mod events;
mod forwarded;
mod late_messages;
mod model;
mod paging;
mod pauses;
mod replies;
mod setup;
mod store_outage;
#[cfg(feature = "webhooks")]
mod webhooks;
