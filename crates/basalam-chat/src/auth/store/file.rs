//! Token storage in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::{ExposeSecret, SecretString};

use super::{AuthFuture, BoxError, TokenStore};
use crate::auth::token_set::TokenSet;
use crate::runtime::spawn_blocking;

/// Storage in a file that only its owner can read.
///
/// A temporary file is written to the same directory and renamed, so the file is never partially written. On
/// Unix it has the mode `600`, and a file that others can read is rejected; on other systems, choose a
/// private directory. The directory must exist. Several programs may share a file unless they refresh at
/// the same time.
///
/// # Examples
///
/// ```no_run
/// use basalam_chat::auth::FileTokenStore;
/// use basalam_chat::{Client, PersonalToken};
///
/// # fn main() -> Result<(), basalam_chat::Error> {
/// let token = PersonalToken::new("access-token")
///     .refreshable("refresh-token", "client-id", "client-secret")
///     .store(FileTokenStore::new("basalam-tokens.json"));
/// let client = Client::new(token)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileTokenStore {
    path: PathBuf,
}

/// The maximum number of bytes that are read. Tokens are much shorter.
const MAX_BYTES: u64 = 1024 * 1024;

impl FileTokenStore {
    /// Creates a store at this path. Nothing is read or written yet.
    pub fn new(path: impl Into<PathBuf>) -> FileTokenStore {
        FileTokenStore { path: path.into() }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl TokenStore for FileTokenStore {
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>> {
        let path = self.path.clone();
        Box::pin(async move { spawn_blocking(move || load(&path)).await? })
    }

    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
        let path = self.path.clone();
        let json = SecretString::from(tokens.expose_as_json());
        Box::pin(async move { spawn_blocking(move || save(&path, &json)).await? })
    }
}

/// Adds the path to an error.
fn file_error(path: &Path, problem: &str, error: impl std::fmt::Display) -> BoxError {
    format!("the token file `{}` {problem}: {error}", path.display()).into()
}

fn load(path: &Path) -> Result<Option<TokenSet>, BoxError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error(path, "cannot be read", error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| file_error(path, "cannot be read", error))?;
    check_owner_only(path, &metadata)?;
    let mut json = String::new();
    let length = file.take(MAX_BYTES).read_to_string(&mut json);
    let json = SecretString::from(json);
    length.map_err(|error| file_error(path, "cannot be read", error))?;
    let tokens = TokenSet::from_json(json.expose_secret());
    let tokens = tokens.map_err(|error| file_error(path, "is invalid", error))?;
    Ok(Some(tokens))
}

#[cfg(unix)]
fn check_owner_only(path: &Path, metadata: &fs::Metadata) -> Result<(), BoxError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let cause = format!("its mode is {mode:o}; set it to 600");
        return Err(file_error(path, "can be read by others", cause));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner_only(_: &Path, _: &fs::Metadata) -> Result<(), BoxError> {
    Ok(())
}

fn save(path: &Path, json: &SecretString) -> Result<(), BoxError> {
    let temporary = temporary_path(path);
    let saved = write(&temporary, json.expose_secret())
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| sync_directory(path));
    saved.map_err(|error| {
        // It may not exist.
        let _ = fs::remove_file(&temporary);
        file_error(path, "cannot be written", error)
    })
}

/// Fsyncs the directory so the rename survives a power loss: the previous tokens are no longer valid.
fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    match cfg!(unix) {
        true => File::open(directory.unwrap_or(Path::new(".")))?.sync_all(),
        false => Ok(()),
    }
}

/// Returns a path that no other writer uses, in the same directory, since a rename cannot cross file systems.
fn temporary_path(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{count}.new", std::process::id()));
    path.with_file_name(name)
}

fn write(path: &Path, json: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A crashed program with the same process id may have left one.
    let _ = fs::remove_file(path);
    let mut file = options.open(path)?;
    file.write_all(json.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, FileTokenStore) {
        let directory = tempfile::tempdir().unwrap();
        let store = FileTokenStore::new(directory.path().join("tokens.json"));
        (directory, store)
    }

    #[tokio::test]
    async fn loads_last_saved_tokens_and_leaves_no_temporary_file() {
        let (directory, store) = store();
        assert!(store.load().await.unwrap().is_none());
        for token in ["first", "second"] {
            store.save(&TokenSet::new(token)).await.unwrap();
        }
        let loaded = store.load().await.unwrap().unwrap();
        assert_eq!(loaded.expose_access_token(), "second");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn concurrent_writers_never_leave_a_partial_file() {
        let (directory, store) = store();
        let writers: Vec<_> = (0..20)
            .map(|number| {
                let store = store.clone();
                let tokens = TokenSet::new(format!("token-{number}-").repeat(1000));
                tokio::spawn(async move { store.save(&tokens).await.map_err(|it| it.to_string()) })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert!(store.load().await.unwrap().is_some());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn errors_name_the_file_and_contain_no_token() {
        let (directory, store) = store();
        for content in ["", "canary", "{\"access_token\":\"canary\"", "\u{0}"] {
            write(store.path(), content).unwrap();
            let error = store.load().await.unwrap_err().to_string();
            assert!(error.contains("tokens.json"), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
        let nowhere = FileTokenStore::new(directory.path().join("missing/tokens.json"));
        let error = nowhere.save(&TokenSet::new("canary")).await.unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn file_has_mode_600_and_other_modes_are_rejected() {
        use std::os::unix::fs::PermissionsExt;

        let (_directory, store) = store();
        store.save(&TokenSet::new("token")).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(store.path()), 0o600);
        fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
        let error = store.load().await.unwrap_err().to_string();
        assert!(error.contains("set it to 600"), "{error}");
        store.save(&TokenSet::new("token")).await.unwrap();
        assert_eq!(mode(store.path()), 0o600);
    }
}
