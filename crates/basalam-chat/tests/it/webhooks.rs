//! Operations on webhooks.

use basalam_chat::webhooks::{WebhookEventId, WebhookId, WebhookMethod};
use basalam_chat::{Client, UserId};
use basalam_chat_emulator::{Emulator, Fault};
use httpmock::MockServer;
use serde_json::{Value, json};

use super::support::{CANARY, client, customer, seller};

const URL: &str = "http://127.0.0.1:9/webhooks";
const SECRET: &str = "canary-of-the-header-8f2c";

#[tokio::test]
async fn webhooks_are_created_changed_listed_and_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let events = [
        WebhookEventId::CHAT_RECEIVED_MESSAGE,
        WebhookEventId::CHAT_SEND_MESSAGE,
    ];
    let created = webhooks
        .create_webhook(URL, events)
        .method(WebhookMethod::Put)
        .header("Authorization", format!("Bearer {SECRET}"))
        .await
        .unwrap();
    assert_eq!(created.url.as_deref(), Some(URL));
    assert_eq!(created.request_method, Some(WebhookMethod::Put));
    let headers = created.request_headers.as_ref().unwrap().expose_secret();
    assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
    assert_eq!(created.event_ids().collect::<Vec<_>>(), events);

    let changed = webhooks
        .update_webhook(created.id)
        .active(false)
        .await
        .unwrap();
    assert_eq!(changed.is_active, Some(false));
    assert_eq!(changed.request_headers, created.request_headers);

    let listed = webhooks.get_webhooks().events([events[1]]).await.unwrap();
    assert_eq!(listed.items, [changed]);
    assert_eq!(listed.cursor().total_count(), Some(1));
    let none = webhooks
        .get_webhooks()
        .events([WebhookEventId(9)])
        .await
        .unwrap();
    assert!(none.is_empty());

    assert_eq!(
        webhooks.delete_webhook(created.id).await.unwrap().id,
        created.id
    );
    let error = webhooks.delete_webhook(created.id).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_webhook_without_a_service_registers_its_owner_unless_told_otherwise() {
    let emulator = Emulator::start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
    let id = webhooks.create_webhook(URL, events).await.unwrap().id;
    let registered = webhooks.get_registered_webhooks().await.unwrap();
    assert_eq!(registered.len(), 1);
    assert_eq!(registered[0].id, id);

    let service = webhooks
        .create_webhook_service("Inbox", "Answers customers")
        .await
        .unwrap();
    let service = service.id.unwrap();
    webhooks
        .create_webhook(URL, events)
        .service(service)
        .await
        .unwrap();
    assert_eq!(webhooks.get_registered_webhooks().await.unwrap().len(), 1);
    let error = webhooks
        .create_webhook(URL, events)
        .register_me(false)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(422), "{error}");
}

#[tokio::test]
async fn users_register_on_webhooks_of_others() {
    let emulator = Emulator::start().await.unwrap();
    let (seller, customer) = (seller(&emulator).webhooks(), customer(&emulator).webhooks());
    let id = WebhookId(emulator.add_webhook(emulator.seller().id, URL).unwrap());
    let registered = customer.register_webhook(id).await.unwrap();
    let user = UserId(emulator.customer().id);
    assert_eq!(registered.customer_id, Some(user));
    assert!(customer.get_webhook_customers().await.unwrap().is_empty());
    assert_eq!(
        seller
            .get_webhook_customers()
            .webhook(id)
            .await
            .unwrap()
            .len(),
        2
    );
    let ended = seller.unregister_webhook(id).customer(user).await.unwrap();
    assert_eq!(ended.customer_id, Some(user));
    let error = customer.unregister_webhook(id).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(
        customer
            .delete_webhook(id)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn streams_yield_the_items_of_all_pages() {
    let emulator = Emulator::builder().max_page_size(3).start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(WebhookId(
            emulator.add_webhook(emulator.seller().id, URL).unwrap(),
        ));
    }
    let mut stream = webhooks.get_registered_webhooks().per_page(5).stream();
    let mut streamed = Vec::new();
    while let Some(webhook) = stream.try_next().await.unwrap() {
        streamed.push(webhook.id);
    }
    assert_eq!(streamed, ids);
    assert_eq!(emulator.request_count("get_registered_webhooks"), Some(3));
    let mut pages = webhooks.get_webhook_customers().page(2).pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!((page.len(), page.cursor().next_page()), (3, 3));
    assert_eq!(page.cursor().total_pages(), Some(3));
    assert_eq!(pages.try_next().await.unwrap().unwrap().len(), 1);
    assert!(pages.try_next().await.unwrap().is_none());
}

/// Returns a client of a server whose lists of registered users are this response.
async fn client_of_list(response: &Value) -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let body = response.clone();
    server
        .mock_async(|when, then| {
            when.path("/v1/webhooks/customers");
            then.status(200).json_body(body);
        })
        .await;
    let client = client(&server.base_url(), CANARY);
    (server, client)
}

