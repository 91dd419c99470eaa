//! Lists of ids: split into batches, with an outcome per id.

use basalam_chat::{BatchReport, CallOutcome, ChatId, Error, MessageId};
use basalam_chat_emulator::Emulator;
use basalam_chat_mock::MockServerExt;
use basalam_chat_mock::types::{DeleteChatsBody, DeleteMessageBody, ForwardMessageBody};
use httpmock::{Mock, MockServer};
use serde_json::json;

use super::support::{client, open_chat, seller, without_retries};

fn ids(range: std::ops::RangeInclusive<i64>) -> Vec<MessageId> {
    range.map(MessageId).collect()
}

/// Returns the first id, the last id and the outcome of each call.
fn outcomes<Id: Copy + Into<i64>>(report: &BatchReport<Id>) -> Vec<(i64, i64, CallOutcome)> {
    let calls = report.calls().iter();
    calls
        .map(|call| {
            let (first, last) = (call.ids.first().unwrap(), call.ids.last().unwrap());
            ((*first).into(), (*last).into(), call.outcome)
        })
        .collect()
}

/// Mocks the response to the deletion of these messages.
fn mock_deletion<'a>(
    server: &'a MockServer,
    messages: Vec<MessageId>,
    status: u16,
    body: &str,
) -> Mock<'a> {
    server.delete_message(|when, then| {
        when.body(&DeleteMessageBody::new(messages));
        let then = then.into_inner().status(status);
        then.header("content-type", "application/json").body(body);
    })
}

const ACCEPTED: &str = r#"{"data":true}"#;

#[tokio::test]
async fn sends_30_ids_in_one_call() {
    let server = MockServer::start();
    let mock = mock_deletion(&server, ids(1..=30), 200, ACCEPTED);
    let client = client(&server.base_url(), "token");
    let report = client.delete_message(ids(1..=30)).await.unwrap();
    mock.assert();
    assert_eq!(outcomes(&report), [(1, 30, CallOutcome::Accepted)]);
}

#[tokio::test]
async fn splits_longer_lists_and_preserves_their_order() {
    let server = MockServer::start();
    let first = mock_deletion(&server, ids(46..=75), 200, ACCEPTED);
    let second = mock_deletion(&server, ids(1..=30), 200, ACCEPTED);
    let third = mock_deletion(&server, ids(31..=45), 200, ACCEPTED);
    let client = client(&server.base_url(), "token");
    let messages = ids(46..=75).into_iter().chain(ids(1..=45));
    let report = client.delete_message(messages).await.unwrap();
    let accepted = CallOutcome::Accepted;
    let expected = [(46, 75, accepted), (1, 30, accepted), (31, 45, accepted)];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(report.ids().count(), 75);
    for mock in [first, second, third] {
        mock.assert();
    }
}

/// Returns the error of deleting 75 messages if the second call gets this response.
async fn error_of_second_call(status: u16, body: &str) -> Error {
    let server = MockServer::start();
    let first = mock_deletion(&server, ids(1..=30), 200, ACCEPTED);
    let second = mock_deletion(&server, ids(31..=60), status, body);
    let third = mock_deletion(&server, ids(61..=75), 200, ACCEPTED);
    let client = without_retries(&client(&server.base_url(), "token"));
    let error = client.delete_message(ids(1..=75)).await.unwrap_err();
    first.assert();
    second.assert();
    assert_eq!(third.calls(), 0);
    let report = error.batch::<MessageId>().unwrap();
    let expected = [
        (1, 30, CallOutcome::Accepted),
        (31, 60, CallOutcome::Failed),
        (61, 75, CallOutcome::NotSent),
    ];
    assert_eq!(outcomes(report), expected);
    let not_sent: Vec<MessageId> = report
        .ids_with_outcome(CallOutcome::NotSent)
        .copied()
        .collect();
    assert_eq!(not_sent, ids(61..=75));
    assert!(error.batch::<ChatId>().is_none());
    assert_eq!(error.operation(), Some("delete_message"));
    let shown = error.to_string();
    assert!(
        shown.contains("of 75 ids, 30 were accepted in earlier calls, 30 were in the failed call"),
        "{shown}"
    );
    assert!(shown.contains("15 were not sent"), "{shown}");
    error
}

#[tokio::test]
async fn stops_after_a_failed_call_and_reports_the_outcome_per_id() {
    let error = error_of_second_call(500, "{}").await;
    assert!(error.is_server_error());
    assert!(error.may_have_succeeded());
}

