use std::time::Duration;

use basalam_chat_emulator::{Fault, FaultRule};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{BufferedResponse, Service, assert_invalid_argument, messages, text_message};

const HOUR: Duration = Duration::from_secs(3600);

/// Builds a request that sends a text.
fn send_request(service: &Service, chat: i64) -> RequestBuilder {
    let customer = service.emulator.customer();
    let request = service.request(Method::POST, &messages(chat), customer);
    request.json(&text_message("hello"))
}

#[tokio::test]
async fn status_fault_is_sent_once_without_handling_the_request() {
    let (service, chat) = Service::start_with_chat().await;
    let fault = Fault::status(429).retry_after("120");
    service.emulator.fail_next(fault).unwrap();
    let response = send_request(&service, chat).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "120");
    let response = BufferedResponse::read(response).await;
    assert_eq!(response.status, 429);
    assert!(response.json()["message"].is_string());
    assert_eq!(service.emulator.message_count(), 0);
    BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
}

#[tokio::test]
async fn status_fault_without_retry_after_has_no_retry_after_header() {
    let service = Service::start().await;
    service.emulator.fail_next(Fault::status(503)).unwrap();
    let request = service.request(Method::GET, "/v1/chats", service.emulator.seller());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers().get("retry-after"), None);
}

#[tokio::test]
async fn status_fault_after_handling_stores_the_message() {
    let (service, chat) = Service::start_with_chat().await;
    let fault = Fault::status(504).after_handling();
    service.emulator.fail_next(fault).unwrap();
    assert_eq!(
        BufferedResponse::send(send_request(&service, chat))
            .await
            .status,
        504
    );
    assert_eq!(service.emulator.message_count(), 1);
}

#[tokio::test]
async fn disconnect_sends_no_response_before_or_after_handling() {
    let (service, chat) = Service::start_with_chat().await;
    for (fault, stored) in [
        (Fault::disconnect(), 0),
        (Fault::disconnect().after_handling(), 1),
    ] {
        service.emulator.fail_next(fault).unwrap();
        let error = send_request(&service, chat).send().await.unwrap_err();
        assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
        assert_eq!(service.emulator.message_count(), stored);
    }
    BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
}

#[tokio::test]
async fn truncated_body_is_shorter_than_content_length() {
    let (service, chat) = Service::start_with_chat().await;
    service.emulator.fail_next(Fault::truncated_body()).unwrap();
    let mut response = send_request(&service, chat).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let content_length = response.content_length().unwrap();
    let mut read = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => panic!("the truncated body ended without an error"),
            Err(error) => break error,
        }
    };
    assert!(!error.is_timeout(), "{error:?}");
    assert_eq!(read, usize::try_from(content_length).unwrap() / 2);
    assert_eq!(service.emulator.message_count(), 1);
}

#[tokio::test]
async fn oversized_body_is_json_of_the_requested_size() {
    let (service, chat) = Service::start_with_chat().await;
    for size in [10_000, 65_536 * 3 + 1_000] {
        let fault = Fault::oversized_body(size);
        service.emulator.fail_next(fault).unwrap();
        let response = send_request(&service, chat).send().await.unwrap();
        assert_eq!(response.content_length(), None);
        let response = BufferedResponse::read(response).await;
        assert_eq!(response.text.len(), size);
        assert_eq!(response.ok()["data"]["chat_id"], json!(chat));
    }
    service
        .emulator
        .fail_next(Fault::oversized_body(1))
        .unwrap();
    BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
}

#[tokio::test]
async fn invalid_json_and_empty_body_keep_status_200() {
    let (service, chat) = Service::start_with_chat().await;
    service.emulator.fail_next(Fault::invalid_json()).unwrap();
    let response = BufferedResponse::send(send_request(&service, chat)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.media_type, "application/json");
    assert!(serde_json::from_str::<Value>(&response.text).is_err());
    assert!(serde_json::from_str::<Value>(&format!("{}}}", response.text)).is_ok());

    service.emulator.fail_next(Fault::empty_body()).unwrap();
    let response = BufferedResponse::send(send_request(&service, chat)).await;
    assert_eq!((response.status, response.text.as_str()), (200, ""));
    assert_eq!(service.emulator.message_count(), 2);
}

