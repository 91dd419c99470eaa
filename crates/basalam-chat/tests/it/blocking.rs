//! The blocking client, inside and outside of a runtime.

use std::io::{BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use basalam_chat::messages::{Delivery, Message};
use basalam_chat::{
    ChatFilter, ChatId, Client, Error, FileId, MessageId, NewFile, PersonalToken, SortOrder,
    blocking,
};
use basalam_chat_emulator::{Emulator, User};

use serde_json::json;

use super::support::http_server::{read_head, respond};
use super::support::{self, CANARY, customer_id, listen, no_retries};

fn client(base_url: &str, token: &str) -> blocking::Client {
    Client::builder(PersonalToken::new(token))
        .base_url(base_url)
        .build_blocking()
        .unwrap()
}

fn client_of(emulator: &Emulator, user: &User) -> blocking::Client {
    client(emulator.base_url(), user.token())
}

/// Starts an emulator and opens the chat between its seller and its customer as the seller.
fn start() -> (Emulator, blocking::Client, ChatId) {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let chat = seller.create_chat(customer_id(&emulator)).send().unwrap();
    (emulator, seller, chat.id)
}

fn ids_of(messages: impl Iterator<Item = Result<Message, Error>>) -> Vec<MessageId> {
    messages.map(|message| message.unwrap().id).collect()
}

/// Runs every operation of the blocking client against an emulator.
fn run_all_operations() {
    let (emulator, seller, chat) = start();
    let customer = client_of(&emulator, emulator.customer());

    let ids: Vec<MessageId> = (1..=7)
        .map(|number| {
            let text = format!("number {number}");
            let sent = seller.create_message(chat, text).temp_id(number);
            let sent = sent.send().unwrap();
            assert_eq!(sent.temp_id, Some(number));
            sent.id
        })
        .collect();
    let page = customer.get_messages(chat).before(ids[6]).limit(2);
    let page = page.send().unwrap();
    let read: Vec<MessageId> = page.into_iter().map(|message| message.id).collect();
    assert_eq!(read, [ids[5], ids[4]]);

    let history = customer.get_messages(chat).order(SortOrder::Asc);
    assert_eq!(ids_of(history.clone().limit(3).iter()), ids);
    let pages: Vec<usize> = history
        .limit(3)
        .read_ahead(false)
        .pages()
        .map(|page| page.unwrap().items.len())
        .collect();
    assert_eq!(pages, [3, 3, 1]);

    let unseen = customer.get_chats().filter(ChatFilter::Unseen);
    assert_eq!(unseen.send().unwrap().items.len(), 1);
    let chats: Vec<ChatId> = seller
        .get_chats()
        .iter()
        .map(|chat| chat.unwrap().id)
        .collect();
    assert_eq!(chats, [chat]);
    assert_eq!(seller.get_chats().pages().count(), 1);

    let count = customer.get_unseen_chat_count().send().unwrap();
    assert_eq!(count.count, 1);
    let edited = seller.edit_message(ids[0], "number one").send().unwrap();
    assert!(seller.is_mine(&edited).unwrap());
    assert!(!customer.is_mine(&edited).unwrap());
    let user = customer.get_current_user().send().unwrap();
    assert_eq!(user.id, customer.current_user_id().unwrap());
    let forwarded = seller.forward_message([ids[0]], chat).send().unwrap();
    assert_eq!(forwarded.calls().len(), 1);
    let deleted = seller.delete_message(ids.clone()).send().unwrap();
    assert_eq!(deleted.ids().count(), ids.len());
    seller.delete_chats([chat]).send().unwrap();

    let bot = seller.bot(emulator.bot().token()).unwrap();
    assert_eq!(bot.get_me().send().unwrap().id, Some(emulator.bot().id));
    assert!(!bot.get_webhook_info().send().unwrap().is_set());
    bot.delete_webhook().send().unwrap();
    bot.log_out().send().unwrap();
    assert!(bot.get_me().send().is_err());

    run_webhook_operations(&seller);

    let error = customer.get_messages(ChatId(404)).send().unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("get_messages"));
}

