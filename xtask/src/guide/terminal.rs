//! The picture of a terminal in README.md, drawn from a session that the tests of the command run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use unicode_width::UnicodeWidthStr;

/// The page whose first session is drawn, and the picture.
const SESSION: &str = "docs/command-line.md";
const PICTURE: &str = "docs/images/terminal.svg";

/// The size of a character and the border, in pixels.
const WIDTH: f64 = 8.4;
const HEIGHT: usize = 21;
const BORDER: usize = 18;

/// Draws the session. Fails if the picture was not up to date.
pub(super) fn check(root: &Path) -> anyhow::Result<()> {
    let page = fs::read_to_string(root.join(SESSION))?;
    let (_, session) = page
        .split_once("```console\n")
        .with_context(|| format!("{SESSION} has no session"))?;
    let (session, _) = session.split_once("```").unwrap_or((session, ""));
    let picture = draw(session)?;
    let path = root.join(PICTURE);
    if fs::read_to_string(&path).is_ok_and(|it| it == picture) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, picture)?;
    bail!("{PICTURE} was not up to date, and is now: commit it");
}

fn draw(session: &str) -> anyhow::Result<String> {
    let lines: Vec<&str> = session.lines().collect();
    let columns = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let width = (columns as f64 * WIDTH).ceil() as usize + 2 * BORDER;
    let height = lines.len() * HEIGHT + 2 * BORDER;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-size=\"14\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" fill=\"#d8dee9\">"
    )?;
    writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1d2330\"/>"
    )?;
    for (row, line) in lines.iter().enumerate() {
        let y = BORDER + row * HEIGHT + 15;
        let style = match line.starts_with('$') {
            true => " fill=\"#8fd18b\"",
            false => "",
        };
        for (column, text) in cells(line) {
            let x = BORDER as f64 + column as f64 * WIDTH;
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\"{style}>{text}</text>")?;
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// Returns the parts of a line between which there is more than one space, each with its column. Persian letters do not
/// have the width of a column, so the parts after them need a position.
fn cells(line: &str) -> Vec<(usize, &str)> {
    let mut cells = Vec::new();
    let mut start = 0;
    for part in line.split("  ") {
        let text = part.trim();
        if !text.is_empty() {
            let spaces = part.len() - part.trim_start().len();
            cells.push((line[..start].width() + spaces, text));
        }
        start += part.len() + 2;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::{cells, draw};

    #[test]
    fn columns_after_persian_text_keep_their_position() {
        assert_eq!(
            cells("1001  سارا    ok"),
            [(0, "1001"), (6, "سارا"), (14, "ok")]
        );
        assert_eq!(cells("   a b"), [(3, "a b")]);
        assert_eq!(cells("نیم‌فاصله  x"), [(0, "نیم‌فاصله"), (10, "x")]);
    }

    #[test]
    fn markup_is_escaped() {
        let svg = draw("$ a <b> & c\n").unwrap();
        assert!(svg.contains("$ a &lt;b> &amp; c</text>"), "{svg}");
    }
}
