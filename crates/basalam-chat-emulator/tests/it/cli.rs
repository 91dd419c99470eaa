#[cfg(unix)]
use std::io::{BufRead, BufReader, Read};
#[cfg(unix)]
use std::process::{Child, ChildStdout, Stdio};
use std::process::{Command, Output};

use basalam_chat_emulator::Emulator;

#[cfg(unix)]
use crate::support::BufferedResponse;

const PROGRAM: &str = env!("CARGO_BIN_EXE_basalam-chat-emulator");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

#[test]
fn help_lists_options_and_tokens() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    let bot = Emulator::builder().start_blocking().unwrap();
    let bot = bot.bot().token();
    for expected in [
        bot,
        "--port",
        "--host",
        "--seed",
        "--fault",
        "--latency",
        "--max-page-size",
        "--rate-limit",
        "--no-metadata",
        "late_messages,seconds=3",
        "503,operation=create_message,probability=0.2",
        "seller-token",
        "customer-token",
        "Ctrl-C",
        "--allow-host",
        "--cors",
        "BASALAM_EMULATOR_ALLOW_HOST",
        "readyz",
    ] {
        assert!(help.contains(expected), "{expected} is missing:\n{help}");
    }
}

#[test]
fn rejects_invalid_options_with_message() {
    for (arguments, expected) in [
        (["--port", "many"], "--port"),
        (["--host", "here"], "--host"),
        (["--fault", "thunder"], "thunder"),
        (["--fault", "503,operation=get_message"], "get_message"),
        (["--seed", "no/such/file.json"], "no/such/file.json"),
        (["--rate-limit", "10"], "10/s"),
        (["--fault", "late_messages"], "seconds"),
        (["--max-page-size", "0"], "page size"),
        (["--max-unseen-count", "0"], "unseen"),
        (
            ["--revoke-on-reuse", "--reuse-refresh-tokens"],
            "--reuse-refresh-tokens",
        ),
        (["--control", "--no-control"], "--no-control"),
        (["--allow-host", "*"], "host name"),
        (["--cors", "localhost:3000"], "http://localhost:3000"),
        (["--max-connections", "0"], "connections"),
    ] {
        let output = run(&arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(expected), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn serves_until_interrupted_and_exits_cleanly() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/shop.json");
    let fault = "503,operation=get_chats,times=1";
    let (mut child, mut output, greeting) = start(&["--seed", seed, "--fault", fault]);
    for expected in ["seller-token", "sara-token", "shop-app", "curl http"] {
        assert!(greeting.contains(expected), "{greeting}");
    }
    let url = url_in(&greeting);
    let client = reqwest::Client::new();
    let get = async |path: &str, token: &str| {
        let request = client.get(format!("{url}{path}")).bearer_auth(token);
        BufferedResponse::send(request).await
    };
    let me = get("/v1/users/me", "sara-token").await;
    assert_eq!(me.json()["id"], 501);
    assert_eq!(get("/v1/chats", "seller-token").await.status, 503);
    assert_eq!(get("/v1/chats", "nobodys-token").await.status, 401);
    let bot = "/v1/bots/9001:the-token-of-an-emulated-bot-is-no-secret/getMe";
    assert_eq!(get(bot, "").await.status, 200);

    send_signal(&child, "-INT");
    let mut log = String::new();
    output.read_to_string(&mut log).unwrap();
    assert!(child.wait().unwrap().success(), "{log}");
    for expected in [
        "200 GET    /v1/users/me  get_current_user",
        "fault: status 503",
        "error: the token is missing, unknown or expired",
        "/v1/bots/***/getMe",
        "Shutting down.",
    ] {
        assert!(log.contains(expected), "{log}");
    }
    assert!(!log.contains("-token"), "{log}");
}

/// Starts the program on a free port. Returns its output and its URL.
#[cfg(unix)]
fn start(arguments: &[&str]) -> (Child, BufReader<ChildStdout>, String) {
    let mut command = Command::new(PROGRAM);
    start_command(command.args(["--port", "0"]).args(arguments))
}

#[cfg(unix)]
fn start_command(command: &mut Command) -> (Child, BufReader<ChildStdout>, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut greeting = String::new();
    while !greeting.contains("Ctrl-C") {
        assert_ne!(output.read_line(&mut greeting).unwrap(), 0, "{greeting}");
    }
    (child, output, greeting)
}

#[cfg(unix)]
fn send_signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
fn stop(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
fn url_in(greeting: &str) -> &str {
    let line = greeting
        .lines()
        .find(|it| it.starts_with("Basalam"))
        .unwrap();
    line.split_whitespace().last().unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn revoke_on_reuse_revokes_the_login_of_a_refresh_token_that_is_sent_twice() {
    // Without the option, the new refresh token stays valid.
    for (arguments, status) in [(&["--revoke-on-reuse"][..], 400), (&[][..], 200)] {
        let (child, _output, greeting) = start(arguments);
        let url = url_in(&greeting);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let query = "client_id=emulated-client&redirect_uri=https://shop.example/&state=1&user_id=430\
            &scope=customer.chat.read";
        let login = client.get(format!("{url}/accounts/sso?{query}"));
        let login = login.send().await.unwrap();
        let location = login.headers()["location"].to_str().unwrap().to_owned();
        let code = location
            .split(['?', '&'])
            .find_map(|it| it.strip_prefix("code="));
        let request = async |grant: String| {
            let form =
                format!("{grant}&client_id=emulated-client&client_secret=emulated-client-secret");
            let request = client
                .post(format!("{url}/oauth/token"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
            BufferedResponse::send(request).await
        };
        let code = code.unwrap();
        let first = request(format!(
            "grant_type=authorization_code&redirect_uri=https://shop.example/&code={code}"
        ));
        let first = first.await.json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let refresh = async |token: &str| {
            request(format!("grant_type=refresh_token&refresh_token={token}")).await
        };
        let second = refresh(&first).await.json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(refresh(&first).await.status, 400);
        assert_eq!(refresh(&second).await.status, status, "{arguments:?}");
        stop(child);
    }
}

#[cfg(unix)]
#[test]
fn first_line_is_the_url_of_the_console_unless_it_is_disabled() {
    let (child, _output, greeting) = start(&[]);
    let console = format!("Console: {}/_emulator/console/", url_in(&greeting));
    assert_eq!(greeting.lines().next(), Some(&*console));
    stop(child);
    let (child, _output, greeting) = start(&["--no-control"]);
    assert!(!greeting.contains("console"), "{greeting}");
    stop(child);
}

#[cfg(unix)]
#[test]
fn sigterm_ends_the_program_cleanly() {
    let (mut child, mut output, _) = start(&[]);
    send_signal(&child, "-TERM");
    let mut log = String::new();
    output.read_to_string(&mut log).unwrap();
    assert!(child.wait().unwrap().success(), "{log}");
    assert!(log.ends_with("Shutting down.\n"), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn environment_variables_set_options() {
    let mut command = Command::new(PROGRAM);
    command
        .env("BASALAM_EMULATOR_PORT", "0")
        .env("BASALAM_EMULATOR_ALLOW_HOST", "emulator,chat.example")
        .env("BASALAM_EMULATOR_QUIET", "true")
        .env("BASALAM_EMULATOR_NO_CONTROL", "1")
        .env("BASALAM_EMULATOR_CONTROL", "false")
        .env(
            "BASALAM_EMULATOR_FAULT",
            "503,operation=get_chats\n504,operation=get_messages\n",
        );
    let (child, _output, greeting) = start_command(&mut command);
    let url = url_in(&greeting);
    let client = reqwest::Client::new();
    for (path, host, status) in [
        ("/v1/users/me", "emulator", 200),
        ("/v1/users/me", "chat.example", 200),
        ("/v1/users/me", "other.example", 403),
        ("/v1/chats", "localhost", 503),
        ("/v1/chats/1/messages", "localhost", 504),
        ("/_emulator/", "localhost", 404),
    ] {
        let request = client.get(format!("{url}{path}")).header("Host", host);
        let response = BufferedResponse::send(request.bearer_auth("seller-token")).await;
        assert_eq!(response.status, status, "{path} {response:?}");
    }
    stop(child);
    let invalid = Command::new(PROGRAM)
        .env("BASALAM_EMULATOR_QUIET", "maybe")
        .output();
    let error = String::from_utf8(invalid.unwrap().stderr).unwrap();
    assert!(error.contains("--quiet"), "{error}");
}

#[cfg(unix)]
#[test]
fn readyz_reports_whether_an_emulator_is_ready() {
    let (child, _output, greeting) = start(&["--no-control"]);
    let url = url_in(&greeting);
    assert!(run(&["readyz", "--url", url]).status.success());
    let port = url.rsplit(':').next().unwrap();
    // As a health check inside a container with the same environment.
    let check = |host: &str| {
        let mut command = Command::new(PROGRAM);
        command
            .env("BASALAM_EMULATOR_PORT", port)
            .env("BASALAM_EMULATOR_HOST", host);
        command.arg("readyz").output().unwrap()
    };
    assert!(check("0.0.0.0").status.success());
    stop(child);
    let output = check("127.0.0.1");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("not ready"), "{error}");
    assert!(!run(&["--port", "0", "readyz"]).status.success());
}

#[cfg(unix)]
#[test]
fn open_warns_if_there_is_no_browser() {
    let mut command = Command::new(PROGRAM);
    // No program can be found.
    command
        .args(["--port", "0", "--open"])
        .env("PATH", "/nowhere");
    command.stderr(Stdio::piped());
    let (mut child, _output, greeting) = start_command(&mut command);
    let mut error = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    errors.read_line(&mut error).unwrap();
    assert!(error.starts_with("warning: cannot open"), "{error}");
    assert!(error.contains(url_in(&greeting)), "{error}");
    stop(child);
}