#[tokio::test]
async fn responses_can_have_unknown_fields_unknown_values_and_mapped_bodies() {
    let (service, chat) = Service::start_with_chat().await;
    service.emulator.fail_next(Fault::unknown_fields()).unwrap();
    let response = BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
    for pointer in ["", "/data", "/data/sender", "/data/content"] {
        let object = response.pointer(pointer).unwrap();
        assert!(object["emulated_unknown_field"].is_object(), "{pointer}");
    }
    service.emulator.fail_next(Fault::unknown_values()).unwrap();
    let response = BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
    assert_eq!(
        response["data"]["message_type"],
        json!("emulated_unknown_value")
    );

    let fault = Fault::map_body(|body| body["data"]["sender"] = json!(null));
    service.emulator.fail_next(fault).unwrap();
    let response = BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
    assert_eq!(response["data"]["sender"], json!(null));
    // Faults do not change stored messages.
    let listed = service
        .get(&messages(chat), service.emulator.seller())
        .await
        .ok();
    for message in listed["data"]["messages"].as_array().unwrap() {
        assert_eq!(message["message_type"], json!("text"));
        assert!(message["sender"]["id"].is_i64());
    }
}

#[tokio::test]
async fn latency_delays_the_response_and_the_request_can_be_aborted() {
    let (service, chat) = Service::start_with_chat().await;
    let fault = Fault::latency(Duration::from_millis(1));
    service.emulator.fail_next(fault).unwrap();
    BufferedResponse::send(send_request(&service, chat))
        .await
        .ok();
    assert_eq!(service.emulator.message_count(), 1);

    for (fault, stored) in [
        (Fault::latency(HOUR), 1),
        (Fault::status(500).delay(HOUR), 1),
        (Fault::latency(HOUR).after_handling(), 2),
    ] {
        service.send_and_abort(chat, fault).await;
        assert_eq!(service.emulator.message_count(), stored);
    }
}

#[tokio::test]
async fn faults_and_rules_apply_in_order() {
    let service = Service::start().await;
    let fail = |status| service.emulator.fail_next(Fault::status(status)).unwrap();
    fail(500);
    fail(501);
    let rule = FaultRule::new(Fault::status(502))
        .operation("get_current_user")
        .times(2);
    service.emulator.add_fault(rule).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(service.current_user_status().await);
    }
    service.chats(service.emulator.seller(), "").await;
    for _ in 0..2 {
        statuses.push(service.current_user_status().await);
    }
    assert_eq!(statuses, [500, 501, 502, 502, 200]);
}

#[tokio::test]
async fn probability_uses_the_supplied_random_source() {
    let service = Service::start().await;
    let mut values = [0.9, 0.1, 0.3, 0.2].into_iter().cycle();
    let rule = FaultRule::new(Fault::status(500)).probability(0.3, move || values.next().unwrap());
    service.emulator.add_fault(rule).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(service.current_user_status().await);
    }
    assert_eq!(statuses, [200, 500, 200, 500, 200, 500]);
    service.emulator.clear_faults();
    for _ in 0..4 {
        assert_eq!(service.current_user_status().await, 200);
    }
}

#[tokio::test]
async fn queued_responses_precede_faults_and_unknown_routes_have_no_faults() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    service.emulator.fail_next(Fault::status(500)).unwrap();
    service.emulator.queue_response(204, &[], "").unwrap();
    assert_eq!(service.current_user_status().await, 204);
    service.get("/nowhere", seller).await.assert_unknown_route();
    let file = service.get("/files/1/a", seller).await;
    file.assert_unknown_route();
    assert_eq!(service.current_user_status().await, 500);
}

#[tokio::test]
async fn faults_apply_to_error_responses() {
    let service = Service::start().await;
    let url = format!("{}/v1/users/me", service.emulator.base_url());
    service.emulator.fail_next(Fault::empty_body()).unwrap();
    let response = BufferedResponse::send(service.client.get(url)).await;
    assert_eq!((response.status, response.text.as_str()), (401, ""));
}

#[tokio::test]
async fn rejects_invalid_faults() {
    let service = Service::start().await;
    let rule = || FaultRule::new(Fault::empty_body());
    for (rule, expected) in [
        (FaultRule::new(Fault::status(99)), "99"),
        (FaultRule::new(Fault::status(101)), "101"),
        (FaultRule::new(Fault::status(1000)), "1000"),
        (
            FaultRule::new(Fault::status(429).retry_after("a\nb")),
            "Retry-After",
        ),
        (
            FaultRule::new(Fault::status(503).header("Content-Length", "5")),
            "Content-Length",
        ),
        (rule().operation("get_message"), "get_message"),
        (rule().probability(1.5, || 0.0), "1.5"),
    ] {
        let message = assert_invalid_argument(service.emulator.add_fault(rule));
        assert!(message.contains(expected), "{message}");
    }
    assert!(service.emulator.fail_next(Fault::status(0)).is_err());
    assert_eq!(service.current_user_status().await, 200);
}
