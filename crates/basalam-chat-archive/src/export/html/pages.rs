//! The pages: the list of chats, and the messages of each chat.

use std::fs::File;

use super::super::output::Output;
use super::super::rows::{self, Chat, Message, files};
use super::escape::{Escaped, FileName, Linked, is_link};
use super::files::{FileCopies, Media};
use super::{Context, MESSAGES_PER_PAGE};
use crate::error::Error;
use crate::file::create_private_directory;

/// Nothing is loaded from the network. Files on a disk have no host, so they need `file:`.
const POLICY: &str = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; \
    media-src 'self' file:; form-action 'self' file:; base-uri 'none'";

/// Writes the pages of a chat, and returns the number of its messages.
pub(super) fn write_chat(
    context: &Context<'_>,
    chat: &Chat,
    copies: &mut FileCopies,
) -> Result<u64, Error> {
    let count = context
        .selection
        .count_messages(context.connection, chat.id)?;
    let pages = count.div_ceil(MESSAGES_PER_PAGE).max(1);
    let folder = format!("chats/{}", chat.id);
    let path = context.directory.path(&folder);
    create_private_directory(&path).map_err(|error| Error::io("create", &path, error))?;
    let open = |page: u64| -> Result<Output<File>, Error> {
        let mut output = context.directory.file(&format!("{folder}/{page}.html"))?;
        write_head(context, &mut output, chat.title.as_deref(), "../../")?;
        write_navigation(context, &mut output, page, pages)?;
        output.write_str("<main class=\"messages\">\n")?;
        Ok(output)
    };
    let close = |mut output: Output<File>, page: u64| -> Result<(), Error> {
        output.write_str("<div id=\"end\"></div>\n</main>\n")?;
        write_navigation(context, &mut output, page, pages)?;
        output.write_str("</body>\n</html>\n")?;
        output.finish()
    };
    let (mut output, mut page, mut written) = (open(1)?, 1, 0);
    context
        .selection
        .for_each_message(context.connection, chat.id, |message| {
            if written > 0 && written % MESSAGES_PER_PAGE == 0 {
                let next = open(page + 1)?;
                close(std::mem::replace(&mut output, next), page)?;
                page += 1;
            }
            written += 1;
            write_message(context, &mut output, chat.id, &message, copies)
        })?;
    close(output, page)?;
    Ok(count)
}

/// Writes the first page: the search, and the list of chats.
pub(super) fn write_start(
    context: &Context<'_>,
    mut chats: Vec<(Chat, u64)>,
    shards: u32,
) -> Result<(), Error> {
    let strings = context.language.strings();
    let mut output = context.directory.file("index.html")?;
    write_head(context, &mut output, None, "")?;
    output.write(format_args!(
        "<section id=\"results\" data-shards=\"{shards}\" data-none=\"{}\" data-more=\"{}\" hidden></section>\n\
        <nav id=\"chats\" aria-label=\"{}\">\n<ul class=\"chats\">\n",
        strings.nothing_found, strings.more, strings.chats
    ))?;
    chats.sort_by(|(a, _), (b, _)| b.updated_at.cmp(&a.updated_at).then(a.id.cmp(&b.id)));
    for (chat, messages) in &chats {
        let last_page = messages.div_ceil(MESSAGES_PER_PAGE).max(1);
        output.write(format_args!(
            "<li><a href=\"chats/{}/{last_page}.html#end\"><bdi dir=\"auto\">{}</bdi></a> \
            <span class=\"meta\">{messages} {} · <time dir=\"ltr\">{}</time></span></li>\n",
            chat.id,
            Escaped(title_of(context, chat.title.as_deref())),
            strings.messages,
            Escaped(chat.updated_at.as_deref().unwrap_or_default()),
        ))?;
    }
    output.write_str(
        "</ul>\n</nav>\n<script src=\"fold.js\"></script>\n<script src=\"search/chats.js\"></script>\n\
        <script src=\"search.js\"></script>\n</body>\n</html>\n",
    )?;
    output.finish()
}

fn title_of<'a>(context: &Context<'_>, title: Option<&'a str>) -> &'a str {
    title
        .filter(|it| !it.trim().is_empty())
        .unwrap_or(context.language.strings().untitled)
}

/// Writes everything before the contents of a page. `root` is the relative URL of the directory.
fn write_head(
    context: &Context<'_>,
    output: &mut Output<File>,
    chat: Option<&str>,
    root: &str,
) -> Result<(), Error> {
    let (language, strings) = (context.language, context.language.strings());
    let is_start = root.is_empty();
    let heading = if is_start {
        &context.title
    } else {
        title_of(context, chat)
    };
    output.write(format_args!(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <meta name=\"referrer\" content=\"no-referrer\">\n\
        <title>{}</title>\n<link rel=\"stylesheet\" href=\"{root}style.css\">\n</head>\n<body>\n\
        <header class=\"top\"><h1><bdi dir=\"auto\">{}</bdi></h1>\n",
        language.code(),
        language.direction(),
        Escaped(heading),
        Escaped(heading),
    ))?;
    if !is_start {
        output.write(format_args!(
            "<a class=\"back\" href=\"{root}index.html\"><bdi dir=\"auto\">{}</bdi></a>\n",
            Escaped(&context.title)
        ))?;
    }
    output.write(format_args!(
        "<form id=\"search\" action=\"{root}index.html\" method=\"get\" role=\"search\">\
        <input name=\"q\" type=\"search\" dir=\"auto\" placeholder=\"{0}\" aria-label=\"{0}\"> <button>{0}</button></form></header>\n",
        strings.search
    ))
}

