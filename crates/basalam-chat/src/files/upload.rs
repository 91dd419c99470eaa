//! Request builder that uploads a file.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::UPLOAD_FILE;
use basalam_chat_api::read_upload_response;

use super::chunks::{OnProgress, ReadError};
use super::multipart::{MultipartSource, UploadFileParams};
use super::{NewFile, UploadFileType, UploadResult};
use crate::request::{self, impl_send};
use crate::{Client, Error};

/// Default timeout of an upload.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

impl Client {
    /// Uploads a picture: the file at a path, or any other [`NewFile`].
    ///
    /// Certain, from the vendor's documentation: the service accepts JPEG, PNG, WebP, GIF and BMP. See also
    /// [`upload_file`](Client::upload_file).
    ///
    /// # Errors
    ///
    /// As [`upload_file`](Client::upload_file).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client, chat: ChatId) -> Result<(), basalam_chat::Error> {
    /// client
    ///     .create_message(chat, client.upload_picture("parcel.jpg").await?.caption("On its way!"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "upload image")]
    #[doc(alias = "upload_image")]
    #[doc(alias = "image")]
    #[doc(alias = "photo")]
    #[doc(alias = "send_photo")]
    pub fn upload_picture(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatPhoto, file.into())
    }

    /// Uploads a video: the file at a path, or any other [`NewFile`].
    ///
    /// Certain, from the vendor's documentation: the service accepts common video formats. Basalam's web
    /// application sends MP4 of up to 90 MB and 90 seconds; unknown: the service's limits. See also
    /// [`upload_file`](Client::upload_file).
    ///
    /// # Errors
    ///
    /// As [`upload_file`](Client::upload_file).
    #[doc(alias = "video")]
    pub fn upload_video(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatVideo, file.into())
    }

    /// Uploads a voice recording: the file at a path, or any other [`NewFile`].
    ///
    /// Unknown: which formats the service accepts. See also [`upload_file`](Client::upload_file).
    ///
    /// # Errors
    ///
    /// As [`upload_file`](Client::upload_file).
    #[doc(alias = "voice")]
    #[doc(alias = "audio")]
    #[doc(alias = "recording")]
    pub fn upload_voice(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatVoice, file.into())
    }

    /// Uploads a file of any kind: the file at a path, or any other [`NewFile`].
    ///
    /// The content is streamed. The result converts to a message that shows the file. Pictures, videos and
    /// voice recordings have separate methods, since the service needs the type of a file. Dropping the
    /// request aborts the upload.
    ///
    /// Unknown: the maximum size, and the scope that the token needs.
    ///
    /// # Errors
    ///
    /// Besides the [errors](Error) of every call: [`is_invalid_input`](Error::is_invalid_input), before
    /// anything is sent, if the path is not a readable file or the name is empty;
    /// [`is_file_read`](Error::is_file_read) if reading the file fails or the file changes during the
    /// upload; [`is_decode`](Error::is_decode) if the response has no URL of the file. The client does not
    /// retry an upload that the service may have stored: after a timeout or a broken connection, the file
    /// may be stored.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client, NewFile};
    /// # async fn run(client: Client, chat: ChatId) -> Result<(), basalam_chat::Error> {
    /// let report = NewFile::from_bytes("report.csv", "day,orders\n2026-07-22,7\n");
    /// let upload = client.upload_file(report).expire_minutes(60).await?;
    /// client.create_message(chat, upload).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "attachment")]
    #[doc(alias = "document")]
    #[doc(alias = "upload")]
    pub fn upload_file(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatFile, file.into())
    }

    fn upload(&self, file_type: UploadFileType, file: NewFile) -> UploadFile {
        UploadFile {
            client: self.clone(),
            request: UploadFileParams {
                file,
                file_type,
                thumbnail: None,
                custom_unique_name: None,
                expire_minutes: None,
                timeout: DEFAULT_TIMEOUT,
                on_progress: None,
            },
        }
    }
}

