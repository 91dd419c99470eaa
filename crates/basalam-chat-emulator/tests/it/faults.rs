use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use basalam_chat_emulator::{Emulator, Fault, FaultRule};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, Service, messages, text_message};

const FOREVER: Duration = Duration::from_secs(3600);

async fn with_chat() -> (Service, i64) {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    (service, chat)
}

/// A request to send a text.
fn sending(service: &Service, chat: i64) -> RequestBuilder {
    let customer = service.emulator.customer();
    let request = service.request(Method::POST, &messages(chat), customer);
    request.json(&text_message("hello"))
}

async fn status(service: &Service) -> u16 {
    let seller = service.emulator.seller();
    service.get("/v1/users/me", seller).await.status
}

#[tokio::test]
async fn a_status_is_answered_once_and_the_work_is_not_done() {
    let (service, chat) = with_chat().await;
    let fault = Fault::status(429).retry_after("120");
    service.emulator.fail_next(fault).unwrap();
    let response = sending(&service, chat).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "120");
    let answer = Answer::read(response).await;
    assert_eq!(answer.status, 429);
    assert!(answer.json()["message"].is_string());
    assert_eq!(service.emulator.message_count(), 0);
    Answer::of(sending(&service, chat)).await.ok();
}

#[tokio::test]
async fn a_status_without_retry_after_has_no_such_header() {
    let service = Service::start().await;
    service.emulator.fail_next(Fault::status(503)).unwrap();
    let request = service.request(Method::GET, "/v1/chats", service.emulator.seller());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers().get("retry-after"), None);
}

