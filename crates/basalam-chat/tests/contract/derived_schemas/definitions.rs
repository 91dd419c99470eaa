//! The schemas of the generated types.

use basalam_chat::raw::{newtypes, types};
use schemars::SchemaGenerator;
use serde_json::{Map, Value};

/// Returns the schema of every generated type that has one, by its name.
///
/// Bodies and responses include the types inside them. Newtypes are listed since some occur only in
/// parameters.
pub(super) fn all() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    macro_rules! define {
        ($module:ident: $($name:ident),+) => {
            $(generator.subschema_for::<$module::$name>();)+
        };
    }
    define!(types: CreateMessageBody, EditMessageBody, DeleteMessageBody, ForwardMessageBody);
    define!(types: CreateChatBody, DeleteChatsBody);
    define!(types: GetChatsResponse, CreateChatResponse, GetMessagesResponse, CreateMessageResponse);
    define!(types: EditMessageResponse, AcceptedResponse, UnseenChatCount, BotResponse, CurrentUser);
    define!(types: UploadFileResponse);
    define!(types: CreateWebhookBody, UpdateWebhookBody, CreateWebhookServiceBody);
    define!(types: RegisterWebhookBody, UnregisterWebhookBody);
    define!(types: WebhookList, WebhookEventList, WebhookServiceList, WebhookLogList);
    define!(types: WebhookCustomerList, RegisteredWebhookList);
    define!(types: DeleteWebhookResponse, UnregisterWebhookResponse);
    define!(newtypes: ButtonId, ChatId, EntityId, FileId, MessageId, QuickMessageId, UserId, VendorId);
    define!(newtypes: ButtonType, ChatFilter, ChatOrder, ChatType, Comparison, MessageType, SortOrder);
    define!(newtypes: UploadFileType, HashId, Timestamp);
    define!(newtypes: WebhookEventId, WebhookId, WebhookLogId, WebhookRegistrationId);
    define!(newtypes: WebhookServiceId, WebhookMethod);
    generator.take_definitions(true)
}
