//! Uploading a file.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::UPLOAD_FILE;
use basalam_chat_api::read_uploaded_file;
use http::header::ACCEPT;
use reqwest::Body;
use reqwest::multipart::{Form, Part};

use super::chunks::{Chunks, Failure, OnProgress};
use super::new_file::OpenFile;
use super::{NewFile, UploadFileType, UploadResult};
use crate::http::retry::source::RequestSource;
use crate::raw::ClientInfo;
use crate::request::{self, impl_send};
use crate::{Client, Error};

/// How long an upload may take where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

impl Client {
    /// Uploads a picture for a chat: the file at a path, or any other [`NewFile`].
    ///
    /// Certain, from the vendor's documentation: JPEG, PNG, WebP, GIF and BMP are taken. For the rest, see
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
    pub fn upload_picture(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatPhoto, file.into())
    }

    /// Uploads a video for a chat: the file at a path, or any other [`NewFile`].
    ///
    /// Certain, from the vendor's documentation: common video formats are taken. Basalam's web
    /// application sends MP4 of up to 90 MB and 90 seconds; unknown: what the service allows. For the
    /// rest, see [`upload_file`](Client::upload_file).
    ///
    /// # Errors
    ///
    /// As [`upload_file`](Client::upload_file).
    pub fn upload_video(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatVideo, file.into())
    }

    /// Uploads a voice recording for a chat: the file at a path, or any other [`NewFile`].
    ///
    /// Unknown: which formats are taken. For the rest, see [`upload_file`](Client::upload_file).
    ///
    /// # Errors
    ///
    /// As [`upload_file`](Client::upload_file).
    pub fn upload_voice(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatVoice, file.into())
    }

    /// Uploads a file of any kind for a chat: the file at a path, or any other [`NewFile`].
    ///
    /// The content is read while it is sent. What comes back becomes a message that shows the file; for a
    /// picture, a video or a voice recording there are methods of their own, since the service is told what
    /// a file is for. Dropping the request breaks the upload off.
    ///
    /// Unknown: the largest size, and the scope that the token needs.
    ///
    /// # Errors
    ///
    /// Besides what [`Error`] lists for every call: [`is_invalid_input`](Error::is_invalid_input), before
    /// anything is sent, for a path that is no readable file and for an empty name;
    /// [`is_file_read`](Error::is_file_read) where the file fails or changes while it is read;
    /// [`is_decode`](Error::is_decode) where the answer holds no address of the file. An upload is
    /// never repeated by the client on its own once the service may have stored it; after a time-out or a broken connection the file may have
    /// been stored.
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
    pub fn upload_file(&self, file: impl Into<NewFile>) -> UploadFile {
        self.upload(UploadFileType::ChatFile, file.into())
    }

    fn upload(&self, file_type: UploadFileType, file: NewFile) -> UploadFile {
        UploadFile {
            client: self.clone(),
            request: Request {
                file,
                file_type,
                thumbnail: None,
                custom_unique_name: None,
                expire_minutes: None,
                timeout: TIMEOUT,
                on_progress: None,
            },
        }
    }
}

/// Uploads a file; made by [`Client::upload_file`] and its like.
///
/// Other than most requests it cannot be cloned: a reader can be read only once.
#[must_use = "a request is sent when it is awaited"]
pub struct UploadFile<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

pub(crate) struct Request {
    file: NewFile,
    file_type: UploadFileType,
    thumbnail: Option<NewFile>,
    custom_unique_name: Option<String>,
    expire_minutes: Option<u32>,
    timeout: Duration,
    on_progress: Option<SharedProgress>,
}

/// Told of each attempt.
type SharedProgress = Arc<Mutex<OnProgress>>;

impl<C> UploadFile<C> {
    /// Says what the file is for, instead of what the method of the client stands for.
    pub fn file_type(mut self, file_type: UploadFileType) -> Self {
        self.request.file_type = file_type;
        self
    }

    /// Adds a small picture that stands for the file.
    ///
    /// Unknown: what the service does with it.
    pub fn thumbnail(mut self, thumbnail: impl Into<NewFile>) -> Self {
        self.request.thumbnail = Some(thumbnail.into());
        self
    }

    /// Sets the name to store the file under. Must not be empty; unknown: what happens when it is taken.
    pub fn custom_unique_name(mut self, name: impl Into<String>) -> Self {
        self.request.custom_unique_name = Some(name.into());
        self
    }

    /// Lets the service remove the file after this many minutes, more than zero. It stays where nothing
    /// is said.
    pub fn expire_minutes(mut self, minutes: u32) -> Self {
        self.request.expire_minutes = Some(minutes);
        self
    }

    /// Waits this long for the whole upload and its answer, connecting included: 5 minutes where nothing
    /// is said. Longer than zero. It takes the place of the client's
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = timeout;
        self
    }

    /// Tells of progress: how many bytes of the file were handed to the connection, and of how many where
    /// that is known. Called after each piece of at most 64 KiB; it must not wait.
    ///
    /// What was handed over is on its way, and may not have arrived. Where the upload is sent again, after
    /// a 429, it starts from zero.
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