/// Request builder that uploads a file; returned by [`Client::upload_file`], `upload_picture`,
/// `upload_video` and `upload_voice`.
///
/// Unlike most request builders it is not `Clone`, since a reader can be read only once.
#[must_use = "a request is sent when it is awaited"]
pub struct UploadFile<C = Client> {
    pub(crate) client: C,
    pub(crate) request: UploadFileParams,
}

impl<C> UploadFile<C> {
    /// Sets the type of the file, instead of the one that the client's method implies.
    pub fn file_type(mut self, file_type: UploadFileType) -> Self {
        self.request.file_type = file_type;
        self
    }

    /// Adds a thumbnail of the file.
    ///
    /// Unknown: what the service does with it.
    pub fn thumbnail(mut self, thumbnail: impl Into<NewFile>) -> Self {
        self.request.thumbnail = Some(thumbnail.into());
        self
    }

    /// Sets the name to store the file under. Must not be empty; unknown: what happens if it exists.
    pub fn custom_unique_name(mut self, name: impl Into<String>) -> Self {
        self.request.custom_unique_name = Some(name.into());
        self
    }

    /// Sets the time in minutes after which the service deletes the file. Must be greater than zero. By
    /// default the file does not expire.
    pub fn expire_minutes(mut self, minutes: u32) -> Self {
        self.request.expire_minutes = Some(minutes);
        self
    }

    /// Sets the timeout of the whole upload, from connecting to the end of the response. The default is
    /// 5 minutes. Must be greater than zero. Overrides the client's
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = timeout;
        self
    }

    /// Sets a progress callback. It receives the number of bytes of the file that were passed to the
    /// connection, and the total if it is known. It is called after each chunk of at most 64 KiB and must
    /// not block.
    ///
    /// Bytes that were passed to the connection may not have arrived. If the upload is retried after a 429,
    /// the count restarts at zero.
    #[doc(alias = "progress bar")]
    #[doc(alias = "progress_bar")]
    pub fn on_progress(
        mut self,
        on_progress: impl FnMut(u64, Option<u64>) + Send + 'static,
    ) -> Self {
        let on_progress: OnProgress = Box::new(on_progress);
        self.request.on_progress = Some(Arc::new(Mutex::new(on_progress)));
        self
    }
}

impl_send!(UploadFile -> UploadResult);

impl UploadFileParams {
    fn check(&self) -> Result<(), Error> {
        if self.timeout.is_zero() {
            return Err(Error::zero("timeout"));
        }
        if self.expire_minutes == Some(0) {
            return Err(Error::zero("expire_minutes"));
        }
        request::check_not_blank("file_type", Some(self.file_type.as_str()))?;
        request::check_not_blank("custom_unique_name", self.custom_unique_name.as_deref())
    }
}

impl request::Request for UploadFileParams {
    type Response = UploadResult;

    fn operation() -> &'static Operation {
        &UPLOAD_FILE
    }

    async fn run(self, client: Client) -> Result<UploadResult, Error> {
        self.check()?;
        let file_type = self.file_type.clone();
        // The error of the latest attempt; each has a separate one.
        let mut read_error = ReadError::default();
        let mut name = String::new();
        let mut source = MultipartSource {
            next: Some(self),
            client: &client,
            read_error: &mut read_error,
            name: &mut name,
        };
        let response = client
            .transport()
            .send_custom(&UPLOAD_FILE, &mut source, read_upload_response)
            .await;
        let response = match (response, read_error.take()) {
            // The connection broke because the file could not be read.
            (Err(error), Some(read_error)) if error.status().is_none() => Err(read_error),
            // The service stored only a part of the file.
            (Ok(_), Some(read_error)) => Err(read_error.with_status(UPLOAD_FILE.success)),
            (response, _) => response,
        };
        UploadResult::new(response?, file_type, name)
    }
}

/// Omits the content, which is private.
impl<C> fmt::Debug for UploadFile<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFile")
            .field("file", &self.request.file)
            .field("file_type", &self.request.file_type)
            .field("thumbnail", &self.request.thumbnail)
            .field("custom_unique_name", &self.request.custom_unique_name)
            .field("expire_minutes", &self.request.expire_minutes)
            .field("timeout", &self.request.timeout)
            .finish_non_exhaustive()
    }
}
