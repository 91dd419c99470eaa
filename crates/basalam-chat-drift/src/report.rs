//! Reports of a comparison, for people, programs and changelogs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use basalam_chat_openapi::Pointer;
use serde_json::{Value, json};

use crate::deviations::{Deviations, Stale};
use crate::difference::{Difference, Kind, Severity};
use crate::locate::{component, described, schemas};
use crate::needs::Need;
use crate::place::Place;
use crate::shape::join;

/// The result of a comparison.
pub struct Report {
    /// The unexplained differences, the most severe first.
    pub(crate) differences: Vec<Difference>,
    pub(crate) explained: usize,
    deviations: usize,
    pub(crate) stale: Vec<Stale>,
    /// One line for each addition that was applied to the document before the comparison.
    pub(crate) applied: Vec<String>,
    /// One line for each addition that was not applied, with the reason.
    pub(crate) skipped: Vec<(String, String)>,
    /// The marks in the document.
    pub(crate) needs: Vec<Need>,
    /// The number of constructs that are not compared, by keyword.
    pub(crate) not_compared: BTreeMap<String, usize>,
}

impl Report {
    pub(crate) fn new(
        differences: Vec<Difference>,
        deviations: &Deviations,
        document: &Value,
    ) -> Report {
        let explanation = deviations.explain(differences, document);
        let mut differences = grouped(explanation.unexplained, document);
        differences.sort_by_key(|it| it.severity);
        Report {
            differences,
            explained: explanation.explained,
            deviations: deviations.count,
            stale: explanation.stale,
            applied: Vec::new(),
            skipped: Vec::new(),
            needs: Vec::new(),
            not_compared: BTreeMap::new(),
        }
    }

    /// Returns `true` if every difference is explained and no deviation is stale.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.stale.is_empty()
    }

    /// Returns `true` if the document was changed, so that the generated sources are stale.
    #[must_use]
    pub fn changed_document(&self) -> bool {
        !self.applied.is_empty()
    }

    fn count(&self, severity: Severity) -> usize {
        let differences = self.differences.iter();
        differences.filter(|it| it.severity == severity).count()
    }

    /// Returns the report for people: a line for each difference, and a summary.
    #[must_use]
    pub fn text(&self, color: bool) -> String {
        let paint = |style: Style, text: &str| match color {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        };
        let mut text = String::new();
        for line in &self.applied {
            let word = paint(AnsiColor::Green.on_default(), "applied");
            let _ = writeln!(text, "{word} {line}");
        }
        for (line, reason) in &self.skipped {
            let word = paint(AnsiColor::Yellow.on_default(), "skipped");
            let _ = writeln!(text, "{word} {line}\n    {reason}");
        }
        for difference in &self.differences {
            let severity = format!("{:<8}", difference.severity.as_str());
            let severity = paint(style(difference.severity), &severity);
            let place = paint(Style::new().bold(), &difference.place.to_string());
            let also = match difference.also.len() {
                0 => String::new(),
                count => format!(" (and at {count} more places of the same schema)"),
            };
            let statement = difference.statement();
            let _ = writeln!(text, "{severity}  {place}: {statement}{also}");
        }
        for Stale { place, statement } in &self.stale {
            let word = paint(AnsiColor::Red.on_default().bold(), "stale   ");
            let _ = writeln!(
                text,
                "{word}  {place}: deviations.json lists {statement:?}, which does not apply"
            );
        }
        let counts = Severity::ALL.map(|it| format!("{} {it}", self.count(it)));
        let _ = writeln!(
            text,
            "{}; {} explained by {} deviations, {} stale",
            counts.join(", "),
            self.explained,
            self.deviations,
            self.stale.len()
        );
        if !self.not_compared.is_empty() {
            let counts = self.not_compared.iter();
            let counts = counts.map(|(name, count)| format!("{name} ({count})"));
            let _ = writeln!(text, "not compared: {}", join(counts, ", ", ""));
        }
        text
    }

    /// Returns the report for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let differences = self.differences.iter().map(|difference| {
            json!({
                "severity": difference.severity.as_str(),
                "kind": difference.kind.to_string(),
                "operation": difference.place.operation(),
                "place": difference.place.in_operation(),
                "document": difference.base,
                "contract": difference.other,
                "line": difference.to_string(),
                "also": difference.also.iter().map(Place::to_string).collect::<Vec<_>>(),
            })
        });
        let skipped = self.skipped.iter();
        let skipped = skipped.map(|(line, reason)| json!({ "line": line, "reason": reason }));
        json!({
            "clean": self.is_clean(),
            "differences": differences.collect::<Vec<_>>(),
            "explained": self.explained,
            "deviations": self.deviations,
            "stale": self.stale,
            "applied": self.applied,
            "skipped": skipped.collect::<Vec<_>>(),
            "not_compared": self.not_compared,
        })
    }

    /// Returns the report for changelogs.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let mut section = |title: &str, items: Vec<String>| {
            if !items.is_empty() {
                let _ = writeln!(text, "### {title}\n\n- {}\n", items.join("\n- "));
            }
        };
        section("Applied", self.applied.iter().map(|it| code(it)).collect());
        for severity in Severity::ALL {
            let items = self.differences.iter().filter(|it| it.severity == severity);
            let items = items.map(|it| item(&it.place.to_string(), &it.statement()));
            let (first, rest) = severity.as_str().split_at(1);
            section(&format!("{}{rest}", first.to_uppercase()), items.collect());
        }
        let stale = self.stale.iter().map(|it| item(&it.place, &it.statement));
        section("Stale deviations", stale.collect());
        if text.is_empty() {
            text += "No changes on the wire.\n";
        }
        text
    }
}

/// Merges equal differences at places that the same schema of the document describes.
fn grouped(differences: Vec<Difference>, document: &Value) -> Vec<Difference> {
    let mut groups: Vec<Difference> = Vec::new();
    let mut by_schema: BTreeMap<(Pointer, String), usize> = BTreeMap::new();
    for difference in differences {
        let next = groups.len();
        let at = described(document, &difference.place).map(|at| {
            // Every place of a named enum has the same values.
            let named = component(document, &at).filter(|_| difference.kind == Kind::EnumValue);
            named.map_or(at, |name| schemas().child(name))
        });
        let index = at.map_or(next, |at| {
            let statement = format!("{} {}", difference.severity, difference.statement());
            let key = (at, statement);
            *by_schema.entry(key).or_insert(next)
        });
        match groups.get_mut(index) {
            Some(group) => group.also.push(difference.place),
            None => groups.push(difference),
        }
    }
    groups
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Breaking => AnsiColor::Red.on_default().bold(),
        Severity::Additive => AnsiColor::Green.on_default(),
        Severity::Harmless => AnsiColor::BrightBlack.on_default(),
    }
}

fn item(place: &str, statement: &str) -> String {
    format!("{}: {}", code(place), escape(statement))
}

/// Formats a string as Markdown code, even if it contains backticks.
fn code(string: &str) -> String {
    match string.contains('`') {
        true => format!("`` {string} ``"),
        false => format!("`{string}`"),
    }
}

/// Escapes the special characters of Markdown.
fn escape(string: &str) -> String {
    let is_special = |it: char| "\\`*_[]<>|#".contains(it);
    string.chars().fold(String::new(), |mut escaped, it| {
        if is_special(it) {
            escaped.push('\\');
        }
        escaped.push(it);
        escaped
    })
}
