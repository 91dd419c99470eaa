//! Reading a body alone, without a call: the generated types, and those that are written by hand.
//!
//! All are read by the facade's own `read_json`, so that it is the types that are compared.

use std::hint::black_box;

use basalam_chat_api::{read_json, types as generated};
use bytes::Bytes;

use crate::{Case, Kind, bodies, types};

/// Gives the body that a case is answered with.
pub fn body_of(case: Case) -> Bytes {
    match case {
        Case::CreateMessage => bodies::sent(),
        Case::GetMessages20 => bodies::messages(20),
        Case::GetMessages100 => bodies::messages(100),
        Case::GetChats30 => bodies::chats(),
    }
}

/// Reads a body as the types of a client, and drops what it says.
///
/// The facade's types are those of the generated client, and hyper is used with those that are written by hand.
///
/// # Errors
///
/// Gives an error where the body is not what the case is answered with.
pub fn read(kind: Kind, case: Case, body: &[u8]) -> Result<(), serde_json::Error> {
    macro_rules! read {
        ($generated:ty, $by_hand:ty) => {
            match kind {
                Kind::Facade | Kind::Generated => {
                    drop(black_box(read_json::<$generated>(black_box(body))?));
                }
                Kind::ByHand | Kind::Floor => {
                    drop(black_box(read_json::<$by_hand>(black_box(body))?));
                }
            }
        };
    }
    match case {
        Case::CreateMessage => read!(generated::CreateMessageResponse, types::SentResponse),
        Case::GetChats30 => read!(generated::GetChatsResponse, types::ChatsResponse),
        Case::GetMessages20 | Case::GetMessages100 => {
            read!(generated::GetMessagesResponse, types::MessagesResponse);
        }
    }
    Ok(())
}
