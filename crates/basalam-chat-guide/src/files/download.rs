//! Downloads.

// ANCHOR: program
use basalam_chat::messages::Message;
use basalam_chat::reqwest;

type Error = Box<dyn std::error::Error + Send + Sync>;

const MAX_BYTES: usize = 20_000_000;

/// Downloads the files of a message. No token is sent: the URLs lead to other servers.
pub async fn download(message: &Message) -> Result<Vec<Vec<u8>>, Error> {
    let http = reqwest::Client::new();
    let mut files = Vec::new();
    for file in message.content.files.iter().flatten() {
        let Some(url) = file.url() else {
            continue;
        };
        let mut response = http.get(url).send().await?.error_for_status()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BYTES {
                return Err("the file is too large".into());
            }
        }
        files.push(bytes);
    }
    Ok(files)
}
// ANCHOR_END: program
