//! What the derived schemas are known to say otherwise, each with its reason.

use std::collections::BTreeMap;

/// Differences that have one reason.
struct Losses {
    reason: &'static str,
    /// As the check words them.
    differences: &'static [&'static str],
}

const ALL: [Losses; 6] = [
    Losses {
        reason: "a secret is never written as JSON",
        differences: &["BotToken: no type is made for it"],
    },
    Losses {
        reason: "errors are read into `Error`, and the upload is a form; both by hand",
        differences: &[
            "ErrorResponse: no type is made for it",
            "ErrorProblem: no type is made for it",
            "UploadFileBody: no type is made for it",
            "ValidationErrorResponse: no type is made for it",
            "ValidationLocation: no type is made for it",
            "ValidationProblem: no type is made for it",
        ],
    },
    Losses {
        reason: "an id is a number, and reading it takes a text of digits as well",
        differences: &[
            "ReceivedFileId: no type is made for it",
            "ReceivedUserId: no type is made for it",
            r#"Channel.owner: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Chat.contact_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Contact.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"CurrentUser.id: type: the document has "integer or string", the type "integer""#,
            r#"Group.creator_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"MessageFile.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"Sender.id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"UploadFileResponse.creator_user_id: type: the document has "integer or null or string", the type "integer or null""#,
            r#"UploadFileResponse.id: type: the document has "integer or string", the type "integer""#,
        ],
    },
    Losses {
        reason: "vocabularies are never closed, and those of requests are the same types",
        differences: &[
            "ButtonType: any text: the document has false, the type true",
            "ChatFilter: any text: the document has false, the type true",
            "ChatOrder: any text: the document has false, the type true",
            "ChatType: any text: the document has false, the type true",
            "Comparison: any text: the document has false, the type true",
            "CreateMessageBody.message_type: any text: the document has false, the type true",
            "MessageType: any text: the document has false, the type true",
            "NewButton.type: any text: the document has false, the type true",
            "SortOrder: any text: the document has false, the type true",
            "UploadFileType: any text: the document has false, the type true",
        ],
    },
    Losses {
        reason: "what may be left out is an `Option`, which takes null as well",
        differences: &[
            r#"Channel.can_leave: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.is_admin: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.temp_group: type: the document has "boolean", the type "boolean or null""#,
            r#"Channel.verified: type: the document has "boolean", the type "boolean or null""#,
            r#"CreateChatResponse.data: type: the document has "object", the type "null or object""#,
            r#"GetChatsResponse.data: type: the document has "object", the type "null or object""#,
            r#"Group.verified: type: the document has "boolean", the type "boolean or null""#,
        ],
    },
    Losses {
        reason: "what must be there and may be null is an `Option`, which schemars never requires",
        differences: &[
            r#"EditMessageBody: required: the document has {"content", "message_id"}, the type {"message_id"}"#,
        ],
    },
];

/// Every known loss, as the check words it, with its reason.
pub(super) fn all() -> BTreeMap<&'static str, &'static str> {
    ALL.iter()
        .flat_map(|losses| losses.differences.iter().map(|it| (*it, losses.reason)))
        .collect()
}
