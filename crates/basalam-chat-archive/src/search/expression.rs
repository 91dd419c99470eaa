//! Translation of queries to expressions of FTS5. Each word is folded and quoted, so no text is a syntax error.

use super::query::SearchQuery;
use crate::fold::Tokens;
use crate::store::{chat_token, sender_token, type_token};

/// A query in terms of the index.
#[derive(Debug, Default)]
pub(super) struct Expression {
    /// Both forms of the terms that must occur, unless there are none.
    required: Vec<Form>,
    excluded: Vec<Term>,
    /// Alternatives of tokens in the column `meta`, each of which must have one that occurs.
    filters: Vec<Vec<String>>,
}

/// Terms that must all occur.
type Form = Vec<Term>;

/// Folded words that must follow one another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Term {
    pub(super) words: Vec<String>,
    /// The last word is the beginning of one.
    pub(super) is_prefix: bool,
}

/// A part of the text of a query.
#[derive(Debug, Default, Eq, PartialEq)]
struct Part {
    text: String,
    is_phrase: bool,
    is_prefix: bool,
    is_excluded: bool,
}

impl Expression {
    pub(super) fn new(query: &SearchQuery) -> Expression {
        let (excluded, required): (Vec<Part>, Vec<Part>) = parts(&query.text)
            .into_iter()
            .partition(|it| it.is_excluded);
        let forms = [body_form(&required), joined_form(&required)];
        let [body, joined] = forms;
        let mut required = Vec::new();
        if !body.is_empty() {
            required.push(body);
        }
        if !joined.is_empty() && !required.contains(&joined) {
            required.push(joined);
        }
        // Either form of an excluded word excludes a message.
        let mut excluded_terms = body_form(&excluded);
        for part in &excluded {
            excluded_terms.extend(joined_form(std::slice::from_ref(part)));
        }
        excluded_terms.dedup();
        let filters = [
            query.chats.iter().map(|it| chat_token(it.0)).collect(),
            query.senders.iter().map(|it| sender_token(it.0)).collect(),
            query
                .types
                .iter()
                .map(|it| type_token(it.as_str()))
                .collect::<Vec<_>>(),
        ];
        Expression {
            required,
            excluded: excluded_terms,
            filters: filters.into_iter().filter(|it| !it.is_empty()).collect(),
        }
    }

    /// Returns the terms that must occur, in all forms.
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.required.iter().flatten()
    }

    /// Returns the expression, or `None` if nothing has to occur.
    pub(super) fn positive(&self) -> Option<String> {
        let mut all = Vec::new();
        if !self.required.is_empty() {
            let forms = self.required.iter().map(conjunction);
            all.push(format!("({})", forms.collect::<Vec<_>>().join(" OR ")));
        }
        for alternatives in &self.filters {
            let alternatives = alternatives.iter().map(|it| format!("\"{it}\""));
            let alternatives = alternatives.collect::<Vec<_>>().join(" OR ");
            all.push(format!("meta : ({alternatives})"));
        }
        if all.is_empty() {
            return None;
        }
        let positive = all.join(" AND ");
        Some(match self.excluded() {
            Some(excluded) => format!("({positive}) NOT ({excluded})"),
            None => positive,
        })
    }

    /// Returns the expression of what must not occur.
    pub(super) fn excluded(&self) -> Option<String> {
        let terms: Vec<String> = self.excluded.iter().map(Term::expression).collect();
        (!terms.is_empty()).then(|| terms.join(" OR "))
    }
}

impl Term {
    /// Words are folded, so they contain no quotation marks.
    fn expression(&self) -> String {
        let prefix = if self.is_prefix { "*" } else { "" };
        format!("{{body joined}} : \"{}\"{prefix}", self.words.join(" "))
    }
}

fn conjunction(form: &Form) -> String {
    let terms = form.iter().map(Term::expression);
    format!("({})", terms.collect::<Vec<_>>().join(" AND "))
}

/// Each part, in the form of the column `body`. A word with several parts is a phrase.
fn body_form(parts: &[Part]) -> Form {
    let terms = parts.iter().map(|part| Term {
        words: Tokens::of(&part.text)
            .words()
            .map(|(word, _)| word.to_owned())
            .collect(),
        is_prefix: part.is_prefix,
    });
    terms.filter(|it| !it.words.is_empty()).collect()
}

/// The parts in the form of the column `joined`. Words that follow one another are joined with their affixes.
fn joined_form(parts: &[Part]) -> Form {
    let mut form = Vec::new();
    let mut run = String::new();
    for part in parts {
        if part.is_phrase || part.is_excluded {
            extend_with_words(&mut form, &mut run, false);
            let words = joined_words(&part.text);
            if !words.is_empty() {
                form.push(Term {
                    words,
                    is_prefix: part.is_prefix,
                });
            }
            continue;
        }
        run.push(' ');
        run.push_str(&part.text);
        if part.is_prefix {
            extend_with_words(&mut form, &mut run, true);
        }
    }
    extend_with_words(&mut form, &mut run, false);
    form
}

