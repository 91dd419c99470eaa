//! The client without `async`, wherever it is called.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use basalam_chat::messages::Delivery;
use basalam_chat::{
    ChatFilter, ChatId, Client, FileId, MessageId, NewFile, PersonalToken, RequestOptions,
    RetryPolicy, SortOrder, UserId, blocking,
};
use basalam_chat_emulator::{Emulator, User};

use super::CANARY;

fn client(base_url: &str, token: &str) -> blocking::Client {
    Client::builder(PersonalToken::new(token))
        .base_url(base_url)
        .build_blocking()
        .unwrap()
}

fn client_of(emulator: &Emulator, user: &User) -> blocking::Client {
    client(emulator.base_url(), user.token())
}

/// Speaks every operation of the blocking client with an emulator.
fn converse() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let customer = client_of(&emulator, emulator.customer());
    let partner = UserId(emulator.customer().id);
    let chat = seller.create_chat(partner).send().unwrap();

    let ids: Vec<MessageId> = (1..=7)
        .map(|number| {
            let text = format!("number {number}");
            let sent = seller.create_message(chat.id, text).temp_id(number);
            let sent = sent.send().unwrap();
            assert_eq!(sent.temp_id, Some(number));
            sent.id
        })
        .collect();
    let page = customer.get_messages(chat.id).before(ids[6]).limit(2);
    let page = page.send().unwrap();
    let read: Vec<MessageId> = page.into_iter().map(|message| message.id).collect();
    assert_eq!(read, [ids[5], ids[4]]);

    let history = customer.get_messages(chat.id).order(SortOrder::Asc);
    let read: Vec<MessageId> = history
        .clone()
        .limit(3)
        .iter()
        .map(|message| message.unwrap().id)
        .collect();
    assert_eq!(read, ids);
    let pages: Vec<usize> = history
        .limit(3)
        .read_ahead(false)
        .pages()
        .map(|page| page.unwrap().messages.len())
        .collect();
    assert_eq!(pages, [3, 3, 1]);

    let unseen = customer.get_chats().filter(ChatFilter::Unseen);
    assert_eq!(unseen.send().unwrap().chats.len(), 1);
    let chats: Vec<ChatId> = seller
        .get_chats()
        .iter()
        .map(|chat| chat.unwrap().id)
        .collect();
    assert_eq!(chats, [chat.id]);
    assert_eq!(seller.get_chats().pages().count(), 1);

    let count = customer.get_unseen_chat_count().send().unwrap();
    assert_eq!(count.count, 1);
    let edited = seller.edit_message(ids[0], "number one").send().unwrap();
    assert!(seller.is_mine(&edited).unwrap());
    assert!(!customer.is_mine(&edited).unwrap());
    let user = customer.get_current_user().send().unwrap();
    assert_eq!(user.id, customer.current_user_id().unwrap());
    let forwarded = seller.forward_message([ids[0]], chat.id).send().unwrap();
    assert_eq!(forwarded.calls().len(), 1);
    let deleted = seller.delete_message(ids.clone()).send().unwrap();
    assert_eq!(deleted.ids().count(), ids.len());
    seller.delete_chats([chat.id]).send().unwrap();

    let bot = seller.bot(emulator.bot().token()).unwrap();
    assert_eq!(bot.get_me().send().unwrap().id, Some(emulator.bot().id));
    assert!(!bot.get_webhook_info().send().unwrap().is_set());
    bot.delete_webhook().send().unwrap();
    bot.log_out().send().unwrap();
    assert!(bot.get_me().send().is_err());

    let error = customer.get_messages(ChatId(404)).send().unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("get_messages"));
}

#[test]
fn it_works_outside_of_any_runtime() {
    converse();
}

