//! Relays and workers as processes: this test binary runs itself.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use basalam_chat::watch::{Delivery, Watch};
use basalam_chat::{Client, PersonalToken, UserId};
use basalam_chat_emulator::Emulator;
use basalam_chat_nats::{EventQueue, Nats, NatsError, NatsOptions, NatsState, QueueOptions};

use super::server::Server;

/// Has the role and the URLs, for a process.
const VARIABLE: &str = "BASALAM_CHAT_NATS_TEST";
pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const LEASE: Duration = Duration::from_secs(3);
pub(super) const PARTITIONS: u32 = 32;

pub(super) type HandlerResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

pub(super) async fn answer(delivery: Delivery) -> HandlerResult {
    if let Some(message) = delivery.event().received() {
        let text = message.content.text.clone().unwrap_or_default();
        delivery.reply(format!("re: {text}")).await?;
    }
    Ok(())
}

pub(super) fn client(url: &str, token: &str) -> Client {
    let client = Client::builder(PersonalToken::new(token)).base_url(url);
    let client = client.attempt_timeout(SECOND).operation_timeout(SECOND * 3);
    client.build().unwrap()
}

pub(super) fn watch(client: &Client, store: NatsState) -> Watch {
    client
        .watch(store)
        .from_the_beginning()
        .poll_interval(SECOND / 5)
        .idle_interval(SECOND / 2)
        .resync_interval(SECOND * 4)
        .lease_duration(LEASE)
        // A reply may be listed late, too.
        .visibility_lag(SECOND * 3)
}

pub(super) fn queue_options() -> QueueOptions {
    QueueOptions::new("chat")
        .partitions(PARTITIONS)
        .ack_wait(SECOND * 2)
}

/// Repeats what fails since the server is down.
async fn retry<T>(operation: impl AsyncFn() -> Result<T, NatsError>) -> T {
    loop {
        match operation().await {
            Ok(value) => return value,
            Err(error) if error.is_unavailable() => tokio::time::sleep(SECOND / 10).await,
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

pub(super) async fn open(options: NatsOptions) -> (Nats, NatsState, EventQueue) {
    let nats = retry(async || options.clone().connect().await).await;
    let store = retry(async || nats.state("state").await).await;
    let queue = retry(async || nats.queue(queue_options()).await).await;
    (nats, store, queue)
}

/// A relay or a worker. Does nothing unless a test has started it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the other tests"]
async fn child() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let task: Vec<&str> = task.split(',').collect();
    let [role, service, token, nats, monitoring] = task[..] else {
        panic!("{VARIABLE} is invalid");
    };
    let options = NatsOptions::new(nats).monitoring_url(monitoring);
    let (_nats, store, queue) = open(options.operation_timeout(SECOND * 2)).await;
    let watch = watch(&client(service, token), store);
    match role {
        "relay" => queue.relay().run(watch).await.unwrap(),
        _ => {
            let worker = queue
                .worker()
                .login(UserId(430), watch)
                .handler_timeout(SECOND * 30)
                // The test kills more often than events may be given up.
                .block_timeout(SECOND * 36_000)
                .reply_timeout(SECOND * 3);
            worker.run(answer).await.unwrap();
        }
    }
}

/// A process that is killed when it is dropped.
pub(super) struct Process(Child);

impl Process {
    pub(super) fn start(role: &str, emulator: &Emulator, server: &Server) -> Process {
        let token = emulator.seller().token();
        let (service, nats) = (emulator.base_url(), server.url());
        let task = format!(
            "{role},{service},{token},{nats},{}",
            server.monitoring_url()
        );
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "nats::process::child",
                "--ignored",
                "--nocapture",
            ])
            .env(VARIABLE, task)
            // Panics are shown on the standard error.
            .stdout(Stdio::null())
            .spawn();
        Process(child.unwrap())
    }

    pub(super) fn kill(&mut self) {
        let exit = self.0.try_wait().unwrap();
        assert!(exit.is_none(), "the process ended by itself: {exit:?}");
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    #[cfg(unix)]
    pub(super) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", name, &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
