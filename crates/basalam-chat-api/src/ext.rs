//! Hand-written methods and conversions of generated types.
//!
//! The build script sets `missing` for each type of `openapi/chat.json` that the document has not, or has
//! with other fields, so these modules compile for any document.

#[cfg(not(missing = "AttachmentFile"))]
mod attachment_file;
#[cfg(not(missing = "Chat"))]
mod chat;
#[cfg(not(missing = "Chat"))]
mod chat_kind;
#[cfg(not(missing = "Message"))]
mod message;
#[cfg(not(missing = "MessageFile"))]
mod message_file;
#[cfg(not(missing = "Message"))]
mod message_kind;
#[cfg(not(missing = "NewButton"))]
mod new_button;
#[cfg(not(missing = "Timestamp"))]
mod timestamp;
#[cfg(not(missing = "UploadFileResponse"))]
mod upload_response;
#[cfg(not(missing = "WebhookEventId"))]
mod webhook_event_id;
#[cfg(not(any(
    missing = "RegisteredWebhook",
    missing = "Webhook",
    missing = "WebhookEventId"
)))]
#[cfg(feature = "webhooks")]
mod webhook_events;

#[cfg(not(missing = "Chat"))]
pub use chat_kind::ChatKind;
#[cfg(not(missing = "Message"))]
pub use message_kind::MessageKind;
#[cfg(not(missing = "Timestamp"))]
pub use timestamp::CivilTime;
#[cfg(not(missing = "UploadFileResponse"))]
pub use upload_response::read_upload_response;