fn run_webhook_operations(seller: &blocking::Client) {
    let webhooks = seller.webhooks();
    let events = webhooks.get_webhook_events().send().unwrap();
    assert_eq!(events.len(), 9);
    let service = webhooks.create_webhook_service("Inbox", "Answers customers");
    let service = service.send().unwrap().id.unwrap();
    assert_eq!(webhooks.get_webhook_services().send().unwrap().len(), 1);
    let url = "http://127.0.0.1:9/";
    let created = webhooks
        .create_webhook(url, [events[0].id])
        .service(service);
    let id = created.send().unwrap().id;
    webhooks.register_webhook(id).send().unwrap();
    webhooks.update_webhook(id).active(false).send().unwrap();
    assert_eq!(
        webhooks.get_webhooks().send().unwrap()[0].is_active,
        Some(false)
    );
    assert_eq!(webhooks.get_registered_webhooks().iter().count(), 1);
    assert_eq!(webhooks.get_webhook_customers().pages().count(), 1);
    assert!(webhooks.get_webhook_logs(id).send().unwrap().is_empty());
    webhooks.unregister_webhook(id).send().unwrap();
    assert_eq!(webhooks.delete_webhook(id).send().unwrap().id, id);
    assert!(
        webhooks
            .delete_webhook(id)
            .send()
            .unwrap_err()
            .is_not_found()
    );
}

#[test]
fn works_outside_of_a_runtime() {
    run_all_operations();
}

#[tokio::test(flavor = "current_thread")]
async fn works_inside_a_current_thread_runtime() {
    run_all_operations();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn works_inside_a_multi_thread_runtime() {
    tokio::spawn(async { run_all_operations() }).await.unwrap();
}

#[tokio::test]
async fn works_alongside_an_async_client_on_the_same_thread() {
    let emulator = Emulator::start().await.unwrap();
    let blocking = client_of(&emulator, emulator.seller());
    let other = support::seller(&emulator);
    for _ in 0..3 {
        other.get_chats().await.unwrap();
        blocking.get_chats().send().unwrap();
    }
}

#[test]
fn uploads_from_a_blocking_reader() {
    let server = httpmock::MockServer::start();
    let mock = server.mock(|when, then| {
        when.path("/v1/files").body_includes("from a reader");
        then.status(200)
            .json_body(json!({ "id": 71, "url": "https://example.com/a.txt" }));
    });
    let reader = NewFile::from_blocking_reader("a.txt", "from a reader".as_bytes());
    let upload = client(&server.base_url(), CANARY).upload_file(reader);
    assert_eq!(upload.send().unwrap().id, FileId(71));
    mock.assert();
}

#[test]
fn follower_yields_new_messages() {
    let (_emulator, seller, chat) = start();
    let mut follower = seller.follow(chat);
    assert!(follower.new_messages().unwrap().is_empty());
    let sent = seller.create_message(chat, "news").send().unwrap();
    let new = follower.new_messages().unwrap();
    assert_eq!((new.len(), new[0].id), (1, sent.id));
    assert_eq!(follower.last(), Some(sent.id));
    assert!(follower.new_messages().unwrap().is_empty());
}

#[test]
fn iterator_resumes_from_the_cursor_of_another() {
    let (_emulator, seller, chat) = start();
    for number in 1..=5 {
        let request = seller.create_message(chat, format!("number {number}"));
        request.send().unwrap();
    }
    let mut messages = seller.get_messages(chat).limit(4).iter();
    let first = ids_of(messages.by_ref().take(2));
    let cursor = messages.cursor().unwrap();
    let rest = ids_of(seller.get_messages(chat).resume(cursor).iter());
    assert_eq!((first.len(), rest.len()), (2, 3));
    assert_eq!(rest, ids_of(messages));

    let mut pages = seller.get_messages(chat).limit(2).pages();
    let first = pages.next().unwrap().unwrap();
    assert_eq!(pages.cursor(), Some(first.cursor()));
    let mut chats = seller.get_chats().pages();
    let first = chats.next().unwrap().unwrap();
    assert_eq!(chats.cursor(), Some(first.cursor()));
}

#[test]
fn error_ends_the_iterator() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let mut messages = seller.get_messages(ChatId(404)).iter();
    assert!(messages.next().unwrap().unwrap_err().is_not_found());
    assert!(messages.next().is_none());
}

#[test]
fn clones_send_concurrently_from_many_threads() {
    let (_emulator, seller, chat) = start();
    let threads: Vec<_> = (0..8)
        .map(|number| {
            let seller = seller.clone();
            std::thread::spawn(move || {
                let text = format!("from thread {number}");
                seller.create_message(chat, text).send().unwrap().id
            })
        })
        .collect();
    let mut sent: Vec<MessageId> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    sent.sort_unstable();
    let mut read = ids_of(seller.get_messages(chat).iter());
    read.reverse();
    assert_eq!(read, sent);
}

