//! Tokens in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::{ExposeSecret, SecretString};

use super::{AuthFuture, BoxError, TokenStore};
use crate::auth::TokenSet;
use crate::threads::on_thread;

/// Keeps tokens in a file that its owner alone can read.
///
/// The file is written beside its place and then moved there, so that it is always whole. On Unix it is
/// made with the mode `600`, and a file that others can read is refused; elsewhere, choose a directory of
/// the user's own. The directory must exist. Several programs may share a file as long as they do not
/// renew at the same moment.
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

/// More than any tokens take.
const MAX_BYTES: u64 = 1024 * 1024;

impl FileTokenStore {
    /// Keeps tokens at this path. Nothing is read or written yet.
    pub fn new(path: impl Into<PathBuf>) -> FileTokenStore {
        FileTokenStore { path: path.into() }
    }

    /// Where the tokens are.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl TokenStore for FileTokenStore {
    fn load(&self) -> AuthFuture<'_, Option<TokenSet>> {
        let path = self.path.clone();
        Box::pin(async move { on_thread(move || load(&path)).await? })
    }

    fn save<'a>(&'a self, tokens: &'a TokenSet) -> AuthFuture<'a, ()> {
        let path = self.path.clone();
        let json = SecretString::from(tokens.expose_as_json());
        Box::pin(async move { on_thread(move || save(&path, &json)).await? })
    }
}

/// Names the file in an error.
fn at(path: &Path, what: &str, error: impl std::fmt::Display) -> BoxError {
    format!("the tokens in `{}` {what}: {error}", path.display()).into()
}

fn load(path: &Path) -> Result<Option<TokenSet>, BoxError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path, "cannot be read", error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| at(path, "cannot be read", error))?;
    check_owner_only(path, &metadata)?;
    let mut json = String::new();
    let length = file.take(MAX_BYTES).read_to_string(&mut json);
    let json = SecretString::from(json);
    length.map_err(|error| at(path, "cannot be read", error))?;
    let tokens = TokenSet::from_json(json.expose_secret());
    let tokens = tokens.map_err(|error| at(path, "are damaged", error))?;
    Ok(Some(tokens))
}

#[cfg(unix)]
fn check_owner_only(path: &Path, metadata: &fs::Metadata) -> Result<(), BoxError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let problem = format!("its mode is {mode:o}; set it to 600");
        return Err(at(path, "can be read by others", problem));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner_only(_: &Path, _: &fs::Metadata) -> Result<(), BoxError> {
    Ok(())
}

fn save(path: &Path, json: &SecretString) -> Result<(), BoxError> {
    let beside = beside(path);
    let written = write(&beside, json.expose_secret())
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| settle(path));
    written.map_err(|error| {
        // It may never have come to be.
        let _ = fs::remove_file(&beside);
        at(path, "cannot be written", error)
    })
}

/// Sees that the move outlives a failure of power: the tokens before it open nothing any more.
fn settle(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    match cfg!(unix) {
        true => File::open(directory.unwrap_or(Path::new(".")))?.sync_all(),
        false => Ok(()),
    }
}

/// A name in the same directory that no other writer has: a file can be moved within one file system
/// alone.
fn beside(path: &Path) -> PathBuf {
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
    // A program of the same process number may have died while writing.
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
    async fn what_was_saved_last_is_loaded_and_nothing_else_is_left_behind() {
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
    async fn many_writers_at_once_leave_a_whole_file() {
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
    async fn a_failure_names_the_file_and_shows_no_token() {
        let (directory, store) = store();
        for damaged in ["", "canary", "{\"access_token\":\"canary\"", "\u{0}"] {
            write(store.path(), damaged).unwrap();
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
    async fn the_file_is_its_owners_alone_and_another_is_refused() {
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
