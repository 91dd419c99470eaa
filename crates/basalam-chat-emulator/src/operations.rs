//! The operations of the document, applied to valid requests.

mod bots;
mod call;
mod chats;
mod files;
mod message_changes;
mod messages;
mod responses;
mod users;
mod webhooks;

pub(crate) use call::{Call, Handler, Reply};
pub(crate) use responses::{ResponseBuilder, content};
pub(crate) use webhooks::events::name as webhook_event_name;
pub(crate) use webhooks::{WebhookEvent, add_webhook, message_events};

/// Returns the handler of an operation, or `None` if the operation is not implemented.
pub(crate) fn handler(operation_id: &str) -> Option<Handler> {
    Some(Handler::Json(match operation_id {
        "get_chats" => return Some(Handler::List(chats::get_chats)),
        "get_messages" => return Some(Handler::List(messages::get_messages)),
        "create_chat" => chats::create_chat,
        "delete_chats" => chats::delete_chats,
        "get_unseen_chat_count" => chats::get_unseen_chat_count,
        "create_message" => messages::create_message,
        "delete_message" => message_changes::delete_message,
        "edit_message" => message_changes::edit_message,
        "forward_message" => message_changes::forward_message,
        "upload_file" => files::upload_file,
        "get_me" | "get_me_post" => bots::get_me,
        "get_webhook_info" | "get_webhook_info_post" => bots::get_webhook_info,
        "delete_webhook" | "delete_webhook_post" | "delete_webhook_delete" => bots::delete_webhook,
        "log_out" | "log_out_post" => bots::log_out,
        "get_current_user" => users::get_current_user,
        "get_webhook_events" => webhooks::get_webhook_events,
        "get_webhook_services" => webhooks::get_webhook_services,
        "create_webhook_service" => webhooks::create_webhook_service,
        "get_webhooks" => webhooks::get_webhooks,
        "create_webhook" => webhooks::create_webhook,
        "update_webhook" => webhooks::update_webhook,
        "delete_webhook_by_id" => webhooks::delete_webhook,
        "get_webhook_logs" => webhooks::get_webhook_logs,
        "get_webhook_customers" => webhooks::get_webhook_customers,
        "get_registered_webhooks" => webhooks::get_registered_webhooks,
        "register_webhook" => webhooks::register_webhook,
        "unregister_webhook" => webhooks::unregister_webhook,
        _ => return None,
    }))
}
