//! Operations on files.

use jiff::Span;
use jiff::civil::DateTime;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::answers::time;
use crate::form::Part;
use crate::problem::Problem;
use crate::state::State;
use crate::state::files::File;

/// Unknown: the numbers of the purposes. One example has the first.
const FIRST_FILE_TYPE: usize = 5901;

/// The purposes of files, in the order of their numbers.
const PURPOSES: [&str; 10] = [
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

/// Stores a file, and tells where it can be fetched.
///
/// Unknown, and chosen here: a name of one's own that another file has is a violation,
/// and so is a lifetime below 1 minute; a thumbnail is not kept; the media type is the
/// one of the part; nothing is measured.
pub(super) fn upload_file(state: &mut State, call: &Call<'_>) -> Result<Value, Problem> {
    let user_id = call.user_id()?;
    let body: UploadFileBody = call.body()?;
    let part = call.request.form.and_then(|it| it.part("file"));
    let part = part.ok_or_else(|| Problem::invalid(["body", "file"], "is missing", "missing"))?;
    let name = match body.custom_unique_name {
        Some(name) => unique_name(state, name)?,
        None => file_name(part.file_name.as_deref().unwrap_or_default()),
    };
    let minutes = body.expire_minutes;
    let file = File {
        name,
        media_type: media_type(part),
        purpose: body.file_type,
        bytes: part.bytes.clone(),
        creator_user_id: user_id,
        created_at: call.now,
        expires_at: minutes.map(|it| expiry(it, call.now)).transpose()?,
    };
    let id = state.files.add(file.clone());
    Ok(answer(id, &file, call))
}

fn answer(id: i64, file: &File, call: &Call<'_>) -> Value {
    let encoded = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let url = format!("{}/files/{id}/{encoded}", call.origin());
    let (alone, format) = match file.name.rsplit_once('.') {
        Some((alone, format)) if !alone.is_empty() && !format.is_empty() => {
            (alone, Some(format.to_lowercase()))
        }
        _ => (file.name.as_str(), None),
    };
    let number = PURPOSES.iter().position(|it| *it == file.purpose);
    json!({
        "id": id,
        "file_name": file.name,
        "file_name_alone": alone,
        "path": format!("files/{id}/"),
        "format": format,
        "mime_type": file.media_type,
        "type": kind(&file.media_type),
        "file_type": number.map(|it| FIRST_FILE_TYPE + it),
        "width": null,
        "height": null,
        "size": file.bytes.len(),
        "duration": null,
        "url": call.options.uploads_have_url.then_some(&url),
        "urls": { "primary": url, "original": url },
        "created_at": time(file.created_at),
        "creator_user_id": file.creator_user_id,
    })
}

/// Gives the name alone of what some clients send as a whole path.
fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    match name {
        // Neither survives in an address.
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

fn unique_name(state: &State, name: String) -> Result<String, Problem> {
    let refused = |words: &str| {
        Err(Problem::invalid(
            ["body", "custom_unique_name"],
            words,
            "value_error",
        ))
    };
    if file_name(&name) != name {
        return refused("must be the name of a file, not a path, and not empty");
    }
    if state.files.has_name(&name) {
        return refused("is the name of another file");
    }
    Ok(name)
}

fn media_type(part: &Part) -> String {
    let given = part.media_type.as_deref().map(str::trim);
    given
        .filter(|it| it.split_once('/').is_some_and(|(kind, _)| !kind.is_empty()))
        .unwrap_or("application/octet-stream")
        .to_owned()
}

/// Likely for pictures: an example says `image`. Unknown: the other kinds.
fn kind(media_type: &str) -> &str {
    match media_type.split('/').next() {
        Some(kind @ ("image" | "video" | "audio")) => kind,
        _ => "file",
    }
}

fn expiry(minutes: i64, now: DateTime) -> Result<DateTime, Problem> {
    let refused = |words: &str| Problem::invalid(["body", "expire_minutes"], words, "value_error");
    if minutes < 1 {
        return Err(refused("must be 1 or more"));
    }
    let expiry = Span::new()
        .try_minutes(minutes)
        .and_then(|it| now.checked_add(it));
    expiry.map_err(|_| refused("must not reach beyond the year 9999"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_the_end_of_its_path() {
        for (path, name) in [
            ("a.jpg", "a.jpg"),
            ("C:\\pictures\\a.jpg", "a.jpg"),
            ("/etc/passwd", "passwd"),
            ("../..", "file"),
            ("a/", "file"),
            ("", "file"),
            ("عکس.png", "عکس.png"),
        ] {
            assert_eq!(file_name(path), name);
        }
    }

    #[test]
    fn every_purpose_of_the_document_has_a_number() {
        let document: Value =
            serde_json::from_str(include_str!("../../openapi/chat.json")).unwrap();
        let purposes = document.pointer("/components/schemas/UploadFileType/enum");
        assert_eq!(purposes, Some(&json!(PURPOSES)));
    }
}
