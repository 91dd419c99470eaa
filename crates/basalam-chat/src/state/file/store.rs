//! Reading and writing the log.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::directory::{Directory, Locked, refused};
use super::log::{self, Frame, MAGIC};
use crate::state::entry::check_value;
use crate::state::values::Values;
use crate::state::{DeleteMode, PutRequest, StateError, StateErrorKind, StateKey, Version};

/// The length that a log has at least before it is compacted.
const MIN_COMPACTED_BYTES: u64 = 1024 * 1024;

/// A log is compacted if it is this many times longer than needed.
const MAX_GROWTH: u64 = 3;

/// The number of times that a reader follows compactions of others before it reports an error.
const MAX_RELOADS: usize = 10;

/// A store in a directory. Its methods block.
pub(super) struct Store {
    directory: Directory,
    view: Mutex<View>,
}

/// What this process has read of the log.
struct View {
    generation: u64,
    file: Arc<File>,
    /// The length of the complete frames, which are applied to `values`.
    offset: u64,
    /// The length that is known to be on disk. Frames of others may not be, if they were killed.
    durable: u64,
    /// An fsync has failed, so this file is not written any more.
    has_failed: bool,
    values: Values,
}

impl Store {
    pub(super) fn open(path: &Path, deadline: Instant) -> Result<Store, StateError> {
        let directory = Directory::open(path)?;
        let lock = directory.lock(deadline)?;
        directory.probe(&lock)?;
        let refuse = |error| refused(directory.path(), "cannot be used", error);
        let generations = directory.generations().map_err(refuse)?;
        match generations.iter().max() {
            None => {
                let empty = log::encode_all(&Values::default());
                directory.create_log(1, &empty).map_err(refuse)?;
            }
            Some(newest) => {
                // A compaction that was interrupted leaves the log before it.
                for old in generations.iter().filter(|it| *it != newest) {
                    directory.remove_old_log(*old).map_err(refuse)?;
                }
            }
        }
        let view = Mutex::new(View::load(&directory)?);
        drop(lock);
        Ok(Store { directory, view })
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Reads the newest values.
    pub(super) fn read<T>(
        &self,
        deadline: Instant,
        read: impl FnOnce(&Values) -> T,
    ) -> Result<T, StateError> {
        let mut view = self.view();
        match view.refresh(&self.directory) {
            // Without the lock, a write in progress can look like damage.
            Err(error) if error.is_corrupt() => {
                drop(view);
                let lock = self.directory.lock(deadline)?;
                view = self.view();
                view.refresh(&self.directory)?;
                drop(lock);
            }
            result => result?,
        }
        Ok(read(&view.values))
    }

    pub(super) fn put_many(
        &self,
        requests: &[PutRequest],
        deadline: Instant,
    ) -> Result<Vec<Result<Version, StateError>>, StateError> {
        let lock = self.lock_for_writing(deadline)?;
        let mut results = Vec::with_capacity(requests.len());
        while results.len() < requests.len() {
            let first = results.len();
            let committed = self.commit(&lock, |frame, values| {
                for request in &requests[first..] {
                    results.push(add_put(frame, values, request));
                    if frame.is_full() {
                        break;
                    }
                }
            });
            if let Err(error) = committed {
                let failed = results[first..].iter_mut().filter(|it| it.is_ok());
                failed.for_each(|it| *it = Err(error.clone()));
                results.resize_with(requests.len(), || {
                    let message = "not written, since a write before it failed";
                    Err(StateError::new(StateErrorKind::Unavailable, message))
                });
            }
        }
        self.compact_if_needed(&lock);
        Ok(results)
    }

    pub(super) fn delete(
        &self,
        key: &StateKey,
        mode: DeleteMode,
        deadline: Instant,
    ) -> Result<(), StateError> {
        let lock = self.lock_for_writing(deadline)?;
        let mut is_permitted = false;
        self.commit(&lock, |frame, values| {
            let version = values.version(key);
            is_permitted = mode.permits(version);
            if is_permitted && version.is_some() {
                frame.delete(key);
            }
        })?;
        self.compact_if_needed(&lock);
        is_permitted.then_some(()).ok_or_else(StateError::conflict)
    }

    fn view(&self) -> MutexGuard<'_, View> {
        // Nothing panics under the lock in an inconsistent state.
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock, and finishes or undoes what a process that died has left.
    fn lock_for_writing(&self, deadline: Instant) -> Result<Locked<'_>, StateError> {
        let lock = self.directory.lock(deadline)?;
        let mut view = self.view();
        view.refresh(&self.directory)?;
        let repair = |view: &mut View| {
            if self.directory.log_path(view.generation + 1).try_exists()? {
                self.directory.remove_old_log(view.generation)?;
            }
            match view.file.metadata()?.len() > view.offset {
                true => view.file.set_len(view.offset),
                false => Ok(()),
            }
        };
        let repaired = repair(&mut view);
        let unavailable = |error| self.directory.unavailable("cannot write", error);
        repaired.map_err(unavailable)?;
        view.refresh(&self.directory)?;
        drop(view);
        // If an earlier frame is lost, the log is damaged before the next one.
        self.make_durable(&lock).map_err(unavailable)?;
        Ok(lock)
    }

    /// Appends one frame and waits until it is durable.
    fn commit(
        &self,
        lock: &Locked<'_>,
        fill: impl FnOnce(&mut Frame, &Values),
    ) -> Result<(), StateError> {
        let mut view = self.view();
        let mut frame = Frame::new(view.values.last_version());
        fill(&mut frame, &view.values);
        if frame.is_empty() {
            return Ok(());
        }
        let appended = view.append(&frame);
        appended.map_err(|error| self.directory.unavailable("cannot write", error))?;
        drop(view);
        self.make_durable(lock).map_err(|error| {
            let message = "the value is written, but may be lost if the machine crashes";
            StateError::new(StateErrorKind::Unknown, message).with_source(error)
        })
    }

