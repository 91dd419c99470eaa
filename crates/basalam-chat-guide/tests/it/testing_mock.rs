//! A test with mocks, which the guide shows.

// ANCHOR: test
use basalam_chat::{ChatId, Client, MessageId, PersonalToken, serde_json};
use basalam_chat_guide::testing::remind;
use basalam_chat_mock::types::CurrentUser;
use basalam_chat_mock::{MessageFixture, MockServerExt, messages_response, sent_response};
use httpmock::MockServer;

#[tokio::test]
async fn customer_is_reminded() {
    let server = MockServer::start_async().await;
    let me: CurrentUser = serde_json::from_str(r#"{"id": 430}"#).unwrap();
    server.get_current_user(|_when, then| {
        then.ok(&me);
    });
    let question = MessageFixture::text("Which colour?")
        .id(71)
        .sender(430, "Shop");
    server.get_messages(|when, then| {
        when.chat_id(&ChatId(9));
        then.ok(&messages_response([question]));
    });
    let reminder = server.create_message(|when, then| {
        when.chat_id(&ChatId(9));
        then.ok(&sent_response(MessageFixture::text("…").id(72)));
    });

    let client = Client::builder(PersonalToken::new("any-token"))
        .base_url(server.base_url())
        .build()
        .unwrap();
    assert_eq!(
        remind(&client, ChatId(9)).await.unwrap(),
        Some(MessageId(72))
    );
    reminder.assert();
}
// ANCHOR_END: test
