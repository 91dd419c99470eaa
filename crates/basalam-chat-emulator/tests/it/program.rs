use std::process::{Command, Output};

use basalam_chat_emulator::Emulator;

const PROGRAM: &str = env!("CARGO_BIN_EXE_basalam-chat-emulator");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

#[test]
fn help_names_the_options_and_the_tokens() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    let bot = Emulator::builder().start_blocking().unwrap();
    let bot = bot.bot().token();
    for words in [
        bot,
        "--port",
        "--address",
        "--page-cap",
        "seller-token",
        "customer-token",
        "Ctrl-C",
    ] {
        assert!(help.contains(words), "{words} is missing:\n{help}");
    }
}

#[test]
fn options_that_make_no_sense_are_refused_with_words() {
    for (arguments, words) in [
        (["--port", "many"], "--port"),
        (["--address", "here"], "--address"),
        (["--page-cap", "0"], "page cap"),
        (["--unseen-count-cap", "0"], "unseen"),
    ] {
        let output = run(&arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(words), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_it_is_interrupted_and_ends_cleanly() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    use crate::support::Answer;

    let mut child = Command::new(PROGRAM)
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut greeting = String::new();
    while !greeting.contains("Ctrl-C") {
        assert_ne!(output.read_line(&mut greeting).unwrap(), 0, "{greeting}");
    }
    assert!(!greeting.contains("-token"), "{greeting}");
    let url = greeting
        .split_whitespace()
        .find(|it| it.starts_with("http"));
    let url = format!("{}/v1/users/me", url.unwrap());
    let request = reqwest::Client::new().get(url).bearer_auth("seller-token");
    assert_eq!(Answer::of(request).await.json()["name"], "Seller");

    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    let mut farewell = String::new();
    output.read_to_string(&mut farewell).unwrap();
    assert!(child.wait().unwrap().success(), "{farewell}");
}
