//! A table of Persian spelling: queries that find a text, and queries that do not.

use basalam_chat::ChatId;
use basalam_chat_archive::{Archive, SearchQuery};

/// A query, a text, and whether the query finds the text.
pub(crate) const PAIRS: &[(&str, &str, bool)] = &[
    // Arabic and Persian letters.
    ("علی", "علي", true),
    ("علي", "علی", true),
    ("کتاب", "كتاب", true),
    ("كتاب", "کتاب", true),
    ("موسی", "موسى", true),
    ("مکه", "مكة", true),
    ("فاطمة", "فاطمه", true),
    ("آب", "اب", true),
    ("اب", "آب", true),
    ("قرآن", "قران", true),
    ("احمد", "أحمد", true),
    ("اسلام", "إسلام", true),
    ("ٱلله", "الله", true),
    ("مسئول", "مسيول", true),
    ("مسؤول", "مسوول", true),
    ("خانه", "خانۀ", true),
    ("خانۀ", "خانهٔ", true),
    ("املاء", "املا", true),
    ("انشا", "انشاء", true),
    ("ہندی", "هندی", true),
    ("کے", "کی", true),
    // Vowel marks, elongation, presentation forms.
    ("محمد", "مُحَمَّد", true),
    ("مُحَمَّد", "محمد", true),
    ("سلام", "ســـلام", true),
    ("سلام", "سَلام", true),
    ("لطفا", "لطفاً", true),
    ("سلام", "ﺳﻼﻡ", true),
    ("ریال", "﷼", true),
    ("الله", "ﷲ", true),
    // Zero-width non-joiner in three forms, and its substitutes.
    ("می‌خواهم", "میخواهم", true),
    ("می‌خواهم", "می خواهم", true),
    ("میخواهم", "می‌خواهم", true),
    ("میخواهم", "می خواهم", true),
    ("می خواهم", "می‌خواهم", true),
    ("می خواهم", "میخواهم", true),
    ("می‌خواهم", "می\u{200b}خواهم", true),
    ("می‌خواهم", "می¬خواهم", true),
    ("نمی‌دانم", "نمیدانم", true),
    ("نمی دانم", "نمی‌دانم", true),
    ("کتاب‌ها", "کتابها", true),
    ("کتاب ها", "کتابها", true),
    ("کتابها", "کتاب ها", true),
    ("کتاب‌های", "کتاب های", true),
    ("کتابهایی", "کتاب‌هایی", true),
    ("بزرگ‌تر", "بزرگتر", true),
    ("بزرگ ترین", "بزرگترین", true),
    ("خانه‌ای", "خانه ای", true),
    ("رفته‌ام", "رفته ام", true),
    ("رفته‌اند", "رفتهاند", true),
    ("دانش‌آموز", "دانشآموز", true),
    ("دانش آموز", "دانش‌آموز", true),
    ("کتاب", "کتاب‌ها", true),
    ("خواهم", "می‌خواهم", true),
    // Digits and case.
    ("123", "۱۲۳", true),
    ("۱۲۳", "١٢٣", true),
    ("1250000", "۱٬۲۵۰٬۰۰۰", true),
    ("iphone", "iPhone", true),
    ("cafe", "Café", true),
    ("👍", "عالی👍", true),
    ("سلام", "\u{202e}سلام\u{202c}", true),
    // Letters that distinguish words.
    ("پر", "بر", false),
    ("چای", "جای", false),
    ("ژاله", "زاله", false),
    ("گل", "کل", false),
    ("تابع", "طابع", false),
    ("ثواب", "صواب", false),
    ("سد", "صد", false),
    ("ثنا", "سنا", false),
    ("ذلت", "زلت", false),
    ("زن", "ظن", false),
    ("ضرب", "ذرب", false),
    ("حرم", "هرم", false),
    ("غریب", "قریب", false),
    ("علم", "الم", false),
    ("جزء", "جز", false),
    ("مسئله", "مسله", false),
    ("ۆ", "و", false),
    ("کوردێ", "کوردی", false),
    ("ڕ", "ر", false),
    ("ڵ", "ل", false),
    ("ٹ", "ت", false),
    ("ڈ", "د", false),
    ("ڑ", "ر", false),
    // No stems, no repeated letters, no parts of words.
    ("رفتن", "رفت", false),
    ("سلاام", "سلام", false),
    ("کتابخانه", "کتاب", false),
    ("کتاب", "کتابخانه", false),
    ("12", "123", false),
];

/// Returns an export with a chat for each text, whose id is its position.
fn export<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut export = String::from("{\"format\":\"basalam-chat-archive\",\"version\":1}\n");
    for (id, text) in (1..).zip(texts) {
        let text = serde_json::to_string(text).unwrap();
        let time = "2026-07-22 10:28:23";
        export.push_str(&format!(
            "{{\"kind\":\"chat\",\"id\":{id},\"chat\":{{\"id\":{id}}}}}\n"
        ));
        export.push_str(&format!(
            "{{\"kind\":\"message\",\"chat_id\":{id},\"id\":{id},\"message\":{{\"id\":{id},\"chat_id\":{id},\"created_at\":\"{time}\",\"updated_at\":\"{time}\",\"message_type\":\"text\",\"content\":{{\"text\":{text}}}}}}}\n"
        ));
    }
    export
}

#[test]
fn queries_find_texts_despite_ordinary_spelling_variation_and_nothing_else() {
    assert!(PAIRS.len() >= 60);
    let directory = tempfile::tempdir().unwrap();
    let archive = Archive::open(directory.path().join("a.db")).unwrap();
    let export = export(PAIRS.iter().map(|(_, text, _)| *text));
    archive.import_json_lines(export.as_bytes()).unwrap();
    let wrong = (1..).zip(PAIRS).filter(|(id, (query, text, expected))| {
        let hits = archive
            .search(&SearchQuery::new(*query).chat(ChatId(*id)))
            .unwrap()
            .hits;
        // What is found is marked in the original.
        let is_marked = hits
            .first()
            .is_none_or(|it| it.snippet.text == *text && !it.snippet.matches.is_empty());
        hits.is_empty() == *expected || !is_marked
    });
    let wrong: Vec<_> = wrong.map(|(_, pair)| pair).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn phrases_find_every_form_of_an_affix() {
    let directory = tempfile::tempdir().unwrap();
    let archive = Archive::open(directory.path().join("a.db")).unwrap();
    let texts = [
        "من می\u{200c}خواهم کتاب\u{200c}ها را",
        "من میخواهم کتابها را",
        "من مي خواهم كتاب ها را",
    ];
    archive
        .import_json_lines(export(texts.into_iter()).as_bytes())
        .unwrap();
    for query in [
        "\"می خواهم کتاب ها\"",
        "\"می\u{200c}خواهم کتاب\u{200c}ها\"",
        "\"ميخواهم كتابها\"",
        "\"من می خواهم\"",
        "میخوا* کتابها",
    ] {
        assert_eq!(
            archive.search(&SearchQuery::new(query)).unwrap().hits.len(),
            3,
            "{query}"
        );
    }
    for query in ["\"کتاب ها می خواهم\"", "\"خواهم من\""] {
        assert_eq!(
            archive.search(&SearchQuery::new(query)).unwrap().hits.len(),
            0,
            "{query}"
        );
    }
}
