//! Every operation of the document, run by its id.

use basalam_chat::messages::MessageEdit;
use basalam_chat::raw::operation::Operation;
use basalam_chat::webhooks::{WebhookEventId, WebhookId};
use basalam_chat::{ChatId, Client, Error, MessageId, NewFile, UserId, raw};
use basalam_chat_emulator::{Emulator, NewBot, SeedChat};

/// The resources that operations are run on: a chat of the seller, the seller's message in it, and a bot.
pub(crate) struct Resources {
    pub(crate) chat: ChatId,
    pub(crate) message: MessageId,
    pub(crate) bot_token: String,
    webhook: WebhookId,
    customer: UserId,
}

impl Resources {
    /// Creates new ones without a request.
    pub(crate) fn seed(emulator: &Emulator) -> Resources {
        let (seller, customer) = (emulator.seller().id, emulator.add_user("Customer").id);
        let chat = emulator.seed_chat(SeedChat::private(seller, customer));
        let chat = chat.unwrap();
        emulator.seed_messages(chat, seller, ["first"]).unwrap();
        let message = emulator.messages(chat)[0].id;
        // Those of earlier calls would make the list of webhooks larger and larger.
        for webhook in emulator.webhook_ids(seller) {
            emulator.delete_webhook(webhook);
        }
        // Nothing listens there.
        let webhook = emulator.add_webhook(seller, "http://127.0.0.1:9/").unwrap();
        let bot = emulator.add_bot(NewBot::new("Helper")).unwrap();
        Resources {
            chat: ChatId(chat),
            message: MessageId(message),
            bot_token: bot.token().to_owned(),
            webhook: WebhookId(webhook),
            customer: UserId(customer),
        }
    }
}

/// Runs an operation with the facade if it offers the operation, and with the generated client otherwise.
pub(crate) async fn run(
    operation: &'static Operation,
    client: &Client,
    resources: &Resources,
) -> Result<(), Error> {
    let Resources {
        chat,
        message,
        bot_token,
        webhook,
        customer,
    } = resources;
    let webhooks = client.webhooks();
    let bot = client.bot(bot_token)?;
    let token = raw::newtypes::BotToken::new(bot_token.clone()).unwrap();
    let generated = client.raw();
    macro_rules! generated {
        ($method:ident) => {
            raw::read(client, operation, generated.$method(&token).await).map(drop)
        };
    }
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
        "delete_webhook" => generated!(delete_webhook),
        "delete_webhook_post" => generated!(delete_webhook_post),
        "get_me" => generated!(get_me),
        "get_webhook_info" => generated!(get_webhook_info),
        "log_out" => generated!(log_out),
        "create_webhook" => {
            let events = [WebhookEventId::CHAT_RECEIVED_MESSAGE];
            let request = webhooks.create_webhook("http://127.0.0.1:9/", events);
            request.await.map(drop)
        }
        "create_webhook_service" => {
            let request = webhooks.create_webhook_service("Inbox", "Answers customers");
            request.await.map(drop)
        }
        "delete_webhook_by_id" => webhooks.delete_webhook(*webhook).await.map(drop),
        "get_registered_webhooks" => webhooks.get_registered_webhooks().await.map(drop),
        "get_webhook_customers" => webhooks.get_webhook_customers().await.map(drop),
        "get_webhook_events" => webhooks.get_webhook_events().await.map(drop),
        "get_webhook_logs" => webhooks.get_webhook_logs(*webhook).await.map(drop),
        "get_webhook_services" => webhooks.get_webhook_services().await.map(drop),
        "get_webhooks" => webhooks.get_webhooks().await.map(drop),
        "register_webhook" => webhooks.register_webhook(*webhook).await.map(drop),
        "unregister_webhook" => webhooks.unregister_webhook(*webhook).await.map(drop),
        "update_webhook" => webhooks
            .update_webhook(*webhook)
            .active(true)
            .await
            .map(drop),
        other => panic!("no test code runs the operation {other}"),
    }
}
