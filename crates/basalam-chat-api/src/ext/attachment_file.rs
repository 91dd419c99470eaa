//! Constructor and setters of [`AttachmentFile`].

use crate::newtypes::FileId;
use crate::types::AttachmentFile;

/// Creates an attachment from its two required fields, the file id and the URL.
impl<T: Into<String>> From<(FileId, T)> for AttachmentFile {
    fn from((id, url): (FileId, T)) -> AttachmentFile {
        AttachmentFile::new(id, url.into())
    }
}

impl AttachmentFile {
    /// Sets the width and the height in pixels.
    ///
    /// ```
    /// # use basalam_chat_api::{newtypes::FileId, types::AttachmentFile};
    /// let picture = AttachmentFile::from((FileId(11), "https://example.com/a.jpg"))
    ///     .with_dimensions(640, 480)
    ///     .with_name("a.jpg");
    /// assert_eq!(picture.height, Some(480));
    /// ```
    #[must_use]
    pub fn with_dimensions(mut self, width: u32, height: u32) -> AttachmentFile {
        self.width = Some(width.into());
        self.height = Some(height.into());
        self
    }

    /// Sets the display name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> AttachmentFile {
        self.name = Some(name.into());
        self
    }

    /// Sets the size in bytes.
    #[must_use]
    pub fn with_size(mut self, bytes: i64) -> AttachmentFile {
        self.size = Some(bytes);
        self
    }

    /// Sets the duration of a recording. Likely: the unit is seconds.
    #[must_use]
    pub fn with_duration(mut self, seconds: i64) -> AttachmentFile {
        self.duration = Some(seconds);
        self
    }

    /// Sets the string from which a blurred preview can be drawn. Likely: the format is BlurHash.
    #[must_use]
    pub fn with_blur_hash(mut self, blur_hash: impl Into<String>) -> AttachmentFile {
        self.blur_hash = Some(blur_hash.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setters_set_their_fields() {
        let file = AttachmentFile::from((FileId(1), "https://example.com/a.mp4".to_owned()))
            .with_dimensions(2, 3)
            .with_name("a.mp4")
            .with_size(4)
            .with_duration(5)
            .with_blur_hash("LEHV6n");
        let expected = serde_json::json!({
            "id": 1, "url": "https://example.com/a.mp4", "width": 2, "height": 3,
            "name": "a.mp4", "size": 4, "duration": 5, "blur_hash": "LEHV6n",
        });
        assert_eq!(serde_json::to_value(file).unwrap(), expected);
    }
}
