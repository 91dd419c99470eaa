//! Lines of output for people: columns, colours, and the direction of text.

use std::borrow::Cow;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_bidi::{BidiInfo, Level};

use crate::text;

/// First strong isolate: what follows has the direction of its first letter, and does not affect what surrounds it.
const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// How text of several directions is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    /// In logical order, with each text of others isolated. The terminal reorders.
    Isolated,
    /// In the order of the columns, for terminals that do not reorder.
    Visual,
    /// In logical order, as it is.
    Plain,
}

/// How lines look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) color: bool,
    pub(crate) direction: Direction,
}

impl View {
    /// Text without colours and marks.
    pub(crate) const PLAIN: View = View {
        color: false,
        direction: Direction::Plain,
    };

    /// Starts a line.
    pub(crate) fn line(&self) -> Line {
        Line {
            view: *self,
            text: String::new(),
        }
    }
}

/// A line for people. Whatever is added, the result contains no control characters but those of its colours.
#[must_use]
pub(crate) struct Line {
    view: View,
    text: String,
}

impl Line {
    /// Adds text of the program.
    pub(crate) fn own(mut self, text: &str) -> Line {
        self.text.push_str(&text::own(text));
        self
    }

    /// Adds text of the program in a column of this width, with a gap after it.
    pub(crate) fn column(self, text: &str, width: usize) -> Line {
        let padding = width.saturating_sub(text::columns(text));
        self.own(text).own(&" ".repeat(padding + 2))
    }

    /// Adds an integer at the right of a column of this width, with a gap after it.
    pub(crate) fn number(self, number: i64, width: usize) -> Line {
        self.own(&format!("{number:>width$}  "))
    }

    /// Adds text of somebody else, on one line.
    pub(crate) fn foreign(self, text: &str) -> Line {
        let shown = text::field(text);
        self.isolated(&shown)
    }

    /// Adds text of somebody else, on one line, in which some ranges of bytes are emphasized.
    pub(crate) fn foreign_with_matches(mut self, text: &str, matches: &[Range<usize>]) -> Line {
        let isolates = self.view.direction != Direction::Plain;
        self.text.extend(isolates.then_some(ISOLATE));
        let mut rest = 0;
        for range in matches {
            let (Some(before), Some(found)) =
                (text.get(rest..range.start), text.get(range.clone()))
            else {
                continue;
            };
            self = self.own(before).styled(strong(), |line| line.own(found));
            rest = range.end;
        }
        self = self.own(text.get(rest..).unwrap_or_default());
        self.text.extend(isolates.then_some(END_OF_ISOLATE));
        self
    }

    /// Adds text of somebody else in a column of this width, with a gap after it.
    pub(crate) fn foreign_column(self, text: &str, width: usize) -> Line {
        let shown = text::truncate(&text::field(text), width);
        let padding = width.saturating_sub(text::columns(&shown));
        self.isolated(&shown).own(&" ".repeat(padding + 2))
    }

    /// Adds text that was made safe.
    pub(crate) fn isolated(mut self, safe: &str) -> Line {
        let isolates = self.view.direction != Direction::Plain && !safe.is_empty();
        self.text.extend(isolates.then_some(ISOLATE));
        self.text.push_str(safe);
        self.text.extend(isolates.then_some(END_OF_ISOLATE));
        self
    }

    /// Adds what `add` adds, in a style if there are colours.
    pub(crate) fn styled(mut self, style: Style, add: impl FnOnce(Line) -> Line) -> Line {
        // Reordering would scatter the escape sequences.
        if !self.view.color || self.view.direction == Direction::Visual {
            return add(self);
        }
        self.text.push_str(&style.render().to_string());
        let mut line = add(self);
        line.text.push_str(&style.render_reset().to_string());
        line
    }

    /// Returns the line.
    pub(crate) fn finish(self) -> String {
        let trimmed = self.text.trim_end();
        match self.view.direction {
            Direction::Visual => visual_order(trimmed).into_owned(),
            _ => trimmed.to_owned(),
        }
    }
}