#[tokio::test(flavor = "current_thread")]
async fn it_works_inside_a_runtime_of_one_thread() {
    converse();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_works_inside_a_runtime_of_more_threads() {
    tokio::spawn(async { converse() }).await.unwrap();
}

#[tokio::test]
async fn it_works_beside_an_async_client_on_the_same_thread() {
    let emulator = Emulator::start().await.unwrap();
    let waiting = client_of(&emulator, emulator.seller());
    let other = super::seller(&emulator);
    for _ in 0..3 {
        other.get_chats().await.unwrap();
        waiting.get_chats().send().unwrap();
    }
}

#[test]
fn a_file_is_uploaded_from_a_reader_that_waits() {
    let server = httpmock::MockServer::start();
    let mock = server.mock(|when, then| {
        when.path("/v1/files").body_includes("from a reader");
        then.status(200)
            .json_body(serde_json::json!({ "id": 71, "url": "https://example.com/a.txt" }));
    });
    let reader = NewFile::from_blocking_reader("a.txt", "from a reader".as_bytes());
    let upload = client(&server.base_url(), CANARY).upload_file(reader);
    assert_eq!(upload.send().unwrap().id, FileId(71));
    mock.assert();
}

#[test]
fn a_chat_is_followed() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let partner = UserId(emulator.customer().id);
    let chat = seller.create_chat(partner).send().unwrap();
    let mut follower = seller.follow(chat.id);
    assert!(follower.new_messages().unwrap().is_empty());
    let sent = seller.create_message(chat.id, "news").send().unwrap();
    let new = follower.new_messages().unwrap();
    assert_eq!((new.len(), new[0].id), (1, sent.id));
    assert_eq!(follower.last(), Some(sent.id));
    assert!(follower.new_messages().unwrap().is_empty());
}

#[test]
fn a_walk_goes_on_from_where_another_one_stood() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let partner = UserId(emulator.customer().id);
    let chat = seller.create_chat(partner).send().unwrap();
    for number in 1..=5 {
        let request = seller.create_message(chat.id, format!("number {number}"));
        request.send().unwrap();
    }
    let mut walk = seller.get_messages(chat.id).limit(4).iter();
    let first: Vec<MessageId> = walk.by_ref().take(2).map(|it| it.unwrap().id).collect();
    let cursor = walk.cursor().unwrap();
    let rest = seller.get_messages(chat.id).resume(cursor).iter();
    let rest: Vec<MessageId> = rest.map(|it| it.unwrap().id).collect();
    let again: Vec<MessageId> = walk.map(|it| it.unwrap().id).collect();
    assert_eq!((first.len(), rest.len()), (2, 3));
    assert_eq!(rest, again);
}

#[test]
fn an_error_ends_an_iterator() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let mut walk = seller.get_messages(ChatId(404)).iter();
    assert!(walk.next().unwrap().unwrap_err().is_not_found());
    assert!(walk.next().is_none());
}

#[test]
fn clones_send_side_by_side_from_many_threads() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let seller = client_of(&emulator, emulator.seller());
    let partner = UserId(emulator.customer().id);
    let chat = seller.create_chat(partner).send().unwrap();
    let threads: Vec<_> = (0..8)
        .map(|number| {
            let seller = seller.clone();
            std::thread::spawn(move || {
                let text = format!("from thread {number}");
                seller.create_message(chat.id, text).send().unwrap().id
            })
        })
        .collect();
    let mut sent: Vec<MessageId> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    sent.sort_unstable();
    let mut read: Vec<MessageId> = seller
        .get_messages(chat.id)
        .iter()
        .map(|message| message.unwrap().id)
        .collect();
    read.reverse();
    assert_eq!(read, sent);
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_as_by_the_async_client() {
    let error = blocking::Client::new(PersonalToken::new("")).unwrap_err();
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("`token` is empty"), "{error}");
}

#[test]
fn a_panic_while_the_client_is_made_is_an_error_and_no_hang() {
    let error = Client::builder(PersonalToken::new(CANARY))
        .configure_http(|_| std::panic::resume_unwind(Box::new("asked for")))
        .build_blocking()
        .unwrap_err();
    assert!(error.is_configuration());
    assert!(error.to_string().contains("configure_http"), "{error}");
}

