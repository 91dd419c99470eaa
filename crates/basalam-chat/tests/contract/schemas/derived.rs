//! The schemas of the generated types.

use basalam_chat::raw::{scalars, types};
use schemars::SchemaGenerator;
use serde_json::{Map, Value};

/// The schema of every generated type that has one, by its name.
///
/// The bodies and answers bring the types inside them along; the scalars are named since some stand
/// in parameters alone.
pub(super) fn definitions() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    macro_rules! define {
        ($module:ident: $($name:ident),+) => {
            $(generator.subschema_for::<$module::$name>();)+
        };
    }
    define!(types: CreateMessageBody, EditMessageBody, DeleteMessageBody, ForwardMessageBody);
    define!(types: CreateChatBody, DeleteChatsBody);
    define!(types: GetChatsAnswer, CreateChatAnswer, GetMessagesAnswer, CreateMessageAnswer);
    define!(types: EditMessageAnswer, AcceptedAnswer, UnseenChatCount, BotAnswer, CurrentUser);
    define!(types: UploadedFile);
    define!(scalars: ButtonId, ChatId, EntityId, FileId, MessageId, QuickMessageId, UserId, VendorId);
    define!(scalars: ButtonType, ChatFilter, ChatOrder, ChatType, Comparison, MessageType, SortOrder);
    define!(scalars: UploadFileType, HashId, Timestamp);
    generator.take_definitions(true)
}
