use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use basalam_chat_emulator::{Emulator, Fault};
use reqwest::redirect::Policy;
use reqwest::{Method, Response};

use crate::support::{Answer, Service, messages, text_message};

/// Sends a text that gets this fault, and gives what came back.
async fn answer_to_sending(service: &Service, fault: Fault) -> Response {
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    service.emulator.fail_next(fault).unwrap();
    let request = service.request(Method::POST, &messages(chat), customer);
    let request = request.json(&text_message("hello"));
    request.send().await.unwrap()
}

#[tokio::test]
async fn another_status_comes_with_the_work_done_and_its_answer_where_it_may_have_one() {
    let service = Service::start().await;
    let created = answer_to_sending(&service, Fault::override_status(201)).await;
    let created = Answer::read(created).await;
    assert_eq!(created.status, 201);
    assert!(created.json()["data"]["id"].is_number());
    let empty = answer_to_sending(&service, Fault::override_status(204)).await;
    let empty = Answer::read(empty).await;
    assert_eq!((empty.status, empty.text.as_str()), (204, ""));
    assert_eq!(service.emulator.message_count(), 2);
}

#[tokio::test]
async fn a_redirection_names_its_target() {
    let mut service = Service::start().await;
    let client = reqwest::Client::builder().redirect(Policy::none());
    service.client = client.build().unwrap();
    let fault = Fault::redirect(307, "https://elsewhere.example/");
    let response = answer_to_sending(&service, fault).await;
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers()["location"], "https://elsewhere.example/");
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn a_status_comes_with_the_body_and_the_headers_that_were_written() {
    let service = Service::start().await;
    let page = Answer::read(answer_to_sending(&service, Fault::html(502)).await).await;
    assert_eq!((page.status, page.media_type.as_str()), (502, "text/html"));
    assert!(page.text.contains("<h1>"));

    let empty = Fault::status(503).retry_after("soon").body("", "");
    let empty = answer_to_sending(&service, empty).await;
    assert_eq!(empty.headers()["retry-after"], "soon");
    assert_eq!(empty.headers().get("content-type"), None);
    assert_eq!(Answer::read(empty).await.text, "");

    let list = Fault::status(400)
        .header("X-One", "a")
        .header("X-One", "b")
        .body("application/json", r#"[{"message":"no"}]"#);
    let list = answer_to_sending(&service, list).await;
    assert_eq!(list.headers().get_all("x-one").iter().count(), 2);
    assert_eq!(Answer::read(list).await.json()[0]["message"], "no");
}

#[tokio::test]
async fn members_of_an_answer_can_be_left_out_or_null() {
    let service = Service::start().await;
    let missing = answer_to_sending(&service, Fault::missing_field("sender")).await;
    let missing = Answer::read(missing).await.ok();
    assert_eq!(missing["data"].get("sender"), None);
    let null = answer_to_sending(&service, Fault::null_field("content")).await;
    let null = Answer::read(null).await.ok();
    assert!(null["data"]["content"].is_null() && null["data"]["sender"].is_object());
}

#[tokio::test]
async fn a_request_that_is_never_answered_ends_with_the_client_and_does_no_work() {
    let service = Service::start().await;
    let (seller, customer) = (service.emulator.seller(), service.emulator.customer());
    let chat = service.chat(customer, seller).await;
    let arrived = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&arrived);
    let count = move |_: &Emulator| _ = counter.fetch_add(1, Ordering::SeqCst);
    service
        .emulator
        .on_request("create_message", count)
        .unwrap();
    let faults = [(Fault::hang(), 0), (Fault::hang().after_handling(), 1)];
    for (number, (fault, stored)) in faults.into_iter().enumerate() {
        service.emulator.fail_next(fault).unwrap();
        let request = service.request(Method::POST, &messages(chat), customer);
        let waiting = tokio::spawn(request.json(&text_message("hello")).send());
        while arrived.load(Ordering::SeqCst) == number {
            tokio::task::yield_now().await;
        }
        // One thread answers all, so the fault has begun when this comes back.
        service.get("/v1/users/me", seller).await.ok();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(service.emulator.message_count(), stored);
    }
}

#[tokio::test]
async fn headers_that_cannot_be_sent_are_refused() {
    let service = Service::start().await;
    for fault in [
        Fault::status(500).header("no name", "a"),
        Fault::redirect(302, "a\nb"),
        Fault::override_status(101),
    ] {
        assert!(
            service
                .emulator
                .fail_next(fault)
                .unwrap_err()
                .is_invalid_argument()
        );
    }
}
