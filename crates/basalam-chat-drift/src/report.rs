//! What came of a comparison, for people, programs and changelogs.

use std::fmt::Write as _;

use crate::difference::{Class, Difference};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::deviations::{Deviations, Stale};

/// What came of a comparison.
pub struct Report {
    /// What nothing explains, the worst first.
    pub(super) differences: Vec<Difference>,
    pub(super) explained: usize,
    entries: usize,
    pub(super) stale: Vec<Stale>,
    /// What was taken over before, by line.
    pub(super) applied: Vec<String>,
    /// What could be taken over but was not, with the reason.
    pub(super) left: Vec<(String, String)>,
}

impl Report {
    pub(super) fn new(found: Vec<Difference>, deviations: &Deviations) -> Report {
        let (mut differences, explained, stale) = deviations.explain(found);
        differences.sort_by_key(|it| it.class);
        Report {
            differences,
            explained,
            entries: deviations.count(),
            stale,
            applied: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Whether every difference is explained, and every explanation needed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.stale.is_empty()
    }

    /// Whether the document was changed, so that the generated sources are stale.
    #[must_use]
    pub fn has_applied(&self) -> bool {
        !self.applied.is_empty()
    }

    fn count(&self, class: Class) -> usize {
        self.differences
            .iter()
            .filter(|it| it.class == class)
            .count()
    }

    /// The report for people, with colour if `colourful`.
    #[must_use]
    pub fn text(&self, colourful: bool) -> String {
        let painted = |style: Style, text: &str| match colourful {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        };
        let mut text = String::new();
        for line in &self.applied {
            let _ = writeln!(
                text,
                "{} {line}",
                painted(AnsiColor::Green.on_default(), "taken over")
            );
        }
        for (line, reason) in &self.left {
            let word = painted(AnsiColor::Yellow.on_default(), "not taken over");
            let _ = writeln!(text, "{word} {line}\n    {reason}");
        }
        for difference in &self.differences {
            let style = style(difference.class);
            let class = painted(style, &format!("{:<8}", difference.class.as_str()));
            let place = painted(Style::new().bold(), &difference.place.to_string());
            let _ = writeln!(text, "{class}  {place}: {}", difference.statement());
        }
        for stale in &self.stale {
            let word = painted(AnsiColor::Red.on_default().bold(), "stale   ");
            let _ = writeln!(
                text,
                "{word}  {}: deviations.json explains {:?}, which is not so",
                stale.place, stale.statement
            );
        }
        let counts = Class::ALL.map(|class| format!("{} {class}", self.count(class)));
        let _ = writeln!(
            text,
            "{}; {} explained by {} deviations, {} stale",
            counts.join(", "),
            self.explained,
            self.entries,
            self.stale.len()
        );
        text
    }

    /// The report for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let differences = self.differences.iter().map(|difference| {
            json!({
                "class": difference.class.as_str(),
                "kind": difference.kind.as_str(),
                "operation": difference.place.operation(),
                "place": difference.place.within(),
                "here": difference.here,
                "there": difference.there,
                "line": difference.to_string(),
            })
        });
        let stale = self
            .stale
            .iter()
            .map(|stale| json!({ "place": stale.place, "statement": stale.statement }));
        let left = self
            .left
            .iter()
            .map(|(line, reason)| json!({ "line": line, "reason": reason }));
        json!({
            "clean": self.is_clean(),
            "differences": differences.collect::<Vec<_>>(),
            "explained": self.explained,
            "deviations": self.entries,
            "stale": stale.collect::<Vec<_>>(),
            "applied": self.applied,
            "not_applied": left.collect::<Vec<_>>(),
        })
    }

    /// The report for changelogs.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        if !self.applied.is_empty() {
            text += "### Taken over\n\n";
            for line in &self.applied {
                let _ = writeln!(text, "- {}", code(line));
            }
            text.push('\n');
        }
        for class in Class::ALL {
            let of_class = self.differences.iter().filter(|it| it.class == class);
            let mut lines = of_class.peekable();
            if lines.peek().is_none() {
                continue;
            }
            let (first, rest) = class.as_str().split_at(1);
            let _ = writeln!(text, "### {}{rest}\n", first.to_uppercase());
            for it in lines {
                let _ = writeln!(
                    text,
                    "- {}: {}",
                    code(&it.place.to_string()),
                    escaped(&it.statement())
                );
            }
            text.push('\n');
        }
        if !self.stale.is_empty() {
            text += "### Deviations that are no longer so\n\n";
            for it in &self.stale {
                let _ = writeln!(text, "- {}: {}", code(&it.place), escaped(&it.statement));
            }
            text.push('\n');
        }
        if text.is_empty() {
            text += "No changes on the wire.\n";
        }
        text
    }
}

fn style(class: Class) -> Style {
    match class {
        Class::Breaking => AnsiColor::Red.on_default().bold(),
        Class::Additive => AnsiColor::Green.on_default(),
        Class::Harmless => AnsiColor::BrightBlack.on_default(),
    }
}

/// As code, whatever backticks are in it.
fn code(text: &str) -> String {
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

/// Without a meaning for Markdown.
fn escaped(text: &str) -> String {
    let special = |it: char| "\\`*_[]<>|#".contains(it);
    text.chars().fold(String::new(), |mut text, it| {
        if special(it) {
            text.push('\\');
        }
        text.push(it);
        text
    })
}
