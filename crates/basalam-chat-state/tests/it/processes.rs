//! Several processes on one store. This test binary runs itself as the other processes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use basalam_chat::state::{FileState, PutMode, StateStore};
use basalam_chat_state::SqliteState;

use crate::support::key;

/// Names the role, the kind of the store and its path, for a child process.
const VARIABLE: &str = "BASALAM_CHAT_STATE_TEST_PROCESS";

const KINDS: [&str; 2] = ["file", "sqlite"];

async fn open(kind: &str, path: &Path) -> Arc<dyn StateStore> {
    match kind {
        "file" => Arc::new(FileState::open(path.join("state")).await.unwrap()),
        _ => Arc::new(SqliteState::open(path.join("state.db")).await.unwrap()),
    }
}

fn spawn(role: &str, kind: &str, path: &Path) -> Child {
    let path = path.to_str().unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--ignored", "--nocapture"])
        .env(VARIABLE, format!("{role},{kind},{path}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The other processes. Does nothing unless a test has started it.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn child() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let mut task = task.splitn(3, ',');
    let (role, kind, path) = (
        task.next().unwrap(),
        task.next().unwrap(),
        task.next().unwrap(),
    );
    let store = open(kind, Path::new(path)).await;
    match role {
        "increment" => increment(&*store, 40).await,
        _ => append(&*store).await,
    }
}

async fn increment(store: &dyn StateStore, times: usize) {
    let mut left = times;
    while left > 0 {
        let entry = store.get(&key("counter")).await.unwrap();
        let mode = entry
            .as_ref()
            .map_or(PutMode::Create, |it| PutMode::Update(it.version));
        let count = entry.map_or(0, |it| u64::from_le_bytes(it.value.try_into().unwrap()));
        match store
            .put(&key("counter"), &(count + 1).to_le_bytes(), mode)
            .await
        {
            Ok(_) => left -= 1,
            Err(error) => assert!(error.is_conflict() || error.is_unavailable(), "{error}"),
        }
    }
}

/// Writes values for ever, and prints the name of each that is written. The values are large enough for a compaction
/// every few writes.
async fn append(store: &dyn StateStore) {
    let value = vec![1; 100_000];
    for number in 0_u64.. {
        let name = format!("{}-{number}", std::process::id());
        let last = key("large");
        store.put(&last, &value, PutMode::Overwrite).await.unwrap();
        let version = store.put(&key(&name), b"1", PutMode::Create).await.unwrap();
        let mut output = std::io::stdout();
        writeln!(output, "written {name} {version}").unwrap();
        output.flush().unwrap();
    }
}

/// Reads the names and versions that a process has printed so far, at least `count`.
fn written(child: &mut Child, count: usize) -> Vec<(String, u64)> {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let written = lines.map_while(Result::ok).filter_map(|line| {
        // The test harness does not end its own line.
        let (_, rest) = line.split_once("written ")?;
        let (name, version) = rest.split_once(' ')?;
        Some((name.to_owned(), version.parse().ok()?))
    });
    written.take(count).collect()
}

#[tokio::test]
async fn increments_of_processes_are_not_lost() {
    for kind in KINDS {
        let directory = tempfile::tempdir().unwrap();
        let mut children: Vec<_> = (0..4)
            .map(|_| spawn("increment", kind, directory.path()))
            .collect();
        for child in &mut children {
            assert!(child.wait().unwrap().success(), "{kind}");
        }
        let store = open(kind, directory.path()).await;
        let entry = store.get(&key("counter")).await.unwrap().unwrap();
        assert_eq!(entry.value, 160_u64.to_le_bytes(), "{kind}");
    }
}

#[tokio::test]
async fn killed_processes_lose_nothing_that_was_written() {
    for kind in KINDS {
        let directory = tempfile::tempdir().unwrap();
        let mut all = Vec::new();
        for round in 0..4 {
            let mut children: Vec<_> = (0..2)
                .map(|_| spawn("append", kind, directory.path()))
                .collect();
            for child in &mut children {
                all.extend(written(child, 5 + round));
            }
            for child in &mut children {
                child.kill().unwrap();
                child.wait().unwrap();
            }
            let store = open(kind, directory.path()).await;
            for (name, version) in &all {
                let entry = store.get(&key(name)).await.unwrap();
                let read = entry.map(|it| it.version.number());
                assert_eq!(read, Some(*version), "{kind}: {name}");
            }
        }
        let mut versions: Vec<_> = all.iter().map(|(_, version)| *version).collect();
        versions.sort_unstable();
        assert!(versions.is_sorted_by(|a, b| a < b), "{kind}: {versions:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn stopped_process_does_not_block_readers() {
    let signal = |child: &Child, name: &str| {
        let mut kill = Command::new("kill");
        let sent = kill.args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    };
    for kind in KINDS {
        let directory = tempfile::tempdir().unwrap();
        let store = open(kind, directory.path()).await;
        let mut child = spawn("append", kind, directory.path());
        for _ in 0..5 {
            let written = written(&mut child, 2);
            signal(&child, "-STOP");
            for (name, version) in written {
                let entry = store.get(&key(&name)).await.unwrap().unwrap();
                assert_eq!(entry.version.number(), version, "{kind}");
            }
            signal(&child, "-CONT");
            store
                .put(&key("other"), b"1", PutMode::Overwrite)
                .await
                .unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
