//! Each kind of message is read back as the kind that was sent.

use basalam_chat::chats::ChatKind;
use basalam_chat::messages::{AttachmentFile, ButtonId, ButtonType, MessageKind, NewButton};
use basalam_chat::{EntityId, FileId, NewMessage, UserId, VendorId};
use basalam_chat_emulator::Emulator;

use super::support::{customer_id, open_chat, seller};

const FILE: (FileId, &str) = (FileId(11), "https://example.com/a");
const ID: EntityId = EntityId(21);

#[tokio::test]
async fn every_kind_with_a_constructor_roundtrips() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
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
        let sent = client.create_message(chat, message).await.unwrap();
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
        let sent = client.create_message(chat, message).await.unwrap();
        assert_eq!(sent.message_type, message_type);
        let (MessageKind::Picture { files, caption, .. }
        | MessageKind::Video { files, caption, .. }
        | MessageKind::Voice { files, caption, .. }
        | MessageKind::File { files, caption, .. }) = sent.kind()
        else {
            panic!("a {message_type} was read as {:?}", sent.kind());
        };
        assert_eq!(files.len(), 2);
        assert_eq!(files[1].id, Some(FileId(11)));
        assert_eq!(files[1].url(), Some("https://example.com/a"));
        assert_eq!(caption, Some("a view"));
    }
    let sticker = NewMessage::sticker(AttachmentFile::from(FILE).with_dimensions(64, 48));
    let sent = client.create_message(chat, sticker).await.unwrap();
    assert!(matches!(
        sent.kind(),
        MessageKind::Sticker { files, .. } if files[0].height == Some(48)
    ));
}

#[tokio::test]
async fn replies_and_buttons_roundtrip() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let own = UserId(emulator.seller().id);
    let chat = open_chat(&client, &emulator).await;
    let first = NewMessage::product(ID);
    let first = client.create_message(chat, first).await.unwrap();
    let buttons = vec![
        NewButton::url(ButtonId(1), "Open", "https://example.com"),
        NewButton::message(ButtonId(2), "Yes"),
        NewButton::callback(ButtonId(3), "Confirm", [("order", 7)]),
    ];
    let second = client
        .create_message(chat, "this one?")
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
        chats.items[0].kind(),
        ChatKind::Private { contact: Some(contact), .. } if contact.id == Some(customer_id(&emulator))
    ));
    assert!(!chats.items[0].has_unseen());
}

#[tokio::test]
async fn rejects_picture_without_file_before_sending() {
    let emulator = Emulator::start().await.unwrap();
    let client = seller(&emulator);
    let chat = open_chat(&client, &emulator).await;
    let picture = NewMessage::new(basalam_chat::MessageType::Picture);
    let error = client
        .create_message(chat, picture.clone())
        .await
        .unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`with_file`"), "{error}");
    assert_eq!(emulator.request_count("create_message"), Some(0));
    // A forwarded message can take its content from the original.
    let original = NewMessage::picture(FILE);
    let original = client.create_message(chat, original).await.unwrap();
    let forwarded = client
        .create_message(chat, picture)
        .forward_from(original.id)
        .await
        .unwrap();
    assert_eq!(forwarded.forward_from, Some(original.id));
}