#[tokio::test]
async fn unsuccessful_call_is_an_error() {
    let error = error_of_second_call(200, r#"{"data":false}"#).await;
    assert!(error.is_unsuccessful());
    assert!(!error.may_have_succeeded());
}

#[tokio::test]
async fn single_failed_call_is_reported_without_counts() {
    let server = MockServer::start();
    mock_deletion(&server, ids(7..=7), 403, "{}");
    let client = client(&server.base_url(), "token");
    let error = client.delete_message([MessageId(7)]).await.unwrap_err();
    assert!(error.is_forbidden());
    assert!(!error.to_string().contains("of 1 ids"), "{error}");
    let report = error.batch::<MessageId>().unwrap();
    assert_eq!(outcomes(report), [(7, 7, CallOutcome::Failed)]);
}

#[tokio::test]
async fn sends_duplicated_ids_once() {
    let server = MockServer::start();
    let mock = mock_deletion(&server, vec![MessageId(3), MessageId(1)], 200, ACCEPTED);
    let client = client(&server.base_url(), "token");
    let messages = [3, 1, 3, 3, 1].map(MessageId);
    client.delete_message(messages).await.unwrap();
    mock.assert();
}

#[tokio::test]
async fn forwards_26_messages_per_call_in_ascending_order() {
    let server = MockServer::start();
    let forward = |messages: Vec<MessageId>| {
        server.forward_message(|when, then| {
            let body = ForwardMessageBody::new(vec![ChatId(9)], messages);
            when.user_agent("agent/1").x_client_info("info").body(&body);
            then.into_inner()
                .status(200)
                .json_body(json!({ "data": true }));
        })
    };
    let first = forward(ids(1..=26));
    let second = forward(ids(27..=27));
    let client = client(&server.base_url(), "token");
    let messages = ids(1..=27).into_iter().rev().chain(ids(5..=5));
    let report = client
        .forward_message(messages, ChatId(9))
        .user_agent("agent/1")
        .client_info("info")
        .await
        .unwrap();
    first.assert();
    second.assert();
    let accepted = CallOutcome::Accepted;
    assert_eq!(outcomes(&report), [(1, 26, accepted), (27, 27, accepted)]);
}

#[tokio::test]
async fn deletes_30_chats_per_call() {
    let server = MockServer::start();
    let delete = |range: std::ops::RangeInclusive<i64>| {
        server.delete_chats(|when, then| {
            when.body(&DeleteChatsBody::new(range.map(ChatId).collect()));
            then.into_inner()
                .status(200)
                .json_body(json!({ "data": true }));
        })
    };
    let (first, second) = (delete(1..=30), delete(31..=31));
    let client = client(&server.base_url(), "token");
    let report = client.delete_chats((1..=31).map(ChatId)).await.unwrap();
    first.assert();
    second.assert();
    let accepted = CallOutcome::Accepted;
    assert_eq!(outcomes(&report), [(1, 30, accepted), (31, 31, accepted)]);
}

#[tokio::test]
async fn rejects_empty_lists_before_sending() {
    let server = MockServer::start();
    let mock = server.mock(|_, then| {
        then.status(200).body(ACCEPTED);
    });
    let client = client(&server.base_url(), "token");
    let errors = [
        (client.delete_message([]).await.unwrap_err(), "`messages`"),
        (
            client.forward_message([], ChatId(1)).await.unwrap_err(),
            "`messages`",
        ),
        (client.delete_chats([]).await.unwrap_err(), "`chats`"),
    ];
    for (error, argument) in errors {
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains(argument), "{error}");
        assert!(error.operation().is_some());
    }
    assert_eq!(mock.calls(), 0);
}

#[tokio::test]
async fn forwards_and_deletes_on_an_emulator() {
    let emulator = Emulator::start().await.unwrap();
    let seller = seller(&emulator);
    let chat = open_chat(&seller, &emulator).await;
    let mut sent = Vec::new();
    for number in 1..=31 {
        let text = format!("number {number}");
        sent.push(seller.create_message(chat, text).await.unwrap().id);
    }
    let edited = seller.edit_message(sent[0], "the first").await.unwrap();
    assert_eq!(edited.content.text.as_deref(), Some("the first"));
    let report = seller.delete_message(sent.clone()).await.unwrap();
    assert_eq!(report.calls().len(), 2);
    assert_eq!(emulator.request_count("delete_message"), Some(2));
    let remaining = seller.get_messages(chat).await.unwrap();
    assert!(remaining.items.is_empty());

    let original = seller.create_message(chat, "again").await.unwrap();
    seller.forward_message([original.id], chat).await.unwrap();
    seller.delete_chats([chat]).await.unwrap();
    assert!(seller.get_chats().await.unwrap().items.is_empty());
}