    /// Waits until all frames are on disk. Readers do not wait for it.
    fn make_durable(&self, lock: &Locked<'_>) -> io::Result<()> {
        let view = self.view();
        let (file, offset) = (Arc::clone(&view.file), view.offset);
        let (is_durable, has_failed) = (view.durable == offset, view.has_failed);
        drop(view);
        if is_durable {
            return Ok(());
        }
        if !has_failed {
            let synced = file.sync_data();
            let mut view = self.view();
            if synced.is_ok() {
                view.durable = offset;
                return Ok(());
            }
            view.has_failed = true;
        }
        // What was written may be lost, even if a later fsync succeeds. A new log does not depend on it.
        self.compact(lock)
    }

    fn compact_if_needed(&self, lock: &Locked<'_>) {
        let view = self.view();
        let needed = view.values.bytes() + view.values.len() * log::RECORD_BYTES;
        let longest = MIN_COMPACTED_BYTES.max(MAX_GROWTH.saturating_mul(needed as u64));
        let is_needed = view.offset > longest;
        drop(view);
        if is_needed {
            // The write has succeeded; the next one tries again.
            let _ = self.compact(lock);
        }
    }

    /// Writes the values to a new log, and deletes the current one.
    fn compact(&self, _lock: &Locked<'_>) -> io::Result<()> {
        let view = self.view();
        let (generation, bytes) = (view.generation, log::encode_all(&view.values));
        drop(view);
        self.directory.create_log(generation + 1, &bytes)?;
        self.directory.remove_old_log(generation)?;
        // The next frame belongs to the new log, which is on disk.
        let mut view = View::load(&self.directory).map_err(io::Error::other)?;
        view.durable = view.offset;
        *self.view() = view;
        Ok(())
    }
}

/// Adds a write to the frame, if it is permitted.
fn add_put(
    frame: &mut Frame,
    values: &Values,
    request: &PutRequest,
) -> Result<Version, StateError> {
    check_value(&request.value)?;
    match request.mode.permits(frame.version(values, &request.key)) {
        true => Ok(frame.put(&request.key, &request.value)),
        false => Err(StateError::conflict()),
    }
}

impl View {
    /// Reads the newest log.
    fn load(directory: &Directory) -> Result<View, StateError> {
        for _ in 0..MAX_RELOADS {
            match View::load_once(directory) {
                // Another process has compacted it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(directory.unavailable("cannot read the log", error)),
                Ok(None) => break,
                Ok(Some(mut view)) => {
                    view.read_tail(directory)?;
                    return Ok(view);
                }
            }
        }
        let problem = io::Error::other("it was deleted");
        Err(directory.unavailable("cannot read the log", problem))
    }

    fn load_once(directory: &Directory) -> io::Result<Option<View>> {
        let Some(generation) = directory.generations()?.into_iter().max() else {
            return Ok(None);
        };
        Ok(Some(View {
            generation,
            file: Arc::new(directory.open_log(generation)?),
            offset: 0,
            durable: 0,
            has_failed: false,
            values: Values::default(),
        }))
    }

    /// Reads what was written since the last call.
    fn refresh(&mut self, directory: &Directory) -> Result<(), StateError> {
        for _ in 0..MAX_RELOADS {
            self.read_tail(directory)?;
            // If the log still exists after it was read, it was current at that time.
            let exists = directory.log_path(self.generation).try_exists();
            match exists.map_err(|error| directory.unavailable("cannot read the log", error))? {
                true => return Ok(()),
                false => *self = View::load(directory)?,
            }
        }
        let problem = io::Error::other("it changes all the time");
        Err(directory.unavailable("cannot read the log", problem))
    }

    fn read_tail(&mut self, directory: &Directory) -> Result<(), StateError> {
        let unavailable = |error| directory.unavailable("cannot read the log", error);
        let length = self.file.metadata().map_err(unavailable)?.len();
        let is_new = self.offset == 0;
        if length == self.offset && !is_new {
            return Ok(());
        }
        let Some(missing) = length.checked_sub(self.offset) else {
            let message = "the log of the store was shortened; restore a backup";
            return Err(StateError::new(StateErrorKind::Corrupt, message));
        };
        let mut tail = Vec::new();
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.offset))
            .and_then(|_| file.take(missing).read_to_end(&mut tail))
            .map_err(unavailable)?;
        let mut frames = tail.as_slice();
        if is_new {
            frames = frames.strip_prefix(MAGIC).ok_or_else(unknown_format)?;
            self.offset = MAGIC.len() as u64;
        }
        let applied = log::apply(frames, self.offset, &mut self.values)?;
        // Logs are created with a frame, which holds the last version.
        if is_new && applied == 0 {
            return Err(unknown_format());
        }
        self.offset += applied as u64;
        Ok(())
    }

    /// Writes a frame at the end. If that fails, the log stays as it was.
    fn append(&mut self, frame: &Frame) -> io::Result<()> {
        let bytes = frame.encode(self.offset);
        let mut file = &*self.file;
        let seek = file.seek(SeekFrom::Start(self.offset));
        if let Err(error) = seek.and_then(|_| file.write_all(&bytes)) {
            // The next writer tries again.
            let _ = self.file.set_len(self.offset);
            return Err(error);
        }
        let applied = log::apply(&bytes, self.offset, &mut self.values);
        self.offset += applied.map_err(io::Error::other)? as u64;
        Ok(())
    }
}

fn unknown_format() -> StateError {
    let message =
        "the log of the store is damaged, or was written by a newer version of this library";
    StateError::new(StateErrorKind::Corrupt, message)
}

#[cfg(test)]
mod tests;