/// Adds a term for each word of a run, the last of which can be a prefix.
fn extend_with_words(form: &mut Form, run: &mut String, is_prefix: bool) {
    let words = joined_words(run);
    let last = words.len();
    for (number, word) in (1..).zip(words) {
        form.push(Term {
            words: vec![word],
            is_prefix: is_prefix && number == last,
        });
    }
    run.clear();
}

fn joined_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    Tokens::of(text).for_each_joined(|word, _| words.push(word.to_owned()));
    words
}

fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '«' | '»')
}

/// Splits the text of a query at spaces outside of quotation marks.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let excluded = rest
            .strip_prefix('-')
            .filter(|it| !it.starts_with(char::is_whitespace));
        rest = excluded.unwrap_or(rest);
        let mut part = Part {
            is_excluded: excluded.is_some(),
            ..Part::default()
        };
        let quoted = rest.strip_prefix(is_quotation_mark);
        let end = match quoted {
            Some(_) => quoted.and_then(|it| it.find(is_quotation_mark)),
            None => None,
        };
        match (quoted, end) {
            (Some(quoted), Some(end)) => {
                part.is_phrase = true;
                quoted[..end].clone_into(&mut part.text);
                rest = quoted[end..]
                    .strip_prefix(is_quotation_mark)
                    .unwrap_or_default();
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                rest = after;
                // A quotation mark within a word starts the next part.
                let end = word.get(1..).and_then(|it| it.find(is_quotation_mark));
                let end = end.map_or(word.len(), |it| it + 1);
                let (word, remainder) = word.split_at(end);
                if !remainder.is_empty() {
                    rest = &text[text.len() - rest.len() - remainder.len()..];
                }
                word.clone_into(&mut part.text);
            }
        }
        if let Some(after) = rest.strip_prefix('*') {
            part.is_prefix = true;
            rest = after;
        } else if let Some(word) = part.text.strip_suffix('*') {
            part.is_prefix = true;
            part.text = word.to_owned();
        }
        // A prefix needs a letter before the asterisk.
        part.is_prefix &= part.text.ends_with(|it: char| !it.is_whitespace());
        parts.push(part);
        rest = rest.trim_start();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positive(text: &str) -> String {
        Expression::new(&SearchQuery::new(text))
            .positive()
            .unwrap_or_default()
    }

    #[test]
    fn words_phrases_prefixes_and_exclusions() {
        assert_eq!(positive("کتاب"), r#"(({body joined} : "کتاب"))"#);
        assert_eq!(
            positive("a b"),
            r#"(({body joined} : "a" AND {body joined} : "b"))"#
        );
        assert_eq!(
            positive("\"a b\" c*"),
            r#"(({body joined} : "a b" AND {body joined} : "c"*))"#
        );
        assert_eq!(
            positive("a -b"),
            r#"((({body joined} : "a"))) NOT ({body joined} : "b")"#
        );
        assert_eq!(
            positive("example.com"),
            r#"(({body joined} : "example com") OR ({body joined} : "example" AND {body joined} : "com"))"#
        );
    }

    #[test]
    fn both_forms_of_persian_words_are_searched() {
        assert_eq!(
            positive("می خواهم"),
            r#"(({body joined} : "می" AND {body joined} : "خواهم") OR ({body joined} : "میخواهم"))"#
        );
        assert_eq!(
            positive("می‌خواهم"),
            r#"(({body joined} : "می خواهم") OR ({body joined} : "میخواهم"))"#
        );
    }

    #[test]
    fn no_text_is_an_expression() {
        for text in [
            "", " ", "\"", "\"\"", "*", "-", "- -", "«»", "\u{200c}", "؟!", "\"*\"",
        ] {
            assert_eq!(positive(text), "", "{text:?}");
        }
    }

    #[test]
    fn operators_of_the_index_are_words() {
        for text in [
            "a OR b",
            "NEAR(a b, 2)",
            "body : a",
            "a + b",
            "^a",
            "{a} : b",
            "(a",
            "a\"b",
            "\"a",
            "x AND",
            "NOT",
        ] {
            let expression = positive(text);
            let connection = Connection::open_in_memory().unwrap();
            let table =
                "CREATE VIRTUAL TABLE search USING fts5 (body, joined, meta, tokenize = 'ascii')";
            connection.execute_batch(table).unwrap();
            let sql = "SELECT count(*) FROM search WHERE search MATCH ?1";
            let count: i64 = connection
                .query_row(sql, [&expression], |row| row.get(0))
                .unwrap();
            assert_eq!(count, 0, "{text}: {expression}");
        }
    }

    use rusqlite::Connection;
}
