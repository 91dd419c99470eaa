//! The generated types that read each operation's answer.

use basalam_chat::raw;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads an answer into its type, and writes it again.
pub(super) type Reader = fn(&str) -> Result<Value, String>;

/// The reader of an operation's answer: of the type that the generated method gives.
pub(super) fn of(operation: &str) -> Option<Reader> {
    Some(match operation {
        "get_chats" => {
            given_by(|client| client.get_chats(any(), any(), any(), any(), any(), any(), any()))
        }
        "create_chat" => given_by(|client| client.create_chat(any(), any(), any(), any())),
        "delete_chats" => given_by(|client| client.delete_chats(any())),
        "get_unseen_chat_count" => given_by(|client| client.get_unseen_chat_count()),
        "get_messages" => given_by(|client| client.get_messages(any(), any(), any(), any(), any())),
        "create_message" => {
            given_by(|client| client.create_message(any(), any(), any(), any(), any(), any()))
        }
        "edit_message" => given_by(|client| client.edit_message(any(), any())),
        "delete_message" => given_by(|client| client.delete_message(any())),
        "forward_message" => given_by(|client| client.forward_message(any(), any(), any())),
        "get_me" => given_by(|client| client.get_me(any())),
        "get_me_post" => given_by(|client| client.get_me_post(any())),
        "get_webhook_info" => given_by(|client| client.get_webhook_info(any())),
        "get_webhook_info_post" => given_by(|client| client.get_webhook_info_post(any())),
        "delete_webhook" => given_by(|client| client.delete_webhook(any())),
        "delete_webhook_post" => given_by(|client| client.delete_webhook_post(any())),
        "delete_webhook_delete" => given_by(|client| client.delete_webhook_delete(any())),
        "log_out" => given_by(|client| client.log_out(any())),
        "log_out_post" => given_by(|client| client.log_out_post(any())),
        "get_current_user" => given_by(|client| client.get_current_user()),
        // The upload is no generated method: its body is no JSON.
        "upload_file" => read::<raw::types::UploadFileResponse>,
        _ => return None,
    })
}

/// Finds the type of a method's answer. The method is never called.
fn given_by<T, F>(_: impl FnOnce(&'static raw::Client) -> F) -> Reader
where
    T: DeserializeOwned + Serialize,
    F: Future<Output = Result<raw::ResponseValue<T>, raw::Error<()>>>,
{
    read::<T>
}

fn any<T>() -> T {
    unreachable!("the method is never called")
}

fn read<T: DeserializeOwned + Serialize>(text: &str) -> Result<Value, String> {
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    let answer: T = serde_path_to_error::deserialize(deserializer)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
    serde_json::to_value(&answer).map_err(|error| format!("cannot be written: {error}"))
}
