//! File operations.

use jiff::Span;
use jiff::civil::DateTime;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, HandlerResult};
use crate::clock::format_time;
use crate::form::Part;
use crate::picture;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::state::files::File;

/// The id of the first file type, from the documented example. All other ids are unknown.
const FIRST_FILE_TYPE_ID: usize = 5901;

/// The file types in the order of their ids.
const FILE_TYPES: [&str; 10] = [
    "chat.photo",
    "chat.video",
    "chat.voice",
    "chat.file",
    "product.photo",
    "product.video",
    "user.avatar",
    "user.cover",
    "vendor.cover",
    "vendor.logo",
];

#[derive(Deserialize)]
struct UploadFileBody {
    file_type: String,
    custom_unique_name: Option<String>,
    expire_minutes: Option<i64>,
}

/// Stores a file and returns its URL.
///
/// The emulator's choice, since the service's behaviour is unknown: duplicate custom names and
/// lifetimes below 1 minute are violations; thumbnails are not stored; the media type is that of
/// the part; the dimensions of pictures are read from the file, and those of videos, as well as durations, are not
/// determined.
pub(super) fn upload_file(state: &mut State, call: &Call<'_>) -> HandlerResult {
    let user_id = call.user_id()?;
    let body: UploadFileBody = call.body()?;
    let part = call.request.form.and_then(|it| it.part("file"));
    let part =
        part.ok_or_else(|| ServiceError::invalid(["body", "file"], "is missing", "missing"))?;
    let name = match body.custom_unique_name {
        Some(name) => check_custom_name(state, name)?,
        None => base_name(part.file_name.as_deref().unwrap_or_default()),
    };
    let minutes = body.expire_minutes;
    let file = File {
        name,
        media_type: media_type(part),
        file_type: body.file_type,
        bytes: part.bytes.clone(),
        creator_user_id: user_id,
        created_at: call.now,
        expires_at: minutes.map(|it| expires_at(it, call.now)).transpose()?,
    };
    let id = state.files.add(file.clone());
    Ok(response(id, &file, call))
}

fn response(id: i64, file: &File, call: &Call<'_>) -> Value {
    let encoded = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let url = format!("{}/files/{id}/{encoded}", call.origin());
    let (stem, extension) = match file.name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => {
            (stem, Some(extension.to_lowercase()))
        }
        _ => (file.name.as_str(), None),
    };
    let dimensions = picture::dimensions(&file.bytes);
    let index = FILE_TYPES.iter().position(|it| *it == file.file_type);
    json!({
        "id": id,
        "file_name": file.name,
        "file_name_alone": stem,
        "path": format!("files/{id}/"),
        "format": extension,
        "mime_type": file.media_type,
        "type": media_kind(&file.media_type),
        "file_type": index.map(|it| FIRST_FILE_TYPE_ID + it),
        "width": dimensions.map(|it| it.0),
        "height": dimensions.map(|it| it.1),
        "size": file.bytes.len(),
        "duration": null,
        "url": call.options.include_upload_url.then_some(&url),
        "urls": { "primary": url, "original": url },
        "created_at": format_time(file.created_at),
        "creator_user_id": file.creator_user_id,
    })
}

/// Returns the last component of a path, since some clients send whole paths.
fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    match name {
        // URLs cannot represent these.
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

fn check_custom_name(state: &State, name: String) -> Result<String, ServiceError> {
    let invalid = |message: &str| {
        Err(ServiceError::invalid(
            ["body", "custom_unique_name"],
            message,
            "value_error",
        ))
    };
    if base_name(&name) != name {
        return invalid("must be a non-empty file name without a path");
    }
    if state.files.has_name(&name) {
        return invalid("is taken by another file");
    }
    Ok(name)
}

fn media_type(part: &Part) -> String {
    let declared = part.media_type.as_deref().map(str::trim);
    declared
        .filter(|it| it.split_once('/').is_some_and(|(kind, _)| !kind.is_empty()))
        .unwrap_or("application/octet-stream")
        .to_owned()
}

/// Returns the value of `type`. `image` is likely, as in a documented example; the other values are
/// unknown.
fn media_kind(media_type: &str) -> &str {
    match media_type.split('/').next() {
        Some(kind @ ("image" | "video" | "audio")) => kind,
        _ => "file",
    }
}

fn expires_at(minutes: i64, now: DateTime) -> Result<DateTime, ServiceError> {
    let invalid =
        |message: &str| ServiceError::invalid(["body", "expire_minutes"], message, "value_error");
    if minutes < 1 {
        return Err(invalid("must be at least 1"));
    }
    let expires_at = Span::new()
        .try_minutes(minutes)
        .and_then(|it| now.checked_add(it));
    expires_at.map_err(|_| invalid("must not reach beyond the year 9999"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_name_is_last_path_component() {
        for (path, name) in [
            ("a.jpg", "a.jpg"),
            ("C:\\pictures\\a.jpg", "a.jpg"),
            ("/etc/passwd", "passwd"),
            ("../..", "file"),
            ("a/", "file"),
            ("", "file"),
            ("عکس.png", "عکس.png"),
        ] {
            assert_eq!(base_name(path), name);
        }
    }

    #[test]
    fn file_types_match_the_document() {
        let document: Value =
            serde_json::from_str(include_str!("../../openapi/chat.json")).unwrap();
        let file_types = document.pointer("/components/schemas/UploadFileType/enum");
        assert_eq!(file_types, Some(&json!(FILE_TYPES)));
    }
}
