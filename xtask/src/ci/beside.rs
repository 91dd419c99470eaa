//! Steps that mostly wait, or hardly use the target directory, run beside the others, one after another, so that CI
//! takes less time.

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use anyhow::anyhow;

use super::steps::Step;
use super::{StepResult, run_step};
use crate::process::log_commands_to;
use crate::workspace::Workspace;

/// The thread that runs these steps. Their output is kept in files, since it would mix with that of the other steps.
pub(super) struct Lane {
    steps: Sender<Step>,
    thread: JoinHandle<anyhow::Result<Vec<StepResult>>>,
}

impl Lane {
    pub(super) fn start(root: &Path) -> anyhow::Result<Lane> {
        let logs = Workspace::read(root)?.target.join("ci-logs");
        fs::create_dir_all(&logs)?;
        let root = root.to_owned();
        let (steps, received) = mpsc::channel::<Step>();
        let thread = thread::spawn(move || {
            let mut results = Vec::new();
            for step in received {
                let log = logs.join(format!("{}.log", step.name.replace(' ', "-")));
                log_commands_to(File::create(&log)?);
                let name = step.name.clone();
                let result = run_step(&root, step);
                println!("\n=== output of {name}, which ran beside other steps");
                println!("{}", String::from_utf8_lossy(&fs::read(&log)?));
                results.push(result);
            }
            Ok(results)
        });
        Ok(Lane { steps, thread })
    }

    pub(super) fn push(&self, step: Step) {
        // If the thread has ended with an error, `finish` returns it.
        let _ = self.steps.send(step);
    }

    /// Waits for the remaining steps, and returns the results of all.
    pub(super) fn finish(self) -> anyhow::Result<Vec<StepResult>> {
        drop(self.steps);
        let results = self.thread.join();
        results.map_err(|_| anyhow!("a step that ran beside others has panicked"))?
    }
}