#[test]
fn debug_output_shows_no_token() {
    let client = client("http://127.0.0.1:9", CANARY);
    let request = client.create_message(ChatId(7), "a private text");
    let shown = format!("{client:?} {request:?} {:?}", client.get_chats().iter());
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains("private"), "{shown}");
    assert!(shown.contains("127.0.0.1"), "{shown}");
}

/// Answers one request for chats with an empty list, and keeps the connection.
fn answer_once(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(&stream).lines();
    while !lines.next().unwrap().unwrap().is_empty() {}
    let body = r#"{"data":{"chats":[]}}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    write!(&stream, "{head}: {}\r\n\r\n{body}", body.len()).unwrap();
    stream
}

/// Drops a client by `end`, and sees that its thread and its connections have ended.
fn ends(end: impl FnOnce(blocking::Client)) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || answer_once(&listener));
    let client = client(&base_url, CANARY);
    let clone = client.clone();
    client.get_chats().send().unwrap();
    let mut connection = server.join().unwrap();
    drop(clone);
    end(client);
    // The end of the connection; it hangs where the pool lives on.
    assert_eq!(connection.read(&mut [0]).unwrap(), 0);
}

#[test]
fn the_thread_ends_with_the_last_clone() {
    ends(drop);
}

#[test]
fn the_thread_ends_with_an_iterator_that_was_the_last() {
    ends(|client| {
        let walk = client.get_chats().iter();
        drop(client);
        drop(walk);
    });
}

#[tokio::test]
async fn the_thread_ends_where_the_last_clone_is_dropped_in_async_code() {
    ends(drop);
}

#[test]
fn an_iterator_that_was_read_on_the_clients_own_thread_goes_on_elsewhere() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let client = client(emulator.base_url(), emulator.seller().token());
    let customer = UserId(emulator.customer().id);
    client.create_chat(customer).send().unwrap();
    let walk = Arc::new(Mutex::new(client.get_chats().iter()));
    let (shared, errors) = (walk.clone(), Arc::new(Mutex::new(Vec::new())));
    let told = errors.clone();
    client
        .upload_file(NewFile::from_bytes("a.txt", "a text"))
        .on_progress(move |_, _| told.lock().unwrap().extend(shared.lock().unwrap().next()))
        .send()
        .unwrap();
    let errors = std::mem::take(&mut *errors.lock().unwrap());
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error.unwrap_err().is_invalid_input());
    }
    assert!(walk.lock().unwrap().next().unwrap().is_ok());
}

#[test]
fn options_and_logins_are_there_as_they_are_without_waiting() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let app = emulator.oauth_client();
    let issued = emulator
        .issue_tokens(app.id(), emulator.seller().id)
        .unwrap();
    let token =
        PersonalToken::new("ended").refreshable(issued.refresh_token(), app.id(), app.secret());
    let client = Client::builder(token)
        .base_url(emulator.base_url())
        .build_blocking()
        .unwrap();
    assert_eq!(client.current_user_id().unwrap().0, emulator.seller().id);
    assert!(client.authenticate().unwrap().expires_at.is_some());
    assert!(
        client
            .delete_message([])
            .send()
            .unwrap_err()
            .is_invalid_input()
    );
    assert!(
        client
            .upload_file("no/such/file")
            .send()
            .unwrap_err()
            .is_invalid_input()
    );
    let off = RequestOptions::new().retry_policy(RetryPolicy::never());
    emulator.queue_response(503, &[], "").unwrap();
    let error = client.get_chats().options(off).send().unwrap_err();
    assert_eq!(error.attempts(), 1);
    let hasty = client.with_options(off).unwrap();
    emulator.queue_response(503, &[], "").unwrap();
    assert_eq!(hasty.get_chats().send().unwrap_err().attempts(), 1);
    let chat = client
        .create_chat(UserId(emulator.customer().id))
        .send()
        .unwrap();
    emulator.queue_response(502, &[], "").unwrap();
    let error = client.create_message(chat.id, "hello").send().unwrap_err();
    let message = error.unconfirmed_message().unwrap();
    let found = client.find_sent_message(message).send().unwrap();
    assert_eq!(found, Delivery::NotFound);
}