impl Request {
    fn check(&self) -> Result<(), Error> {
        if self.timeout.is_zero() {
            return Err(Error::invalid_input("timeout", "is zero", "wait longer"));
        }
        if self.expire_minutes == Some(0) {
            return Err(Error::invalid_input(
                "expire_minutes",
                "is zero",
                "let the file live for at least a minute, or leave it out",
            ));
        }
        let name = self.custom_unique_name.as_deref();
        if name.is_some_and(|name| name.trim().is_empty()) {
            return Err(Error::invalid_input(
                "custom_unique_name",
                "is empty",
                "name the file, or leave it out",
            ));
        }
        Ok(())
    }
}

impl request::Request for Request {
    type Response = UploadResult;

    fn operation() -> &'static Operation {
        &UPLOAD_FILE
    }

    async fn run(self, client: Client) -> Result<UploadResult, Error> {
        self.check()?;
        let file_type = self.file_type.clone();
        // Of the latest attempt: each has its own.
        let mut failure = Failure::default();
        let mut name = String::new();
        let mut forms = Forms {
            next: Some(self),
            client: &client,
            failure: &mut failure,
            name: &mut name,
        };
        let answer = client
            .transport()
            .send_custom(&UPLOAD_FILE, &mut forms, read_uploaded_file)
            .await;
        // Where the file failed, the connection broke for no other reason.
        let answer = match (answer, failure.take()) {
            (Err(error), Some(failure)) if error.status().is_none() => Err(failure),
            // The service took less than the file: what it stored is not what was to be uploaded.
            (Ok(_), Some(failure)) => Err(failure.with_status(UPLOAD_FILE.success)),
            (answer, _) => answer,
        };
        UploadResult::new(answer?, file_type, name)
    }
}

/// Makes the form of an upload, again where its files can be read again.
struct Forms<'a> {
    next: Option<Request>,
    client: &'a Client,
    failure: &'a mut Failure,
    /// The name that the file went by.
    name: &'a mut String,
}

impl RequestSource for Forms<'_> {
    async fn next(&mut self) -> Result<Option<Box<reqwest::Request>>, Error> {
        let Some(upload) = self.next.take() else {
            return Ok(None);
        };
        self.next = upload.again();
        let timeout = upload.timeout;
        *self.failure = Failure::default();
        let form = upload.form(self.failure, self.name).await?;
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
    }
}

impl Request {
    /// The same upload once more, where its files can be read once more.
    fn again(&self) -> Option<Request> {
        let thumbnail = match &self.thumbnail {
            Some(thumbnail) => Some(thumbnail.again()?),
            None => None,
        };
        Some(Request {
            file: self.file.again()?,
            file_type: self.file_type.clone(),
            thumbnail,
            custom_unique_name: self.custom_unique_name.clone(),
            expire_minutes: self.expire_minutes,
            timeout: self.timeout,
            on_progress: self.on_progress.clone(),
        })
    }

    /// Opens the files and makes the form that streams them.
    async fn form(self, failure: &Failure, name: &mut String) -> Result<Form, Error> {
        // What tells the service how to take the file goes before the file.
        let mut form = Form::new().text("file_type", self.file_type.as_str().to_owned());
        if let Some(name) = self.custom_unique_name {
            form = form.text("custom_unique_name", name);
        }
        if let Some(minutes) = self.expire_minutes {
            form = form.text("expire_minutes", minutes.to_string());
        }
        if let Some(thumbnail) = self.thumbnail {
            let thumbnail = thumbnail.open("thumbnail").await?;
            form = form.part("thumbnail", part("thumbnail", thumbnail, None, failure)?);
        }
        let file = self.file.open("file").await?;
        name.clone_from(&file.name);
        let on_progress = self.on_progress.map(|shared| -> OnProgress {
            Box::new(move |sent, total| {
                // A panic of the user's own is told where it happened.
                let mut on_progress = shared.lock().unwrap_or_else(PoisonError::into_inner);
                on_progress(sent, total);
            })
        });
        Ok(form.part("file", part("file", file, on_progress, failure)?))
    }
}

/// Makes the part of a form that streams a file.
fn part(
    argument: &'static str,
    file: OpenFile,
    on_progress: Option<OnProgress>,
    failure: &Failure,
) -> Result<Part, Error> {
    let (name, media_type, length) = (file.name.clone(), file.media_type.clone(), file.length);
    let body = Body::wrap_stream(Chunks::new(argument, file, on_progress, failure.clone()));
    let part = match length {
        Some(length) => Part::stream_with_length(body, length),
        None => Part::stream(body),
    };
    part.file_name(name).mime_str(&media_type).map_err(|_| {
        Error::invalid_input(
            argument,
            "has a media type that is none",
            "write it like `image/jpeg`",
        )
    })
}

/// Shows what is uploaded for what, and nothing of its content.
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
