//! A test with faults, which the guide shows.

use super::support::shop_on;

// ANCHOR: test
use basalam_chat_emulator::{Emulator, Fault, FaultRule};
use basalam_chat_guide::testing::remind;

#[tokio::test]
async fn reminder_is_not_sent_twice_if_the_response_is_lost() {
    let emulator = Emulator::start().await.unwrap();
    let shop = shop_on(&emulator);
    emulator
        .seed_messages(shop.chat.0, shop.seller.id, ["Which colour?"])
        .unwrap();

    // The service is down, then it stores the reminder and the connection breaks.
    let down = FaultRule::new(Fault::status(503))
        .operation("get_messages")
        .times(2);
    emulator.add_fault(down).unwrap();
    let lost = Fault::disconnect().after_handling();
    let lost = FaultRule::new(lost).operation("create_message").times(1);
    emulator.add_fault(lost).unwrap();

    let error = remind(&shop.client, shop.chat).await.unwrap_err();
    assert!(error.may_have_succeeded());
    assert_eq!(emulator.messages(shop.chat.0).len(), 2);
}
// ANCHOR_END: test
