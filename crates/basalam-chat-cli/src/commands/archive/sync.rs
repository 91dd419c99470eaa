//! `sync`: brings the archive up to date.

use std::time::{Duration, Instant};

use basalam_chat_archive::{SyncEvent, SyncEventKind, SyncReport};
use indicatif::ProgressBar;

use super::OpenArchive;
use crate::arguments::SyncOptions;
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::progress;
use crate::text::{counted, grouped};

/// How long responses that are on their way are waited for after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(3);

/// The least time between two lines of progress.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

pub(crate) async fn sync(context: &Context<'_>, options: SyncOptions) -> Result<(), Failure> {
    let client = context.client().await?;
    let open = OpenArchive::create(context, options.archive.as_deref()).await?;
    let bar = progress::items(context.output, "chats");
    let mut drawing = Drawing::new(context, bar.clone());
    let mut sync = open
        .archive
        .sync(client)
        .attachments(options.attachments)
        .on_event(move |event| drawing.draw(event));
    if let Some(requests) = options.max_concurrency {
        sync = sync.max_concurrency(requests);
    }
    if !options.chat.is_empty() {
        sync = sync.chats(options.chat.iter().copied());
    }
    if let Some(window) = options.recheck {
        sync = sync.recheck(window);
    }
    for host in &options.attachment_host {
        sync = sync.attachment_host(host);
    }
    let interrupt = context.interrupt.clone();
    let sync = sync.stop_when(async move { interrupt.pressed().await });
    let report = tokio::select! {
        report = sync.into_future() => report,
        // A response may never arrive. What was read before is kept.
        () = async { context.interrupt.pressed().await; tokio::time::sleep(PATIENCE).await } => {
            bar.finish_and_clear();
            return Err(stopped(context));
        }
    };
    bar.finish_and_clear();
    let report = report?;
    print(context, &report)?;
    finish(context, &report)
}

/// Shows the progress: a bar on a terminal, otherwise a line now and then.
struct Drawing {
    bar: ProgressBar,
    /// `None` if the bar is drawn.
    lines: Option<Output>,
    last_line: Instant,
}

impl Drawing {
    fn new(context: &Context<'_>, bar: ProgressBar) -> Drawing {
        let lines = !context.output.can_draw;
        Drawing {
            bar,
            lines: lines.then(|| Output::new(context.options)),
            last_line: Instant::now(),
        }
    }

    fn draw(&mut self, event: &SyncEvent) {
        let progress = &event.progress;
        let chats = (progress.chats_completed + progress.chats_failed) as u64;
        let messages = grouped(progress.messages_read);
        let message = match event.kind {
            SyncEventKind::RateLimited { pause } => {
                let seconds = pause.as_secs();
                format!("{messages} messages, paused for {seconds} s by the service")
            }
            _ if !progress.listing_done => format!("{messages} messages, listing chats"),
            _ => format!("{messages} messages"),
        };
        let Some(lines) = &self.lines else {
            self.bar.set_length(progress.chats_to_read as u64);
            self.bar.set_position(chats);
            return self.bar.set_message(message);
        };
        if self.last_line.elapsed() >= LINE_INTERVAL {
            self.last_line = Instant::now();
            let total = progress.chats_to_read;
            lines.note(&format!("{chats} of {total} chats, {message}"));
        }
    }
}

fn print(context: &Context<'_>, report: &SyncReport) -> Result<(), Failure> {
    let output = context.output;
    if output.is_json {
        return output.json("sync_report", report);
    }
    let mut facts = vec![counted(report.messages_added, "new message")];
    for (count, what) in [
        (report.messages_changed, "changed"),
        (report.messages_deleted, "deleted"),
        (report.unreadable, "unreadable"),
    ] {
        if count > 0 {
            facts.push(format!("{} {what}", grouped(count)));
        }
    }
    for (count, what) in [
        (report.attachments_downloaded, "downloaded"),
        (report.attachments_failed, "failed"),
        (report.attachments_skipped, "skipped"),
    ] {
        if count > 0 {
            facts.push(format!("{} {what}", counted(count, "attachment")));
        }
    }
    if report.attachments_skipped > 0 {
        output.note(
            "Attachments are skipped if they are too large, or at a host that --attachment-host does not name.",
        );
    }
    let chats = counted(report.chats as u64, "chat");
    let line = format!("{chats}: {}", facts.join(", "));
    output.line(output.view.line().own(&line))
}

/// Fails if a part of the history is missing.
fn finish(context: &Context<'_>, report: &SyncReport) -> Result<(), Failure> {
    if report.stopped {
        return Err(stopped(context));
    }
    for problem in &report.incomplete_lists {
        context.output.warning(problem);
    }
    for failure in &report.failures {
        let warning = format!("chat {}: {}", failure.chat, failure.error);
        context.output.warning(&warning);
    }
    if report.is_complete() {
        return Ok(());
    }
    let message = match report.failures.len() {
        0 => "the archive may be incomplete".to_owned(),
        1 => "one chat is not up to date".to_owned(),
        count => format!("{count} chats are not up to date"),
    };
    let hint = context.again("To try again", &[], "");
    Err(Failure::new(Kind::Partial, message).hint_if(hint))
}

fn stopped(context: &Context<'_>) -> Failure {
    let hint = context.again("What was read is kept. To go on", &[], "");
    Failure::interrupted().hint_if(hint)
}
