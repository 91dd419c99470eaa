use std::time::Duration;

use basalam_chat::{ChatId, Client, RetryPolicy};
use basalam_chat_emulator::{Emulator, Fault};
use basalam_chat_guide::errors::{NextStep, next_step};

use super::support::{builder, shop_on};

/// Returns the next step after a message that a fault hits.
async fn after(emulator: &Emulator, client: &Client, chat: ChatId, fault: Fault) -> NextStep {
    emulator.fail_next(fault).unwrap();
    let error = client.create_message(chat, "Hello").await.unwrap_err();
    next_step(&error)
}

#[tokio::test]
async fn each_failure_has_a_next_step() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    let once = builder(&emulator, &shop.seller).retry_policy(RetryPolicy::never());
    let once = once.build().unwrap();
    let chat = shop.chat;
    let busy = Fault::status(429).retry_after("7");
    let seven_seconds = NextStep::RetryAfter(Duration::from_secs(7));
    assert_eq!(after(&emulator, &once, chat, busy).await, seven_seconds);
    assert_eq!(
        after(&emulator, &once, chat, Fault::status(503)).await,
        NextStep::Check
    );
    assert_eq!(
        after(&emulator, &once, chat, Fault::disconnect()).await,
        NextStep::Check
    );
    assert_eq!(
        after(&emulator, &once, chat, Fault::status(404)).await,
        NextStep::GiveUp
    );
    assert_eq!(
        after(&emulator, &once, chat, Fault::html(403)).await,
        NextStep::GiveUp
    );

    emulator.revoke_token(shop.seller.token());
    let error = shop.client.get_unseen_chat_count().await.unwrap_err();
    assert_eq!(next_step(&error), NextStep::LogIn);
    let error = shop.client.create_message(chat, "").await.unwrap_err();
    assert_eq!(next_step(&error), NextStep::GiveUp);
}