fn write_navigation(
    context: &Context<'_>,
    output: &mut Output<File>,
    page: u64,
    pages: u64,
) -> Result<(), Error> {
    if pages == 1 {
        return Ok(());
    }
    let strings = context.language.strings();
    output.write(format_args!("<nav class=\"pages\">"))?;
    if page > 1 {
        output.write(format_args!(
            "<a href=\"{}.html\">{}</a> ",
            page - 1,
            strings.older
        ))?;
    }
    output.write(format_args!("<span dir=\"ltr\">{page} / {pages}</span>"))?;
    if page < pages {
        output.write(format_args!(
            " <a href=\"{}.html\">{}</a>",
            page + 1,
            strings.newer
        ))?;
    }
    output.write_str("</nav>\n")
}

fn write_message(
    context: &Context<'_>,
    output: &mut Output<File>,
    chat: i64,
    message: &Message,
    copies: &mut FileCopies,
) -> Result<(), Error> {
    let strings = context.language.strings();
    let is_own = context.user.is_some() && message.sender_id == context.user;
    let mut class = String::from(if is_own { "message own" } else { "message" });
    if message.deleted_at.is_some() {
        class.push_str(" deleted");
    }
    let sender = message
        .sender_name
        .as_deref()
        .filter(|it| !it.trim().is_empty());
    output.write(format_args!(
        "<article class=\"{class}\" id=\"m{}\"><header><bdi dir=\"auto\">{}</bdi> <time dir=\"ltr\">{}</time>",
        message.id,
        Escaped(sender.unwrap_or(strings.untitled)),
        Escaped(&message.sent_at),
    ))?;
    if message.deleted_at.is_some() {
        output.write(format_args!(" <em>{}</em>", strings.deleted))?;
    }
    output.write_str("</header>")?;
    if let Some(id) = message.reply_to {
        output.write(format_args!(
            "<a class=\"reply\" href=\"#m{id}\">{} {id}</a>",
            strings.reply
        ))?;
    }
    if message.forward_from.is_some() {
        output.write(format_args!(
            "<span class=\"reply\">{}</span>",
            strings.forwarded
        ))?;
    }
    for file in files(context.connection, chat, message.id)? {
        write_file(context, output, &file, copies)?;
    }
    match message.text.as_deref().filter(|it| !it.is_empty()) {
        Some(text) => output.write(format_args!("<p dir=\"auto\">{}</p>", Linked(text)))?,
        None if message.message_type == "text" => {}
        None => {
            let entity = message
                .entity_id
                .map(|it| format!(" {it}"))
                .unwrap_or_default();
            output.write(format_args!(
                "<p class=\"kind\">{}{entity}</p>",
                Escaped(&message.message_type)
            ))?;
        }
    }
    output.write_str("</article>\n")
}

fn write_file(
    context: &Context<'_>,
    output: &mut Output<File>,
    file: &rows::File,
    copies: &mut FileCopies,
) -> Result<(), Error> {
    let name = file
        .name
        .as_deref()
        .or(file.media_type.as_deref())
        .unwrap_or("file");
    let name = FileName(name);
    let copy = match &file.sha256 {
        Some(sha256) => copies.copy(sha256)?,
        None => None,
    };
    if let Some((path, media)) = copy {
        let path = format!("../../files/{path}");
        return match media {
            Media::Picture => output.write(format_args!(
                "<a href=\"{path}\"><img src=\"{path}\" alt=\"{name}\" loading=\"lazy\"></a>"
            )),
            Media::Video => output.write(format_args!("<video src=\"{path}\" controls preload=\"none\"></video>")),
            Media::Audio => output.write(format_args!("<audio src=\"{path}\" controls preload=\"none\"></audio>")),
            Media::Other => output.write(format_args!(
                "<a class=\"file\" href=\"{path}\" download=\"{name}\"><bdi dir=\"auto\">{name}</bdi></a>"
            )),
        };
    }
    let url = file.url.as_deref().filter(|it| is_link(it));
    let label = format!("<bdi dir=\"auto\">{name}</bdi>");
    let label = match url {
        Some(url) => format!(
            "<a href=\"{}\" rel=\"noopener noreferrer\" target=\"_blank\">{label}</a>",
            Escaped(url)
        ),
        None => label,
    };
    let reason = file.reason.as_deref().filter(|_| file.status != "done");
    let reason = reason.map(|it| format!(": <bdi dir=\"ltr\">{}</bdi>", Escaped(it)));
    let missing = context.language.strings().not_downloaded;
    output.write(format_args!(
        "<p class=\"file\">{label} <span class=\"meta\">({missing}{})</span></p>",
        reason.unwrap_or_default()
    ))
}
