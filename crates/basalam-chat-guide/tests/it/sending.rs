use basalam_chat::{ChatId, EntityId, MessageId, NewFile};
use basalam_chat_emulator::SeedChat;
use basalam_chat_guide::sending::{buttons, change, future_type, kinds};

use super::support::{shared, shop};

#[tokio::test]
async fn every_kind_of_message_is_accepted() {
    let shop = shop();
    let file = NewFile::from_bytes("parcel.png", "a picture");
    let file = shop.client.upload_picture(file).await.unwrap();
    let sent = kinds::send_all(&shop.client, shop.chat, &file)
        .await
        .unwrap();
    let stored = shared().messages(shop.chat.0);
    let mut types: Vec<_> = stored.iter().map(|it| it.message_type.as_str()).collect();
    types.dedup();
    assert_eq!((stored.len(), types.len()), (sent, sent));
}

#[tokio::test]
async fn offer_has_buttons_and_metadata() {
    let shop = shop();
    let question = shop.receive(shared(), &["Is it in stock?"])[0];
    buttons::offer(&shop.client, shop.chat, MessageId(question))
        .await
        .unwrap();
    let offer = shared().messages(shop.chat.0).pop().unwrap();
    assert_eq!(offer.replied_message_id, Some(question));
    assert_eq!(offer.content["reply_markup"][0][1]["label"], "می‌خرم");
    assert_eq!(offer.content["metadata"]["ticket"], 7);
}

#[tokio::test]
async fn message_is_corrected_forwarded_and_deleted() {
    let shop = shop();
    let sent = shop
        .client
        .create_message(shop.chat, "It arrives today.")
        .await
        .unwrap();
    let other = SeedChat::private(shop.seller.id, shared().add_user("Reza").id);
    let other = shared().seed_chat(other).unwrap();
    change::correct_and_move(&shop.client, sent.id, ChatId(other))
        .await
        .unwrap();
    assert!(shared().messages(shop.chat.0).is_empty());
    let forwarded = shared().messages(other);
    assert_eq!(forwarded[0].text(), Some("It arrives tomorrow."));
}

#[tokio::test]
async fn type_of_tomorrow_is_sent_as_it_is() {
    let shop = shop();
    // The emulator follows the document, which does not have the type yet, and names the field.
    let error = future_type::send_auction(&shop.client, shop.chat, EntityId(9)).await;
    let error = error.unwrap_err();
    assert!(error.is_validation());
    assert_eq!(error.validation()[0].location, ["body", "message_type"]);
}
