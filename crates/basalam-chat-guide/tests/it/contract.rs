//! Contract tests, which the guide shows.

use super::support::shop_on;

// ANCHOR: requests
use basalam_chat_emulator::Emulator;
use basalam_chat_guide::testing::remind;

/// The emulator checks each request against the OpenAPI document, and logs what it has refused.
#[tokio::test]
async fn requests_match_the_contract() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    emulator
        .seed_messages(shop.chat.0, shop.seller.id, ["Which colour?"])
        .unwrap();
    remind(&shop.client, shop.chat).await.unwrap();

    let requests = emulator.request_log();
    let operations: Vec<_> = requests
        .iter()
        .filter_map(|it| it.operation.as_deref())
        .collect();
    assert_eq!(
        operations,
        ["get_messages", "get_current_user", "create_message"]
    );
    for request in &requests {
        assert_eq!(request.error, None, "{request}");
    }
}
// ANCHOR_END: requests

// ANCHOR: future
use basalam_chat_emulator::{Fault, FaultRule};

/// The service adds fields, values and message types without notice.
#[tokio::test]
async fn later_versions_of_the_service_are_understood() {
    for change in [Fault::unknown_fields(), Fault::unknown_values()] {
        let emulator = Emulator::start().await.unwrap();
        let shop = shop_on(&emulator);
        emulator
            .seed_messages(shop.chat.0, shop.seller.id, ["Which colour?"])
            .unwrap();
        emulator.add_fault(FaultRule::new(change)).unwrap();
        assert!(remind(&shop.client, shop.chat).await.unwrap().is_some());
    }
}
// ANCHOR_END: future

// ANCHOR: recorded
use basalam_chat::messages::MessageKind;
use basalam_chat::raw::{read_json, types::GetMessagesResponse};

/// A response that was recorded from the service, without private data.
const RECORDED: &str = r#"{"data": {"messages": [{
    "id": "1231237861", "chat_id": 183583802, "message_type": "TEXT_V2", "seen_at": null,
    "created_at": "2026-07-22 10:28:23", "updated_at": "2026-07-22 10:28:23",
    "sender": {"id": 430, "hash_id": "x"}, "content": {"text": "سلام", "links": []}
}]}}"#;

#[test]
fn recorded_response_is_decoded() {
    let response: GetMessagesResponse = read_json(RECORDED.as_bytes()).unwrap();
    let message = &response.data.messages[0];
    assert_eq!(message.id.0, 1_231_237_861);
    // Code that answers texts alone leaves it alone.
    assert!(!matches!(message.kind(), MessageKind::Text(_)));
    assert_eq!(message.message_type.as_str(), "TEXT_V2");
}
// ANCHOR_END: recorded
