//! Generates the client at build time if the feature `build-time-codegen` is enabled.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "build-time-codegen")]
    build_time::generate();
}

#[cfg(feature = "build-time-codegen")]
mod build_time {
    use std::path::PathBuf;
    use std::{env, fs};

    /// Environment variable with the path of the document to use instead of `openapi/chat.json`.
    const DOCUMENT: &str = "BASALAM_CHAT_SPEC";

    pub(super) fn generate() {
        println!("cargo::rerun-if-env-changed={DOCUMENT}");
        if let Err(message) = try_generate() {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
        }
    }

    fn try_generate() -> Result<(), String> {
        let document = match env::var_os(DOCUMENT).filter(|path| !path.is_empty()) {
            Some(path) => PathBuf::from(path),
            None => directory("CARGO_MANIFEST_DIR")?.join("openapi/chat.json"),
        };
        println!("cargo::rerun-if-changed={}", document.display());
        let text = fs::read_to_string(&document).map_err(|error| {
            format!(
                "cannot read {}: {error}. Set {DOCUMENT} to the absolute path of an OpenAPI document",
                document.display()
            )
        })?;
        let sources = basalam_chat_codegen::generate(&text)
            .map_err(|error| format!("{}: {error}", document.display()))?;
        let directory = directory("OUT_DIR")?;
        for (name, source) in [
            ("client.rs", &sources.client),
            ("newtypes.rs", &sources.newtypes),
            ("operations.rs", &sources.operations),
        ] {
            fs::write(directory.join(name), source)
                .map_err(|error| format!("cannot write {name}: {error}"))?;
        }
        Ok(())
    }

    fn directory(variable: &str) -> Result<PathBuf, String> {
        env::var_os(variable)
            .map(PathBuf::from)
            .ok_or_else(|| format!("cargo did not set {variable}"))
    }
}