#[tokio::test]
async fn a_service_that_ignores_the_page_number_ends_the_stream() {
    for response in [
        json!({ "data": [{ "id": 1 }, { "id": 2 }] }),
        json!({ "data": [{ "id": 1 }, { "id": 2 }], "total_page": null, "page": 1 }),
        json!({ "data": [{ "id": 1 }, { "id": 2 }], "total_page": 9 }),
        json!({ "data": [{ "id": 1 }, "unreadable", { "id": 2 }] }),
        json!({ "data": ["unreadable", { "customer_id": 7 }], "total_page": 9 }),
    ] {
        let (_server, client) = client_of_list(&response).await;
        let mut stream = client.webhooks().get_webhook_customers().stream();
        let (mut items, mut unreadable) = (0, 0);
        loop {
            match stream.try_next().await {
                Ok(Some(_)) => items += 1,
                Ok(None) => break,
                Err(error) => unreadable += i32::from(error.is_unreadable_item()),
            }
            assert!(items + unreadable <= 3, "{response}");
        }
        let length = response["data"].as_array().unwrap().len();
        assert_eq!(items + unreadable, i32::try_from(length).unwrap());
    }
}

#[tokio::test]
async fn a_list_without_data_is_empty_only_if_its_count_is_zero() {
    for response in [
        json!({ "data": [] }),
        json!({ "data": {} }),
        json!({ "data": null, "result_count": 0 }),
        json!({ "total_count": 0 }),
    ] {
        let (_server, client) = client_of_list(&response).await;
        let page = client.webhooks().get_webhook_customers().await.unwrap();
        assert!(page.is_empty(), "{response}");
    }
    for response in [
        json!({}),
        json!([]),
        json!({ "data": null }),
        json!({ "data": null, "result_count": 3 }),
        json!({ "data": "none" }),
        json!({ "data": 7, "result_count": 0 }),
    ] {
        let (_server, client) = client_of_list(&response).await;
        let error = client.webhooks().get_webhook_customers().await.unwrap_err();
        assert!(error.is_decode(), "{response}: {error}");
        assert_eq!(error.operation(), Some("get_webhook_customers"));
    }
}

#[tokio::test]
async fn an_unreadable_item_does_not_affect_the_others() {
    let data =
        json!([{ "id": 1 }, { "customer_id": 7 }, "text", { "id": "3", "customer_id": "431" }]);
    let (_server, client) = client_of_list(&json!({ "data": data })).await;
    let page = client.webhooks().get_webhook_customers().await.unwrap();
    assert_eq!((page.len(), page.unreadable().len()), (2, 2));
    assert_eq!(page[1].customer_id, Some(UserId(431)));
    assert_eq!(page.unreadable()[1].index(), 2);
}

