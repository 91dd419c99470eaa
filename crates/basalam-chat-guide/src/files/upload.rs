//! Uploads.

// ANCHOR: program
use basalam_chat::{ChatId, Client, Error, NewFile};

/// Sends a picture from the disk, and a report that is made in memory.
pub async fn send_files(client: &Client, chat: ChatId, picture: &str) -> Result<(), Error> {
    let picture = client.upload_picture(picture).await?;
    client
        .create_message(chat, picture.caption("It was sent this morning."))
        .await?;

    let report = NewFile::from_bytes("orders.csv", "day,orders\n2026-07-22,7\n");
    let report = client
        .upload_file(report)
        .expire_minutes(60)
        .on_progress(|sent, total| println!("{sent} of {total:?} bytes"))
        .await?;
    client.create_message(chat, report).await?;
    Ok(())
}
// ANCHOR_END: program
