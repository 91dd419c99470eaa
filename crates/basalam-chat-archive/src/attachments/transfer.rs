//! The download of one file. It resumes if the server allows it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use basalam_chat::reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE},
    redirect::Policy,
};
use sha2::{Digest, Sha256};

use super::policy::UrlPolicy;
use super::stored_path;
use crate::error::{Error, ErrorKind};
use crate::file::{create_private_directory, open_private, with_suffix};
use crate::store::FileOutcome;

/// The number of requests for a file.
const MAX_ATTEMPTS: u32 = 3;

const MAX_REDIRECTS: usize = 5;

/// A server that sends nothing for this long is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Downloads files into a directory.
#[derive(Debug)]
pub(super) struct Transfer {
    directory: PathBuf,
    http: Client,
    policy: UrlPolicy,
    max_bytes: u64,
}

/// The outcome of one request.
enum Attempt {
    Complete,
    /// What was received is kept, and another request may get the rest.
    Interrupted(String),
    /// Another request would have the same outcome.
    Final(FileOutcome),
}

impl Transfer {
    pub(super) fn new(
        directory: PathBuf,
        policy: UrlPolicy,
        max_bytes: u64,
    ) -> Result<Transfer, Error> {
        let partial = directory.join("partial");
        create_private_directory(&partial).map_err(|error| Error::io("create", &partial, error))?;
        let redirects = policy.clone();
        let mut http = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(READ_TIMEOUT)
            .redirect(Policy::custom(move |attempt| {
                match attempt.previous().len() <= MAX_REDIRECTS && redirects.allows(attempt.url()) {
                    true => attempt.follow(),
                    false => attempt.stop(),
                }
            }));
        if policy.is_local() {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| {
            let message = format!("the HTTP client for files cannot be created: {error}");
            Error::new(ErrorKind::InvalidInput, message)
        })?;
        Ok(Transfer {
            directory,
            http,
            policy,
            max_bytes,
        })
    }

    /// Downloads a file.
    pub(super) async fn run(&self, url: &str) -> FileOutcome {
        let checked = match self.policy.check(url) {
            Ok(url) => url,
            Err(reason) => return FileOutcome::Skipped(reason),
        };
        let partial = Partial::new(&self.directory, url);
        let mut reason = String::new();
        for attempt in 0..MAX_ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(200 << attempt)).await;
            }
            let mut request = self.http.get(checked.clone());
            let resumed = partial.resumable();
            if let Some((length, validator)) = &resumed {
                request = request
                    .header(RANGE, format!("bytes={length}-"))
                    .header(IF_RANGE, validator);
            }
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => {
                    reason = describe(&error);
                    continue;
                }
            };
            match self
                .receive(response, &partial, resumed.map(|it| it.0))
                .await
            {
                Ok(Attempt::Complete) => return self.store(partial).await,
                Ok(Attempt::Interrupted(cause)) => reason = cause,
                Ok(Attempt::Final(outcome)) => return outcome,
                Err(error) => return FileOutcome::Failed(format!("it cannot be written: {error}")),
            }
        }
        FileOutcome::Failed(reason)
    }

    /// Writes a response to the partial file, after the bytes that it has.
    async fn receive(
        &self,
        mut response: Response,
        partial: &Partial,
        resumed: Option<u64>,
    ) -> io::Result<Attempt> {
        let status = response.status();
        let is_rest = status == StatusCode::PARTIAL_CONTENT
            && resumed.is_some_and(|length| starts_at(&response, length));
        match status {
            StatusCode::OK => {}
            StatusCode::PARTIAL_CONTENT if is_rest => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                partial.remove();
                return Ok(Attempt::Interrupted(format!(
                    "the server responded with {status}"
                )));
            }
            _ => {
                let reason = format!("the server responded with {status}");
                let is_transient =
                    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
                return Ok(match is_transient {
                    true => Attempt::Interrupted(reason),
                    false => Attempt::Final(FileOutcome::Failed(reason)),
                });
            }
        }
        let mut length = if is_rest {
            resumed.unwrap_or_default()
        } else {
            0
        };
        let announced = response.content_length().unwrap_or_default();
        if length.saturating_add(announced) > self.max_bytes {
            partial.remove();
            return Ok(Attempt::Final(self.too_large()));
        }
        let mut file = partial.open(length, validator(&response).as_deref())?;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    length += chunk.len() as u64;
                    if length > self.max_bytes {
                        partial.remove();
                        return Ok(Attempt::Final(self.too_large()));
                    }
                    file.write_all(&chunk)?;
                }
                Ok(None) => return Ok(Attempt::Complete),
                Err(error) => return Ok(Attempt::Interrupted(describe(&error))),
            }
        }
    }

    fn too_large(&self) -> FileOutcome {
        FileOutcome::Skipped(format!("it is larger than {} bytes", self.max_bytes))
    }

    /// Moves a complete file to its place.
    async fn store(&self, partial: Partial) -> FileOutcome {
        let directory = self.directory.clone();
        let stored = tokio::task::spawn_blocking(move || partial.store(&directory)).await;
        match stored {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => FileOutcome::Failed(format!("it cannot be stored: {error}")),
            Err(error) => FileOutcome::Failed(format!("it cannot be stored: {error}")),
        }
    }
}

