//! What is sent as one kind of message is read as the same kind.

use basalam_chat::chats::ChatKind;
use basalam_chat::messages::{AttachmentFile, ButtonId, ButtonType, MessageKind, NewButton};
use basalam_chat::{EntityId, FileId, NewMessage, UserId, VendorId};
use basalam_chat_emulator::Emulator;

use super::seller;

const FILE: (FileId, &str) = (FileId(11), "https://example.com/a");
const ID: EntityId = EntityId(21);

#[tokio::test]
async fn every_kind_that_has_a_constructor_comes_back_as_itself() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let partner = UserId(emulator.customer().id);
    let chat = client.create_chat(partner).await.unwrap();
    for (message, expected) in [
        (NewMessage::text("hello"), MessageKind::Text("hello")),
        (NewMessage::product(ID), MessageKind::Product(ID)),
        (
            NewMessage::vendor(VendorId(21)),
            MessageKind::Vendor(VendorId(21)),
        ),
        (NewMessage::review(ID), MessageKind::Review(ID)),
        (NewMessage::order(ID), MessageKind::Order(ID)),
        (NewMessage::factor(ID), MessageKind::Factor(ID)),
        (NewMessage::agreement(ID), MessageKind::Agreement(ID)),
        (NewMessage::coupon(ID), MessageKind::Coupon(ID)),
        (NewMessage::story(ID), MessageKind::Story(ID)),
    ] {
        let sent = client.create_message(chat.id, message).await.unwrap();
        assert_eq!(sent.kind(), expected);
        assert!(!sent.is_seen());
        assert_eq!(sent.sender_id(), Some(UserId(emulator.seller().id)));
    }
    for message in [
        NewMessage::picture(FILE),
        NewMessage::video(FILE),
        NewMessage::voice(FILE),
        NewMessage::file(FILE),
    ] {
        let message_type = message.message_type().clone();
        let message = message.with_file(FILE).with_text("a view");
        let sent = client.create_message(chat.id, message).await.unwrap();
        assert_eq!(sent.message_type, message_type);
        let (MessageKind::Picture { files, caption, .. }
        | MessageKind::Video { files, caption, .. }
        | MessageKind::Voice { files, caption, .. }
        | MessageKind::File { files, caption, .. }) = sent.kind()
        else {
            panic!("a {message_type} came back as {:?}", sent.kind());
        };
        assert_eq!(files.len(), 2);
        assert_eq!(files[1].id, Some(FileId(11)));
        assert_eq!(files[1].url(), Some("https://example.com/a"));
        assert_eq!(caption, Some("a view"));
    }
    let sticker = NewMessage::sticker(AttachmentFile::from(FILE).with_dimensions(64, 48));
    let sent = client.create_message(chat.id, sticker).await.unwrap();
    assert!(matches!(
        sent.kind(),
        MessageKind::Sticker { files, .. } if files[0].height == Some(48)
    ));
}

#[tokio::test]
async fn a_message_that_is_answered_is_read_like_any_other() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let own = UserId(emulator.seller().id);
    let partner = UserId(emulator.customer().id);
    let chat = client.create_chat(partner).await.unwrap();
    let first = NewMessage::product(ID);
    let first = client.create_message(chat.id, first).await.unwrap();
    let buttons = vec![
        NewButton::url(ButtonId(1), "Open", "https://example.com"),
        NewButton::message(ButtonId(2), "Yes"),
        NewButton::callback(ButtonId(3), "Confirm", [("order", 7)]),
    ];
    let second = client
        .create_message(chat.id, "this one?")
        .reply_to(first.id)
        .inline_buttons([buttons])
        .await
        .unwrap();
    let replied = second.replied_message.as_ref().unwrap();
    assert_eq!(replied.kind(), MessageKind::Product(ID));
    assert!(replied.is_from(own));
    let rows = second.content.reply_markup.as_ref().unwrap();
    let types: Vec<&ButtonType> = rows[0].iter().map(|button| &button.type_).collect();
    assert_eq!(types, [&ButtonType::Url, &ButtonType::Msg, &ButtonType::Cb]);
    assert_eq!(rows[0][2].data["order"], 7);

    let chats = client.get_chats().await.unwrap();
    assert!(matches!(
        chats.chats[0].kind(),
        ChatKind::Private { contact: Some(contact), .. } if contact.id == Some(partner)
    ));
    assert!(!chats.chats[0].has_unseen());
}

#[tokio::test]
async fn a_message_that_lacks_what_its_type_shows_is_refused_before_it_is_sent() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let partner = UserId(emulator.customer().id);
    let chat = client.create_chat(partner).await.unwrap();
    let picture = NewMessage::new(basalam_chat::MessageType::Picture);
    let error = client
        .create_message(chat.id, picture.clone())
        .await
        .unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`with_file`"), "{error}");
    assert_eq!(emulator.requests("create_message"), Some(0));
    // A forwarded message may have its content from the one that it was forwarded from.
    let original = NewMessage::picture(FILE);
    let original = client.create_message(chat.id, original).await.unwrap();
    let forwarded = client
        .create_message(chat.id, picture)
        .forward_from(original.id)
        .await
        .unwrap();
    assert_eq!(forwarded.forward_from, Some(original.id));
}
