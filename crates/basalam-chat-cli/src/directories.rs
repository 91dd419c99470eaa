//! The directories of the command.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::failure::Failure;

/// The environment variable that replaces the directories of the platform.
pub(crate) const HOME_VARIABLE: &str = "BASALAM_CHAT_HOME";

/// Where logins and data are kept.
#[derive(Clone, Debug)]
pub(crate) struct Directories {
    /// Logins, which contain tokens.
    pub(crate) config: PathBuf,
    /// Positions and archives.
    pub(crate) data: PathBuf,
}

impl Directories {
    /// Returns the directories of the platform: those of XDG, or those of Windows there.
    pub(crate) fn find() -> Result<Directories, Failure> {
        if let Some(home) = std::env::var_os(HOME_VARIABLE).filter(|it| !it.is_empty()) {
            let home = PathBuf::from(home);
            return Ok(Directories {
                config: home.clone(),
                data: home,
            });
        }
        let strategy = etcetera::choose_base_strategy().map_err(|_| {
            Failure::failed("the home directory is unknown")
                .hint(format!("Set HOME, or {HOME_VARIABLE} to a directory."))
        })?;
        Ok(Directories {
            config: strategy.config_dir().join("basalam-chat"),
            data: strategy.data_dir().join("basalam-chat"),
        })
    }

    /// Returns the directory of a profile's login.
    pub(crate) fn login(&self, profile: &str) -> PathBuf {
        self.config.join("profiles").join(profile).join("login")
    }

    /// Returns the file of a profile's archive.
    pub(crate) fn archive(&self, profile: &str) -> PathBuf {
        self.data.join("profiles").join(profile).join("archive.db")
    }

    /// Returns the directory of the positions of a profile's watchers.
    pub(crate) fn watch(&self, profile: &str) -> PathBuf {
        self.data.join("profiles").join(profile).join("watch")
    }
}

/// Checks the name of a profile, which is the name of a directory.
pub(crate) fn check_profile(name: &str) -> Result<String, String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match !name.is_empty() && name.len() <= 64 && name.bytes().all(is_allowed) {
        true => Ok(name.to_owned()),
        false => Err("use 1 to 64 ASCII letters, digits, `-` and `_`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_profiles_cannot_leave_the_directory() {
        for name in ["default", "my-shop_2"] {
            assert!(check_profile(name).is_ok());
        }
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "../x",
            "a\\b",
            "C:",
            "غرفه",
            &"a".repeat(65),
        ] {
            assert!(check_profile(name).is_err(), "{name}");
        }
    }
}
