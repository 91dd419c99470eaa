//! Prose: from the document's Markdown to the lines of a doc comment.

/// How many characters of prose go on a line.
const WIDTH: usize = 92;

/// Breaks prose into the lines of a doc comment, each with the space that follows `///`.
///
/// Markdown keeps its meaning: a line is broken at spaces alone, an item of a list goes on indented,
/// and code is left as it is. What the document shows as code is no Rust to be tested, so code blocks
/// say that they hold something else.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text: String = text.trim().chars().filter(|it| is_harmless(*it)).collect();
    let mut prose = Prose::default();
    for line in text.lines() {
        prose.take(line.trim_end());
    }
    prose.end_of_code();
    prose.lines
}

/// A carriage return has no place in a comment, and characters that turn the direction of writing
/// around could show other code than is compiled.
fn is_harmless(character: char) -> bool {
    !matches!(character, '\r' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[derive(Default)]
struct Prose {
    lines: Vec<String>,
    /// What ends the block of code that the next line stands in.
    code: Option<Code>,
    /// Whether an indented line belongs to the item of a list.
    in_list: bool,
}

enum Code {
    /// Between two lines of at least so many of such marks.
    Fenced { mark: char, length: usize },
    /// By four spaces or a tab.
    Indented,
}

impl Prose {
    fn take(&mut self, line: &str) {
        match &self.code {
            Some(Code::Fenced { mark, length }) => {
                let marks = line.trim();
                if marks.len() >= *length && marks.chars().all(|it| it == *mark) {
                    self.code = None;
                }
                return self.push(line);
            }
            Some(Code::Indented) if line.is_empty() => return self.push(line),
            Some(Code::Indented) => match without_indent(line) {
                Some(code) => return self.push(code),
                None => self.end_of_code(),
            },
            None => {}
        }
        self.take_text(line);
    }

    fn take_text(&mut self, line: &str) {
        let after_gap = self.lines.last().is_none_or(String::is_empty);
        if let (Some(code), true, false) = (without_indent(line), after_gap, self.in_list) {
            self.push("```text");
            self.push(code);
            self.code = Some(Code::Indented);
        } else if let Some((mark, length)) = fence(line) {
            let (marks, written) = line.split_at(line.len() - line.trim_start().len() + length);
            self.push(&format!("{marks}{}", language(written.trim())));
            self.code = Some(Code::Fenced { mark, length });
        } else if line.is_empty() || line.starts_with("    ") {
            self.push(line);
        } else {
            let is_item = line.trim_start().starts_with("- ");
            self.in_list = is_item || (self.in_list && (!after_gap || line.starts_with(' ')));
            let indent = match is_item {
                true => " ".repeat(3 + line.len() - line.trim_start().len()),
                false => " ".to_owned(),
            };
            wrap(line, &indent, &mut self.lines);
        }
    }

    fn push(&mut self, line: &str) {
        self.lines.push(match line {
            "" => String::new(),
            line => format!(" {line}"),
        });
    }

    /// Closes a block of code, also one that the document leaves open: what follows is no code.
    fn end_of_code(&mut self) {
        match self.code.take() {
            Some(Code::Fenced { mark, length }) => self.push(&mark.to_string().repeat(length)),
            Some(Code::Indented) => {
                let gap = self.lines.iter().rev().take_while(|it| it.is_empty());
                let end = self.lines.len() - gap.count();
                self.lines.insert(end, " ```".to_owned());
            }
            None => {}
        }
    }
}

/// The mark with which a block of code begins, and how many there are of it.
fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|it| matches!(it, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3 && !line[length..].contains('`')).then_some((mark, length))
}

/// What a block of code holds; anything that rustdoc would take for Rust is plain text.
fn language(written: &str) -> &str {
    const KEPT: &[&str] = &[
        "json", "http", "text", "html", "xml", "yaml", "toml", "sh", "console",
    ];
    match KEPT.contains(&written) {
        true => written,
        false => "text",
    }
}

fn without_indent(line: &str) -> Option<&str> {
    line.strip_prefix("    ")
        .or_else(|| line.strip_prefix('\t'))
}

fn wrap(line: &str, indent: &str, lines: &mut Vec<String>) {
    let (mut current, mut width) = (String::new(), 0);
    for word in line.split(' ') {
        let length = word.chars().count();
        if current.is_empty() {
            current = format!(" {word}");
            width = 1 + length;
        } else if width + 1 + length <= WIDTH || begins_markdown(word) {
            current.push(' ');
            current.push_str(word);
            width += 1 + length;
        } else {
            lines.push(std::mem::replace(&mut current, format!("{indent}{word}")));
            width = indent.len() + length;
        }
    }
    lines.push(current);
}

/// Whether a word would mean something else at the beginning of a line.
fn begins_markdown(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    matches!(word, "" | "-" | "+" | "*" | "=" | ">")
        || word.starts_with(['#', '>', '|', '='])
        || word.starts_with("```")
        || word.starts_with("~~~")
        || (number.len() < word.len() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn prose_is_broken_at_spaces_and_list_items_go_on_indented() {
        let long = "word ".repeat(30);
        let lines = lines(&format!("{long}\n\n- `a`: {long}"));
        assert!(
            lines.iter().all(|line| line.chars().count() <= 93),
            "{lines:#?}"
        );
        assert_eq!(lines.iter().filter(|line| line.is_empty()).count(), 1);
        assert!(lines.last().is_some_and(|line| line.starts_with("   word")));
    }

    #[test]
    fn a_word_that_would_begin_a_list_or_a_heading_stays_on_its_line() {
        let filler = "x".repeat(91);
        assert_eq!(lines(&format!("{filler} # no heading")).len(), 2);
        assert!(lines(&format!("{filler} # no heading"))[0].ends_with('#'));
        assert!(lines(&format!("{filler} 12. no item"))[0].ends_with("12."));
    }

    #[test]
    fn line_ends_of_every_kind_are_line_ends() {
        assert_eq!(lines("a\r\nb\rc"), [" a", " bc"]);
    }

    #[test]
    fn code_between_marks_stays_as_it_is_and_is_never_taken_for_rust() {
        let code = format!("let {} = 1;", "x".repeat(100));
        for written in [
            "",
            "rust",
            "no_run",
            "rust,ignore",
            "edition2021",
            "nonsense",
        ] {
            let lines = lines(&format!("Like so:\n```{written}\n{code}\n```\nand on."));
            assert_eq!(
                lines,
                [
                    " Like so:",
                    " ```text",
                    &format!(" {code}"),
                    " ```",
                    " and on."
                ]
            );
        }
        assert_eq!(lines("~~~json\n{}\n~~~"), [" ~~~json", " {}", " ~~~"]);
    }

    #[test]
    fn code_that_is_never_closed_ends_with_the_text() {
        assert_eq!(
            lines("a\n````\nb\n```"),
            [" a", " ````text", " b", " ```", " ````"]
        );
    }

    #[test]
    fn indented_code_is_marked_as_text() {
        assert_eq!(
            lines("a\n\n    let x = {;\n\n\tb\n\nc"),
            [
                " a",
                "",
                " ```text",
                " let x = {;",
                "",
                " b",
                " ```",
                "",
                " c"
            ]
        );
        assert_eq!(
            lines("a\n\n    code"),
            [" a", "", " ```text", " code", " ```"]
        );
    }

    #[test]
    fn an_indented_line_of_a_paragraph_or_of_a_list_is_no_code() {
        assert_eq!(lines("a\n    b"), [" a", "     b"]);
        assert_eq!(lines("- a\n\n    b"), [" - a", "", "     b"]);
    }

    #[test]
    fn characters_that_turn_the_direction_around_are_left_out() {
        assert_eq!(lines("a\u{202e}b \u{2066}c\u{2069}"), [" ab c"]);
        assert_eq!(lines("سلام\u{200c}ها"), [" سلام\u{200c}ها"]);
    }

    #[test]
    fn a_text_of_marks_alone_is_broken_in_linear_time() {
        let lines = lines(&"# ".repeat(200_000));
        assert_eq!(lines.len(), 1);
    }
}