#[test]
fn invalid_configuration_is_rejected() {
    let error = blocking::Client::new(PersonalToken::new("")).unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`token` is empty"), "{error}");
}

#[test]
fn panic_in_configure_http_is_an_error_without_a_hang() {
    let error = Client::builder(PersonalToken::new(CANARY))
        .configure_http(|_| std::panic::resume_unwind(Box::new("asked for")))
        .build_blocking()
        .unwrap_err();
    assert!(error.is_configuration());
    assert!(error.to_string().contains("configure_http"), "{error}");
}

#[test]
fn debug_output_contains_no_token() {
    let client = client("http://127.0.0.1:9", CANARY);
    let request = client.create_message(ChatId(7), "a private text");
    let shown = format!("{client:?} {request:?} {:?}", client.get_chats().iter());
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert!(shown.contains("127.0.0.1"), "{shown}");
}

/// Responds to one request for chats with an empty list, and returns the open connection.
fn respond_once(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    read_head(&mut BufReader::new(&stream));
    respond(&stream, &json!({ "data": { "chats": [] } }));
    stream
}

/// Drops a client with `end`, and checks that its thread and its connections end.
fn assert_ends(end: impl FnOnce(blocking::Client)) {
    let (listener, base_url) = listen();
    let server = std::thread::spawn(move || respond_once(&listener));
    let client = client(&base_url, CANARY);
    let clone = client.clone();
    client.get_chats().send().unwrap();
    let mut connection = server.join().unwrap();
    drop(clone);
    end(client);
    // End of file. The read hangs if the connection pool still exists.
    assert_eq!(connection.read(&mut [0]).unwrap(), 0);
}

#[test]
fn thread_ends_with_the_last_clone() {
    assert_ends(drop);
}

#[test]
fn thread_ends_with_the_last_iterator() {
    assert_ends(|client| {
        let chats = client.get_chats().iter();
        drop(client);
        drop(chats);
    });
}

#[tokio::test]
async fn thread_ends_if_the_last_clone_is_dropped_in_async_code() {
    assert_ends(drop);
}

#[test]
fn iterator_read_on_the_client_thread_is_an_error_and_continues_elsewhere() {
    let (_emulator, client, _) = start();
    let chats = Arc::new(Mutex::new(client.get_chats().iter()));
    let (shared, errors) = (chats.clone(), Arc::new(Mutex::new(Vec::new())));
    let sink = errors.clone();
    client
        .upload_file(NewFile::from_bytes("a.txt", "a text"))
        .on_progress(move |_, _| sink.lock().unwrap().extend(shared.lock().unwrap().next()))
        .send()
        .unwrap();
    let errors = std::mem::take(&mut *errors.lock().unwrap());
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error.unwrap_err().is_invalid_input());
    }
    assert!(chats.lock().unwrap().next().unwrap().is_ok());
}

#[test]
fn supports_options_refresh_and_find_sent_message() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let app = emulator.oauth_client();
    let issued = emulator
        .issue_tokens(app.id(), emulator.seller().id)
        .unwrap();
    let token =
        PersonalToken::new("expired").refreshable(issued.refresh_token(), app.id(), app.secret());
    let client = Client::builder(token)
        .base_url(emulator.base_url())
        .build_blocking()
        .unwrap();
    assert_eq!(client.current_user_id().unwrap().0, emulator.seller().id);
    assert!(client.authenticate().unwrap().expires_at.is_some());
    let error = client.delete_message([]).send().unwrap_err();
    assert!(error.is_invalid_input());
    let error = client.upload_file("no/such/file").send().unwrap_err();
    assert!(error.is_invalid_input());
    emulator.queue_response(503, &[], "").unwrap();
    let error = client.get_chats().options(no_retries()).send().unwrap_err();
    assert_eq!(error.attempts(), 1);
    let without_retries = client.with_options(no_retries()).unwrap();
    emulator.queue_response(503, &[], "").unwrap();
    assert_eq!(
        without_retries.get_chats().send().unwrap_err().attempts(),
        1
    );
    let chat = client.create_chat(customer_id(&emulator)).send().unwrap();
    emulator.queue_response(502, &[], "").unwrap();
    let error = client.create_message(chat.id, "hello").send().unwrap_err();
    let message = error.unconfirmed_message().unwrap();
    let found = client.find_sent_message(message).send().unwrap();
    assert_eq!(found, Delivery::NotFound);
}
