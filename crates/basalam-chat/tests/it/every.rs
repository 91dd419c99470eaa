//! Every operation of the document, run by its id.

use basalam_chat::messages::MessageEdit;
use basalam_chat::raw::operation::Operation;
use basalam_chat::{ChatId, Client, Error, MessageId, NewFile, UserId, raw};
use basalam_chat_emulator::{Emulator, NewBot};

/// What an operation can be done to: a chat of the seller's, a message of its own in it, and a bot.
pub(crate) struct Things {
    pub(crate) chat: ChatId,
    pub(crate) message: MessageId,
    pub(crate) bot_token: String,
    customer: UserId,
}

impl Things {
    /// Makes new ones, without a request.
    pub(crate) fn make(emulator: &Emulator) -> Things {
        let (seller, customer) = (emulator.seller().id, emulator.add_user("Customer").id);
        let chat = basalam_chat_emulator::SeedChat::private(seller, customer);
        let chat = emulator.seed_chat(chat).unwrap();
        emulator.seed_messages(chat, seller, ["first"]).unwrap();
        let message = emulator.messages(chat)[0].id;
        let bot = emulator.add_bot(NewBot::new("Helper")).unwrap();
        Things {
            chat: ChatId(chat),
            message: MessageId(message),
            bot_token: bot.token().to_owned(),
            customer: UserId(customer),
        }
    }
}

/// Runs an operation, by the facade where it offers it and by the generated client where not.
pub(crate) async fn run(
    operation: &'static Operation,
    client: &Client,
    things: &Things,
) -> Result<(), Error> {
    let Things {
        chat,
        message,
        bot_token,
        customer,
    } = things;
    let bot = client.bot(bot_token)?;
    let token = raw::newtypes::BotToken::new(bot_token.clone()).unwrap();
    let generated = client.raw();
    match operation.id {
        "create_chat" => client.create_chat(*customer).await.map(drop),
        "create_message" => client.create_message(*chat, "second").await.map(drop),
        "delete_chats" => client.delete_chats([*chat]).await.map(drop),
        "delete_message" => client.delete_message([*message]).await.map(drop),
        "edit_message" => {
            let edit = MessageEdit::from("third");
            client.edit_message(*message, edit).await.map(drop)
        }
        "forward_message" => client.forward_message([*message], *chat).await.map(drop),
        "get_chats" => client.get_chats().await.map(drop),
        "get_current_user" => client.get_current_user().await.map(drop),
        "get_messages" => client.get_messages(*chat).await.map(drop),
        "get_unseen_chat_count" => client.get_unseen_chat_count().await.map(drop),
        "upload_file" => {
            let file = NewFile::from_bytes("a.txt", "a text");
            client.upload_file(file).await.map(drop)
        }
        "delete_webhook_delete" => bot.delete_webhook().await.map(drop),
        "get_me_post" => bot.get_me().await.map(drop),
        "get_webhook_info_post" => bot.get_webhook_info().await.map(drop),
        "log_out_post" => bot.log_out().await.map(drop),
        "delete_webhook" => {
            let answer = generated.delete_webhook(&token).await;
            raw::read(client, operation, answer).map(drop)
        }
        "delete_webhook_post" => {
            let answer = generated.delete_webhook_post(&token).await;
            raw::read(client, operation, answer).map(drop)
        }
        "get_me" => {
            let answer = generated.get_me(&token).await;
            raw::read(client, operation, answer).map(drop)
        }
        "get_webhook_info" => {
            let answer = generated.get_webhook_info(&token).await;
            raw::read(client, operation, answer).map(drop)
        }
        "log_out" => {
            let answer = generated.log_out(&token).await;
            raw::read(client, operation, answer).map(drop)
        }
        other => panic!("nothing runs the operation {other}"),
    }
}
