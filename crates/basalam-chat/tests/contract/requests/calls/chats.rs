//! Calls of chat and user operations.

use basalam_chat::{ChatFilter, ChatId, ChatOrder, HashId, UserId};
use serde_json::json;

use crate::requests::recorder::{Expected, Recorder};

pub(super) async fn make(recorder: &mut Recorder) {
    lists(recorder).await;
    creations(recorder).await;
    let client = recorder.client.clone();
    let body = json!({ "chat_ids": [301, 302] });
    let expected = Expected::new("delete_chats", "with two ids").body(body);
    let call = client.delete_chats([ChatId(301), ChatId(302)]);
    recorder.run(expected, call).await;
    let expected = Expected::new("get_unseen_chat_count", "without parameters");
    recorder.run(expected, client.get_unseen_chat_count()).await;
    let expected = Expected::new("get_current_user", "without parameters");
    recorder.run(expected, client.get_current_user()).await;
}

async fn lists(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let expected = Expected::new("get_chats", "with nothing set");
    recorder.run(expected, client.get_chats()).await;
    let expected = Expected::new("get_chats", "with all set")
        .query("limit", 101)
        .query("order_by", "modified_at")
        .query("filters", "unseen")
        .query("updated_from", "2026-01-01 00:00:01")
        .query("updated_before", "2026-01-02 00:00:02")
        .query("modified_from", "2026-01-03 00:00:03")
        .query("modified_before", "2026-01-04 00:00:04");
    let call = client
        .get_chats()
        .limit(101)
        .order_by(ChatOrder::ModifiedAt)
        .filter(ChatFilter::Unseen)
        .updated_from("2026-01-01 00:00:01")
        .updated_before("2026-01-02 00:00:02")
        .modified_from("2026-01-03 00:00:03")
        .modified_before("2026-01-04 00:00:04");
    recorder.run(expected, call).await;
    for order in ChatOrder::KNOWN {
        let expected = Expected::new("get_chats", format!("by {order}")).query("order_by", order);
        let call = client.get_chats().order_by(order.clone());
        recorder.run(expected, call).await;
    }
    for filter in ChatFilter::KNOWN {
        let expected = Expected::new("get_chats", format!("of {filter}")).query("filters", filter);
        let call = client.get_chats().filter(filter.clone());
        recorder.run(expected, call).await;
    }
}

async fn creations(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let body = json!({ "user_id": 201 });
    let expected = Expected::new("create_chat", "by user id").body(body);
    let call = client.create_chat(UserId(201));
    recorder.run(expected, call).await;
    let expected = Expected::new("create_chat", "with all set")
        .header("X-Creation-Tags", "the tags")
        .header("X-User-Session", "the session")
        .header("X-Client-Info", "the client")
        .body(json!({ "hash_id": "d4kW9" }));
    let call = client
        .create_chat(HashId::from("d4kW9"))
        .creation_tags("the tags")
        .user_session("the session")
        .client_info("the client");
    recorder.run(expected, call).await;
}
