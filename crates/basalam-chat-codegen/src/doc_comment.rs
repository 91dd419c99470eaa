//! Conversion of the document's Markdown descriptions to doc comments.

/// Returns the lines of a doc comment, each with the space that follows `///`.
///
/// Code blocks get a language other than Rust, so that rustdoc does not compile them as doctests.
pub(crate) fn lines(description: &str) -> Vec<String> {
    let description = description.trim().replace(is_forbidden, "");
    let mut comment = DocComment::default();
    for line in description.lines() {
        comment.push_markdown(line.trim_end());
    }
    comment.close_code_block();
    comment.lines
}

/// rustc rejects carriage returns in doc comments and warns about bidirectional control characters,
/// which can make source look different from what is compiled.
fn is_forbidden(character: char) -> bool {
    matches!(character, '\r' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[derive(Default)]
struct DocComment {
    lines: Vec<String>,
    /// The code block that is open before the next line.
    code_block: Option<CodeBlock>,
    /// `true` if an indented line belongs to a list item.
    in_list: bool,
}

enum CodeBlock {
    /// Closed by a line of at least `length` times `mark`.
    Fenced { mark: char, length: usize },
    /// Indented by four spaces or a tab.
    Indented,
}

impl DocComment {
    fn push_markdown(&mut self, line: &str) {
        match &self.code_block {
            Some(CodeBlock::Fenced { mark, length }) => {
                let marks = line.trim();
                if marks.len() >= *length && marks.chars().all(|it| it == *mark) {
                    self.code_block = None;
                }
                return self.push(line);
            }
            Some(CodeBlock::Indented) if line.is_empty() => return self.push(line),
            Some(CodeBlock::Indented) => match strip_indent(line) {
                Some(code) => return self.push(code),
                None => self.close_code_block(),
            },
            None => {}
        }
        self.push_outside_code(line);
    }

    fn push_outside_code(&mut self, line: &str) {
        let after_blank = self.lines.last().is_none_or(String::is_empty);
        if let (Some(code), true, false) = (strip_indent(line), after_blank, self.in_list) {
            self.push("```text");
            self.push(code);
            self.code_block = Some(CodeBlock::Indented);
        } else if let Some((mark, length)) = opening_fence(line) {
            let (marks, info) = line.split_at(line.len() - line.trim_start().len() + length);
            self.push(&format!("{marks}{}", language(info.trim())));
            self.code_block = Some(CodeBlock::Fenced { mark, length });
        } else {
            if !line.is_empty() && !line.starts_with("    ") {
                let is_item = line.trim_start().starts_with("- ");
                let is_continued = !after_blank || line.starts_with(' ');
                self.in_list = is_item || (self.in_list && is_continued);
            }
            self.push(line);
        }
    }

    fn push(&mut self, line: &str) {
        self.lines.push(match line {
            "" => String::new(),
            line => format!(" {line}"),
        });
    }

    /// Closes the open code block, including one that the description never closes: other doc lines may
    /// follow it.
    fn close_code_block(&mut self) {
        match self.code_block.take() {
            Some(CodeBlock::Fenced { mark, length }) => self.push(&mark.to_string().repeat(length)),
            Some(CodeBlock::Indented) => {
                let blank = self.lines.iter().rev().take_while(|it| it.is_empty());
                let end = self.lines.len() - blank.count();
                self.lines.insert(end, " ```".to_owned());
            }
            None => {}
        }
    }
}

/// Returns the fence character of a line that opens a code block, and how often it is repeated.
fn opening_fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|it| matches!(it, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3 && !line[length..].contains('`')).then_some((mark, length))
}

/// Returns the language of a code block, `text` if rustdoc could take it for Rust.
fn language(info: &str) -> &str {
    match info {
        "json" | "http" | "html" | "xml" | "yaml" | "toml" | "sh" | "console" => info,
        _ => "text",
    }
}

fn strip_indent(line: &str) -> Option<&str> {
    line.strip_prefix("    ")
        .or_else(|| line.strip_prefix('\t'))
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn keeps_long_lines_and_list_items_unwrapped() {
        let long = "word ".repeat(30);
        let long = long.trim();
        assert_eq!(
            lines(&format!("{long}\n\n- `a`: {long} # 12. c")),
            [
                format!(" {long}"),
                String::new(),
                format!(" - `a`: {long} # 12. c")
            ]
        );
    }

    #[test]
    fn strips_carriage_returns() {
        assert_eq!(lines("a\r\nb\rc"), [" a", " bc"]);
    }

    #[test]
    fn marks_fenced_code_as_text_and_keeps_its_content() {
        let code = format!("let {} = 1;", "x".repeat(100));
        for info in [
            "",
            "rust",
            "no_run",
            "rust,ignore",
            "edition2021",
            "nonsense",
        ] {
            let lines = lines(&format!("Example:\n```{info}\n{code}\n```\nand more."));
            assert_eq!(
                lines,
                [
                    " Example:",
                    " ```text",
                    &format!(" {code}"),
                    " ```",
                    " and more."
                ]
            );
        }
        assert_eq!(lines("~~~json\n{}\n~~~"), [" ~~~json", " {}", " ~~~"]);
    }

    #[test]
    fn closes_unclosed_code_blocks_at_the_end() {
        assert_eq!(
            lines("a\n````\nb\n```"),
            [" a", " ````text", " b", " ```", " ````"]
        );
    }

    #[test]
    fn converts_indented_code_to_text_fences() {
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
    fn indented_lines_in_paragraphs_and_lists_are_not_code() {
        assert_eq!(lines("a\n    b"), [" a", "     b"]);
        assert_eq!(lines("- a\n\n    b"), [" - a", "", "     b"]);
    }

    #[test]
    fn strips_bidirectional_control_characters() {
        assert_eq!(lines("a\u{202e}b \u{2066}c\u{2069}"), [" ab c"]);
        assert_eq!(lines("سلام\u{200c}ها"), [" سلام\u{200c}ها"]);
    }
}
