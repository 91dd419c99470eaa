//! The example `sellers`, in several processes. This test binary runs itself as these processes.
#![cfg(unix)]

#[path = "../../examples/sellers.rs"]
mod example;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use basalam_chat::reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use basalam_chat::reqwest::{Client, Response, Url, redirect};
use basalam_chat_emulator::{Emulator, RefreshTokenPolicy};

/// Set for a child process.
const VARIABLE: &str = "BASALAM_CHAT_STATE_TEST_SELLERS";

/// One of the other processes. Does nothing unless a test has started it.
#[test]
#[ignore = "started by the other tests"]
fn child() {
    if std::env::var_os(VARIABLE).is_some() {
        example::main().unwrap();
    }
}

/// A process of the service.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(emulator: &Emulator, state_url: &str) -> Process {
        let app = emulator.oauth_client();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sellers::child", "--ignored", "--nocapture"])
            .env(VARIABLE, "1")
            .env("LISTEN", "127.0.0.1:0")
            .env("STATE_URL", state_url)
            .env("PUBLIC_URL", "https://shop.example")
            .env("BASALAM_URL", emulator.base_url())
            .env("BASALAM_CLIENT_ID", app.id())
            .env("BASALAM_CLIENT_SECRET", app.secret())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The test harness does not end its own line.
        let url = lines.find_map(|line| Some(line.unwrap().split_once("listening on ")?.1.into()));
        // Reads what the process prints, so that it is never blocked.
        std::thread::spawn(move || lines.for_each(drop));
        Process {
            child,
            url: url.unwrap(),
        }
    }

    /// Ends the process as a deployment does.
    fn interrupt(mut self) {
        let mut kill = Command::new("kill");
        let id = self.child.id().to_string();
        assert!(kill.args(["-INT", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The browser of a seller.
struct Browser {
    http: Client,
    cookie: String,
}

impl Browser {
    fn new() -> Browser {
        let http = Client::builder().redirect(redirect::Policy::none()).build();
        Browser {
            http: http.unwrap(),
            cookie: String::new(),
        }
    }

    async fn get(&mut self, url: &str) -> Response {
        let request = self.http.get(url).header(COOKIE, &self.cookie);
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            cookie.clone_into(&mut self.cookie);
        }
        response
    }

    /// Logs in. The last step is made by another process than the first.
    async fn log_in(&mut self, user_id: i64, [first, last]: [&Process; 2]) {
        let login = self.get(&format!("{}/login", first.url)).await;
        let page = location(&login);
        let login = self.http.get(format!("{page}&user_id={user_id}"));
        let back = location(&login.send().await.unwrap());
        let back = Url::parse(&back).unwrap();
        assert_eq!(back.host_str(), Some("shop.example"));
        let callback = format!("{}/callback?{}", last.url, back.query().unwrap());
        let response = self.get(&callback).await;
        assert_eq!(location(&response), "/");
    }
}

fn location(response: &Response) -> String {
    let location = response.headers().get(LOCATION);
    location.unwrap().to_str().unwrap().to_owned()
}

fn sellers_are_served_by_all_processes(state_url: &str) {
    let emulator = Emulator::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .refresh_token_policy(RefreshTokenPolicy::RevokeOnReuse)
        .latency(Duration::from_millis(20))
        .start_blocking()
        .unwrap();
    let mut processes = [(); 3].map(|()| Process::start(&emulator, state_url));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let nobody = Browser::new().get(&processes[0].url).await;
        assert_eq!(location(&nobody), "/login");
        let mut browsers = Vec::new();
        let users = [emulator.seller().id, emulator.customer().id];
        for login in 0..6 {
            let mut browser = Browser::new();
            let (first, last) = (&processes[login % 3], &processes[(login + 1) % 3]);
            let user = users[login % 2];
            browser.log_in(user, [first, last]).await;
            browsers.push((browser, user));
        }
        // In all processes at once, until the tokens have expired several times.
        while emulator.token_request_count("refresh_token") < 18 {
            for (browser, user) in &browsers {
                let requests = processes.each_ref().map(|process| {
                    let request = browser.http.get(&process.url);
                    tokio::spawn(request.header(COOKIE, &browser.cookie).send())
                });
                for request in requests {
                    let response = request.await.unwrap().unwrap();
                    assert_eq!(response.status(), 200);
                    let text = response.text().await.unwrap();
                    assert_eq!(text, format!("seller {user}: 0 unseen chats\n"));
                }
            }
        }
        // A process that is replaced knows all sessions.
        let old = std::mem::replace(&mut processes[1], Process::start(&emulator, state_url));
        old.interrupt();
        for (browser, _) in &mut browsers {
            let response = browser.get(&processes[1].url).await;
            assert_eq!(response.status(), 200);
        }
    });
    for process in processes {
        process.interrupt();
    }
}

#[test]
fn sellers_are_served_by_all_processes_with_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.db");
    sellers_are_served_by_all_processes(&format!("sqlite:{}", path.display()));
}

mod postgres {
    #[test]
    #[ignore = "needs PostgreSQL"]
    fn sellers_are_served_by_all_processes() {
        let server = crate::postgres::Server::start();
        super::sellers_are_served_by_all_processes(&server.url());
    }
}

mod redis {
    #[test]
    #[ignore = "needs redis-server"]
    fn sellers_are_served_by_all_processes() {
        let server = crate::redis::Server::start();
        super::sellers_are_served_by_all_processes(&server.url());
    }
}
