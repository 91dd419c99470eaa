//! Decoding of response bodies without a call, with the generated and the hand-written types.
//!
//! Both use the facade's `read_json`, so only the types differ.

use std::hint::black_box;

use basalam_chat_api::{read_json, types as generated};
use bytes::Bytes;

use crate::{Case, Kind, bodies, types};

/// Returns the response body of a case.
pub fn response_body(case: Case) -> Bytes {
    match case {
        Case::CreateMessage => bodies::sent_message(),
        Case::GetMessages20 => bodies::messages(20),
        Case::GetMessages100 => bodies::messages(100),
        Case::GetChats30 => bodies::chats(),
    }
}

/// Decodes a body with the types of a client and drops the value.
///
/// The facade uses the types of the generated client, and hyper those of the hand-written client.
///
/// # Errors
///
/// Returns an error if the body is not a response body of the case.
pub fn decode(kind: Kind, case: Case, body: &[u8]) -> Result<(), serde_json::Error> {
    macro_rules! decode {
        ($generated:ty, $hand_written:ty) => {
            match kind {
                Kind::Facade | Kind::Generated => {
                    drop(black_box(read_json::<$generated>(black_box(body))?));
                }
                Kind::HandWritten | Kind::HyperBaseline => {
                    drop(black_box(read_json::<$hand_written>(black_box(body))?));
                }
            }
        };
    }
    match case {
        Case::CreateMessage => decode!(generated::CreateMessageResponse, types::SentResponse),
        Case::GetChats30 => decode!(generated::GetChatsResponse, types::ChatsResponse),
        Case::GetMessages20 | Case::GetMessages100 => {
            decode!(generated::GetMessagesResponse, types::MessagesResponse);
        }
    }
    Ok(())
}
