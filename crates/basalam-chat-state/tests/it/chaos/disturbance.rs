//! Processes of bots, which are killed and paused.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::bot;

/// A process of a bot, which is killed when it is dropped.
pub(super) struct Bot {
    child: Child,
    settings: String,
}

impl Bot {
    pub(super) fn start(settings: &bot::Settings) -> Bot {
        let settings = settings.to_variable();
        Bot {
            child: start(&settings),
            settings,
        }
    }

    pub(super) fn assert_running(&mut self) {
        let exit = self.child.try_wait().unwrap();
        assert!(exit.is_none(), "the bot ended by itself: {exit:?}");
    }

    pub(super) fn kill(&mut self) {
        self.assert_running();
        // SIGKILL on Unix.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) fn restart(&mut self) {
        self.kill();
        self.child = start(&self.settings);
    }

    /// Pauses the process for a while, unless it is killed meanwhile. `now` returns the id of a new message.
    pub(super) fn pause(
        &mut self,
        duration: Duration,
        now: impl Fn() -> i64 + Send + 'static,
    ) -> JoinHandle<Pause> {
        self.assert_running();
        let process = self.child.id();
        assert!(signal(process, "-STOP"), "the bot cannot be paused");
        let from = now();
        tokio::spawn(async move {
            tokio::time::sleep(duration).await;
            let to = now();
            signal(process, "-CONT");
            tokio::time::sleep(bot::OPERATION_TIMEOUT).await;
            Pause {
                process,
                from,
                to,
                end: now(),
            }
        })
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It may have been killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(settings: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", bot::TEST, "--ignored"])
        .env(bot::VARIABLE, settings)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sends a signal to a process, and returns `false` if there is none.
fn signal(process: u32, name: &str) -> bool {
    let mut kill = Command::new("kill");
    let kill = kill.args([name, &process.to_string()]);
    kill.stderr(Stdio::null()).status().unwrap().success()
}

/// A pause of a process. Times are ids of messages, which grow with time.
#[derive(Debug)]
pub(super) struct Pause {
    process: u32,
    from: i64,
    to: i64,
    /// When a request that was sent right after the pause has ended.
    end: i64,
}

/// An answer: its id, and the process that has sent it.
pub(super) type Answer = (i64, u32);

impl Pause {
    /// Returns `true` if one of the answers was about to be sent when its process was paused, and the other one was sent
    /// by another process since.
    pub(super) fn explains(&self, one: Answer, other: Answer) -> bool {
        [(one, other), (other, one)].iter().any(|(late, between)| {
            let is_late = late.1 == self.process && (self.to..=self.end).contains(&late.0);
            is_late && between.1 != self.process && between.0 > self.from
        })
    }
}
