//! Progress: a bar on a terminal, a line when the work is done otherwise.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// Returns a bar for so many bytes, which draws nothing unless standard error is a terminal.
pub(crate) fn bytes(output: &Output, what: &str, total: u64) -> ProgressBar {
    let template = "{msg} {wide_bar} {bytes}/{total_bytes}";
    bar(output, template, Some(total)).with_message(crate::text::field(what))
}

/// Returns a bar for items whose number is not known yet.
pub(crate) fn items(output: &Output, what: &str) -> ProgressBar {
    let template = format!("{{spinner}} {{pos}}/{{len}} {what} {{wide_bar}} {{msg}}");
    bar(output, &template, Some(0))
}

fn bar(output: &Output, template: &str, total: Option<u64>) -> ProgressBar {
    if !output.can_draw {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    // The templates are constants that tests draw.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
