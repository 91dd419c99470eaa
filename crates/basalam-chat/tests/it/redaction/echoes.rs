//! Responses that repeat parts of the request.

use basalam_chat::{ChatId, Client, PersonalToken};
use basalam_chat_emulator::{Emulator, Fault, NewUser};

use super::{Output, TOKEN, client, emulator};

/// A client with this token and its emulator.
struct Setup(Emulator, Client);

impl Setup {
    async fn start(token: &str) -> Setup {
        let emulator = Emulator::builder().seller(NewUser::new("Seller").token(token));
        let emulator = emulator.start().await.unwrap();
        let client = client(&emulator, PersonalToken::new(token).into());
        Setup(emulator, client)
    }

    /// Runs a request whose response has this status and body, and returns what the error shows in `Display`
    /// and `Debug`, and its body.
    async fn shown_and_body(&self, status: u16, body: &str) -> (String, String) {
        let Setup(emulator, client) = self;
        emulator.queue_response(status, &[], body).unwrap();
        let error = client.create_message(ChatId(1), "hello").await.unwrap_err();
        let output = Output::default();
        output.debug(&error);
        output.push(&format!(
            "{error} {:?} {:?}",
            error.messages(),
            error.validation()
        ));
        (output.text(), error.body().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn token_is_redacted_in_every_spelling() {
    let token = "canary/8f2c+of=mine";
    let setup = Setup::start(token).await;
    for spelling in [
        token,
        r"canary\/8f2c+of\u003dmine",
        "canary%2F8f2c%2bof=mine",
        "canary%252f8f2c%252Bof%253Dmine",
        "canary&#x2F;8f2c&#43;of&equals;mine",
        "\\u0063anary/8f2c+of=mine",
    ] {
        for body in [
            format!("the token {spelling} is expired"),
            format!(r#"{{"message":"the token {spelling} is expired"}}"#),
            format!(r#"{{"detail":[{{"loc":["body"],"msg":"no {spelling}","type":"x"}}]}}"#),
        ] {
            for status in [200, 401, 500] {
                let (shown, body) = setup.shown_and_body(status, &body).await;
                for text in [shown, body] {
                    assert!(!text.contains("8f2c"), "{spelling} {status}: {text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn short_token_is_redacted() {
    for token in ["x7", "seven77", "a.b"] {
        let setup = Setup::start(token).await;
        let body = format!(r#"{{"message":"the token {token} (\"{token}\") is expired"}}"#);
        for status in [200, 401] {
            let (shown, body) = setup.shown_and_body(status, &body).await;
            assert!(
                !shown.contains(token) && !body.contains(token),
                "{shown} {body}"
            );
        }
    }
}

#[tokio::test]
async fn each_request_redacts_its_bot_token_however_many_there_are() {
    let emulator = emulator().await;
    let client = client(&emulator, PersonalToken::new(TOKEN).into());
    let mut errors = Vec::new();
    for number in 0..500 {
        let token = format!("{number}:canary-{number}-8f2c-of-a-bot");
        let fault = Fault::redirect(308, format!("/elsewhere/{token}/getMe"));
        emulator.fail_next(fault).unwrap();
        errors.push(client.bot(token).unwrap().get_me().await.unwrap_err());
    }
    for error in errors {
        let shown = format!("{error} {error:?}");
        assert!(
            error.is_redirect() && shown.contains("[redacted]"),
            "{shown}"
        );
        assert!(!shown.contains("8f2c"), "{shown}");
    }
}

#[tokio::test]
async fn only_the_error_messages_of_a_response_are_shown() {
    let setup = Setup::start(TOKEN).await;
    let key = r#"{"detail":[{"loc":["body","message_metadata","private"],"msg":"no","type":"x"}]}"#;
    for (status, body) in [
        (500, "hello private"),
        (500, r#""hello private""#),
        (
            400,
            r#"{"content":{"text":"private"},"message_metadata":{"private":1}}"#,
        ),
        (400, r#"{"message":{"text":"private"}}"#),
        (
            422,
            r#"{"detail":[{"input":"private","ctx":{"private":1}}]}"#,
        ),
        (422, key),
        (
            200,
            r#"{"data":{"content":{"metadata":{"private":{}}},"private":[]}}"#,
        ),
        (200, r#"{"data":{"private":"private"#),
        (200, "private"),
    ] {
        let (shown, kept) = setup.shown_and_body(status, body).await;
        assert!(!shown.contains("private"), "{body}: {shown}");
        assert!(kept.contains("private"), "{body}: {kept}");
    }
}
