//! Known differences between the derived schemas and the document, each with its reason.

use std::collections::BTreeMap;

/// Differences with the same reason.
struct KnownDifferences {
    reason: &'static str,
    /// As the check reports them.
    differences: &'static [&'static str],
}

const ALL: [KnownDifferences; 8] = [
    KnownDifferences {
        reason: "secrets are never serialized",
        differences: &["BotToken: no type is generated for it"],
    },
    KnownDifferences {
        reason: "errors are decoded into `Error`, and the upload is a form; both are hand-written",
        differences: &[
            "ErrorResponse: no type is generated for it",
            "ErrorProblem: no type is generated for it",
            "UploadFileBody: no type is generated for it",
            "ValidationErrorResponse: no type is generated for it",
            "ValidationLocation: no type is generated for it",
            "ValidationProblem: no type is generated for it",
        ],
    },
    KnownDifferences {
        reason: "ids are integers, and decoding accepts strings of digits as well",
        differences: &[
            "ReceivedFileId: no type is generated for it",
            "ReceivedUserId: no type is generated for it",
            r#"Channel.owner: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Chat.contact_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Contact.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"CurrentUser.id: type: the document has "integer or string", the type "integer""#,
            r#"Group.creator_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"MessageFile.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"RegisteredWebhook.customer_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Sender.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"UnregisterWebhookResponse.customer_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"UploadFileResponse.creator_user_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"UploadFileResponse.id: type: the document has "integer or string", the type "integer""#,
            r#"WebhookCustomer.customer_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"WebhookLog.user_id: type: the document has "integer or null or string", the type "integer or null""#,
        ],
    },
    KnownDifferences {
        reason: "enums are always open, and requests use the same types",
        differences: &[
            "ButtonType: any string: the document has false, the type true",
            "ChatFilter: any string: the document has false, the type true",
            "ChatOrder: any string: the document has false, the type true",
            "ChatType: any string: the document has false, the type true",
            "Comparison: any string: the document has false, the type true",
            "CreateMessageBody.message_type: any string: the document has false, the type true",
            "CreateWebhookBody.request_method: any string: the document has false, the type true",
            "MessageType: any string: the document has false, the type true",
            "NewButton.type: any string: the document has false, the type true",
            "SortOrder: any string: the document has false, the type true",
            "UpdateWebhookBody.request_method: any string: the document has false, the type true",
            "UploadFileType: any string: the document has false, the type true",
            "WebhookMethod: any string: the document has false, the type true",
        ],
    },
    KnownDifferences {
        reason: "optional properties are an `Option`, which accepts null as well",
        differences: &[
            r#"AcceptedResponse.data: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.can_leave: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.is_admin: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.temp_group: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.verified: type: the document has "boolean", the type "boolean or null""#,
            r#"CreateChatResponse.data: type: the document has "object", the type "null or object""#,
            r#"GetChatsResponse.data: type: the document has "object", the type "null or object""#,
            r#"Group.verified: type: the document has "boolean", the type "boolean or null""#,
            r#"Webhook.request_method: type: the document has "string", the type "null or string""#,
        ],
    },
    KnownDifferences {
        reason: "responses keep properties that are not in the document",
        differences: &[
            "AcceptedResponse: additional properties: the document has false, the type true",
            "BotResponse: additional properties: the document has false, the type true",
            "Button: additional properties: the document has false, the type true",
            "Channel: additional properties: the document has false, the type true",
            "Chat: additional properties: the document has false, the type true",
            "ChatBot: additional properties: the document has false, the type true",
            "ChatList: additional properties: the document has false, the type true",
            "CreateChatResponse: additional properties: the document has false, the type true",
            "CreateMessageResponse: additional properties: the document has false, the type true",
            "CurrentUser: additional properties: the document has false, the type true",
            "DeleteWebhookResponse: additional properties: the document has false, the type true",
            "EditMessageResponse: additional properties: the document has false, the type true",
            "GetChatsResponse: additional properties: the document has false, the type true",
            "GetMessagesResponse: additional properties: the document has false, the type true",
            "Group: additional properties: the document has false, the type true",
            "Message: additional properties: the document has false, the type true",
            "MessageList: additional properties: the document has false, the type true",
            "RegisteredWebhook: additional properties: the document has false, the type true",
            "RegisteredWebhookList: additional properties: the document has false, the type true",
            "RepliedMessage: additional properties: the document has false, the type true",
            "UnregisterWebhookResponse: additional properties: the document has false, the type true",
            "UnseenChatCount: additional properties: the document has false, the type true",
            "UploadFileResponse: additional properties: the document has false, the type true",
            "Webhook: additional properties: the document has false, the type true",
            "WebhookCustomer: additional properties: the document has false, the type true",
            "WebhookCustomerList: additional properties: the document has false, the type true",
            "WebhookEvent: additional properties: the document has false, the type true",
            "WebhookEventList: additional properties: the document has false, the type true",
            "WebhookList: additional properties: the document has false, the type true",
            "WebhookLog: additional properties: the document has false, the type true",
            "WebhookLogList: additional properties: the document has false, the type true",
            "WebhookService: additional properties: the document has false, the type true",
            "WebhookServiceList: additional properties: the document has false, the type true",
        ],
    },
    KnownDifferences {
        reason: "secrets of responses hold any value, since those that do not fit are not redacted elsewhere",
        differences: &[
            r#"Webhook.request_headers: type: the document has "null or object", the type "anything""#,
        ],
    },
    KnownDifferences {
        reason: "required nullable properties are an `Option`, which schemars never requires",
        differences: &[
            r#"EditMessageBody: required: the document has {"content", "message_id"}, the type {"message_id"}"#,
        ],
    },
];

/// Returns every known difference, as the check reports it, with its reason.
pub(super) fn all() -> BTreeMap<&'static str, &'static str> {
    ALL.iter()
        .flat_map(|known| known.differences.iter().map(|it| (*it, known.reason)))
        .collect()
}
