//! The generated types that decode the response of each operation.

use std::any::Any;

use basalam_chat::raw::{self, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::tolerance::Decoded;

/// Decodes a response into its type, and encodes it again.
pub(super) type Decoder = fn(&str) -> Result<Value, String>;

/// Decodes a response as the client does, and encodes it again.
pub(super) type TolerantDecoder = fn(&str) -> Result<Decoded, String>;

/// Returns the decoder for the response type of the generated method.
pub(super) fn for_operation(operation: &str) -> Option<Decoder> {
    all_for_operation(operation).map(|(decoder, _)| decoder)
}

/// Returns the tolerant decoder for the response type of the generated method.
pub(super) fn tolerant_for_operation(operation: &str) -> Option<TolerantDecoder> {
    all_for_operation(operation).map(|(_, decoder)| decoder)
}

fn all_for_operation(operation: &str) -> Option<(Decoder, TolerantDecoder)> {
    Some(match operation {
        "get_chats" => {
            response_of(|client| client.get_chats(any(), any(), any(), any(), any(), any(), any()))
        }
        "create_chat" => response_of(|client| client.create_chat(any(), any(), any(), any())),
        "delete_chats" => response_of(|client| client.delete_chats(any())),
        "get_unseen_chat_count" => response_of(|client| client.get_unseen_chat_count()),
        "get_messages" => {
            response_of(|client| client.get_messages(any(), any(), any(), any(), any()))
        }
        "create_message" => {
            response_of(|client| client.create_message(any(), any(), any(), any(), any(), any()))
        }
        "edit_message" => response_of(|client| client.edit_message(any(), any())),
        "delete_message" => response_of(|client| client.delete_message(any())),
        "forward_message" => response_of(|client| client.forward_message(any(), any(), any())),
        "get_me" => response_of(|client| client.get_me(any())),
        "get_me_post" => response_of(|client| client.get_me_post(any())),
        "get_webhook_info" => response_of(|client| client.get_webhook_info(any())),
        "get_webhook_info_post" => response_of(|client| client.get_webhook_info_post(any())),
        "delete_webhook" => response_of(|client| client.delete_webhook(any())),
        "delete_webhook_post" => response_of(|client| client.delete_webhook_post(any())),
        "delete_webhook_delete" => response_of(|client| client.delete_webhook_delete(any())),
        "log_out" => response_of(|client| client.log_out(any())),
        "log_out_post" => response_of(|client| client.log_out_post(any())),
        "get_current_user" => response_of(|client| client.get_current_user()),
        "get_webhooks" => response_of(|client| client.get_webhooks(any(), any())),
        "create_webhook" => response_of(|client| client.create_webhook(any())),
        "update_webhook" => response_of(|client| client.update_webhook(any(), any())),
        "delete_webhook_by_id" => response_of(|client| client.delete_webhook_by_id(any())),
        "get_webhook_logs" => response_of(|client| client.get_webhook_logs(any())),
        "get_webhook_events" => response_of(|client| client.get_webhook_events()),
        "get_webhook_services" => response_of(|client| client.get_webhook_services()),
        "create_webhook_service" => response_of(|client| client.create_webhook_service(any())),
        "get_webhook_customers" => {
            response_of(|client| client.get_webhook_customers(any(), any(), any()))
        }
        "get_registered_webhooks" => {
            response_of(|client| client.get_registered_webhooks(any(), any(), any()))
        }
        "register_webhook" => response_of(|client| client.register_webhook(any())),
        "unregister_webhook" => response_of(|client| client.unregister_webhook(any())),
        // The generated client has no method for uploads, since their body is not JSON.
        "upload_file" => {
            type Response = types::UploadFileResponse;
            (roundtrip::<Response>, tolerant::<Response>)
        }
        _ => return None,
    })
}

/// Infers the response type of a method, which is never called.
fn response_of<T, F>(_: impl FnOnce(&'static raw::Client) -> F) -> (Decoder, TolerantDecoder)
where
    T: DeserializeOwned + Serialize + 'static,
    F: Future<Output = Result<raw::ResponseValue<T>, raw::Error<()>>>,
{
    (roundtrip::<T>, tolerant::<T>)
}

fn any<T>() -> T {
    unreachable!("the method is never called")
}

fn roundtrip<T: DeserializeOwned + Serialize>(json: &str) -> Result<Value, String> {
    let deserializer = &mut serde_json::Deserializer::from_str(json);
    let response: T = serde_path_to_error::deserialize(deserializer)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
    serde_json::to_value(&response).map_err(|error| format!("cannot be encoded: {error}"))
}

fn tolerant<T: DeserializeOwned + Serialize + 'static>(json: &str) -> Result<Decoded, String> {
    let response: T = raw::read_json(json.as_bytes()).map_err(|error| error.to_string())?;
    let encoded = serde_json::to_value(&response);
    let encoded = encoded.map_err(|error| format!("cannot be encoded: {error}"))?;
    let any: &dyn Any = &response;
    let mut unreadable = Vec::new();
    if let Some(response) = any.downcast_ref::<types::GetMessagesResponse>() {
        unreadable.clone_from(&response.data.unreadable);
    }
    macro_rules! webhook_lists {
        ($($list:ident),+) => {$(
            if let Some(list) = any.downcast_ref::<types::$list>() {
                unreadable.clone_from(&list.unreadable);
            }
        )+};
    }
    webhook_lists!(WebhookList, WebhookEventList, WebhookServiceList);
    webhook_lists!(WebhookLogList, WebhookCustomerList, RegisteredWebhookList);
    if let Some(types::GetChatsResponse {
        data: Some(data), ..
    }) = any.downcast_ref()
    {
        unreadable.clone_from(&data.unreadable);
    }
    Ok(Decoded {
        encoded,
        unreadable,
    })
}