#[tokio::test]
async fn a_status_after_the_work_hides_that_it_was_done() {
    let (service, chat) = with_chat().await;
    let fault = Fault::status(504).after_handling();
    service.emulator.fail_next(fault).unwrap();
    assert_eq!(Answer::of(sending(&service, chat)).await.status, 504);
    assert_eq!(service.emulator.message_count(), 1);
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer_before_or_after_the_work() {
    let (service, chat) = with_chat().await;
    for (fault, stored) in [
        (Fault::disconnect(), 0),
        (Fault::disconnect().after_handling(), 1),
    ] {
        service.emulator.fail_next(fault).unwrap();
        let error = sending(&service, chat).send().await.unwrap_err();
        assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
        assert_eq!(service.emulator.message_count(), stored);
    }
    Answer::of(sending(&service, chat)).await.ok();
}

#[tokio::test]
async fn a_truncated_body_ends_before_what_was_announced() {
    let (service, chat) = with_chat().await;
    service.emulator.fail_next(Fault::truncated_body()).unwrap();
    let mut response = sending(&service, chat).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let announced = response.content_length().unwrap();
    let mut read = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => panic!("the body ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert!(!error.is_timeout(), "{error:?}");
    assert_eq!(read, usize::try_from(announced).unwrap() / 2);
    assert_eq!(service.emulator.message_count(), 1);
}

#[tokio::test]
async fn an_oversized_body_has_the_size_and_is_json() {
    let (service, chat) = with_chat().await;
    for size in [10_000, 65_536 * 3 + 1_000] {
        let fault = Fault::oversized_body(size);
        service.emulator.fail_next(fault).unwrap();
        let response = sending(&service, chat).send().await.unwrap();
        assert_eq!(response.content_length(), None);
        let answer = Answer::read(response).await;
        assert_eq!(answer.text.len(), size);
        assert_eq!(answer.ok()["data"]["chat_id"], json!(chat));
    }
    service
        .emulator
        .fail_next(Fault::oversized_body(1))
        .unwrap();
    Answer::of(sending(&service, chat)).await.ok();
}

#[tokio::test]
async fn invalid_json_and_an_empty_body_come_with_the_right_status() {
    let (service, chat) = with_chat().await;
    service.emulator.fail_next(Fault::invalid_json()).unwrap();
    let answer = Answer::of(sending(&service, chat)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.media_type, "application/json");
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    assert!(serde_json::from_str::<Value>(&format!("{}}}", answer.text)).is_ok());

    service.emulator.fail_next(Fault::empty_body()).unwrap();
    let answer = Answer::of(sending(&service, chat)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(service.emulator.message_count(), 2);
}

#[tokio::test]
async fn answers_can_be_altered_members_and_values_of_tomorrow_included() {
    let (service, chat) = with_chat().await;
    service.emulator.fail_next(Fault::unknown_fields()).unwrap();
    let answer = Answer::of(sending(&service, chat)).await.ok();
    for pointer in ["", "/data", "/data/sender", "/data/content"] {
        let object = answer.pointer(pointer).unwrap();
        assert!(object["emulated_unknown_field"].is_object(), "{pointer}");
    }
    service.emulator.fail_next(Fault::unknown_values()).unwrap();
    let answer = Answer::of(sending(&service, chat)).await.ok();
    assert_eq!(
        answer["data"]["message_type"],
        json!("emulated_unknown_value")
    );

    let fault = Fault::map_body(|answer| answer["data"]["sender"] = json!(null));
    service.emulator.fail_next(fault).unwrap();
    let answer = Answer::of(sending(&service, chat)).await.ok();
    assert_eq!(answer["data"]["sender"], json!(null));
    // What is stored is as it was.
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
async fn a_late_answer_is_right_and_who_gives_up_before_has_done_nothing() {
    let (service, chat) = with_chat().await;
    let fault = Fault::latency(Duration::from_millis(1));
    service.emulator.fail_next(fault).unwrap();
    Answer::of(sending(&service, chat)).await.ok();
    assert_eq!(service.emulator.message_count(), 1);

    let arrived = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&arrived);
    let count = move |_: &Emulator| _ = counter.fetch_add(1, Ordering::SeqCst);
    service
        .emulator
        .on_request("create_message", count)
        .unwrap();
    let faults = [
        (Fault::latency(FOREVER), 1),
        (Fault::status(500).delay(FOREVER), 1),
        (Fault::latency(FOREVER).after_handling(), 2),
    ];
    for (number, (fault, stored)) in faults.into_iter().enumerate() {
        service.emulator.fail_next(fault).unwrap();
        let waiting = tokio::spawn(sending(&service, chat).send());
        while arrived.load(Ordering::SeqCst) == number {
            tokio::task::yield_now().await;
        }
        // One thread answers all, so the fault has begun when this comes back.
        assert_eq!(status(&service).await, 200);
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(service.emulator.message_count(), stored);
    }
}

#[tokio::test]
async fn faults_happen_one_after_the_other_and_rules_in_their_order() {
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
        statuses.push(status(&service).await);
    }
    service.chats(service.emulator.seller(), "").await;
    for _ in 0..2 {
        statuses.push(status(&service).await);
    }
    assert_eq!(statuses, [500, 501, 502, 502, 200]);
}

#[tokio::test]
async fn chance_comes_from_the_source_that_was_passed_in() {
    let service = Service::start().await;
    let mut numbers = [0.9, 0.1, 0.3, 0.2].into_iter().cycle();
    let rule = FaultRule::new(Fault::status(500)).probability(0.3, move || numbers.next().unwrap());
    service.emulator.add_fault(rule).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(status(&service).await);
    }
    assert_eq!(statuses, [200, 500, 200, 500, 200, 500]);
    service.emulator.clear_faults();
    for _ in 0..4 {
        assert_eq!(status(&service).await, 200);
    }
}

#[tokio::test]
async fn written_answers_come_first_and_what_is_no_operation_has_no_faults() {
    let service = Service::start().await;
    let seller = service.emulator.seller();
    service.emulator.fail_next(Fault::status(500)).unwrap();
    service.emulator.queue_response(204, &[], "").unwrap();
    assert_eq!(status(&service).await, 204);
    service.get("/nowhere", seller).await.assert_unknown_route();
    let file = service.get("/files/1/a", seller).await;
    file.assert_unknown_route();
    assert_eq!(status(&service).await, 500);
}

#[tokio::test]
async fn refusals_fail_as_well() {
    let service = Service::start().await;
    let url = format!("{}/v1/users/me", service.emulator.base_url());
    service.emulator.fail_next(Fault::empty_body()).unwrap();
    let answer = Answer::of(service.client.get(url)).await;
    assert_eq!((answer.status, answer.text.as_str()), (401, ""));
}

#[tokio::test]
async fn faults_that_cannot_happen_are_refused() {
    let service = Service::start().await;
    let rule = || FaultRule::new(Fault::empty_body());
    for (rule, words) in [
        (FaultRule::new(Fault::status(99)), "99"),
        (FaultRule::new(Fault::status(101)), "101"),
        (FaultRule::new(Fault::status(1000)), "1000"),
        (
            FaultRule::new(Fault::status(429).retry_after("a\nb")),
            "Retry-After",
        ),
        (rule().operation("get_message"), "get_message"),
        (rule().probability(1.5, || 0.0), "1.5"),
    ] {
        let error = service.emulator.add_fault(rule).unwrap_err();
        assert!(error.is_invalid_argument());
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(service.emulator.fail_next(Fault::status(0)).is_err());
    assert_eq!(status(&service).await, 200);
}
