//! The language of the interface.

/// The language of the interface of an HTML export. Messages are shown as they are.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Language {
    /// Persian, from right to left.
    #[default]
    Persian,
    /// English, from left to right.
    English,
}

/// The texts of the interface.
pub(super) struct Strings {
    pub(super) archive: &'static str,
    pub(super) search: &'static str,
    pub(super) nothing_found: &'static str,
    pub(super) more: &'static str,
    pub(super) messages: &'static str,
    pub(super) chats: &'static str,
    pub(super) newer: &'static str,
    pub(super) older: &'static str,
    pub(super) deleted: &'static str,
    pub(super) reply: &'static str,
    pub(super) forwarded: &'static str,
    pub(super) not_downloaded: &'static str,
    pub(super) untitled: &'static str,
}

impl Language {
    pub(super) fn code(self) -> &'static str {
        match self {
            Language::Persian => "fa",
            Language::English => "en",
        }
    }

    pub(super) fn direction(self) -> &'static str {
        match self {
            Language::Persian => "rtl",
            Language::English => "ltr",
        }
    }

    pub(super) fn strings(self) -> &'static Strings {
        match self {
            Language::Persian => &PERSIAN,
            Language::English => &ENGLISH,
        }
    }
}

const PERSIAN: Strings = Strings {
    archive: "بایگانی گفتگوها",
    search: "جستجو",
    nothing_found: "چیزی پیدا نشد",
    more: "بیشتر",
    messages: "پیام",
    chats: "گفتگوها",
    newer: "جدیدتر",
    older: "قدیمی‌تر",
    deleted: "حذف شده",
    reply: "در پاسخ به",
    forwarded: "هدایت شده",
    not_downloaded: "دریافت نشده",
    untitled: "بدون نام",
};

const ENGLISH: Strings = Strings {
    archive: "Chat archive",
    search: "Search",
    nothing_found: "Nothing found",
    more: "More",
    messages: "messages",
    chats: "Chats",
    newer: "Newer",
    older: "Older",
    deleted: "deleted",
    reply: "Reply to",
    forwarded: "Forwarded",
    not_downloaded: "not downloaded",
    untitled: "Untitled",
};
