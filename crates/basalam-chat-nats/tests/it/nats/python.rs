//! The worker in Python that is an example, with the interpreter that `NATS_PYTHON` names.

use std::process::{Child, Command, Stdio};

use super::events::Setup;
use super::server::until;

struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(setup: &Setup) -> Worker {
    let python = std::env::var("NATS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let worker = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/worker.py"))
        .env("NATS_URL", setup.server.url())
        .env("QUEUE", "chat")
        .env("BASALAM_URL", setup.emulator.base_url())
        .env("BASALAM_TOKEN", setup.emulator.seller().token())
        .env("REPLY_SECRET", "a-secret-of-this-test")
        .env("NO_PROXY", "*")
        .stdout(Stdio::null())
        .spawn();
    Worker(worker.expect("python3 with nats-py is installed, or NATS_PYTHON names one"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nats-server and nats-py"]
async fn worker_in_python_answers_in_order_and_once() {
    let setup = Setup::start().await;
    let chats: Vec<_> = (0..4).map(|_| setup.add_chat()).collect();
    let relay = setup.queue.relay().start(setup.watch()).unwrap();
    let relay = tokio::spawn(relay.run());
    let first = start(&setup);
    for chat in &chats {
        setup.receive(*chat, &["a", "ب"]);
    }
    let answered = async |count: usize| chats.iter().all(|it| setup.answers(it.0).len() >= count);
    until("the first are answered", async || answered(2).await).await;
    drop(first);
    for chat in &chats {
        setup.receive(*chat, &["c"]);
    }
    let _second = start(&setup);
    until("all are answered", async || answered(3).await).await;
    // An event that is delivered again is not answered again.
    let events = setup.messages("EVENTS").await;
    let (_, event) = events
        .iter()
        .find(|(_, event)| event["type"] == "message_received")
        .unwrap();
    setup
        .publish(event["chat_id"].as_i64().unwrap(), event)
        .await;
    let invalid = serde_json::json!({"version": 2, "type": "message_received"});
    setup.publish(chats[0].0, &invalid).await;
    until("all are handled", async || {
        let lag = setup.queue.lag().await.unwrap();
        lag.iter().all(|it| it.pending + it.in_flight == 0)
    })
    .await;
    for (chat, _) in &chats {
        assert_eq!(
            setup.answers(*chat),
            ["python: a", "python: ب", "python: c"]
        );
    }
    let letters = setup.messages("DEAD_LETTERS").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].1, invalid);
    relay.abort();
}
