//! Calls of the upload operation.

use basalam_chat::NewFile;
use basalam_chat::files::UploadFileType;
use serde_json::json;

use crate::requests::recorder::{Expected, Recorder};

pub(super) async fn make(recorder: &mut Recorder) {
    let client = recorder.client.clone();
    let file = || NewFile::from_bytes("a.txt", "the file");
    for file_type in UploadFileType::KNOWN {
        let body = json!({ "file": "the file", "file_type": file_type });
        let expected = Expected::new("upload_file", format!("for {file_type}")).body(body);
        let call = client.upload_file(file()).file_type(file_type.clone());
        recorder.run(expected, call).await;
    }
    let expected = Expected::new("upload_file", "with all set").body(json!({
        "file": "the file",
        "file_type": "chat.video",
        "thumbnail": "the thumbnail",
        "custom_unique_name": "the name",
        "expire_minutes": 701,
    }));
    let call = client
        .upload_video(file())
        .thumbnail(NewFile::from_bytes("b.png", "the thumbnail"))
        .custom_unique_name("the name")
        .expire_minutes(701);
    recorder.run(expected, call).await;
}
