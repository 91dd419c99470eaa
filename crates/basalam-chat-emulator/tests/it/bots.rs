use basalam_chat_emulator::{Emulator, NewBot};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Service};

async fn call(service: &Service, verb: Method, token: &str, method: &str) -> Answer {
    let base = service.emulator.base_url();
    let url = format!("{base}/v1/bots/{token}/{method}");
    Answer::of(service.client.request(verb, url)).await
}

fn done(result: Value) -> Value {
    json!({ "ok": true, "result": result })
}

fn assert_unauthorised(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({ "ok": false, "error_code": 401, "description": "Unauthorized" })
    );
}

#[tokio::test]
async fn a_bot_is_there_from_the_start_and_needs_no_access_token() {
    let service = Service::start().await;
    let bot = service.emulator.bot();
    let me = done(json!({ "id": bot.id, "first_name": "Bot", "username": bot.username }));
    for verb in [Method::GET, Method::POST] {
        let answer = call(&service, verb, bot.token(), "getMe").await;
        assert_eq!(answer.ok(), me);
    }
    assert!(bot.token().starts_with(&format!("{}:", bot.id)));
}

#[tokio::test]
async fn a_token_may_be_percent_encoded_and_any_body_is_let_through() {
    let service = Service::start().await;
    let bot = service.emulator.bot();
    let encoded = bot.token().replace(':', "%3A");
    call(&service, Method::GET, &encoded, "getMe").await.ok();
    let base = service.emulator.base_url();
    let url = format!("{base}/v1/bots/{}/getMe", bot.token());
    Answer::of(service.client.post(url).json(&json!([])))
        .await
        .ok();
}

#[tokio::test]
async fn a_webhook_is_told_until_it_is_deleted_by_any_verb() {
    let service = Service::start().await;
    for verb in [Method::GET, Method::POST, Method::DELETE] {
        let new = NewBot::new("Hooked").webhook_url("https://example.com/hook");
        let bot = service.emulator.add_bot(new).unwrap();
        let url = || service.emulator.bot_webhook_url(bot.id);
        assert_eq!(url().as_deref(), Some("https://example.com/hook"));
        for reading in [Method::GET, Method::POST] {
            let info = call(&service, reading, bot.token(), "getWebhookInfo").await;
            assert_eq!(
                info.ok(),
                done(json!({ "url": "https://example.com/hook" }))
            );
        }
        // The second time there is nothing to delete, and no harm in it.
        for _ in 0..2 {
            let answer = call(&service, verb.clone(), bot.token(), "deleteWebhook").await;
            assert_eq!(answer.ok(), done(json!(true)));
            assert_eq!(url(), None);
        }
        let info = call(&service, Method::GET, bot.token(), "getWebhookInfo").await;
        assert_eq!(info.ok(), done(json!({ "url": "" })));
    }
}

#[tokio::test]
async fn after_a_log_out_by_any_verb_the_token_is_refused_everywhere() {
    let service = Service::start().await;
    for verb in [Method::GET, Method::POST] {
        let bot = service.emulator.add_bot(NewBot::new("Leaving")).unwrap();
        let answer = call(&service, verb.clone(), bot.token(), "logOut").await;
        assert_eq!(answer.ok(), done(json!(true)));
        for method in ["logOut", "getMe", "getWebhookInfo", "deleteWebhook"] {
            let answer = call(&service, verb.clone(), bot.token(), method).await;
            assert_unauthorised(&answer);
        }
    }
    let token = service.emulator.bot().token();
    call(&service, Method::GET, token, "getMe").await.ok();
}

#[tokio::test]
async fn a_token_that_is_unknown_is_a_401_and_one_that_is_none_a_violation() {
    let service = Service::start().await;
    let token = service.emulator.bot().token();
    for unknown in ["1:a", &format!("{token}x"), &token[..token.len() - 1]] {
        let answer = call(&service, Method::GET, unknown, "getMe").await;
        assert_unauthorised(&answer);
    }
    for none in ["a", "1:", "1:a%2Fb", service.emulator.seller().token()] {
        let answer = call(&service, Method::GET, none, "getMe").await;
        answer.assert_invalid(json!(["path", "token"]));
    }
}

#[tokio::test]
async fn verbs_and_methods_that_the_document_does_not_have_are_unknown_routes() {
    let service = Service::start().await;
    let token = service.emulator.bot().token();
    for (verb, method) in [
        (Method::DELETE, "getMe"),
        (Method::DELETE, "logOut"),
        (Method::PUT, "deleteWebhook"),
        (Method::POST, "sendMessage"),
        (Method::GET, "getme"),
    ] {
        let answer = call(&service, verb, token, method).await;
        answer.assert_unknown_route();
    }
}

#[tokio::test]
async fn the_first_bot_can_be_chosen_and_a_token_that_is_none_is_refused() {
    let bot = NewBot::new("Support").username("support").token("7:abc");
    let service = Service::with(Emulator::builder().bot(bot)).await;
    let me = call(&service, Method::GET, "7:abc", "getMe").await.ok();
    let expected = json!({ "id": 7, "first_name": "Support", "username": "support" });
    assert_eq!(me, done(expected));

    let bot = NewBot::new("Support").token("abc");
    let error = Emulator::builder().bot(bot).start().await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    let taken = NewBot::new("Other").token("7:other");
    assert!(
        service
            .emulator
            .add_bot(taken)
            .unwrap_err()
            .is_invalid_argument()
    );
}
