//! Download of the files of messages. Each content is stored once, under its SHA-256.

mod policy;
mod transfer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use futures_util::StreamExt;

use crate::archive::Archive;
use crate::error::{DatabaseResult, Error, ErrorKind};
use crate::store::{FileKey, FileOutcome, Job, PendingFile, WriterHandle, pending_files};
pub(crate) use policy::AttachmentOptions;
use policy::UrlPolicy;
use transfer::Transfer;

/// The number of concurrent downloads.
const CONCURRENCY: usize = 4;

/// The number of files that are looked up at once.
const BATCH: usize = 200;

/// The download of all files that are not stored.
pub(crate) struct Download {
    pub(crate) archive: Archive,
    pub(crate) options: AttachmentOptions,
    /// The base URL of the service.
    pub(crate) service: String,
    pub(crate) writer: WriterHandle,
}

impl Download {
    /// Downloads the files until `stop` completes, and returns `true` if it has. Calls `progress` with the number of
    /// files, first without and then with the outcome of each.
    pub(crate) async fn run(
        self,
        stop: &mut (impl Future<Output = ()> + Unpin),
        mut progress: impl FnMut(u64, Option<&FileOutcome>),
    ) -> Result<bool, Error> {
        let total = self.blocking(|archive| count_pending(&archive)).await?;
        progress(total, None);
        if total == 0 {
            return Ok(false);
        }
        let transfer = Transfer::new(
            self.archive.attachments_path(),
            UrlPolicy::new(&self.service, &self.options),
            self.options.max_bytes,
        )?;
        let mut after = FileKey {
            chat: i64::MIN,
            message: 0,
            position: 0,
        };
        loop {
            let batch = self
                .blocking(move |archive| look_up(&archive, after))
                .await?;
            let Some((last, _)) = batch.last() else {
                return Ok(false);
            };
            after = last.key;
            let downloads = by_url(batch).into_iter().map(|(url, known, keys)| {
                let transfer = &transfer;
                async move {
                    let outcome = match (known, &url) {
                        (Some(known), _) => known,
                        (None, Some(url)) => transfer.run(url).await,
                        (None, None) => FileOutcome::Skipped("it has no URL".to_owned()),
                    };
                    (keys, outcome)
                }
            });
            let mut downloads = futures_util::stream::iter(downloads).buffer_unordered(CONCURRENCY);
            loop {
                tokio::select! {
                    () = &mut *stop => return Ok(true),
                    done = downloads.next() => match done {
                        Some((keys, outcome)) => for key in keys {
                            progress(total, Some(&outcome));
                            self.writer.send(Job::File(key, outcome.clone())).await?;
                        },
                        None => break,
                    },
                }
            }
            // The files of the next batch may share the last outcomes.
            self.writer.commit().await?;
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(Archive) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let archive = self.archive.clone();
        let result = tokio::task::spawn_blocking(move || work(archive)).await;
        result.map_err(|error| {
            let message = format!("the files could not be looked up: {error}");
            Error::new(ErrorKind::Database, message)
        })?
    }
}

fn count_pending(archive: &Archive) -> Result<u64, Error> {
    archive.read(|connection| {
        let sql = "SELECT count(*) FROM files WHERE status <> 'done'";
        connection.query_row(sql, [], |row| row.get(0)).db()
    })
}

/// Returns the next files, with the outcome if the URL was downloaded for another message.
fn look_up(
    archive: &Archive,
    after: FileKey,
) -> Result<Vec<(PendingFile, Option<FileOutcome>)>, Error> {
    let directory = archive.attachments_path();
    archive.read(|connection| {
        let files = pending_files(connection, after, BATCH)?;
        let sql = "SELECT sha256, bytes FROM files WHERE url = ?1 AND status = 'done' LIMIT 1";
        let mut statement = connection.prepare_cached(sql).db()?;
        let files = files.into_iter().map(|file| {
            let mut rows = statement.query([&file.url]).db()?;
            let mut known = None;
            if let Some(row) = rows.next().db()? {
                let (sha256, bytes): (String, u64) = (row.get(0).db()?, row.get(1).db()?);
                let is_stored = stored_path(&directory, &sha256).exists();
                known = is_stored.then_some(FileOutcome::Done { sha256, bytes });
            }
            drop(rows);
            Ok((file, known))
        });
        files.collect()
    })
}

/// Files with the same URL, and the outcome if it is known.
type SameUrl = (Option<String>, Option<FileOutcome>, Vec<FileKey>);

/// Groups files by their URL, so that it is downloaded once.
fn by_url(files: Vec<(PendingFile, Option<FileOutcome>)>) -> Vec<SameUrl> {
    let mut groups: Vec<SameUrl> = Vec::new();
    let mut indices: HashMap<Option<String>, usize> = HashMap::new();
    for (file, known) in files {
        let index = *indices.entry(file.url.clone()).or_insert_with(|| {
            groups.push((file.url, known, Vec::new()));
            groups.len() - 1
        });
        groups[index].2.push(file.key);
    }
    groups
}

/// Returns `true` for a SHA-256 in hexadecimal. Anything else may be a path.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns the path of the file with this SHA-256.
pub(crate) fn stored_path(directory: &Path, sha256: &str) -> PathBuf {
    let prefix = sha256.get(..2).unwrap_or("00");
    directory.join(prefix).join(sha256)
}
