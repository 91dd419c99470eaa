//! Multipart form of an upload.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use basalam_chat_api::operations::UPLOAD_FILE;
use http::header::ACCEPT;
use reqwest::Body;
use reqwest::multipart::{Form, Part};

use super::chunks::{ChunkReader, Chunks, OnProgress, ReadError};
use super::new_file::OpenFile;
use super::{NewFile, UploadFileType};
use crate::http::retry::source::{NextRequest, RequestSource};
use crate::raw::ClientInfo;
use crate::{Client, Error};

/// Parameters of [`UploadFile`](super::UploadFile).
pub(crate) struct UploadFileParams {
    pub(super) file: NewFile,
    pub(super) file_type: UploadFileType,
    pub(super) thumbnail: Option<NewFile>,
    pub(super) custom_unique_name: Option<String>,
    pub(super) expire_minutes: Option<u32>,
    pub(super) timeout: Duration,
    /// Shared by all attempts.
    pub(super) on_progress: Option<Arc<Mutex<OnProgress>>>,
}

/// Builds the request of each attempt, if the files can be read again.
pub(super) struct MultipartSource<'a> {
    pub(super) next: Option<UploadFileParams>,
    pub(super) client: &'a Client,
    pub(super) read_error: &'a mut ReadError,
    /// The file name that was sent.
    pub(super) name: &'a mut String,
}

impl RequestSource for MultipartSource<'_> {
    fn next(&mut self) -> NextRequest<'_> {
        Box::pin(async {
            let Some(params) = self.next.take() else {
                return Ok(None);
            };
            self.next = params.try_clone();
            let timeout = params.timeout;
            *self.read_error = ReadError::default();
            let form = params.into_form(self.read_error, self.name).await?;
            let url = format!("{}{}", self.client.base_url(), UPLOAD_FILE.path);
            let http = self.client.raw().client();
            let request = http
                .request(UPLOAD_FILE.method.clone(), url)
                .header(ACCEPT, "application/json")
                .multipart(form)
                .timeout(timeout)
                .build();
            let request = request.map_err(Error::invalid_request)?;
            Ok(Some(Box::new(request)))
        })
    }

    fn can_repeat(&self) -> bool {
        self.next.is_some()
    }
}

impl UploadFileParams {
    /// Returns a clone, unless a file can be read only once.
    fn try_clone(&self) -> Option<UploadFileParams> {
        let thumbnail = match &self.thumbnail {
            Some(thumbnail) => Some(thumbnail.try_clone()?),
            None => None,
        };
        Some(UploadFileParams {
            file: self.file.try_clone()?,
            file_type: self.file_type.clone(),
            thumbnail,
            custom_unique_name: self.custom_unique_name.clone(),
            expire_minutes: self.expire_minutes,
            timeout: self.timeout,
            on_progress: self.on_progress.clone(),
        })
    }

    /// Opens the files and builds the form that streams them.
    async fn into_form(self, read_error: &ReadError, name: &mut String) -> Result<Form, Error> {
        // Fields that affect how the service handles the file come before it.
        let mut form = Form::new().text("file_type", self.file_type.as_str().to_owned());
        if let Some(name) = self.custom_unique_name {
            form = form.text("custom_unique_name", name);
        }
        if let Some(minutes) = self.expire_minutes {
            form = form.text("expire_minutes", minutes.to_string());
        }
        if let Some(thumbnail) = self.thumbnail {
            let thumbnail = thumbnail.open("thumbnail").await?;
            form = form.part("thumbnail", part("thumbnail", thumbnail, None, read_error)?);
        }
        let file = self.file.open("file").await?;
        name.clone_from(&file.name);
        let on_progress = self.on_progress.map(|shared| -> OnProgress {
            Box::new(move |sent, total| {
                // A panic of the callback was reported by its own call.
                let mut on_progress = shared.lock().unwrap_or_else(PoisonError::into_inner);
                on_progress(sent, total);
            })
        });
        Ok(form.part("file", part("file", file, on_progress, read_error)?))
    }
}

/// Builds the part of a form that streams a file.
fn part(
    argument: &'static str,
    file: OpenFile,
    on_progress: Option<OnProgress>,
    read_error: &ReadError,
) -> Result<Part, Error> {
    let reader = ChunkReader {
        argument,
        reader: file.reader,
        position: 0,
        length: file.length,
        on_progress,
    };
    let body = Body::wrap_stream(Chunks::new(reader, read_error.clone()));
    let part = match file.length {
        Some(length) => Part::stream_with_length(body, length),
        None => Part::stream(body),
    };
    let part = part.file_name(escape_quotes(&file.name));
    let part = part.mime_str(&file.media_type);
    part.map_err(|_| {
        Error::invalid_input(
            argument,
            "has an invalid media type",
            "use one such as `image/jpeg`",
        )
    })
}

/// Escapes quotes as browsers do (WHATWG HTML, "multipart/form-data"). reqwest would write `\"`, which many
/// servers read as the end of the name. [`NewFile`] admits no line breaks and no backslashes.
fn escape_quotes(name: &str) -> String {
    name.replace('"', "%22")
}
