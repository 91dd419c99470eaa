//! The message of `send`.

use std::io::IsTerminal;
use std::path::Path;

use basalam_chat::messages::AttachmentFile;
use basalam_chat::{NewFile, NewMessage};

use crate::arguments::SendOptions;
use crate::context::Context;
use crate::failure::Failure;
use crate::{progress, prompt, text};

/// Returns the text: the argument, or standard input.
pub(super) async fn read_text(options: &SendOptions) -> Result<Option<String>, Failure> {
    let has_content = has_content(options);
    match options.text.as_deref() {
        Some("-") => {}
        Some(text) => return Ok(Some(text.to_owned())),
        // A script may leave standard input open, so it is a caption only if that is asked for.
        None if has_content => return Ok(None),
        None if std::io::stdin().is_terminal() => {
            return Err(Failure::usage("the message has no text")
                .hint("Write it as an argument, or to standard input."));
        }
        None => {}
    }
    let text = prompt::read_to_end().await?;
    // The line break that `echo` adds is not a part of the message.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(text.strip_suffix('\r').unwrap_or(text).to_owned()))
}

/// Refuses what the service would, before anything is asked or uploaded.
pub(super) fn check(options: &SendOptions, text: Option<&str>) -> Result<(), Failure> {
    if !has_content(options) && text.is_none_or(|text| text.trim().is_empty()) {
        return Err(Failure::usage("the text of the message is empty")
            .hint("Write at least one visible character."));
    }
    for path in options.picture.iter().chain(&options.file) {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(Failure::usage(format!("{} is no file", path.display()))),
            Err(error) => {
                let problem = format!("{} cannot be read: {error}", path.display());
                return Err(Failure::usage(problem));
            }
        }
    }
    Ok(())
}

/// Describes the message in a question.
pub(super) fn description(options: &SendOptions, text: Option<&str>) -> String {
    let what = match (&*options.picture, &*options.file, options.product) {
        ([], [], Some(product)) => format!("the product {product}"),
        ([], [file], _) | ([file], ..) => file.display().to_string(),
        ([], [], None) => {
            let characters = text.unwrap_or_default().chars().count() as u64;
            return format!("a text of {} characters", text::grouped(characters));
        }
        (pictures, files, _) => format!("{} files", pictures.len() + files.len()),
    };
    match text {
        Some(_) => format!("{what} with a text"),
        None => what,
    }
}

/// Uploads the files, and returns the message.
pub(super) async fn build(
    context: &Context<'_>,
    options: &SendOptions,
    text: Option<String>,
) -> Result<NewMessage, Failure> {
    let (paths, is_picture) = match options.picture.is_empty() {
        true => (&options.file, false),
        false => (&options.picture, true),
    };
    let mut files = Vec::new();
    for path in paths {
        files.push(upload(context, path, is_picture).await?);
    }
    let mut files = files.into_iter();
    let message = match (files.next(), options.product) {
        (Some(first), _) if is_picture => NewMessage::picture(first),
        (Some(first), _) => NewMessage::file(first),
        (None, Some(product)) => NewMessage::product(product),
        (None, None) => return Ok(NewMessage::text(text.unwrap_or_default())),
    };
    let message = message.with_files(files);
    Ok(match text {
        Some(text) => message.with_text(text),
        None => message,
    })
}

async fn upload(
    context: &Context<'_>,
    path: &Path,
    is_picture: bool,
) -> Result<AttachmentFile, Failure> {
    let client = context.client().await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let bar = progress::bytes(context.output, &name, size);
    let drawn = bar.clone();
    let file = NewFile::from(path);
    let request = match is_picture {
        true => client.upload_picture(file),
        false => client.upload_file(file),
    };
    let request = request.on_progress(move |sent, _| drawn.set_position(sent));
    let uploaded = context.interrupt.or(request.send()).await;
    bar.finish_and_clear();
    let uploaded = uploaded??;
    let size = text::grouped(size);
    context
        .output
        .note(&format!("Uploaded {name} ({size} bytes)."));
    Ok(uploaded.attachment())
}

fn has_content(options: &SendOptions) -> bool {
    options.product.is_some() || !options.picture.is_empty() || !options.file.is_empty()
}