/// Describes an error without the URL.
fn describe(error: &basalam_chat::reqwest::Error) -> String {
    let problem = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "the server took too long",
        (_, true) => "no connection could be made",
        _ => "the connection broke",
    };
    problem.to_owned()
}

/// Returns `true` if a partial response starts at this byte.
fn starts_at(response: &Response, byte: u64) -> bool {
    let range = response
        .headers()
        .get(CONTENT_RANGE)
        .and_then(|it| it.to_str().ok());
    let start = range.and_then(|it| it.strip_prefix("bytes ")?.split('-').next());
    start.and_then(|it| it.parse().ok()) == Some(byte)
}

/// Returns what identifies the version of the file: a strong ETag, or the time of the last change.
fn validator(response: &Response) -> Option<String> {
    let header = |name| response.headers().get(name).and_then(|it| it.to_str().ok());
    let etag = header(ETAG).filter(|it| !it.starts_with("W/"));
    etag.or(header(LAST_MODIFIED)).map(str::to_owned)
}

/// A file that is being downloaded. Its name is derived from the URL, so that a later download finds it.
struct Partial {
    path: PathBuf,
    /// The validator of the version that it belongs to.
    validator_path: PathBuf,
}

impl Partial {
    fn new(directory: &Path, url: &str) -> Partial {
        let path = directory
            .join("partial")
            .join(hexadecimal(&Sha256::digest(url.as_bytes())));
        Partial {
            validator_path: with_suffix(&path, ".version"),
            path,
        }
    }

    /// Returns the number of bytes and the validator, if the download can resume.
    fn resumable(&self) -> Option<(u64, String)> {
        let length = fs::metadata(&self.path).ok()?.len();
        let validator = fs::read_to_string(&self.validator_path).ok()?;
        (length > 0 && !validator.is_empty()).then_some((length, validator))
    }

    /// Opens the file to write after `length` bytes.
    fn open(&self, length: u64, validator: Option<&str>) -> io::Result<File> {
        // Without a validator, a later download starts again.
        let mut version = open_private(&self.validator_path)?;
        version.set_len(0)?;
        version.write_all(validator.unwrap_or_default().as_bytes())?;
        let mut file = open_private(&self.path)?;
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(file)
    }

    fn remove(&self) {
        // They may not exist.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.validator_path);
    }

    fn store(&self, directory: &Path) -> io::Result<FileOutcome> {
        let mut file = OpenOptions::new().read(true).open(&self.path)?;
        let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 64 * 1024]);
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            bytes += read as u64;
        }
        let sha256 = hexadecimal(&hash.finalize());
        let path = stored_path(directory, &sha256);
        if let Some(parent) = path.parent() {
            create_private_directory(parent)?;
        }
        fs::rename(&self.path, &path)?;
        self.remove();
        Ok(FileOutcome::Done { sha256, bytes })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