#[tokio::test]
async fn secret_headers_are_not_shown_by_responses() {
    let emulator = Emulator::start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
    let created = webhooks.create_webhook(URL, events);
    let created = created.header("X-Secret", SECRET).await.unwrap();
    let listed = webhooks.get_webhooks().await.unwrap();
    let updated = webhooks.update_webhook(created.id).active(true).await;
    for webhook in [&created, &listed[0], &updated.unwrap()] {
        let shown = format!("{webhook:?} {webhook:#?}");
        assert!(shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
        // What is stored is complete.
        assert_eq!(json!(webhook)["request_headers"]["x-secret"], SECRET);
    }
    assert!(!format!("{listed:?}").contains(SECRET));
}

#[tokio::test]
async fn headers_and_logs_in_another_form_are_not_shown_either() {
    for headers in [
        json!(format!(r#"{{"Authorization":"Bearer {SECRET}"}}"#)),
        json!([{ "name": "Authorization", "value": SECRET }]),
        json!([SECRET]),
    ] {
        let server = MockServer::start_async().await;
        let webhook = json!({ "data": [{ "id": 5, "request_headers": headers }] });
        let log = json!({ "data": [{ "id": 6, "request": { "headers": headers } }] });
        for (path, body) in [("/v1/webhooks", webhook), ("/v1/webhooks/5/logs", log)] {
            server
                .mock_async(|when, then| {
                    when.path(path);
                    then.status(200).json_body(body);
                })
                .await;
        }
        let client = client(&server.base_url(), CANARY).webhooks();
        let webhooks = client.get_webhooks().await.unwrap();
        let exposed = webhooks[0].request_headers.as_ref().unwrap();
        assert_eq!(*exposed.expose_secret(), headers);
        let logs = client.get_webhook_logs(WebhookId(5)).await.unwrap();
        let shown = format!("{webhooks:?} {logs:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_header_is_sent_once_whatever_the_case_of_its_name() {
    let emulator = Emulator::start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let created = webhooks
        .create_webhook(URL, [WebhookEventId::CHAT_RECEIVED_MESSAGE])
        .header("authorization", "Bearer first")
        .header("Authorization", "Bearer second")
        .await
        .unwrap();
    let headers = created.request_headers.unwrap();
    assert_eq!(
        *headers.expose_secret(),
        json!({ "authorization": "Bearer second" })
    );
}

#[tokio::test]
async fn secret_headers_are_shown_neither_by_requests_nor_by_errors() {
    let emulator = Emulator::start().await.unwrap();
    let webhooks = seller(&emulator).webhooks();
    let value = format!("Bearer {SECRET}");
    let create = || {
        let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
        webhooks
            .create_webhook(URL, events)
            .header("Authorization", value.as_str())
    };
    let update = || {
        webhooks
            .update_webhook(WebhookId(1))
            .header("X-Secret", SECRET)
    };
    for shown in [format!("{:?}", create()), format!("{:?}", update())] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
    for echo in [
        format!(
            r#"{{"detail":[{{"loc":["body"],"msg":"no {SECRET}","type":"x","input":"{value}"}}]}}"#
        ),
        format!(r#"{{"message":"{{\"Authorization\":\"{value}\"}}"}}"#),
        format!("the header {SECRET} is wrong"),
    ] {
        for status in [200, 422, 500] {
            let fault = Fault::status(status).body("application/json", echo.clone());
            emulator.fail_next(fault.clone()).unwrap();
            let created = create().await.unwrap_err();
            emulator.clear_faults();
            emulator.queue_response(status, &[], echo.clone()).unwrap();
            let request = update().options(super::support::no_retries());
            let updated = request.await.unwrap_err();
            for error in [created, updated] {
                let shown = format!("{error} {error:?} {:?}", error.body());
                assert!(!shown.contains(SECRET), "{status}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_webhook_with_events_of_another_form_is_readable() {
    let server = MockServer::start_async().await;
    let events = json!([{ "name": "without an id" }]);
    let body = json!({ "data": [{ "id": 5, "events": events, "request_headers": [] }] });
    server
        .mock_async(|when, then| {
            when.path("/v1/webhooks");
            then.status(200).json_body(body);
        })
        .await;
    let client = client(&server.base_url(), CANARY);
    let page = client.webhooks().get_webhooks().await.unwrap();
    assert_eq!(page[0].id, WebhookId(5));
    assert_eq!(json!(page[0].events), events);
    assert_eq!(page[0].event_ids().count(), 0);
}
