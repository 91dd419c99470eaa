use basalam_chat_emulator::Fault;
use reqwest::redirect::Policy;
use reqwest::{Method, Response};

use crate::support::{BufferedResponse, Service, assert_invalid_argument, messages, text_message};

/// Sends a text that triggers `fault` and returns the response.
async fn send_with_fault(service: &Service, fault: Fault) -> Response {
    let (seller, customer) = service.users();
    let chat = service.create_chat(customer, seller).await;
    service.emulator.fail_next(fault).unwrap();
    let request = service.request(Method::POST, &messages(chat), customer);
    let request = request.json(&text_message("hello"));
    request.send().await.unwrap()
}

#[tokio::test]
async fn override_status_handles_the_request_and_keeps_the_body_if_allowed() {
    let service = Service::start().await;
    let created = send_with_fault(&service, Fault::override_status(201)).await;
    let created = BufferedResponse::read(created).await;
    assert_eq!(created.status, 201);
    assert!(created.json()["data"]["id"].is_number());
    let empty = send_with_fault(&service, Fault::override_status(204)).await;
    let empty = BufferedResponse::read(empty).await;
    assert_eq!((empty.status, empty.text.as_str()), (204, ""));
    assert_eq!(service.emulator.message_count(), 2);
}

#[tokio::test]
async fn redirect_has_location_header() {
    let mut service = Service::start().await;
    let client = reqwest::Client::builder().redirect(Policy::none());
    service.client = client.build().unwrap();
    let fault = Fault::redirect(307, "https://elsewhere.example/");
    let response = send_with_fault(&service, fault).await;
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers()["location"], "https://elsewhere.example/");
    assert_eq!(service.emulator.message_count(), 0);
}

#[tokio::test]
async fn status_fault_sets_body_and_headers() {
    let service = Service::start().await;
    let page = BufferedResponse::read(send_with_fault(&service, Fault::html(502)).await).await;
    assert_eq!((page.status, page.media_type.as_str()), (502, "text/html"));
    assert!(page.text.contains("<h1>"));

    let empty = Fault::status(503).retry_after("soon").body("", "");
    let empty = send_with_fault(&service, empty).await;
    assert_eq!(empty.headers()["retry-after"], "soon");
    assert_eq!(empty.headers().get("content-type"), None);
    assert_eq!(BufferedResponse::read(empty).await.text, "");

    let list = Fault::status(400)
        .header("X-One", "a")
        .header("X-One", "b")
        .body("application/json", r#"[{"message":"no"}]"#);
    let list = send_with_fault(&service, list).await;
    assert_eq!(list.headers().get_all("x-one").iter().count(), 2);
    assert_eq!(
        BufferedResponse::read(list).await.json()[0]["message"],
        "no"
    );
}

#[tokio::test]
async fn response_fields_can_be_missing_or_null() {
    let service = Service::start().await;
    let missing = send_with_fault(&service, Fault::missing_field("sender")).await;
    let missing = BufferedResponse::read(missing).await.ok();
    assert_eq!(missing["data"].get("sender"), None);
    let null = send_with_fault(&service, Fault::null_field("content")).await;
    let null = BufferedResponse::read(null).await.ok();
    assert!(null["data"]["content"].is_null() && null["data"]["sender"].is_object());
}

#[tokio::test]
async fn hang_ends_when_the_client_aborts() {
    let (service, chat) = Service::start_with_chat().await;
    for (fault, stored) in [(Fault::hang(), 0), (Fault::hang().after_handling(), 1)] {
        service.send_and_abort(chat, fault).await;
        assert_eq!(service.emulator.message_count(), stored);
    }
}

#[tokio::test]
async fn rejects_faults_with_invalid_header_or_status() {
    let service = Service::start().await;
    for fault in [
        Fault::status(500).header("no name", "a"),
        Fault::redirect(302, "a\nb"),
        Fault::override_status(101),
    ] {
        assert_invalid_argument(service.emulator.fail_next(fault));
    }
}