/// Returns a line in the order of the columns, without isolates.
fn visual_order(line: &str) -> Cow<'_, str> {
    let info = BidiInfo::new(line, Some(Level::ltr()));
    let Some(paragraph) = info.paragraphs.first() else {
        return Cow::Borrowed(line);
    };
    let ordered = info.reorder_line(paragraph, paragraph.range.clone());
    Cow::Owned(ordered.replace([ISOLATE, END_OF_ISOLATE], ""))
}

/// The style of names.
pub(crate) fn strong() -> Style {
    Style::new().bold()
}

/// The style of what matters less.
pub(crate) fn faint() -> Style {
    Style::new().dimmed()
}

/// The style of failures.
pub(crate) fn red() -> Style {
    AnsiColor::Red.on_default().bold()
}

/// The style of warnings.
pub(crate) fn yellow() -> Style {
    AnsiColor::Yellow.on_default().bold()
}

/// The style of successes.
pub(crate) fn green() -> Style {
    AnsiColor::Green.on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(direction: Direction) -> View {
        View {
            color: false,
            direction,
        }
    }

    #[test]
    fn text_of_others_is_isolated() {
        let line = |direction| {
            let line = view(direction).line().column("7", 3);
            line.foreign("سارا\u{202e}\u{2069}").own(" x").finish()
        };
        assert_eq!(line(Direction::Isolated), "7    \u{2068}سارا\u{2069} x");
        assert_eq!(line(Direction::Plain), "7    سارا x");
    }

    #[test]
    fn visual_order_reverses_right_to_left_text_within_its_field() {
        let line = view(Direction::Visual).line().own("7 ");
        let line = line.foreign("سارا ali").own(" !").finish();
        assert_eq!(line, "7 ali اراس !");
        let latin = view(Direction::Visual).line().own("7 ").foreign("Sara");
        assert_eq!(latin.finish(), "7 Sara");
        assert_eq!(view(Direction::Visual).line().finish(), "");
    }

    #[test]
    fn long_lines_of_both_directions_are_reordered() {
        for part in ["سلام hello (1) ", "\u{2067}\u{202b}aب", "[(", "ب)(1", "1ب"] {
            let text = part.repeat(20_000);
            let shown = text::own(&text);
            let line = view(Direction::Visual).line().isolated(&shown).finish();
            assert_eq!(line.chars().count(), shown.chars().count(), "{part}");
        }
    }

    #[test]
    fn columns_align_by_width() {
        let plain = view(Direction::Plain);
        let line = |name: &str| plain.line().foreign_column(name, 6).own("|").finish();
        assert_eq!(line("Sara"), "Sara    |");
        assert_eq!(line("日本"), "日本    |");
        assert_eq!(line("Alexandra"), "Alexa…  |");
    }

    #[test]
    fn matches_are_emphasized_and_made_safe() {
        let text = "a\u{1b}[31m هزینه b";
        let start = text.find('ه').unwrap();
        let matches = [start..start + "هزینه".len(), 900..901];
        let line = |color| {
            let view = View {
                color,
                direction: Direction::Isolated,
            };
            view.line().foreign_with_matches(text, &matches).finish()
        };
        assert_eq!(line(false), "\u{2068}a\u{fffd}[31m هزینه b\u{2069}");
        assert_eq!(
            line(true),
            "\u{2068}a\u{fffd}[31m \u{1b}[1mهزینه\u{1b}[0m b\u{2069}"
        );
    }

    #[test]
    fn colours_are_the_only_escape_sequences() {
        let colored = View {
            color: true,
            direction: Direction::Isolated,
        };
        let line = colored
            .line()
            .styled(strong(), |line| line.foreign("a\u{1b}[31m"))
            .finish();
        assert_eq!(line, "\u{1b}[1m\u{2068}a\u{fffd}[31m\u{2069}\u{1b}[0m");
        let plain = view(Direction::Plain)
            .line()
            .styled(strong(), |line| line.own("a"));
        assert_eq!(plain.finish(), "a");
    }
}
